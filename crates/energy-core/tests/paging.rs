//! Answers in pages.
#![cfg(feature = "test-util")]

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use energy_core::auth::NoLogin;
use energy_core::transport::TransportErrorKind;
use energy_core::{
    ApiClient, BuildError, Call, CredentialUse, DecodeError, Endpoint, Error, HttpResponse, Items, Operation, Pages,
    Paginated, RequestParts, RetryPolicy, decode,
};
use futures_core::Stream;
use http::Method;

use crate::support::{self, Answer, AnyLogin, START, Script, Sun, builder, client};

/// A page that names the next one.
#[derive(Clone, Debug, PartialEq)]
struct List {
    cursor: String,
    in_body: bool,
}

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Page {
    items: Vec<u32>,
    next: Option<String>,
}

impl Endpoint for List {
    type Api = Sun;
    type Output = Page;
    const OPERATION: &'static Operation =
        &Operation::new("list", Method::GET, "/list").with_credentials(CredentialUse::Optional);

    fn parts(&self) -> Result<RequestParts, BuildError> {
        let mut parts = RequestParts::new();
        parts.literal("list");
        if self.in_body {
            parts.json(&serde_json::json!({"cursor": self.cursor}))?;
        } else {
            parts.query("cursor", &self.cursor);
        }
        if self.cursor == "unsendable" {
            return Err(BuildError::new("cursor", "cannot be sent"));
        }
        Ok(parts)
    }

    fn decode(&self, response: &HttpResponse) -> Result<Page, DecodeError> {
        decode::json(Self::OPERATION, response)
    }
}

impl Paginated for List {
    type Item = u32;

    fn next(&self, page: &Page) -> Option<Self> {
        page.next.clone().map(|cursor| Self {
            cursor,
            in_body: self.in_body,
        })
    }

    fn items(page: Page) -> Vec<u32> {
        page.items
    }
}

fn list(cursor: &str) -> List {
    List {
        cursor: cursor.to_owned(),
        in_body: false,
    }
}

fn page(items: &[u32], next: Option<&str>) -> Answer {
    Answer::new(200).body(serde_json::json!({"items": items, "next": next}).to_string())
}

fn asked(script: &Script) -> Vec<String> {
    script.sent().iter().map(|sent| sent.path().to_owned()).collect()
}

#[tokio::test]
async fn an_empty_page_in_the_middle_does_not_end_them() {
    let script = Script::new([page(&[1, 2], Some("b")), page(&[], Some("c")), page(&[3], None)]);
    let (client, _) = client(&script);
    let mut pages = client.pages(list("a"));
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.unwrap().items.len());
    }
    assert_eq!(sizes, [2, 0, 1]);
    assert_eq!(
        asked(&script),
        ["/v1/list?cursor=a", "/v1/list?cursor=b", "/v1/list?cursor=c"]
    );
    assert!(pages.next().await.is_none(), "the end stays the end");
    assert_eq!(script.count(), 3);
}

#[tokio::test]
async fn items_come_one_after_the_other() {
    let script = Script::new([page(&[1, 2], Some("b")), page(&[], Some("c")), page(&[3], None)]);
    let mut items = client(&script).0.items(list("a"));
    let mut all = Vec::new();
    assert_eq!(script.count(), 0, "nothing is fetched before it is asked for");
    all.push(items.next().await.unwrap().unwrap());
    all.push(items.next().await.unwrap().unwrap());
    assert_eq!(script.count(), 1, "nor ahead of it");
    while let Some(item) = items.next().await {
        all.push(item.unwrap());
    }
    assert_eq!(all, [1, 2, 3]);
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn an_error_ends_them() {
    let script = Script::new([page(&[1], Some("b")), Answer::new(404), page(&[2], None)]);
    let (client, _) = client(&script);
    let mut pages = client.pages(list("a"));
    pages.next().await.unwrap().unwrap();
    assert!(pages.next().await.unwrap().unwrap_err().is_not_found());
    assert!(pages.next().await.is_none());
    assert_eq!(script.count(), 2);

    let script = Script::new([page(&[1], Some("b")), Answer::new(200).body("{")]);
    let mut items = support::client(&script).0.items(list("a"));
    assert_eq!(items.next().await.unwrap().unwrap(), 1);
    assert!(matches!(items.next().await.unwrap().unwrap_err(), Error::Decode(_)));
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn one_can_go_on_from_where_it_failed() {
    let script = Script::new([
        page(&[1], Some("b")),
        Answer::Fail(TransportErrorKind::Unsendable),
        page(&[2], None),
    ]);
    let (client, _) = client(&script);
    let mut pages = client.pages(list("a"));
    pages.next().await.unwrap().unwrap();
    pages.next().await.unwrap().unwrap_err();
    let cursor = pages.into_cursor().unwrap();
    assert_eq!(cursor, list("b"));
    let mut pages = client.pages(cursor);
    assert_eq!(pages.next().await.unwrap().unwrap().items, [2]);
    assert!(pages.next().await.is_none());
    assert_eq!(pages.into_cursor(), None, "there is nothing after the end");
}

#[tokio::test]
async fn one_can_go_on_later() {
    let script = Script::new([page(&[1], Some("b"))]);
    let (client, _) = client(&script);
    let mut pages = client.pages(list("a"));
    assert_eq!(client.pages(list("a")).into_cursor(), Some(list("a")));
    pages.next().await.unwrap().unwrap();
    assert_eq!(pages.into_cursor(), Some(list("b")));
}

#[tokio::test]
async fn a_page_that_leads_to_itself_is_an_error() {
    let script = Script::new([page(&[1], Some("a"))]);
    let mut pages = client(&script).0.pages(list("a"));
    pages.next().await.unwrap().unwrap();
    let error = pages.next().await.unwrap().unwrap_err();
    assert!(
        matches!(
            error,
            Error::Paging {
                operation: "list",
                pages: 1
            }
        ),
        "{error}"
    );
    assert_eq!(script.count(), 1);
    assert!(pages.next().await.is_none());
    assert!(!error.is_retryable());
    assert_eq!(pages.into_cursor(), None);
}

#[tokio::test]
async fn a_circle_of_pages_is_an_error() {
    let script = Script::new([page(&[1], Some("b")), page(&[2], Some("a"))]);
    let mut items = client(&script).0.items(list("a"));
    assert_eq!(items.next().await.unwrap().unwrap(), 1);
    assert_eq!(items.next().await.unwrap().unwrap(), 2);
    let error = items.next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Paging { pages: 2, .. }), "{error}");
    assert!(items.next().await.is_none());
    assert_eq!(script.count(), 2);
}

