//! The canonical request for any query and any headers, against a second implementation that is slow, plain and shares
//! no code with the crate: own decoding, own sorting, own encoding.

use energy_core::Secret;
use energy_core::http::{HeaderMap, HeaderName, HeaderValue};
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use solarnet_oscp::snws2::{self, Body, Request, SigningKey};
use time::OffsetDateTime;

use crate::signing::{self, hex};

/// Percent-decoding of form data: a plus is a space, a percent sign without two digits behind it stays.
fn decode(encoded: &[u8]) -> Vec<u16> {
    let mut bytes = Vec::new();
    let mut at = 0;
    while at < encoded.len() {
        let digit = |place: usize| encoded.get(place).and_then(|byte| char::from(*byte).to_digit(16));
        match (encoded[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap());
                at += 2;
            }
            (b'+', ..) => bytes.push(b' '),
            (byte, ..) => bytes.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&bytes).encode_utf16().collect()
}

/// The service's encoding, unit by unit of UTF-16: half of a pair is no character and becomes a question mark.
fn encode(units: &[u16]) -> String {
    let mut text = String::new();
    for unit in units {
        let character = char::from_u32(u32::from(*unit)).unwrap_or('?');
        if character.is_ascii_alphanumeric() || "-_.~".contains(character) {
            text.push(character);
        } else {
            for byte in character.to_string().into_bytes() {
                text += &format!("%{byte:02X}");
            }
        }
    }
    text
}

/// The parameters of several query strings, sorted by insertion: before the first larger name.
fn query(sources: &[&[u8]]) -> String {
    let mut sorted: Vec<(Vec<u16>, Vec<u16>)> = Vec::new();
    for source in sources {
        for piece in source.split(|byte| *byte == b'&') {
            if piece.is_empty() {
                continue;
            }
            let equals = piece.iter().position(|byte| *byte == b'=');
            let (name, value) = equals.map_or((piece, &piece[..0]), |at| (&piece[..at], &piece[at + 1..]));
            let name = decode(name);
            let place = sorted
                .iter()
                .position(|(other, _)| *other > name)
                .unwrap_or(sorted.len());
            sorted.insert(place, (name, decode(value)));
        }
    }
    let pairs: Vec<String> = sorted
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

/// The value of a header in the canonical request.
fn value(bytes: &[u8]) -> String {
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let mut text = text.trim_matches([' ', '\t']).to_owned();
    while text.contains("  ") {
        text = text.replace("  ", " ");
    }
    text
}

fn is_signed(name: &str, sent: &[(String, Vec<u8>)]) -> bool {
    let has_own_date = sent.iter().any(|(other, _)| other == "x-sn-date");
    match name {
        "date" => !has_own_date,
        "content-type" | "content-md5" | "digest" => true,
        other => other.starts_with("x-sn-"),
    }
}

/// The whole canonical request.
fn canonical(method: &str, path: &str, query: &str, sent: &[(String, Vec<u8>)], hash: &str) -> String {
    let mut lines: Vec<(String, String)> = vec![("host".to_owned(), "data.solarnetwork.net".to_owned())];
    for (name, bytes) in sent {
        if is_signed(name, sent) && !lines.iter().any(|(other, _)| other == name) {
            lines.push((name.clone(), value(bytes)));
        }
    }
    lines.sort();
    let names: Vec<&str> = lines.iter().map(|(name, _)| name.as_str()).collect();
    let mut parts = vec![method.to_owned(), path.to_owned(), query.to_owned()];
    parts.extend(lines.iter().map(|(name, value)| format!("{name}:{value}")));
    parts.push(names.join(";"));
    parts.push(hash.to_owned());
    parts.join("\n")
}

fn code(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// A query as somebody may write it into a URL, odd ones included.
fn queries() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "[a-cA-C0-9._~-]{1,3}",
        2 => "%[0-9a-fA-F]{2}",
        2 => Just("&".to_owned()),
        2 => Just("=".to_owned()),
        1 => Just("+".to_owned()),
        1 => "[%!'()*/:;@?$,]",
        1 => Just("%C3%A9".to_owned()),
        1 => Just("%E6%BC%A2".to_owned()),
        1 => Just("%EF%BF%BD".to_owned()),
        1 => Just("%EE%80%80".to_owned()),
        1 => Just("%F0%9F%94%8C".to_owned()),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn sent_headers() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let name = prop::sample::select(vec![
        "accept",
        "content-type",
        "content-md5",
        "date",
        "digest",
        "host",
        "user-agent",
        "x-api-key",
        "x-sn-a",
        "x-sn-date",
        "x-sn-zone",
        "x-snow",
    ]);
    let byte = prop_oneof![4 => 0x21_u8..0x7f, 3 => Just(b' '), 1 => Just(b'\t'), 1 => 0x80_u8..=0xff];
    let value = proptest::collection::vec(byte, 0..12);
    proptest::collection::vec((name.prop_map(str::to_owned), value), 0..12)
}

fn is_form(method: &str, sent: &[(String, Vec<u8>)]) -> bool {
    let kind = sent.iter().find(|(name, _)| name == "content-type");
    method == "POST" && kind.is_some_and(|(_, bytes)| bytes.starts_with(b"application/x-www-form-urlencoded"))
}

proptest! {
    #[test]
    fn any_query(text in queries()) {
        prop_assert_eq!(snws2::canonical_query(&text), query(&[text.as_bytes()]));
    }

    #[test]
    fn any_text_as_a_query(text in ".{0,40}") {
        prop_assert_eq!(snws2::canonical_query(&text), query(&[text.as_bytes()]));
    }

    #[test]
    fn a_query_does_not_change_when_it_is_made_canonical_again(text in "[a-zA-Zäß漢0-9&=+ /*]{0,40}") {
        let once = snws2::canonical_query(&text);
        prop_assert_eq!(snws2::canonical_query(&once), once);
    }

    #[test]
    fn any_request(
        method in prop::sample::select(vec!["GET", "POST", "PUT", "DELETE"]),
        path in "(/[a-z0-9._~-]{0,5}(%2F|%20)?){1,4}",
        in_url in proptest::option::of(queries()),
        mut sent in sent_headers(),
        form in proptest::option::of(prop::sample::select(vec!["", ";charset=UTF-8", " ; a=b"])),
        form_fields in queries(),
        bytes in proptest::collection::vec(any::<u8>(), 0..64),
        seconds in 0_i64..4_000_000_000,
        secret in "[ -~]{1,100}",
    ) {
        if let Some(parameters) = form {
            let kind = format!("application/x-www-form-urlencoded{parameters}");
            sent.insert(0, ("content-type".to_owned(), kind.into_bytes()));
        }
        let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in &sent {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_bytes(value).unwrap());
        }
        let form = is_form(method, &sent);
        let body = if form { form_fields.as_bytes() } else { &bytes };
        let request = Request {
            method,
            path: &path,
            query: in_url.as_deref(),
            host: "data.solarnetwork.net",
            headers: &headers,
            body: Body::Bytes(body),
        };
        let key = SigningKey::derive(&Secret::new(secret.as_str()), at.date());
        let signed = snws2::sign(&request, "token", &key, at);

        let in_url = in_url.unwrap_or_default();
        let (fields, hashed): (&[u8], &[u8]) = if form { (body, b"") } else { (b"", body) };
        let hash = hex(&Sha256::digest(hashed));
        let expected = canonical(method, &path, &query(&[in_url.as_bytes(), fields]), &sent, &hash);
        prop_assert_eq!(signed.canonical_request(), expected.as_str());

        let (day, time) = (at.date().to_string().replace('-', ""), at.time());
        let stamp = format!("{day}T{:02}{:02}{:02}Z", time.hour(), time.minute(), time.second());
        let text = format!("SNWS2-HMAC-SHA256\n{stamp}\n{}", hex(&Sha256::digest(expected.as_bytes())));
        prop_assert_eq!(signed.string_to_sign(), text.as_str());
        let of_day = code(format!("SNWS2{secret}").as_bytes(), &day);
        let own_key = code(&of_day, "snws2_request");
        prop_assert_eq!(signed.signature(), hex(&code(&own_key, &text)));
    }
}

