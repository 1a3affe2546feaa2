//! What fuzzing tries: each target takes any bytes, and panics when something does not hold.
//!
//! `cargo xtask fuzz` runs them under libFuzzer, from the package in `tests/fuzz`; the tests of this crate run the corpus
//! of that package through them.

mod answers;
mod calls;
mod events;
mod hashes;
mod http_signatures;
mod input;
mod local_time;
mod logins;
mod now;
mod oscp_server;
mod percent;
mod push;
mod series;
mod service_properties;
mod snws2;
mod urls;
mod wire;
mod yaml;

pub use answers::answers;
pub use events::events;
pub use http_signatures::http_signatures;
pub use local_time::local_time;
pub use logins::logins;
pub use oscp_server::oscp_server;
pub use push::push;
pub use series::series;
pub use service_properties::service_properties;
pub use snws2::snws2;
pub use urls::urls;
pub use wire::wire;
pub use yaml::yaml;

/// A target.
pub type Target = fn(&[u8]);

/// All targets, by the names that they have in `tests/fuzz`.
pub const TARGETS: &[(&str, Target)] = &[
    ("answers", answers),
    ("events", events),
    ("http_signatures", http_signatures),
    ("local_time", local_time),
    ("logins", logins),
    ("oscp_server", oscp_server),
    ("push", push),
    ("series", series),
    ("service_properties", service_properties),
    ("snws2", snws2),
    ("urls", urls),
    ("wire", wire),
    ("yaml", yaml),
];
