use std::collections::HashSet;
use std::io::{self, Write};

use quick_xml::escape::escape;

use super::row::FIELDS;
use super::{Format, PushedRead};

/// Rows cannot be written as a pushed file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The writer failed.
    #[error("writing failed")]
    Io(#[from] io::Error),
    /// CSV has the same columns for all rows, and this row has other points than the first, or in another order.
    #[error("the points of `{name}` are not those of the first row")]
    OtherPoints {
        /// The meter.
        name: String,
    },
    /// A point has a name that no file of the format can carry, or that a field has.
    #[error("a point cannot be called `{point}` in {format}")]
    PointName {
        /// The point.
        point: String,
        /// The format.
        format: Format,
    },
    /// A text has a character that XML cannot carry.
    #[error("XML cannot carry the character {character:?} in `{field}`")]
    Character {
        /// The field.
        field: &'static str,
        /// The character.
        character: char,
    },
}

/// Writes rows as the service would push them; [`read`](super::read) gives the same rows again, but for blank texts,
/// which are null in a file.
///
/// CSV has no header for no rows, so then nothing is written, which is no file of the service.
///
/// # Errors
///
/// [`WriteError`]: the writer fails, or a row cannot be expressed in the format. What was written before stays written.
///
/// ```
/// use intellimeter::push::{self, Format, Limits, PushedRead};
/// use intellimeter::{Decimal, Utility};
///
/// let row = PushedRead::new("Lobby", "21-104-07", Utility::Electricity, "2026-03-01 06:15:00".parse()?)
///     .with_point("voltage_a", Decimal::new(1219, 1))
///     .with_point("voltage_b", None);
/// let mut file = Vec::new();
/// push::write(Format::Xml, [&row], &mut file)?;
/// let rows = push::read(Format::Xml, file.as_slice(), Limits::default()).collect::<Result<Vec<_>, _>>()?;
/// assert_eq!(rows, [row]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write<'a, W: Write>(
    format: Format,
    rows: impl IntoIterator<Item = &'a PushedRead>,
    mut writer: W,
) -> Result<(), WriteError> {
    let rows = rows.into_iter();
    match format {
        Format::Csv => write_csv(rows, &mut writer)?,
        Format::Json => write_json(rows, &mut writer)?,
        Format::Xml => write_xml(rows, &mut writer)?,
    }
    Ok(writer.flush()?)
}

fn write_csv<'a>(rows: impl Iterator<Item = &'a PushedRead>, writer: &mut impl Write) -> Result<(), WriteError> {
    let mut csv = csv::Writer::from_writer(writer);
    let mut columns: Option<Vec<String>> = None;
    for row in rows {
        let points = || row.points.iter().map(|(name, _)| name);
        match &columns {
            Some(columns) if !points().eq(columns.iter().map(String::as_str)) => {
                let name = row.name.clone();
                return Err(WriteError::OtherPoints { name });
            }
            Some(_) => {}
            None => {
                let points: Vec<String> = points().map(str::to_owned).collect();
                // The reader trims the names of columns.
                check_points(row, Format::Csv, |name| name.trim() == name)?;
                let header = FIELDS.into_iter().chain(points.iter().map(String::as_str));
                csv.write_record(header).map_err(io::Error::from)?;
                columns = Some(points);
            }
        }
        let numbers = row
            .points
            .iter()
            .map(|(_, number)| number.map_or_else(String::new, |number| number.to_string()));
        let texts = texts(row).into_iter().map(Option::unwrap_or_default);
        csv.write_record(texts.chain(numbers)).map_err(io::Error::from)?;
    }
    Ok(csv.flush()?)
}

fn write_json<'a>(rows: impl Iterator<Item = &'a PushedRead>, writer: &mut impl Write) -> Result<(), WriteError> {
    writer.write_all(b"{")?;
    for (index, row) in rows.enumerate() {
        check_points(row, Format::Json, |_| true)?;
        writer.write_all(if index == 0 { b"\n    " } else { b",\n    " })?;
        write_json_text(&row.name, writer)?;
        writer.write_all(b": {")?;
        // The name is the key of the member, and not in it.
        for (index, (field, text)) in FIELDS.into_iter().zip(texts(row)).enumerate().skip(1) {
            write!(writer, "{}        \"{field}\": ", if index == 1 { "\n" } else { ",\n" })?;
            match text {
                Some(text) => write_json_text(&text, writer)?,
                None => writer.write_all(b"null")?,
            }
        }
        for (name, number) in row.points.iter() {
            writer.write_all(b",\n        ")?;
            write_json_text(name, writer)?;
            match number {
                Some(number) => write!(writer, ": {number}")?,
                None => writer.write_all(b": null")?,
            }
        }
        writer.write_all(b"\n    }")?;
    }
    Ok(writer.write_all(b"\n}\n")?)
}

fn write_json_text(text: &str, writer: &mut impl Write) -> Result<(), WriteError> {
    Ok(serde_json::to_writer(writer, text).map_err(io::Error::from)?)
}

fn write_xml<'a>(rows: impl Iterator<Item = &'a PushedRead>, writer: &mut impl Write) -> Result<(), WriteError> {
    writer.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<reads>\n")?;
    for row in rows {
        check_points(row, Format::Xml, is_element_name)?;
        writer.write_all(b"    <item>\n")?;
        for (field, text) in FIELDS.into_iter().zip(texts(row)) {
            let text = text.unwrap_or_default();
            if let Some(character) = text.chars().find(|character| !is_xml_character(*character)) {
                return Err(WriteError::Character { field, character });
            }
            // Readers of XML make a line feed of a carriage return, unless it is an entity.
            let text = escape(text.as_str()).replace('\r', "&#13;");
            writeln!(writer, "        <{field}>{text}</{field}>")?;
        }
        for (name, number) in row.points.iter() {
            let number = number.map_or_else(String::new, |number| number.to_string());
            writeln!(writer, "        <{name}>{number}</{name}>")?;
        }
        writer.write_all(b"    </item>\n")?;
    }
    Ok(writer.write_all(b"</reads>\n")?)
}

/// The texts of the fields that are no points, in their order.
fn texts(row: &PushedRead) -> [Option<String>; FIELDS.len()] {
    [
        Some(row.name.clone()),
        Some(row.serial_number.clone()),
        Some(row.utility.to_string()),
        row.panel.clone(),
        row.suite.clone(),
        row.floor.clone(),
        Some(row.time_stamping.spaced().to_string()),
        row.sent.clone(),
    ]
}

fn check_points(row: &PushedRead, format: Format, is_name: impl Fn(&str) -> bool) -> Result<(), WriteError> {
    let mut seen: HashSet<&str> = FIELDS.into_iter().collect();
    for (point, _) in row.points.iter() {
        if point.trim().is_empty() || !is_name(point) || !seen.insert(point) {
            let point = point.to_owned();
            return Err(WriteError::PointName { point, format });
        }
    }
    Ok(())
}

/// Whether a text is the name of an element: the letters, digits and signs of ASCII, which all points of the vendor
/// keep to, and all letters and digits beyond.
fn is_element_name(name: &str) -> bool {
    let first = |character: char| character.is_alphabetic() || character == '_';
    let next = |character: char| first(character) || character.is_numeric() || matches!(character, '-' | '.');
    name.starts_with(first) && name.chars().all(next)
}

/// Whether XML can carry a character, as itself or as an entity.
fn is_xml_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{FFFD}' | '\u{10000}'..)
}
