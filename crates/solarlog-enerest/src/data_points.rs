use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::ser::{self, SerializeMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Values by their time, in the order in which they came. A gap is `None`, never 0. Times keep the offset of the plant's
/// own clock, so the hour that comes twice in autumn is two hours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataPoints(pub Vec<(OffsetDateTime, Option<f64>)>);

impl Serialize for DataPoints {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (at, value) in &self.0 {
            map.serialize_entry(&at.format(&Rfc3339).map_err(ser::Error::custom)?, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for DataPoints {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Points;

        impl<'de> Visitor<'de> for Points {
            type Value = DataPoints;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("values by their time")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<DataPoints, A::Error> {
                let mut points = Vec::with_capacity(map.size_hint().unwrap_or(0));
                while let Some((at, value)) = map.next_entry::<String, Option<f64>>()? {
                    let instant = OffsetDateTime::parse(&at, &Rfc3339).map_err(|_| {
                        de::Error::custom(format!(
                            "expected an instant such as 2026-06-21T10:00:00+02:00, found `{at}`"
                        ))
                    })?;
                    points.push((instant, value));
                }
                Ok(DataPoints(points))
            }

            fn visit_unit<E: de::Error>(self) -> Result<DataPoints, E> {
                Ok(DataPoints::default())
            }

            /// What PHP makes of an object without members.
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<DataPoints, A::Error> {
                match list.next_element::<de::IgnoredAny>()? {
                    None => Ok(DataPoints::default()),
                    Some(_) => Err(de::Error::custom("expected values by their time, found a list")),
                }
            }
        }

        deserializer.deserialize_any(Points)
    }
}
