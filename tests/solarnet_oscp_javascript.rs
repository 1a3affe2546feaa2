//! SolarNetwork's own JavaScript library beside this SDK's signer: the same requests get the same signatures.
//!
//! `cargo xtask interop` installs the library and runs this. Without it there is nothing to compare with, and the test
//! says so and does nothing.
#![allow(clippy::print_stdout, reason = "it says what it compared")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use energy_core::HttpRequest;
use energy_core::auth::Authenticator;
use energy_core::clock::ManualClock;
use energy_core::http::{HeaderName, HeaderValue};
use energy_core::transport::reqwest::ReqwestTransport;
use energy_core::transport::{SendOptions, Transport};
use energy_sandbox::Sandbox;
use energy_tests::MORNING;
use fastrand::Rng;
use serde_json::{Map, Value, json};
use solarnet_oscp::Credentials;
use time::OffsetDateTime;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

/// Names the folder in which the library is installed.
const FOLDER: &str = "SOLARNETWORK_INTEROP";
const REQUESTS: usize = 200;
const TOKEN: &str = "kEy7wPx2ReGqTs40vJ5b";
const SECRET: &str = "aSecret;with=odd,characters and ü";

/// The folder, if there is one.
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os(FOLDER).map(PathBuf::from);
    if folder.is_none() {
        println!("nothing compared: `cargo xtask interop` installs SolarNetwork's library and runs this");
    }
    folder
}

