//! A request as its signature sees it.

use http::HeaderMap;

use crate::call::Call;

/// The parts of a request that signatures cover.
#[derive(Clone, Copy, Debug)]
pub(super) struct Received<'a> {
    pub(super) method: &'a str,
    /// Still percent-encoded.
    pub(super) path: &'a str,
    /// Decoded names and values.
    pub(super) query: &'a [(String, String)],
    /// What stood behind the `?`.
    pub(super) raw_query: Option<&'a str>,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
}

impl<'a> Received<'a> {
    pub(super) fn new(call: &'a Call) -> Self {
        Self {
            method: call.method.as_str(),
            path: &call.path,
            query: &call.query,
            raw_query: call.raw_query.as_deref(),
            headers: &call.headers,
            body: &call.body,
        }
    }

    /// The first value of a header.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let value = self.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    /// Whether this is a form whose fields count as parameters.
    pub(super) fn is_form(&self) -> bool {
        let media_type = self.header("content-type").unwrap_or_default().to_lowercase();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        self.method == "POST" && essence == "application/x-www-form-urlencoded"
    }

    /// The names of all headers, in small letters, each once.
    pub(super) fn header_names(&self) -> impl Iterator<Item = &'a str> {
        self.headers.keys().map(http::HeaderName::as_str)
    }
}
