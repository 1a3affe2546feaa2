//! Answers in pages: no page too many, none twice, and a place to go on from.

use energy_core::Error;
use enphase::v4::*;
use serde_json::{Value, json};

use crate::v4_service::*;

/// A page of `total` systems, as it was asked for.
fn systems(asked: &Asked, total: u64) -> Reply {
    let page = asked.number("page").unwrap_or(1).unsigned_abs();
    let size = asked.number("size").unwrap_or(10).unsigned_abs();
    let first = (page - 1) * size;
    let ids = first.min(total)..(first + size).min(total);
    let count = ids.end - ids.start;
    let systems: Vec<Value> = ids.map(system).collect();
    ok(json!({
        "total": total, "current_page": page, "size": size, "count": count, "items": "systems", "systems": systems,
    }))
}

fn pages(service: &Service) -> Vec<Option<i64>> {
    service.asked().iter().map(|asked| asked.number("page")).collect()
}

/// All items, and how many calls they took.
async fn all<E>(service: &Service, request: E) -> (Vec<E::Item>, usize)
where
    E: energy_core::Paginated<Api = Enphase>,
{
    let mut items = service.client().items(request);
    let mut found = Vec::new();
    while let Some(item) = items.next().await {
        found.push(item.unwrap());
    }
    (found, service.count())
}

#[tokio::test]
async fn a_fleet_of_2500_takes_25_calls() {
    let service = Service::by(|asked, _| systems(asked, 2_500));
    let mut items = service.client().items(ListSystems::new());
    let first = items.next().await.unwrap().unwrap();
    assert_eq!(
        (first.system_id.get(), service.count()),
        (0, 1),
        "one page is fetched for one item"
    );
    for id in 1..100 {
        assert_eq!(items.next().await.unwrap().unwrap().system_id.get(), id);
    }
    assert_eq!(service.count(), 1);
    for id in 100..2_500 {
        assert_eq!(items.next().await.unwrap().unwrap().system_id.get(), id);
    }
    assert!(items.next().await.is_none());
    assert_eq!(service.count(), 25, "the total says that there is no 26th page");
    assert_eq!(pages(&service)[..3], [None, Some(2), Some(3)]);
    assert!(service.asked().iter().all(|asked| asked.number("size") == Some(100)));
}

#[tokio::test]
async fn a_small_fleet_takes_one_call() {
    for total in [0, 1, 99, 100] {
        let service = Service::by(move |asked, _| systems(asked, total));
        let (found, calls) = all(&service, ListSystems::new()).await;
        assert_eq!((found.len() as u64, calls), (total, 1));
    }
    let service = Service::by(|asked, _| systems(asked, 101));
    let (found, calls) = all(&service, ListSystems::new()).await;
    assert_eq!((found.len(), calls), (101, 2));
}

/// The service's own size counts, where it gives less than was asked for.
#[tokio::test]
async fn a_service_with_smaller_pages() {
    let service = Service::by(|asked, _| {
        let page = asked.number("page").unwrap_or(1).unsigned_abs();
        let ids = (page - 1) * 25..page * 25;
        let systems: Vec<Value> = ids.map(system).collect();
        ok(json!({"total": 75, "current_page": page, "size": 25, "count": 25, "items": "systems", "systems": systems}))
    });
    let (found, calls) = all(&service, ListSystems::new()).await;
    assert_eq!((found.len(), calls), (75, 3));
}

/// A system that was removed meanwhile: the total promises more than there is.
#[tokio::test]
async fn an_empty_page_is_the_end() {
    let service = Service::in_order([
        ok(json!({"total": 300, "size": 100, "systems": [system(1)]})),
        ok(json!({"total": 300, "size": 100, "systems": []})),
    ]);
    let (found, calls) = all(&service, ListSystems::new()).await;
    assert_eq!((found.len(), calls), (1, 2));
}

#[tokio::test]
async fn without_a_total_a_page_that_is_not_full_is_the_end() {
    let service = Service::by(|asked, _| {
        let number = if asked.number("page").is_none() { 100 } else { 7 };
        ok(json!({"systems": (0..number).map(system).collect::<Vec<_>>()}))
    });
    let (found, calls) = all(&service, ListSystems::new()).await;
    assert_eq!((found.len(), calls), (107, 2));
}

