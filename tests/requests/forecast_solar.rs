//! Forecast.Solar.

use energy_core::ClientBuilder;
use forecast_solar::*;
use time::Month;

use super::{Connect, Place, Sample, Service};

const KEY: &str = "A7k2Zp9QwX4mT1bL";

pub(super) const SERVICE: Service = Service {
    name: "Forecast.Solar",
    description: "crates/forecast-solar/openapi.yaml",
    operations: OPERATIONS,
    secrets: &[KEY],
    tokens: None,
    samples,
};

impl Connect for ForecastSolar {
    fn connect(place: &Place) -> ClientBuilder<Self> {
        let credentials = Credentials::key(KEY).expect("the key is well formed");
        Client::builder(credentials).base_url(&place.origin)
    }
}

const LATITUDE: f64 = 47.0707;
const LONGITUDE: f64 = 15.4395;
const ACCOUNT: &str = "hay-loft-3";

/// Two roofs, to the east and to the west.
fn barn() -> Planes {
    Planes::from([Plane::new(32, -85, 6.4), Plane::new(32, 95, 5.2)])
}

/// Makes each a request for the barn.
macro_rules! of_barn {
    ($($request:ident),+ $(,)?) => { [$(Sample::of($request::new(LATITUDE, LONGITUDE, barn()))),+] };
}

fn samples() -> Vec<Sample> {
    let mut samples = Vec::new();
    samples.extend(forecasts());
    samples.extend(places());
    samples.extend(texts());
    samples.extend(accounts());
    samples
}

fn forecasts() -> Vec<Sample> {
    let estimate = GetEstimate::new(LATITUDE, LONGITUDE, barn())
        .time(TimeFormat::Utc)
        .damping_morning(0.25)
        .inverter(10.0);
    let mut samples = vec![Sample::of(estimate)];
    samples.extend(of_barn![
        GetEstimateWatts,
        GetEstimateWattHours,
        GetEstimateWattHoursPeriod,
        GetEstimateWattHoursDay,
        GetHistory,
        GetHistoryWatts,
        GetHistoryWattHours,
        GetHistoryWattHoursPeriod,
        GetHistoryWattHoursDay,
        GetClearSky,
        GetClearSkyWatts,
        GetClearSkyWattHours,
        GetClearSkyWattHoursPeriod,
        GetClearSkyWattHoursDay,
    ]);
    samples
}

fn places() -> Vec<Sample> {
    let windows = GetTimeWindows::new(LATITUDE, LONGITUDE, barn())
        .baseload(350.0)
        .watt_hours(1800.0);
    vec![
        Sample::of(windows),
        Sample::of(GetWeather::new(LATITUDE, LONGITUDE)),
        Sample::of(CheckLocation::new(LATITUDE, LONGITUDE)),
        Sample::of(CheckPlanes::new(LATITUDE, LONGITUDE, barn())),
        Sample::of(GetInfo::new()),
    ]
}

fn texts() -> Vec<Sample> {
    vec![
        Sample::of(CreateChart::new(LATITUDE, LONGITUDE, barn())),
        Sample::of(ListCharts::new()),
        Sample::of(GetChartLoader::new()),
        Sample::of(GetChartScript::new(ChartScript::new("Wm4Ty8Rs").day("2026-06-16"))),
        Sample::of(GetHelp::new()),
        Sample::of(GetApiDescription::new()),
    ]
}

fn accounts() -> Vec<Sample> {
    vec![
        Sample::of(CreateAccount::new().id(ACCOUNT)),
        Sample::of(ListAccounts::new()),
        Sample::of(GetAccount::new(ACCOUNT)),
        Sample::of(GetUsage::new(UsagePeriod::Month(2026, Month::May))),
        Sample::of(ResetAccountKey::new(ACCOUNT)),
        Sample::of(SuspendAccount::new(ACCOUNT)),
        Sample::of(DeleteAccount::new(ACCOUNT)),
    ]
}
