//! What is known about a value beyond the number.

use std::fmt;
use std::ops::{BitOr, BitOrAssign};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A set of quality flags. The empty set means that nothing was said about the value.
///
/// The first seven follow the reading qualities of IEEE 2030.5. Serialised as a list of names;
/// an unknown name is refused on reading, because dropping a warning would make a doubtful value
/// look sound.
///
/// ```
/// use energy_core::model::Quality;
///
/// let quality = Quality::ESTIMATED | Quality::PARTIAL;
/// assert!(quality.contains(Quality::PARTIAL));
/// assert_eq!(format!("{quality:?}"), "Quality(ESTIMATED | PARTIAL)");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Quality(u16);

const FLAGS: [(Quality, &str, &str); 11] = [
    (Quality::VALID, "VALID", "valid"),
    (Quality::EDITED, "EDITED", "edited"),
    (Quality::ESTIMATED, "ESTIMATED", "estimated"),
    (Quality::INTERPOLATED, "INTERPOLATED", "interpolated"),
    (Quality::QUESTIONABLE, "QUESTIONABLE", "questionable"),
    (Quality::DERIVED, "DERIVED", "derived"),
    (Quality::FORECAST, "FORECAST", "forecast"),
    (Quality::RAW, "RAW", "raw"),
    (Quality::PARTIAL, "PARTIAL", "partial"),
    (Quality::RECOVERED, "RECOVERED", "recovered"),
    (Quality::CLIPPED, "CLIPPED", "clipped"),
];

impl Quality {
    /// Nothing was said.
    pub const UNSTATED: Self = Self(0);
    /// Checked and found good.
    pub const VALID: Self = Self(1);
    /// Changed by hand.
    pub const EDITED: Self = Self(1 << 1);
    /// Estimated from other days or devices.
    pub const ESTIMATED: Self = Self(1 << 2);
    /// Filled in or shared out evenly between known values.
    pub const INTERPOLATED: Self = Self(1 << 3);
    /// Doubtful.
    pub const QUESTIONABLE: Self = Self(1 << 4);
    /// Computed from other values rather than measured.
    pub const DERIVED: Self = Self(1 << 5);
    /// About the future, or what a model says about the past.
    pub const FORECAST: Self = Self(1 << 6);
    /// As it came, not checked by anybody.
    pub const RAW: Self = Self(1 << 7);
    /// Covers only a part of its interval or of its devices: a lower bound of an amount.
    pub const PARTIAL: Self = Self(1 << 8);
    /// Caught up after an outage: the amount is right, its place in time is blurred.
    pub const RECOVERED: Self = Self(1 << 9);
    /// Cut off at a limit, of an inverter or of a sensor.
    pub const CLIPPED: Self = Self(1 << 10);

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Whether all flags of `other` are set.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The flags of either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The flags that are in `self` but not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The quality of a value made from two others: every reservation of either remains, and
    /// [`VALID`](Self::VALID) only if both are valid.
    ///
    /// ```
    /// use energy_core::model::Quality;
    ///
    /// let sound = Quality::VALID;
    /// assert_eq!(sound.combine(sound | Quality::CLIPPED), Quality::VALID | Quality::CLIPPED);
    /// assert_eq!(sound.combine(Quality::ESTIMATED), Quality::ESTIMATED);
    /// ```
    #[must_use]
    pub const fn combine(self, other: Self) -> Self {
        let all = self.union(other);
        if self.0 & other.0 & Self::VALID.0 == 0 {
            all.without(Self::VALID)
        } else {
            all
        }
    }

    /// The names of the flags that are set, in lower case, as they are serialised.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        FLAGS
            .into_iter()
            .filter(move |(flag, ..)| self.contains(*flag))
            .map(|(_, _, name)| name)
    }

    /// The flag of this lower-case name.
    pub fn from_name(name: &str) -> Option<Self> {
        FLAGS
            .into_iter()
            .find(|(_, _, known)| *known == name)
            .map(|(flag, ..)| flag)
    }
}

impl BitOr for Quality {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl BitOrAssign for Quality {
    fn bitor_assign(&mut self, other: Self) {
        *self = self.union(other);
    }
}

impl fmt::Debug for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Quality(")?;
        let mut separator = "";
        for (flag, name, _) in FLAGS {
            if self.contains(flag) {
                write!(f, "{separator}{name}")?;
                separator = " | ";
            }
        }
        f.write_str(")")
    }
}

impl Serialize for Quality {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl<'de> Deserialize<'de> for Quality {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        names.iter().try_fold(Self::UNSTATED, |flags, name| {
            let flag =
                Self::from_name(name).ok_or_else(|| D::Error::custom(format_args!("unknown quality flag {name:?}")))?;
            Ok(flags | flag)
        })
    }
}
