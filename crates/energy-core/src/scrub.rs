//! Takes known secrets out of what a service sends back, before anything else sees it.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use crate::Secret;
use crate::error::{ApiError, DecodeError};

/// What stands where a secret stood.
pub(crate) const REDACTED: &str = "[redacted]";

/// Shorter texts would blot out ordinary words, and are no secrets either.
const SHORTEST_SECRET: usize = 4;

/// Removes every occurrence of `secrets`, plain or in an encoding that services use, from `text`.
pub(crate) fn text<'a>(text: &'a str, secrets: &[Secret]) -> Cow<'a, str> {
    let mut clean = Cow::Borrowed(text);
    for form in all_forms(secrets) {
        if clean.contains(&form) {
            clean = Cow::Owned(clean.replace(&form, REDACTED));
        }
    }
    clean
}

/// As [`text`], for a body of any encoding.
pub(crate) fn body(body: Bytes, secrets: &[Secret]) -> Bytes {
    let mut clean = body;
    for form in all_forms(secrets) {
        let needle = form.as_bytes();
        if find(&clean, needle).is_some() {
            clean = replace(&clean, needle).into();
        }
    }
    clean
}

/// As [`text`], for the values of all headers (a `Location` may repeat a key that stands in the path).
pub(crate) fn headers(headers: &mut HeaderMap, secrets: &[Secret]) {
    // A session is as good as a key. `Debug` does not show what is marked.
    if let http::header::Entry::Occupied(mut cookies) = headers.entry(http::header::SET_COOKIE) {
        cookies.iter_mut().for_each(|cookie| cookie.set_sensitive(true));
    }
    for value in headers.values_mut() {
        let shown = String::from_utf8_lossy(value.as_bytes());
        if let Cow::Owned(clean) = text(&shown, secrets) {
            *value = HeaderValue::from_str(&clean).unwrap_or(HeaderValue::from_static(REDACTED));
        }
    }
}

/// As [`text`], for what a vendor's code has read out of an answer.
pub(crate) fn described(error: &mut ApiError, secrets: &[Secret]) {
    let zone = error.quota.as_mut().and_then(|quota| quota.zone.as_mut());
    let texts = [error.code.as_mut(), error.request_id.as_mut(), zone];
    for shown in texts.into_iter().flatten().chain([&mut error.message]) {
        if let Cow::Owned(clean) = text(shown, secrets) {
            *shown = clean;
        }
    }
}

/// As [`text`], for an answer that could not be read: a success may repeat what was sent in the body, an error may not.
pub(crate) fn unread(error: &mut DecodeError, secrets: &[Secret]) {
    error.body.clean(secrets);
    for shown in [&mut error.path, &mut error.reason] {
        if let Cow::Owned(clean) = text(shown, secrets) {
            *shown = clean;
        }
    }
    // The reader's own words cannot be changed.
    let told = |source: &serde_json::Error| matches!(text(&source.to_string(), secrets), Cow::Owned(_));
    error.source = error.source.take().filter(|source| !told(source));
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

/// Every form of every secret, the longest first: one secret may be the beginning of another.
fn all_forms(secrets: &[Secret]) -> Vec<String> {
    let mut all: Vec<String> = secrets.iter().flat_map(forms).collect();
    all.sort_by_key(|form| std::cmp::Reverse(form.len()));
    all
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
    fn takes_out_what_json_escapes() {
        let secrets = [Secret::new("a/b\"c")];
        assert_eq!(text(r#"{"key":"a\/b\"c"}"#, &secrets), r#"{"key":"[redacted]"}"#);
        assert_eq!(text(r#"{"key":"a/b\"c"}"#, &secrets), r#"{"key":"[redacted]"}"#);
    }

    #[test]
    fn takes_out_escapes_in_either_case() {
        let secrets = [Secret::new("ab cd/ü")];
        for echoed in ["ab%20cd%2F%C3%BC", "ab%20cd%2f%c3%bc", "ab+cd%2F%C3%BC", "ab cd/ü"] {
            assert_eq!(text(echoed, &secrets), "[redacted]");
        }
    }

    #[test]
    fn takes_out_the_longer_of_two_secrets_first() {
        let secrets = [Secret::new("abcd"), Secret::new("abcdef")];
        assert_eq!(text("abcdef abcd", &secrets), "[redacted] [redacted]");
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
