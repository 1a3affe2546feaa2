//! The sandbox is written without the API descriptions in hand; here they meet: its routes are the described
//! operations, and its answers have the described shapes. This is Enphase, both versions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use energy_core::time::Duration;
use energy_core::time::macros::date;
use energy_core::{Api, ApiClient, Endpoint, Error, HttpResponse, Operation, RetryPolicy};
use energy_sandbox::{EnphaseApp, EnphasePerson, EnphaseService, EnphaseSite, Fault};
use energy_tests::described::{Described, operation_of};
use energy_tests::{MORNING, World};
use enphase::v4::*;
use enphase::{Refusal, v2};
use serde_json::Value;

/// What the login has beside the operations.
const LOGIN: [&str; 4] = [
    "GET /oauth/authorize authorize",
    "POST /oauth/authorize decideAuthorization",
    "GET /oauth/redirect_uri showCode",
    "POST /oauth/token token",
];

fn lines<A: Api>(operations: &[&Operation]) -> Vec<String> {
    let base = url::Url::parse(A::BASE_URL).unwrap();
    let base = base.path().trim_end_matches('/');
    let line = |operation: &&Operation| format!("{} {base}{} {}", operation.method, operation.path, operation.id);
    operations.iter().map(line).collect()
}

#[test]
fn every_operation_has_a_route_and_every_route_an_operation() {
    assert_eq!((OPERATIONS.len(), v2::OPERATIONS.len()), (51, 13));
    let mut described: BTreeSet<String> = LOGIN.map(str::to_owned).into();
    described.extend(lines::<Enphase>(OPERATIONS));
    described.extend(lines::<v2::EnlightenSystems>(v2::OPERATIONS));
    let served: BTreeSet<String> = EnphaseService::routes()
        .iter()
        .map(|route| format!("{} {} {}", route.method, route.path, route.operation_id))
        .collect();
    assert_eq!(described, served);
    assert_eq!(served.len(), LOGIN.len() + 51 + 13);
}

/// The bodies of answers, held against a description.
struct Checks {
    described: Described,
    checked: BTreeSet<&'static str>,
    /// Of each operation: the fields that no description names, which are kept as `extra` of what is read.
    undescribed: BTreeMap<&'static str, BTreeSet<String>>,
}

impl Checks {
    fn of(file: &str) -> Self {
        Self {
            described: Described::load(file).strict(),
            checked: BTreeSet::new(),
            undescribed: BTreeMap::new(),
        }
    }

    fn success<E: Endpoint<Output: Debug>>(&mut self, request: &E, response: &HttpResponse) -> E::Output {
        let (operation, status) = (operation_of(request), response.status().as_u16());
        // What is about EV chargers is JSON, and says of itself that it is octets.
        let content_type = if E::OPERATION.path.contains("/ev_charger/") {
            "application/octet-stream"
        } else {
            "application/json"
        };
        assert_eq!(response.headers()["content-type"], content_type, "{operation}");
        self.body(operation, status, response.body());
        let output = match request.decode(response) {
            Ok(output) => output,
            Err(error) => panic!("{operation}: {error}"),
        };
        self.note(operation, &output);
        output
    }

    fn note(&mut self, operation: &'static str, output: &impl Debug) {
        self.checked.insert(operation);
        let text = format!("{output:?}");
        let extras = text.split("extra: {").skip(1);
        let names = extras.flat_map(|extra| extra.split('}').next().unwrap().split('"').skip(1).step_by(2));
        let names: BTreeSet<String> = names.map(str::to_owned).collect();
        if !names.is_empty() {
            self.undescribed.entry(operation).or_default().extend(names);
        }
    }

    fn body(&self, operation: &str, status: u16, body: &[u8]) {
        let answer: Value = serde_json::from_slice(body).unwrap();
        let differences = self.described.differences(operation, status, &answer);
        assert!(
            differences.is_empty(),
            "{operation} {status}: {differences:#?}\n{answer:#}"
        );
    }

