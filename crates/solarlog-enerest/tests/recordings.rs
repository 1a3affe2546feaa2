//! Whole answers, from recordings where they are at hand, and always from answers of our own of the same shapes.

use std::fmt::Debug;
use std::io::Write;
use std::path::{Path, PathBuf};

use energy_core::Endpoint;
use serde::Serialize;
use serde_json::{Value, json};
use solarlog_enerest::*;

use crate::support::entities::*;
use crate::support::*;

/// Where recordings of the service lie beside a working copy; they are not part of the project.
fn recordings() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vendors/solarlog-enerest/recordings");
    folder.is_dir().then_some(folder)
}

/// A recording by its name.
fn recorded(folder: &Path, name: &str) -> Value {
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// How two JSON values differ: numbers are compared by value, all else as it stands. A null may be left out.
fn same(ours: &Value, theirs: &Value, at: &str) -> Result<(), String> {
    match (ours, theirs) {
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => Ok(()),
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.try_for_each(|(index, (a, b))| same(a, b, &format!("{at}[{index}]")))
        }
        (Value::Object(a), Value::Object(b)) => {
            if let Some(new) = a.keys().find(|key| !b.contains_key(*key)) {
                return Err(format!("invented: {at}.{new}"));
            }
            b.iter().try_for_each(|(key, theirs)| match a.get(key) {
                Some(ours) => same(ours, theirs, &format!("{at}.{key}")),
                // A gap is a value; nowhere else does null say anything.
                None if theirs.is_null() && !at.ends_with(".dataPoints") => Ok(()),
                None => Err(format!("lost: {at}.{key}, which was {theirs}")),
            })
        }
        _ if ours == theirs => Ok(()),
        _ => Err(format!("{at} was {theirs} and is {ours}")),
    }
}

/// The answer goes through the client and back into JSON without loss.
async fn check<E>(name: &str, request: &E, body: &Value) -> E::Output
where
    E: Endpoint<Api = SolarLogEnerest>,
    E::Output: Debug + Serialize,
{
    let (output, _) = round_trip(request, body.clone()).await;
    let again = serde_json::to_value(&output).unwrap();
    assert_eq!(same(&again, body, ""), Ok(()), "{name}");
    output
}

fn cross_epoch() -> GetCrossEpochChannels {
    let ids = [CrossEpochId::from(SENSOR)];
    GetCrossEpochChannels::new(PLANT, ids, [Channel::Irradiation], Day::Today, Day::Today)
}

/// Each object is one series of typed values, with every point it had.
fn check_series(name: &str, data: &[ChannelData], body: &Value) {
    let series = Assembly::new()
        .series(data)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(series.len(), data.len(), "{name}");
    for (index, (one, record)) in series.iter().zip(data).enumerate() {
        assert!(record.extra.is_empty(), "{name}: not described: {:?}", record.extra);
        let points = body[index]["dataPoints"].as_object().unwrap();
        assert_eq!(one.points.len(), points.len(), "{name}: {}", one.channel);
        let typed = match one.channel {
            Channel::Irradiation => one.irradiance().unwrap().len(),
            Channel::TempModule => one.temperature().unwrap().len(),
            ref other => panic!("{name}: something new: {other}"),
        };
        assert_eq!(typed, points.len(), "{name}: {}", one.channel);
    }
}

#[tokio::test]
async fn recordings_are_read_without_loss() {
    let Some(folder) = recordings() else {
        // Written past the harness, which keeps the output of a test that passes to itself: whoever reads the log should
        // know what was not tested.
        let note = b"note: there are no recordings beside this working copy; only answers of our own were tested\n";
        std::io::stderr().write_all(note).unwrap();
        return;
    };
    let name = "enerest_plant.json";
    let plant = check(name, &GetPlantVisualization::new(PLANT), &recorded(&folder, name)).await;
    assert!(plant.extra.is_empty(), "not described: {:?}", plant.extra);
    assert!(plant.fleets.unwrap().iter().all(|fleet| fleet.extra.is_empty()));
    let unknown = plant.components_classes.unwrap();
    assert!(
        !unknown.iter().any(|class| matches!(class, ComponentClass::Unknown(_))),
        "{unknown:?}"
    );

    let name = "enerest_cross_epoch_channels_excerpt.json";
    let body = recorded(&folder, name);
    let data = check(name, &cross_epoch(), &body).await;
    check_series(name, &data, &body);
}

