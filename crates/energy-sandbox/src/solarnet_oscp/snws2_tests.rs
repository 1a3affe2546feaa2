//! Requests and signatures that SolarNetwork's own projects publish.

use http::{HeaderMap, HeaderName, HeaderValue};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::super::crypt::hex;
use super::super::login::Refused;
use super::super::received::Received;
use super::{Claim, percent_encode, signing_key, single_spaced};

const NOW: OffsetDateTime = datetime!(2017-04-25 14:30 UTC);
const DATE: &str = "Tue, 25 Apr 2017 14:30:00 GMT";

#[derive(Clone, Debug)]
struct Sample {
    method: &'static str,
    path: &'static str,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: &'static [u8],
    signed: &'static str,
    signature: &'static str,
}

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let pairs = pairs.iter().map(|&(name, value)| {
        let name = HeaderName::from_static(name);
        (name, HeaderValue::from_static(value))
    });
    pairs.collect()
}

fn get(path: &'static str, query: &[(&str, &str)], signed: &'static str, signature: &'static str) -> Sample {
    let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
    let date = if signed.contains("x-sn-date") {
        "x-sn-date"
    } else {
        "date"
    };
    Sample {
        method: "GET",
        path,
        query: query.iter().map(owned).collect(),
        headers: headers(&[("host", "localhost"), (date, DATE)]),
        body: b"",
        signed,
        signature,
    }
}

impl Sample {
    fn verify(&self, now: OffsetDateTime) -> Result<(), Refused> {
        let header = format!(
            "SNWS2 Credential=test-token-id,SignedHeaders={},Signature={}",
            self.signed, self.signature
        );
        let request = Received {
            method: self.method,
            path: self.path,
            query: &self.query,
            raw_query: None,
            headers: &self.headers,
            body: self.body,
        };
        let claim = Claim::read(&header).ok_or(Refused::BadCredentials)?;
        claim.verify(&request, "test-token-secret", now)
    }
}

fn published() -> Vec<Sample> {
    let mut with_type = get(
        "/api/test",
        &[],
        "content-type;date;host",
        "00f309ee00978dc772cb01aba857d57983a7d3ac3b9ab8916a7702c61d6e07b6",
    );
    with_type.headers.insert("content-type", HeaderValue::from_static(""));
    let mut other_port = get(
        "/path",
        &[("foo", "bar"), ("bim", "bam")],
        "date;host",
        "c3a429e748d2ecd1f734c5a9f562e0c353f4a0d9a48a9492c0637178bb1f15dc",
    );
    (other_port.headers).insert("host", HeaderValue::from_static("example.com:8443"));
    let mut instruction = get(
        "/solaruser/api/v1/sec/instr/view",
        &[("id", "321")],
        "host;x-sn-date",
        "eacbb0b026a6add7d7f9529bbb6fff3e9866d2d4e0d68f55ab6888919dd46e88",
    );
    (instruction.headers).insert("host", HeaderValue::from_static("data.solarnetwork.net"));
    vec![
        get(
            "/api/test",
            &[],
            "date;host",
            "4739139d3d370f147b6585795c309b1c6d7d7f59943081f7dd943f689cfa59a3",
        ),
        get(
            "/api/test",
            &[],
            "host;x-sn-date",
            "c14fe9f67560fb9a37d2aa7c40b40c260a5936f999877e2469b8ddb1da7c0eb9",
        ),
        get(
            "/api/query",
            &[("foo", "bar"), ("bim", "bam")],
            "date;host",
            "c597ed8061d9d12e12ead3d8d6fc03b28a877e8639548f31556b4760be09a4b8",
        ),
        get(
            "/api/query",
            &[("foo", "/path/*")],
            "host;x-sn-date",
            "6e5ae54fe70543a590335a5ab9a29dc089dba4ac75fe15875e716f226c74b6e0",
        ),
        Sample {
            method: "POST",
            path: "/api/post",
            query: Vec::new(),
            headers: headers(&[
                ("host", "localhost"),
                ("date", DATE),
                ("digest", "sha-256=LYvX2btfhbpkPwEQ1Qy1BqH+Q552miJQMZPqYEa7h/c="),
                ("content-type", "text/plain;charset=UTF-8"),
            ]),
            body: b"Hello.",
            signed: "content-type;date;digest;host",
            signature: "3da29e2ceb916ad31b4ffe920afcf94c879d0c4abaaed92941875ac4549f3cf6",
        },
        with_type,
        other_port,
        instruction,
    ]
}

#[test]
fn published_signatures_are_accepted() {
    for sample in published() {
        assert_eq!(sample.verify(NOW), Ok(()), "{sample:?}");
    }
}

#[test]
fn any_change_is_noticed() {
    for sample in published() {
        let changes: [fn(&mut Sample); 4] = [
            |sample| sample.method = "PUT",
            |sample| sample.path = "/api/other",
            |sample| sample.query.push(("more".to_owned(), String::new())),
            |sample| sample.body = b"tampered",
        ];
        for change in changes {
            let mut changed = sample.clone();
            change(&mut changed);
            assert_eq!(changed.verify(NOW), Err(Refused::BadCredentials), "{changed:?}");
        }
        let late = sample.verify(NOW + Duration::minutes(15));
        assert_eq!(late, Err(Refused::DateSkew));
        let early = sample.verify(NOW - Duration::minutes(15) + Duration::milliseconds(1));
        assert_eq!(early, Ok(()));
    }
}

#[test]
fn signing_keys_are_the_published_ones() {
    for (secret, day, key) in [
        (
            "test-token-secret",
            NOW,
            "bf7885e8bd107a79f5c6e13001a4fa15fbd43221ad39ca47fde96191d302dbf4",
        ),
        (
            "ABC123",
            datetime!(2017-01-01 0:00 UTC),
            "1f96b28b651285e49d06989aebaee169fa67a5f6a07fb72a8325fce83b425ad6",
        ),
        (
            "secret.token12345678",
            datetime!(2017-03-25 14:30 UTC),
            "4ffe547294445f9f4e89f80c4c0801b95d4329a9936389582ae5a6a5758c70fe",
        ),
    ] {
        assert_eq!(hex(&signing_key(secret, day)), key);
    }
}

#[test]
fn the_parts_of_the_header_come_in_any_order() {
    let expected = Claim {
        token: "a=b".to_owned(),
        signed: vec!["date".to_owned(), "host".to_owned()],
        signature: "00".to_owned(),
    };
    let header = "SNWS2 Signature=00,SignedHeaders=Host;date,Credential=a=b";
    assert_eq!(Claim::read(header), Some(expected));
    assert_eq!(Claim::read("SNWS2 Credential=a,Signature=00"), None);
    assert_eq!(Claim::read("Token abc"), None);
}

#[test]
fn small_rules() {
    assert_eq!(percent_encode("a b*/:~é"), "a%20b%2A%2F%3A~%C3%A9");
    assert_eq!(percent_encode("\u{1F31E}"), "%3F%3F");
    assert_eq!(single_spaced("a  b   c d"), "a b c d");
}