    /// Sends what is refused: with this status, in the described shape, in which the client finds this code and these
    /// words.
    async fn refused<E: Endpoint>(
        &self,
        client: &ApiClient<E::Api>,
        request: E,
        (status, code, words): (u16, &str, &str),
    ) -> Refusal {
        let outcome = client.call(&request).with_retry(RetryPolicy::none()).send().await;
        let Err(Error::Api(error)) = outcome else {
            panic!("{}: not refused, or before it was sent", E::OPERATION.id)
        };
        assert_eq!(error.status.as_u16(), status, "{error}");
        self.body(error.operation, status, error.body.bytes());
        assert_eq!(error.code.as_deref(), Some(code), "{error}");
        assert!(error.message.contains(words), "{error}");
        error.details().unwrap()
    }
}

macro_rules! check {
    ($client:expr, $checks:expr; $($request:expr),+ $(,)?) => { $({
        let request = $request;
        let response = $client.call(&request).send_raw().await.unwrap();
        $checks.success(&request, &response)
    });+ };
}

/// What both kinds of site answer; the micro-only one shorter.
async fn check_site(client: &Client, checks: &mut Checks, site: &EnphaseSite) {
    let id = site.system_id;
    let (week_ago, yesterday) = (MORNING - Duration::days(7), date!(2026 - 06 - 20));
    let micro = site.micro_serials[0].as_str();
    check!(client, checks;
        GetSystem::new(id),
        GetSystemSummary::new(id),
        GetSystemSummary::new(id).summary_date(yesterday),
        ListDevices::new(id),
        RetrieveSystemId::new(site.gateway_serial.as_str()),
        ListEvents::new(id, week_ago).end_time(MORNING),
        ListAlarms::new(id, week_ago).end_time(MORNING),
        ListAlarms::new(id, week_ago).end_time(MORNING).cleared(true),
        ListOpenEvents::new(id),
        ListOpenAlarms::new(id),
        GetInvertersSummary::new().site_id(id),
        GetProductionMeterReadings::new(id),
        GetRgmStats::new(id).start_at(week_ago).end_at(MORNING),
        GetEnergyLifetime::new(id),
        GetEnergyLifetime::new(id).start_date(yesterday).production(ProductionSeries::All),
        GetProductionMicroTelemetry::new(id).start_date(yesterday),
        GetProductionMeterTelemetry::new(id).start_at(week_ago).granularity(Granularity::Week),
        GetConsumptionMeterReadings::new(id),
        GetStorageMeterReadings::new(id),
        GetConsumptionLifetime::new(id),
        GetBatteryLifetime::new(id),
        GetEnergyImportLifetime::new(id),
        GetEnergyExportLifetime::new(id),
        GetBatteryTelemetry::new(id).start_date(yesterday),
        GetConsumptionMeterTelemetry::new(id).start_date(yesterday),
        GetLatestTelemetry::new(id),
        ListMicrosTelemetry::new(id).start_date(yesterday).end_date(yesterday),
        GetMicroTelemetry::new(id, micro).start_at(week_ago),
        GetLoadControl::new(id),
        GetGridStatus::new(id),
        ListChargers::new(id),
        ListChargerEvents::new(id),
    );
}

