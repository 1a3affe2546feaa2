//! What a plan has: access controls, known before anything is sent, and quotas, counted before the service counts them.

use std::collections::BTreeMap;
use std::time::Duration;

use energy_core::Error;
use energy_core::limit::{LimiterSnapshot, OnLimit};
use enphase::StoredToken;
use enphase::v4::AccessControl::{
    DeviceLevel, EvChargerControl, EvChargerMonitoring, SiteConsumption, SiteProduction, Streaming,
    SystemConfigurations, SystemDetails,
};
use enphase::v4::*;
use serde_json::json;

use crate::v4_service::*;

const MINUTE: Duration = Duration::from_secs(60);
const PLANS: [Plan; 4] = [Plan::Watt, Plan::Kilowatt, Plan::Megawatt, Plan::Partner];

fn on(plan: Plan) -> Credentials {
    credentials(StoredToken::new(ACCESS)).plan(plan)
}

fn ask() -> GetSystem {
    GetSystem::new(SYSTEM)
}

/// The vendor's groups of operations, by operation.
fn documented() -> BTreeMap<&'static str, AccessControl> {
    let groups = [
        (
            SystemDetails,
            "listSystems searchSystems getSystem getSystemSummary listDevices retrieveSystemId listEvents listAlarms \
             listEventTypes listOpenEvents listOpenAlarms getInvertersSummary",
        ),
        (
            SiteProduction,
            "getProductionMeterReadings getRgmStats getEnergyLifetime getProductionMicroTelemetry \
             getProductionMeterTelemetry",
        ),
        (
            SiteConsumption,
            "getConsumptionMeterReadings getStorageMeterReadings getConsumptionLifetime getBatteryLifetime \
             getEnergyImportLifetime getEnergyExportLifetime getBatteryTelemetry getConsumptionMeterTelemetry \
             getEnergyImportTelemetry getEnergyExportTelemetry getLatestTelemetry",
        ),
        (
            DeviceLevel,
            "listMicrosTelemetry getMicroTelemetry getEnchargeTelemetry getEvseLifetime getHeatPumpLifetime \
             getEvseTelemetry getHeatPumpTelemetry",
        ),
        (
            SystemConfigurations,
            "getBatterySettings updateBatterySettings getStormGuard updateStormGuard getGridStatus getLoadControl \
             updateLoadControl",
        ),
        (Streaming, "getLiveData"),
        (
            EvChargerMonitoring,
            "listChargers listChargerEvents listChargingSessions getChargingSchedules getChargerLifetime \
             getChargerTelemetry",
        ),
        (EvChargerControl, "startCharging stopCharging"),
    ];
    let pairs = groups
        .into_iter()
        .flat_map(|(control, ids)| ids.split_whitespace().map(move |id| (id, control)));
    pairs.collect()
}

#[test]
fn every_operation_is_in_the_group_that_the_vendor_put_it_in() {
    let documented = documented();
    assert_eq!((documented.len(), OPERATIONS.len()), (51, 51));
    for operation in OPERATIONS {
        assert_eq!(
            AccessControl::of(operation),
            documented.get(operation.id).copied(),
            "{}",
            operation.id
        );
    }
}

#[test]
fn quotas_are_those_of_the_vendors_pages() {
    let pages = [
        ("Watt", 10, 1_000),
        ("Kilowatt", 50, 50_000),
        ("Megawatt", 100, 300_000),
        ("Partner", 300, 1_500_000),
    ];
    for (plan, (name, minute, month)) in PLANS.into_iter().zip(pages) {
        assert_eq!(
            (plan.name(), plan.calls_per_minute(), plan.calls_per_month()),
            (name, minute, month)
        );
        assert_eq!(plan.to_string(), name);
    }
}

#[test]
fn each_plan_has_what_the_one_before_has_and_more() {
    let new_in = [
        (
            Plan::Watt,
            vec![SystemDetails, SiteProduction, SiteConsumption, EvChargerMonitoring],
        ),
        (Plan::Kilowatt, vec![DeviceLevel, Streaming]),
        (Plan::Megawatt, vec![SystemConfigurations]),
        (Plan::Partner, vec![EvChargerControl]),
    ];
    let mut controls = 0;
    for (smallest, new) in new_in {
        for control in new {
            controls += 1;
            assert_eq!(control.smallest_plan(), smallest);
            for plan in PLANS {
                assert_eq!(plan.allows(control), plan >= smallest, "{control} on {plan}");
            }
        }
    }
    assert_eq!(controls, AccessControl::ALL.len());
}

/// What is refused is not sent, costs nothing, and is told with the plan that would do.
#[tokio::test]
async fn what_the_plan_lacks_is_refused_before_it_is_sent() {
    let service = Service::in_order([ok(
        json!({"system_id": SYSTEM, "serial_number": "121", "intervals": []}),
    )]);
    let micro = GetMicroTelemetry::new(SYSTEM, "121766001122");
    let client = service.client_of(on(Plan::Watt));
    let error = client.send(&micro).await.unwrap_err();
    let Error::Refused { source, .. } = &error else {
        panic!("another kind of error: {error:?}");
    };
    assert_eq!(source.needs, "Kilowatt");
    assert!(error.is_forbidden() && !error.may_have_been_sent());
    for word in ["Device Level Monitoring", "Kilowatt", "Watt"] {
        assert!(error.to_string().contains(word), "{error}");
    }
    for _ in 0..20 {
        client.send(&micro).await.unwrap_err();
    }
    assert_eq!(service.count(), 0);
    assert_eq!(
        client.limiter().snapshot(),
        service.client_of(on(Plan::Watt)).limiter().snapshot()
    );

    service.client_of(on(Plan::Kilowatt)).send(&micro).await.unwrap();
    assert_eq!(service.count(), 1);
    // Without a plan nothing is refused.
    service.client().send(&micro).await.unwrap();
    assert_eq!(service.count(), 2);
}

