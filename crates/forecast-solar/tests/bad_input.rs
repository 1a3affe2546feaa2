//! What is refused before anything is sent: by value, by form, by plan.

use energy_core::{BuildError, Endpoint, Error};
use forecast_solar::*;

use crate::support::*;

fn estimate() -> GetEstimate {
    GetEstimate::new(LATITUDE, LONGITUDE, roof())
}

/// Nothing leaves, and the error names the argument and the value.
async fn names<E>(request: E, parameter: &str, reason: &str)
where
    E: Endpoint<Api = ForecastSolar>,
    E::Output: std::fmt::Debug,
{
    let error = refused(with_key(), &request).await;
    let Error::Build { source, .. } = &error else {
        panic!("another kind of error: {error:?}");
    };
    says(source, parameter, reason);
}

fn says(error: &BuildError, parameter: &str, reason: &str) {
    assert_eq!(error.parameter, parameter, "{error}");
    assert!(error.reason.contains(reason), "`{reason}` is not in: {error}");
}

#[tokio::test]
async fn latitude_and_longitude() {
    for (latitude, reason) in [
        (91.0, "91 is outside -90 to 90"),
        (-90.001, "-90.001 is outside"),
        (f64::NAN, "NaN is not a finite number"),
        (f64::INFINITY, "inf is not a finite number"),
    ] {
        names(GetEstimate::new(latitude, LONGITUDE, roof()), "latitude", reason).await;
        names(CheckLocation::new(latitude, LONGITUDE), "latitude", reason).await;
        names(GetWeather::new(latitude, LONGITUDE), "latitude", reason).await;
        names(ReportActual::new(latitude, LONGITUDE, roof(), 1.0), "latitude", reason).await;
    }
    names(estimate_at(181.0), "longitude", "181 is outside -180 to 180").await;
    names(estimate_at(-180.5), "longitude", "-180.5 is outside -180 to 180").await;
    names(estimate_at(f64::NAN), "longitude", "NaN is not a finite number").await;
}

fn estimate_at(longitude: f64) -> GetEstimate {
    GetEstimate::new(LATITUDE, longitude, roof())
}

#[tokio::test]
async fn planes() {
    for (plane, parameter, reason) in [
        (Plane::new(91, 0, 1.0), "declination", "91 is outside 0 to 90"),
        (Plane::new(-1, 0, 1.0), "declination", "-1 is outside 0 to 90"),
        (Plane::new(30, 181, 1.0), "azimuth", "181 is outside -180 to 180"),
        (Plane::new(30, -181, 1.0), "azimuth", "-181 is outside -180 to 180"),
        (Plane::from_north(30, 361, 1.0), "azimuth", "181 is outside -180 to 180"),
        (Plane::from_north(30, -1, 1.0), "azimuth", "-181 is outside -180 to 180"),
        (
            Plane::from_north(30, i16::MIN, 1.0),
            "azimuth",
            "is outside -180 to 180",
        ),
        (Plane::new(30, 0, 0.0), "kwp", "0 is no peak power in kW"),
        (Plane::new(30, 0, -4.0), "kwp", "-4 is no peak power in kW"),
        (Plane::new(30, 0, f64::NAN), "kwp", "NaN is no peak power in kW"),
        (Plane::new(30, 0, f64::INFINITY), "kwp", "inf is no peak power in kW"),
    ] {
        names(GetEstimate::new(LATITUDE, LONGITUDE, plane), parameter, reason).await;
        // The second of two, so that the number of the plane is worth something.
        let two = CheckPlanes::new(LATITUDE, LONGITUDE, [roof(), plane]);
        names(two, parameter, "(plane 2)").await;
    }
    let none: Vec<Plane> = Vec::new();
    names(
        GetEstimate::new(LATITUDE, LONGITUDE, none.clone()),
        "planes",
        "at least 1",
    )
    .await;
    names(
        CheckPlanes::new(LATITUDE, LONGITUDE, none.clone()),
        "planes",
        "at least 1",
    )
    .await;
    names(
        ReportActual::new(LATITUDE, LONGITUDE, none, 1.0),
        "planes",
        "at least 1",
    )
    .await;
}