/// What only a site with meters, batteries and chargers answers.
async fn check_metered(client: &Client, checks: &mut Checks, site: &EnphaseSite) {
    let id = site.system_id;
    let (week_ago, yesterday) = (MORNING - Duration::days(7), date!(2026 - 06 - 20));
    let (battery, charger) = (
        site.battery_serials[0].as_str(),
        site.charger_serial.as_deref().unwrap(),
    );
    let evse = site.evse_serial.as_deref().unwrap();
    let battery_update = BatterySettingsUpdate::new()
        .battery_mode(BatteryMode::FullBackup)
        .reserve_soc(30);
    let load_update = LoadControlUpdate::new("NC1").mode(LoadMode::BatteryPowered).soc_low(40);
    check!(client, checks;
        GetEnergyImportTelemetry::new(id).start_date(yesterday),
        GetEnergyExportTelemetry::new(id).start_at(week_ago).granularity(Granularity::Week),
        GetEnchargeTelemetry::new(id, battery).start_date(yesterday),
        GetEvseLifetime::new(id, evse),
        GetHeatPumpLifetime::new(id).start_date(yesterday).end_date(yesterday),
        GetEvseTelemetry::new(id, evse).start_date(yesterday).interval_duration(IntervalDuration::FiveMinutes),
        GetHeatPumpTelemetry::new(id).start_at(week_ago),
        UpdateBatterySettings::new(id, battery_update),
        GetBatterySettings::new(id),
        UpdateStormGuard::new(id, StormGuardUpdate::new(Switch::Disabled)),
        GetStormGuard::new(id),
        UpdateLoadControl::new(id, load_update),
        ListChargingSessions::new(id, charger),
        GetChargingSchedules::new(id, charger),
        GetChargerLifetime::new(id, charger, date!(2026 - 06 - 01)).end_date(yesterday),
        GetChargerTelemetry::new(id, charger).start_date(yesterday),
        GetChargerTelemetry::new(id, charger).start_at(week_ago).granularity(Granularity::Week),
        StartCharging::new(id, charger, ChargingInput::new()),
        StopCharging::new(id, charger),
    );
    let mut frames = live_data(client, &GetLiveData::new(id)).await.unwrap();
    let mut count = 0;
    while let Some(frame) = frames.next().await {
        let frame = frame.unwrap();
        assert!(frame.data.pv_power.is_some() && frame.at().is_some(), "{frame:?}");
        checks.note("getLiveData", &frame);
        count += 1;
    }
    assert_eq!(count, 30, "one a second for half a minute");
}

#[tokio::test]
async fn every_answer_of_v4_has_the_described_shape() {
    let world = World::at(MORNING).await;
    let client = world.enphase(EnphaseApp::Partner, EnphasePerson::Owner);
    let sites = world.sandbox.enphase().sites();
    let mut checks = Checks::of("crates/enphase/openapi/v4.yaml");
    check!(client, checks; ListSystems::new(), ListEventTypes::new());
    let search = SystemSearch::new(SystemFilter::new().statuses([SearchableStatus::Microinverter]));
    let found = check!(client, checks; SearchSystems::new(search).live_stream(true));
    assert_eq!(found.systems.len(), 1);
    check_site(&client, &mut checks, &sites.metered).await;
    check_site(&client, &mut checks, &sites.micro_only).await;
    check_metered(&client, &mut checks, &sites.metered).await;

    // The installer's systems have less: nobody filled in where some of them are.
    let installer = world.enphase(EnphaseApp::Partner, EnphasePerson::Installer);
    check!(installer, checks;
        ListSystems::new().page(25),
        SearchSystems::new(SystemSearch::new(SystemFilter::new())),
        GetSystemSummary::new(sites.young_system_id),
        GetLatestTelemetry::new(sites.silent_system_id),
    );
    let all: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.id).collect();
    assert_eq!(checks.checked, all, "every operation was checked");
    let undescribed = BTreeMap::from([("getSystemSummary", BTreeSet::from(["stage".to_owned()]))]);
    assert_eq!(
        checks.undescribed, undescribed,
        "one recorded field is in no description"
    );
}

