use energy_core::Secret;
use energy_core::http::{HeaderMap, HeaderName, HeaderValue};
use solarnet_oscp::snws2::{self, Body, Request, SigningKey};
use time::OffsetDateTime;

use super::hashes::{hex, hmac_sha256, sha256};
use super::input::Input;
use super::percent::decoded;

pub(super) const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];
pub(super) const HOSTS: [&str; 3] = ["data.solarnetwork.net", "localhost:9082", "[::1]:8080"];
const HEADERS: [&str; 12] = [
    "content-type",
    "content-md5",
    "digest",
    "date",
    "x-sn-date",
    "x-sn-pier",
    "x-sn-zone",
    "x-sn",
    "host",
    "accept",
    "content-digest",
    "authorization",
];
const FORM: &str = "application/x-www-form-urlencoded";

/// SNWS2: canonical request, string to sign and signature of any request are those that a slow second implementation
/// gives, which goes by the service's rules one after the other.
///
/// Input: bytes for method, host and time; secret, path, query (empty is none), headers, each a byte for its name and its
/// value, up to an empty part; and the body.
///
/// # Panics
///
/// When one of them differs.
pub fn snws2(data: &[u8]) {
    let mut input = Input::new(data);
    let (method, host) = (input.one_of(&METHODS), input.one_of(&HOSTS));
    let at = time_of(&mut input);
    let (secret, path, query) = (input.text(), input.text(), input.text());
    let query = Some(query.as_ref()).filter(|query| !query.is_empty());
    let headers = headers(&mut input);
    let body = input.rest();

    let request = Request {
        method,
        path: &path,
        query,
        host,
        headers: &headers,
        body: Body::Bytes(body),
    };
    let key = SigningKey::derive(&Secret::new(secret.as_ref()), at.date());
    let signed = snws2::sign(&request, "token-9", &key, at);

    let canonical = canonical_request(&request, body);
    assert_eq!(signed.canonical_request(), canonical);
    let day = at.date().to_string().replace('-', "");
    let time = format!("{day}T{:02}{:02}{:02}Z", at.hour(), at.minute(), at.second());
    let to_sign = format!("SNWS2-HMAC-SHA256\n{time}\n{}", hex(&sha256(canonical.as_bytes())));
    assert_eq!(signed.string_to_sign(), to_sign);
    let of_day = hmac_sha256(format!("SNWS2{secret}").as_bytes(), day.as_bytes());
    let signature = hex(&hmac_sha256(
        &hmac_sha256(&of_day, b"snws2_request"),
        to_sign.as_bytes(),
    ));
    assert_eq!(signed.signature(), signature);
    if !body.is_empty() && !request.is_form() {
        let hashed = Request {
            body: Body::Sha256(sha256(body).try_into().expect("a hash has 32 bytes")),
            ..request
        };
        assert_eq!(snws2::sign(&hashed, "token-9", &key, at).signature(), signature);
    }
    let names = canonical.lines().nth_back(1).unwrap_or_default();
    assert_eq!(
        signed.authorization(),
        format!("SNWS2 Credential=token-9,SignedHeaders={names},Signature={signature}")
    );
}

/// A second between 1970 and 2106.
pub(super) fn time_of(input: &mut Input<'_>) -> OffsetDateTime {
    let seconds = u32::from_be_bytes(input.bytes());
    OffsetDateTime::from_unix_timestamp(seconds.into()).expect("within the calendar")
}

/// Headers up to an empty part; a value that none can have is left out.
pub(super) fn headers(input: &mut Input<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    while !input.is_empty() {
        let mut header = Input::new(input.part());
        if header.is_empty() {
            break;
        }
        let name = HeaderName::from_static(header.one_of(&HEADERS));
        if let Ok(value) = HeaderValue::from_bytes(header.rest()) {
            headers.append(name, value);
        }
    }
    headers
}

/// A header's value: ISO 8859-1, without white space around it.
pub(super) fn trimmed(value: &HeaderValue) -> String {
    let text: String = value.as_bytes().iter().map(|byte| char::from(*byte)).collect();
    text.trim_matches([' ', '\t']).to_owned()
}

fn canonical_request(request: &Request<'_>, body: &[u8]) -> String {
    let kind = request.headers.get("content-type").map(trimmed).unwrap_or_default();
    let kind = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim_end_matches([' ', '\t'])
        .to_ascii_lowercase();
    let form = request.method == "POST" && kind == FORM;
    let (fields, hashed): (&[u8], &[u8]) = if form { (body, b"") } else { (b"", body) };
    let query = request.query.unwrap_or_default().as_bytes();

    let mut lines = vec![("host".to_owned(), request.host.to_owned())];
    for name in request.headers.keys().map(HeaderName::as_str) {
        let signed = match name {
            "date" => !request.headers.contains_key("x-sn-date"),
            "content-type" | "content-md5" | "digest" => true,
            other => other.starts_with("x-sn-"),
        };
        if signed {
            let mut value = request.headers.get(name).map(trimmed).unwrap_or_default();
            while value.contains("  ") {
                value = value.replace("  ", " ");
            }
            lines.push((name.to_owned(), value));
        }
    }
    lines.sort();
    let names: Vec<&str> = lines.iter().map(|(name, _)| name.as_str()).collect();
    let mut parts = vec![
        request.method.to_owned(),
        request.path.to_owned(),
        canonical_query(&[query, fields]),
    ];
    parts.extend(lines.iter().map(|(name, value)| format!("{name}:{value}")));
    parts.push(names.join(";"));
    parts.push(hex(&sha256(hashed)));
    parts.join("\n")
}

/// The parameters of several queries: each goes before the first whose name is greater.
fn canonical_query(queries: &[&[u8]]) -> String {
    let mut sorted: Vec<(Vec<u16>, Vec<u16>)> = Vec::new();
    for query in queries {
        for pair in query.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let mut half = || -> Vec<u16> {
                let bytes = decoded(halves.next().unwrap_or_default(), true);
                String::from_utf8_lossy(&bytes).encode_utf16().collect()
            };
            let (name, value) = (half(), half());
            let greater = sorted.iter().position(|(other, _)| *other > name);
            sorted.insert(greater.unwrap_or(sorted.len()), (name, value));
        }
    }
    let pairs: Vec<String> = sorted
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    pairs.join("&")
}

/// The service encodes unit by unit of UTF-16: half of a pair is no character, and it writes a question mark.
fn encoded(units: &[u16]) -> String {
    let mut text = String::new();
    for unit in units {
        let character = char::from_u32((*unit).into()).unwrap_or('?');
        if character.is_ascii_alphanumeric() || "-_.~".contains(character) {
            text.push(character);
        } else {
            for byte in character.to_string().bytes() {
                text += &format!("%{byte:02X}");
            }
        }
    }
    text
}
