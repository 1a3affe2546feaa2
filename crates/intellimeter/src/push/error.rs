use std::io;

use super::Format;

/// A pushed file cannot be read on from here.
#[derive(Debug, thiserror::Error)]
#[error("line {line}, column {column}: {kind}")]
#[non_exhaustive]
pub struct PushError {
    /// The line, from 1.
    pub line: u64,
    /// The column, in characters, from 1.
    pub column: u64,
    /// What is wrong there.
    #[source]
    pub kind: PushErrorKind,
}

/// What is wrong with a pushed file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PushErrorKind {
    /// The reader failed. This says nothing about the file.
    #[error("reading failed")]
    Io(#[source] io::Error),
    /// A row is larger than [`Limits::row_bytes`](super::Limits::row_bytes).
    #[error("the row is larger than {limit} bytes")]
    RowTooLarge {
        /// The limit.
        limit: usize,
    },
    /// The first line of CSV is no header of such a file.
    #[error("the header has no column `{column}`")]
    MissingColumn {
        /// The column that every file has.
        column: &'static str,
    },
    /// A column of CSV has no name.
    #[error("a column has no name")]
    UnnamedColumn,
    /// A row of CSV has more or fewer values than the header.
    #[error("the row has {found} values, the header {expected}")]
    RowLength {
        /// How many columns the header has.
        expected: usize,
        /// How many values the row has.
        found: usize,
    },
    /// A row lacks what every row has.
    #[error("the row has no `{field}`")]
    MissingValue {
        /// The field.
        field: &'static str,
    },
    /// A field comes twice in the row or in the header.
    #[error("`{field}` comes twice")]
    Duplicate {
        /// The field.
        field: String,
    },
    /// A metering point is no number.
    #[error("`{point}` is no number: `{text}`")]
    Number {
        /// The point.
        point: String,
        /// The beginning of what it is.
        text: String,
    },
    /// A time is no local time such as `2021-01-20 15:20:00`.
    #[error("`{field}` is no local time: `{text}`")]
    Time {
        /// The field.
        field: &'static str,
        /// The beginning of what it is.
        text: String,
    },
    /// The text breaks the rules of its format.
    #[error("broken {format}: {reason}")]
    Syntax {
        /// The format.
        format: Format,
        /// The rule.
        reason: String,
    },
    /// There is a list or an object where a value should be.
    #[error("a value has values of its own")]
    Nested,
    /// XML has a document type, which could define entities that expand.
    #[error("a document type is not accepted")]
    DocumentType,
    /// XML has an entity that is neither numeric nor one of the five of XML itself.
    #[error("the entity `&{name};` is not accepted")]
    Entity {
        /// The beginning of its name.
        name: String,
    },
    /// The text is not UTF-8.
    #[error("the text is not UTF-8")]
    NotUtf8,
}

/// The beginning of a text, so that an error does not carry a whole file.
pub(super) fn beginning(text: &str) -> String {
    text.chars().take(40).collect()
}
