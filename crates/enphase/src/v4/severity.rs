use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How bad an alarm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// 1: nothing works.
    Fatal,
    /// 2: something does not work.
    Error,
    /// 3: something may not work for long.
    Warning,
    /// 4: worth knowing.
    Info,
    /// 5: worth knowing for developers.
    Debug,
    /// 6: not bad at all.
    None,
    /// A number that this version does not know.
    Unknown(i64),
}

impl Severity {
    /// The number that the service writes.
    pub fn number(self) -> i64 {
        match self {
            Self::Fatal => 1,
            Self::Error => 2,
            Self::Warning => 3,
            Self::Info => 4,
            Self::Debug => 5,
            Self::None => 6,
            Self::Unknown(number) => number,
        }
    }
}

impl From<i64> for Severity {
    fn from(number: i64) -> Self {
        match number {
            1 => Self::Fatal,
            2 => Self::Error,
            3 => Self::Warning,
            4 => Self::Info,
            5 => Self::Debug,
            6 => Self::None,
            number => Self::Unknown(number),
        }
    }
}

impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.number())
    }
}

impl<'de> Deserialize<'de> for Severity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i64::deserialize(deserializer).map(Self::from)
    }
}
