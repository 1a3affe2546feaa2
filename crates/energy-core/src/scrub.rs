//! Takes known secrets out of what a service sends back, before anything else sees it.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use crate::Secret;

/// What stands where a secret stood.
pub(crate) const REDACTED: &str = "[redacted]";

/// Shorter texts would blot out ordinary words, and are no secrets either.
const SHORTEST_SECRET: usize = 4;

/// Removes every occurrence of `secrets`, plain or percent-encoded, from `text`.
pub(crate) fn text<'a>(text: &'a str, secrets: &[Secret]) -> Cow<'a, str> {
    let mut clean = Cow::Borrowed(text);
    for form in secrets.iter().flat_map(forms) {
        if clean.contains(form.as_ref()) {
            clean = Cow::Owned(clean.replace(form.as_ref(), REDACTED));
        }
    }
    clean
}

/// As [`text`], for a body of any encoding.
pub(crate) fn body(body: Bytes, secrets: &[Secret]) -> Bytes {
    let mut clean = body;
    for form in secrets.iter().flat_map(forms) {
        let needle = form.as_bytes();
        if find(&clean, needle).is_some() {
            clean = replace(&clean, needle).into();
        }
    }
    clean
}

/// As [`text`], for the values of all headers (a `Location` may repeat a key that stands in the path).
pub(crate) fn headers(headers: &mut HeaderMap, secrets: &[Secret]) {
    for value in headers.values_mut() {
        let shown = String::from_utf8_lossy(value.as_bytes());
        if let Cow::Owned(clean) = text(&shown, secrets) {
            *value = HeaderValue::from_str(&clean).unwrap_or(HeaderValue::from_static(REDACTED));
        }
    }
}

fn forms(secret: &Secret) -> impl Iterator<Item = Cow<'_, str>> {
    let plain = secret.expose();
    let encoded: String = url::form_urlencoded::byte_serialize(plain.as_bytes()).collect();
    let long_enough = plain.len() >= SHORTEST_SECRET;
    let encoded = (long_enough && encoded != plain).then_some(Cow::Owned(encoded));
    long_enough.then_some(Cow::Borrowed(plain)).into_iter().chain(encoded)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(rest) = haystack.get(from..) {
        let at = from + rest.iter().position(|byte| *byte == first)?;
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

fn replace(body: &[u8], needle: &[u8]) -> Vec<u8> {
    let mut clean = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = find(rest, needle) {
        clean.extend_from_slice(&rest[..at]);
        clean.extend_from_slice(REDACTED.as_bytes());
        rest = &rest[at + needle.len()..];
    }
    clean.extend_from_slice(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_out_every_form_of_a_secret() {
        let secrets = [Secret::new("a b/c+d")];
        assert_eq!(text("x a b/c+d y a+b%2Fc%2Bd", &secrets), "x [redacted] y [redacted]");
        assert_eq!(
            body(Bytes::from_static(b"\xffa b/c+da b/c+d"), &secrets),
            &b"\xff[redacted][redacted]"[..]
        );
    }

    #[test]
    fn leaves_other_text_alone() {
        let secrets = [Secret::new("abcd"), Secret::new(""), Secret::new("ab")];
        assert!(matches!(text("ab abc", &secrets), Cow::Borrowed("ab abc")));
        assert_eq!(body(Bytes::from_static(b"aababc"), &secrets), &b"aababc"[..]);
    }

    #[test]
    fn cleans_header_values() {
        let mut map = HeaderMap::new();
        map.insert(
            "location",
            HeaderValue::from_static("https://other.example/KEYKEYKEY/info"),
        );
        headers(&mut map, &[Secret::new("KEYKEYKEY")]);
        assert_eq!(map["location"], "https://other.example/[redacted]/info");
    }
}
