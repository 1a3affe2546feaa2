use std::io::Read;

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};

use super::error::beginning;
use super::row::RowBuilder;
use super::source::Source;
use super::{Format, PushError, PushErrorKind, PushedRead};

/// Reads `<reads>` with an `<item>` for each meter, event by event.
pub(super) struct XmlRows<R> {
    reader: Reader<Source<R>>,
    buffer: Vec<u8>,
    place: Place,
}

enum Place {
    BeforeRoot,
    InRoot,
    InItem(RowBuilder),
    InField(RowBuilder, Field),
    BehindRoot,
}

/// A field whose text is still coming.
struct Field {
    name: String,
    text: String,
    /// Where its text begins.
    offset: u64,
}

impl<R: Read> XmlRows<R> {
    pub(super) fn new(source: Source<R>) -> Self {
        Self {
            reader: Reader::from_reader(source),
            buffer: Vec::new(),
            place: Place::BeforeRoot,
        }
    }

    pub(super) fn next_row(&mut self) -> Result<Option<PushedRead>, PushError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let row = loop {
            buffer.clear();
            let begin = self.reader.buffer_position();
            let event = match self.reader.read_event_into(&mut buffer) {
                Ok(event) => event,
                Err(error) => break Err(self.broken(error)),
            };
            match self.take(&event, begin) {
                Ok(None) if matches!(event, Event::Eof) => break Ok(None),
                Ok(None) => {}
                done => break done,
            }
        };
        self.buffer = buffer;
        row
    }

    /// Takes one event, which begins at an offset; gives the row that it ends.
    fn take(&mut self, event: &Event<'_>, begin: u64) -> Result<Option<PushedRead>, PushError> {
        match event {
            Event::Start(tag) => self.open(tag, begin)?,
            Event::Empty(tag) => {
                self.open(tag, begin)?;
                return self.close(begin);
            }
            Event::End(_) => return self.close(begin),
            Event::Text(text) => self.append(self.text(text, begin)?, begin)?,
            Event::CData(text) => self.append(self.text(text, begin)?, begin)?,
            Event::GeneralRef(reference) => {
                let text = self.resolve(reference, begin)?;
                self.append(&text, begin)?;
            }
            Event::Decl(declaration) => self.check_encoding(declaration, begin)?,
            Event::DocType(_) => return Err(self.error_at(begin, PushErrorKind::DocumentType)),
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => match self.place {
                Place::BehindRoot => {}
                Place::BeforeRoot => return Err(self.syntax(begin, "there is no `<reads>`")),
                _ => return Err(self.syntax(begin, "the file ends before `</reads>`")),
            },
        }
        Ok(None)
    }

    fn open(&mut self, tag: &BytesStart<'_>, begin: u64) -> Result<(), PushError> {
        let name = tag.name();
        let name = self.text(name.as_ref(), begin)?;
        self.place = match (std::mem::replace(&mut self.place, Place::BehindRoot), name) {
            (Place::BeforeRoot, "reads") => Place::InRoot,
            (Place::InRoot, "item") => {
                self.reader.get_mut().begin_row(begin);
                Place::InItem(RowBuilder::default())
            }
            (Place::InItem(row), name) => {
                let (name, text) = (name.to_owned(), String::new());
                let offset = self.reader.buffer_position();
                Place::InField(row, Field { name, text, offset })
            }
            (Place::InField(..), _) => return Err(self.error_at(begin, PushErrorKind::Nested)),
            (Place::BeforeRoot, _) => return Err(self.syntax(begin, "expected `<reads>`")),
            (Place::InRoot, _) => return Err(self.syntax(begin, "expected `<item>`")),
            (Place::BehindRoot, _) => return Err(self.syntax(begin, "there is something behind the end")),
        };
        Ok(())
    }

    fn close(&mut self, begin: u64) -> Result<Option<PushedRead>, PushError> {
        match std::mem::replace(&mut self.place, Place::BehindRoot) {
            Place::InField(mut row, field) => {
                let set = row.set(&field.name, &field.text);
                set.map_err(|kind| self.error_at(field.offset, kind))?;
                self.place = Place::InItem(row);
                Ok(None)
            }
            Place::InItem(row) => {
                let end = self.reader.buffer_position();
                let source = self.reader.get_ref();
                source.check_row(end)?;
                let row = row
                    .finish()
                    .map_err(|kind| source.error_at(source.row_offset(), kind))?;
                self.reader.get_mut().begin_row(end);
                self.place = Place::InRoot;
                Ok(Some(row))
            }
            Place::InRoot => Ok(None),
            Place::BeforeRoot | Place::BehindRoot => Err(self.syntax(begin, "there is no element to end here")),
        }
    }

    /// Adds to the text of a field. Between the elements there is white space alone.
    fn append(&mut self, text: &str, begin: u64) -> Result<(), PushError> {
        match &mut self.place {
            Place::InField(_, field) => field.text.push_str(text),
            _ if text.trim().is_empty() => {}
            _ => return Err(self.syntax(begin, "there is text outside of the fields")),
        }
        Ok(())
    }

    /// The text of a numeric entity, or of one of the five that XML itself has.
    fn resolve(&self, reference: &BytesRef<'_>, begin: u64) -> Result<String, PushError> {
        let name = self.text(reference, begin)?;
        let refused = || {
            let name = beginning(name);
            self.error_at(begin, PushErrorKind::Entity { name })
        };
        match reference.resolve_char_ref() {
            Ok(Some(character)) => Ok(character.to_string()),
            Ok(None) => resolve_xml_entity(name).map(str::to_owned).ok_or_else(refused),
            Err(_) => Err(refused()),
        }
    }

    fn check_encoding(&self, declaration: &BytesDecl<'_>, begin: u64) -> Result<(), PushError> {
        match declaration.encoding() {
            Some(Ok(name)) if !is_utf8(&name) => Err(self.error_at(begin, PushErrorKind::NotUtf8)),
            Some(Err(_)) => Err(self.syntax(begin, "the encoding cannot be read")),
            _ => Ok(()),
        }
    }

    fn text<'a>(&self, bytes: &'a [u8], begin: u64) -> Result<&'a str, PushError> {
        std::str::from_utf8(bytes).map_err(|_| {
            let of_event = self.reader.get_ref().bytes_from(begin);
            let valid = std::str::from_utf8(of_event)
                .err()
                .map_or(0, |error| error.valid_up_to());
            self.error_at(begin + valid as u64, PushErrorKind::NotUtf8)
        })
    }

    fn error_at(&self, offset: u64, kind: PushErrorKind) -> PushError {
        self.reader.get_ref().error_at(offset, kind)
    }

    fn syntax(&self, offset: u64, reason: &str) -> PushError {
        let kind = PushErrorKind::Syntax {
            format: Format::Xml,
            reason: reason.to_owned(),
        };
        self.error_at(offset, kind)
    }

    fn broken(&self, error: quick_xml::Error) -> PushError {
        match error {
            quick_xml::Error::Io(error) => {
                let error = std::io::Error::new(error.kind(), error);
                self.reader.get_ref().failed(error)
            }
            quick_xml::Error::Encoding(_) => self.error_at(self.reader.error_position(), PushErrorKind::NotUtf8),
            other => self.syntax(self.reader.error_position(), &beginning_of(&other)),
        }
    }
}

fn is_utf8(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"UTF-8") || name.eq_ignore_ascii_case(b"US-ASCII")
}

/// What the XML reader says, which may cite names from the file.
fn beginning_of(error: &quick_xml::Error) -> String {
    error.to_string().chars().take(160).collect()
}
