//! What the service writes otherwise than it describes it: systems. The numbers in all of these files are those of one list
//! of quirks; more are in the files whose names begin with this one's.

use energy_core::model::TimeZone;
use energy_core::time::macros::{date, datetime};
use enphase::v4::*;
use enphase::{EnergySource, SystemStatus, When};
use serde_json::{Value, json};

use crate::v4_support::*;

/// The system of the fixture with some members changed.
async fn system_with(members: Value) -> System {
    let mut answer = fixture("get_system");
    for (name, value) in members.as_object().unwrap() {
        answer[name] = value.clone();
    }
    read(&GetSystem::new(SYSTEM), answer).await
}

/// The same object without some members.
fn without(mut object: Value, names: &[&str]) -> Value {
    for name in names {
        object.as_object_mut().unwrap().remove(*name).unwrap();
    }
    object
}

#[tokio::test]
async fn quirk_01_minus_one_is_read() {
    let system = read(&GetSystem::new(SYSTEM), fixture("get_system")).await;
    assert_eq!(
        (system.energy_lifetime, system.energy_today, system.system_size),
        (Some(-1), Some(-1), Some(-1.0))
    );
    let listed = read(&ListSystems::new(), fixture("list_systems")).await.systems;
    let found = read(
        &SearchSystems::new(SystemSearch::new(SystemFilter::new())),
        fixture("search_systems"),
    )
    .await;
    for system in listed.iter().chain(&found.systems) {
        assert_eq!(
            (system.energy_lifetime, system.energy_today, system.system_size),
            (Some(-1), Some(-1), Some(-1.0))
        );
    }
    let sized = system_with(json!({"energy_lifetime": 42, "system_size": 6.09})).await;
    assert_eq!((sized.energy_lifetime, sized.system_size), (Some(42), Some(6.09)));
}

#[tokio::test]
async fn quirk_02_interconnect_date_is_a_day_or_an_instant() {
    let instant = When::Instant(datetime!(2023-07-04 0:00 UTC));
    for (wire, expected) in [
        (json!(1_688_428_800), Some(instant.clone())),
        (json!("1688428800"), Some(instant)),
        (json!("2023-07-04"), Some(When::Date(date!(2023 - 07 - 04)))),
        (Value::Null, None),
    ] {
        let system = system_with(json!({"interconnect_date": wire})).await;
        assert_eq!(system.interconnect_date, expected, "{wire}");
    }
    let unknown = system_with(json!({"interconnect_date": "last summer"}))
        .await
        .interconnect_date
        .unwrap();
    assert!(
        matches!(unknown, When::Unknown(_)),
        "one field does not spoil a page: {unknown:?}"
    );
    assert_eq!(unknown.to_string(), "last summer");
}

#[tokio::test]
async fn quirk_03_references_may_be_absent() {
    let answer = without(fixture("get_system"), &["reference", "other_references"]);
    let system = read(&GetSystem::new(SYSTEM), answer).await;
    assert_eq!((system.reference, system.other_references), (None, None));
}

#[tokio::test]
async fn quirk_04_almost_everything_may_be_null() {
    let mut answer = fixture("get_system");
    let names: Vec<String> = answer.as_object().unwrap().keys().cloned().collect();
    for name in names.iter().filter(|name| *name != "system_id") {
        answer[name] = Value::Null;
    }
    let system = read(&GetSystem::new(SYSTEM), answer).await;
    let bare = read(&GetSystem::new(SYSTEM), json!({"system_id": SYSTEM})).await;
    assert_eq!(system, bare);
    assert_eq!(
        (system.timezone, system.last_energy_at, system.address),
        (None, None, None)
    );

    let address = json!({"state": null, "country": null, "postal_code": null});
    let address = system_with(json!({"address": address})).await.address.unwrap();
    assert_eq!(
        (address.city, address.state, address.country, address.postal_code),
        (None, None, None, None)
    );
}

fn summary_with(name: &str, value: Value) -> Value {
    let mut answer = fixture("get_system_summary");
    answer[name] = value;
    answer
}

#[tokio::test]
async fn quirk_05_nmi_is_a_number_a_text_or_null() {
    for (wire, expected) in [
        (json!(6_203_770_041_u64), Some("6203770041")),
        (json!("6203770041"), Some("6203770041")),
        (Value::Null, None),
    ] {
        let summary = read(&GetSystemSummary::new(SYSTEM), summary_with("nmi", wire)).await;
        assert_eq!(summary.nmi.as_deref(), expected);
    }
}

