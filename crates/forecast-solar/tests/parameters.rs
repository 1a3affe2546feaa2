//! Every parameter on the wire, and the answers that are files.

use energy_core::error::Error;
use energy_core::model::{Azimuth, KilowattPeak, PvPlane, Tilt};
use energy_core::time::Month;
use energy_core::time::macros::date;
use forecast_solar::*;
use serde_json::json;

use crate::support::*;

fn estimate() -> GetEstimate {
    GetEstimate::new(LATITUDE, LONGITUDE, roof())
}

/// The query of a request beyond the format of time.
async fn query(request: GetEstimate) -> Vec<(String, String)> {
    let sent = wire(&request.time(TimeFormat::Local)).await;
    assert!(sent.line.starts_with(&format!("GET /{KEY}/estimate/{PLANT}")));
    sent.query()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
        .collect()
}

#[tokio::test]
async fn formats_of_time() {
    for (format, name) in [
        (TimeFormat::Utc, "utc"),
        (TimeFormat::Iso8601, "iso8601"),
        (TimeFormat::Rfc2822, "rfc2822"),
        (TimeFormat::Seconds, "seconds"),
        (TimeFormat::Milliseconds, "milliseconds"),
        (TimeFormat::Nanoseconds, "nanoseconds"),
    ] {
        let sent = wire(&estimate().time(format)).await;
        assert_eq!(sent.line, format!("GET /{KEY}/estimate/{PLANT}?time={name}"));
    }
    let sent = wire(&estimate().time(TimeFormat::Local)).await;
    assert_eq!(
        sent.line,
        format!("GET /{KEY}/estimate/{PLANT}"),
        "the service's own default"
    );
    let sent = wire(
        &GetWeather::new(LATITUDE, LONGITUDE)
            .time(TimeFormat::Utc)
            .time_tz(false),
    )
    .await;
    assert_eq!(
        sent.line,
        format!("GET /{KEY}/weather/48.7758/9.1829?time=utc&time_tz=0")
    );
}

#[tokio::test]
async fn switches_are_one_or_zero() {
    let on = query(estimate().time_tz(true).no_sun(true).full(true)).await;
    assert_eq!(on, pairs(&[("time_tz", "1"), ("no_sun", "1"), ("full", "1")]));
    let off = query(estimate().time_tz(false).no_sun(false).full(false)).await;
    assert_eq!(off, pairs(&[("time_tz", "0"), ("no_sun", "0"), ("full", "0")]));
}

#[tokio::test]
async fn numbers_and_texts() {
    let sent = query(
        estimate()
            .resolution(15)
            .limit(3)
            .start("now +2 hours")
            .inverter(5.5)
            .actual(12.75),
    )
    .await;
    let expected = [
        ("resolution", "15"),
        ("limit", "3"),
        ("start", "now +2 hours"),
        ("inverter", "5.5"),
        ("actual", "12.75"),
    ];
    assert_eq!(sent, pairs(&expected));
    let reset = query(estimate().actual(0.0)).await;
    assert_eq!(reset, pairs(&[("actual", "0")]), "zero resets, so it is sent");
}

#[tokio::test]
async fn damping() {
    for (damping, text) in [
        (Damping::both(0.5), "0.5"),
        (Damping::both(0.0), "0"),
        (Damping::new(0.25, 0.75), "0.25,0.75"),
        (Damping::new(-0.25, 5.0), "-0.25,5"),
    ] {
        let sent = query(estimate().damping(damping.unwrap())).await;
        assert_eq!(sent, pairs(&[("damping", text)]));
    }
    let apart = query(estimate().damping_morning(0.3).damping_evening(-0.1)).await;
    assert_eq!(apart, pairs(&[("damping_morning", "0.3"), ("damping_evening", "-0.1")]));
}