#[tokio::test]
async fn numbers_of_the_query() {
    names(estimate().limit(0), "limit", "0 is below 1").await;
    names(estimate().limit(-1), "limit", "-1 is below 1").await;
    names(estimate().resolution(0), "resolution", "0 is outside 1 to 1440").await;
    names(estimate().resolution(1441), "resolution", "1441 is outside").await;
    names(estimate().actual(-0.5), "actual", "-0.5 is below 0").await;
    names(estimate().actual(f64::NAN), "actual", "NaN").await;
    names(estimate().inverter(-1.0), "inverter", "-1 is below 0").await;
    names(estimate().start(""), "start", "at least 1").await;
    names(
        estimate().damping_morning(6.0),
        "damping_morning",
        "6 is outside -0.25 to 5",
    )
    .await;
    names(estimate().damping_evening(-0.3), "damping_evening", "-0.3 is outside").await;
    names(
        ReportActual::new(LATITUDE, LONGITUDE, roof(), -2.0),
        "actual",
        "-2 is below 0",
    )
    .await;
    let windows = || GetTimeWindows::new(LATITUDE, LONGITUDE, roof());
    names(windows().baseload(-1.0), "baseload", "-1 is below 0").await;
    names(windows().period(-1), "period", "-1 is below 0").await;
    names(windows().watt_hours(f64::NAN), "watthours", "NaN").await;
}

#[test]
fn damping_and_horizon() {
    says(&Damping::both(6.0).unwrap_err(), "damping", "6 is outside -0.25 to 5");
    says(&Damping::new(6.0, 0.0).unwrap_err(), "damping_morning", "6 is outside");
    says(
        &Damping::new(0.0, -0.26).unwrap_err(),
        "damping_evening",
        "-0.26 is outside",
    );
    says(
        &Damping::both(f64::NAN).unwrap_err(),
        "damping",
        "NaN is not a finite number",
    );
    says(&Horizon::new([]).unwrap_err(), "horizon", "has 0 items, at least 4");
    says(
        &Horizon::new([1.0; 3]).unwrap_err(),
        "horizon",
        "has 3 items, at least 4",
    );
    says(
        &Horizon::new([1.0; 7]).unwrap_err(),
        "horizon",
        "7 heights do not divide the circle",
    );
    says(&Horizon::new([1.0; 361]).unwrap_err(), "horizon", "at most 360");
    says(
        &Horizon::new([0.0, 91.0, 0.0, 0.0]).unwrap_err(),
        "horizon",
        "91 is outside 0 to 90",
    );
    says(
        &Horizon::new([0.0, -1.0, 0.0, 0.0]).unwrap_err(),
        "horizon",
        "-1 is outside 0 to 90",
    );
    says(&Horizon::new([f64::NAN; 4]).unwrap_err(), "horizon", "NaN");
    for heights in [4, 5, 6, 8, 12, 36, 360] {
        assert!(Horizon::new(vec![0.0; heights]).is_ok(), "{heights} heights");
    }
}

#[tokio::test]
async fn ids_and_periods() {
    let long = "twenty-one-characters";
    assert_eq!(long.len(), 21);
    names(CreateAccount::new().id(long), "id", "has 21 characters, at most 20").await;
    names(CreateAccount::new().id(""), "id", "has 0 characters, at least 1").await;
    names(ReactivateAccount::new(""), "id", "at least 1").await;
    names(GetAccount::new(""), "id", "at least 1").await;
    names(GetAccount::new(".."), "id", "cannot be a part of a path").await;
    names(ResetAccountKey::new(""), "id", "at least 1").await;
    names(SuspendAccount::new(""), "id", "at least 1").await;
    names(DeleteAccount::new(""), "id", "at least 1").await;
    names(
        GetUsage::new(UsagePeriod::Year(1999)),
        "year",
        "1999 is outside 2000 to 9999",
    )
    .await;
    let month = UsagePeriod::Month(1999, energy_core::time::Month::May);
    names(GetUsage::new(month), "year", "1999 is outside").await;
    let day = energy_core::time::macros::date!(1999 - 12 - 31);
    names(GetUsage::new(day), "year", "1999 is outside").await;
}

#[tokio::test]
async fn chart_scripts_stay_below_their_path() {
    for token in ["a/b", "../info", "a\\b", ".", ".."] {
        let script = ChartScript::new(token);
        names(GetChartScript::new(script), "token", "cannot be a part of a path").await;
    }
    names(GetChartScript::new(ChartScript::new("")), "token", "at least 1").await;
    let on = |day: &str| GetChartScript::new(ChartScript::new("c7Yh2Kp0").day(day));
    names(on(".."), "day", "cannot be a part of a path").await;
    names(on("1/2"), "day", "cannot be a part of a path").await;
    names(on(""), "day", "at least 1").await;
}

