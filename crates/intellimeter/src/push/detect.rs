use std::fmt;
use std::str::FromStr;

use super::source::BYTE_ORDER_MARK;
use crate::FileType;

/// A format of pushed files that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Comma-separated values, with a header.
    Csv,
    /// One JSON object, with a member for each meter.
    Json,
    /// `<reads>` with an `<item>` for each meter.
    Xml,
}

/// A name of no format that can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("pushed files of type `{0}` cannot be read")]
pub struct UnknownFormat(pub String);

impl Format {
    /// The content type to send a file of this format with.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
            Self::Xml => "application/xml",
        }
    }
}

/// As the service names it, `CSV`.
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Csv => "CSV",
            Self::Json => "JSON",
            Self::Xml => "XML",
        })
    }
}

/// Reads `CSV`, `JSON` or `XML`, in any case.
impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        [Self::Csv, Self::Json, Self::Xml]
            .into_iter()
            .find(|format| format.to_string().eq_ignore_ascii_case(name))
            .ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

impl TryFrom<&FileType> for Format {
    type Error = UnknownFormat;

    /// The format that a property is set to push.
    fn try_from(file_type: &FileType) -> Result<Self, UnknownFormat> {
        file_type.as_str().parse()
    }
}

/// The format of a pushed file: by its content type, or where that says nothing (absent, `text/plain`,
/// `application/octet-stream`), by its first bytes.
///
/// The vendor does not document which content type it sends. None if neither tells.
///
/// ```
/// use intellimeter::push::{Format, detect};
///
/// assert_eq!(detect(Some("application/json"), b""), Some(Format::Json));
/// assert_eq!(detect(None, b"<?xml version=\"1.0\"?><reads/>"), Some(Format::Xml));
/// assert_eq!(detect(None, b"name,serial_number,utility,time_stamping"), Some(Format::Csv));
/// assert_eq!(detect(None, b"hello"), None);
/// ```
pub fn detect(content_type: Option<&str>, first_bytes: &[u8]) -> Option<Format> {
    content_type
        .and_then(by_content_type)
        .or_else(|| by_first_bytes(first_bytes))
}

fn by_content_type(content_type: &str) -> Option<Format> {
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let (_, subtype) = essence.split_once('/')?;
    let suffix = subtype.rsplit_once('+').map_or(subtype, |(_, suffix)| suffix);
    suffix.parse().ok()
}

fn by_first_bytes(bytes: &[u8]) -> Option<Format> {
    let mut bytes = bytes;
    while let Some(rest) = bytes.strip_prefix(BYTE_ORDER_MARK) {
        bytes = rest;
    }
    let bytes = bytes.trim_ascii_start();
    let first_line = bytes
        .split(|byte| matches!(byte, b'\r' | b'\n'))
        .next()
        .unwrap_or_default();
    match bytes.first()? {
        b'{' => Some(Format::Json),
        b'<' => Some(Format::Xml),
        _ if first_line.contains(&b',') => Some(Format::Csv),
        _ => None,
    }
}
