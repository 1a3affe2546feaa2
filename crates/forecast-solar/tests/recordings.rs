//! Whole answers, from recordings where they are at hand, and always from fixtures of the same shapes.

use std::io::Write;
use std::path::{Path, PathBuf};

use energy_core::Endpoint;
use energy_core::error::{ApiErrorKind, Error};
use energy_core::transport::replay::{Exchange, ReplayTransport};
use forecast_solar::*;
use serde_json::Value;

use crate::support::*;

/// Where recordings of the service lie beside a working copy; they are not part of the project.
fn recordings() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vendors/forecast-solar/recordings");
    folder.is_dir().then_some(folder)
}

/// All recordings, with their paths.
fn recorded() -> Vec<(String, Value)> {
    let Some(folder) = recordings() else {
        // Written past the harness, which keeps the output of a test that passes to itself: whoever reads the log should
        // know what was not tested.
        let note = b"note: there are no recordings beside this working copy; only the fixtures were tested\n";
        std::io::stderr().write_all(note).unwrap();
        return Vec::new();
    };
    let mut files = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                let text = std::fs::read_to_string(&path).unwrap();
                files.push((path.display().to_string(), serde_json::from_str(&text).unwrap()));
            }
        }
    }
    assert!(!files.is_empty(), "the folder of recordings is empty");
    files
}

/// How two JSON values differ: numbers are compared by value, all else as it stands.
///
/// In the message, null may be absent, and so may the empty list that stands for no place.
fn same(ours: &Value, theirs: &Value, at: &str) -> Result<(), String> {
    let alike = match (ours, theirs) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            return pairs.try_for_each(|(index, (a, b))| same(a, b, &format!("{at}[{index}]")));
        }
        (Value::Object(a), Value::Object(b)) => {
            if let Some(new) = a.keys().find(|key| !b.contains_key(*key)) {
                return Err(format!("invented: {at}.{new}"));
            }
            let one = |(key, theirs): (&String, &Value)| {
                let here = format!("{at}.{key}");
                match a.get(key) {
                    Some(ours) => same(ours, theirs, &here),
                    None if may_be_missing(&here, theirs) => Ok(()),
                    None => Err(format!("lost: {here}, which was {theirs}")),
                }
            };
            return b.iter().try_for_each(one);
        }
        // An instant in UTC may be written with a Z.
        (Value::String(a), Value::String(b)) => a.replace("+00:00", "Z") == b.replace("+00:00", "Z"),
        _ => ours == theirs,
    };
    if alike {
        Ok(())
    } else {
        Err(format!("{at} was {theirs} and is {ours}"))
    }
}

fn may_be_missing(at: &str, value: &Value) -> bool {
    let empty_place = at == ".message.info" && value.as_array().is_some_and(Vec::is_empty);
    empty_place || (value.is_null() && at.starts_with(".message."))
}

/// A client that gets this body, with this status, for this request.
fn replaying<E: Endpoint<Api = ForecastSolar>>(request: &E, status: u16, body: &Value) -> Client {
    let parts = request.parts().unwrap();
    let query: Vec<String> = parts
        .query_pairs()
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mut path = format!("/{}", parts.path().join("/"));
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    if E::OPERATION.credentials != energy_core::CredentialUse::None {
        path = format!("/{KEY}{path}");
    }
    let exchange = Exchange::get(path).status(status).body(body.clone());
    Client::builder(with_key())
        .transport(ReplayTransport::new([exchange]))
        .clock(energy_core::clock::ManualClock::new(NOW))
        .retry(RetryPolicy::none())
        .build()
        .unwrap()
}

