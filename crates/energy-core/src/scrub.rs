//! Takes known secrets out of what a service sends back, before anything else sees it.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use memchr::memmem;

use crate::Secret;
use crate::error::{ApiError, DecodeError};

/// What stands where a secret stood.
pub(crate) const REDACTED: &str = "[redacted]";

/// Shorter texts would blot out ordinary words, and are no secrets either.
const SHORTEST_SECRET: usize = 4;

/// Every form of some secrets, the longest first: one secret may be the beginning of another.
pub(crate) struct Scrub(Vec<String>);

impl Scrub {
    pub(crate) fn new(secrets: &[Secret]) -> Self {
        let mut all: Vec<String> = secrets.iter().flat_map(forms).collect();
        all.sort_by_key(|form| std::cmp::Reverse(form.len()));
        Self(all)
    }

    /// Removes every occurrence, plain or in an encoding that services use, from `text`.
    pub(crate) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut clean = Cow::Borrowed(text);
        for form in &self.0 {
            if clean.contains(form) {
                clean = Cow::Owned(clean.replace(form, REDACTED));
            }
        }
        clean
    }

    /// As [`Scrub::text`], for a body of any encoding.
    pub(crate) fn body(&self, body: Bytes) -> Bytes {
        let mut clean = body;
        for form in &self.0 {
            if let Some(replaced) = replace(&clean, form.as_bytes()) {
                clean = replaced.into();
            }
        }
        clean
    }

    /// As [`Scrub::text`], for the values of all headers (a `Location` may repeat a key that stands in the path).
    pub(crate) fn headers(&self, headers: &mut HeaderMap) {
        // A session is as good as a key. `Debug` does not show what is marked.
        if let http::header::Entry::Occupied(mut cookies) = headers.entry(http::header::SET_COOKIE) {
            cookies.iter_mut().for_each(|cookie| cookie.set_sensitive(true));
        }
        if self.0.is_empty() {
            return;
        }
        for value in headers.values_mut() {
            let shown = String::from_utf8_lossy(value.as_bytes());
            if let Cow::Owned(clean) = self.text(&shown) {
                *value = HeaderValue::from_str(&clean).unwrap_or(HeaderValue::from_static(REDACTED));
            }
        }
    }

    /// As [`Scrub::text`], for what a vendor's code has read out of an answer.
    pub(crate) fn described(&self, error: &mut ApiError) {
        let zone = error.quota.as_mut().and_then(|quota| quota.zone.as_mut());
        let texts = [error.code.as_mut(), error.request_id.as_mut(), zone];
        for shown in texts.into_iter().flatten().chain([&mut error.message]) {
            self.clean(shown);
        }
    }

    /// As [`Scrub::text`], for an answer that could not be read: a success may repeat what was sent in the body, an error
    /// may not.
    pub(crate) fn unread(&self, error: &mut DecodeError) {
        error.body.clean(self);
        self.clean(&mut error.path);
        self.clean(&mut error.reason);
        // The reader's own words cannot be changed.
        let told = |source: &serde_json::Error| matches!(self.text(&source.to_string()), Cow::Owned(_));
        error.source = error.source.take().filter(|source| !told(source));
    }

    fn clean(&self, shown: &mut String) {
        if let Cow::Owned(clean) = self.text(shown) {
            *shown = clean;
        }
    }
}

/// `plain` as it stands in a path.
pub(crate) fn path_encoded(plain: &str) -> String {
    // The form encoding leaves only its plus for a space to be changed: a plus of the text is `%2B`.
    let form: String = url::form_urlencoded::byte_serialize(plain.as_bytes()).collect();
    form.replace('+', "%20")
}

/// The ways in which a service may write a secret back: plain, percent-encoded, escaped in JSON.
fn forms(secret: &Secret) -> Vec<String> {
    let plain = secret.expose();
    if plain.len() < SHORTEST_SECRET {
        return Vec::new();
    }
    let form: String = url::form_urlencoded::byte_serialize(plain.as_bytes()).collect();
    let path = path_encoded(plain);
    let quoted = serde_json::Value::from(plain).to_string();
    let json = quoted[1..quoted.len() - 1].to_owned();
    // Some services escape slashes too.
    let json_with_slashes = json.replace('/', "\\/");
    let mut forms = vec![
        plain.to_owned(),
        json_with_slashes,
        json,
        lower_case_escapes(&form),
        lower_case_escapes(&path),
        form,
        path,
    ];
    forms.sort_unstable();
    forms.dedup();
    forms
}

fn lower_case_escapes(encoded: &str) -> String {
    let mut pieces = encoded.split('%');
    let mut lower = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (digits, rest) = piece.split_at(piece.len().min(2));
        lower.push('%');
        lower.push_str(&digits.to_ascii_lowercase());
        lower.push_str(rest);
    }
    lower
}

/// `body` without `needle`, or `None` where it does not occur.
fn replace(body: &[u8], needle: &[u8]) -> Option<Vec<u8>> {
    let finder = memmem::Finder::new(needle);
    let mut rest = body;
    let mut clean = Vec::new();
    while let Some(at) = finder.find(rest) {
        clean.extend_from_slice(&rest[..at]);
        clean.extend_from_slice(REDACTED.as_bytes());
        rest = &rest[at + needle.len()..];
    }
    if clean.is_empty() {
        return None;
    }
    clean.extend_from_slice(rest);
    Some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_out_every_form_of_a_secret() {
        let secrets = Scrub::new(&[Secret::new("a b/c+d")]);
        assert_eq!(secrets.text("x a b/c+d y a+b%2Fc%2Bd"), "x [redacted] y [redacted]");
        assert_eq!(
            secrets.body(Bytes::from_static(b"\xffa b/c+da b/c+d")),
            &b"\xff[redacted][redacted]"[..]
        );
    }

    #[test]
    fn takes_out_what_json_escapes() {
        let secrets = Scrub::new(&[Secret::new("a/b\"c")]);
        assert_eq!(secrets.text(r#"{"key":"a\/b\"c"}"#), r#"{"key":"[redacted]"}"#);
        assert_eq!(secrets.text(r#"{"key":"a/b\"c"}"#), r#"{"key":"[redacted]"}"#);
    }

    #[test]
    fn takes_out_escapes_in_either_case() {
        let secrets = Scrub::new(&[Secret::new("ab cd/ü")]);
        for echoed in ["ab%20cd%2F%C3%BC", "ab%20cd%2f%c3%bc", "ab+cd%2F%C3%BC", "ab cd/ü"] {
            assert_eq!(secrets.text(echoed), "[redacted]");
        }
    }

    #[test]
    fn takes_out_the_longer_of_two_secrets_first() {
        let secrets = Scrub::new(&[Secret::new("abcd"), Secret::new("abcdef")]);
        assert_eq!(secrets.text("abcdef abcd"), "[redacted] [redacted]");
    }

    #[test]
    fn leaves_other_text_alone() {
        let secrets = Scrub::new(&[Secret::new("abcd"), Secret::new(""), Secret::new("ab")]);
        assert!(matches!(secrets.text("ab abc"), Cow::Borrowed("ab abc")));
        assert_eq!(secrets.body(Bytes::from_static(b"aababc")), &b"aababc"[..]);
    }

    #[test]
    fn cleans_header_values() {
        let mut map = HeaderMap::new();
        map.insert(
            "location",
            HeaderValue::from_static("https://other.example/KEYKEYKEY/info"),
        );
        Scrub::new(&[Secret::new("KEYKEYKEY")]).headers(&mut map);
        assert_eq!(map["location"], "https://other.example/[redacted]/info");
    }
}
