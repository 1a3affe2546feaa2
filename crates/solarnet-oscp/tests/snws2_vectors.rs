//! SolarNetwork's published SNWS2 vectors, and the same requests through the signer of a client.
//!
//! The vectors stand in the tests of SolarNetwork/solarnetwork-common, SolarNetwork/sn-api-core-js,
//! SolarNetwork/sn-api-ssh-js and SolarNetwork/solarnetwork-central.

use energy_core::Secret;
use energy_core::http::HeaderMap;
use solarnet_oscp::Credentials;
use solarnet_oscp::snws2::{self, Body, Request, Signed, SigningKey};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::signing::{self, *};

const APRIL: OffsetDateTime = datetime!(2017-04-25 14:30 UTC);
const NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A published request, and what is published about its signature.
struct Vector {
    name: &'static str,
    token: &'static str,
    secret: &'static str,
    at: OffsetDateTime,
    method: &'static str,
    path: &'static str,
    /// As a client writes it into the URL.
    query: Option<&'static str>,
    host: &'static str,
    headers: &'static [(&'static str, &'static str)],
    date_header: &'static str,
    body: Body<'static>,
    canonical_request: Option<&'static str>,
    string_to_sign: Option<&'static str>,
    signing_key: Option<&'static str>,
    authorization: Option<&'static str>,
}

/// What most of them have in common.
const GET: Vector = Vector {
    name: "",
    token: "test-token-id",
    secret: "test-token-secret",
    at: APRIL,
    method: "GET",
    path: "/api/test",
    query: None,
    host: "localhost",
    headers: &[],
    date_header: "date",
    body: Body::EMPTY,
    canonical_request: None,
    string_to_sign: None,
    signing_key: None,
    authorization: None,
};

