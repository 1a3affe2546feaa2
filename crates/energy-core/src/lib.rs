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

    use serde::{Deserialize, Deserializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum NumberOrText {
        Text(String),
        Number(serde_json::Number),
    }

    /// Reads an id that comes as text or as a number.
    ///
    /// # Errors
    ///
    /// Anything else.
    pub fn number_or_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
        Ok(match NumberOrText::deserialize(deserializer)? {
            NumberOrText::Text(text) => text,
            NumberOrText::Number(number) => number.to_string(),
        })
    }
}
