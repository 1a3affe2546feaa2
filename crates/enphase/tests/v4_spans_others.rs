//! Spans of revenue-grade meters, events and alarms, whose answers do not say how far they go.

use enphase::Spanned;
use enphase::v4::*;
use serde_json::{Value, json};

use crate::v4_service::site::*;
use crate::v4_service::*;

/// The site's revenue-grade meters: no end beyond the present, a week at most, and nothing about where the answer ends.
fn rgm(site: &Site) -> Service {
    let site = site.clone();
    Service::by(move |asked, number| {
        let (start, now) = (site.start(asked), site.now(number));
        let end = asked.number("end_at").unwrap_or((start + WEEK).min(now));
        if end > now || start > now {
            return refusal(422, "Requested date is in the future");
        }
        if end - start > WEEK {
            return refusal(422, "Requested date range in one API hit cannot be more than 7 days.");
        }
        let intervals: Vec<Value> = site
            .between(start, end)
            .into_iter()
            .map(|at| json!({"end_at": at, "devices_reporting": 1, "wh_del": 11}))
            .collect();
        let reported = now - now % QUARTER + 40;
        let meta = json!({"status": "normal", "last_report_at": reported, "last_energy_at": reported - 940});
        ok(json!({
            "system_id": SYSTEM, "total_devices": 1, "meta": meta, "intervals": intervals, "meter_intervals": [],
        }))
    })
}

async fn rgm_ends(service: &Service, start: i64, end: i64) -> Vec<i64> {
    let mut items = service.client().items(GetRgmStats::new(SYSTEM).over(span(start, end)));
    let mut found = Vec::new();
    while let Some(reading) = items.next().await {
        found.push(reading.unwrap().interval().end().unix_timestamp());
    }
    found
}

#[tokio::test]
async fn rgm_stats_of_any_span() {
    let mut site = Site::new(MONDAY, MONDAY + 7 * WEEK);
    // Two weeks offline.
    site.ends
        .retain(|at| !(MONDAY + 9 * DAY..MONDAY + 23 * DAY).contains(at));
    for (length, calls) in [(QUARTER, 1), (DAY, 1), (WEEK, 1), (WEEK + QUARTER, 2), (5 * WEEK, 5)] {
        let service = rgm(&site);
        let found = rgm_ends(&service, MONDAY, MONDAY + length).await;
        assert_eq!(found, site.within(span(MONDAY, MONDAY + length)));
        assert_eq!(service.count(), calls, "{length} s");
    }
}

#[tokio::test]
async fn rgm_stats_that_are_not_on_the_grid() {
    let mut site = Site::new(MONDAY - DAY, MONDAY + 7 * WEEK);
    site.rounds = true;
    for (start, end) in [(1, 1), (480, 7), (899, 0), (0, 899)] {
        let service = rgm(&site);
        let (start, end) = (MONDAY + start, MONDAY + 2 * WEEK + end);
        assert_eq!(
            rgm_ends(&service, start, end).await,
            site.within(span(start, end)),
            "{start} {end}"
        );
        assert!(service.count() <= 3);
    }
}

#[tokio::test]
async fn rgm_stats_up_to_the_present() {
    let mut site = Site::new(MONDAY, MONDAY + 9 * DAY);
    site.now = MONDAY + 9 * DAY + 100;
    for end in [10 * DAY, 2 * WEEK, 90 * WEEK] {
        let service = rgm(&site);
        let found = rgm_ends(&service, MONDAY, MONDAY + end).await;
        assert_eq!(found.len(), 9 * 96);
        assert_eq!(service.count(), 2);
    }
}

#[tokio::test]
async fn rgm_stats_of_a_younger_system() {
    for young in [2 * DAY, 9 * DAY, 30 * DAY] {
        let mut site = Site::new(MONDAY + young + HOUR, MONDAY + 9 * WEEK);
        site.first_day = MONDAY + young;
        let service = rgm(&site);
        let found = rgm_ends(&service, MONDAY, MONDAY + 8 * WEEK).await;
        assert_eq!(found, site.within(span(MONDAY, MONDAY + 8 * WEEK)));
        assert!(service.count() <= 8);
    }
}

