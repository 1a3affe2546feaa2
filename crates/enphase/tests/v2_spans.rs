//! Spans of any length: `client.items(request.over(span))`.

use energy_core::model::Interval;
use enphase::v2::*;
use enphase::{Error, Spanned};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

use crate::v2_support::*;

const DAY: i64 = 86_400;
/// The ends of the first and of the last interval that the system has: a night is between them and NOW.
const FIRST: OffsetDateTime = datetime!(2021-10-01 06:05 UTC);
const LAST: OffsetDateTime = datetime!(2021-11-08 01:00 UTC);

fn span(start: OffsetDateTime, end: OffsetDateTime) -> Interval {
    Interval::new(start, end).unwrap()
}

/// A system that has an interval of each `step` from FIRST to LAST, and answers as documented: rounded down, at most
/// `longest`, and not for times after its last interval.
fn answer(sent: &Sent, step: i64, longest: i64, last_report_at: OffsetDateTime) -> Reply {
    let floor = |at: i64| at - at % step;
    let start = floor(sent.number("start_at").unwrap());
    let end = floor(sent.number("end_at").unwrap()).min(start + longest);
    let (first, last) = (FIRST.unix_timestamp(), LAST.unix_timestamp());
    if start >= last {
        let body = json!({"reason": "422", "message": "Requested date range is invalid for this system",
            "start_at": start, "end_at": end, "first_interval": first, "last_interval": last});
        return Reply::json(body).status(422);
    }
    let labels = (first..=last).filter(|label| (label - first) % step == 0 && *label > start && *label <= end);
    let mut meta = meta();
    meta["last_energy_at"] = json!(last);
    meta["last_report_at"] = json!(last_report_at.unix_timestamp());
    let interval = |label: i64| json!({"end_at": label, "powr": label % 1000, "enwh": label % 100, "wh_del": 7, "devices_reporting": 1});
    let intervals: Vec<Value> = labels.clone().map(interval).collect();
    let channel: Vec<Value> = labels
        .map(|label| json!({"channel": 1, "end_at": label, "wh_del": 7.5, "curr_w": 30}))
        .collect();
    let meters = json!([{"meter_serial_number": "1EIM1", "envoy_serial_number": "1", "intervals": channel}]);
    Reply::json(json!({
        "system_id": SYSTEM, "total_devices": 1, "meta": meta, "intervals": intervals, "meter_intervals": meters,
    }))
}

async fn five_minutes() -> Server {
    Server::by(|sent, _| answer(sent, 300, DAY, NOW)).await
}

/// The labels that a span must give.
fn expected(step: usize, span: Interval) -> Vec<i64> {
    let labels = (FIRST.unix_timestamp()..=LAST.unix_timestamp()).step_by(step);
    let inside = |label: &i64| *label > span.start().unix_timestamp() && *label <= span.end().unix_timestamp();
    labels.filter(inside).collect()
}

#[tokio::test]
async fn a_long_span_of_stats_is_asked_for_by_days_without_gap_or_double() {
    for (start, end, calls) in [
        (datetime!(2021-10-20 00:00 UTC), datetime!(2021-10-23 00:00 UTC), 3),
        (datetime!(2021-10-20 00:00 UTC), datetime!(2021-10-20 12:00 UTC), 1),
        (datetime!(2021-10-20 11:30 UTC), datetime!(2021-10-24 02:15 UTC), 4),
        // Off the grid.
        (
            datetime!(2021-10-20 11:32:10 UTC),
            datetime!(2021-10-23 02:16:40 UTC),
            3,
        ),
        // A local day of 25 hours.
        (
            datetime!(2021-11-07 00:00 -04:00),
            datetime!(2021-11-08 00:00 -05:00),
            1,
        ),
    ] {
        let server = five_minutes().await;
        let span = span(start, end);
        let mut items = server.client().items(GetStats::new(SYSTEM).over(span));
        let mut labels = Vec::new();
        while let Some(reading) = items.next().await {
            labels.push(reading.unwrap().interval.end().unix_timestamp());
        }
        assert_eq!(labels, expected(300, span), "{span}");
        assert_eq!(server.sent().len(), calls, "{span}");
    }
}

#[tokio::test]
async fn a_span_into_the_future_ends_with_what_there_is() {
    let server = five_minutes().await;
    let span = span(datetime!(2021-11-05 00:00 UTC), datetime!(2021-12-24 00:00 UTC));
    let mut items = server.client().items(GetStats::new(SYSTEM).over(span));
    let mut labels = Vec::new();
    while let Some(reading) = items.next().await {
        labels.push(reading.unwrap().interval.end().unix_timestamp());
    }
    assert_eq!(labels, expected(300, span));
    assert_eq!(labels.last(), Some(&LAST.unix_timestamp()));
    assert_eq!(server.sent().len(), 4, "days after the last interval cost nothing");
}

/// A system may be younger than the question: the refusal of its first day says when to begin.
#[tokio::test]
async fn a_span_from_before_the_first_interval_goes_on_there() {
    let server = Server::by(|sent, _| {
        if sent.number("end_at").unwrap() < FIRST.unix_timestamp() {
            let body = json!({"reason": "422", "message": "Requested date range is invalid for this system",
                "first_interval": FIRST.unix_timestamp(), "last_interval": LAST.unix_timestamp()});
            return Reply::json(body).status(422);
        }
        answer(sent, 300, DAY, NOW)
    })
    .await;
    let span = span(datetime!(2021-07-01 00:00 UTC), datetime!(2021-10-03 06:00 UTC));
    let mut items = server.client().items(GetStats::new(SYSTEM).over(span));
    let mut labels = Vec::new();
    while let Some(reading) = items.next().await {
        labels.push(reading.unwrap().interval.end().unix_timestamp());
    }
    assert_eq!(labels, expected(300, span));
    assert_eq!(labels.first(), Some(&FIRST.unix_timestamp()));
    assert_eq!(server.sent().len(), 3, "one refusal and two days");
}

