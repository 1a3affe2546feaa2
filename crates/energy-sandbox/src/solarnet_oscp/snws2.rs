//! SNWS2, SolarNetwork's own request signature, as the server checks it.

use std::fmt::Write as _;

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

use super::crypt::{base64, hex, hmac_sha256, md5, sha256, sha512};
use super::login::Refused;
use super::received::Received;

/// A request may be early or late by less than this.
const SKEW: Duration = Duration::minutes(15);

/// A signing key serves for the request dates of its own day and of the six days after it.
const KEY_DAYS: i64 = 7;

/// What an `Authorization: SNWS2 …` header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) token: String,
    /// In small letters, sorted.
    signed: Vec<String>,
    signature: String,
}

impl Claim {
    /// Reads the header's value; its three parts may come in any order.
    pub(super) fn read(authorization: &str) -> Option<Self> {
        let (mut token, mut signed, mut signature) = (None, None, None);
        for part in authorization.strip_prefix("SNWS2 ")?.split(',') {
            let (name, value) = part.trim().split_once('=')?;
            match name {
                "Credential" => token = Some(value.to_owned()),
                "SignedHeaders" => signed = Some(value),
                "Signature" => signature = Some(value.to_owned()),
                _ => {}
            }
        }
        let mut signed: Vec<String> = signed?.split(';').map(str::to_lowercase).collect();
        signed.sort();
        Some(Self {
            token: token?,
            signed,
            signature: signature?,
        })
    }

    /// Whether the owner of this secret signed this request now.
    pub(super) fn verify(&self, request: &Received<'_>, secret: &str, now: OffsetDateTime) -> Result<(), Refused> {
        if !self.signs_enough(request) {
            return Err(Refused::BadCredentials);
        }
        let date = request_date(request).ok_or(Refused::BadCredentials)?;
        if (now - date).abs() >= SKEW {
            return Err(Refused::DateSkew);
        }
        if !digests_fit(request) {
            return Err(Refused::BadCredentials);
        }
        let text = string_to_sign(date, &self.canonical_request(request));
        let fits = (0..KEY_DAYS).any(|days| {
            let key = signing_key(secret, date - Duration::days(days));
            hex(&hmac_sha256(&key, text.as_bytes())) == self.signature
        });
        if fits { Ok(()) } else { Err(Refused::BadCredentials) }
    }

    /// Host, date, and every header that must be signed if it is there.
    fn signs_enough(&self, request: &Received<'_>) -> bool {
        let signs = |name: &str| self.signed.iter().any(|signed| signed == name);
        let mut must = (request.header_names())
            .filter(|name| matches!(*name, "content-type" | "content-md5" | "digest") || name.starts_with("x-sn-"));
        signs("host") && (signs("date") || signs("x-sn-date")) && must.all(signs) && {
            // The date that counts is the one that must be signed.
            request.header("x-sn-date").is_some() || signs("date")
        }
    }

    fn canonical_request(&self, request: &Received<'_>) -> String {
        let mut lines = vec![
            request.method.to_uppercase(),
            request.path.to_owned(),
            canonical_query(request),
        ];
        for name in &self.signed {
            let value = request.header(name).unwrap_or_default();
            lines.push(format!("{name}:{}", single_spaced(value.trim())));
        }
        lines.push(self.signed.join(";"));
        let body: &[u8] = if request.is_form() { b"" } else { request.body };
        lines.push(hex(&sha256(body)));
        lines.join("\n")
    }
}

/// Runs of spaces become one.
fn single_spaced(text: &str) -> String {
    let mut last = 'x';
    let kept = text.chars().filter(|&letter| {
        let run = letter == ' ' && last == ' ';
        last = letter;
        !run
    });
    kept.collect()
}

/// Parameters of the query and of a form, sorted by name and encoded.
fn canonical_query(request: &Received<'_>) -> String {
    let mut parameters = request.query.to_vec();
    if request.is_form() {
        parameters.extend(url::form_urlencoded::parse(request.body).into_owned());
    }
    parameters.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
    let encoded: Vec<String> = (parameters.iter())
        .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)))
        .collect();
    encoded.join("&")
}

/// Everything but RFC 3986's unreserved characters. The server goes by UTF-16 units, so that
/// each half of a character beyond the basic plane comes out as a question mark.
fn percent_encode(text: &str) -> String {
    let mut encoded = String::new();
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() || "-_.~".contains(letter) {
            encoded.push(letter);
        } else if letter.len_utf16() == 2 {
            encoded.push_str("%3F%3F");
        } else {
            let mut buffer = [0; 4];
            for byte in letter.encode_utf8(&mut buffer).bytes() {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

/// `X-SN-Date`, or else `Date`.
fn request_date(request: &Received<'_>) -> Option<OffsetDateTime> {
    const FORMAT: &[BorrowedFormatItem<'_>] =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    let text = request.header("x-sn-date").or_else(|| request.header("date"))?;
    let date = PrimitiveDateTime::parse(text.trim(), FORMAT).ok()?;
    Some(date.assume_utc())
}

/// Whether the digests that came are the body's.
fn digests_fit(request: &Received<'_>) -> bool {
    let fits = |algorithm: &str, given: &str| {
        let computed = match algorithm.trim().to_lowercase().as_str() {
            "sha-256" => sha256(request.body),
            "sha-512" => sha512(request.body),
            "md5" => md5(request.body),
            _ => return false,
        };
        let given = given.trim();
        given == base64(&computed) || given.eq_ignore_ascii_case(&hex(&computed))
    };
    let digest = request.header("digest").is_none_or(|digest| {
        let mut all = digest.split(',');
        all.all(|one| one.split_once('=').is_some_and(|(name, value)| fits(name, value)))
    });
    digest && request.header("content-md5").is_none_or(|given| fits("md5", &given))
}

fn string_to_sign(date: OffsetDateTime, canonical_request: &str) -> String {
    const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day]T[hour][minute][second]Z");
    let date = date.format(FORMAT).unwrap_or_default();
    let hash = hex(&sha256(canonical_request.as_bytes()));
    format!("SNWS2-HMAC-SHA256\n{date}\n{hash}")
}

fn signing_key(secret: &str, day: OffsetDateTime) -> Vec<u8> {
    derived_key("SNWS2", "snws2_request", secret, day)
}

/// The key of one day, as both kinds of signature derive it.
pub(super) fn derived_key(scheme: &str, purpose: &str, secret: &str, day: OffsetDateTime) -> Vec<u8> {
    const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year][month][day]");
    let day = day.format(FORMAT).unwrap_or_default();
    let key = hmac_sha256(format!("{scheme}{secret}").as_bytes(), day.as_bytes());
    hmac_sha256(&key, purpose.as_bytes())
}

#[cfg(test)]
#[path = "snws2_tests.rs"]
mod tests;
