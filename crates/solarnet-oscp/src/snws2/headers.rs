//! Which headers are signed, and how they are written.

use http::{HeaderMap, HeaderValue};
use smallvec::SmallVec;

use super::Request;
use super::sign::as_text;

/// The headers that are signed, one `name:value` a line with a line feed at the end, and their names with semicolons.
///
/// Signed are the host; `X-SN-Date`, or `Date` where there is none; and, as far as they are there, every other
/// `X-SN-*`, `Content-Type`, `Content-MD5` and `Digest`. They are sorted by name. Of a repeated header the first value
/// counts; it is trimmed, and runs of spaces in it are one space. Bytes beyond ASCII are read as ISO 8859-1, as
/// servlets read them.
pub fn canonical_headers(request: &Request<'_>) -> (String, String) {
    let mut lines = Vec::with_capacity(256);
    let mut names = Vec::with_capacity(64);
    let signed = signed(request.headers);
    push_lines(&mut lines, &signed, request.host);
    push_names(&mut names, &signed);
    (as_text(&lines).to_owned(), as_text(&names).to_owned())
}

/// A header that is signed; the host has its value elsewhere.
pub(super) type SignedHeader<'a> = (&'a str, Option<&'a HeaderValue>);

/// As many as nearly every request has are kept without asking for memory.
pub(super) type SignedHeaders<'a> = SmallVec<[SignedHeader<'a>; 6]>;

/// The headers that are signed, sorted by name.
pub(super) fn signed(headers: &HeaderMap) -> SignedHeaders<'_> {
    let mut signed = SignedHeaders::new();
    signed.push(("host", None));
    for (name, value) in headers {
        let name = name.as_str();
        let counts = match name {
            "content-type" | "content-md5" | "digest" => true,
            "date" => !headers.contains_key("x-sn-date"),
            _ => name.starts_with("x-sn-"),
        };
        // Values of one name come one after the other, so the first is already there if there is one.
        if counts && signed.last().is_none_or(|(last, _)| *last != name) {
            signed.push((name, Some(value)));
        }
    }
    signed.sort_unstable_by_key(|(name, _)| *name);
    signed
}

/// Whether a request with this method and these signed headers is a form that the service reads.
pub(super) fn is_form(method: &str, signed: &[SignedHeader<'_>]) -> bool {
    let kind = || signed.iter().find(|(name, _)| *name == "content-type");
    method == "POST" && kind().is_some_and(|(_, value)| value.is_some_and(is_form_type))
}

/// Whether a `Content-Type` says `application/x-www-form-urlencoded`, with or without parameters.
pub(super) fn is_form_type(kind: &HeaderValue) -> bool {
    const FORM: &[u8] = b"application/x-www-form-urlencoded";
    let kind = kind.as_bytes().trim_ascii_start();
    let Some((name, rest)) = kind.split_at_checked(FORM.len()) else {
        return false;
    };
    let rest = rest.trim_ascii_start();
    name.eq_ignore_ascii_case(FORM) && (rest.is_empty() || rest.starts_with(b";"))
}

pub(super) fn push_lines(lines: &mut Vec<u8>, signed: &[SignedHeader<'_>], host: &str) {
    for (name, value) in signed {
        lines.extend_from_slice(name.as_bytes());
        lines.push(b':');
        match value {
            Some(value) => push_value(lines, value),
            None => lines.extend_from_slice(host.trim_ascii().as_bytes()),
        }
        lines.push(b'\n');
    }
}

pub(super) fn push_names(names: &mut Vec<u8>, signed: &[SignedHeader<'_>]) {
    for (index, (name, _)) in signed.iter().enumerate() {
        if index > 0 {
            names.push(b';');
        }
        names.extend_from_slice(name.as_bytes());
    }
}

fn push_value(line: &mut Vec<u8>, value: &HeaderValue) {
    let bytes = value.as_bytes().trim_ascii();
    // Nearly every value is as it should be.
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    let two_spaces = pairs.fold(false, |found, (one, next)| found | ((*one == b' ') & (*next == b' ')));
    if !two_spaces && bytes.is_ascii() {
        line.extend_from_slice(bytes);
        return;
    }
    let mut after_space = false;
    for byte in bytes {
        let space = *byte == b' ';
        if !(space && after_space) {
            line.extend_from_slice(char::from(*byte).encode_utf8(&mut [0; 2]).as_bytes());
        }
        after_space = space;
    }
}

/// The text of a header's value: trimmed, and read as ISO 8859-1.
pub(crate) fn text(value: &HeaderValue) -> String {
    value.as_bytes().trim_ascii().iter().copied().map(char::from).collect()
}
