//! The data side of Forecast.Solar, from asking without a key to a professional's charts, against the sandbox.

use std::time::Duration;

use energy_core::clock::Clock;
use energy_core::model::{Coverage, WattHours};
use energy_core::wire::Extra;
use energy_tests::{BERLIN, MORNING, World, key};
use forecast_solar::{
    ChartScript, CheckLocation, CheckPlanes, CreateChart, Credentials, Damping, Forecast, GetApiDescription,
    GetChartLoader, GetChartScript, GetClearSky, GetEstimate, GetEstimateWattHours, GetEstimateWattHoursDay,
    GetEstimateWattHoursPeriod, GetEstimateWatts, GetHelp, GetHistory, GetInfo, GetTimeWindows, GetWeather, Horizon,
    IntoFile, ListCharts, NaiveStamps, Plan, Plane, ReportActual, TimeFormat,
};
use time::macros::{date, datetime};

const SOUTH: (i16, i16, f64) = (35, 0, 5.0);

fn south() -> Plane {
    Plane::new(SOUTH.0, SOUTH.1, SOUTH.2)
}

fn estimate() -> GetEstimate {
    GetEstimate::new(BERLIN.0, BERLIN.1, south())
}

fn energy(forecast: &Forecast) -> f64 {
    forecast
        .energy
        .points()
        .iter()
        .filter_map(|reading| reading.value)
        .map(|energy| energy.0)
        .sum()
}

#[tokio::test]
async fn the_public_asks_for_one_plane_today_and_tomorrow() {
    let world = World::at(MORNING).await;
    let client = world.forecast_solar(Credentials::public());
    let answer = client.send(&estimate()).await.unwrap();
    let forecast = answer.forecast().unwrap();

    assert_eq!(forecast.issued_at, Some(MORNING));
    let dates: Vec<_> = forecast.days.iter().map(|day| day.date).collect();
    assert_eq!(dates, [date!(2026 - 06 - 21), date!(2026 - 06 - 22)]);
    let stated: f64 = forecast.days.iter().map(|day| day.energy.0).sum();
    assert!(stated > 20_000.0, "5 kW in June give more than {stated} Wh in two days");
    let readings = forecast.energy.len() as f64;
    assert!(
        (energy(&forecast) - stated).abs() <= 0.5 * readings,
        "{} against {stated}",
        energy(&forecast)
    );
    let largest = forecast.cross_check().largest().unwrap();
    assert!(largest.0 <= 0.5, "the series disagree by {largest}");
    assert_eq!(answer.message.ratelimit.unwrap().remaining, Some(11));
}

#[tokio::test]
async fn every_reading_ends_where_the_service_puts_its_stamp() {
    let world = World::at(MORNING).await;
    let client = world.forecast_solar(Credentials::public());
    let answer = client.send(&estimate()).await.unwrap();
    let forecast = answer.forecast().unwrap();
    let stated = &answer.result.watt_hours_period;
    let noon = forecast.energy.reading_at(datetime!(2026-06-21 09:59 UTC)).unwrap();
    assert_eq!(noon.interval.start(), datetime!(2026-06-21 09:00 UTC));
    assert_eq!(noon.interval.end(), datetime!(2026-06-21 10:00 UTC));
    assert_eq!(noon.value, stated.get("2026-06-21T12:00:00+02:00").copied());
}

#[tokio::test]
async fn every_time_format_gives_the_same_forecast() {
    // The night in which summer time ends lies in the answer.
    let world = World::at(datetime!(2026-10-24 08:00 UTC)).await;
    let client = world.unlimited(Credentials::public());
    let exact = client.send(&estimate().full(true)).await.unwrap().forecast().unwrap();
    let sunday = exact.days.iter().find(|day| day.date == date!(2026 - 10 - 25)).unwrap();
    assert_eq!(sunday.interval.unwrap().duration(), Duration::from_secs(25 * 3600));

    let formats = [
        TimeFormat::Utc,
        TimeFormat::Rfc2822,
        TimeFormat::Seconds,
        TimeFormat::Milliseconds,
        TimeFormat::Nanoseconds,
    ];
    for format in formats {
        let forecast = client
            .send(&estimate().full(true).time(format))
            .await
            .unwrap()
            .forecast()
            .unwrap();
        assert_eq!(forecast.energy.points(), exact.energy.points(), "{format:?}");
        assert_eq!(forecast.power.points(), exact.power.points(), "{format:?}");
        assert_eq!(forecast.days, exact.days, "{format:?}");
    }
    let plain = estimate().full(true).time(TimeFormat::Utc).time_tz(false);
    let answer = client.send(&plain).await.unwrap();
    let forecast = answer.forecast_with(NaiveStamps::Utc).unwrap();
    assert_eq!(forecast.energy.points(), exact.energy.points());

    // Local stamps lose the first of the two hours that have one name; the energy is the same, for both are dark.
    let local = client
        .send(&estimate().full(true).time(TimeFormat::Local))
        .await
        .unwrap()
        .forecast()
        .unwrap();
    assert_eq!(energy(&local), energy(&exact));
    assert_eq!(local.days, exact.days);
    assert_eq!(local.energy.len(), exact.energy.len() - 1);
}

