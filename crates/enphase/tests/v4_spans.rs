//! Spans of any length: every interval once, without gaps, in as few calls as the service allows.

use energy_core::{Error, Paginated};
use enphase::v4::*;
use enphase::{LabelledByEnd, Over, Reading, Spanned};
use serde_json::json;

use crate::v4_service::site::*;
use crate::v4_service::*;

/// The ends of all intervals of a span.
async fn ends<E, T>(service: &Service, over: Over<E>) -> Vec<i64>
where
    E: Spanned<Api = Enphase, Item = Reading<T>>,
    Over<E>: Paginated<Api = Enphase, Item = Reading<T>>,
    T: LabelledByEnd,
{
    let mut items = service.client().items(over);
    let mut found = Vec::new();
    while let Some(reading) = items.next().await {
        let reading = reading.unwrap();
        assert_eq!(reading.interval.end(), reading.data.end_at());
        found.push(reading.interval.end().unix_timestamp());
    }
    found
}

fn meter() -> GetProductionMeterTelemetry {
    GetProductionMeterTelemetry::new(SYSTEM)
}

/// What was asked for: from when on, and how much.
fn questions(service: &Service) -> Vec<(i64, String)> {
    let asked = service.asked();
    let asked = asked.iter().map(|asked| {
        (
            asked.number("start_at").unwrap(),
            asked.parameter("granularity").unwrap(),
        )
    });
    asked.collect()
}

#[tokio::test]
async fn no_span_takes_more_calls_than_it_needs() {
    let site = Site::new(MONDAY, MONDAY + 110 * WEEK);
    for (length, calls) in [
        (QUARTER, 1),
        (DAY, 1),
        (DAY + QUARTER, 1),
        (WEEK, 1),
        (WEEK + QUARTER, 2),
        (3 * WEEK, 3),
        (22 * DAY, 4),
        (730 * DAY, 105),
    ] {
        let service = site.service();
        let span = span(MONDAY, MONDAY + length);
        assert_eq!(meter().over(span).calls() as usize, calls, "before it is asked");
        let found = ends(&service, meter().over(span)).await;
        assert_eq!(found, site.within(span));
        assert_eq!(found.len() as i64, length / QUARTER);
        assert_eq!(service.count(), calls, "{length} s");
    }
}

#[tokio::test]
async fn the_smallest_granularity_that_will_do_is_asked_for() {
    let service = Site::new(MONDAY, MONDAY + WEEK).service();
    ends(&service, meter().over(span(MONDAY, MONDAY + 15 * DAY))).await;
    let [first, second] = [(MONDAY, "week".to_owned()), (MONDAY + WEEK, "week".to_owned())];
    assert_eq!(
        questions(&service),
        [first, second, (MONDAY + 2 * WEEK, "day".to_owned())]
    );
}

#[tokio::test]
async fn what_the_request_says_of_time_is_overruled_but_for_its_granularity() {
    let site = Site::new(MONDAY, MONDAY + WEEK);
    let request = meter().start_date(at(MONDAY).date()).start_at(at(0));
    let service = site.service();
    let week = span(MONDAY, MONDAY + WEEK);
    assert_eq!(ends(&service, request.over(week)).await, site.within(week));
    for (granularity, calls) in [
        (Granularity::Week, 1),
        (Granularity::Day, 7),
        (Granularity::FifteenMinutes, 672),
    ] {
        let service = site.service();
        let found = ends(&service, meter().granularity(granularity.clone()).over(week)).await;
        assert_eq!(found, site.within(week));
        assert_eq!(service.count(), calls, "{granularity}");
    }
}

/// At night nothing is reported, nor in weeks in which the gateway was offline.
#[tokio::test]
async fn gaps_in_the_data_are_no_end() {
    let sunny = |at: &i64| (5 * HOUR..21 * HOUR).contains(&(at % DAY));
    let mut site = Site::new(MONDAY, MONDAY + 6 * WEEK);
    site.ends
        .retain(|at| sunny(at) && !(MONDAY + 8 * DAY..MONDAY + 30 * DAY).contains(at));
    let service = site.service();
    let span = span(MONDAY, MONDAY + 6 * WEEK);
    assert_eq!(ends(&service, meter().over(span)).await, site.within(span));
    assert_eq!(service.count(), 6);
}

