//! Lists of systems, page by page.

use enphase::v2::*;
use enphase::*;
use serde_json::{Value, json};

use crate::v2_support::*;

fn page(ids: std::ops::Range<u64>, next: Option<&str>) -> Reply {
    let systems: Vec<Value> = ids
        .map(|id| {
            let mut system = system();
            system["system_id"] = json!(id);
            system
        })
        .collect();
    Reply::json(json!({"systems": systems, "next": next}))
}

#[tokio::test]
async fn items_follow_the_cursor_and_keep_the_filters() {
    let last = Reply::json(json!({"systems": [system()]}));
    let server = Server::answering_all([page(0..3, Some("a/b")), page(3..5, Some("c")), last]).await;
    let mut items = server
        .client()
        .items(ListSystems::new().status(SystemStatus::Normal).limit(3));
    let mut ids = Vec::new();
    while let Some(system) = items.next().await {
        ids.push(system.unwrap().system_id.get());
    }
    assert_eq!(ids, [0, 1, 2, 3, 4, SYSTEM]);
    let sent = server.sent();
    assert_eq!(sent.len(), 3);
    sent[0].expect("/systems?limit=3&status=normal");
    sent[1].expect("/systems?next=a%2Fb&limit=3&status=normal");
    sent[2].expect("/systems?next=c&limit=3&status=normal");
}

#[tokio::test]
async fn a_large_fleet_costs_few_calls() {
    let server = Server::answering_all([page(0..1000, Some("1")), page(1000..1400, None)]).await;
    let mut items = server.client().items(ListSystems::new());
    let mut count = 0;
    while let Some(system) = items.next().await {
        system.unwrap();
        count += 1;
    }
    assert_eq!((count, server.sent().len()), (1400, 2));
}

#[tokio::test]
async fn an_empty_page_does_not_end_the_list_and_an_empty_cursor_does() {
    let server = Server::answering_all([page(0..0, Some("1")), page(0..1, Some(""))]).await;
    let mut items = server.client().items(ListSystems::new());
    assert_eq!(items.next().await.unwrap().unwrap().system_id.get(), 0);
    assert!(items.next().await.is_none());
    assert_eq!(server.sent().len(), 2);
}

#[tokio::test]
async fn a_cursor_that_leads_back_ends_in_an_error() {
    let server = Server::answering(page(0..1, Some("again"))).await;
    let mut pages = server.client().pages(ListSystems::new());
    assert!(pages.next().await.unwrap().is_ok());
    assert!(pages.next().await.unwrap().is_ok());
    let error = pages.next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Paging { pages: 2, .. }), "{error:?}");
    assert!(pages.next().await.is_none());
    assert_eq!(server.sent().len(), 2);
}

#[tokio::test]
async fn after_an_error_the_list_goes_on_from_its_cursor() {
    let down = Reply::json(json!({"errorCode": 7, "errorMessages": ["Data temporarily unavailable."]})).status(500);
    let server = Server::answering_all([page(0..1, Some("7")), down, page(1..2, None)]).await;
    let client = server.client();
    let mut pages = client.pages(ListSystems::new());
    assert!(pages.next().await.unwrap().is_ok());
    assert!(pages.next().await.unwrap().unwrap_err().is_retryable());
    let mut rest = client.pages(pages.into_cursor().unwrap());
    assert_eq!(rest.next().await.unwrap().unwrap().systems[0].system_id.get(), 1);
    server.sent()[2].expect("/systems?next=7&limit=1000");
}
