use std::collections::HashSet;
use std::io::Read;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::row::{REQUIRED, RowBuilder};
use super::source::Source;
use super::{Format, PushError, PushErrorKind, PushedRead};

/// Reads comma-separated values. The header names the fields and points, in any order.
pub(super) struct CsvRows<R> {
    reader: Reader<Source<R>>,
    record: ByteRecord,
    columns: Option<Vec<String>>,
}

impl<R: Read> CsvRows<R> {
    pub(super) fn new(source: Source<R>) -> Self {
        let mut builder = ReaderBuilder::new();
        Self {
            reader: builder.has_headers(false).flexible(true).from_reader(source),
            record: ByteRecord::new(),
            columns: None,
        }
    }

    pub(super) fn next_row(&mut self) -> Result<Option<PushedRead>, PushError> {
        let columns = match self.columns.take() {
            Some(columns) => columns,
            None => self.header()?,
        };
        let row = self.row(&columns);
        self.columns = Some(columns);
        row
    }

    fn header(&mut self) -> Result<Vec<String>, PushError> {
        self.record()?;
        let mut columns = Vec::with_capacity(self.record.len());
        let mut seen = HashSet::new();
        for (index, column) in self.record.iter().enumerate() {
            let column = self.text(index, column)?.trim();
            if column.is_empty() {
                return Err(self.error_in(index, PushErrorKind::UnnamedColumn));
            }
            if !seen.insert(column) {
                let field = super::error::beginning(column);
                return Err(self.error_in(index, PushErrorKind::Duplicate { field }));
            }
            columns.push(column.to_owned());
        }
        if let Some(column) = REQUIRED.into_iter().find(|column| !seen.contains(column)) {
            return Err(self.error_in(0, PushErrorKind::MissingColumn { column }));
        }
        Ok(columns)
    }

    fn row(&mut self, columns: &[String]) -> Result<Option<PushedRead>, PushError> {
        if !self.record()? {
            return Ok(None);
        }
        let (expected, found) = (columns.len(), self.record.len());
        if expected != found {
            let surplus = if found > expected { expected } else { 0 };
            return Err(self.error_in(surplus, PushErrorKind::RowLength { expected, found }));
        }
        let mut row = RowBuilder::default();
        for (index, (column, value)) in columns.iter().zip(self.record.iter()).enumerate() {
            let value = self.text(index, value)?;
            row.set(column, value).map_err(|kind| self.error_in(index, kind))?;
        }
        row.finish().map(Some).map_err(|kind| self.error_in(0, kind))
    }

    /// Reads a record; false at the end.
    fn record(&mut self) -> Result<bool, PushError> {
        let begin = self.reader.position().byte();
        self.reader.get_mut().begin_row(begin);
        match self.reader.read_byte_record(&mut self.record) {
            Ok(found) => {
                self.reader.get_ref().check_row(self.reader.position().byte())?;
                Ok(found)
            }
            Err(error) => Err(self.broken(error)),
        }
    }

    fn broken(&self, error: csv::Error) -> PushError {
        let source = self.reader.get_ref();
        let reason = error.to_string();
        match error.into_kind() {
            csv::ErrorKind::Io(error) => source.failed(error),
            _ => {
                let format = Format::Csv;
                source.error_at(self.reader.position().byte(), PushErrorKind::Syntax { format, reason })
            }
        }
    }

    fn text<'a>(&self, index: usize, value: &'a [u8]) -> Result<&'a str, PushError> {
        std::str::from_utf8(value).map_err(|_| self.error_in(index, PushErrorKind::NotUtf8))
    }

    /// An error in a value of the record, counted from 0.
    fn error_in(&self, index: usize, kind: PushErrorKind) -> PushError {
        let source = self.reader.get_ref();
        let begin = source.row_offset();
        source.error_at(begin + begin_of_value(source.bytes_from(begin), index) as u64, kind)
    }
}

/// Where a value of a record begins. Line ends before the record are passed over, as the CSV reader does.
fn begin_of_value(bytes: &[u8], index: usize) -> usize {
    let line_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let record = bytes.iter().position(|byte| !line_end(byte)).unwrap_or_default();
    let (mut commas, mut place) = (0, InValue::Begin);
    for (position, byte) in bytes.iter().enumerate().skip(record) {
        if commas == index {
            return position;
        }
        place = match (place, byte) {
            (InValue::Quoted, b'"') => InValue::BehindQuote,
            (InValue::Quoted, _) | (InValue::Begin | InValue::BehindQuote, b'"') => InValue::Quoted,
            (_, b',') => {
                commas += 1;
                InValue::Begin
            }
            _ => InValue::Plain,
        };
    }
    bytes.len()
}

/// Where in a value a byte stands.
enum InValue {
    Begin,
    Quoted,
    /// Behind a quote that ends the value, or is the first of two that stand for one.
    BehindQuote,
    /// Quotes are text here, even if the value began with a quoted part.
    Plain,
}