#[tokio::test]
async fn a_span_that_reaches_into_the_future_ends_at_the_present() {
    let mut site = Site::new(MONDAY, MONDAY + 9 * DAY);
    site.now = MONDAY + 9 * DAY + 7 * HOUR + 13;
    let service = site.service();
    let found = ends(&service, meter().over(span(MONDAY, MONDAY + 300 * WEEK))).await;
    assert_eq!(found.last(), Some(&(MONDAY + 9 * DAY)));
    assert_eq!(found.len(), 9 * 96);
    assert_eq!(service.count(), 2);
}

/// The service's clock goes on while it is asked, and so does the end of its answers: nobody may follow that.
#[tokio::test]
async fn the_present_is_not_run_after() {
    let lengths = [
        (None, WEEK),
        (Some(Granularity::Day), DAY),
        (Some(Granularity::FifteenMinutes), QUARTER),
    ];
    for (granularity, length) in lengths {
        for since in [1, length - 1, length, length + 1, DAY - 1, DAY, DAY + 1] {
            let mut site = Site::new(MONDAY, MONDAY + 2 * WEEK);
            site.now = MONDAY + since;
            let service = site.service();
            let request = granularity
                .clone()
                .into_iter()
                .fold(meter(), GetProductionMeterTelemetry::granularity);
            let span = span(MONDAY, MONDAY + 50 * WEEK);
            assert_eq!(ends(&service, request.over(span)).await, site.within(span));
            let calls = service.count();
            let passed = since + i64::try_from(calls).unwrap();
            assert!(calls <= needed(passed, length) + 1, "{calls} calls for {since} s");
        }
    }
}

