//! The sandbox is written without the API descriptions in hand; here they meet: its routes are the described
//! operations, and its answers have the described shapes. This is Solar-Log WEB Enerest.

use std::collections::BTreeSet;

use energy_core::{Endpoint, HttpResponse};
use energy_sandbox::SolarlogEnerestService;
use energy_tests::described::{Described, operation_of};
use energy_tests::{MORNING, World};
use serde_json::Value;
use solarlog_enerest::*;
use time::macros::date;

/// What the login has beside the operations.
const LOGIN: &str = "POST /auth/realms/quotaapi/protocol/openid-connect/token";

#[test]
fn every_operation_has_a_route_and_every_route_an_operation() {
    assert_eq!(OPERATIONS.len(), 12);
    let described: BTreeSet<String> = OPERATIONS
        .iter()
        .map(|operation| {
            format!(
                "{} /api/v1/{{portal}}{} {}",
                operation.method, operation.path, operation.id
            )
        })
        .collect();
    let served: BTreeSet<String> = SolarlogEnerestService::routes()
        .iter()
        .filter(|route| format!("{} {}", route.method, route.path) != LOGIN)
        .map(|route| format!("{} {} {}", route.method, route.path, route.operation_id))
        .collect();
    assert_eq!(described, served);
}

/// Words of the sandbox's own in the place of words that are not public. The description's lists are open.
const OWN_WORDS: [&str; 11] = [
    "W/kWp",
    "Wh/kWp",
    "battery",
    "Meter",
    "Battery",
    "Sensor",
    "ConsPac",
    "ConsEtotal",
    "MeterPac",
    "BatSoc",
    "BatPac",
];

struct Checks {
    described: Described,
    checked: BTreeSet<&'static str>,
}

impl Checks {
    fn success<E: Endpoint>(&mut self, request: &E, response: &HttpResponse) -> E::Output {
        let operation = operation_of(request);
        let answer: Value = serde_json::from_slice(response.body()).unwrap();
        let mut differences = self
            .described
            .differences(operation, response.status().as_u16(), &answer);
        let own = |word: &&str| differences_name(word);
        let own: Vec<String> = OWN_WORDS.iter().map(own).collect();
        differences.retain(|difference| !own.iter().any(|word| difference.contains(word)));
        assert!(differences.is_empty(), "{operation}: {differences:#?}\n{answer:#}");
        self.checked.insert(operation);
        match request.decode(response) {
            Ok(output) => output,
            Err(error) => panic!("{operation}: {error}"),
        }
    }
}

/// How a word that is not on a list is reported.
fn differences_name(word: &str) -> String {
    format!("\"{word}\" is not one of")
}

#[tokio::test]
async fn every_answer_has_the_described_shape() {
    let world = World::at(MORNING).await;
    let service = world.sandbox.solarlog_enerest();
    let keys = service.credentials().portal;
    let credentials = world.solarlog_enerest_credentials(&keys, Package::Advanced).of_portal();
    let client = world.solarlog_enerest_builder(&keys, credentials).build().unwrap();
    let known = service.plant();
    let plant = || PlantId::from(known.plant_id.as_str());
    let mut checks = Checks {
        described: Described::load("crates/solarlog-enerest/openapi.yaml"),
        checked: BTreeSet::new(),
    };
    macro_rules! call {
        ($request:expr) => {{
            let request = $request;
            let response = client.call(&request).send_raw().await.unwrap();
            checks.success(&request, &response)
        }};
    }
    let plants = call!(ListPlants::new());
    assert!(plants.iter().any(|one| one.id == plant()));
    let one = call!(GetPlant::new(plant()));
    assert!(one.firmware_date.unwrap().date().is_some());
    assert!(call!(GetPlantAddress::new(plant())).city.is_some());
    assert!(!call!(ListPlantContacts::new(plant())).is_empty());
    assert_eq!(call!(GetFleet::new(service.fleet_id())).id.as_str(), service.fleet_id());
    let components = call!(ListComponents::new(plant(), Day::Today));
    assert!(components.len() >= 6);
    assert_eq!(call!(GetPlantVisualization::new(plant())).id, plant());
    let (from, to) = (date!(2026 - 06 - 18), date!(2026 - 06 - 19));
    let channels = vec![Channel::ProdPac, Channel::from("ConsPac"), Channel::from("BatSoc")];
    assert_eq!(call!(GetChannels::new(plant(), channels, from, to)).len(), 6);
    let inverter = &known.inverters[0];
    let of_one = GetChannels::new(plant(), vec![Channel::ProdPac], from, to)
        .component_ids(vec![inverter.component_id.as_str().into()]);
    assert_eq!(call!(of_one).len(), 2);
    let of_tracker = GetChannels::new(plant(), vec![Channel::ProdPdc], from, to)
        .mpp_tracker_ids(vec![inverter.tracker_ids[0].as_str().into()]);
    assert_eq!(call!(of_tracker)[0].device_type, Some(DeviceType::MppTracker));
    let sensors = vec![
        Channel::Irradiation,
        Channel::Insolation,
        Channel::TempModule,
        Channel::TempAmbient,
        Channel::WindVelocity,
    ];
    let across = vec![known.sensor_box.cross_epoch_id.as_str().into()];
    let data = call!(GetCrossEpochChannels::new(plant(), across, sensors, from, from));
    let series = Assembly::new().series(&data).unwrap();
    let of = |channel: Channel| series.iter().find(|one| one.channel == channel).unwrap();
    of(Channel::Irradiation).irradiance().unwrap();
    of(Channel::Insolation).insolation().unwrap();
    of(Channel::TempModule).temperature().unwrap();
    of(Channel::WindVelocity).wind_speed().unwrap();
    call!(GetMonth::new(plant(), 2026_u32, 5_u32, vec![Channel::ProdEtotal]));
    call!(GetYear::new(plant(), 2025_u32).channel_names(vec![Channel::ProdEtotal]));
    call!(GetLifetime::new(plant()).channel_names(vec![Channel::ProdEtotal]));
    let all: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.id).collect();
    assert_eq!(checks.checked, all, "every operation was checked");
}