#[tokio::test]
async fn answers_of_the_same_shapes_are_read_without_loss() {
    let visualization = check("plant", &GetPlantVisualization::new(PLANT), &plant_visualization()).await;
    assert!(visualization.extra.is_empty(), "{:?}", visualization.extra);
    let data = check("channels", &cross_epoch(), &cross_epoch_channels()).await;
    check_series("channels", &data, &cross_epoch_channels());
    let components = ListComponents::new(PLANT, Day::Today);
    check("fleet", &GetFleet::new(FLEET), &fleet()).await;
    check("address", &GetPlantAddress::new(PLANT), &address()).await;
    // These write some numbers as text and the other way round; all else is as it came.
    let (mut plant, mut component, mut contact) = (plant(), component(INVERTER), contact());
    plant["ffufId"] = json!("40417");
    plant["latitude"] = json!(51.5603);
    contact["phoneNumber"] = json!("3421555");
    component["moduleField"]["tilt"] = json!(35);
    component["mpptrackers"][0]["moduleField"]["tilt"] = json!(35);
    check("plant", &GetPlant::new(PLANT), &plant).await;
    check("plants", &ListPlants::new(), &json!([plant])).await;
    check("contacts", &ListPlantContacts::new(PLANT), &json!([contact])).await;
    check("components", &components, &json!([component])).await;
}

/// At every level of an answer.
#[tokio::test]
async fn fields_that_are_not_described_are_kept() {
    let new = || json!({"since": [2026, null]});
    let with = |mut body: Value| {
        body["brandNew"] = new();
        body
    };
    let mut plant = with(plant());
    plant["address"] = with(address());
    plant["lastDataTransfer"] = with(plant["lastDataTransfer"].take());
    let mut component = with(component(INVERTER));
    component["moduleField"] = with(component["moduleField"].take());
    component["mpptrackers"][0] = with(component["mpptrackers"][0].take());
    let mut visualization = with(plant_visualization());
    visualization["fleets"][0] = with(json!({"id": FLEET}));
    let kept = |extra: &energy_core::wire::Extra| assert_eq!(extra.get("brandNew"), Some(&new()));

    let (plant, _) = round_trip(&GetPlant::new(PLANT), plant).await;
    kept(&plant.extra);
    kept(&plant.address.unwrap().extra);
    kept(&plant.last_data_transfer.unwrap().extra);
    assert_eq!(plant.extra.get("configurationLocked"), Some(&json!(false)));

    let (components, _) = round_trip(&ListComponents::new(PLANT, Day::Today), json!([component])).await;
    kept(&components[0].extra);
    kept(&components[0].mpp_trackers.as_ref().unwrap()[0].extra);
    assert_eq!(components[0].extra.get("serial"), Some(&json!("Q77")));

    let (visualization, _) = round_trip(&GetPlantVisualization::new(PLANT), visualization).await;
    kept(&visualization.extra);
    kept(&visualization.fleets.unwrap()[0].extra);
    kept(&round_trip(&GetFleet::new(FLEET), with(fleet())).await.0.extra);
    let (contacts, _) = round_trip(&ListPlantContacts::new(PLANT), json!([with(contact())])).await;
    kept(&contacts[0].extra);
    let mut data = cross_epoch_channels();
    data[1] = with(data[1].take());
    let (data, _) = round_trip(&cross_epoch(), data).await;
    kept(&data[1].extra);
}

#[test]
fn the_comparison_notices_a_loss() {
    let body = json!({"plant": plant_visualization(), "data": cross_epoch_channels()});
    assert_eq!(same(&body, &body, ""), Ok(()));
    let differs = |change: fn(&mut Value)| {
        let mut other = body.clone();
        change(&mut other);
        same(&other, &body, "").unwrap_err()
    };
    assert!(differs(|other| lose(other, "/plant", "healthStatus")).starts_with("lost: .plant.healthStatus"));
    assert!(differs(|other| lose(other, "/data/1", "unit")).starts_with("lost: .data[1].unit"));
    let point = "2026-05-11T06:10:00+02:00";
    assert!(differs(|other| lose(other, "/data/0/dataPoints", "2026-05-11T06:10:00+02:00")).contains(point));
    // A gap is no less than a value.
    let gap = "2026-05-11T06:15:00+02:00";
    assert!(differs(|other| lose(other, "/data/0/dataPoints", "2026-05-11T06:15:00+02:00")).contains(gap));
    assert!(differs(|other| other["data"][0]["dataPoints"]["2026-05-11T06:15:00+02:00"] = json!(0)).contains(gap));
    assert!(differs(|other| other["data"][0]["dataPoints"]["2026-05-11T06:20:00+02:00"] = json!(26)).contains("26.5"));
    assert!(differs(|other| other["plant"]["size"] = json!(29_751)).contains(".plant.size"));
    assert!(differs(|other| other["plant"]["vendor"] = Value::Null).contains(".plant.vendor"));
    assert!(differs(|other| other["plant"]["more"] = json!(1)).starts_with("invented"));
    assert!(differs(|other| other["plant"]["fleets"] = json!([])).contains(".plant.fleets"));
    // But a null that says nothing may be left out.
    let mut other = body.clone();
    lose(&mut other, "/plant", "targetPercentage");
    assert_eq!(same(&other, &body, ""), Ok(()));
}

/// Takes a field away that is there.
fn lose(value: &mut Value, place: &str, key: &str) {
    let object = value.pointer_mut(place).and_then(Value::as_object_mut).unwrap();
    object.remove(key).unwrap();
}