#[tokio::test]
async fn each_single_series_gives_the_same_energy() {
    let world = World::at(MORNING).await;
    let client = world.unlimited(Credentials::public());
    let (latitude, longitude) = BERLIN;
    let whole = client.send(&estimate()).await.unwrap().forecast().unwrap();
    let day = |forecast: &Forecast| {
        let zone = forecast.time_zone.clone().unwrap();
        let interval = zone.day(date!(2026 - 06 - 21)).unwrap();
        forecast
            .energy
            .amount_in(interval, Coverage::Partial)
            .unwrap()
            .value
            .unwrap()
            .0
    };
    let expected = whole.days[0].energy.0;

    let power = client
        .send(&GetEstimateWatts::new(latitude, longitude, south()))
        .await
        .unwrap();
    let periods = client
        .send(&GetEstimateWattHoursPeriod::new(latitude, longitude, south()))
        .await
        .unwrap();
    let running = client
        .send(&GetEstimateWattHours::new(latitude, longitude, south()))
        .await
        .unwrap();
    let days = client
        .send(&GetEstimateWattHoursDay::new(latitude, longitude, south()))
        .await
        .unwrap();
    for forecast in [
        power.forecast().unwrap(),
        periods.forecast().unwrap(),
        running.forecast().unwrap(),
    ] {
        assert!(
            (day(&forecast) - expected).abs() <= 10.0,
            "{} against {expected}",
            day(&forecast)
        );
    }
    assert_eq!(days.forecast().unwrap().days, whole.days);
}

#[tokio::test]
async fn parameters_have_their_effect() {
    let world = World::at(MORNING).await;
    let client = world.unlimited(key(&world.sandbox.forecast_solar().keys().personal));
    let first_day = async |request: GetEstimate| {
        let answer = client.send(&request).await.unwrap();
        (answer.result.watt_hours_day.0[0].1.0, answer)
    };
    let (plain, answer) = first_day(estimate()).await;
    assert_eq!(answer.result.watt_hours_day.len(), 4, "Personal sees four days");

    let (_, answer) = first_day(estimate().limit(1)).await;
    assert_eq!(answer.result.watt_hours_day.len(), 1);
    let (_, answer) = first_day(estimate().no_sun(true)).await;
    assert!(
        answer
            .result
            .watts
            .iter()
            .all(|(stamp, _)| stamp.as_str().contains(":00+") || stamp.as_str().contains(":30:00"))
    );
    let (damped, _) = first_day(estimate().damping(Damping::new(0.5, 0.0).unwrap())).await;
    assert!(damped < plain, "{damped} against {plain}");
    let wall = vec![60.0; 12];
    let (shaded, _) = first_day(estimate().horizon(Horizon::new(wall).unwrap())).await;
    assert!(shaded < plain * 0.9, "{shaded} against {plain}");
    let (_, answer) = first_day(estimate().inverter(1.0)).await;
    let peak = answer.result.watts.iter().map(|(_, power)| power.0).fold(0.0, f64::max);
    assert_eq!(peak, 1000.0);
    let (_, hourly) = first_day(estimate().resolution(60)).await;
    let (_, half_hourly) = first_day(estimate().resolution(30)).await;
    assert!(hourly.result.watts.len() < half_hourly.result.watts.len());
}

#[tokio::test]
async fn actual_production_rescales_today() {
    let world = World::at(datetime!(2026-06-21 14:00 UTC)).await;
    let client = world.forecast_solar(key(&world.sandbox.forecast_solar().keys().personal).with_plan(Plan::Personal));
    let plain = client.send(&estimate()).await.unwrap().result.watt_hours_day.0[0].1;

    client
        .send(&ReportActual::new(BERLIN.0, BERLIN.1, south(), 40.0))
        .await
        .unwrap();
    let request = world.sandbox.forecast_solar().requests().pop().unwrap();
    let query = request.query.unwrap();
    assert!(query.contains("limit=0") && query.contains("actual=40"), "{query}");
    let scaled = client.send(&estimate()).await.unwrap();
    assert!(scaled.result.watt_hours_day.0[0].1.0 > plain.0);
    let factors = scaled.message.info.unwrap().planes_factors.unwrap();
    assert!(factors[0].factor.unwrap() > 1.0);

    client
        .send(&ReportActual::new(BERLIN.0, BERLIN.1, south(), 0.0))
        .await
        .unwrap();
    assert_eq!(
        client.send(&estimate()).await.unwrap().result.watt_hours_day.0[0].1,
        plain
    );
}

