//! What each package has, cell by cell, and what is refused before it is sent.

use std::collections::HashSet;

use energy_core::Endpoint;
use energy_core::error::{ApiErrorKind, RefusedError};
use energy_core::time::macros::date;
use serde_json::json;
use solarlog_enerest::Audience::{Portal, User};
use solarlog_enerest::Availability::{No, PlantTotals, Yes};
use solarlog_enerest::Package::{Advanced, Basic};
use solarlog_enerest::*;

use crate::support::entities::*;
use crate::support::*;

/// A row: the function, its name, and Basic and Advanced, first of the User API, then of the Portal API.
type Row = (Function, &'static str, [Availability; 2], [Availability; 2]);

/// The vendor's table in its newest version. Its columns are those of the User API; the Portal API has the same and,
/// with the Advanced package, fleets.
const TABLE: [Row; 13] = [
    (
        Function::HistoricalData,
        "Request all historical data",
        [Yes, Yes],
        [Yes, Yes],
    ),
    (
        Function::PlantInformation,
        "General plant information",
        [Yes, Yes],
        [Yes, Yes],
    ),
    (
        Function::ComponentOverview,
        "Overview of the plant components",
        [Yes, Yes],
        [Yes, Yes],
    ),
    (
        Function::Production,
        "Production values",
        [PlantTotals, Yes],
        [PlantTotals, Yes],
    ),
    (
        Function::Consumption,
        "Consumption values",
        [PlantTotals, Yes],
        [PlantTotals, Yes],
    ),
    (
        Function::BatteryStorage,
        "Battery storage values",
        [PlantTotals, Yes],
        [PlantTotals, Yes],
    ),
    (Function::Inverter, "Inverter values", [No, Yes], [No, Yes]),
    (Function::MppTracker, "MPP tracker values", [No, Yes], [No, Yes]),
    (Function::InverterString, "Inverter string values", [No, Yes], [No, Yes]),
    (Function::Meter, "Meter values", [No, Yes], [No, Yes]),
    (Function::PlantKpis, "Plant KPIs", [No, Yes], [No, Yes]),
    (Function::Sensor, "Sensor values", [No, Yes], [No, Yes]),
    (Function::Fleets, "Fleets overview & fleet details", [No, No], [No, Yes]),
];

/// The four that can be bought.
const LOGINS: [(Package, Audience); 4] = [(Basic, User), (Advanced, User), (Basic, Portal), (Advanced, Portal)];

#[test]
fn every_cell_is_as_the_page_has_it() {
    let mut cells = 0;
    for (function, name, of_user, of_portal) in TABLE {
        for (audience, row) in [(User, of_user), (Portal, of_portal)] {
            for (package, expected) in [(Basic, row[0]), (Advanced, row[1])] {
                let found = function.availability(package, audience);
                assert_eq!(found, expected, "{name}: {package} of the {audience}");
                cells += 1;
            }
        }
    }
    assert_eq!(cells, 52);
}

#[test]
fn rows_are_named_and_in_the_order_of_the_page() {
    assert_eq!(Function::ALL, TABLE.map(|(function, ..)| function));
    for (function, name, ..) in TABLE {
        assert_eq!((function.name(), function.to_string().as_str()), (name, name));
    }
    let different: HashSet<Function> = Function::ALL.into_iter().collect();
    assert_eq!(different.len(), 13);
}

/// What the page says in words of both: the larger package has all that the smaller one has.
#[test]
fn advanced_has_all_that_basic_has() {
    for function in Function::ALL {
        for audience in [User, Portal] {
            let (basic, advanced) = (
                function.availability(Basic, audience),
                function.availability(Advanced, audience),
            );
            assert!(advanced == Yes || basic == No, "{function}: {basic:?}, {advanced:?}");
        }
    }
    assert!(Basic < Advanced);
}

#[test]
fn packages_and_audiences_have_names() {
    assert_eq!([Basic.to_string(), Advanced.to_string()], ["Basic", "Advanced"]);
    assert_eq!([User.to_string(), Portal.to_string()], ["User API", "Portal API"]);
}

/// Refused with this package, and nothing is sent, not even a login.
async fn lacks<E>(package: Package, audience: Audience, request: &E) -> RefusedError
where
    E: Endpoint<Api = SolarLogEnerest>,
    E::Output: std::fmt::Debug,
{
    let error = refused(login(package, audience), request).await;
    assert!(error.is_forbidden() && !error.is_retryable(), "{error:?}");
    assert_eq!(error.operation(), E::OPERATION.id);
    let said = error.to_string();
    let Error::Refused { source, .. } = error else {
        panic!("another kind of error: {error:?}");
    };
    let own = format!("this client was built for {package} of the {audience}");
    assert!(
        said.contains("needs the package Advanced") && said.contains(&own),
        "{said}"
    );
    *source
}

/// Sent with this package.
async fn has<E>(package: Package, audience: Audience, request: &E)
where
    E: Endpoint<Api = SolarLogEnerest>,
{
    let server = Server::with_token([Reply::json(json!([]))]).await;
    let _ = server.client(login(package, audience)).send(request).await;
    assert_eq!(
        server.calls().len(),
        1,
        "{}: {package} of the {audience}",
        E::OPERATION.id
    );
}

/// Every package but the basic ones has it.
async fn is_advanced<E>(request: &E, words: &str)
where
    E: Endpoint<Api = SolarLogEnerest>,
    E::Output: std::fmt::Debug,
{
    for (package, audience) in LOGINS {
        if package == Advanced {
            has(package, audience, request).await;
            continue;
        }
        let refusal = lacks(package, audience, request).await;
        assert_eq!(refusal.needs, "Advanced");
        assert!(refusal.reason.starts_with(words), "{refusal}");
    }
}

fn channels(channel: impl Into<Channel>) -> GetChannels {
    GetChannels::new(PLANT, [channel.into()], Day::Today, Day::Today)
}

#[tokio::test]
async fn values_of_components_are_advanced() {
    let request = channels(Channel::ProdPac).component_ids([ComponentId::from(INVERTER)]);
    is_advanced(&request, "values of components").await;
}

#[tokio::test]
async fn values_of_trackers_are_advanced() {
    let request = channels(Channel::ProdPdc).mpp_tracker_ids([MppTrackerId::from(TRACKER)]);
    is_advanced(&request, "MPP tracker values").await;
    // Named together with its inverter, it is still a tracker.
    let both = request.component_ids([ComponentId::from(INVERTER)]);
    is_advanced(&both, "MPP tracker values").await;
}

#[tokio::test]
async fn values_over_epochs_are_advanced() {
    let ids = [CrossEpochId::from(INVERTER_KEPT)];
    let request = GetCrossEpochChannels::new(PLANT, ids, [Channel::ProdPac], Day::Today, Day::Today);
    is_advanced(&request, "values of components").await;
}

/// Nothing but a sensor box has these channels, whether it is named or not and however long the steps are.
#[tokio::test]
async fn values_of_sensors_are_advanced() {
    let sensors = [
        Channel::Irradiation,
        Channel::Insolation,
        Channel::TempModule,
        Channel::TempAmbient,
        Channel::WindVelocity,
    ];
    for channel in sensors {
        is_advanced(&channels(channel), "Sensor values").await;
    }
    let mixed = || [Channel::ProdEtotal, Channel::Insolation];
    is_advanced(&GetMonth::new(PLANT, 2026, 4, mixed()), "Sensor values").await;
    is_advanced(&GetYear::new(PLANT, 2026).channel_names(mixed()), "Sensor values").await;
    is_advanced(&GetLifetime::new(PLANT).channel_names(mixed()), "Sensor values").await;
    let named = channels(Channel::TempModule).component_ids([ComponentId::from(SENSOR)]);
    is_advanced(&named, "Sensor values").await;
}

#[tokio::test]
async fn fleets_are_the_portals_with_the_advanced_package() {
    let request = GetFleet::new(FLEET);
    for (package, audience) in [(Basic, User), (Advanced, User), (Basic, Portal)] {
        let refusal = lacks(package, audience, &request).await;
        assert_eq!(refusal.needs, "Portal Advanced", "{package} of the {audience}");
        assert!(
            refusal.reason.contains("package Advanced of the Portal API"),
            "{refusal}"
        );
    }
    has(Advanced, Portal, &request).await;
}

#[tokio::test]
async fn every_package_has_plants_and_their_totals() {
    for (package, audience) in LOGINS {
        has(package, audience, &ListPlants::new()).await;
        has(package, audience, &GetPlant::new(PLANT)).await;
        has(package, audience, &GetPlantAddress::new(PLANT)).await;
        has(package, audience, &ListPlantContacts::new(PLANT)).await;
        has(package, audience, &GetPlantVisualization::new(PLANT)).await;
        has(package, audience, &ListComponents::new(PLANT, Day::Today)).await;
        for channel in ["ProdPac", "ProdEtotal", "ConsPac", "BatSoc", "SomethingNew"] {
            has(package, audience, &channels(channel)).await;
        }
        let long_ago = GetChannels::new(PLANT, [Channel::ProdPac], date!(2011 - 01 - 01), date!(2011 - 01 - 31));
        has(package, audience, &long_ago).await;
        has(package, audience, &GetMonth::new(PLANT, 2026, 4, [Channel::ProdEtotal])).await;
        has(
            package,
            audience,
            &GetYear::new(PLANT, 2026).channel_names([Channel::ProdEtotal]),
        )
        .await;
        has(
            package,
            audience,
            &GetLifetime::new(PLANT).channel_names([Channel::ProdEtotal]),
        )
        .await;
    }
}

/// The client may have been told of a package that was not bought: then the service has the last word.
#[tokio::test]
async fn a_refusal_of_the_service_keeps_its_words() {
    let words = "Your quota package does not include this call.";
    let reply = Reply::json(json!({"code": "PACKAGE_MISSING", "message": words})).status(403);
    let error = failing(&GetFleet::new(FLEET), reply).await;
    let said = api(&error);
    assert_eq!(said.kind, ApiErrorKind::Forbidden);
    assert_eq!(
        (said.code.as_deref(), said.message.as_str()),
        (Some("PACKAGE_MISSING"), words)
    );
    let hint = said.hint.as_deref().unwrap();
    assert!(hint.contains("package") && hint.contains("another portal"), "{hint}");
    let shown = error.to_string();
    assert!(shown.contains(words) && shown.contains(hint), "{shown}");
    assert!(error.may_have_been_sent());
}
