//! SNWS2, SolarNetwork's request signature: HMAC-SHA256 over method, path, query, some headers and the body's hash.
//!
//! A client signs by itself with its [`Credentials`](crate::Credentials). What is here serves other programs: [`sign`]
//! is a pure function over a [`Request`], for any HTTP library and any of SolarNetwork's services.
//!
//! ```
//! use energy_core::Secret;
//! use energy_core::http::HeaderMap;
//! use energy_core::time::macros::datetime;
//! use solarnet_oscp::snws2::{self, Body, Request, SigningKey};
//!
//! let now = datetime!(2017-04-25 14:30 UTC);
//! let mut headers = HeaderMap::new();
//! headers.insert("x-sn-date", snws2::http_date(now).parse()?);
//!
//! let request = Request {
//!     method: "GET",
//!     path: "/api/test",
//!     query: None,
//!     host: "localhost",
//!     headers: &headers,
//!     body: Body::EMPTY,
//! };
//! let key = SigningKey::derive(&Secret::new("test-token-secret"), now.date());
//! let signed = snws2::sign(&request, "test-token-id", &key, now);
//!
//! assert_eq!(
//!     signed.authorization(),
//!     "SNWS2 Credential=test-token-id,SignedHeaders=host;x-sn-date,\
//!      Signature=c14fe9f67560fb9a37d2aa7c40b40c260a5936f999877e2469b8ddb1da7c0eb9",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Sources: the wiki page "SolarNet API authentication scheme V2" and SolarNetwork's own implementations, whose
//! published vectors are this crate's tests.

mod authenticator;
mod date;
mod headers;
mod key;
mod query;
mod request;
mod sign;

pub(crate) use authenticator::{Options, Snws2};
#[cfg(feature = "http-signatures")]
pub(crate) use authenticator::{header_value, parts, wire_host};
pub use date::http_date;
pub use headers::canonical_headers;
pub(crate) use headers::text as header_text;
pub use key::SigningKey;
pub use query::{canonical_form, canonical_query};
pub use request::{Body, Request};
pub use sign::{Signed, sign};