#[tokio::test]
async fn horizon() {
    let heights = [0.0, 5.0, 12.5, 90.0, 20.0, 0.0, 0.0, 3.0, 4.0, 5.0, 6.0, 7.0];
    let sent = query(estimate().horizon(Horizon::new(heights).unwrap())).await;
    assert_eq!(sent, pairs(&[("horizon", "0,5,12.5,90,20,0,0,3,4,5,6,7")]));
    let none = query(estimate().horizon(Horizon::flat())).await;
    assert_eq!(none, pairs(&[("horizon", "0")]), "one zero switches it off");
}

#[tokio::test]
async fn several_planes_and_the_borders_of_each_value() {
    let planes = [
        Plane::new(0, -180, 0.3),
        Plane::new(90, 180, 12.0),
        Plane::new(35, 0, 4.125),
    ];
    let sent = wire(&CheckPlanes::new(-90.0, 180.0, planes)).await;
    assert_eq!(
        sent.line,
        format!("GET /{KEY}/check/-90/180/0/-180/0.3/90/180/12/35/0/4.125")
    );

    let compass = [(0, -180), (90, -90), (180, 0), (270, 90), (360, 180)];
    let planes: Planes = compass
        .iter()
        .map(|(north, _)| Plane::from_north(20, *north, 1.0))
        .collect();
    let south: String = compass.iter().map(|(_, south)| format!("/20/{south}/1")).collect();
    let sent = wire(&CheckPlanes::new(48.0, -0.00001, planes)).await;
    assert_eq!(sent.line, format!("GET /{KEY}/check/48/-0.00001{south}"));
}

#[tokio::test]
async fn planes_of_the_common_model() {
    let plane = |tilt, azimuth| PvPlane {
        tilt: Tilt::new(tilt).unwrap(),
        azimuth,
        peak_power: KilowattPeak(4.5),
    };
    let roof = [
        plane(37.4, Azimuth::EAST),
        plane(37.6, Azimuth::NORTH),
        plane(8.0, Azimuth::new(200.5).unwrap()),
    ];
    let planes: Planes = roof.iter().map(Plane::from).collect();
    let sent = wire(&CheckPlanes::new(48.0, 9.0, planes)).await;
    assert_eq!(
        sent.line,
        format!("GET /{KEY}/check/48/9/37/-90/4.5/38/180/4.5/8/21/4.5")
    );
}

#[tokio::test]
async fn periods_of_usage() {
    for (period, path) in [
        (UsagePeriod::default(), ""),
        (UsagePeriod::CurrentYear, ""),
        (UsagePeriod::Year(2025), "/2025"),
        (UsagePeriod::Month(2026, Month::March), "/2026/3"),
        (UsagePeriod::Day(date!(2026 - 11 - 05)), "/2026/11/5"),
        (date!(2026 - 01 - 31).into(), "/2026/1/31"),
    ] {
        let sent = wire(&GetUsage::new(period)).await;
        assert_eq!(sent.line, format!("GET /{KEY}/payperuse/usage{path}"));
    }
}

#[tokio::test]
async fn ids_of_accounts() {
    let own = "twenty-characters-ok";
    assert_eq!(own.len(), 20);
    assert_eq!(wire(&CreateAccount::new().id(own)).await.body, format!("id={own}"));

    // With the service's prefix an id may be longer, and every other call takes it.
    let prefixed = "fs77-twenty-characters-ok";
    let form = format!("id={prefixed}");
    for sent in [
        wire(&ResetAccountKey::new(prefixed)).await,
        wire(&SuspendAccount::new(prefixed)).await,
        wire(&DeleteAccount::new(prefixed)).await,
        wire(&ReactivateAccount::new(prefixed)).await,
    ] {
        assert_eq!(sent.body, form, "{}", sent.line);
    }
    let sent = wire(&GetAccount::new(prefixed)).await;
    assert_eq!(sent.line, format!("GET /{KEY}/payperuse/account/{prefixed}"));

    // What means something in a form or in a path stays a part of the id.
    assert_eq!(
        wire(&SuspendAccount::new("a&b=c d+ü")).await.body,
        "id=a%26b%3Dc+d%2B%C3%BC"
    );
    let sent = wire(&GetAccount::new("a/b?c#d e")).await;
    assert_eq!(sent.line, format!("GET /{KEY}/payperuse/account/a%2Fb%3Fc%23d%20e"));
}

