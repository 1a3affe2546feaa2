//! A call as a value: what is sent, what comes back, and what is known of the operation before it is called.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use time::OffsetDateTime;

use crate::auth::Login;
use crate::check::{Direction, Rules};
use crate::error::{ApiError, BuildError, DecodeError};
use crate::limit::Quota;
use crate::retry::Advice;
use crate::secret::Secret;
use crate::transport::HttpResponse;

/// A vendor's API: ties its requests to the one client that may send them, and reads its errors.
pub trait Api: fmt::Debug + Send + Sync + 'static {
    /// The vendor's name, as in logs and the user agent.
    const NAME: &'static str;
    /// Where the API is unless the builder says otherwise; empty where it must say so.
    const BASE_URL: &'static str;
    /// How one logs in.
    type Login: Login;

    /// Whether an answer is a success. Some services put failures into answers with a status of success.
    fn is_success(response: &HttpResponse) -> bool {
        response.status().is_success()
    }

    /// Whether a success says in words that there is nothing, where others send an empty answer: it is then read as `None`
    /// by the operations whose description allows for an empty answer.
    fn is_nothing(response: &HttpResponse) -> bool {
        let _ = response;
        false
    }

    /// Fills code, message and the time to come back from an answer that is not a success.
    fn describe_error(response: &HttpResponse, now: OffsetDateTime, error: &mut ApiError);

    /// What the vendor's own words say about sending again.
    fn advise(error: &ApiError) -> Advice {
        let _ = error;
        Advice::Usual
    }

    /// What any answer says about the quota.
    fn quota(response: &HttpResponse) -> Option<Quota> {
        let _ = response;
        None
    }
}

/// Whether an operation is sent with the client's login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialUse {
    /// Never: it is open to everybody.
    None,
    /// When there is one.
    Optional,
    /// Always; without a login it is refused before sending.
    Required,
}

/// What is known of an operation before it is called: from its description, the same for every call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The id in the API description.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path with its parameters in braces.
    pub path: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Whether sending it twice does the same as sending it once, so that it may be retried.
    pub idempotent: bool,
    /// Whether a call sends it at most once, whatever happens: no retry, not even of what never left, and no second
    /// attempt after a 401. For commands to hardware, and for calls that cost money.
    pub once: bool,
    /// Whether it needs the login.
    pub credentials: CredentialUse,
    /// The plan, package or scope it needs, in the vendor's words.
    pub access: Option<&'static str>,
    /// How many calls it counts as against the quota; 0 is free.
    pub cost: u32,
    /// The content types it can answer with, the typed one first. A web page in the place of a text, a file or nothing is
    /// an error unless `text/html` is among them.
    pub formats: &'static [&'static str],
    /// Whether its answer holds a secret that the service gives out, such as a new key: errors then do not show it.
    pub secret_answer: bool,
    /// Whether the vendor wants it no longer used.
    pub deprecated: bool,
}

impl Operation {
    /// An operation that needs the login, costs one call, and is idempotent if its method says so.
    pub const fn new(id: &'static str, method: Method, path: &'static str) -> Self {
        let idempotent = matches!(method, Method::GET | Method::HEAD | Method::PUT | Method::DELETE);
        Self {
            id,
            method,
            path,
            summary: "",
            idempotent,
            once: false,
            credentials: CredentialUse::Required,
            access: None,
            cost: 1,
            formats: &[],
            secret_answer: false,
            deprecated: false,
        }
    }

    /// Says it in one sentence.
    #[must_use]
    pub const fn with_summary(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// Says whether it may be sent twice.
    #[must_use]
    pub const fn with_idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Says whether a call sends it at most once.
    #[must_use]
    pub const fn with_once(mut self, once: bool) -> Self {
        self.once = once;
        self
    }

    /// Says whether it needs the login.
    #[must_use]
    pub const fn with_credentials(mut self, credentials: CredentialUse) -> Self {
        self.credentials = credentials;
        self
    }

    /// Names the plan, package or scope it needs.
    #[must_use]
    pub const fn with_access(mut self, access: &'static str) -> Self {
        self.access = Some(access);
        self
    }

    /// Says how many calls it counts as.
    #[must_use]
    pub const fn with_cost(mut self, cost: u32) -> Self {
        self.cost = cost;
        self
    }

    /// Names the content types it can answer with.
    #[must_use]
    pub const fn with_formats(mut self, formats: &'static [&'static str]) -> Self {
        self.formats = formats;
        self
    }