/// When events began and ended.
const EVENTS: [(i64, Option<i64>); 9] = [
    (-2 * DAY, Some(-DAY)),
    (-HOUR, Some(10 * DAY)),
    (0, Some(60)),
    (3 * DAY, None),
    (WEEK - 1, Some(WEEK + 1)),
    (WEEK, Some(WEEK)),
    (8 * DAY, Some(30 * DAY)),
    (2 * WEEK + DAY, None),
    (3 * WEEK, None),
];

/// Whoever asks gets what was going on at any time of the question, its borders included: some of it twice.
fn happenings(asked: &Asked) -> Reply {
    let (start, end) = (asked.number("start_time").unwrap(), asked.number("end_time").unwrap());
    if end - start > WEEK {
        return refusal(422, "Invalid request because of 'Invalid date/time range'");
    }
    let going_on = EVENTS.into_iter().filter(|(began, ended)| {
        let (began, ended) = (MONDAY + began, ended.map_or(i64::MAX, |at| MONDAY + at));
        began <= end && ended >= start
    });
    let list: Vec<Value> = going_on
        .map(|(began, ended)| {
            let (began, ended) = (MONDAY + began, ended.map(|at| MONDAY + at));
            json!({
                "status": "Closed", "event_type_id": 31, "event_start_time": began, "event_end_time": ended,
                "serial_number": "202311220033", "id": format!("{began}"), "alarm_start_time": began,
                "alarm_end_time": ended, "cleared": ended.is_some(), "severity": 3, "events": [],
            })
        })
        .collect();
    ok(json!({"system_id": SYSTEM, "events": list, "alarms": list}))
}

#[tokio::test]
async fn events_of_a_span_come_once() {
    let service = Service::by(|asked, _| happenings(asked));
    let request = ListEvents::new(SYSTEM, at(0)).end_time(at(5));
    let mut items = service.client().items(request.over(span(MONDAY, MONDAY + 3 * WEEK)));
    let mut found = Vec::new();
    while let Some(event) = items.next().await {
        found.push(event.unwrap().event_start_time.unwrap().unix_timestamp() - MONDAY);
    }
    // What went on already when the span began is a part of it; what began when it ended is not.
    assert_eq!(found, [-HOUR, 0, 3 * DAY, WEEK - 1, WEEK, 8 * DAY, 2 * WEEK + DAY]);
    assert_eq!(service.count(), 3);
    let times = service.asked();
    let times: Vec<_> = times
        .iter()
        .map(|asked| asked.number("start_time").zip(asked.number("end_time")))
        .collect();
    assert_eq!(times[1], Some((MONDAY + WEEK, MONDAY + 2 * WEEK)));
}

#[tokio::test]
async fn alarms_of_a_span_come_once() {
    let service = Service::by(|asked, _| happenings(asked));
    let request = ListAlarms::new(SYSTEM, at(0)).cleared(true);
    let mut items = service
        .client()
        .items(request.over(span(MONDAY + DAY, MONDAY + 16 * DAY)));
    let mut found = Vec::new();
    while let Some(alarm) = items.next().await {
        found.push(alarm.unwrap().alarm_start_time.unwrap().unix_timestamp() - MONDAY);
    }
    assert_eq!(found, [-HOUR, 3 * DAY, WEEK - 1, WEEK, 8 * DAY, 2 * WEEK + DAY]);
    assert_eq!(service.count(), 3);
    assert!(
        service
            .asked()
            .iter()
            .all(|asked| asked.parameter("cleared").as_deref() == Some("true"))
    );
}