#[tokio::test]
async fn a_cursor_may_stand_in_the_body() {
    let script = Script::new([page(&[1], Some("b")), page(&[2], Some("b"))]);
    let first = List {
        in_body: true,
        ..list("a")
    };
    let mut pages = client(&script).0.pages(first);
    pages.next().await.unwrap().unwrap();
    assert_eq!(pages.next().await.unwrap().unwrap().items, [2]);
    let error = pages.next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Paging { pages: 2, .. }), "{error}");
}

#[tokio::test]
async fn a_page_that_cannot_be_asked_for_is_told_as_such() {
    let script = Script::new([page(&[1], Some("unsendable"))]);
    let mut pages = client(&script).0.pages(list("a"));
    pages.next().await.unwrap().unwrap();
    let error = pages.next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Build { .. }), "{error}");
    assert_eq!(script.count(), 1);
}

#[tokio::test]
async fn a_page_is_sent_again_like_any_call() {
    let script = Script::new([page(&[1], Some("b")), Answer::new(502), page(&[2], None)]);
    let (client, clock) = client(&script);
    let mut items = client.items(list("a"));
    assert_eq!(items.next().await.unwrap().unwrap(), 1);
    assert_eq!(items.next().await.unwrap().unwrap(), 2);
    assert_eq!(clock.slept().len(), 1);

    let once = energy_core::clock::ManualClock::new(START);
    let script = Script::new([Answer::new(502)]);
    let client = builder(&script, &once, AnyLogin::new(NoLogin))
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    client.pages(list("a")).next().await.unwrap().unwrap_err();
    assert_eq!(script.count(), 1);
}

#[tokio::test]
async fn a_page_whose_waiting_was_given_up_is_not_asked_for_twice() {
    let script = Script::new([page(&[1], Some("b")), page(&[2], None)]);
    let mut pages = client(&script).0.pages(list("a"));
    let mut context = Context::from_waker(Waker::noop());
    assert!(matches!(Pin::new(&mut pages).poll_next(&mut context), Poll::Pending));
    assert_eq!(script.count(), 1);
    // What began to come is the next page.
    assert_eq!(pages.next().await.unwrap().unwrap().items, [1]);
    assert_eq!(script.count(), 1);
    assert!(matches!(Pin::new(&mut pages).poll_next(&mut context), Poll::Pending));
    assert_eq!(pages.into_cursor(), None, "while a page is fetched there is none");
}

#[tokio::test]
async fn they_outlive_the_client_and_move_to_other_threads() {
    let script = Script::new([page(&[1, 2], None)]);
    let items = {
        let (client, _) = client(&script);
        client.items(list("a"))
    };
    let task = tokio::spawn(async move {
        let mut items = items;
        let mut sum = 0;
        while let Some(item) = items.next().await {
            sum += item.unwrap();
        }
        sum
    });
    assert_eq!(task.await.unwrap(), 3);
}

#[test]
fn everything_moves_between_threads() {
    fn is_static<T: Send + 'static>() {}
    fn is_shared<T: Send + Sync + 'static>() {}
    fn is_send<T: Send>(_: T) {}
    is_shared::<ApiClient<Sun>>();
    is_static::<Pages<List>>();
    is_static::<Items<List>>();
    is_static::<Error>();
    is_shared::<Error>();
    is_shared::<Call<'static, List>>();
    let script = Script::new([page(&[], None)]);
    let (client, _) = client(&script);
    let request = list("a");
    is_send(client.send(&request));
    is_send(client.call(&request).send_full());
    is_send(client.call(&request).send_raw());
    let mut sink = Vec::new();
    is_send(client.call(&request).download(&mut sink, |_| {}));
}

#[test]
fn they_show_their_operation_and_no_more() {
    let (client, _) = client(&Script::new([page(&[], None)]));
    assert_eq!(
        format!("{:?}", client.items(list("CANARY"))),
        "Items { pages: Pages { operation: \"list\", read: 0, .. }, .. }"
    );
}
