use std::fmt;

use bytes::Bytes;

use crate::scrub::Scrub;

/// The body of an answer inside an error: whole for programs, its beginning for people.
#[derive(Clone, PartialEq, Eq)]
pub struct Payload {
    bytes: Bytes,
    secret: bool,
}

impl Payload {
    /// How many characters `Display` and `Debug` show.
    pub const SHOWN: usize = 300;

    pub(crate) fn new(bytes: Bytes, secret: bool) -> Self {
        Self { bytes, secret }
    }

    /// Takes secrets out of it.
    pub(crate) fn clean(&mut self, secrets: &Scrub) {
        self.bytes = secrets.body(std::mem::take(&mut self.bytes));
    }

    /// Whether it is not shown, because the operation's answers hold a secret.
    pub fn is_hidden(&self) -> bool {
        self.secret
    }

    /// The whole body, without the secrets that went out with the request. Of an operation that gives out secrets
    /// ([`Operation::secret_answer`](crate::Operation::secret_answer)) it may hold a new one: do not log it.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.secret {
            return write!(f, "(not shown, it may hold a secret; {} bytes)", self.bytes.len());
        }
        // Four bytes are the most that one character takes.
        let beginning = &self.bytes[..self.bytes.len().min(Self::SHOWN * 4)];
        let text = String::from_utf8_lossy(beginning);
        let mut characters = text.chars();
        write_on_one_line(f, characters.by_ref().take(Self::SHOWN))?;
        if characters.next().is_some() || beginning.len() < self.bytes.len() {
            write!(f, "… ({} bytes)", self.bytes.len())?;
        }
        Ok(())
    }
}

/// A line of a log stays one line, whatever a service sends.
pub(crate) fn write_on_one_line(f: &mut fmt::Formatter<'_>, mut text: impl Iterator<Item = char>) -> fmt::Result {
    text.try_for_each(|character| {
        let shown = if character.is_control() { ' ' } else { character };
        fmt::Write::write_char(f, shown)
    })
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({})", format_args!("{self}"))
    }
}
