//! What of a request is signed.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::headers;
use crate::sha256;

/// A request as it goes on the wire, as far as signatures see it.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method, in upper case.
    pub method: &'a str,
    /// The path, percent-encoded as it is sent.
    pub path: &'a str,
    /// The query, percent-encoded as it is sent and without its question mark; `None` where there is none.
    pub query: Option<&'a str>,
    /// The value of the header `Host` as the service sees it: with the port unless it is the scheme's own. It is signed
    /// whether or not `headers` has it, and wins over that.
    pub host: &'a str,
    /// The headers that are sent, `X-SN-Date` or `Date` among them.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: Body<'a>,
}

impl Request<'_> {
    /// Whether the body is a form, whose fields the service reads like parameters: a POST of
    /// `application/x-www-form-urlencoded`.
    pub fn is_form(&self) -> bool {
        self.method == "POST" && self.headers.get(CONTENT_TYPE).is_some_and(headers::is_form_type)
    }
}

/// The body of a [`Request`], or its hash where the bytes are not at hand.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// The bytes as they are sent.
    Bytes(&'a [u8]),
    /// The SHA-256 of the bytes. Give a form's bytes instead: its fields are signed.
    Sha256([u8; 32]),
}

impl Body<'_> {
    /// No body.
    pub const EMPTY: Self = Self::Bytes(&[]);

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Bytes(bytes) if bytes.is_empty())
    }

    /// The SHA-256 of its bytes.
    pub fn sha256(&self) -> [u8; 32] {
        match self {
            Self::Bytes(bytes) => sha256::hash(bytes),
            Self::Sha256(hash) => *hash,
        }
    }
}

impl<'a> From<&'a [u8]> for Body<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}
