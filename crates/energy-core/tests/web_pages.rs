//! A web page in the place of an answer: a gateway or the login page of a network has spoken, and not the service.

use energy_core::auth::NoLogin;
use energy_core::clock::ManualClock;
use energy_core::{
    ApiClient, BuildError, CredentialUse, DecodeError, Endpoint, Error, HttpResponse, Operation, RequestParts, decode,
};
use http::Method;

use crate::support::{Answer, AnyLogin, START, Script, Sun, builder};

const PAGE: &str = "\n<!doctype html><title>Welcome to the harbour's network</title>";

/// Makes a request whose answer is read in this way.
macro_rules! read_as {
    ($($name:ident = $output:ty, $read:path, $formats:expr;)+) => { $(
        #[derive(Debug)]
        struct $name;

        impl Endpoint for $name {
            type Api = Sun;
            type Output = $output;
            const OPERATION: &'static Operation = &Operation::new("removeThing", Method::DELETE, "/thing")
                .with_credentials(CredentialUse::None)
                .with_formats($formats);

            fn parts(&self) -> Result<RequestParts, BuildError> {
                let mut parts = RequestParts::new();
                parts.literal("thing");
                Ok(parts)
            }

            fn decode(&self, response: &HttpResponse) -> Result<$output, DecodeError> {
                $read(Self::OPERATION, response)
            }
        }
    )+ };
}

read_as! {
    Nothing = (), decode::empty, &[];
    Text = String, decode::text, &["text/plain"];
    Page = String, decode::text, &["text/html"];
    File = bytes::Bytes, decode::bytes, &["application/pdf"];
}

fn client(answer: Answer) -> (ApiClient<Sun>, Script) {
    let script = Script::new([answer]);
    let login = AnyLogin::new(NoLogin);
    let client = builder(&script, &ManualClock::new(START), login).build().unwrap();
    (client, script)
}

fn page() -> Answer {
    Answer::new(200)
        .header("content-type", "Text/HTML; charset=utf-8")
        .body(PAGE)
}

/// It is a page that was not expected, and what was asked for is not asked for again.
fn assert_refused<T: std::fmt::Debug>(result: Result<T, Error>, script: &Script) {
    let error = result.unwrap_err();
    assert!(error.to_string().contains("a web page came"), "{error}");
    assert!(error.may_have_been_sent() && !error.is_retryable(), "{error:?}");
    assert_eq!((error.attempts(), script.count()), (1, 1));
    let Error::Decode(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!(error.body.bytes(), PAGE.as_bytes(), "the page is at hand");
}

#[tokio::test]
async fn is_no_proof_that_something_was_done() {
    let (client, script) = client(page());
    assert_refused(client.send(&Nothing).await, &script);
}

#[tokio::test]
async fn is_neither_a_text_nor_a_file() {
    let (to_text, script) = client(page());
    assert_refused(to_text.send(&Text).await, &script);
    let (to_file, script) = client(page());
    assert_refused(to_file.send(&File).await, &script);
}

#[tokio::test]
async fn is_not_written_to_a_file_and_not_streamed() {
    let (downloading, script) = client(page());
    let mut file = Vec::new();
    let result = downloading.call(&File).download(&mut file, |_| ()).await;
    assert_refused(result, &script);
    assert!(file.is_empty(), "{file:?}");
    let (streaming, script) = client(page());
    assert_refused(streaming.call(&File).stream().await, &script);
}

#[tokio::test]
async fn what_is_packed_is_no_text_and_no_file_either() {
    let packed = || Answer::new(200).header("content-encoding", "gzip").body("\u{1f}?8");
    let words = "packed (gzip), which was not asked for";
    let (to_text, script) = client(packed());
    let error = to_text.send(&Text).await.unwrap_err();
    assert!(error.to_string().contains(words), "{error}");
    assert_eq!(script.sent()[0].header("accept-encoding"), "identity");
    let (downloading, _) = client(packed());
    let mut file = Vec::new();
    let error = downloading.call(&File).download(&mut file, |_| ()).await.unwrap_err();
    assert!(error.to_string().contains(words) && file.is_empty(), "{error}");
    let (to_json, _) = client(packed());
    let error = to_json.send(&crate::support::Read).await.unwrap_err();
    assert!(error.to_string().contains(words), "{error}");
    for well in [
        Answer::new(200).header("content-encoding", "Identity").body("a"),
        Answer::new(200).body("a"),
    ] {
        let (client, _) = client(well);
        assert_eq!(client.send(&Text).await.unwrap(), "a");
    }
}

#[tokio::test]
async fn is_what_was_asked_for_where_one_is_described() {
    let (client, _) = client(page());
    assert_eq!(client.send(&Page).await.unwrap(), PAGE);
}

#[tokio::test]
async fn is_more_than_a_header() {
    for answer in [
        Answer::new(200).header("content-type", "text/html"),
        Answer::new(200).header("content-type", "text/html").body("removed"),
        Answer::new(200).header("content-type", "text/plain").body("<removed>"),
        Answer::new(204),
    ] {
        let (client, _) = client(answer.clone());
        client.send(&Nothing).await.unwrap();
    }
}
