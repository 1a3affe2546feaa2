use rust_decimal::Decimal;

use super::PushErrorKind;
use super::error::beginning;
use crate::money::parse_float;
use crate::{LocalTime, Utility};

/// One row of a pushed file: the latest reads of one meter.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PushedRead {
    /// The name of the meter.
    pub name: String,
    /// Its serial number.
    pub serial_number: String,
    /// What it measures.
    pub utility: Utility,
    /// The panel it is in.
    pub panel: Option<String>,
    /// The suite it measures.
    pub suite: Option<String>,
    /// The floor it is on.
    pub floor: Option<String>,
    /// When it was read. Local time of the property, without zone.
    pub time_stamping: LocalTime,
    /// Not documented, and empty in every sample; kept as it came.
    pub sent: Option<String>,
    /// What was read.
    pub points: PushedPoints,
}

/// The metering points of a row, in the order of the file, such as `voltage_a` or `kwh`; null where there is no read.
///
/// Units are not in the file: kWh for energy, m³ for water and gas, and for other points what their names say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PushedPoints(Vec<(String, Option<Decimal>)>);

impl PushedPoints {
    /// The number of a point; none if there is no such point, or no read of it.
    pub fn get(&self, name: &str) -> Option<Decimal> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .and_then(|(_, number)| *number)
    }

    /// Names and numbers, in the order of the file.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, Option<Decimal>)> {
        self.0.iter().map(|(name, number)| (name.as_str(), *number))
    }

    /// How many there are, with those that have no read.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PushedRead {
    /// A row without points, to be written.
    pub fn new(
        name: impl Into<String>,
        serial_number: impl Into<String>,
        utility: Utility,
        time_stamping: LocalTime,
    ) -> Self {
        Self {
            name: name.into(),
            serial_number: serial_number.into(),
            utility,
            panel: None,
            suite: None,
            floor: None,
            time_stamping,
            sent: None,
            points: PushedPoints::default(),
        }
    }

    /// Adds a point, or replaces the one of that name.
    #[must_use]
    pub fn with_point(mut self, name: impl Into<String>, number: impl Into<Option<Decimal>>) -> Self {
        let (name, number) = (name.into(), number.into());
        match self.points.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = number,
            None => self.points.0.push((name, number)),
        }
        self
    }
}

/// The fields that are no metering points, in the order of the vendor's sample.
pub(super) const FIELDS: [&str; 8] = [
    "name",
    "serial_number",
    "utility",
    "panel",
    "suite",
    "floor",
    "time_stamping",
    "sent",
];

/// Those that no row is without.
pub(super) const REQUIRED: [&str; 4] = ["name", "serial_number", "utility", "time_stamping"];

/// A row in the making: the same for all three formats.
#[derive(Default)]
pub(super) struct RowBuilder {
    fields: [Option<String>; FIELDS.len()],
    time_stamping: Option<LocalTime>,
    points: Vec<(String, Option<Decimal>)>,
}

impl RowBuilder {
    /// Sets one field or point. Blank text is null.
    pub(super) fn set(&mut self, field: &str, text: &str) -> Result<(), PushErrorKind> {
        let Some(index) = FIELDS.iter().position(|known| *known == field) else {
            let number = number(text).map_err(|()| PushErrorKind::Number {
                point: beginning(field),
                text: beginning(text),
            })?;
            self.points.push((field.to_owned(), number));
            return Ok(());
        };
        // Null is kept as empty text until the end, so that a second value is noticed.
        if self.fields[index].is_some() {
            let field = field.to_owned();
            return Err(PushErrorKind::Duplicate { field });
        }
        if FIELDS[index] == "time_stamping" && !text.trim().is_empty() {
            let time = text.trim().parse().map_err(|_| PushErrorKind::Time {
                field: FIELDS[index],
                text: beginning(text),
            })?;
            self.time_stamping = Some(time);
        }
        self.fields[index] = Some(text.to_owned());
        Ok(())
    }

    /// The row, if it has all that no row is without.
    pub(super) fn finish(self) -> Result<PushedRead, PushErrorKind> {
        let mut names: Vec<&str> = self.points.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            let field = beginning(pair[0]);
            return Err(PushErrorKind::Duplicate { field });
        }
        let [name, serial_number, utility, panel, suite, floor, _, sent] =
            self.fields.map(|field| field.filter(|text| !text.trim().is_empty()));
        let missing = |field| PushErrorKind::MissingValue { field };
        Ok(PushedRead {
            name: name.ok_or(missing("name"))?,
            serial_number: serial_number.ok_or(missing("serial_number"))?,
            utility: Utility::from(utility.ok_or(missing("utility"))?.trim()),
            panel,
            suite,
            floor,
            time_stamping: self.time_stamping.ok_or(missing("time_stamping"))?,
            sent,
            points: PushedPoints(self.points),
        })
    }
}

/// A number, with a comma behind it or without; blank is null.
fn number(text: &str) -> Result<Option<Decimal>, ()> {
    let text = text.trim();
    let text = text.strip_suffix(',').unwrap_or(text).trim_end();
    if text.is_empty() {
        return Ok(None);
    }
    parse_float(text).map(Some).map_err(|_| ())
}
