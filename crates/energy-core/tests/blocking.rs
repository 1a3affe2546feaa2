//! Calls that block the thread, wherever they are made.
#![cfg(all(feature = "blocking", feature = "reqwest", feature = "test-util"))]

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use energy_core::auth::{AuthError, Bearer, MemoryTokenStore, NoLogin, Refresh, StoredToken, TokenManager};
use energy_core::blocking::{self, BlockingClient};
use energy_core::clock::ManualClock;
use energy_core::transport::reqwest::ReqwestTransport;
use energy_core::transport::{BoxFuture, TransportErrorKind};
use energy_core::{
    ApiClient, BuildError, CredentialUse, DecodeError, Endpoint, Error, HttpResponse, Operation, Paginated,
    RequestParts, RetryPolicy, decode,
};
use http::Method;
use serde_json::json;
use tokio::sync::Notify;

use crate::support::{Answer, AnyLogin, Change, Read, START, Script, Sun, builder, client, seconds};

/// A client over `answers`, as blocking ones are made.
fn over(answers: impl IntoIterator<Item = Answer>) -> (BlockingClient<Sun>, Script, ManualClock) {
    let script = Script::new(answers);
    let (client, clock) = client(&script);
    (client.blocking(), script, clock)
}

fn three() -> BlockingClient<Sun> {
    over([Answer::new(200).body("3")]).0
}

#[test]
fn outside_of_any_runtime() {
    assert_eq!(three().send(&Read).unwrap(), 3);
}