/// A refusal that says the same again ends in the error.
#[tokio::test]
async fn a_span_that_is_refused_again_is_given_up() {
    let body =
        json!({"reason": "422", "first_interval": FIRST.unix_timestamp(), "last_interval": LAST.unix_timestamp()});
    let server = Server::answering(Reply::json(body).status(422)).await;
    let span = span(datetime!(2021-07-01 00:00 UTC), datetime!(2021-10-03 06:00 UTC));
    let mut items = server.client().items(GetStats::new(SYSTEM).over(span));
    assert!(items.next().await.unwrap().is_err());
    assert!(items.next().await.is_none());
    assert_eq!(server.sent().len(), 2);
}

/// Nothing could be given: the refusal says what there is.
#[tokio::test]
async fn a_span_after_the_last_interval_is_refused() {
    let server = five_minutes().await;
    let span = span(datetime!(2021-11-08 06:00 UTC), datetime!(2021-11-08 12:00 UTC));
    let error = server
        .client()
        .items(GetStats::new(SYSTEM).over(span))
        .next()
        .await
        .unwrap()
        .unwrap_err();
    assert!(matches!(error, Error::Api(_)), "{error:?}");
    assert!(error.to_string().contains("to 2021-11-08T01:00:00Z"), "{error}");
}

#[tokio::test]
async fn consumption_is_asked_for_by_weeks() {
    let server = Server::by(|sent, _| answer(sent, 900, 7 * DAY, LAST)).await;
    let span = span(datetime!(2021-10-03 04:00 UTC), datetime!(2021-10-20 04:00 UTC));
    let request = GetConsumptionStats::new(SYSTEM).datetime_format(DatetimeFormat::Epoch);
    let mut items = server.client().items(request.over(span));
    let mut labels = Vec::new();
    while let Some(reading) = items.next().await {
        labels.push(reading.unwrap().interval.end().unix_timestamp());
    }
    assert_eq!(labels, expected(900, span));
    let sent = server.sent();
    assert_eq!(sent.len(), 3);
    sent[0].expect("/systems/733108/consumption_stats?start_at=1633233600&end_at=1633838400&datetime_format=epoch");
    let windows: Vec<_> = sent
        .iter()
        .map(|sent| sent.number("end_at").unwrap() - sent.number("start_at").unwrap())
        .collect();
    assert_eq!(windows, [7 * DAY, 7 * DAY, 3 * DAY]);
}

/// The present is where the data end, also if that is a day after the window's start to the second.
#[tokio::test]
async fn a_present_of_exactly_a_day_is_the_present() {
    let server = Server::by(|sent, _| answer(sent, 900, 7 * DAY, LAST)).await;
    let span = span(datetime!(2021-11-07 01:00 UTC), datetime!(2021-11-20 00:00 UTC));
    let mut items = server.client().items(GetConsumptionStats::new(SYSTEM).over(span));
    let mut count = 0;
    while let Some(reading) = items.next().await {
        reading.unwrap();
        count += 1;
    }
    assert_eq!(count, expected(900, span).len());
    assert_eq!(server.sent().len(), 1);
}

#[tokio::test]
async fn a_system_without_a_meter_costs_one_call() {
    let words = "The given system does not contain any active and enabled consumption meter";
    let year = span(datetime!(2020-11-08 00:00 UTC), datetime!(2021-11-08 00:00 UTC));
    let empty =
        json!({"system_id": SYSTEM, "total_devices": 0, "meta": meta(), "intervals": [], "meter_intervals": []});
    for reply in [
        Reply::json(json!({"message": words})).status(422),
        Reply::empty(204),
        Reply::json(empty.clone()),
    ] {
        let server = Server::answering(reply).await;
        let mut items = server.client().items(GetConsumptionStats::new(SYSTEM).over(year));
        assert!(items.next().await.is_none());
        assert_eq!(server.sent().len(), 1);
    }
    let server = Server::answering(Reply::json(empty)).await;
    let mut items = server.client().items(GetRgmStats::new(SYSTEM).over(year));
    assert!(items.next().await.is_none());
    assert_eq!(server.sent().len(), 1);
}

#[tokio::test]
async fn meters_are_asked_for_by_weeks_with_all_their_channels() {
    let server = Server::by(|sent, _| answer(sent, 900, 7 * DAY, LAST)).await;
    let span = span(datetime!(2021-10-03 04:00 UTC), datetime!(2021-10-13 04:00 UTC));
    let mut items = server.client().items(GetRgmStats::new(SYSTEM).over(span));
    let (mut totals, mut channels) = (Vec::new(), Vec::new());
    while let Some(reading) = items.next().await {
        match reading.unwrap() {
            RgmReading::Total(total) => totals.push(total.interval.end().unix_timestamp()),
            RgmReading::Channel(channel) => channels.push(channel.reading.interval.end().unix_timestamp()),
            other => panic!("something new: {other:?}"),
        }
    }
    assert_eq!(totals, expected(900, span));
    assert_eq!(channels, totals);
    assert_eq!(server.sent().len(), 2);
}