#[test]
fn malformed_keys_are_refused_without_being_shown() {
    for (key, reason) in [
        ("", "this has 0 characters"),
        ("A7k2Zp9QwX4mT1b", "this has 15 characters"),
        ("A7k2Zp9QwX4mT1bLL", "this has 17 characters"),
        ("A7k2Zp9QwX4mT1b-", "nothing else"),
        ("A7k2Zp9QwX4mT1b ", "white space"),
        ("A7k2Zp9QwX4mT1bL\n", "white space"),
        ("A7k2Zp9QwX4mT/..", "nothing else"),
        ("ÄÖÜäöüßẞ", "letters and digits"),
        ("I-9XW2B7KQ4LMN", "profile id of a payment"),
        ("Demo-Key", "this has 8 characters"),
    ] {
        let error = Credentials::key(key).unwrap_err();
        says(&error, "api_key", reason);
        assert!(
            key.is_empty() || !format!("{error} {error:?}").contains(key),
            "{error:?}"
        );
    }
    assert!(Credentials::key(KEY).is_ok());
    assert!(Credentials::key(ApiKey::DEMO).is_ok(), "it matches no rule, and works");
    let shown = format!("{:?}", Credentials::key(KEY).unwrap());
    assert!(!shown.contains(KEY), "{shown}");
}

/// Nothing leaves, and the error names the plan that would do.
async fn needs<E>(login: Credentials, request: E, plan: &str, reason: &str)
where
    E: Endpoint<Api = ForecastSolar>,
    E::Output: std::fmt::Debug,
{
    let error = refused(login, &request).await;
    assert!(error.is_forbidden());
    let Error::Refused { source, .. } = &error else {
        panic!("another kind of error: {error:?}");
    };
    assert_eq!(source.needs, plan);
    assert!(source.reason.contains(reason), "`{reason}` is not in: {source}");
}

#[tokio::test]
async fn what_the_plan_does_not_have() {
    let personal = || with_key().with_plan(Plan::Personal);
    let two = || [roof(), roof()];
    let clear_sky = GetClearSky::new(LATITUDE, LONGITUDE, roof());
    needs(
        personal(),
        clear_sky,
        "Professional",
        "this client was built for Personal",
    )
    .await;
    needs(
        personal(),
        GetWeather::new(1.0, 2.0),
        "Professional",
        "built for Personal",
    )
    .await;
    let history = GetHistory::new(LATITUDE, LONGITUDE, roof());
    needs(Credentials::public(), history, "Personal", "Personal").await;
    let estimate_of_two = || GetEstimate::new(LATITUDE, LONGITUDE, two());
    needs(Credentials::public(), estimate_of_two(), "Personal Plus", "2 planes").await;
    needs(personal(), estimate_of_two(), "Personal Plus", "2 planes").await;
    needs(Credentials::public(), estimate().actual(3.0), "Personal", "`actual`").await;
    let report = ReportActual::new(LATITUDE, LONGITUDE, roof(), 3.0);
    needs(Credentials::public(), report, "Personal", "`actual`").await;
    needs(Credentials::public(), GetInfo::new(), "Personal", "needs a login").await;
    needs(
        Credentials::public(),
        ListAccounts::new(),
        "administrative key",
        "needs a login",
    )
    .await;
}

#[tokio::test]
async fn what_the_plan_has_is_sent() {
    let personal = || with_key().with_plan(Plan::Personal);
    let plus = with_key().with_plan(Plan::PersonalPlus);
    let professional = with_key().with_plan(Plan::Professional);
    let reply = || Reply::json(fixture("estimate_public"));
    let two = || [roof(), roof()];
    exchange_as(personal(), &GetHistory::new(LATITUDE, LONGITUDE, roof()), reply()).await;
    exchange_as(personal(), &estimate().actual(3.0), reply()).await;
    exchange_as(plus, &GetEstimate::new(LATITUDE, LONGITUDE, two()), reply()).await;
    exchange_as(professional, &GetClearSky::new(LATITUDE, LONGITUDE, two()), reply()).await;
    let check = Reply::json(fixture("plane_check"));
    exchange_as(
        Credentials::public(),
        &CheckPlanes::new(LATITUDE, LONGITUDE, two()),
        check,
    )
    .await;
    // Without a plan the service decides.
    exchange(&GetClearSky::new(LATITUDE, LONGITUDE, two()), reply()).await;
}

#[test]
fn a_plan_that_needs_a_key_is_refused_without_one() {
    let login = Credentials::public().with_plan(Plan::Professional);
    let refused = Client::builder(login)
        .base_url("http://127.0.0.1:9")
        .build()
        .unwrap_err();
    assert_eq!(refused.to_string(), "plan: a plan larger than Public needs a key");
}