/// What the library makes of these requests.
fn library(folder: &Path, requests: &[Value]) -> Vec<Value> {
    let mut node = Command::new("node")
        .arg("sign.mjs")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: String = requests.iter().map(|request| format!("{request}\n")).collect();
    let mut input = node.stdin.take().unwrap();
    // Beside the reading: both pipes may be full.
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = node.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Some of these characters. None is upper case, because the library takes parameters as the same whose names differ in
/// case alone, and none is beyond the Basic Multilingual Plane, which the service cannot encode.
fn text(rng: &mut Rng, characters: &str, length: std::ops::Range<usize>) -> String {
    let characters: Vec<char> = characters.chars().collect();
    (0..rng.usize(length))
        .map(|_| characters[rng.usize(..characters.len())])
        .collect()
}

const ODD: &str = "abcxyz019-._~ !\"#$%&'()*+,/:;<=>?@[\\]^`{|}äß漢€\u{e000}\u{fffd}\t\n";

/// A request as the library is told it.
fn invent(rng: &mut Rng) -> Value {
    let method = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"][rng.usize(..6)];
    let segments = (0..rng.usize(1..6)).map(|_| {
        let encoded: String = byte_serialize(text(rng, ODD, 1..8).as_bytes()).collect();
        format!("/{}", encoded.replace('+', "%20"))
    });
    let path: String = segments.collect();
    let query: Vec<(String, String)> = (0..rng.usize(..6))
        .map(|_| (text(rng, ODD, 1..6), text(rng, &format!("{ODD}XYZ"), 0..10)))
        .collect();
    let mut headers = Map::new();
    for name in ["X-SN-PreSignedUrl", "x-sn-a", "X-Sn-B9", "Content-MD5"] {
        if rng.bool() {
            // The library leaves runs of spaces, which the service makes one.
            let words = format!("v{}", text(rng, "abc-;=, /\"", 0..9));
            let value: Vec<&str> = words.split_whitespace().collect();
            headers.insert(name.to_owned(), value.join(" ").into());
        }
    }
    let mut body = String::new();
    if matches!(method, "POST" | "PUT" | "PATCH") && rng.u8(..4) > 0 {
        body = json!({"name": text(rng, &format!("{ODD}🔌"), 0..40), "maximum": rng.i32(..)}).to_string();
        let kind = [
            "application/json",
            "application/json;charset=UTF-8",
            "Application/JSON; charset=utf-8",
        ][rng.usize(..3)];
        headers.insert("Content-Type".to_owned(), kind.into());
    }
    let hosts = [
        "data.solarnetwork.net",
        "localhost:9082",
        "example.com:8443",
        "[::1]:8080",
    ];
    json!({
        "token": TOKEN,
        "secret": SECRET,
        "date": rng.i64(0..4_000_000_000) * 1000 + rng.i64(0..1000),
        "method": method,
        "host": hosts[rng.usize(..4)],
        "path": path,
        "query": query,
        "headers": headers,
        "body": body,
        "digest": rng.bool(),
    })
}

/// The same request as it goes on the wire, with the parameters written in one of two ways.
fn on_the_wire(request: &Value, form: bool) -> HttpRequest {
    let (host, path) = (request["host"].as_str().unwrap(), request["path"].as_str().unwrap());
    let scheme = request["scheme"].as_str().unwrap_or("https");
    let mut url = format!("{scheme}://{host}{path}");
    let pairs: Vec<(String, String)> = serde_json::from_value(request["query"].clone()).unwrap();
    let mut query = Serializer::new(String::new()).extend_pairs(&pairs).finish();
    if !form {
        query = query.replace('+', "%20");
    }
    if !query.is_empty() {
        url = format!("{url}?{query}");
    }
    let mut wire = HttpRequest::new(request["body"].as_str().unwrap().to_owned().into());
    *wire.method_mut() = request["method"].as_str().unwrap().parse().unwrap();
    *wire.uri_mut() = url.parse().unwrap();
    for (name, value) in request["headers"].as_object().unwrap() {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        let value = HeaderValue::from_str(value.as_str().unwrap()).unwrap();
        wire.headers_mut().insert(name, value);
    }
    wire
}

#[tokio::test]
async fn both_sign_alike() {
    let Some(folder) = folder() else {
        return;
    };
    let mut rng = Rng::with_seed(20_260_918);
    let requests: Vec<Value> = (0..REQUESTS).map(|_| invent(&mut rng)).collect();
    let answers = library(&folder, &requests);
    assert_eq!(answers.len(), REQUESTS);
    let mut with_body = 0;
    let mut with_query = 0;
    for (request, theirs) in requests.iter().zip(&answers) {
        let nanoseconds = i128::from(request["date"].as_i64().unwrap()) * 1_000_000;
        let clock = ManualClock::new(OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap());
        let mut login = Credentials::new(TOKEN, SECRET).unwrap();
        if request["digest"] == true {
            login = login.digest();
        }
        let signer: Arc<dyn Authenticator> = login.authenticator(Arc::new(clock)).unwrap();
        let mut ours = on_the_wire(request, rng.bool());
        signer.authenticate(&mut ours).await.unwrap();
        let sent = |name: &str| ours.headers().get(name).map(|value| value.to_str().unwrap());
        assert_eq!(
            sent("authorization"),
            theirs["authorization"].as_str(),
            "{request}\n{theirs}"
        );
        assert_eq!(sent("x-sn-date"), theirs["date"].as_str());
        assert_eq!(sent("digest"), theirs["digest"].as_str());
        with_body += usize::from(!ours.body().is_empty());
        with_query += usize::from(ours.uri().query().is_some());
    }
    println!("{REQUESTS} requests signed alike, {with_body} with a body, {with_query} with a query");
}

/// A request of the management API as the library is told it.
fn managed(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> Value {
    let base = Url::parse(sandbox.solarnet_oscp().base_url()).unwrap();
    let login = sandbox.solarnet_oscp().credentials();
    let mut headers = Map::new();
    let mut text = String::new();
    if !body.is_null() {
        headers.insert("Content-Type".to_owned(), "application/json".into());
        text = body.to_string();
    }
    json!({
        "token": login.token,
        "secret": login.secret,
        "date": sandbox.now().unix_timestamp() * 1000,
        "method": method,
        "scheme": "http",
        "host": &base[url::Position::BeforeHost..url::Position::AfterPort],
        "path": format!("{}/user/oscp{path}", base.path()),
        "query": [],
        "headers": headers,
        "body": text,
        "digest": !body.is_null(),
    })
}

#[tokio::test]
async fn the_sandbox_takes_what_the_library_signs() {
    let Some(folder) = folder() else {
        return;
    };
    let sandbox = Sandbox::builder().at(MORNING).start().await.unwrap();
    let provider = json!({"name": "Signed elsewhere", "baseUrl": "http://127.0.0.1:9/", "oscpVersion": "2.0",
                          "registrationStatus": "Pending"});
    let settings = json!({"nodeId": sandbox.solarnet_oscp().node_id(), "publishToSolarIn": true});
    let requests = [
        managed(&sandbox, "GET", "/capacity-providers", &Value::Null),
        managed(&sandbox, "PUT", "/settings", &settings),
        managed(&sandbox, "POST", "/capacity-providers", &provider),
        managed(&sandbox, "DELETE", "/settings", &Value::Null),
    ];
    let transport = ReqwestTransport::for_base_url(&Url::parse(sandbox.solarnet_oscp().base_url()).unwrap()).unwrap();
    for (request, theirs) in requests.iter().zip(library(&folder, &requests)) {
        let mut wire = on_the_wire(request, false);
        for (name, value) in [
            ("authorization", "authorization"),
            ("x-sn-date", "date"),
            ("digest", "digest"),
        ] {
            if let Some(value) = theirs[value].as_str() {
                wire.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
            }
        }
        let mut tampered = wire.clone();
        *tampered.uri_mut() = format!("{}?a=b", wire.uri()).parse().unwrap();
        let answer = transport.send(wire, SendOptions::default()).await.unwrap();
        assert!(answer.status().is_success(), "{request}\n{answer:?}");
        let refused = transport.send(tampered, SendOptions::default()).await.unwrap();
        assert!(matches!(refused.status().as_u16(), 401 | 403), "{request}\n{refused:?}");
    }
    println!(
        "{} requests that the library signed were taken by the sandbox",
        requests.len()
    );
}