const VECTORS: [Vector; 12] = [
    Vector {
        name: "simple GET",
        canonical_request: Some(
            "GET\n/api/test\n\ndate:Tue, 25 Apr 2017 14:30:00 GMT\nhost:localhost\ndate;host\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        signing_key: Some("bf7885e8bd107a79f5c6e13001a4fa15fbd43221ad39ca47fde96191d302dbf4"),
        string_to_sign: Some(
            "SNWS2-HMAC-SHA256\n20170425T143000Z\n1b5cf4c03e8e85f1c08a01ea1d4bd89cc550fc964134b59bb0accf9e5dbb26bf",
        ),
        authorization: Some(
            "SNWS2 Credential=test-token-id,SignedHeaders=date;host,\
             Signature=4739139d3d370f147b6585795c309b1c6d7d7f59943081f7dd943f689cfa59a3",
        ),
        ..GET
    },
    Vector {
        name: "X-SN-Date",
        date_header: "x-sn-date",
        canonical_request: Some(
            "GET\n/api/test\n\nhost:localhost\nx-sn-date:Tue, 25 Apr 2017 14:30:00 GMT\nhost;x-sn-date\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        authorization: Some(
            "SNWS2 Credential=test-token-id,SignedHeaders=host;x-sn-date,\
             Signature=c14fe9f67560fb9a37d2aa7c40b40c260a5936f999877e2469b8ddb1da7c0eb9",
        ),
        ..GET
    },
    Vector {
        name: "empty content type",
        headers: &[("content-type", "")],
        canonical_request: Some(
            "GET\n/api/test\n\ncontent-type:\ndate:Tue, 25 Apr 2017 14:30:00 GMT\nhost:localhost\n\
             content-type;date;host\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        authorization: Some(
            "SNWS2 Credential=test-token-id,SignedHeaders=content-type;date;host,\
             Signature=00f309ee00978dc772cb01aba857d57983a7d3ac3b9ab8916a7702c61d6e07b6",
        ),
        ..GET
    },
    Vector {
        name: "query",
        path: "/api/query",
        query: Some("foo=bar&bim=bam"),
        canonical_request: Some(
            "GET\n/api/query\nbim=bam&foo=bar\ndate:Tue, 25 Apr 2017 14:30:00 GMT\nhost:localhost\ndate;host\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        authorization: Some(
            "SNWS2 Credential=test-token-id,SignedHeaders=date;host,\
             Signature=c597ed8061d9d12e12ead3d8d6fc03b28a877e8639548f31556b4760be09a4b8",
        ),
        ..GET
    },
    Vector {
        name: "query with characters to escape",
        path: "/api/query",
        query: Some("foo=/path/*"),
        date_header: "x-sn-date",
        canonical_request: Some(
            "GET\n/api/query\nfoo=%2Fpath%2F%2A\nhost:localhost\nx-sn-date:Tue, 25 Apr 2017 14:30:00 GMT\n\
             host;x-sn-date\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        authorization: Some(
            "SNWS2 Credential=test-token-id,SignedHeaders=host;x-sn-date,\
             Signature=6e5ae54fe70543a590335a5ab9a29dc089dba4ac75fe15875e716f226c74b6e0",
        ),
        ..GET
    },
    Vector {
        name: "query and port (https://example.com:8443/path?foo=bar&bim=bam)",
        path: "/path",
        query: Some("foo=bar&bim=bam"),
        host: "example.com:8443",
        canonical_request: Some(
            "GET\n/path\nbim=bam&foo=bar\ndate:Tue, 25 Apr 2017 14:30:00 GMT\nhost:example.com:8443\ndate;host\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        authorization: Some(
            "SNWS2 Credential=test-token-id,SignedHeaders=date;host,\
             Signature=c3a429e748d2ecd1f734c5a9f562e0c353f4a0d9a48a9492c0637178bb1f15dc",
        ),
        ..GET
    },
    Vector {
        name: "forced port of https",
        path: "/path",
        host: "example.com:443",
        canonical_request: Some(
            "GET\n/path\n\ndate:Tue, 25 Apr 2017 14:30:00 GMT\nhost:example.com:443\ndate;host\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        authorization: Some(
            "SNWS2 Credential=test-token-id,SignedHeaders=date;host,\
             Signature=5691e0f9366084fd81d50bba679e6c57fbbc85faca87a154ad3e1b29afb2e818",
        ),
        ..GET
    },
    Vector {
        name: "POST of JSON, of which the digest alone is published",
        method: "POST",
        path: "/api/post",
        headers: &[
            ("digest", "sha-256=Im5J4T0W5eiqDWLljNYzYb8JfT4rJESqMEQzRiii6N4="),
            ("content-type", "application/json;charset=UTF-8"),
        ],
        body: Body::Sha256([
            0x22, 0x6e, 0x49, 0xe1, 0x3d, 0x16, 0xe5, 0xe8, 0xaa, 0x0d, 0x62, 0xe5, 0x8c, 0xd6, 0x33, 0x61, 0xbf, 0x09,
            0x7d, 0x3e, 0x2b, 0x24, 0x44, 0xaa, 0x30, 0x44, 0x33, 0x46, 0x28, 0xa2, 0xe8, 0xde,
        ]),
        canonical_request: Some(
            "POST\n/api/post\n\ncontent-type:application/json;charset=UTF-8\ndate:Tue, 25 Apr 2017 14:30:00 GMT\n\
             digest:sha-256=Im5J4T0W5eiqDWLljNYzYb8JfT4rJESqMEQzRiii6N4=\nhost:localhost\n\
             content-type;date;digest;host\n226e49e13d16e5e8aa0d62e58cd63361bf097d3e2b2444aa3044334628a2e8de",
        ),
        authorization: Some(
            "SNWS2 Credential=test-token-id,SignedHeaders=content-type;date;digest;host,\
             Signature=ad609dd757c1f7f08a519919ab5e109ec61477cf612c6a0d29cac66d54c3987e",
        ),
        ..GET
    },
    Vector {
        name: "POST with a digest",
        method: "POST",
        path: "/api/post",
        headers: &[
            ("digest", "sha-256=LYvX2btfhbpkPwEQ1Qy1BqH+Q552miJQMZPqYEa7h/c="),
            ("content-type", "text/plain;charset=UTF-8"),
        ],
        body: Body::Bytes(b"Hello."),
        canonical_request: Some(
            "POST\n/api/post\n\ncontent-type:text/plain;charset=UTF-8\ndate:Tue, 25 Apr 2017 14:30:00 GMT\n\
             digest:sha-256=LYvX2btfhbpkPwEQ1Qy1BqH+Q552miJQMZPqYEa7h/c=\nhost:localhost\n\
             content-type;date;digest;host\n2d8bd7d9bb5f85ba643f0110d50cb506a1fe439e769a22503193ea6046bb87f7",
        ),
        authorization: Some(
            "SNWS2 Credential=test-token-id,SignedHeaders=content-type;date;digest;host,\
             Signature=3da29e2ceb916ad31b4ffe920afcf94c879d0c4abaaed92941875ac4549f3cf6",
        ),
        ..GET
    },
    Vector {
        name: "the wiki's signing key",
        secret: "ABC123",
        at: datetime!(2017-01-01 00:00 UTC),
        path: "/",
        host: "data.solarnetwork.net:443",
        signing_key: Some("1f96b28b651285e49d06989aebaee169fa67a5f6a07fb72a8325fce83b425ad6"),
        ..GET
    },
    Vector {
        name: "the server's own derivation of the key",
        token: "public.token12345678",
        secret: "secret.token12345678",
        at: datetime!(2017-03-25 14:30 UTC),
        signing_key: Some("4ffe547294445f9f4e89f80c4c0801b95d4329a9936389582ae5a6a5758c70fe"),
        authorization: Some(
            "SNWS2 Credential=public.token12345678,SignedHeaders=date;host,\
             Signature=535124f5f333c0aebe42996a429a2a6e4b347dcc2ac2d8cbb8ac6b641fafbab7",
        ),
        ..GET
    },
    Vector {
        name: "an instruction",
        path: "/solaruser/api/v1/sec/instr/view",
        query: Some("id=321"),
        host: "data.solarnetwork.net",
        date_header: "x-sn-date",
        authorization: Some(
            "SNWS2 Credential=test-token-id,SignedHeaders=host;x-sn-date,\
             Signature=eacbb0b026a6add7d7f9529bbb6fff3e9866d2d4e0d68f55ab6888919dd46e88",
        ),
        ..GET
    },
];

impl Vector {
    fn key(&self) -> SigningKey {
        SigningKey::derive(&Secret::new(self.secret), self.at.date())
    }

    fn sign(&self) -> Signed {
        let date = snws2::http_date(self.at);
        let mut headers: HeaderMap = headers(self.headers);
        headers.extend(signing::headers(&[(self.date_header, &date)]));
        let request = Request {
            method: self.method,
            path: self.path,
            query: self.query,
            host: self.host,
            headers: &headers,
            body: self.body,
        };
        snws2::sign(&request, self.token, &self.key(), self.at)
    }
}

#[test]
fn every_published_value() {
    let mut compared = 0;
    let mut same = |name: &str, published: Option<&str>, made: &str| {
        if let Some(published) = published {
            assert_eq!(made, published, "{name}");
            compared += 1;
        }
    };
    for vector in &VECTORS {
        let signed = vector.sign();
        same(vector.name, vector.signing_key, &hex(vector.key().expose()));
        same(vector.name, vector.canonical_request, signed.canonical_request());
        same(vector.name, vector.string_to_sign, signed.string_to_sign());
        same(vector.name, vector.authorization, signed.authorization());
        assert!(signed.authorization().ends_with(signed.signature()));
        assert_eq!(signed.signature().len(), 64);
    }
    assert_eq!(
        compared, 24,
        "3 keys, 9 canonical requests, 1 string to sign, 11 headers"
    );
}

/// The vectors whose date stands in `X-SN-Date`, as the client's signer makes them.
#[tokio::test]
async fn the_same_through_the_clients_signer() {
    let mut signed = 0;
    for vector in VECTORS.iter().filter(|vector| vector.date_header == "x-sn-date") {
        let query = vector.query.map(|query| format!("?{query}")).unwrap_or_default();
        let url = format!("https://{}{}{query}", vector.host, vector.path);
        let login = Credentials::new(vector.token, vector.secret).unwrap();
        let with_secret = proven(login, vector.at, request(vector.method, &url, &[], "")).await;
        let login = Credentials::with_signing_key(vector.token, vector.key()).unwrap();
        let with_key = proven(login, vector.at, request(vector.method, &url, &[], "")).await;
        for sent in [with_secret, with_key] {
            assert_eq!(header(&sent, "authorization"), vector.authorization.unwrap());
            assert_eq!(header(&sent, "x-sn-date"), "Tue, 25 Apr 2017 14:30:00 GMT");
            signed += 1;
        }
    }
    assert_eq!(signed, 6);
}

#[test]
fn a_signing_key_in_hexadecimal() {
    let vector = &VECTORS[0];
    let published = vector.signing_key.unwrap();
    let key = SigningKey::from_hex(&Secret::new(published), vector.at.date()).unwrap();
    assert_eq!(key.expose(), vector.key().expose());
    let upper = SigningKey::from_hex(&Secret::new(published.to_uppercase()), vector.at.date()).unwrap();
    assert_eq!(upper.expose(), key.expose());
    for bad in [
        "",
        "bf",
        &published[1..],
        &format!("{published}0"),
        &published.replace('b', "x"),
        &"é".repeat(32),
    ] {
        let error = SigningKey::from_hex(&Secret::new(bad), vector.at.date()).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("signing_key: a key has 64 hexadecimal digits")
        );
    }
}

#[test]
fn no_body_hashes_as_nothing() {
    assert!(VECTORS[0].sign().canonical_request().ends_with(NOTHING));
}

#[test]
fn times_are_written_in_utc_without_parts_of_a_second() {
    let at = datetime!(2026-02-03 00:04:05.999 +02:00);
    assert_eq!(snws2::http_date(at), "Mon, 02 Feb 2026 22:04:05 GMT");
    assert_eq!(
        snws2::http_date(datetime!(0987-12-31 23:59:59 UTC)),
        "Mon, 31 Dec 0987 23:59:59 GMT"
    );
}