#[tokio::test]
async fn the_largest_plan_is_named_alone() {
    let service = Service::untouched();
    let start = StartCharging::new(SYSTEM, "202311220033", ChargingInput::new());
    for plan in [Plan::Watt, Plan::Kilowatt, Plan::Megawatt] {
        let error = service.client_of(on(plan)).send(&start).await.unwrap_err();
        assert!(error.is_forbidden(), "{error:?}");
        assert!(error.to_string().contains("which the plan Partner has"), "{error}");
    }
    let settings = GetBatterySettings::new(SYSTEM);
    let error = service.client_of(on(Plan::Kilowatt)).send(&settings).await.unwrap_err();
    assert!(
        error.to_string().contains("the plan Megawatt or a larger one has"),
        "{error}"
    );
}

#[tokio::test]
async fn the_minute_is_counted() {
    let service = Service::in_order([ok(system(SYSTEM))]);
    let client = service.client_of(on(Plan::Watt));
    for _ in 0..10 {
        client.send(&ask()).await.unwrap();
        service.clock.advance(Duration::from_secs(1));
    }
    let error = client.send(&ask()).await.unwrap_err();
    let Error::Limited { source, .. } = &error else {
        panic!("another kind of error: {error:?}");
    };
    assert_eq!(source.window, "the quota of 10 calls a minute (Watt)");
    assert_eq!(source.retry_at, Some(NOW + MINUTE));
    assert!(error.is_rate_limited() && error.is_retryable());
    assert_eq!(service.count(), 10);
    service.clock.advance(Duration::from_secs(50));
    client.send(&ask()).await.unwrap();
    assert_eq!(service.count(), 11);
}

#[tokio::test]
async fn the_minute_can_be_waited_for() {
    let service = Service::in_order([ok(system(SYSTEM))]);
    let client = service
        .builder(on(Plan::Watt))
        .on_limit(OnLimit::Wait(MINUTE))
        .build()
        .unwrap();
    for _ in 0..31 {
        client.send(&ask()).await.unwrap();
    }
    assert_eq!(service.clock.slept(), [MINUTE; 3]);
    assert_eq!(service.count(), 31);
}

#[tokio::test]
async fn the_month_is_counted() {
    let service = Service::in_order([ok(system(SYSTEM))]);
    let client = service.client_of(on(Plan::Watt));
    for _ in 0..1_000 {
        client.send(&ask()).await.unwrap();
        service.clock.advance(Duration::from_secs(6));
    }
    let error = client.send(&ask()).await.unwrap_err();
    let Error::Limited { source, .. } = &error else {
        panic!("another kind of error: {error:?}");
    };
    assert_eq!(source.window, "the quota of 1000 calls a month (Watt)");
    assert_eq!(
        source.retry_at,
        Some(NOW + 31 * 24 * 60 * MINUTE),
        "never before the service's own month is over"
    );
    assert_eq!(service.count(), 1_000);
}

/// A program that starts again goes on counting.
#[tokio::test]
async fn the_count_outlives_the_program() {
    let service = Service::in_order([ok(system(SYSTEM))]);
    let before = service.client_of(on(Plan::Watt));
    for _ in 0..9 {
        before.send(&ask()).await.unwrap();
    }
    let stored = serde_json::to_string(&before.limiter().snapshot()).unwrap();
    let after = service.client_of(on(Plan::Watt));
    let snapshot: LimiterSnapshot = serde_json::from_str(&stored).unwrap();
    after.limiter().restore(&snapshot);
    after.send(&ask()).await.unwrap();
    assert!(after.send(&ask()).await.unwrap_err().is_rate_limited());
    assert_eq!(service.count(), 10);
    assert!(!stored.contains(KEY) && !stored.contains(ACCESS), "{stored}");
}

#[tokio::test]
async fn without_a_plan_nothing_is_counted() {
    let service = Service::in_order([ok(system(SYSTEM))]);
    let client = service.client();
    for _ in 0..400 {
        client.send(&ask()).await.unwrap();
    }
    assert_eq!((service.count(), service.clock.slept().len()), (400, 0));
}

/// The tokens' own requests are no calls.
#[tokio::test]
async fn logins_are_not_counted() {
    let service = Service::with_logins([token_answer("acc-1", "ref-1")], |_| ok(system(SYSTEM)));
    let expired = token().with_expiry(NOW - MINUTE);
    let client = service.client_of(credentials(expired).plan(Plan::Watt));
    for _ in 0..10 {
        client.send(&ask()).await.unwrap();
    }
    assert_eq!((service.logins().len(), service.calls().len()), (1, 10));
}
