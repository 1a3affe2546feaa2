//! One exchange as a service's handlers see it: a [`Call`] in, an [`Answer`] out.

use std::net::IpAddr;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use time::OffsetDateTime;
use tokio::time::Instant;

use crate::flood::Flood;

/// A request that found its route.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Counts the requests of a service, from 1.
    pub(crate) number: u64,
    pub(crate) received: OffsetDateTime,
    pub(crate) began: Instant,
    pub(crate) peer: IpAddr,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    /// What stood behind the `?`, still percent-encoded.
    pub(crate) raw_query: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The decoded `{…}` parts of the route's path.
    pub(crate) segments: Vec<(String, String)>,
}

impl Call {
    /// A part of the path by the name it has in the route.
    pub(crate) fn segment(&self, name: &str) -> Option<&str> {
        find(&self.segments, name)
    }

    /// A query parameter; the last one wins if it is repeated.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    /// A field of a form in the body.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(&self.body)
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .last()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = pairs.iter().rev().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

/// A whole response.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Sent instead of `body`.
    pub(crate) flood: Option<Flood>,
}

impl Answer {
    /// A response with a body of the given type.
    pub(crate) fn new(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self {
            status,
            headers,
            body: body.into(),
            flood: None,
        }
    }

    /// A response without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            flood: None,
        }
    }

    /// How long the body is, in bytes.
    pub(crate) fn length(&self) -> usize {
        let flood = self.flood.as_ref().map(Flood::length);
        flood.map_or(self.body.len(), |length| usize::try_from(length).unwrap_or(usize::MAX))
    }

    /// Leaves the first half of the body.
    pub(crate) fn halve(&mut self) {
        match &mut self.flood {
            Some(flood) => flood.halve(),
            None => self.body.truncate(self.body.len() / 2),
        }
    }

    /// Adds a header, unless its value could not stand in one.
    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        self.set_header(name, value);
        self
    }

    /// Sets a header, unless its value could not stand in one.
    pub(crate) fn set_header(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = match self.flood {
            Some(flood) => {
                let mut response = Response::new(Body::new(flood.clone()));
                // For whoever passes the answer on: this body is not to be read into memory.
                response.extensions_mut().insert(flood);
                response
            }
            None => Response::new(Body::from(self.body)),
        };
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}
