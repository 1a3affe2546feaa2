//! How generated requests read a success.

mod place;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::de::{DeserializeOwned, DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::endpoint::Operation;
use crate::error::DecodeError;
use crate::transport::HttpResponse;

/// A JSON body. Fields that the type does not name are ignored.
///
/// # Errors
///
/// [`DecodeError`] with the place in the JSON and the body.
pub fn json<T: DeserializeOwned>(operation: &'static Operation, response: &HttpResponse) -> Result<T, DecodeError> {
    seed(operation, response, PhantomData)
}

/// One member of a JSON object: what an envelope holds.
///
/// # Errors
///
/// As [`json`], and when the member is missing.
pub fn member<T: DeserializeOwned>(
    operation: &'static Operation,
    response: &HttpResponse,
    name: &'static str,
) -> Result<T, DecodeError> {
    match member_if_any(operation, response, name)? {
        Some(value) => Ok(value),
        None => Err(DecodeError::new(operation, response, format!("`{name}` is missing"))),
    }
}

/// As [`member`], where the member may be missing or null.
///
/// # Errors
///
/// As [`json`].
pub fn member_if_any<T: DeserializeOwned>(
    operation: &'static Operation,
    response: &HttpResponse,
    name: &'static str,
) -> Result<Option<T>, DecodeError> {
    seed(operation, response, Member(name, PhantomData))
}

/// Reads one member of an object and passes over the others.
struct Member<T>(&'static str, PhantomData<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Member<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Member<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(name) = map.next_key::<Cow<'_, str>>()? {
            if name == self.0 {
                found = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

fn seed<'de, S: DeserializeSeed<'de>>(
    operation: &'static Operation,
    response: &'de HttpResponse,
    seed: S,
) -> Result<S::Value, DecodeError> {
    let mut reader = serde_json::Deserializer::from_slice(response.body());
    let value = seed
        .deserialize(&mut reader)
        .map_err(|source| misfit(operation, response, source))?;
    reader
        .end()
        .map_err(|source| DecodeError::new(operation, response, source.to_string()).at(".", Some(source)))?;
    Ok(value)
}

/// The error for a body that could not be read, with the place in it.
fn misfit(operation: &'static Operation, response: &HttpResponse, source: serde_json::Error) -> DecodeError {
    let path = place::path(response.body(), source.line(), source.column(), source.is_data());
    // A value of the wrong type is JSON all the same.
    let foreign = if source.is_data() { None } else { foreign(response) };
    if operation.secret_answer && source.is_data() {
        // The reader's own words quote the value that does not fit, and that may be the secret.
        let place = format!(
            "a value does not fit (line {}, column {})",
            source.line(),
            source.column()
        );
        return DecodeError::new(operation, response, place).at(path, None);
    }
    let reason = foreign.unwrap_or_else(|| source.to_string());
    DecodeError::new(operation, response, reason).at(path, Some(source))
}

/// Why a body is no JSON at all, in words that help more than "expected value at line 1 column 1".
fn foreign(response: &HttpResponse) -> Option<String> {
    if let Some(packed) = packed(response.headers()) {
        return Some(packed);
    }
    let first = response.body().iter().find(|byte| !byte.is_ascii_whitespace());
    match first {
        None => Some("the body is empty, JSON was expected".to_owned()),
        Some(b'{' | b'[' | b'"') => None,
        Some(_) => {
            let stated = response
                .headers()
                .get(header::CONTENT_TYPE)
                .and_then(|value| value.to_str().ok());
            Some(format!(
                "JSON was expected, the content type is {}",
                stated.unwrap_or("not stated")
            ))
        }
    }
}

/// A JSON body, or `None` where the service answers 204, or something that `is_nothing` ([`Api::is_nothing`](crate::Api::is_nothing)).
///
/// # Errors
///
/// As [`json`].
pub fn json_or_empty<T: DeserializeOwned>(
    operation: &'static Operation,
    response: &HttpResponse,
    is_nothing: fn(&HttpResponse) -> bool,
) -> Result<Option<T>, DecodeError> {
    if response.status() == StatusCode::NO_CONTENT || is_nothing(response) {
        Ok(None)
    } else {
        json(operation, response).map(Some)
    }
}

/// A text in UTF-8.
///
/// # Errors
///
/// [`DecodeError`] for bytes that are no UTF-8, for a web page where none is described, and for what is packed.
pub fn text(operation: &'static Operation, response: &HttpResponse) -> Result<String, DecodeError> {
    refuse_foreign(operation, response)?;
    std::str::from_utf8(response.body())
        .map(str::to_owned)
        .map_err(|error| DecodeError::new(operation, response, error.to_string()))
}

/// The body as it came.
///
/// # Errors
///
/// [`DecodeError`] for a web page where none is described, and for what is packed.
pub fn bytes(operation: &'static Operation, response: &HttpResponse) -> Result<Bytes, DecodeError> {
    refuse_foreign(operation, response)?;
    Ok(response.body().clone())
}

/// A success without content.
///
/// # Errors
///
/// [`DecodeError`] for a web page. A service that sends something else where nothing was promised has still done what it
/// was asked.
pub fn empty(operation: &'static Operation, response: &HttpResponse) -> Result<(), DecodeError> {
    refuse_page(operation, response)
}

/// Refuses what is not of the service: a web page, and what somebody on the way has packed.
pub(crate) fn refuse_foreign(operation: &'static Operation, response: &HttpResponse) -> Result<(), DecodeError> {
    refuse_page(operation, response)?;
    match packed(response.headers()) {
        Some(reason) => Err(DecodeError::new(operation, response, reason)),
        None => Ok(()),
    }
}

/// Why an answer cannot be read that is packed: clients say that they do not want that.
fn packed(headers: &HeaderMap) -> Option<String> {
    let encoding = headers
        .get(header::CONTENT_ENCODING)?
        .to_str()
        .unwrap_or("in an unknown way");
    if encoding.trim().is_empty() || encoding.trim().eq_ignore_ascii_case("identity") {
        return None;
    }
    Some(format!(
        "the answer is packed ({encoding}), which was not asked for; a proxy on the way may have done it"
    ))
}

/// Whether a success is not to be handed on piece by piece, because it is not of the service.
pub(crate) fn is_foreign(operation: &Operation, headers: &HeaderMap) -> bool {
    is_foreign_page(operation, headers) || packed(headers).is_some()
}

/// Refuses a web page where none is described: it is not the service that says so, but a gateway or the login page of a
/// network, and what was asked may not have been done.
fn refuse_page(operation: &'static Operation, response: &HttpResponse) -> Result<(), DecodeError> {
    let begins = response.body().trim_ascii_start().starts_with(b"<");
    if begins && is_foreign_page(operation, response.headers()) {
        let reason = "a web page came in the place of the answer; the service may not have heard of the request";
        return Err(DecodeError::new(operation, response, reason));
    }
    Ok(())
}

/// Whether these are the headers of a web page, from an operation that has none.
fn is_foreign_page(operation: &Operation, headers: &HeaderMap) -> bool {
    const PAGE: &str = "text/html";
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with(PAGE))
        && !operation.formats.iter().any(|format| format.starts_with(PAGE))
}