/// A service that gives the first page whatever it is asked for would be read for ever, and every system again and again.
#[tokio::test]
async fn a_page_that_repeats() {
    for request in ["systems", "search"] {
        let same: Vec<Value> = (0..100).map(system).collect();
        let body = json!({"total": 2_500, "current_page": 1, "size": 100, "count": 100, "systems": same});
        let service = Service::in_order([ok(body)]);
        let client = service.client();
        let search = SearchSystems::new(SystemSearch::new(SystemFilter::new()));
        let (found, error) = match request {
            "systems" => until_it_fails(client.items(ListSystems::new())).await,
            _ => until_it_fails(client.items(search)).await,
        };
        assert!(matches!(error, Error::Paging { pages: 2, .. }), "{error:?}");
        assert!(!error.is_retryable());
        assert_eq!((found, service.count()), (200, 2));
    }
    let body = json!({"system_id": SYSTEM, "total_devices": 40, "page": 1, "page_size": 1,
        "devices": [{"serial_number": "121766000001", "intervals": []}]});
    let service = Service::in_order([ok(body)]);
    let (found, error) = until_it_fails(service.client().items(ListMicrosTelemetry::new(SYSTEM).size(1))).await;
    assert!(matches!(error, Error::Paging { pages: 2, .. }), "{error:?}");
    assert_eq!((found, service.count()), (2, 2));
}

/// How many items came before the error, after which nothing comes.
async fn until_it_fails<E: energy_core::Paginated>(mut items: energy_core::Items<E>) -> (usize, Error) {
    let mut found = 0;
    loop {
        match items.next().await.unwrap() {
            Ok(_) => found += 1,
            Err(error) => {
                assert!(items.next().await.is_none());
                return (found, error);
            }
        }
    }
}

/// One that does not even say which page it gives comes to an end all the same.
#[tokio::test]
async fn a_page_that_repeats_without_its_number() {
    let same: Vec<Value> = (0..100).map(system).collect();
    let service = Service::in_order([ok(json!({"total": 250, "size": 100, "systems": same}))]);
    let (found, calls) = all(&service, ListSystems::new()).await;
    assert_eq!((found.len(), calls), (300, 3));
}

#[tokio::test]
async fn a_search_has_a_thousand_on_a_page() {
    let service = Service::by(|asked, _| systems(asked, 2_500));
    let search = SystemSearch::new(SystemFilter::new().statuses([SearchableStatus::Normal]));
    let (found, calls) = all(&service, SearchSystems::new(search)).await;
    assert_eq!((found.len(), calls), (2_500, 3));
    for (number, asked) in service.asked().iter().enumerate() {
        assert_eq!(
            (asked.method.as_str(), asked.url.path()),
            ("POST", "/api/v4/systems/search")
        );
        assert_eq!(
            asked.json()["system"]["statuses"],
            json!(["normal"]),
            "each page repeats what is searched for"
        );
        assert_eq!(asked.number("size"), Some(1_000));
        assert_eq!(asked.number("page"), (number > 0).then_some(number as i64 + 1));
    }
}

/// The answer says nothing of pages, and a group may begin on one and go on on the next.
#[tokio::test]
async fn inverters_come_without_a_total() {
    for (total, calls) in [(0_usize, 1), (24, 1), (50, 2), (53, 2), (120, 3)] {
        let service = Service::by(move |asked, _| {
            let page = asked.number("page").unwrap_or(1).unsigned_abs() as usize;
            let first = (page - 1) * 50;
            let on_page = first.min(total)..(first + 50).min(total);
            let groups: Vec<Vec<usize>> = on_page.collect::<Vec<_>>().chunks(30).map(<[usize]>::to_vec).collect();
            let groups: Vec<Value> = groups.iter().map(|ids| inverters(ids)).collect();
            ok(json!(groups))
        });
        let request = GetInvertersSummary::new().site_id(SYSTEM).size(50);
        let (groups, called) = all(&service, request).await;
        let ids: Vec<String> = groups
            .iter()
            .flat_map(|group| &group.micro_inverters)
            .map(|inverter| inverter.id.as_ref().unwrap().to_string())
            .collect();
        assert_eq!(ids, (0..total).map(|id| id.to_string()).collect::<Vec<_>>());
        assert_eq!(called, calls, "{total} inverters");
    }
}