/// A forecast goes through the client, back into JSON without loss, and into intervals that agree with themselves.
async fn check_forecast(name: &str, body: &Value) -> Forecast {
    let request = GetEstimate::new(LATITUDE, LONGITUDE, roof());
    let answer = replaying(&request, 200, body).send(&request).await;
    let answer = answer.unwrap_or_else(|error| panic!("{name}: {error}"));
    let again = serde_json::to_value(&answer).unwrap();
    assert_eq!(same(&again, &without_key(body), ""), Ok(()), "{name}");
    assert_eq!(
        serde_json::from_value::<Answer<Estimate>>(again).unwrap(),
        answer,
        "{name}"
    );

    let forecast = answer.forecast().unwrap_or_else(|error| panic!("{name}: {error}"));
    let check = forecast.cross_check();
    for (between, difference) in [
        ("power and periods", check.power_and_periods),
        ("periods and running sums", check.periods_and_running),
        ("running sums and days", check.running_and_days),
    ] {
        let difference = difference
            .unwrap_or_else(|| panic!("{name}: {between} were not compared"))
            .0;
        assert!(difference <= 0.5 + 1e-9, "{name}: {between} differ by {difference} Wh");
    }
    assert!(forecast.issued_at.is_some() && forecast.time_zone.is_some(), "{name}");
    assert_eq!(forecast.power.len(), answer.result.watts.len(), "{name}");
    assert!(forecast.days.iter().all(|day| day.interval.is_some()), "{name}");
    let stated: f64 = forecast.days.iter().map(|day| day.energy.0).sum();
    let summed: f64 = forecast
        .energy
        .points()
        .iter()
        .filter_map(|reading| reading.value)
        .map(|e| e.0)
        .sum();
    assert!(
        (stated - summed).abs() < 1e-6,
        "{name}: days say {stated}, intervals {summed}"
    );
    for day in &forecast.days {
        let within = forecast.energy.readings_in(day.interval.unwrap());
        assert!(!within.is_empty(), "{name}: nothing on {}", day.date);
    }
    forecast
}

/// The body as a client with the key may see it.
fn without_key(body: &Value) -> Value {
    serde_json::from_str(&body.to_string().replace(KEY, "[redacted]")).unwrap()
}

/// What a used-up quota leads to.
async fn check_rate_limit(name: &str, body: &Value) {
    let request = GetEstimate::new(LATITUDE, LONGITUDE, roof());
    let error = replaying(&request, 429, body).send(&request).await.unwrap_err();
    let Error::Api(said) = &error else {
        panic!("{name}: {error:?}");
    };
    assert_eq!(said.kind, ApiErrorKind::RateLimited, "{name}");
    assert_eq!(said.code.as_deref(), Some("429"), "{name}");
    let message = &body["message"];
    assert_eq!(said.message, message["text"].as_str().unwrap(), "{name}");
    assert_eq!(said.request_id.as_deref(), message["pid"].as_str(), "{name}");
    let written = |at: energy_core::time::OffsetDateTime| {
        at.format(&energy_core::time::format_description::well_known::Rfc3339)
            .unwrap()
    };
    assert_eq!(
        said.retry_at.map(written).as_deref(),
        message["ratelimit"]["retry-at"].as_str(),
        "{name}"
    );
    let quota = said.quota.as_ref().unwrap();
    assert_eq!(
        quota.limit.map(u64::from),
        message["ratelimit"]["limit"].as_u64(),
        "{name}"
    );
    let failure: Failure = said.details().unwrap();
    assert_eq!(failure.result, body["result"], "{name}");
}

/// An answer whose operation is not a forecast, without loss.
async fn check_answer<E, T>(name: &str, request: &E, body: &Value) -> Answer<T>
where
    E: Endpoint<Api = ForecastSolar, Output = Answer<T>>,
    T: serde::Serialize + Send,
{
    let answer = replaying(request, 200, body).send(request).await;
    let answer = answer.unwrap_or_else(|error| panic!("{name}: {error}"));
    let again = serde_json::to_value(&answer).unwrap();
    assert_eq!(same(&again, &without_key(body), ""), Ok(()), "{name}");
    answer
}

async fn check_key(name: &str, body: &Value) {
    let key = check_answer(name, &GetInfo::new(), body).await.result;
    assert!(
        key.account.is_some() && key.until.is_some() && key.created.is_some(),
        "{name}: {key:?}"
    );
    assert!(key.extra.is_empty(), "{name}: not described: {:?}", key.extra);
}

