//! The files that are pushed, in the three formats of the page's section "File Send".

use time::OffsetDateTime;

use super::meters::Meter;
use super::report_files::escape;
use super::stamp::spaced;
use super::state::State;
use super::uploads::FileType;

/// What stands before the metering points, with nothing for null.
type Labels = [(&'static str, Option<String>); 8];

/// One meter.
struct Row {
    labels: Labels,
    points: Vec<(&'static str, f64)>,
}

/// The file of a property at a cycle.
pub(super) fn write(state: &State, property: &str, at: OffsetDateTime, file_type: FileType) -> String {
    let rows: Vec<Row> = (state.meters.iter())
        .filter(|meter| meter.property == property)
        .map(|meter| Row {
            labels: labels(state, meter, at),
            points: meter.points(state, at),
        })
        .collect();
    match file_type {
        FileType::Csv => csv(&rows),
        FileType::Json => json(&rows),
        FileType::Xml => xml(&rows),
    }
}

pub(super) fn content_type(file_type: FileType) -> &'static str {
    match file_type {
        FileType::Csv => "text/csv",
        FileType::Json => "application/json",
        FileType::Xml => "application/xml",
    }
}

fn labels(state: &State, meter: &Meter, at: OffsetDateTime) -> Labels {
    let suite = meter.suite.as_deref().and_then(|suite| state.suite_name(suite));
    [
        ("name", Some(meter.name.clone())),
        ("serial_number", Some(meter.serial_number.clone())),
        ("utility", Some(meter.utility.letter().to_owned())),
        ("panel", meter.panel.clone()),
        ("suite", suite.map(str::to_owned)),
        ("floor", meter.floor.clone()),
        ("time_stamping", Some(spaced(at))),
        ("sent", None),
    ]
}

/// One column for each point that any meter has.
fn csv(rows: &[Row]) -> String {
    let mut points: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flat_map(|row| &row.points) {
        if !points.contains(name) {
            points.push(name);
        }
    }
    let names = rows
        .first()
        .map(|row| row.labels.iter().map(|(name, _)| *name))
        .into_iter()
        .flatten();
    let mut text = names.chain(points.iter().copied()).collect::<Vec<_>>().join(",");
    text.push('\n');
    for row in rows {
        let labels = row
            .labels
            .iter()
            .map(|(_, value)| field(value.as_deref().unwrap_or_default()));
        let numbers = points.iter().map(|name| {
            let found = row.points.iter().find(|(known, _)| known == name);
            found.map_or_else(String::new, |(_, value)| format!("{value:?}"))
        });
        text.push_str(&labels.chain(numbers).collect::<Vec<_>>().join(","));
        text.push('\n');
    }
    text
}

fn field(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// An object of meters by name; the name is not repeated inside.
fn json(rows: &[Row]) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let objects = rows.iter().map(|row| {
        let [(_, name), labels @ ..] = &row.labels;
        let labels = labels.iter().map(|(key, value)| {
            let value = value.as_deref().map_or_else(|| "null".to_owned(), quoted);
            format!("        \"{key}\": {value}")
        });
        let numbers = row
            .points
            .iter()
            .map(|(key, value)| format!("        \"{key}\": {value:?}"));
        let members = labels.chain(numbers).collect::<Vec<_>>().join(",\n");
        format!(
            "    {}: {{\n{members}\n    }}",
            quoted(name.as_deref().unwrap_or_default())
        )
    });
    format!("{{\n{}\n}}\n", objects.collect::<Vec<_>>().join(",\n"))
}

/// Every number but the last of a meter has a comma behind it, as on the page.
fn xml(rows: &[Row]) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<reads>\n");
    for row in rows {
        text.push_str("    <item>\n");
        for (name, value) in &row.labels {
            let value = escape(value.as_deref().unwrap_or_default());
            text.push_str(&format!("        <{name}>{value}</{name}>\n"));
        }
        for (place, (name, value)) in row.points.iter().enumerate() {
            let comma = if place + 1 < row.points.len() { "," } else { "" };
            text.push_str(&format!("        <{name}>{value:?}{comma}</{name}>\n"));
        }
        text.push_str("    </item>\n");
    }
    text.push_str("</reads>\n");
    text
}