    /// Says whether its answer holds a secret.
    #[must_use]
    pub const fn with_secret_answer(mut self, secret_answer: bool) -> Self {
        self.secret_answer = secret_answer;
        self
    }

    /// Says whether the vendor wants it no longer used.
    #[must_use]
    pub const fn with_deprecated(mut self, deprecated: bool) -> Self {
        self.deprecated = deprecated;
        self
    }
}

/// One call, without any I/O: how to write the request and how to read the answer.
///
/// Generated for every operation; write one by hand to reach an operation that the vendor has not documented.
///
/// A request belongs to one API, and only that API's client sends it:
///
/// ```compile_fail,E0271
/// # use energy_core::{*, auth::NoLogin};
/// # macro_rules! api { ($name:ident) => {
/// # #[derive(Debug)] struct $name;
/// # impl Api for $name {
/// #     const NAME: &'static str = "a"; const BASE_URL: &'static str = "https://a.example";
/// #     type Login = NoLogin;
/// #     fn describe_error(_: &HttpResponse, _: time::OffsetDateTime, _: &mut ApiError) {}
/// # } } }
/// # api!(Sun);
/// # api!(Wind);
/// struct Yield;
/// impl Endpoint for Yield {
///     type Api = Sun;
///     type Output = ();
///     const OPERATION: &'static Operation = &Operation::new("yield", http::Method::GET, "/yield");
///     fn parts(&self) -> Result<RequestParts, BuildError> { Ok(RequestParts::new()) }
///     fn decode(&self, _: &HttpResponse) -> Result<(), DecodeError> { Ok(()) }
/// }
/// async fn mixed_up(wind: ApiClient<Wind>) {
///     let _ = wind.send(&Yield).await; // Yield belongs to Sun
/// }
/// ```
pub trait Endpoint: Send + Sync {
    /// The API it belongs to.
    type Api: Api;
    /// What a success is read into.
    type Output: Send + 'static;
    /// What is known of it before it is called.
    const OPERATION: &'static Operation;

    /// Path, query, headers and body.
    ///
    /// # Errors
    ///
    /// An argument that the service is known to refuse: nothing is sent then.
    fn parts(&self) -> Result<RequestParts, BuildError>;

    /// Reads a success.
    ///
    /// # Errors
    ///
    /// An answer that does not have the described shape.
    fn decode(&self, response: &HttpResponse) -> Result<Self::Output, DecodeError>;
}

/// A value that can stand in a URL, in a form or in a header.
pub trait UrlValue {
    /// The value as text, not yet encoded; `None` for one that is expressed by leaving it out.
    fn url_value(&self) -> Option<String>;
}