#[tokio::test]
async fn reactivating_takes_the_route_of_creating() {
    let account = json!({"id": "fs77-barn-12", "apikey": "c9B8a7Z6y5X4w3V2", "until": "2027-05-19"});
    let request = ReactivateAccount::new("fs77-barn-12");
    let (answer, sent) = exchange(&request, Reply::json(envelope(account))).await;
    assert_eq!(sent.line, format!("POST /{KEY}/payperuse/account/create"));
    assert_eq!(sent.body, "id=fs77-barn-12");
    assert_eq!(sent.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(answer.result.api_key.unwrap().expose(), "c9B8a7Z6y5X4w3V2");
}

#[tokio::test]
async fn reporting_production_asks_for_no_forecast() {
    let request = ReportActual::new(LATITUDE, LONGITUDE, roof(), 7.25);
    let ((), sent) = exchange(&request, Reply::no_content()).await;
    assert!(
        sent.line.starts_with(&format!("GET /{KEY}/estimate/{PLANT}?")),
        "{}",
        sent.line
    );
    let query = sent.query();
    assert!(query.contains(&("actual".to_owned(), "7.25".to_owned())), "{query:?}");
    assert!(query.contains(&("limit".to_owned(), "0".to_owned())), "{query:?}");
}

#[tokio::test]
async fn csv() {
    let table = "datetime;watts\n2026-05-20 08:00:00;1027\n";
    let reply = || Reply::new(200, "text/csv; charset=utf-8", table);
    let (file, sent) = exchange(&estimate().into_csv(), reply()).await;
    assert_eq!(sent.line, format!("GET /{KEY}/estimate/{PLANT}?time=iso8601"));
    assert_eq!(sent.header("accept"), Some("text/csv"));
    assert_eq!((sent.header("x-separator"), sent.header("x-delimiter")), (None, None));
    assert_eq!(file.content_type, "text/csv; charset=utf-8");
    assert_eq!(&file.bytes[..], table.as_bytes());

    let format = FileFormat::Csv {
        separator: Some("TAB".to_owned()),
        delimiter: Some("#".to_owned()),
    };
    let (_, sent) = exchange(&GetHistoryWatts::new(1.0, 2.0, roof()).into_file(format), reply()).await;
    assert_eq!(sent.header("accept"), Some("text/csv"));
    assert_eq!(
        (sent.header("x-separator"), sent.header("x-delimiter")),
        (Some("TAB"), Some("#"))
    );
}

#[tokio::test]
async fn xml() {
    for content_type in ["application/xml", "text/xml; charset=utf-8"] {
        let reply = Reply::new(200, content_type, "<result/>");
        let (file, sent) = exchange(&GetInfo::new().into_xml(), reply).await;
        assert_eq!(sent.header("accept"), Some("application/xml"));
        assert_eq!(sent.header("x-separator"), None);
        assert_eq!(
            (file.content_type.as_str(), &file.bytes[..]),
            (content_type, &b"<result/>"[..])
        );
    }
}

#[tokio::test]
async fn another_form_than_asked_for_is_an_error() {
    let answers = [
        Reply::json(fixture("estimate_public")),
        Reply::new(200, "application/xml", "<result/>"),
        Reply::new(200, "text/html", "<html></html>"),
    ];
    for reply in answers {
        let error = failing(&estimate().into_csv(), reply).await;
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        assert!(error.to_string().contains("text/csv was asked for"), "{error}");
    }
}

#[tokio::test]
async fn texts_have_no_other_form() {
    let error = refused(with_key(), &GetHelp::new().into_csv()).await;
    assert!(
        everything_shown(&error).contains("getHelp has no form as text/csv"),
        "{error:?}"
    );
    // A line break would begin another header.
    let format = FileFormat::Csv {
        separator: Some(";\r\nx-evil: 1".to_owned()),
        delimiter: None,
    };
    let error = refused(with_key(), &estimate().into_file(format)).await;
    assert!(everything_shown(&error).contains("x-separator"), "{error:?}");
}