#[tokio::test]
async fn late_data_are_told_as_partial() {
    let service = Service::in_order([ok(json!({
        "system_id": SYSTEM, "total_devices": 2, "start_at": MONDAY, "end_at": MONDAY + DAY,
        "intervals": [
            {"end_at": MONDAY + QUARTER, "devices_reporting": 2, "wh_del": 60},
            {"end_at": MONDAY + 2 * QUARTER, "devices_reporting": 1, "wh_del": 31},
        ],
    }))]);
    let mut items = service.client().items(meter().over(span(MONDAY, MONDAY + DAY)));
    assert!(items.next().await.unwrap().unwrap().is_complete());
    assert!(!items.next().await.unwrap().unwrap().is_complete());
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn a_day_in_place_of_a_week() {
    for (weeks, refusals) in [(Weeks::Days, 0), (Weeks::Refused, 1)] {
        let mut site = Site::new(MONDAY, MONDAY + 3 * WEEK);
        site.weeks = weeks;
        let service = site.service();
        let span = span(MONDAY, MONDAY + 2 * WEEK);
        let micro = GetProductionMicroTelemetry::new(SYSTEM);
        assert_eq!(ends(&service, micro.over(span)).await, site.within(span));
        assert_eq!(service.count(), 14 + refusals, "{weeks:?}");
    }
}

#[tokio::test]
async fn a_refusal_that_a_day_does_not_mend() {
    let (time, other) = ("Requested date range is invalid for this system", "Invalid request");
    for (reply, request, calls) in [
        (refusal(422, other), meter(), 2),
        (refusal(422, other), meter().granularity(Granularity::Week), 1),
        (refusal(422, time), meter(), 1),
        (refusal(404, "System not found for {:id=>\"5\"}"), meter(), 1),
    ] {
        let service = Service::in_order([reply]);
        let mut items = service.client().items(request.over(span(MONDAY, MONDAY + WEEK)));
        assert!(matches!(items.next().await.unwrap().unwrap_err(), Error::Api(_)));
        assert!(items.next().await.is_none());
        assert_eq!(service.count(), calls);
    }
}

/// A service that refuses a time before the first interval says where that is.
#[tokio::test]
async fn a_time_before_there_was_anything() {
    let first = MONDAY + 10 * DAY + 6 * HOUR;
    let site = Site::new(first - QUARTER, MONDAY + 9 * WEEK);
    let young = site.clone();
    let service = Service::by(move |asked, number| match asked.number("start_at") {
        Some(start) if start < first - QUARTER => refusal(
            422,
            &format!(
                "Requested date range is invalid for this system. {{:start_at=>{start}, :first_interval=>{first}}}"
            ),
        ),
        _ => young.telemetry(asked, number),
    });
    let span = span(MONDAY, MONDAY + 4 * WEEK);
    assert_eq!(ends(&service, meter().over(span)).await, site.within(span));
    assert_eq!(service.count(), 1 + 3);
}

/// A system that is younger than the span: its answer begins, and ends, later than was asked for.
#[tokio::test]
async fn a_younger_system() {
    for weeks in [Weeks::Given, Weeks::Days, Weeks::Refused] {
        for young in [3 * HOUR, 2 * DAY, 9 * DAY, 30 * DAY] {
            let mut site = Site::new(MONDAY + young, MONDAY + 9 * WEEK);
            site.first_day = MONDAY + young - young % DAY;
            site.weeks = weeks;
            let service = site.service();
            let span = span(MONDAY, MONDAY + 6 * WEEK);
            let found = ends(&service, meter().over(span)).await;
            assert_eq!(found, site.within(span), "{young} s later, weeks {weeks:?}");
            let (length, refused) = match weeks {
                Weeks::Given => (WEEK, 0),
                Weeks::Days => (DAY, 0),
                Weeks::Refused => (DAY, 1),
            };
            assert!(service.count() <= needed(6 * WEEK - young + young % DAY, length) + refused);
        }
    }
}

#[tokio::test]
async fn a_system_that_is_younger_than_all_of_the_span() {
    let mut site = Site::new(MONDAY + 10 * WEEK, MONDAY + 15 * WEEK);
    site.first_day = MONDAY + 10 * WEEK;
    let service = site.service();
    assert!(
        ends(&service, meter().over(span(MONDAY, MONDAY + 5 * WEEK)))
            .await
            .is_empty()
    );
    assert_eq!(service.count(), 1);
}

#[tokio::test]
async fn starts_that_are_not_on_the_grid() {
    for rounds in [false, true] {
        for (start, end) in [(1, 0), (8 * 60, 8 * 60), (899, 1), (450, 451), (0, 13)] {
            let mut site = Site::new(MONDAY - DAY, MONDAY + 5 * WEEK);
            site.rounds = rounds;
            let service = site.service();
            let span = span(MONDAY + start, MONDAY + 3 * WEEK + end);
            assert_eq!(
                ends(&service, meter().over(span)).await,
                site.within(span),
                "{rounds} {start} {end}"
            );
            assert!(service.count() <= 4, "{} calls", service.count());
        }
    }
}

/// An interval that ends where one answer does and the next begins may come with either, or with both. That which ends when
/// the span begins is no part of it.
#[tokio::test]
async fn the_border_between_two_answers() {
    for border in [Border::Before, Border::After, Border::Both] {
        let mut site = Site::new(MONDAY - DAY, MONDAY + 4 * WEEK);
        site.border = border;
        let service = site.service();
        let span = span(MONDAY, MONDAY + 3 * WEEK - HOUR);
        assert_eq!(
            ends(&service, meter().over(span)).await,
            site.within(span),
            "{border:?}"
        );
    }
}

#[tokio::test]
async fn intervals_in_a_list_inside_the_list() {
    let mut site = Site::new(MONDAY, MONDAY + 3 * WEEK);
    site.nested = true;
    let service = site.service();
    let span = span(MONDAY, MONDAY + 2 * WEEK);
    let import = GetEnergyImportTelemetry::new(SYSTEM);
    assert_eq!(ends(&service, import.over(span)).await, site.within(span));
    assert_eq!(service.count(), 2);
}

/// A program with a small quota stops, and goes on another day.
#[tokio::test]
async fn a_program_goes_on_later() {
    let site = Site::new(MONDAY, MONDAY + 3 * WEEK);
    let service = site.service();
    let whole = span(MONDAY, MONDAY + 3 * WEEK);
    let mut pages = service.client().pages(meter().over(whole));
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!(
        (first.until, first.items.len(), first.continues),
        (at(MONDAY + WEEK), 672, true)
    );
    let cursor = pages.into_cursor().unwrap();
    assert_eq!(cursor.from(), at(MONDAY + WEEK));
    let rest = ends(&service, cursor).await;
    assert_eq!(rest, site.within(span(MONDAY + WEEK, MONDAY + 3 * WEEK)));
    assert_eq!(service.count(), 3);
}