#[test]
fn characters_that_the_service_cannot_encode_are_signed_as_it_writes_them() {
    assert_eq!(snws2::canonical_query("%F0%9F%94%8C=a"), "%3F%3F=a");
    // Sorted by UTF-16: the pair's first half is less than U+E000, although the character is greater.
    assert_eq!(
        snws2::canonical_query("%EE%80%80=1&%F0%9F%94%8C=2"),
        "%3F%3F=2&%EE%80%80=1"
    );
}

#[test]
fn oddities_of_queries() {
    for (sent, signed) in [
        ("", ""),
        ("&&", ""),
        ("a", "a="),
        ("a=", "a="),
        ("=a", "=a"),
        ("a=b=c", "a=b%3Dc"),
        ("b=2&a=2&b=1&a=1", "a=2&a=1&b=2&b=1"),
        ("B=1&a=1&_=1", "B=1&_=1&a=1"),
        ("a=%", "a=%25"),
        ("a=%zz", "a=%25zz"),
        ("a=%ff", "a=%EF%BF%BD"),
        ("a+b=c%20d", "a%20b=c%20d"),
        ("a%3Db=%26", "a%3Db=%26"),
        ("a;b=1", "a%3Bb=1"),
    ] {
        assert_eq!(snws2::canonical_query(sent), signed, "{sent}");
    }
}

#[test]
fn the_fields_of_a_form_follow_the_querys_parameters_of_the_same_name() {
    assert_eq!(
        snws2::canonical_form("b=url&c=url", b"b=form&a=x+y"),
        "a=x%20y&b=url&b=form&c=url"
    );
}

#[test]
fn headers_alone() {
    let headers = signing::headers(&[
        ("x-sn-date", "now"),
        ("digest", " a   b "),
        ("digest", "second"),
        ("date", "no"),
    ]);
    let request = Request {
        method: "GET",
        path: "/",
        query: None,
        host: "localhost",
        headers: &headers,
        body: Body::EMPTY,
    };
    let (lines, names) = snws2::canonical_headers(&request);
    assert_eq!(lines, "digest:a b\nhost:localhost\nx-sn-date:now\n");
    assert_eq!(names, "digest;host;x-sn-date");
}