#[tokio::test]
async fn inside_a_runtime_of_one_thread() {
    assert_eq!(three().send(&Read).unwrap(), 3);
    assert_eq!(
        three().client().send(&Read).await.unwrap(),
        3,
        "and the runtime goes on"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn on_a_worker_of_a_runtime_of_many() {
    let worker = tokio::spawn(async { three().send(&Read) });
    assert_eq!(worker.await.unwrap().unwrap(), 3);
}

#[tokio::test]
async fn on_a_thread_that_a_runtime_has_for_blocking() {
    let aside = tokio::task::spawn_blocking(|| three().send(&Read));
    assert_eq!(aside.await.unwrap().unwrap(), 3);
}

#[test]
fn inside_a_future_that_is_waited_for_it_is_refused() {
    let inside = blocking::wait(async { three().send(&Read) }).unwrap();
    let error = inside.unwrap_err();
    assert!(matches!(&error, Error::Build { source, .. } if source.parameter == "blocking"));
    assert!(error.to_string().contains("would wait for itself"), "{error}");
    assert_eq!((error.operation(), error.attempts()), ("readThings", 0));

    let aside = async { tokio::task::spawn_blocking(|| three().send(&Read)).await };
    assert_eq!(blocking::wait(aside).unwrap().unwrap().unwrap(), 3);
}

#[test]
fn the_whole_answer_and_the_raw_one() {
    let answer = || Answer::new(201).header("x-limit", "60").body("[ 1 ]");
    let (client, ..) = over([Answer::new(503), answer()]);
    let whole = client.call(&Read).send_full().unwrap();
    assert_eq!(
        (whole.status.as_u16(), whole.attempts, whole.output),
        (201, 2, json!([1]))
    );
    assert_eq!(whole.quota.unwrap().limit, Some(60));
    let raw = client.call(&Read).send_raw().unwrap();
    assert_eq!(raw.body().as_ref(), b"[ 1 ]");
}

#[test]
fn waits_between_attempts_are_the_clocks() {
    let (client, script, clock) = over([Answer::new(503).header("retry-after", "20"), Answer::ok()]);
    client.send(&Read).unwrap();
    assert_eq!(clock.slept(), [seconds(21)]);
    let (client, once, _) = over([Answer::new(503)]);
    let call = client.call(&Read).with_retry(RetryPolicy::none());
    assert_eq!(call.send().unwrap_err().status().unwrap().as_u16(), 503);
    assert_eq!((script.count(), once.count()), (2, 1));
}

#[test]
fn an_error_says_what_it_says_to_others() {
    let refused = Answer::new(404).body(r#"{"code": "gone", "message": "no such thing"}"#);
    let error = over([refused]).0.send(&Change).unwrap_err();
    let Error::Api(answer) = &error else { panic!("{error}") };
    assert_eq!(
        (answer.code.as_deref(), answer.message.as_str()),
        (Some("gone"), "no such thing")
    );
    let error = over([Answer::new(200).body("{")]).0.send(&Read).unwrap_err();
    assert!(
        matches!(&error, Error::Decode(broken) if broken.attempts == 1),
        "{error}"
    );
    let (client, ..) = over([Answer::new(200).body("[1, 2]")]);
    let error = client.call(&Read).with_max_body(3).send().unwrap_err();
    assert!(
        matches!(&error, Error::Transport(e) if e.source.kind == TransportErrorKind::TooLarge),
        "{error}"
    );
}

/// A request that borrows, of whose answer only this thread may know.
struct Named<'a> {
    name: &'a str,
    seen: &'a Mutex<Vec<thread::ThreadId>>,
}

impl Endpoint for Named<'_> {
    type Api = Sun;
    type Output = u32;
    const OPERATION: &'static Operation =
        &Operation::new("named", Method::GET, "/named/{name}").with_credentials(CredentialUse::Optional);

    fn parts(&self) -> Result<RequestParts, BuildError> {
        self.seen.lock().unwrap().push(thread::current().id());
        let mut parts = RequestParts::new();
        parts.segment("name", &self.name)?;
        Ok(parts)
    }

    fn decode(&self, response: &HttpResponse) -> Result<u32, DecodeError> {
        self.seen.lock().unwrap().push(thread::current().id());
        assert_ne!(self.name, "trouble", "trouble while reading");
        decode::json(Self::OPERATION, response)
    }
}

#[test]
fn requests_may_borrow_and_are_built_and_read_here() {
    let (seen, name) = (Mutex::default(), String::from("roof"));
    let (client, script, _) = over([Answer::new(200).body("8")]);
    let request = Named {
        name: &name,
        seen: &seen,
    };
    assert_eq!(client.send(&request).unwrap(), 8);
    assert_eq!(script.sent()[0].path(), "/v1/roof");
    assert_eq!(*seen.lock().unwrap(), [thread::current().id(); 2]);
}

#[test]
fn a_panic_stays_with_the_caller() {
    let (client, ..) = over([Answer::new(200).body("8")]);
    let panics = thread::spawn({
        let client = client.clone();
        move || {
            let seen = Mutex::default();
            let _ = client.send(&Named {
                name: "trouble",
                seen: &seen,
            });
        }
    });
    let reading = panics.join().unwrap_err();
    assert!(reading.downcast::<String>().unwrap().contains("trouble while reading"));

    let waiting = thread::spawn(|| blocking::wait(async { std::panic::panic_any(17_u8) }));
    assert_eq!(*waiting.join().unwrap_err().downcast::<u8>().unwrap(), 17);
    assert_eq!(client.send(&Read).unwrap(), 8, "others are not touched");
}

#[test]
fn what_is_traced_belongs_to_the_caller() {
    let inside = || async { tracing::Span::current().metadata().map(tracing::Metadata::name) };
    tracing::subscriber::with_default(tracing_subscriber::registry(), || {
        let caller = tracing::info_span!("caller");
        assert_eq!(caller.in_scope(|| blocking::wait(inside())).unwrap(), Some("caller"));
        assert_eq!(blocking::wait(inside()).unwrap(), None);
    });
}

/// A page that says the number of the next one.
#[derive(Clone, Debug, PartialEq)]
struct List(u32);

impl Endpoint for List {
    type Api = Sun;
    type Output = (Vec<u32>, Option<u32>);
    const OPERATION: &'static Operation =
        &Operation::new("list", Method::GET, "/list").with_credentials(CredentialUse::Optional);

    fn parts(&self) -> Result<RequestParts, BuildError> {
        let mut parts = RequestParts::new();
        parts.query("page", &self.0);
        Ok(parts)
    }

    fn decode(&self, response: &HttpResponse) -> Result<Self::Output, DecodeError> {
        decode::json(Self::OPERATION, response)
    }
}

impl Paginated for List {
    type Item = u32;

    fn next(&self, page: &Self::Output) -> Option<Self> {
        page.1.map(Self)
    }

    fn items(page: Self::Output) -> Vec<u32> {
        page.0
    }
}

fn pages() -> [Answer; 3] {
    ["[[1, 2], 5]", "[[], 6]", "[[3], null]"].map(|page| Answer::new(200).body(page))
}

#[test]
fn pages_and_items_are_iterators() {
    let (client, script, _) = over(pages());
    let mut items = client.items(List(4));
    assert_eq!(script.count(), 0, "nothing is fetched before it is asked for");
    assert_eq!(items.next().unwrap().unwrap(), 1);
    // An iterator may be handed to another thread.
    let rest = thread::spawn(move || items.collect::<Result<Vec<_>, _>>());
    assert_eq!(rest.join().unwrap().unwrap(), [2, 3]);
    let asked = script
        .sent()
        .iter()
        .map(|sent| sent.path().to_owned())
        .collect::<Vec<_>>();
    assert_eq!(asked, ["/v1?page=4", "/v1?page=5", "/v1?page=6"]);

    let mut pages = over(pages()).0.pages(List(4));
    assert_eq!(pages.next().unwrap().unwrap(), (vec![1, 2], Some(5)));
    assert_eq!(pages.into_stream().unwrap().into_cursor(), Some(List(5)));
}

#[test]
fn an_error_ends_the_pages() {
    let [first, ..] = pages();
    let (client, ..) = over([first, Answer::new(404)]);
    let mut pages = client.pages(List(4));
    assert!(pages.next().unwrap().is_ok());
    assert_eq!(pages.next().unwrap().unwrap_err().status().unwrap().as_u16(), 404);
    assert!(pages.next().is_none());
    assert_eq!(pages.into_stream().unwrap().into_cursor(), Some(List(5)));
}

fn body() -> Answer {
    Answer::new(200)
        .header("content-length", "6")
        .piece("ab")
        .piece("cde")
        .piece("f")
}

#[test]
fn a_download_goes_to_any_writer() {
    let (client, script, _) = over([body()]);
    let (mut file, mut seen) = (Vec::new(), Vec::new());
    let call = client.call(&Read).with_timeout(seconds(7));
    let done = call
        .download(&mut file, |progress| seen.push((progress.received, progress.total)))
        .unwrap();
    assert_eq!((file.as_slice(), done.bytes), (&b"abcdef"[..], 6));
    assert_eq!(done.headers["content-length"], "6");
    assert_eq!(seen, [(2, Some(6)), (5, Some(6)), (6, Some(6))]);
    let options = script.sent()[0].options;
    assert_eq!((options.streaming, options.pace), (true, seconds(7)));
}

/// Takes so many bytes, and cannot be flushed.
struct Disk(Vec<u8>, usize);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > self.1 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(io::Error::other("cannot flush"))
    }
}

