use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use energy_core::Secret;
use energy_core::http::{HeaderMap, HeaderName};
use solarnet_oscp::http_signatures::{self, MessageKey};
use solarnet_oscp::snws2::{Body, Request};

use super::hashes::{hmac_sha256, sha256};
use super::input::Input;
use super::snws2::{HOSTS, METHODS, headers, time_of, trimmed};

/// HTTP Message Signatures: signature base, signature and headers of any request are those that a slow second
/// implementation gives, and its parameters are one line of ASCII that a header can carry.
///
/// Input: as for SNWS2, with a byte behind the time that chooses between the secret and a derived key, and the token
/// behind the secret.
///
/// # Panics
///
/// When one of them differs.
pub fn http_signatures(data: &[u8]) {
    let mut input = Input::new(data);
    let (method, host) = (input.one_of(&METHODS), input.one_of(&HOSTS));
    let created = time_of(&mut input);
    let raw = input.one_of(&[false, true]);
    let (secret, token, path, query) = (input.text(), input.text(), input.text(), input.text());
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
    let day = created.date().to_string().replace('-', "");
    let hush = Secret::new(secret.as_ref());
    let (key, key_id, bytes) = if raw {
        (MessageKey::raw(&hush), token.to_string(), secret.as_bytes().to_vec())
    } else {
        let of_day = hmac_sha256(format!("SNWS3{secret}").as_bytes(), day.as_bytes());
        let key = MessageKey::derive(&hush, created.date());
        (key, format!("{token}:{day}"), hmac_sha256(&of_day, b"snws3_request"))
    };
    let signed = http_signatures::sign(&request, &token, &key, created);

    let digest = (!body.is_empty()).then(|| format!("sha-256=:{}:", STANDARD.encode(sha256(body))));
    assert_eq!(signed.content_digest(), digest.as_deref());
    let components = components(&request, digest);
    let names: Vec<String> = components.iter().map(|(name, _)| format!("\"{name}\"")).collect();
    let parameters = format!(
        "({});created={};keyid=\"{}\";tag=\"solarnetwork\"",
        names.join(" "),
        created.unix_timestamp(),
        escaped(&key_id),
    );
    let mut base = String::new();
    for (name, value) in &components {
        base += &format!("\"{name}\": {value}\n");
    }
    base += &format!("\"@signature-params\": {parameters}");
    assert_eq!(signed.signature_base(), base);
    let signature = STANDARD.encode(hmac_sha256(&bytes, base.as_bytes()));
    assert_eq!(signed.signature(), signature);
    assert_eq!(signed.signature_input_header(), format!("sn={parameters}"));
    assert_eq!(signed.signature_header(), format!("sn=:{signature}:"));
}

/// What is covered, in its order.
fn components(request: &Request<'_>, digest: Option<String>) -> Vec<(String, String)> {
    let path = if request.path.is_empty() { "/" } else { request.path };
    let mut covered = vec![
        ("@method".to_owned(), request.method.to_owned()),
        ("@authority".to_owned(), request.host.to_owned()),
        ("@path".to_owned(), path.to_owned()),
    ];
    if let Some(query) = request.query {
        covered.push(("@query".to_owned(), format!("?{query}")));
    }
    if let Some(kind) = joined(request.headers, "content-type") {
        covered.push(("content-type".to_owned(), kind));
    }
    covered.extend(digest.map(|digest| ("content-digest".to_owned(), digest)));
    let mut own: Vec<&str> = request.headers.keys().map(HeaderName::as_str).collect();
    own.sort_unstable();
    for name in own.into_iter().filter(|name| name.starts_with("x-sn-")) {
        covered.extend(joined(request.headers, name).map(|value| (name.to_owned(), value)));
    }
    covered
}

fn joined(headers: &HeaderMap, name: &str) -> Option<String> {
    let values: Vec<String> = headers.get_all(name).iter().map(trimmed).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
