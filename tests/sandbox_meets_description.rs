//! The sandbox is written without the API descriptions in hand; here they meet: its routes are the described
//! operations, and its answers have the described shapes. This is Forecast.Solar.

use std::collections::BTreeSet;

use energy_sandbox::ForecastSolarService;
use energy_tests::described::{Described, operation_of};
use energy_tests::{BERLIN, MORNING, World, key};
use forecast_solar::{
    CheckLocation, CheckPlanes, CreateAccount, CreateChart, GetAccount, GetClearSky, GetClearSkyWattHours,
    GetClearSkyWattHoursDay, GetClearSkyWattHoursPeriod, GetClearSkyWatts, GetEstimate, GetEstimateWattHours,
    GetEstimateWattHoursDay, GetEstimateWattHoursPeriod, GetEstimateWatts, GetHistory, GetHistoryWattHours,
    GetHistoryWattHoursDay, GetHistoryWattHoursPeriod, GetHistoryWatts, GetInfo, GetTimeWindows, GetUsage, GetWeather,
    ListAccounts, ListCharts, OPERATIONS, Plane, ResetAccountKey, SuspendAccount, UsagePeriod,
};
use serde_json::{Value, json};

fn described() -> Described {
    Described::load("crates/forecast-solar/openapi.yaml")
}

#[test]
fn every_operation_has_a_route_and_every_route_an_operation() {
    let described: BTreeSet<String> = OPERATIONS
        .iter()
        .map(|operation| format!("{} {}", operation.method, operation.id))
        .collect();
    let served: BTreeSet<String> = ForecastSolarService::routes()
        .iter()
        .map(|route| format!("{} {}", route.method, route.operation_id))
        .collect();
    assert_eq!(described, served);
}

#[tokio::test]
async fn every_answer_has_the_described_shape() {
    let world = World::at(MORNING).await;
    let described = described();
    let keys = world.sandbox.forecast_solar().keys();
    let data = world.unlimited(key(&keys.professional));
    let admin = world.unlimited(key(&keys.administrator));
    let mut checked = BTreeSet::new();

    macro_rules! check {
        ($client:expr, $($request:expr),+ $(,)?) => { $({
            world.advance(std::time::Duration::from_secs(60));
            let request = $request;
            let response = $client.call(&request).send_raw().await.unwrap();
            let operation = operation_of(&request);
            let answer: Value = serde_json::from_slice(response.body()).unwrap();
            let differences = described.differences(operation, 200, &answer);
            assert!(differences.is_empty(), "{operation}: {differences:#?}");
            checked.insert(operation);
        })+ };
    }
    let (latitude, longitude) = BERLIN;
    let plane = Plane::new(35, 10, 4.2);
    check!(
        data,
        GetEstimate::new(latitude, longitude, plane),
        GetEstimateWatts::new(latitude, longitude, plane),
        GetEstimateWattHours::new(latitude, longitude, plane),
        GetEstimateWattHoursPeriod::new(latitude, longitude, plane),
        GetEstimateWattHoursDay::new(latitude, longitude, plane),
        GetHistory::new(latitude, longitude, plane),
        GetHistoryWatts::new(latitude, longitude, plane),
        GetHistoryWattHours::new(latitude, longitude, plane),
        GetHistoryWattHoursPeriod::new(latitude, longitude, plane),
        GetHistoryWattHoursDay::new(latitude, longitude, plane),
        GetClearSky::new(latitude, longitude, plane),
        GetClearSkyWatts::new(latitude, longitude, plane),
        GetClearSkyWattHours::new(latitude, longitude, plane),
        GetClearSkyWattHoursPeriod::new(latitude, longitude, plane),
        GetClearSkyWattHoursDay::new(latitude, longitude, plane),
        GetTimeWindows::new(latitude, longitude, plane),
        GetWeather::new(latitude, longitude),
        CheckLocation::new(latitude, longitude),
        CheckPlanes::new(latitude, longitude, plane),
        GetInfo::new(),
        CreateChart::new(latitude, longitude, plane),
        ListCharts::new(),
    );
    check!(
        admin,
        CreateAccount::new().id("shape"),
        ListAccounts::new(),
        GetAccount::new("shape"),
        GetUsage::new(UsagePeriod::CurrentYear),
        ResetAccountKey::new("shape"),
        SuspendAccount::new("shape"),
    );
    let with_json: BTreeSet<&str> = OPERATIONS
        .iter()
        .filter(|operation| operation.formats.first() == Some(&"application/json"))
        .map(|operation| operation.id)
        .collect();
    assert_eq!(checked, with_json, "every operation that answers in JSON was checked");
}

#[test]
fn the_check_can_fail() {
    let misspelt = json!({"result": {"watt": {}}, "message": {"type": "success", "text": ""}});
    assert_ne!(
        described().differences("getEstimate", 200, &misspelt),
        Vec::<String>::new()
    );
}
