use std::fmt;

use energy_core::UrlValue;

/// What names a message: `X-Request-ID`, and in the answer to it `X-Correlation-ID`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(String);

impl RequestId {
    /// An id of your own, as when one message is a part of a larger story.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// A random id in the form of a UUID.
    pub fn random() -> Self {
        let mut bytes = fastrand::u128(..).to_be_bytes();
        // Version 4, variant 1.
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let mut text = String::with_capacity(36);
        for (index, byte) in bytes.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            for digit in [byte >> 4, byte & 0x0f] {
                text.extend(char::from_digit(u32::from(digit), 16));
            }
        }
        Self(text)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for RequestId {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

impl From<String> for RequestId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

impl UrlValue for RequestId {
    fn url_value(&self) -> Option<String> {
        Some(self.0.clone())
    }
}
