//! The fifteen forecast operations, each on the wire and read: three modes, five shapes.

use energy_core::Endpoint;
use energy_core::model::{WattHours, Watts};
use energy_core::time::macros::date;
use forecast_solar::*;

use crate::support::*;

const STAMP: &str = "2026-05-20T07:00:00+02:00";

fn expect(sent: &Sent, route: &str) {
    assert_eq!(sent.line, format!("GET /{KEY}/{route}/{PLANT}?time=iso8601"));
    assert_eq!(sent.header("accept"), Some("application/json"));
    assert_eq!(sent.body, "");
}

/// All four series, and the message around them.
async fn gives_every_series<E>(request: E, route: &str)
where
    E: Endpoint<Api = ForecastSolar, Output = Answer<Estimate>>,
{
    let (answer, sent) = exchange(&request, Reply::json(fixture("estimate_public"))).await;
    expect(&sent, route);
    let series = &answer.result;
    assert_eq!(series.watts.len(), 36);
    assert_eq!(series.watts.get(STAMP), Some(&Watts(593.0)));
    assert_eq!(series.watt_hours_period.get(STAMP), Some(&WattHours(366.0)));
    assert_eq!(series.watt_hours.get(STAMP), Some(&WattHours(395.0)));
    assert_eq!(series.watt_hours_day.get("2026-05-21"), Some(&WattHours(22_545.0)));
    let info = answer.message.info.as_ref().unwrap();
    assert_eq!((info.latitude, info.longitude), (Some(LATITUDE), Some(LONGITUDE)));
    assert_eq!(info.distance, Some(0.048));
    assert_eq!(info.time, Some(NOW), "the time of the answer, with its offset");
    assert_eq!(answer.message.pid.as_deref(), Some("Q3wE81tz"));
    assert_eq!(answer.message.ratelimit.as_ref().unwrap().remaining, Some(9));
}

/// One series alone: the result is the map itself.
async fn gives_power<E>(request: E, route: &str)
where
    E: Endpoint<Api = ForecastSolar, Output = Answer<PowerSeries>>,
{
    let (answer, sent) = exchange(&request, Reply::json(only("watts", "estimate_public"))).await;
    expect(&sent, route);
    assert_eq!(answer.result.0.get(STAMP), Some(&Watts(593.0)));
    let forecast = answer.forecast().unwrap();
    assert_eq!((forecast.power.len(), forecast.days.len()), (36, 0));
}

async fn gives_running_energy<E>(request: E, route: &str)
where
    E: Endpoint<Api = ForecastSolar, Output = Answer<RunningEnergySeries>>,
{
    let (answer, sent) = exchange(&request, Reply::json(only("watt_hours", "estimate_public"))).await;
    expect(&sent, route);
    assert_eq!(answer.result.0.get(STAMP), Some(&WattHours(395.0)));
    let forecast = answer.forecast().unwrap();
    // 17 and 19 stamps: no interval before the first of a day, none across the night.
    assert_eq!((forecast.power.len(), forecast.energy.len()), (0, 34));
}

async fn gives_period_energy<E>(request: E, route: &str)
where
    E: Endpoint<Api = ForecastSolar, Output = Answer<PeriodEnergySeries>>,
{
    let (answer, sent) = exchange(&request, Reply::json(only("watt_hours_period", "estimate_public"))).await;
    expect(&sent, route);
    assert_eq!(answer.result.0.get(STAMP), Some(&WattHours(366.0)));
    assert_eq!(answer.forecast().unwrap().energy.len(), 34);
}

async fn gives_days<E>(request: E, route: &str)
where
    E: Endpoint<Api = ForecastSolar, Output = Answer<DayEnergySeries>>,
{
    let (answer, sent) = exchange(&request, Reply::json(only("watt_hours_day", "estimate_public"))).await;
    expect(&sent, route);
    assert_eq!(answer.result.0.get("2026-05-20"), Some(&WattHours(28_619.0)));
    let forecast = answer.forecast().unwrap();
    assert_eq!((forecast.power.len(), forecast.energy.len()), (0, 0));
    let days: Vec<_> = forecast.days.iter().map(|day| (day.date, day.energy.0)).collect();
    assert_eq!(
        days,
        [(date!(2026 - 05 - 20), 28_619.0), (date!(2026 - 05 - 21), 22_545.0)]
    );
}

