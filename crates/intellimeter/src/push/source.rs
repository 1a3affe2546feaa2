use std::io::{self, BufRead, ErrorKind, Read};

use super::{PushError, PushErrorKind};

const CHUNK: usize = 8 * 1024;
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What the three readers read from. It keeps the bytes of the row that is being read, and no others, so it can say
/// where in the file a byte of the row is, and it stops where the row becomes too large.
///
/// Offsets count from behind the byte order mark, if there is one; files that were put together may begin with several.
pub(super) struct Source<R> {
    inner: R,
    chunk: Box<[u8]>,
    /// The bytes from the beginning of the row to what has come so far.
    kept: Vec<u8>,
    /// Where in `kept` the row begins. What is before it is dropped when more is read.
    row: usize,
    /// Where in `kept` the next byte for the reader is.
    next: usize,
    /// The offset, line and column of the beginning of the row.
    offset: u64,
    line: u64,
    column: u64,
    limit: usize,
    begun: bool,
    too_large: bool,
}

impl<R: Read> Source<R> {
    pub(super) fn new(inner: R, limit: usize) -> Self {
        Self {
            inner,
            chunk: vec![0; CHUNK].into_boxed_slice(),
            kept: Vec::new(),
            row: 0,
            next: 0,
            offset: 0,
            line: 1,
            column: 1,
            limit,
            begun: false,
            too_large: false,
        }
    }

    /// The next byte, which stays the next.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, PushError> {
        match self.fill_buf() {
            Ok(bytes) => Ok(bytes.first().copied()),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// The offset of the next byte.
    pub(super) fn next_offset(&self) -> u64 {
        self.offset + (self.next - self.row) as u64
    }

    /// The offset at which the row begins.
    pub(super) fn row_offset(&self) -> u64 {
        self.offset
    }

    /// The bytes of the row from an offset on, as far as they have come.
    pub(super) fn bytes_from(&self, offset: u64) -> &[u8] {
        self.kept.get(self.index_of(offset)..).unwrap_or_default()
    }

    /// Begins the next row at an offset. What is before it is forgotten.
    pub(super) fn begin_row(&mut self, offset: u64) {
        let index = self.index_of(offset);
        (self.line, self.column) = self.locate(index);
        self.offset += (index - self.row) as u64;
        self.row = index;
    }

    /// An error at an offset within the row.
    pub(super) fn error_at(&self, offset: u64, kind: PushErrorKind) -> PushError {
        let (line, column) = self.locate(self.index_of(offset));
        PushError { line, column, kind }
    }

    /// The error for a row that is larger than the limit.
    pub(super) fn row_too_large(&self) -> PushError {
        let limit = self.limit;
        self.error_at(self.offset, PushErrorKind::RowTooLarge { limit })
    }

    /// Whether the row, which ends before an offset, is larger than the limit.
    pub(super) fn check_row(&self, end: u64) -> Result<(), PushError> {
        if end.saturating_sub(self.offset) > self.limit as u64 {
            return Err(self.row_too_large());
        }
        Ok(())
    }

    /// The error for a failure of this source, whatever a reader above has made of it.
    pub(super) fn failed(&self, error: io::Error) -> PushError {
        if self.too_large {
            return self.row_too_large();
        }
        self.error_at(self.next_offset(), PushErrorKind::Io(error))
    }

    fn index_of(&self, offset: u64) -> usize {
        let distance = usize::try_from(offset.saturating_sub(self.offset)).unwrap_or(usize::MAX);
        self.row.saturating_add(distance).min(self.kept.len())
    }

    fn locate(&self, index: usize) -> (u64, u64) {
        let passed = self.kept.get(self.row..index).unwrap_or_default();
        let lines = passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        let (column, in_line) = match passed.iter().rposition(|byte| *byte == b'\n') {
            Some(end) => (1, &passed[end + 1..]),
            None => (self.column, passed),
        };
        // Of each character the first byte counts; the others begin with the bits 10.
        let characters = in_line.iter().filter(|byte| **byte & 0xC0 != 0x80).count() as u64;
        (self.line + lines, column + characters)
    }

    /// Reads a chunk behind what is kept; says how much came, 0 at the end.
    fn more(&mut self) -> io::Result<usize> {
        loop {
            match self.inner.read(&mut self.chunk) {
                Ok(read) => {
                    self.kept.extend_from_slice(self.chunk.get(..read).unwrap_or_default());
                    return Ok(read);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl<R: Read> BufRead for Source<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if !self.begun {
            // All of them, because the CSV reader takes another one away only if it comes in one piece.
            loop {
                while self.kept.len() < BYTE_ORDER_MARK.len() && self.more()? > 0 {}
                if !self.kept.starts_with(BYTE_ORDER_MARK) {
                    break;
                }
                self.kept.drain(..BYTE_ORDER_MARK.len());
            }
            self.begun = true;
        }
        if self.next == self.kept.len() {
            if self.next - self.row > self.limit {
                self.too_large = true;
                return Err(io::Error::other("the row is too large"));
            }
            self.kept.drain(..self.row);
            self.next -= self.row;
            self.row = 0;
            self.more()?;
        }
        Ok(&self.kept[self.next..])
    }

    fn consume(&mut self, amount: usize) {
        self.next = self.next.saturating_add(amount).min(self.kept.len());
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let amount = available.len().min(out.len());
        out[..amount].copy_from_slice(&available[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}