#[tokio::test]
async fn quirk_06_evse_power_is_a_list_of_objects_with_one_key() {
    let summary = read(&GetSystemSummary::new(SYSTEM), fixture("get_system_summary")).await;
    let chargers = summary.evse_power.unwrap();
    let serials: Vec<&str> = chargers
        .iter()
        .flat_map(|one| one.0.iter().map(|(serial, _)| serial.as_str()))
        .collect();
    assert_eq!(serials, ["41550021", "41550022"]);
    assert_eq!(chargers[0].get("41550021").unwrap().evse_max_charge_w, Some(11_040));

    let answer = without(fixture("get_system_summary"), &["evse_power"]);
    assert_eq!(read(&GetSystemSummary::new(SYSTEM), answer).await.evse_power, None);
    assert_eq!(
        read(&GetSystemSummary::new(SYSTEM), summary_with("evse_power", json!([])))
            .await
            .evse_power,
        Some(vec![])
    );
}

#[tokio::test]
async fn quirk_07_a_summary_of_the_past_has_zeros() {
    let mut answer = summary_with("operational_at", Value::Null);
    for name in ["modules", "size_w", "current_power"] {
        answer[name] = json!(0);
    }
    answer["source"] = json!("meter");
    let request = GetSystemSummary::new(SYSTEM).summary_date(date!(2024 - 02 - 29));
    let summary = read(&request, answer).await;
    assert_eq!(
        (summary.modules, summary.size_w, summary.current_power),
        (Some(0), Some(0), Some(0))
    );
    assert_eq!(
        (summary.operational_at, summary.source),
        (None, Some(EnergySource::Meter))
    );
}

#[tokio::test]
async fn quirk_32_a_status_may_be_any() {
    for (wire, expected) in [
        ("micro", SystemStatus::Microinverter),
        ("Error", SystemStatus::Error),
        ("iq_collar", SystemStatus::IqCollar),
        ("NSR", SystemStatus::NotReporting),
    ] {
        let mut answer = fixture("get_consumption_lifetime");
        answer["meta"]["status"] = json!(wire);
        let lifetime = read(&GetConsumptionLifetime::new(SYSTEM), answer).await;
        assert_eq!(lifetime.meta.unwrap().status, Some(expected));
    }
    let status = system_with(json!({"status": "hibernating"})).await.status.unwrap();
    assert!(matches!(status, SystemStatus::Unknown(_)));
    assert_eq!(status.as_str(), "hibernating");
}

#[tokio::test]
async fn quirk_33_fields_that_nobody_described_are_kept() {
    let summary = read(&GetSystemSummary::new(SYSTEM), summary_with("stage", json!(3))).await;
    assert_eq!(summary.extra.get("stage"), Some(&json!(3)));

    let server = Server::with_tokens([Reply::json(fixture("get_system"))]).await;
    server.clock.advance(std::time::Duration::from_secs(21 * 3600));
    server.client().send(&GetSystem::new(SYSTEM)).await.unwrap();
    let authorization = format!("Bearer {NEXT_TOKEN}");
    assert_eq!(
        server.calls()[0].header("authorization"),
        Some(authorization.as_str()),
        "a token with `app_Id`"
    );
}

#[tokio::test]
async fn quirk_34_days_are_those_of_the_system() {
    let mut answer = fixture("get_consumption_lifetime");
    answer["start_date"] = json!("2026-03-07");
    let lifetime = read(&GetConsumptionLifetime::new(SYSTEM), answer).await;
    for (zone, begins, changes) in [
        ("US/Pacific", datetime!(2026-03-07 8:00 UTC), 23),
        ("Australia/Sydney", datetime!(2026-03-06 13:00 UTC), 24),
    ] {
        let zone = system_with(json!({"timezone": zone})).await.timezone.unwrap();
        let days = lifetime.daily(&TimeZone::named(zone)).unwrap();
        assert_eq!(days.points()[0].interval.start(), begins);
        assert_eq!(
            days.points()[1].interval.duration().as_secs() / 3600,
            changes,
            "clocks change on the second day"
        );
    }
    assert!(lifetime.daily(&TimeZone::named("Moon/Tranquility")).is_err());
    assert_eq!(system_with(json!({"timezone": null})).await.timezone, None);
}