#[tokio::test]
async fn get_estimate() {
    gives_every_series(GetEstimate::new(LATITUDE, LONGITUDE, roof()), "estimate").await;
}

#[tokio::test]
async fn get_estimate_watts() {
    gives_power(GetEstimateWatts::new(LATITUDE, LONGITUDE, roof()), "estimate/watts").await;
}

#[tokio::test]
async fn get_estimate_watt_hours() {
    let request = GetEstimateWattHours::new(LATITUDE, LONGITUDE, roof());
    gives_running_energy(request, "estimate/watthours").await;
}

#[tokio::test]
async fn get_estimate_watt_hours_period() {
    let request = GetEstimateWattHoursPeriod::new(LATITUDE, LONGITUDE, roof());
    gives_period_energy(request, "estimate/watthours/period").await;
}

#[tokio::test]
async fn get_estimate_watt_hours_day() {
    let request = GetEstimateWattHoursDay::new(LATITUDE, LONGITUDE, roof());
    gives_days(request, "estimate/watthours/day").await;
}

#[tokio::test]
async fn get_history() {
    gives_every_series(GetHistory::new(LATITUDE, LONGITUDE, roof()), "history").await;
}

#[tokio::test]
async fn get_history_watts() {
    gives_power(GetHistoryWatts::new(LATITUDE, LONGITUDE, roof()), "history/watts").await;
}

#[tokio::test]
async fn get_history_watt_hours() {
    let request = GetHistoryWattHours::new(LATITUDE, LONGITUDE, roof());
    gives_running_energy(request, "history/watthours").await;
}

#[tokio::test]
async fn get_history_watt_hours_period() {
    let request = GetHistoryWattHoursPeriod::new(LATITUDE, LONGITUDE, roof());
    gives_period_energy(request, "history/watthours/period").await;
}

#[tokio::test]
async fn get_history_watt_hours_day() {
    let request = GetHistoryWattHoursDay::new(LATITUDE, LONGITUDE, roof());
    gives_days(request, "history/watthours/day").await;
}

#[tokio::test]
async fn get_clear_sky() {
    gives_every_series(GetClearSky::new(LATITUDE, LONGITUDE, roof()), "clearsky").await;
}

#[tokio::test]
async fn get_clear_sky_watts() {
    gives_power(GetClearSkyWatts::new(LATITUDE, LONGITUDE, roof()), "clearsky/watts").await;
}

#[tokio::test]
async fn get_clear_sky_watt_hours() {
    let request = GetClearSkyWattHours::new(LATITUDE, LONGITUDE, roof());
    gives_running_energy(request, "clearsky/watthours").await;
}

#[tokio::test]
async fn get_clear_sky_watt_hours_period() {
    let request = GetClearSkyWattHoursPeriod::new(LATITUDE, LONGITUDE, roof());
    gives_period_energy(request, "clearsky/watthours/period").await;
}

#[tokio::test]
async fn get_clear_sky_watt_hours_day() {
    let request = GetClearSkyWattHoursDay::new(LATITUDE, LONGITUDE, roof());
    gives_days(request, "clearsky/watthours/day").await;
}

#[tokio::test]
async fn the_estimate_needs_no_key() {
    let request = GetEstimate::new(LATITUDE, LONGITUDE, roof());
    let reply = Reply::json(fixture("estimate_public"));
    let (answer, sent) = exchange_as(Credentials::public(), &request, reply).await;
    assert_eq!(sent.line, format!("GET /estimate/{PLANT}?time=iso8601"));
    assert_eq!(answer.result.watts.len(), 36);
}

#[tokio::test]
async fn a_place_without_sun_gives_empty_lists_for_objects() {
    let none = || serde_json::json!([]);
    let body = envelope(serde_json::json!({
        "watts": none(), "watt_hours_period": none(), "watt_hours": none(), "watt_hours_day": {"2026-12-21": 0},
    }));
    let request = GetEstimate::new(78.22, 15.63, roof());
    let (answer, _) = exchange(&request, Reply::json(body)).await;
    let forecast = answer.forecast().unwrap();
    assert!(forecast.power.is_empty() && forecast.energy.is_empty());
    assert_eq!(forecast.days.len(), 1);
}
