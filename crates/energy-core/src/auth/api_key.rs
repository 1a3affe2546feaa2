//! Keys that do not change: in the path, in the query, in a header.

use http::{HeaderName, HeaderValue, Uri};
use url::Url;

use super::{AuthError, Authenticator, Proof};
use crate::scrub;
use crate::secret::Secret;
use crate::transport::{Address, BoxFuture, HttpRequest};

type Proven<'a> = BoxFuture<'a, Result<Proof, AuthError>>;

fn prove<'a>(result: Result<Vec<Secret>, AuthError>) -> Proven<'a> {
    Box::pin(std::future::ready(
        result.map(|secrets| Proof { generation: 0, secrets }),
    ))
}

fn change_url(request: &mut HttpRequest, change: impl FnOnce(&mut Url) -> Option<()>) -> Result<(), AuthError> {
    let malformed = || AuthError::Malformed("the key cannot be a part of a URL".to_owned());
    let mut url = Address::take(request).map_err(|_| malformed())?;
    change(&mut url).ok_or_else(malformed)?;
    *request.uri_mut() = Uri::try_from(url.as_str()).map_err(|_| malformed())?;
    Address::keep(url, request);
    Ok(())
}

/// A key as a path segment right behind the base URL: `https://host/KEY/estimate/…`.
#[derive(Clone, Debug)]
pub struct PathKey {
    key: Secret,
    after: usize,
}

impl PathKey {
    /// Puts `key` behind the segments of `base`.
    pub fn new(key: Secret, base: &Url) -> Self {
        let after = base
            .path_segments()
            .map_or(0, |segments| segments.filter(|s| !s.is_empty()).count());
        Self { key, after }
    }
}

impl Authenticator for PathKey {
    fn authenticate<'a>(&'a self, request: &'a mut HttpRequest) -> Proven<'a> {
        let changed = change_url(request, |url| {
            let key = self.key.expose();
            if matches!(key, "" | "." | "..") {
                return None;
            }
            // Taken out encoded and put back encoded: `path_segments_mut` would encode the percent signs again.
            let path = url.path().trim_start_matches('/').to_owned();
            let mut segments: Vec<&str> = path.split('/').collect();
            let key = scrub::path_encoded(key);
            segments.insert(self.after.min(segments.len()), &key);
            url.set_path(&segments.join("/"));
            Some(())
        });
        prove(changed.map(|()| vec![self.key.clone()]))
    }
}

/// Secrets as query parameters, and what goes with them: `?key=KEY&user_id=ID`.
#[derive(Clone, Debug)]
pub struct QueryKey {
    secrets: Vec<(&'static str, Secret)>,
    plain: Vec<(&'static str, String)>,
}

impl QueryKey {
    /// Adds these secrets to every request. They are taken out of every answer, so give here only what is secret.
    pub fn new(secrets: impl IntoIterator<Item = (&'static str, Secret)>) -> Self {
        Self {
            secrets: secrets.into_iter().collect(),
            plain: Vec::new(),
        }
    }

    /// Adds a parameter that belongs to the login but is no secret, such as a user's number: answers keep it.
    #[must_use]
    pub fn with_plain(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.plain.push((name, value.into()));
        self
    }
}

impl Authenticator for QueryKey {
    fn authenticate<'a>(&'a self, request: &'a mut HttpRequest) -> Proven<'a> {
        let changed = change_url(request, |url| {
            let mut query = url.query_pairs_mut();
            query.extend_pairs(self.secrets.iter().map(|(name, secret)| (name, secret.expose())));
            query.extend_pairs(&self.plain);
            Some(())
        });
        prove(changed.map(|()| self.secrets.iter().map(|(_, secret)| secret.clone()).collect()))
    }
}

/// A secret as the value of a header.
#[derive(Clone, Debug)]
pub struct HeaderKey {
    name: HeaderName,
    key: Secret,
}

impl HeaderKey {
    /// Sends `key` in the header `name`.
    pub fn new(name: HeaderName, key: Secret) -> Self {
        Self { name, key }
    }
}

impl Authenticator for HeaderKey {
    fn authenticate<'a>(&'a self, request: &'a mut HttpRequest) -> Proven<'a> {
        let set = secret_header(self.key.expose()).map(|value| {
            request.headers_mut().insert(self.name.clone(), value);
            vec![self.key.clone()]
        });
        prove(set)
    }
}

/// A header value that HTTP libraries know not to show.
pub(super) fn secret_header(text: &str) -> Result<HeaderValue, AuthError> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| AuthError::Malformed("a key has characters that a header cannot carry".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}
