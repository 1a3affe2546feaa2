//! Exchanges with a real server on this machine, and the bounds of every exchange.
#![cfg(all(feature = "reqwest", feature = "test-util"))]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use energy_core::auth::{AuthError, Authenticator, HeaderKey, NoLogin, PathKey, Proof, QueryKey, WithKey};
use energy_core::clock::ManualClock;
use energy_core::error::ApiErrorKind;
use energy_core::transport::replay::{Exchange, ReplayTransport};
use energy_core::transport::reqwest::ReqwestTransport;
use energy_core::transport::{BoxFuture, Buffered, SendOptions, Transport, TransportErrorKind, collect};
use energy_core::{ApiClient, ClientBuilder, Error, HttpRequest, RetryPolicy, Secret};
use http::HeaderName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use crate::support::{Answer, AnyLogin, Read, START, Script, Sun, chain, client};

const KEY: &str = "CANARYk3y";

/// What the server does with one connection, once it has read the head of a request.
#[derive(Clone, Copy)]
enum Act {
    Say(&'static str),
    /// Says it, then sends bytes until the other side has enough.
    Flood(&'static str),
    /// Says it, then nothing more, without closing.
    Hold(&'static str),
    Close,
}

#[derive(Clone)]
struct Server {
    port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(acts: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (acts, seen) = (acts.into_iter().collect::<Vec<_>>(), Arc::clone(&heads));
        tokio::spawn(async move {
            let mut held = Vec::new();
            for act in acts {
                let (mut stream, _) = listener.accept().await.unwrap();
                let head = read_head(&mut stream).await;
                seen.lock().unwrap().push(head);
                match act {
                    Act::Say(text) => {
                        let _ = stream.write_all(text.as_bytes()).await;
                        let _ = stream.shutdown().await;
                    }
                    Act::Flood(text) => {
                        let _ = stream.write_all(text.as_bytes()).await;
                        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
                    }
                    Act::Hold(text) => {
                        let _ = stream.write_all(text.as_bytes()).await;
                        held.push(stream);
                    }
                    Act::Close => {}
                }
            }
            // Nobody else is answered, but the connections stay.
            std::future::pending::<()>().await;
            drop((listener, held));
        });
        Self { port, heads }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).await.unwrap_or(0) == 0 {
            break;
        }
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

/// A client over reqwest with a key in the path, which sends once.
fn over_http(base: &str) -> ApiClient<Sun> {
    builder_to(
        base,
        AnyLogin::new(PathKey::new(Secret::new(KEY), &Url::parse(base).unwrap())),
    )
    .build()
    .unwrap()
}

fn builder_to(base: &str, login: AnyLogin) -> ClientBuilder<Sun> {
    ApiClient::<Sun>::builder(login)
        .base_url(base)
        .clock(ManualClock::new(START))
        .retry(RetryPolicy::none())
}

fn kind(error: &Error) -> TransportErrorKind {
    match error {
        Error::Transport(exchange) => exchange.source.kind,
        other => panic!("{other}"),
    }
}

fn assert_keyless(error: &Error) {
    for line in chain(error) {
        assert!(!line.contains("CANARY"), "{line}");
    }
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

#[tokio::test]
async fn a_request_arrives_as_it_was_meant() {
    let server = Server::start([Act::Say(OK)]).await;
    let client = over_http(&format!("{}/api/", server.url()));
    let whole = client.call(&Read).send_full().await.unwrap();
    assert_eq!((whole.status.as_u16(), whole.output), (200, serde_json::json!({})));
    let head = server.heads()[0].to_ascii_lowercase();
    assert!(head.starts_with("get /api/canaryk3y/things http/1.1\r\n"), "{head}");
    let agent = format!("user-agent: energy-sdk-sun/{}\r\n", env!("CARGO_PKG_VERSION"));
    assert!(head.contains(&agent), "{head}");
    assert!(head.contains(&format!("host: 127.0.0.1:{}\r\n", server.port)), "{head}");
}

/// A login of somebody else: it sends to another path.
#[derive(Debug)]
struct Elsewhere;

impl Authenticator for Elsewhere {
    fn authenticate<'a>(&'a self, request: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>> {
        let address = request.uri().to_string();
        *request.uri_mut() = format!("{address}/signed?by=hand").parse().unwrap();
        Box::pin(std::future::ready(Ok(Proof::default())))
    }
}

#[tokio::test]
async fn a_request_goes_where_the_login_says() {
    let server = Server::start([Act::Say(OK), Act::Say(OK)]).await;
    let client = builder_to(&server.url(), AnyLogin::new(Elsewhere)).build().unwrap();
    client.send(&Read).await.unwrap();
    let login = WithKey::new(Elsewhere, QueryKey::new([("key", Secret::new("k3yk3y"))]));
    let client = builder_to(&server.url(), AnyLogin::new(login)).build().unwrap();
    client.send(&Read).await.unwrap();
    let first_lines: Vec<String> = (server.heads().iter())
        .map(|head| head.lines().next().unwrap().to_owned())
        .collect();
    assert_eq!(
        first_lines,
        [
            "GET /things/signed?by=hand HTTP/1.1",
            "GET /things?key=k3yk3y/signed?by=hand HTTP/1.1"
        ]
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_carries_no_key_away() {
    for status in [301, 302, 303, 307, 308] {
        let other = Server::start([Act::Say(OK)]).await;
        let answer = format!(
            "HTTP/1.1 {status} Moved\r\nlocation: {}/{KEY}/things\r\ncontent-length: 0\r\n\r\n",
            other.url()
        );
        let server = Server::start([Act::Say(answer.leak())]).await;
        let error = over_http(&server.url()).send(&Read).await.unwrap_err();
        let Error::Api(answer) = &error else { panic!("{error}") };
        assert_eq!((answer.kind, answer.status.as_u16()), (ApiErrorKind::Redirect, status));
        assert!(answer.message.contains("another origin, 127.0.0.1"), "{error}");
        assert_keyless(&error);
        assert_eq!(server.heads().len(), 1);
        assert!(other.heads().is_empty(), "{:?}", other.heads());
    }
}

#[tokio::test]
async fn a_redirect_on_the_same_host_is_not_followed_either() {
    let server = Server::start([
        Act::Say("HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n"),
        Act::Say(OK),
    ])
    .await;
    let error = over_http(&server.url()).send(&Read).await.unwrap_err();
    assert!(error.to_string().contains("another path of the same host"), "{error}");
    assert_eq!(server.heads().len(), 1);
}

#[tokio::test]
async fn settings_of_ones_own_do_not_turn_redirects_on() {
    let other = Server::start([Act::Say(OK)]).await;
    let answer = format!(
        "HTTP/1.1 302 Found\r\nlocation: {}/\r\ncontent-length: 0\r\n\r\n",
        other.url()
    );
    let server = Server::start([Act::Say(answer.leak())]).await;
    let following = reqwest::Client::builder().redirect(reqwest::redirect::Policy::limited(10));
    let client = builder_to(&server.url(), AnyLogin::new(NoLogin))
        .transport(ReqwestTransport::from_builder(following).unwrap())
        .build()
        .unwrap();
    assert_eq!(client.send(&Read).await.unwrap_err().status().unwrap().as_u16(), 302);
    assert!(other.heads().is_empty());
}

#[tokio::test]
async fn a_refused_connection_was_never_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = over_http(&format!("http://127.0.0.1:{port}"))
        .send(&Read)
        .await
        .unwrap_err();
    assert_eq!(kind(&error), TransportErrorKind::Connect);
    assert!(!error.may_have_been_sent() && error.is_retryable() && !error.is_timeout());
    assert_keyless(&error);
    assert!(chain(&error).len() > 6, "the cause is told");
}

#[tokio::test]
async fn a_connection_closed_before_the_answer_may_have_been_sent() {
    let server = Server::start([Act::Close]).await;
    let error = over_http(&server.url()).send(&Read).await.unwrap_err();
    assert_eq!(kind(&error), TransportErrorKind::Interrupted);
    assert!(error.may_have_been_sent());
    assert_keyless(&error);
    assert_eq!(server.heads().len(), 1);
}

#[tokio::test]
async fn a_body_that_ends_too_soon_is_an_interruption() {
    let server = Server::start([Act::Say("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\"")]).await;
    let error = over_http(&server.url()).send(&Read).await.unwrap_err();
    assert_eq!(kind(&error), TransportErrorKind::Interrupted);
    assert_keyless(&error);
}

#[tokio::test]
async fn what_is_no_http_is_an_interruption() {
    let server = Server::start([Act::Say("SSH-2.0-OpenSSH_9.6\r\n\r\n")]).await;
    let error = over_http(&server.url()).send(&Read).await.unwrap_err();
    assert_eq!(kind(&error), TransportErrorKind::Interrupted);
    assert_keyless(&error);
}

#[tokio::test]
async fn a_safe_call_outlives_a_broken_connection() {
    let server = Server::start([Act::Close, Act::Close, Act::Say(OK)]).await;
    let client = over_http(&server.url());
    let policy = RetryPolicy::default();
    let whole = client.call(&Read).with_retry(policy).send_full().await.unwrap();
    assert_eq!((whole.attempts, server.heads().len()), (3, 3));
}

#[tokio::test]
async fn no_time_at_all_is_a_timeout() {
    for said in ["", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"] {
        let server = Server::start([Act::Hold(said)]).await;
        let client = over_http(&server.url());
        let error = client
            .call(&Read)
            .with_timeout(Duration::ZERO)
            .send()
            .await
            .unwrap_err();
        assert_eq!(kind(&error), TransportErrorKind::Timeout);
        assert!(error.is_timeout() && error.may_have_been_sent());
        assert_keyless(&error);
    }
}

#[tokio::test]
async fn a_piece_has_its_own_time() {
    let server = Server::start([Act::Hold("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n")]).await;
    let request = http::Request::get(server.url()).body(bytes::Bytes::new()).unwrap();
    let mut options = SendOptions::default();
    (options.streaming, options.pace) = (true, Duration::ZERO);
    let transport = ReqwestTransport::new().unwrap();
    let mut body = transport.open(request, options).await.unwrap().into_body();
    assert_eq!(body.chunk().await.unwrap_err().kind, TransportErrorKind::Timeout);
}

#[tokio::test]
async fn two_gibibytes_are_refused_before_they_are_read() {
    let server = Server::start([Act::Hold("HTTP/1.1 200 OK\r\ncontent-length: 2147483648\r\n\r\n")]).await;
    let error = over_http(&server.url()).send(&Read).await.unwrap_err();
    assert_eq!(kind(&error), TransportErrorKind::TooLarge);
    let why = chain(&error).join("\n");
    assert!(why.contains("announces 2147483648 bytes, 8388608 are allowed"), "{why}");
}

#[tokio::test]
async fn a_body_of_unknown_length_ends_at_the_limit() {
    let server = Server::start([Act::Flood("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")]).await;
    let client = over_http(&server.url());
    let error = client.call(&Read).with_max_body(100_000).send().await.unwrap_err();
    assert_eq!(kind(&error), TransportErrorKind::TooLarge);
    assert!(chain(&error).join("\n").contains("more than 100000 bytes"));
}

#[tokio::test]
async fn an_error_keeps_its_status_whatever_its_body_does() {
    let flood = Act::Flood("HTTP/1.1 501 Not here\r\nconnection: close\r\n\r\n");
    let server = Server::start([flood]).await;
    let client = over_http(&server.url());
    let error = client.call(&Read).with_max_body(100_000).send().await.unwrap_err();
    let Error::Api(error) = &error else { panic!("{error}") };
    assert_eq!((error.status.as_u16(), error.body.bytes().len()), (501, 100_000));

    let broken = Act::Say("HTTP/1.1 404 Not here\r\ncontent-length: 100\r\n\r\ngone");
    let server = Server::start([broken]).await;
    let error = over_http(&server.url()).send(&Read).await.unwrap_err();
    let Error::Api(error) = &error else { panic!("{error}") };
    assert_eq!((error.status.as_u16(), error.body.bytes()), (404, &b"gone"[..]));
}

#[tokio::test]
async fn a_chunked_body_is_counted_as_well() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n\"abc\r\n5\r\ndefg\"\r\n0\r\n\r\n";
    for (limit, fits) in [(9, true), (8, false)] {
        let server = Server::start([Act::Say(chunked)]).await;
        let client = over_http(&server.url());
        let answer = client.call(&Read).with_max_body(limit).send().await;
        assert_eq!(answer.is_ok(), fits, "{answer:?}");
    }
}

#[tokio::test]
async fn a_download_comes_through_reqwest_too() {
    let server = Server::start([Act::Say("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nabcdef")]).await;
    let (mut sink, mut last) = (Vec::new(), None);
    let client = over_http(&server.url());
    let call = client.call(&Read).with_max_body(6);
    let done = call
        .download(&mut sink, |progress| last = Some((progress.received, progress.total)))
        .await
        .unwrap();
    assert_eq!(
        (sink.as_slice(), done.bytes, last),
        (&b"abcdef"[..], 6, Some((6, Some(6))))
    );

    let server = Server::start([Act::Flood("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")]).await;
    let mut sink = Vec::new();
    let client = over_http(&server.url());
    let call = client.call(&Read).with_max_body(50_000);
    let error = call.download(&mut sink, |_| {}).await.unwrap_err();
    assert_eq!(kind(&error), TransportErrorKind::TooLarge);
    assert!(sink.len() <= 50_000);
}

fn build_error(base: &str) -> String {
    let error = builder_to(base, AnyLogin::new(NoLogin)).build().unwrap_err();
    assert_eq!(error.parameter, "base_url", "{base}");
    error.to_string()
}

#[test]
fn plain_http_stays_on_this_machine() {
    for base in [
        "http://sun.example",
        "http://192.168.1.2:8080",
        "http://localhost.sun.example",
        "http://127.0.0.1.sun.example",
        "http://0.0.0.0",
        "http://[2001:db8::1]",
    ] {
        assert!(build_error(base).contains("plain http"), "{base}");
        let allowed = builder_to(base, AnyLogin::new(NoLogin)).allow_insecure_http().build();
        assert_eq!(allowed.unwrap().base_url().as_str(), Url::parse(base).unwrap().as_str());
    }
    for base in [
        "http://127.0.0.1:1",
        "http://127.1.2.3",
        "http://[::1]:1",
        "http://localhost",
    ] {
        builder_to(base, AnyLogin::new(NoLogin)).build().unwrap();
    }
    let secure = builder_to("https://sun.example", AnyLogin::new(NoLogin)).build();
    if cfg!(any(feature = "rustls", feature = "native-tls")) {
        secure.unwrap();
    } else {
        let refused = secure.unwrap_err().to_string();
        assert!(refused.contains("https needs one of the features"), "{refused}");
    }
}

#[test]
fn a_base_url_that_no_request_could_keep_is_refused() {
    for base in [
        "https://user:CANARY@sun.example",
        "https://sun.example//v1",
        "https://sun.example/v1//",
        "https://CANARY@sun.example",
        "https://:CANARY@sun.example",
        "https://sun.example/?key=CANARY",
        "https://sun.example/?",
        "https://sun.example/#CANARY",
        "ftp://sun.example/CANARY",
        "file:///CANARY",
        "data:text/plain,CANARY",
        "sun.example/CANARY",
        "https://",
        "",
    ] {
        let why = build_error(base);
        assert!(!why.contains("CANARY"), "{why}");
        let allowed = builder_to(base, AnyLogin::new(NoLogin)).allow_insecure_http().build();
        allowed.unwrap_err();
        let shown = format!("{:?}", builder_to(base, AnyLogin::new(NoLogin)));
        assert!(!shown.contains("CANARY"), "{shown}");
    }
}

#[test]
fn a_user_agent_that_no_header_can_carry_is_refused() {
    let error = builder_to("https://sun.example", AnyLogin::new(NoLogin))
        .user_agent("me\r\nx-evil: 1")
        .build()
        .unwrap_err();
    assert_eq!(error.parameter, "user_agent");
}

#[tokio::test]
async fn bodies_are_bounded_whatever_the_transport() {
    let answer = |length: Option<&str>| {
        let mut response = http::Response::builder();
        if let Some(length) = length {
            response = response.header("content-length", length);
        }
        response.body(Buffered::boxed("12345".into())).unwrap()
    };
    for (length, limit, fits) in [
        (None, 5, true),
        (None, 4, false),
        (Some("5"), 5, true),
        (Some("6"), 5, false),
        (Some("1"), 4, false),
        (Some("99999999999999999999999"), 5, true),
        (Some("nonsense"), 5, true),
    ] {
        let result = collect(answer(length), limit).await;
        assert_eq!(result.is_ok(), fits, "{length:?} {limit}");
        if let Err(error) = result {
            assert_eq!(error.kind, TransportErrorKind::TooLarge);
        }
    }
    let empty = http::Response::new(Buffered::boxed(bytes::Bytes::new()));
    assert!(collect(empty, 0).await.unwrap().body().is_empty());
}

#[tokio::test]
async fn an_announcement_is_believed_before_a_byte_is_read() {
    let breaks = Answer::new(200)
        .header("content-length", "2147483648")
        .breaks(TransportErrorKind::Interrupted);
    let script = Script::new([breaks]);
    let error = client(&script).0.send(&Read).await.unwrap_err();
    assert_eq!(kind(&error), TransportErrorKind::TooLarge);
    assert_eq!(script.count(), 1);
}

#[tokio::test]
async fn a_replay_tells_what_differs_but_not_what_it_got() {
    let key = || AnyLogin::new(HeaderKey::new(HeaderName::from_static("x-key"), Secret::new(KEY)));
    for (recorded, differs) in [
        (
            vec![Exchange::get("/v1/other")],
            "another path or query than the recorded GET /v1/other",
        ),
        (vec![Exchange::get("/v1/things?a=1")], "another path or query"),
        (
            vec![Exchange::new(&http::Method::POST, "/v1/CANARY/things")],
            "another method",
        ),
        (vec![], "request 1 was not expected: the replay is at its end"),
    ] {
        let replay = ReplayTransport::new(recorded.clone());
        let base = Url::parse("https://sun.example/v1").unwrap();
        let path_key = AnyLogin::new(PathKey::new(Secret::new(KEY), &base));
        for login in [key(), path_key] {
            let replay = ReplayTransport::new(recorded.clone());
            let client = builder_to(base.as_str(), login).transport(replay).build().unwrap();
            let error = client.send(&Read).await.unwrap_err();
            assert_eq!(kind(&error), TransportErrorKind::Unsendable);
            for line in chain(&error) {
                assert!(!line.contains(KEY), "{line}");
            }
        }
        let client = builder_to(base.as_str(), key())
            .transport(replay.clone())
            .build()
            .unwrap();
        let error = client.send(&Read).await.unwrap_err();
        assert!(chain(&error).join("\n").contains(differs), "{:?}", chain(&error));
        // What arrived can be looked at.
        assert_eq!(replay.received()[0].headers["x-key"], KEY);
        assert_eq!((replay.left(), replay.received()[0].path.as_str()), (0, "/v1/things"));
    }
}

#[tokio::test]
async fn a_replay_answers_as_it_was_recorded() {
    let replay = ReplayTransport::from_json(
        r#"[{"method": "GET", "path": "/v1/things", "status": 200, "headers": {"x-pid": "7"}, "body": {"a": [1]}},
            {"method": "GET", "path": "/v1/things", "status": 418, "body": "short and stout"}]"#,
    )
    .unwrap();
    let client = builder_to("https://sun.example/v1", AnyLogin::new(NoLogin))
        .transport(replay.clone())
        .build()
        .unwrap();
    let whole = client.call(&Read).send_full().await.unwrap();
    assert_eq!(whole.output, serde_json::json!({"a": [1]}));
    assert_eq!(whole.headers["x-pid"], "7");
    assert_eq!(replay.left(), 1);
    let Error::Api(error) = client.send(&Read).await.unwrap_err() else {
        panic!("418 is no success")
    };
    assert_eq!(error.body.bytes(), b"short and stout");
    assert!(ReplayTransport::from_json(r#"[{"method": "GET", "path": "/", "statsu": 1}]"#).is_err());
}

#[tokio::test]
async fn a_malformed_recording_is_no_panic() {
    for exchange in [
        Exchange::get("/v1/things").status(1_000),
        Exchange::get("/v1/things").header("x y", "1"),
        Exchange::get("/v1/things").header("x", "a\nb"),
    ] {
        let replay = ReplayTransport::new([exchange]);
        let mut request = http::Request::new(bytes::Bytes::new());
        *request.uri_mut() = "https://sun.example/v1/things".parse().unwrap();
        let error = replay.send(request, SendOptions::default()).await.unwrap_err();
        assert!(error.to_string().contains("malformed"), "{error}");
    }
}