macro_rules! display_is_url_value {
    ($($type:ty),+) => { $(
        impl UrlValue for $type {
            fn url_value(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    )+ };
}
display_is_url_value!(str, String, bool, u8, u16, u32, u64, i8, i16, i32, i64, time::Date);

impl UrlValue for f64 {
    fn url_value(&self) -> Option<String> {
        // Adding zero makes zero of the negative zero, which not every server reads.
        Some((self + 0.0).to_string())
    }
}

impl<T: UrlValue + ?Sized> UrlValue for &T {
    fn url_value(&self) -> Option<String> {
        (**self).url_value()
    }
}

/// A value that stands in a path as several segments, or as none.
pub trait UrlSegments {
    /// The segments, not yet encoded.
    ///
    /// # Errors
    ///
    /// A value that the service is known to refuse.
    fn url_segments(&self) -> Result<Vec<String>, BuildError>;
}

/// What a request sends: path segments, query, headers, body. Nothing is encoded yet.
#[derive(Clone, Default, PartialEq)]
pub struct RequestParts {
    path: Vec<String>,
    query: Vec<(Cow<'static, str>, String)>,
    headers: HeaderMap,
    form: Option<Vec<(Cow<'static, str>, String)>>,
    body: Option<Bytes>,
    secrets: Vec<Secret>,
    secret_query: Vec<(&'static str, Secret)>,
}

/// Of headers, form and body only what they are, because their values may be secrets.
impl fmt::Debug for RequestParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self
            .form
            .as_ref()
            .map(|form| form.iter().map(|(name, _)| name).collect::<Vec<_>>());
        f.debug_struct("RequestParts")
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("form", &fields)
            .field("body_length", &self.body.as_ref().map(Bytes::len))
            .finish_non_exhaustive()
    }
}

impl RequestParts {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            // As many segments as nearly every path has.
            path: Vec::with_capacity(8),
            ..Self::default()
        }
    }

    /// The path so far, segment by segment.
    pub fn path(&self) -> &[String] {
        &self.path
    }

    /// The query so far.
    pub fn query_pairs(&self) -> &[(Cow<'static, str>, String)] {
        &self.query
    }

    /// The headers so far.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Adds a segment that the API fixes.
    pub fn literal(&mut self, segment: &'static str) {
        self.path.push(segment.to_owned());
    }

    /// Adds a segment from an argument; it is encoded, so a slash in it stays in it.
    ///
    /// # Errors
    ///
    /// For an empty segment, `.`, `..`, and one with a tab or line break: URLs drop these without a word, and another
    /// operation would be called.
    pub fn segment(&mut self, name: &'static str, value: &(impl UrlValue + ?Sized)) -> Result<(), BuildError> {
        let segment = value.url_value().unwrap_or_default();
        self.push_segment(name, segment)
    }

    /// Adds the segments of an argument, as [`RequestParts::segment`].
    ///
    /// # Errors
    ///
    /// As [`RequestParts::segment`], and what the argument itself refuses.
    pub fn segments(&mut self, name: &'static str, value: &impl UrlSegments) -> Result<(), BuildError> {
        value
            .url_segments()?
            .into_iter()
            .try_for_each(|segment| self.push_segment(name, segment))
    }

    fn push_segment(&mut self, name: &'static str, segment: String) -> Result<(), BuildError> {
        if matches!(segment.as_str(), "" | "." | "..") {
            return Err(BuildError::new(name, format!("`{segment}` cannot be a part of a path")));
        }
        if segment.contains(['\t', '\n', '\r']) {
            return Err(BuildError::new(name, "a tab or line break cannot be a part of a path"));
        }
        self.path.push(segment);
        Ok(())
    }

    /// Adds a query parameter.
    pub fn query(&mut self, name: impl Into<Cow<'static, str>>, value: &(impl UrlValue + ?Sized)) {
        if let Some(value) = value.url_value() {
            self.query.push((name.into(), value));
        }
    }

    /// Adds a query parameter that is a secret: it is sent, and not shown in the address of an error or a log.
    pub fn secret_query(&mut self, name: &'static str, value: &Secret) {
        self.secrets.push(value.clone());
        self.secret_query.push((name, value.clone()));
    }

    /// As [`RequestParts::secret_query`], if there is one.
    pub fn secret_query_if(&mut self, name: &'static str, value: Option<&Secret>) {
        if let Some(value) = value {
            self.secret_query(name, value);
        }
    }

    /// Sets a query parameter in the place of all of that name.
    pub fn replace_query(&mut self, name: &'static str, value: &(impl UrlValue + ?Sized)) {
        self.query.retain(|(other, _)| other != name);
        self.query(name, value);
    }

    /// Adds a query parameter if there is one.
    pub fn query_if(&mut self, name: impl Into<Cow<'static, str>>, value: Option<&impl UrlValue>) {
        if let Some(value) = value {
            self.query(name, value);
        }
    }

    /// Adds a query parameter once for each value.
    pub fn query_each<V: UrlValue>(&mut self, name: &'static str, values: &[V]) {
        for value in values {
            self.query(name, value);
        }
    }

    /// Sets a header, replacing one of the same name.
    ///
    /// # Errors
    ///
    /// For a value that no header can have, such as one with a line break.
    pub fn header(&mut self, name: &'static str, value: &(impl UrlValue + ?Sized)) -> Result<(), BuildError> {
        let Some(value) = value.url_value() else {
            return Ok(());
        };
        let value = HeaderValue::try_from(value)
            .map_err(|_| BuildError::new(name, "has characters that a header cannot carry"))?;
        self.headers.insert(HeaderName::from_static(name), value);
        Ok(())
    }

    /// Sets a header if there is a value.
    ///
    /// # Errors
    ///
    /// As [`RequestParts::header`].
    pub fn header_if(&mut self, name: &'static str, value: Option<&impl UrlValue>) -> Result<(), BuildError> {
        value.map_or(Ok(()), |value| self.header(name, value))
    }

    /// Says which content type is wanted.
    pub fn accept(&mut self, content_type: &'static str) {
        self.headers
            .insert(header::ACCEPT, HeaderValue::from_static(content_type));
    }

    /// Makes the body a form, even if no field follows.
    pub fn form_body(&mut self) {
        self.form.get_or_insert_default();
    }

    /// Adds a form field.
    pub fn form(&mut self, name: &'static str, value: &(impl UrlValue + ?Sized)) {
        if let Some(value) = value.url_value() {
            self.form.get_or_insert_default().push((name.into(), value));
        }
    }

    /// Adds a form field if there is a value.
    pub fn form_if(&mut self, name: &'static str, value: Option<&impl UrlValue>) {
        if let Some(value) = value {
            self.form(name, value);
        }
    }

    /// Makes the body JSON.
    ///
    /// # Errors
    ///
    /// For a value that JSON cannot express, such as a map whose keys are no strings.
    pub fn json(&mut self, body: &impl serde::Serialize) -> Result<(), BuildError> {
        let bytes = serde_json::to_vec(body).map_err(|error| BuildError::new("body", error.to_string()))?;
        self.bytes("application/json", bytes);
        Ok(())
    }

    /// Makes the body JSON that has rules of its own.
    ///
    /// # Errors
    ///
    /// The field that breaks a rule; and as [`RequestParts::json`].
    pub fn json_with_rules(&mut self, body: &(impl serde::Serialize + Rules)) -> Result<(), BuildError> {
        body.check(Direction::Sent)?;
        body.secrets(&mut self.secrets);
        self.json(body)
    }

    /// Makes the body these bytes.
    pub fn bytes(&mut self, content_type: &'static str, body: impl Into<Bytes>) {
        self.headers
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        self.body = Some(body.into());
    }

    /// All of it as one text, to know it again. It is never shown.
    pub(crate) fn identity(&self) -> String {
        let secret: Vec<_> = self
            .secret_query
            .iter()
            .map(|(name, secret)| (name, secret.expose()))
            .collect();
        let sent = (&self.path, &self.query, &self.headers, &self.form, &self.body, secret);
        format!("{sent:?}")
    }

    pub(crate) fn take_path(&mut self) -> Vec<String> {
        std::mem::take(&mut self.path)
    }

    /// The query parameters that are not shown.
    pub(crate) fn take_secret_query(&mut self) -> Vec<(&'static str, Secret)> {
        std::mem::take(&mut self.secret_query)
    }

    /// The secrets in the query and the body, which no error may repeat.
    pub(crate) fn take_secrets(&mut self) -> Vec<Secret> {
        std::mem::take(&mut self.secrets)
    }

    /// Headers and body as they are sent.
    pub(crate) fn into_headers_and_body(mut self) -> (HeaderMap, Bytes) {
        if let Some(fields) = self.form.take() {
            let form = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(fields)
                .finish();
            self.bytes("application/x-www-form-urlencoded", form);
        }
        (self.headers, self.body.unwrap_or_default())
    }
}