#[test]
fn a_download_that_ends_early_says_how_far_it_came() {
    for (room, reached) in [(4, 2), (6, 6)] {
        let mut disk = Disk(Vec::new(), room);
        let error = over([body()]).0.call(&Read).download(&mut disk, |_| {}).unwrap_err();
        assert!(
            matches!(error, Error::Write { written, attempts: 1, .. } if written == reached),
            "{error:?}"
        );
        assert_eq!(disk.0.len() as u64, reached);
    }
    let mut file = Vec::new();
    let long = Answer::new(200).piece("abc").piece("def");
    let (client, ..) = over([long]);
    let call = client.call(&Read).with_max_body(5);
    let error = call.download(&mut file, |_| {}).unwrap_err();
    assert!(
        matches!(&error, Error::Transport(e) if e.source.kind == TransportErrorKind::TooLarge),
        "{error}"
    );
    assert_eq!(file, b"abc");
}

#[test]
fn a_stream_is_an_iterator() {
    let (client, ..) = over([body()]);
    let mut pieces = client.call(&Read).stream().unwrap();
    assert_eq!(pieces.stream().unwrap().total(), Some(6));
    assert_eq!(pieces.next().unwrap().unwrap(), "ab");
    // What was begun here may go on in another way, and the other way round.
    let rest = blocking::iterate(pieces.into_stream().unwrap());
    assert_eq!(rest.collect::<Result<Vec<_>, _>>().unwrap(), ["cde", "f"]);
}

#[derive(Debug, Default)]
struct Renewals {
    count: AtomicUsize,
    /// Whether each waits for `gate`.
    held: bool,
    began: Notify,
    gate: Notify,
}

#[derive(Clone, Debug)]
struct Renewing(Arc<Renewals>);

impl Refresh for Renewing {
    fn refresh<'a>(&'a self, _: Option<&'a StoredToken>) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        Box::pin(async move {
            let number = self.0.count.fetch_add(1, Ordering::SeqCst);
            self.0.began.notify_one();
            if self.0.held {
                self.0.gate.notified().await;
            }
            tokio::task::yield_now().await;
            Ok(StoredToken::new(format!("token-{number}")).with_expiry(START + seconds(3_600)))
        })
    }
}