fn inverters(ids: &[usize]) -> Value {
    let inverters: Vec<Value> = ids.iter().map(|id| json!({"id": id, "status": "normal"})).collect();
    json!({"signal_strength": 4, "micro_inverters": inverters})
}

#[tokio::test]
async fn telemetry_of_all_micros() {
    let service = Service::by(|asked, _| {
        let page = asked.number("page").unwrap_or(1).unsigned_abs();
        let first = (page - 1) * 20;
        let devices: Vec<Value> = (first..(first + 20).min(47))
            .map(|number| json!({"serial_number": format!("1217660{number:05}"), "intervals": []}))
            .collect();
        ok(json!({"system_id": SYSTEM, "total_devices": 47, "page": page, "page_size": 20, "devices": devices}))
    });
    let (devices, calls) = all(&service, ListMicrosTelemetry::new(SYSTEM).size(20)).await;
    assert_eq!((devices.len(), calls), (47, 3));
    assert_eq!(devices[46].serial_number.as_str(), "121766000046");
}

#[tokio::test]
async fn chargers_are_read_by_offset() {
    let service = Service::by(|asked, _| {
        let list: Vec<i64> = (0..130).collect();
        let offset = asked.number("offset").unwrap_or(0).unsigned_abs() as usize;
        let limit = asked.number("limit").unwrap_or(10).unsigned_abs() as usize;
        let page: Vec<i64> = list.into_iter().skip(offset).take(limit).collect();
        let sessions: Vec<Value> = page
            .iter()
            .map(|number| json!({"start_time": 1_780_000_000 + number}))
            .collect();
        let events: Vec<Value> = page
            .iter()
            .map(|number| json!({"triggered_date": 1_780_000_000 + number}))
            .collect();
        // Whether it is the count of the page or of all is not documented.
        ok(json!({"system_id": SYSTEM, "count": page.len(), "sessions": sessions, "events": events}))
    });
    let (sessions, calls) = all(&service, ListChargingSessions::new(SYSTEM, "202311220033").limit(50)).await;
    assert_eq!((sessions.len(), calls), (130, 3));
    let starts: Vec<i64> = sessions
        .iter()
        .map(|session| session.start_time.unwrap().unix_timestamp())
        .collect();
    assert_eq!(starts, (1_780_000_000..1_780_000_130).collect::<Vec<_>>());
    let (events, calls) = all(&service, ListChargerEvents::new(SYSTEM).limit(65)).await;
    assert_eq!(
        (events.len(), calls),
        (130, 3 + 3),
        "a full page may be the last; the one after it is empty"
    );
    let offsets: Vec<_> = service.asked().iter().map(|asked| asked.number("offset")).collect();
    assert_eq!(offsets[1..3], [Some(50), Some(100)]);
    assert_eq!(offsets[4..], [Some(65), Some(130)]);
}

/// A program with a small quota stops, and goes on another day.
#[tokio::test]
async fn a_program_goes_on_later() {
    let service = Service::by(|asked, _| systems(asked, 250));
    let mut pages = service.client().pages(ListSystems::new());
    assert_eq!(pages.next().await.unwrap().unwrap().systems.len(), 100);
    let cursor = pages.into_cursor().unwrap();
    let mut found = Vec::new();
    let mut later = service.client().items(cursor);
    while let Some(system) = later.next().await {
        found.push(system.unwrap().system_id.get());
    }
    assert_eq!(found, (100..250).collect::<Vec<_>>());
    assert_eq!(service.count(), 3);
}

#[tokio::test]
async fn a_page_that_failed_is_asked_for_again() {
    let service = Service::by(|asked, number| match number {
        1 => refusal(403, "Not authorized to access this resource"),
        _ => systems(asked, 150),
    });
    let mut pages = service.client().pages(ListSystems::new());
    pages.next().await.unwrap().unwrap();
    assert!(pages.next().await.unwrap().unwrap_err().is_forbidden());
    assert!(pages.next().await.is_none());
    let cursor = pages.into_cursor().unwrap();
    let page = service.client().send(&cursor).await.unwrap();
    assert_eq!((page.systems.len(), page.current_page), (50, Some(2)));
}
