#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod auth;
#[cfg(feature = "blocking")]
pub mod blocking;
mod call;
pub mod check;
mod client;
pub mod clock;
mod connections;
pub mod decode;
mod download;
mod endpoint;
pub mod error;
#[cfg(feature = "events")]
pub mod events;
pub mod limit;
pub mod model;
mod page;
mod payload;
mod pieces;
mod retry;
mod run;
mod scrub;
mod secret;
#[cfg(feature = "unified")]
pub mod source;
pub mod transport;
pub mod wire;

pub use call::{Call, Response};
pub use client::{ApiClient, ClientBuilder};
pub use download::{Downloaded, Progress};
pub use endpoint::{Api, CredentialUse, Endpoint, Operation, RequestParts, UrlSegments, UrlValue};
pub use error::{ApiError, BuildError, DecodeError, Error};
pub use page::{Items, Pages, Paginated};
pub use pieces::BodyPieces;
pub use retry::{Advice, RetryPolicy};
pub use secret::Secret;
pub use transport::{HttpRequest, HttpResponse};

// Types of these crates stand in the public interface, so their versions are part of it: a new major version of one is a
// new major version of this crate. So are those of `serde`, `serde_json`, `futures-core` (`Stream`), `tokio` (`AsyncWrite`,
// where a download goes) and, with its feature, `reqwest` (`ClientBuilder`), which programs that name them depend on
// themselves.
pub use {bytes, http, secrecy, time, url};

#[doc(hidden)]
pub mod __private {
    //! What the exported macros need.
    pub use serde;

    use std::fmt;

    use serde::Deserializer;
    use serde::de::{Error, Unexpected, Visitor};

    /// Reads an id that comes as text or as a number.
    ///
    /// # Errors
    ///
    /// Anything else.
    pub fn number_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(NumberOrText)
    }

    struct NumberOrText;

    impl Visitor<'_> for NumberOrText {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text or a number")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }

        fn visit_string<E: Error>(self, text: String) -> Result<String, E> {
            Ok(text)
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<String, E> {
            Ok(number.to_string())
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<String, E> {
            Ok(number.to_string())
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<String, E> {
            // As JSON writes it.
            let written = serde_json::Number::from_f64(number).map(|number| number.to_string());
            written.ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
        }
    }
}