fn bearer(renewals: &Arc<Renewals>) -> (ApiClient<Sun>, Script) {
    let (script, clock) = (Script::new([Answer::ok()]), ManualClock::new(START));
    let store = MemoryTokenStore::default();
    let manager = TokenManager::new(store, Renewing(Arc::clone(renewals)), Arc::new(clock.clone()));
    let login = AnyLogin::new(Bearer::new(manager));
    (builder(&script, &clock, login).build().unwrap(), script)
}

#[test]
fn sixteen_threads_share_one_renewal_of_the_token() {
    let renewals = Arc::new(Renewals::default());
    let (client, script) = bearer(&renewals);
    let client = client.blocking();
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| client.send(&Read).unwrap());
        }
    });
    assert_eq!((script.count(), renewals.count.load(Ordering::SeqCst)), (16, 1));
    assert!(
        script
            .sent()
            .iter()
            .all(|sent| sent.header("authorization") == "Bearer token-0")
    );
}

/// Runs `test` on a thread of its own, so that one that hangs fails.
fn in_time(test: impl FnOnce() + Send + 'static) {
    let (done, ended) = mpsc::channel();
    let runs = thread::spawn(move || {
        test();
        done.send(()).unwrap();
    });
    let ended = ended.recv_timeout(SOON);
    assert_ne!(ended, Err(mpsc::RecvTimeoutError::Timeout), "it hangs");
    runs.join().unwrap();
}

#[test]
fn a_renewal_goes_on_while_the_runtime_that_asked_stands_still() {
    for gives_up in [false, true] {
        in_time(move || {
            let renewals = Arc::new(Renewals {
                held: true,
                ..Renewals::default()
            });
            let (client, script) = bearer(&renewals);
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let waiting = client.clone();
                let first = tokio::spawn(async move { waiting.send(&Read).await });
                renewals.began.notified().await;
                if gives_up {
                    first.abort();
                }
                renewals.gate.notify_one();
                client.blocking().send(&Read).unwrap();
                assert_eq!(first.await.is_err(), gives_up);
            });
            assert_eq!(renewals.count.load(Ordering::SeqCst), 1);
            assert_eq!(script.sent()[0].header("authorization"), "Bearer token-0");
        });
    }
}

/// A server that keeps connections open, on threads of its own; gives its address and counts connections.
fn server() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    thread::spawn(move || {
        for stream in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            thread::spawn(move || serve(stream.unwrap()));
        }
    });
    (url, connections)
}

fn serve(stream: TcpStream) -> io::Result<()> {
    let mut writer = stream.try_clone()?;
    for line in BufReader::new(stream).lines() {
        if line?.is_empty() {
            writer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n3")?;
        }
    }
    Ok(())
}

/// How long a call may take that should take no time.
const SOON: Duration = Duration::from_secs(10);

fn over_http(url: &str, transport: ReqwestTransport) -> ApiClient<Sun> {
    ApiClient::<Sun>::builder(AnyLogin::new(NoLogin))
        .base_url(url)
        .transport(transport)
        .timeout(SOON)
        .retry(RetryPolicy::none())
        .build()
        .unwrap()
}

#[tokio::test]
async fn connections_of_a_runtime_that_stands_still_are_not_used() {
    let (url, connections) = server();
    let client = over_http(&url, ReqwestTransport::new().unwrap());
    for _ in 0..2 {
        client.send(&Read).await.unwrap();
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1, "it is kept");
    for _ in 0..2 {
        assert_eq!(client.blocking().send(&Read).unwrap(), 3);
    }
    assert_eq!(
        connections.load(Ordering::SeqCst),
        2,
        "and so is that of blocking calls"
    );
    client.send(&Read).await.unwrap();
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

/// Tokens are renewed in the background, so to refuse one kind of call would break the other.
#[test]
fn a_transport_from_one_builder_serves_both_kinds_of_call() {
    let (url, _) = server();
    let transport = || ReqwestTransport::from_builder(reqwest::Client::builder().no_proxy()).unwrap();
    let awaited = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let client = over_http(&url, transport());
    assert_eq!(client.blocking().send(&Read).unwrap(), 3);
    assert_eq!(awaited.block_on(client.send(&Read)).unwrap(), 3);

    let client = over_http(&url, transport());
    assert_eq!(awaited.block_on(client.send(&Read)).unwrap(), 3);
    assert_eq!(client.blocking().send(&Read).unwrap(), 3);
}

#[test]
fn a_service_that_is_silent_is_a_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = over_http(&url, ReqwestTransport::new().unwrap()).blocking();
    let error = client.call(&Read).with_timeout(Duration::ZERO).send().unwrap_err();
    assert!(error.is_timeout(), "{error}");
}
