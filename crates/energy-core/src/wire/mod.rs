//! Pieces of serde that vendors share: how their JSON says things.
//!
//! The modules are used as `#[serde(with = "energy_core::wire::rfc3339")]`; each has a sub-module `option` for fields
//! that may be absent or null (then with `#[serde(default)]`).

mod duration;
mod extra;
mod headers;
mod instant;
mod lenient;
mod named;
mod object;
mod patch;

pub use duration::hms;
pub use extra::{Entries, Extra};
pub use headers::SecretHeaders;
pub use instant::{date, epoch_milliseconds, epoch_seconds, local_date_time, rfc3339, spaced};
pub use lenient::{OneOrMany, lenient_number, lenient_string, object_or_empty_list};
pub use named::UnknownValue;
pub use object::objects_only;
pub use patch::Patch;
