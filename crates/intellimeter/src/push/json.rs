use std::borrow::Cow;
use std::fmt;
use std::io::{BufRead, Read};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::row::RowBuilder;
use super::source::Source;
use super::{Format, PushError, PushErrorKind, PushedRead};

/// Reads an object that has a member for each meter. Members are found byte by byte, and each is parsed when it is
/// whole, so that only one is held.
pub(super) struct JsonRows<R> {
    source: Source<R>,
    place: Place,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Begin,
    FirstMember,
    BehindMember,
    End,
}

impl<R: Read> JsonRows<R> {
    pub(super) fn new(source: Source<R>) -> Self {
        let place = Place::Begin;
        Self { source, place }
    }

    pub(super) fn next_row(&mut self) -> Result<Option<PushedRead>, PushError> {
        if self.place == Place::Begin {
            self.expect(b'{', "an object with a member for each meter")?;
            self.place = Place::FirstMember;
        }
        match (self.place, self.next_token()?) {
            (Place::FirstMember | Place::BehindMember, Some(b'}')) => {
                self.source.consume(1);
                self.place = Place::End;
            }
            (Place::FirstMember, _) => return self.member().map(Some),
            (Place::BehindMember, Some(b',')) => {
                self.source.consume(1);
                self.next_token()?;
                return self.member().map(Some);
            }
            (Place::BehindMember, _) => return Err(self.syntax("expected `,` or `}` behind a meter")),
            (Place::Begin | Place::End, _) => {}
        }
        match self.next_token()? {
            None => Ok(None),
            Some(_) => Err(self.syntax("there is something behind the end")),
        }
    }

    fn member(&mut self) -> Result<PushedRead, PushError> {
        let begin = self.source.next_offset();
        self.source.begin_row(begin);
        if self.source.peek()? != Some(b'"') {
            return Err(self.syntax("expected the name of a meter"));
        }
        self.skip_text()?;
        let name_end = self.source.next_offset();
        self.expect(b':', "`:` behind the name of a meter")?;
        if self.next_token()? != Some(b'{') {
            return Err(self.syntax("expected an object with the reads of a meter"));
        }
        let reads = self.source.next_offset();
        self.skip_flat_object()?;
        let end = self.source.next_offset();
        self.source.check_row(end)?;
        let row = self.parse(begin..name_end, reads..end)?;
        self.source.begin_row(end);
        self.place = Place::BehindMember;
        Ok(row)
    }

    fn parse(&self, name: std::ops::Range<u64>, reads: std::ops::Range<u64>) -> Result<PushedRead, PushError> {
        let begin = name.start;
        let name: String = self.parse_slice(&name)?;
        let Members(members) = self.parse_slice(&reads)?;
        let mut row = RowBuilder::default();
        row.set("name", &name)
            .map_err(|kind| self.source.error_at(begin, kind))?;
        let text = self.source.bytes_from(reads.start);
        for (field, value) in members {
            let value = value.get();
            let offset = reads.start + (value.as_ptr() as usize).saturating_sub(text.as_ptr() as usize) as u64;
            let plain: Cow<'_, str> = match value.as_bytes().first() {
                Some(b'n') => "".into(),
                // Whatever a meter's text field holds, its numbers are as good as text; truth is neither.
                Some(b'"') => serde_json::from_str::<String>(value)
                    .map_err(|error| self.not_json(offset, value.as_bytes(), &error))?
                    .into(),
                _ => value.into(),
            };
            row.set(&field, &plain)
                .map_err(|kind| self.source.error_at(offset, kind))?;
        }
        row.finish().map_err(|kind| self.source.error_at(begin, kind))
    }

    fn parse_slice<'a, T: Deserialize<'a>>(&'a self, range: &std::ops::Range<u64>) -> Result<T, PushError> {
        let bytes = self.source.bytes_from(range.start);
        let length = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        let bytes = bytes.get(..length).unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let offset = range.start + error.valid_up_to() as u64;
            self.source.error_at(offset, PushErrorKind::NotUtf8)
        })?;
        serde_json::from_str(text).map_err(|error| self.not_json(range.start, bytes, &error))
    }

    /// An error of the JSON parser, which knows line and column within the bytes that it was given.
    fn not_json(&self, begin: u64, bytes: &[u8], error: &serde_json::Error) -> PushError {
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        let before: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
        let offset = begin + (before + error.column().saturating_sub(1)) as u64;
        let reason = error.to_string();
        // The parser's own line and column count from the beginning of the row.
        let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
        let format = Format::Json;
        self.source.error_at(offset, PushErrorKind::Syntax { format, reason })
    }

    fn syntax(&self, reason: &str) -> PushError {
        let kind = PushErrorKind::Syntax {
            format: Format::Json,
            reason: reason.to_owned(),
        };
        self.source.error_at(self.source.next_offset(), kind)
    }

    /// The next byte that is no white space.
    fn next_token(&mut self) -> Result<Option<u8>, PushError> {
        loop {
            match self.source.peek()? {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.source.consume(1),
                other => return Ok(other),
            }
        }
    }

    fn expect(&mut self, byte: u8, what: &str) -> Result<(), PushError> {
        if self.next_token()? != Some(byte) {
            return Err(self.syntax(&format!("expected {what}")));
        }
        self.source.consume(1);
        Ok(())
    }

    /// Passes over a text, of which the next byte is the first quote.
    fn skip_text(&mut self) -> Result<(), PushError> {
        self.source.consume(1);
        loop {
            match self.source.peek()? {
                None => return Err(self.syntax("the file ends within a text")),
                Some(b'"') => {
                    self.source.consume(1);
                    return Ok(());
                }
                Some(b'\\') => {
                    self.source.consume(1);
                    self.source.peek()?;
                    self.source.consume(1);
                }
                Some(_) => self.source.consume(1),
            }
        }
    }

    /// Passes over an object, of which the next byte is the first brace. Its values are no lists and no objects.
    fn skip_flat_object(&mut self) -> Result<(), PushError> {
        self.source.consume(1);
        loop {
            match self.source.peek()? {
                None => return Err(self.syntax("the file ends within the reads of a meter")),
                Some(b'"') => self.skip_text()?,
                Some(b'{' | b'[') => {
                    let offset = self.source.next_offset();
                    return Err(self.source.error_at(offset, PushErrorKind::Nested));
                }
                Some(b'}') => {
                    self.source.consume(1);
                    return Ok(());
                }
                Some(_) => self.source.consume(1),
            }
        }
    }
}

/// The members of an object in order, their values as they are written.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with the reads of a meter")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
