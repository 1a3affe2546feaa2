//! The files that the service sends to a customer's own server after each read cycle: CSV, JSON or XML, read into the
//! same rows, one at a time.
//!
//! ```
//! use intellimeter::push::{self, Format, Limits};
//!
//! let body = "\
//! name,serial_number,utility,panel,suite,floor,time_stamping,sent,voltage_a,kwh
//! Lobby,21-104-07,E,,,,2026-03-01 06:15:00,,121.9,4031.25
//! Roof,21-104-08,E,P2,,,2026-03-01 06:15:00,,,77.5
//! ";
//! let format = push::detect(Some("text/csv; charset=utf-8"), body.as_bytes()).unwrap_or(Format::Csv);
//! for row in push::read(format, body.as_bytes(), Limits::default()) {
//!     let row = row?;
//!     println!("{} at {}: {:?} kWh", row.name, row.time_stamping, row.points.get("kwh"));
//! }
//! # Ok::<(), push::PushError>(())
//! ```
//!
//! - Only one row is held in memory, and a row has a largest size ([`Limits::row_bytes`]), so neither a long file nor a
//!   wrong one fills the memory.
//! - Metering points are whatever the building has; all are kept, in the order of the file. Empty is null, and null is
//!   not zero.
//! - A number may have a comma behind it, as in the vendor's sample of XML.
//! - Times are local and without zone: see [`LocalTime::in_zone`](crate::LocalTime::in_zone).
//! - An error says its line and column. Every row before it has been given by then; nothing comes after it.
//! - XML has no document type and no entities but the five of XML itself and numeric ones, so nothing expands.
//!
//! [`write()`] makes such files, for tests. Source: documentation page, section File Send.

mod csv;
mod detect;
mod error;
mod json;
mod row;
mod source;
mod write;
mod xml;

use std::fmt;
use std::io::Read;

pub use self::detect::{Format, UnknownFormat, detect};
pub use self::error::{PushError, PushErrorKind};
pub use self::row::{PushedPoints, PushedRead};
pub use self::write::{WriteError, write};

/// How much a file may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The largest row, in bytes as they are in the file. The memory that reading takes is a small multiple of it.
    pub row_bytes: usize,
}

/// Rows of up to 256 KiB.
impl Default for Limits {
    fn default() -> Self {
        Self { row_bytes: 256 * 1024 }
    }
}

impl Limits {
    /// Sets the largest row, in bytes.
    #[must_use]
    pub fn row_bytes(mut self, bytes: usize) -> Self {
        self.row_bytes = bytes;
        self
    }
}

/// Reads the rows of a pushed file, each as soon as it has come.
///
/// The reader needs no buffer of its own. Nothing is read before the first row is asked for.
pub fn read<R: Read>(format: Format, reader: R, limits: Limits) -> Rows<R> {
    let source = source::Source::new(reader, limits.row_bytes);
    Rows(match format {
        Format::Csv => State::Csv(Box::new(csv::CsvRows::new(source))),
        Format::Json => State::Json(Box::new(json::JsonRows::new(source))),
        Format::Xml => State::Xml(Box::new(xml::XmlRows::new(source))),
    })
}

/// The rows of a pushed file. After the first error there are no more.
#[must_use = "nothing is read before the rows are asked for"]
pub struct Rows<R: Read>(State<R>);

enum State<R: Read> {
    Csv(Box<csv::CsvRows<R>>),
    Json(Box<json::JsonRows<R>>),
    Xml(Box<xml::XmlRows<R>>),
    Ended,
}

impl<R: Read> fmt::Debug for Rows<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            State::Csv(_) => "Rows(Csv)",
            State::Json(_) => "Rows(Json)",
            State::Xml(_) => "Rows(Xml)",
            State::Ended => "Rows(ended)",
        })
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = Result<PushedRead, PushError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = match &mut self.0 {
            State::Csv(rows) => rows.next_row(),
            State::Json(rows) => rows.next_row(),
            State::Xml(rows) => rows.next_row(),
            State::Ended => Ok(None),
        };
        let row = row.transpose();
        if !matches!(row, Some(Ok(_))) {
            self.0 = State::Ended;
        }
        row
    }
}

impl<R: Read> std::iter::FusedIterator for Rows<R> {}