#[tokio::test]
async fn a_professional_has_every_mode_several_planes_weather_and_windows() {
    let world = World::at(MORNING).await;
    let client =
        world.unlimited(key(&world.sandbox.forecast_solar().keys().professional).with_plan(Plan::Professional));
    let (latitude, longitude) = BERLIN;
    let roof = [Plane::new(35, -90, 4.0), Plane::new(35, 90, 4.0)];
    let both = client
        .send(&GetEstimate::new(latitude, longitude, roof))
        .await
        .unwrap()
        .forecast()
        .unwrap();
    let east = client
        .send(&GetEstimate::new(latitude, longitude, roof[0]))
        .await
        .unwrap()
        .forecast()
        .unwrap();
    let west = client
        .send(&GetEstimate::new(latitude, longitude, roof[1]))
        .await
        .unwrap()
        .forecast()
        .unwrap();
    assert!((energy(&both) - energy(&east) - energy(&west)).abs() <= 1.5 * both.energy.len() as f64);
    assert!(
        east.power.get(datetime!(2026-06-21 07:00 UTC)).unwrap().value
            > west.power.get(datetime!(2026-06-21 07:00 UTC)).unwrap().value
    );

    world.advance(Duration::from_secs(60));
    let clear = client
        .send(&GetClearSky::new(latitude, longitude, roof))
        .await
        .unwrap()
        .forecast()
        .unwrap();
    let average = client
        .send(&GetHistory::new(latitude, longitude, roof))
        .await
        .unwrap()
        .forecast()
        .unwrap();
    assert!(energy(&clear) > energy(&both) && energy(&clear) > energy(&average));
    assert_eq!(clear.days.len(), 7);

    let weather = client.send(&GetWeather::new(latitude, longitude)).await.unwrap().result;
    assert!(weather.iter().all(|item| (0.0..=1.0).contains(&item.sky.unwrap())));
    assert!(
        weather.iter().all(|item| item.extra == Extra::default()),
        "every field has a place: {:?}",
        weather[0]
    );
    let windows = client
        .send(&GetTimeWindows::new(latitude, longitude, roof).watt_hours(2000.0))
        .await
        .unwrap();
    assert!(windows.result.as_object().is_some_and(|days| !days.is_empty()));
}

#[tokio::test]
async fn charts_are_made_listed_and_drawn() {
    let world = World::at(MORNING).await;
    let professional = world.sandbox.forecast_solar().keys().professional;
    let client = world.unlimited(key(&professional));
    let chart = client
        .send(&CreateChart::new(BERLIN.0, BERLIN.1, south()))
        .await
        .unwrap()
        .result;
    let token = chart.token.unwrap();
    let charts = client.send(&ListCharts::new()).await.unwrap().result;
    let listed = charts
        .iter()
        .find(|entry| entry.token.as_ref() == Some(&token))
        .unwrap();
    let made_of = listed.param.as_ref().unwrap();
    assert_eq!((made_of.lat, made_of.kwp1), (Some(BERLIN.0), Some(5.0)));
    assert_ne!(
        made_of.apikey.as_ref().unwrap().expose(),
        professional,
        "the client's own key is blotted out"
    );

    let anybody = world.forecast_solar(Credentials::public());
    assert!(
        anybody
            .send(&GetChartLoader::new())
            .await
            .unwrap()
            .contains("fs.chart.loaded")
    );
    let script = anybody
        .send(&GetChartScript::new(ChartScript::new(token).clear_sky()))
        .await
        .unwrap();
    assert!(!script.is_empty());
}

#[tokio::test]
async fn checks_and_texts_need_no_key_and_cost_nothing() {
    let world = World::at(MORNING).await;
    let client = world.forecast_solar(Credentials::public());
    for _ in 0..20 {
        let check = client
            .send(&CheckPlanes::new(BERLIN.0, BERLIN.1, south()))
            .await
            .unwrap();
        assert_eq!(check.result.declination.as_deref(), Some("35°"));
        assert_eq!(check.result.power.as_deref(), Some("5.000 kWp"));
        assert!(check.message.ratelimit.is_none());
    }
    let place = client
        .send(&CheckLocation::new(BERLIN.0, BERLIN.1))
        .await
        .unwrap()
        .result;
    assert_eq!(place.timezone.as_deref(), Some("Europe/Berlin"));
    assert!(!client.send(&GetHelp::new()).await.unwrap().is_empty());
    assert!(
        client
            .send(&GetApiDescription::new())
            .await
            .unwrap()
            .contains("swagger")
    );
}