#[tokio::test]
async fn every_answer_of_v2_has_the_described_shape() {
    use v2::*;

    let world = World::at(MORNING).await;
    world.sandbox.enphase().set_v2_quota(1_000, 10_000);
    let client = world.enphase_v2(EnphasePerson::Owner);
    let sites = world.sandbox.enphase().sites();
    let mut checks = Checks::of("crates/enphase/openapi/v2.yaml");
    let (two_days_ago, month) = (MORNING - Duration::days(2), date!(2026 - 05 - 01));
    for (site, format) in [
        (&sites.metered, DatetimeFormat::Epoch),
        (&sites.metered, DatetimeFormat::Iso8601),
        (&sites.micro_only, DatetimeFormat::Epoch),
        (&sites.micro_only, DatetimeFormat::Iso8601),
    ] {
        let id = site.system_id;
        let format = || format;
        check!(client, checks;
            ListSystems::new().datetime_format(format()),
            GetEnergyLifetime::new(id).production(ProductionDetail::All).datetime_format(format()),
            GetStats::new(id).start_at(two_days_ago).datetime_format(format()),
            GetRgmStats::new(id).start_at(two_days_ago).datetime_format(format()),
            GetProductionMeterReadings::new(id).datetime_format(format()),
            GetMonthlyProduction::new(id, month).datetime_format(format()),
            ListEnvoys::new(id).datetime_format(format()),
            GetInventory::new(id).datetime_format(format()),
            GetSummary::new(id).datetime_format(format()),
            GetInvertersSummary::new(id).datetime_format(format()),
            SearchSystemId::new(site.gateway_serial.as_str()).datetime_format(format()),
        );
        let (days, quarters) = (
            GetConsumptionLifetime::new(id),
            GetConsumptionStats::new(id).start_at(two_days_ago),
        );
        if site == &sites.metered {
            let days = check!(client, checks; days.datetime_format(format()));
            let quarters = check!(client, checks; quarters.datetime_format(format()));
            assert!(days.is_some() && quarters.is_some());
        } else {
            // The one says so without a body, the other by a refusal in one text.
            let response = client.call(&days).send_raw().await.unwrap();
            assert_eq!(response.status().as_u16(), 204);
            assert!(checks.described.is_empty("getConsumptionLifetime", 204));
            assert_eq!(days.decode(&response).unwrap(), None);
            let response = client.call(&quarters).send_raw().await.unwrap();
            checks.body("getConsumptionStats", response.status().as_u16(), response.body());
            assert_eq!(quarters.decode(&response).unwrap(), None);
        }
    }
    let all: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.id).collect();
    assert_eq!(checks.checked, all, "every operation was checked");
    assert_eq!(checks.undescribed, BTreeMap::new());
}

