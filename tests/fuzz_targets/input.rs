//! Cutting the bytes that a target is given into its arguments.

use std::borrow::Cow;

/// What ends a part: no UTF-8 has it, so texts need no escape for it.
const END: u8 = 0xFF;

/// The bytes that are left. Behind their end there are zeros and empty parts, so that every input is one.
pub(super) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.byte())
    }

    /// What the next byte chooses.
    pub(super) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::from(self.byte()) % all.len()]
    }

    /// The bytes before the next 0xFF.
    pub(super) fn part(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == END).unwrap_or(self.0.len());
        let part = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        part
    }

    /// The next part as text; U+FFFD stands for what is none.
    pub(super) fn text(&mut self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.part())
    }

    pub(super) fn rest(self) -> &'a [u8] {
        self.0
    }
}