#[tokio::test]
async fn the_key_tells_its_plan_and_is_never_in_the_answer() {
    let world = World::at(MORNING).await;
    let personal = world.sandbox.forecast_solar().keys().personal;
    let client = world.forecast_solar(key(&personal));
    let raw = client.call(&GetInfo::new()).send_raw().await.unwrap();
    let info = client.send(&GetInfo::new()).await.unwrap();
    assert_eq!(info.result.account.as_ref().unwrap().as_str(), "Personal");
    let zone = info.message.ratelimit.unwrap().zone;
    assert!(zone.starts_with("API key") && zone.contains("[redacted]"), "{zone}");
    assert!(!String::from_utf8_lossy(raw.body()).contains(&personal));
}

#[tokio::test]
async fn the_same_answer_comes_as_a_file() {
    let world = World::at(MORNING).await;
    let client = world.unlimited(Credentials::public());
    let csv = client.send(&estimate().into_csv()).await.unwrap();
    assert!(csv.content_type.starts_with("text/csv"));
    let text = std::str::from_utf8(&csv.bytes).unwrap();
    assert!(
        text.contains(';') && text.contains("2026-06-21T12:00:00+02:00"),
        "{text}"
    );
    let xml = client.send(&estimate().into_xml()).await.unwrap();
    assert!(xml.bytes.trim_ascii_start().starts_with(b"<?xml"));
}

#[tokio::test]
async fn the_client_counts_the_quota_and_comes_back_in_time() {
    let world = World::at(MORNING).await;
    let client = world.forecast_solar(Credentials::public());
    for _ in 0..12 {
        client.send(&estimate()).await.unwrap();
    }
    let refused = client.send(&estimate()).await.unwrap_err();
    assert!(refused.is_rate_limited());
    assert_eq!(refused.attempts(), 0);
    assert_eq!(refused.retry_at(), Some(MORNING + Duration::from_secs(3600)));
    assert_eq!(
        world.sandbox.forecast_solar().request_count(),
        12,
        "the thirteenth call did not leave"
    );

    world.advance(Duration::from_secs(3600));
    client.send(&estimate()).await.unwrap();
}

#[tokio::test]
async fn what_the_service_says_is_heeded_and_survives_a_restart() {
    let world = World::at(MORNING).await;
    // This client does not know the plan of its key, so it learns from what the service says of the quota.
    let personal = world.sandbox.forecast_solar().keys().personal;
    let client = world.forecast_solar(key(&personal));
    for _ in 0..60 {
        client.send(&estimate()).await.unwrap();
    }
    let refused = client.send(&estimate()).await.unwrap_err();
    assert!(refused.is_rate_limited() && refused.attempts() == 0, "{refused}");
    assert!(
        refused.to_string().contains("60 calls in 3600 s, as the service says"),
        "{refused}"
    );
    assert_eq!(refused.retry_at(), Some(MORNING + Duration::from_secs(3600)));

    // One that counts nothing runs into the limit.
    let refused = world.unlimited(key(&personal)).send(&estimate()).await.unwrap_err();
    assert_eq!(refused.status().map(|status| status.as_u16()), Some(429));
    assert_eq!(refused.retry_at(), Some(MORNING + Duration::from_secs(3600)));
    assert!(
        refused.to_string().contains("Rate limit for API calls reached."),
        "{refused}"
    );
    assert!(
        world.clock.slept().is_empty(),
        "an hour is longer than anybody wants to wait"
    );

    let stored = serde_json::to_string(&client.limiter().snapshot()).unwrap();
    let restarted = world.forecast_solar(key(&personal));
    restarted.limiter().restore(&serde_json::from_str(&stored).unwrap());
    let before = world.sandbox.forecast_solar().request_count();
    let refused = restarted.send(&estimate()).await.unwrap_err();
    assert!(refused.is_rate_limited() && refused.attempts() == 0);
    assert_eq!(world.sandbox.forecast_solar().request_count(), before);
    assert_eq!(world.clock.now(), MORNING);
}

#[tokio::test]
async fn a_day_is_what_its_hours_sum_up_to() {
    let world = World::at(MORNING).await;
    let client = world.forecast_solar(Credentials::public());
    let forecast = client.send(&estimate()).await.unwrap().forecast().unwrap();
    let zone = forecast.time_zone.clone().unwrap();
    for day in &forecast.days {
        let hours = day.interval.unwrap().split_by(Duration::from_secs(3600)).unwrap();
        let by_hour = forecast.energy.resample(hours, Coverage::Partial).unwrap();
        let sum: WattHours = by_hour.points().iter().filter_map(|reading| reading.value).sum();
        assert!((sum.0 - day.energy.0).abs() <= 10.0, "{sum} against {}", day.energy);
    }
    let totals = forecast.energy.daily_totals(&zone, Coverage::Partial).unwrap();
    assert_eq!(totals.len(), forecast.days.len());
}