#[tokio::test]
async fn every_refusal_of_v4_has_the_described_shape() {
    let world = World::at(MORNING).await;
    let service = world.sandbox.enphase();
    let checks = Checks::of("crates/enphase/openapi/v4.yaml");
    let client = world.enphase(EnphaseApp::Partner, EnphasePerson::Owner);
    let sites = service.sites();
    let (micro_only, others) = (sites.micro_only.system_id, sites.silent_system_id);
    macro_rules! refused {
        ($client:expr, $request:expr; $status:literal $code:literal $words:literal) => {
            checks.refused(&$client, $request, ($status, $code, $words)).await
        };
    }
    let watt = world.enphase(EnphaseApp::Watt, EnphasePerson::Owner);
    refused!(watt, GetStormGuard::new(micro_only); 401 "401" "Not Authorized: User is not authorized");
    refused!(watt, GetLiveData::new(micro_only); 401 "NOT_AUTHENTICATED" "API Key is invalid");
    refused!(client, GetSystem::new(others); 403 "403" "Not authorized to access this resource");
    refused!(client, GetSystem::new(7_u64); 404 "404" "System not found for {:id=>\"7\"}");
    refused!(client, GetProductionMeterReadings::new(7_u64); 404 "404" "Not Authorized: System not found");
    refused!(client, GetMicroTelemetry::new(micro_only, "9"); 404 "404" "Micro not found for {:id=>\"9\"}");
    refused!(client, RetrieveSystemId::new("9"); 404 "404" "Envoy not found");
    refused!(client, ListEvents::new(micro_only, MORNING - Duration::days(400)); 422 "422" "range is invalid");
    refused!(client, GetStormGuard::new(micro_only); 422 "422" "System doesn't have encharges");
    let old = GetProductionMicroTelemetry::new(micro_only).start_at(MORNING - Duration::days(900));
    let known = refused!(client, old; 422 "422" "first_interval=>");
    assert_eq!(
        known.first_interval,
        Some(sites.micro_only.operational_at + Duration::minutes(5))
    );
    refused!(client, GetChargingSchedules::new(micro_only, "9"); 400 "400" "Invalid system_id or serial_no");
    let later = CompactDate(date!(2027 - 01 - 01));
    let charger = sites.metered.charger_serial.as_deref().unwrap();
    let ahead = GetChargerLifetime::new(sites.metered.system_id, charger, later);
    refused!(client, ahead; 400 "400" "Invalid start_date/end_date");
    refused!(client, GetLiveData::new(micro_only); 472 "LIVE_STREAM_NOT_SUPPORTED" "support live stream");
    refused!(client, GetEnergyImportTelemetry::new(micro_only); 500 "500" "unable to fetch data");
    service.fault(Fault::status(405));
    refused!(client, GetSystem::new(micro_only); 405 "405" "Method not allowed");
    service.fault(Fault::status(501));
    refused!(client, GetSystem::new(micro_only); 501 "501" "Not Implemented");
    service.fault(Fault::status(500));
    refused!(client, GetRgmStats::new(micro_only); 500 "7" "temporarily unavailable");
    service.fault(Fault::status(552));
    refused!(client, GetLiveData::new(micro_only); 552 "CONNECTION_NOT_ESTABLISHED" "Unable to connect");
    // Some say of which period the quota is, and some do not.
    service.fault(Fault::status(429));
    let quota = refused!(client, GetSystem::new(micro_only); 429 "429" "limit exceeded for plan Partner");
    assert_eq!((quota.period, quota.limit), (None, None));
    world.advance(std::time::Duration::from_secs(60));
    service.fault(Fault::status(429));
    let quota = refused!(client, GetSystemSummary::new(micro_only); 429 "429" "limit exceeded for plan Partner");
    assert_eq!((quota.period.as_deref(), quota.limit), (Some("minute"), Some(300)));
}

#[tokio::test]
async fn every_refusal_of_v2_has_the_described_shape() {
    use v2::*;

    let world = World::at(MORNING).await;
    let service = world.sandbox.enphase();
    let checks = Checks::of("crates/enphase/openapi/v2.yaml");
    let client = world.enphase_v2(EnphasePerson::Owner);
    let sites = service.sites();
    let id = sites.metered.system_id;
    macro_rules! refused {
        ($request:expr; $status:literal $code:literal $words:literal) => {
            checks.refused(&client, $request, ($status, $code, $words)).await
        };
    }
    refused!(GetSummary::new(sites.silent_system_id); 401 "401" "Not authorized to access requested resource");
    refused!(SearchSystemId::new("9"); 404 "404" "Envoy not found with this serial number");
    refused!(GetSummary::new(7_u64); 422 "422" "Couldn't find Site with 'id'=7");
    let known = refused!(GetStats::new(id).start_at(MORNING + Duration::HOUR); 422 "422" "range is invalid");
    assert_eq!(known.last_interval, Some(MORNING));
    let ahead = refused!(GetEnergyLifetime::new(id).start_date(date!(2026 - 07 - 01)); 422 "422" "in the future");
    assert_eq!(ahead.start.as_deref(), Some("2026-07-01"));
    service.fault(Fault::status(500));
    refused!(GetRgmStats::new(id); 500 "7" "Data temporarily unavailable.");
    service.fault(Fault::status(503));
    refused!(GetRgmStats::new(id); 503 "7" "Data temporarily unavailable.");
    service.fault(Fault::status(409));
    let quota = refused!(GetRgmStats::new(id); 409 "409" "Usage limit exceeded for plan Watt");
    assert_eq!((quota.period.as_deref(), quota.limit), (Some("minute"), Some(10)));
    assert_eq!(quota.period_end, Some(MORNING + Duration::MINUTE));
}
