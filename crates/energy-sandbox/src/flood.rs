//! A body of any length that is made while it is sent and never is in memory as a whole.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::HttpBody;
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

/// How much is made at once, roughly.
const BLOCK: usize = 64 * 1024;

/// A head, then the same row again and again.
#[derive(Clone, Debug)]
pub(crate) struct Flood {
    head: Bytes,
    /// Many rows in one piece.
    block: Bytes,
    /// How many bytes of rows are still to come.
    left: u64,
}

impl Flood {
    /// Whole rows, and at least this many bytes.
    pub(crate) fn new(head: &str, row: &str, bytes: u64) -> Self {
        let width = row.len().max(1) as u64;
        let rows = bytes.saturating_sub(head.len() as u64).div_ceil(width);
        Self {
            head: Bytes::copy_from_slice(head.as_bytes()),
            block: Bytes::from(row.repeat((BLOCK / row.len().max(1)).max(1))),
            left: if row.is_empty() { 0 } else { rows * width },
        }
    }

    /// How many bytes are still to come.
    pub(crate) fn length(&self) -> u64 {
        self.head.len() as u64 + self.left
    }

    /// Leaves half of the rows, the last of them perhaps not whole.
    pub(crate) fn halve(&mut self) {
        self.left /= 2;
    }
}

impl HttpBody for Flood {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let head = std::mem::take(&mut self.head);
        if !head.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(head))));
        }
        if self.left == 0 {
            return Poll::Ready(None);
        }
        // Both are at most a block.
        let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(self.block.len());
        self.left -= length as u64;
        Poll::Ready(Some(Ok(Frame::data(self.block.slice(..length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.length() == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length())
    }
}

#[cfg(test)]
mod tests {
    use super::Flood;

    #[test]
    fn a_flood_is_whole_rows() {
        assert_eq!(Flood::new("h\n", "abc\n", 11).length(), 14);
        assert_eq!(Flood::new("h\n", "abc\n", 0).length(), 2);
        assert_eq!(Flood::new("h\n", "", 99).length(), 2);
    }
}
