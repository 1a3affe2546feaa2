//! From a request to its signature.

use std::fmt;

use time::OffsetDateTime;

use super::{Body, Request, SigningKey, date, headers, query};
use crate::sha256;

/// The SHA-256 of nothing: the body's hash of a request without a body, and of a form.
const HASH_OF_NOTHING: &[u8; SIGNATURE_LENGTH] = b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const SIGNATURE_LENGTH: usize = 64;
const SCHEME: &[u8; 18] = b"SNWS2-HMAC-SHA256\n";

/// How long scheme, time and hash are together.
const TO_SIGN_LENGTH: usize = SCHEME.len() + date::COMPACT_LENGTH + 1 + SIGNATURE_LENGTH;

/// A signature and how it came about.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// The canonical request, and right behind it the header's value: one place in memory is faster than two, and bytes
    /// are faster than text that is checked piece by piece.
    text: Vec<u8>,
    canonical_length: usize,
    string_to_sign: [u8; TO_SIGN_LENGTH],
}

impl Signed {
    /// The request in the form that is hashed.
    pub fn canonical_request(&self) -> &str {
        as_text(&self.text[..self.canonical_length])
    }

    /// Scheme, time and the canonical request's hash: what the key signs.
    pub fn string_to_sign(&self) -> &str {
        as_text(&self.string_to_sign)
    }

    /// The signature, in 64 lower-case hexadecimal digits. It is good for the service's fifteen minutes.
    pub fn signature(&self) -> &str {
        as_text(&self.text[self.text.len() - SIGNATURE_LENGTH..])
    }

    /// The value of the header `Authorization`.
    pub fn authorization(&self) -> &str {
        as_text(&self.text[self.canonical_length..])
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("canonical_request", &self.canonical_request())
            .field("string_to_sign", &self.string_to_sign())
            .finish_non_exhaustive()
    }
}

/// Signs a request for the token with this id, at this time (turned into UTC; parts of a second are left out).
///
/// The service recomputes the signature from what it receives, so the request must be sent as it is given here, with
/// `X-SN-Date` or `Date` holding [`http_date`](super::http_date) of the same time. The key must be
/// [valid](SigningKey::valid_for) for that day. Neither is checked here: it is arithmetic alone and cannot fail.
///
/// The fields of a form (a POST of `application/x-www-form-urlencoded`) are signed like parameters of the query.
pub fn sign(request: &Request<'_>, token: &str, key: &SigningKey, at: OffsetDateTime) -> Signed {
    let signed = headers::signed(request.headers);
    let form = match request.body {
        Body::Bytes(bytes) if headers::is_form(request.method, &signed) => Some(bytes),
        _ => None,
    };

    let mut text = Vec::with_capacity(640);
    text.extend_from_slice(request.method.as_bytes());
    text.push(b'\n');
    text.extend_from_slice(request.path.as_bytes());
    text.push(b'\n');
    if request.query.is_some() || form.is_some() {
        let query = request.query.unwrap_or_default();
        text.extend_from_slice(query::canonical_form(query, form.unwrap_or_default()).as_bytes());
    }
    text.push(b'\n');
    headers::push_lines(&mut text, &signed, request.host);
    let names_start = text.len();
    headers::push_names(&mut text, &signed);
    let names = names_start..text.len();
    text.push(b'\n');
    if form.is_some() || request.body.is_empty() {
        text.extend_from_slice(HASH_OF_NOTHING);
    } else {
        text.extend_from_slice(&hex(&request.body.sha256()));
    }
    let canonical_length = text.len();

    let mut string_to_sign = [b'\n'; TO_SIGN_LENGTH];
    let (scheme, rest) = string_to_sign.split_at_mut(SCHEME.len());
    scheme.copy_from_slice(SCHEME);
    let (time, rest) = rest.split_at_mut(date::COMPACT_LENGTH);
    time.copy_from_slice(&date::compact(at));
    rest[1..].copy_from_slice(&hex(&sha256::hash(&text)));

    text.extend_from_slice(b"SNWS2 Credential=");
    text.extend_from_slice(token.as_bytes());
    text.extend_from_slice(b",SignedHeaders=");
    text.extend_from_within(names);
    text.extend_from_slice(b",Signature=");
    text.extend_from_slice(&hex(&key.code(&string_to_sign)));
    Signed {
        text,
        canonical_length,
        string_to_sign,
    }
}

fn hex(bytes: &[u8; 32]) -> [u8; SIGNATURE_LENGTH] {
    let mut digits = [0_u8; SIGNATURE_LENGTH];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        pair[0] = digit(byte >> 4);
        pair[1] = digit(byte & 15);
    }
    digits
}

/// What was put together from texts is text; only the compiler does not know it.
pub(super) fn as_text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

/// Arithmetic, and not a table, so that the compiler does many digits at once.
fn digit(number: u8) -> u8 {
    number + if number < 10 { b'0' } else { b'a' - 10 }
}
