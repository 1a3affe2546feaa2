use std::io::{self, Read};

use intellimeter::push::{self, Format, Limits, PushError, PushedRead, WriteError};

use super::input::Input;

const FORMATS: [Format; 3] = [Format::Csv, Format::Json, Format::Xml];

/// Intellimeter's pushed files: however the bytes come, the rows are the same; an error names a place of the file; what is
/// written of the rows is read as the same rows again.
///
/// Input: a byte for the format (0 goes by the first bytes of the file), one for the size of the pieces, one for the
/// largest row (0 is the usual one), and the file.
///
/// # Panics
///
/// When it does not hold.
pub fn push(data: &[u8]) {
    let mut input = Input::new(data);
    let stated = input.one_of(&[None, Some(Format::Csv), Some(Format::Json), Some(Format::Xml)]);
    let step = usize::from(input.byte()) + 1;
    let row_bytes = usize::from(input.byte()) * 4;
    let file = input.rest();
    let found = push::detect(None, file);
    let Some(format) = stated.or(found) else {
        return;
    };
    let kind = push::detect(Some(format.content_type()), file);
    assert_eq!(kind, Some(format), "a content type wins over the bytes");

    let (rows, error) = read(format, file, usize::MAX, Limits::default());
    if let Some(error) = &error {
        check_place(error, file);
    }
    let (in_pieces, error_in_pieces) = read(format, file, step, Limits::default());
    assert_eq!(in_pieces, rows);
    assert_eq!(said(error_in_pieces.as_ref()), said(error.as_ref()));
    if row_bytes > 0 {
        let (some, error) = read(format, file, step, Limits::default().row_bytes(row_bytes));
        assert_eq!(some, rows[..some.len()]);
        assert!(error.is_some() || some.len() == rows.len(), "rows are missing");
    }
    if error.is_none() && !rows.is_empty() {
        FORMATS.into_iter().for_each(|format| check_written(format, &rows));
    }
}

/// The rows before the end or the first error.
fn read(format: Format, file: &[u8], step: usize, limits: Limits) -> (Vec<PushedRead>, Option<PushError>) {
    let mut rows = Vec::new();
    for row in push::read(format, Pieces { file, step }, limits) {
        match row {
            Ok(row) => rows.push(row),
            Err(error) => return (rows, Some(error)),
        }
    }
    (rows, None)
}

fn said(error: Option<&PushError>) -> Option<String> {
    error.map(|error| format!("{error:?}"))
}

fn check_place(error: &PushError, file: &[u8]) {
    let mut file = file;
    while let Some(rest) = file.strip_prefix(b"\xEF\xBB\xBF") {
        file = rest;
    }
    let line = usize::try_from(error.line).ok().and_then(|line| line.checked_sub(1));
    let line = line.and_then(|line| file.split(|byte| *byte == b'\n').nth(line));
    let line = line.expect("the line of the error exists");
    // Of each character the first byte counts.
    let characters = line.iter().filter(|byte| **byte & 0xC0 != 0x80).count() as u64;
    assert!((1..=characters + 1).contains(&error.column), "{error}");
}

/// What a format cannot carry is refused; everything else comes back.
fn check_written(format: Format, rows: &[PushedRead]) {
    let mut file = Vec::new();
    if let Err(error) = push::write(format, rows, &mut file) {
        assert!(!matches!(error, WriteError::Io(_)), "memory does not fail: {error}");
        let other_points = matches!(error, WriteError::OtherPoints { .. });
        assert!(!other_points || format == Format::Csv, "{error}");
        return;
    }
    assert_eq!(push::detect(None, &file), Some(format));
    let (again, error) = read(format, &file, usize::MAX, Limits::default());
    assert_eq!(said(error.as_ref()), None, "{}", String::from_utf8_lossy(&file));
    assert_eq!(again, rows, "{}", String::from_utf8_lossy(&file));
}

/// A file that comes in pieces of a size.
struct Pieces<'a> {
    file: &'a [u8],
    step: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let room = out.len().min(self.step);
        self.file.read(&mut out[..room])
    }
}