async fn check_plane(name: &str, body: &Value) {
    let request = CheckPlanes::new(LATITUDE, LONGITUDE, roof());
    let plane = check_answer(name, &request, body).await.result;
    assert!(plane.power.unwrap().ends_with("kWp"), "{name}");
    assert!(plane.extra.is_empty(), "{name}: not described: {:?}", plane.extra);
}

#[tokio::test]
async fn recordings_are_read_without_loss() {
    for (name, body) in recorded() {
        if name.ends_with("ratelimit.json") {
            check_rate_limit(&name, &body).await;
        } else if name.ends_with("validate_key.json") {
            check_key(&name, &body).await;
        } else if name.ends_with("validate_plane.json") {
            check_plane(&name, &body).await;
        } else {
            check_forecast(&name, &body).await;
        }
    }
}

/// Each with its numbers of stamps and of days.
const FORECASTS: [(&str, usize, usize); 5] = [
    ("estimate_public", 36, 2),
    ("estimate_personal", 112, 4),
    ("estimate_local_time", 37, 2),
    ("estimate_seconds", 42, 3),
    ("estimate_full", 97, 2),
];

#[tokio::test]
async fn fixtures_are_read_without_loss() {
    for (name, stamps, days) in FORECASTS {
        let forecast = check_forecast(name, &fixture(name)).await;
        assert_eq!((forecast.power.len(), forecast.days.len()), (stamps, days), "{name}");
        assert_eq!(
            forecast.energy.len(),
            stamps - 1,
            "{name}: one interval from each stamp to the next"
        );
    }
    check_rate_limit("rate_limit", &fixture("rate_limit")).await;
    check_key("key_info", &fixture("key_info")).await;
    check_plane("plane_check", &fixture("plane_check")).await;
}

#[tokio::test]
async fn days_counted_since_1970_are_local_days() {
    let forecast = check_forecast("estimate_seconds", &fixture("estimate_seconds")).await;
    let days: Vec<_> = forecast
        .days
        .iter()
        .map(|day| (day.date.to_string(), day.interval.unwrap().duration().as_secs() / 3600))
        .collect();
    let expected = [("2026-03-28", 24), ("2026-03-29", 23), ("2026-03-30", 24)];
    assert_eq!(days, expected.map(|(date, hours)| (date.to_owned(), hours)));
}

#[tokio::test]
async fn todays_factor_of_real_production_is_kept() {
    let answer: Answer<Estimate> = read(&fixture("estimate_seconds"));
    let factors = answer.message.info.unwrap().planes_factors.unwrap();
    assert_eq!((factors[0].wh, factors[0].factor), (Some(1840.0), Some(1.082)));
    assert_eq!(factors[0].datetime.as_deref(), Some("Sat, 28 Mar 2026 11:20:00 +0100"));
}

#[test]
fn the_comparison_notices_a_loss() {
    let body = fixture("estimate_public");
    assert_eq!(same(&body, &body, ""), Ok(()));
    let differs = |change: fn(&mut Value)| {
        let mut other = body.clone();
        change(&mut other);
        same(&other, &body, "").is_err()
    };
    assert!(differs(
        |other| other["result"]["watts"]["2026-05-20T07:00:00+02:00"] = 594.into()
    ));
    assert!(differs(|other| {
        other["result"]["watts"]
            .as_object_mut()
            .unwrap()
            .remove("2026-05-20T07:00:00+02:00");
    }));
    assert!(differs(|other| other["message"]["pid"] = Value::Null));
    assert!(differs(|other| other["message"]["pid"] = "Q3wE81tZ".into()));
    assert!(differs(|other| other["message"]["extra"] = 1.into()));
    assert!(differs(
        |other| other["message"]["info"]["time"] = "2026-05-20T09:41:08+02:00".into()
    ));
}