/// Nothing says by which of its times the service selects: an alarm may come late, and one may have no beginning.
#[tokio::test]
async fn no_alarm_is_lost_however_the_service_selects() {
    let told = [
        // Told by the second answer alone, though it began in the time of the first.
        (
            1,
            json!({"id": "late", "alarm_start_time": MONDAY + 3 * DAY, "events": []}),
        ),
        // Told by the first, though it begins in the time of the second.
        (
            0,
            json!({"id": "early", "alarm_start_time": MONDAY + 9 * DAY, "events": []}),
        ),
        (1, json!({"id": "without", "alarm_start_time": null, "events": []})),
        (
            2,
            json!({"id": "last", "alarm_start_time": MONDAY + 15 * DAY, "events": []}),
        ),
    ];
    let service = Service::by(move |_, number| {
        let list: Vec<&Value> = told
            .iter()
            .filter(|(at, _)| *at == number)
            .map(|(_, alarm)| alarm)
            .collect();
        ok(json!({"system_id": SYSTEM, "alarms": list}))
    });
    let request = ListAlarms::new(SYSTEM, at(0));
    let mut items = service.client().items(request.over(span(MONDAY, MONDAY + 3 * WEEK)));
    let mut found = Vec::new();
    while let Some(alarm) = items.next().await {
        found.push(alarm.unwrap().id.unwrap().to_string());
    }
    assert_eq!(found, ["early", "late", "without", "last"]);
    assert_eq!(service.count(), 3, "an early one moves no border");
}

/// A 422 about the length of the time leads to days; one about anything else does not.
#[tokio::test]
async fn only_what_is_too_long_is_asked_for_by_days() {
    let request = GetProductionMicroTelemetry::new(SYSTEM).over(span(MONDAY, MONDAY + WEEK));
    for (words, calls) in [
        ("Invalid request because of 'Invalid date/time range'", 2),
        ("Requested date range in one API hit cannot be more than 7 days.", 2),
        ("granularity is not supported", 2),
        ("Requested date is in the future", 1),
        ("Requested date range is invalid for this system", 1),
        ("System doesn't have micros", 1),
    ] {
        let service = Service::by(move |_, _| refusal(422, words));
        let error = service
            .client()
            .items(request.clone())
            .next()
            .await
            .unwrap()
            .unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(service.count(), calls, "{words}");
    }
}

#[tokio::test]
async fn rgm_stats_of_a_span_have_totals_and_channels() {
    let service = Service::by(|_, _| {
        let interval = |end: i64| json!({"end_at": MONDAY + end, "devices_reporting": 1, "wh_del": 30});
        let channel =
            |number: i64, end: i64| json!({"channel": number, "end_at": MONDAY + end, "wh_del": 30.5, "curr_w": 122});
        let meter = json!({
            "meter_serial_number": "202311220033EIM1", "envoy_serial_number": "202311220033",
            "intervals": [channel(1, 900), channel(1, 1800), channel(2, 900)],
        });
        let meta = json!({"status": "normal", "last_report_at": MONDAY + DAY, "last_energy_at": MONDAY + DAY});
        ok(json!({
            "system_id": SYSTEM, "total_devices": 1, "meta": meta, "intervals": [interval(900), interval(1800)],
            "meter_intervals": [meter],
        }))
    });
    let request = GetRgmStats::new(SYSTEM).over(span(MONDAY, MONDAY + DAY));
    let mut items = service.client().items(request);
    let mut found = Vec::new();
    while let Some(reading) = items.next().await {
        let reading = reading.unwrap();
        let end = reading.interval().end().unix_timestamp() - MONDAY;
        let channel = match reading {
            RgmReading::Channel(channel) => channel.reading.data.channel,
            _ => None,
        };
        found.push((end, channel));
    }
    assert_eq!(
        found,
        [
            (900, None),
            (900, Some(1)),
            (900, Some(2)),
            (1800, None),
            (1800, Some(1))
        ]
    );
}
