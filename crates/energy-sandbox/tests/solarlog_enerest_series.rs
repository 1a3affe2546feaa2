//! Solar-Log WEB Enerest's series: what they are made of, and that they add up.

use energy_sandbox::Sandbox;
use serde_json::Value;
use time::macros::datetime;

use crate::common::sandbox_at;
use crate::common::solarlog::{advanced, data_points, energy, members, of, sum};

async fn evening() -> Sandbox {
    sandbox_at(datetime!(2026-06-21 19:07 UTC)).await
}

fn values(object: &Value) -> Vec<(String, Option<f64>)> {
    data_points(object)
}

#[tokio::test]
async fn inverters_add_up_to_the_plant_and_the_plant_balances() {
    let sandbox = evening().await;
    let (caller, plant) = (advanced(&sandbox).await, sandbox.solarlog_enerest().plant());
    let path = format!("/visualization/plant/{}/channels", plant.plant_id);
    let day = "dateFrom=2026-06-19&dateTo=2026-06-19";
    let names = "channelNames[]=ProdPac&channelNames[]=ProdPdc&channelNames[]=ConsPac&channelNames[]=BatPac&channelNames[]=BatSoc";
    let whole = caller.series(&format!("{path}?{day}&{names}")).await;
    assert_eq!(whole.len(), 5);
    assert_eq!(members(&whole, "deviceType"), ["Plant".to_owned()].into());
    let ids: Vec<&str> = (plant.inverters.iter())
        .map(|inverter| inverter.component_id.as_str())
        .chain([plant.grid_meter.component_id.as_str()])
        .collect();
    let trackers: Vec<&String> = plant
        .inverters
        .iter()
        .flat_map(|inverter| &inverter.tracker_ids)
        .collect();
    let ids_query: String = ids.iter().map(|id| format!("&componentIds[]={id}")).collect();
    let trackers_query: String = trackers.iter().map(|id| format!("&mppTrackerIds[]={id}")).collect();
    let names = "channelNames[]=ProdPac&channelNames[]=MeterPac&channelNames[]=ProdPdc";
    let parts = caller
        .series(&format!("{path}?{day}&{names}{ids_query}{trackers_query}"))
        .await;
    // Two inverters with two channels, the meter, four trackers.
    assert_eq!(parts.len(), 9);
    let column = |device: &str, name: &str| values(of(&parts, device, name));
    let (first, second) = (column(ids[0], "ProdPac"), column(ids[1], "ProdPac"));
    let total = values(of(&whole, &plant.plant_id, "ProdPac"));
    assert!(total.len() > 180 && total.len() < 288, "{}", total.len());
    for (place, (stamp, watts)) in total.iter().enumerate() {
        assert_eq!((stamp, stamp), (&first[place].0, &second[place].0));
        assert_eq!(*watts, Some(first[place].1.unwrap() + second[place].1.unwrap()));
    }
    assert!(energy(of(&whole, &plant.plant_id, "ProdPac")) > 10_000.0);
    let direct: f64 = trackers.iter().map(|id| sum(of(&parts, id, "ProdPdc"))).sum();
    assert!((sum(of(&whole, &plant.plant_id, "ProdPdc")) - direct).abs() < 0.5);

    let used = values(of(&whole, &plant.plant_id, "ConsPac"));
    let battery = values(of(&whole, &plant.plant_id, "BatPac"));
    let grid = column(ids[2], "MeterPac");
    assert_eq!((used.len(), battery.len(), grid.len()), (288, 288, 288));
    for place in 0..288 {
        let made = total.iter().find(|(stamp, _)| *stamp == used[place].0);
        let made = made.map_or(0.0, |(_, watts)| watts.unwrap());
        assert_eq!(
            made + grid[place].1.unwrap(),
            used[place].1.unwrap() + battery[place].1.unwrap()
        );
    }
    let charge = values(of(&whole, &plant.plant_id, "BatSoc"));
    assert!(
        charge
            .iter()
            .all(|(_, percent)| (0.0..=100.0).contains(&percent.unwrap()))
    );
    assert!(charge.iter().any(|(_, percent)| percent.unwrap() > 50.0));
}

#[tokio::test]
async fn months_years_and_the_lifetime_are_sums_of_their_parts() {
    let sandbox = evening().await;
    let (caller, plant) = (advanced(&sandbox).await, sandbox.solarlog_enerest().plant());
    let path = format!("/visualization/plant/{}", plant.plant_id);
    let names = "channelNames[]=ProdPac&channelNames[]=ProdEtotal&channelNames[]=ConsEtotal";
    let month = caller.series(&format!("{path}/year/2026/month/06?{names}")).await;
    assert_eq!(month.len(), 3);
    let made = of(&month, &plant.plant_id, "ProdEtotal");
    assert_eq!(
        (&made["unit"], &made["date"]),
        (&Value::from("Wh"), &Value::from("2026-06-01"))
    );
    assert_eq!(data_points(made), data_points(of(&month, &plant.plant_id, "ProdPac")));
    // Twenty whole days, and today.
    let points = data_points(made);
    assert_eq!(points.len(), 21);
    assert_eq!(points[0].0, "2026-06-01T00:00:00+02:00");

    let names_of_days = "channelNames[]=ProdPac&channelNames[]=ProdEtotal";
    let days = format!("{path}/channels?dateFrom=2026-06-01&dateTo=today&{names_of_days}");
    let days = caller.series(&days).await;
    assert_eq!(days.len(), 42);
    for (day, (stamp, watt_hours)) in days.chunks(2).zip(&points) {
        assert!(stamp.starts_with(day[0]["date"].as_str().unwrap()));
        assert_eq!(*watt_hours, Some(energy(&day[0])), "{stamp}");
        let counted = data_points(&day[1]).last().unwrap().1;
        assert_eq!((*watt_hours, &day[1]["unit"]), (counted, &Value::from("Wh")));
    }

    let year = caller.series(&format!("{path}/year/2026?{names}")).await;
    let months = data_points(of(&year, &plant.plant_id, "ProdEtotal"));
    assert_eq!(months.len(), 6);
    assert_eq!(
        (months[0].0.as_str(), months[5].1),
        ("2026-01-01T00:00:00+01:00", Some(sum(made)))
    );
    assert_eq!(months[5].0, "2026-06-01T00:00:00+02:00");

    let lifetime = caller.series(&format!("{path}/lifetime?{names}")).await;
    for name in ["ProdEtotal", "ConsEtotal"] {
        let years = data_points(of(&lifetime, &plant.plant_id, name));
        assert_eq!(years.len(), 4, "since 2023");
        assert_eq!(
            years[3],
            (
                "2026-01-01T00:00:00+01:00".to_owned(),
                Some(sum(of(&year, &plant.plant_id, name)))
            )
        );
    }
    // 22 kWp make some 15 to 30 MWh in a year.
    let whole_year = data_points(of(&lifetime, &plant.plant_id, "ProdEtotal"))[1].1.unwrap();
    assert!((12e6..32e6).contains(&whole_year), "{whole_year}");
}

#[tokio::test]
async fn a_component_has_the_series_of_its_own_epoch() {
    let sandbox = evening().await;
    let (caller, plant) = (advanced(&sandbox).await, sandbox.solarlog_enerest().plant());
    let change = plant.epoch_change;
    let (before, after) = (change - time::Duration::days(3), change + time::Duration::days(2));
    let inverter = &plant.inverters[1];
    let (new, old) = (&inverter.component_id, inverter.old_component_id.as_ref().unwrap());
    assert_ne!(new, old);
    let query = format!("channelNames[]=ProdPac&dateFrom={before}&dateTo={after}");
    let path = format!("/visualization/plant/{}", plant.plant_id);
    let of_component = async |id: &str| {
        let path = format!("{path}/channels?{query}&componentIds[]={id}");
        caller.series(&path).await
    };
    let (since, until) = (of_component(new).await, of_component(old).await);
    let dates = |objects: &[Value]| members(objects, "date");
    assert_eq!((since.len(), until.len()), (3, 3));
    assert_eq!(dates(&since).first().unwrap(), &change.to_string());
    assert_eq!(dates(&until).first().unwrap(), &before.to_string());

    let cross = format!(
        "{path}/cross-epoch/channels?{query}&xComponentIds[]={}",
        inverter.cross_epoch_id
    );
    let cross = caller.series(&cross).await;
    assert_eq!(cross, [until, since].concat());
    assert_eq!(members(&cross, "deviceId"), [new.clone(), old.clone()].into());
    assert_eq!(members(&cross, "id").len(), 6);

    let components = async |date: time::Date| {
        let path = format!("/datasource/plant/{}/components/{date}", plant.plant_id);
        caller.series(&path).await
    };
    let (then, now) = (components(before).await, components(change).await);
    assert!(members(&then, "id").contains(old) && !members(&then, "id").contains(new));
    assert!(members(&now, "id").contains(new) && !members(&now, "id").contains(old));
    assert_eq!(members(&then, "crossEpochId"), members(&now, "crossEpochId"));
    let trackers = |components: &[Value]| members(components[1]["mpptrackers"].as_array().unwrap(), "id");
    assert_eq!(trackers(&then), inverter.old_tracker_ids.iter().cloned().collect());
    assert_eq!(trackers(&now), inverter.tracker_ids.iter().cloned().collect());
    assert_eq!(now[1]["epochActiveFrom"], format!("{change}T00:00:00+01:00"));
    assert_eq!(now[0]["mpptrackers"][1]["moduleStrings"][0]["modules"], 6);
}

#[tokio::test]
async fn the_month_of_the_change_is_shared_by_both_ids() {
    let sandbox = evening().await;
    let (caller, plant) = (advanced(&sandbox).await, sandbox.solarlog_enerest().plant());
    let (change, inverter) = (plant.epoch_change, &plant.inverters[1]);
    let (new, old) = (&inverter.component_id, inverter.old_component_id.as_ref().unwrap());
    let path = format!("/visualization/plant/{}/year/{}", plant.plant_id, change.year());
    let names = format!("channelNames[]=ProdPac&componentIds[]={new}&componentIds[]={old}");
    let month = format!("{path}/month/{}?{names}", u8::from(change.month()));
    let month = caller.series(&month).await;
    let (since, until) = (
        data_points(of(&month, new, "ProdPac")),
        data_points(of(&month, old, "ProdPac")),
    );
    assert_eq!(until.len(), usize::from(change.day()) - 1);
    assert_eq!(
        since.len() + until.len(),
        usize::from(change.month().length(change.year()))
    );
    assert!(since[0].0.starts_with(&change.to_string()) && until[0].0 < since[0].0);

    let year = caller.series(&format!("{path}?{names}")).await;
    for id in [new, old] {
        let of_month = sum(of(&month, id, "ProdPac"));
        let months = data_points(of(&year, id, "ProdPac"));
        let begin = change.replace_day(1).unwrap().to_string();
        let in_year = months.iter().find(|(stamp, _)| stamp.starts_with(&begin));
        assert_eq!(in_year.unwrap().1, Some(of_month), "{id}");
    }
    let ids = members(&[month, year].concat(), "id");
    assert_eq!(ids.len(), 4, "no two objects have the same id");
}

#[tokio::test]
async fn the_silent_hours_are_null_and_count_for_nothing() {
    let sandbox = evening().await;
    let (caller, plant) = (advanced(&sandbox).await, sandbox.solarlog_enerest().plant());
    let path = format!("/visualization/plant/{}/channels", plant.plant_id);
    let names = "channelNames[]=ProdPac&channelNames[]=ProdEtotal&channelNames[]=ConsPac";
    let range = format!("dateFrom={0}&dateTo={0}", plant.gap_date);
    let objects = caller.series(&format!("{path}?{range}&{names}")).await;
    for object in &objects {
        let missing: Vec<String> = (data_points(object).into_iter())
            .filter(|(_, value)| value.is_none())
            .map(|(stamp, _)| stamp)
            .collect();
        assert_eq!(missing.len(), 24);
        assert_eq!(missing[0], format!("{}T11:00:00+02:00", plant.gap_date));
        assert_eq!(missing[23], format!("{}T12:55:00+02:00", plant.gap_date));
    }
    assert_eq!((plant.gap_until - plant.gap_from).whole_minutes(), 120);
    let (power, counted) = (&objects[0], &objects[1]);
    assert_eq!(data_points(counted).last().unwrap().1, Some(energy(power)));
}

#[tokio::test]
async fn days_of_a_clock_change_have_an_hour_more_or_less() {
    let sandbox = evening().await;
    let (caller, plant) = (advanced(&sandbox).await, sandbox.solarlog_enerest().plant());
    for (date, count) in [("2025-10-25", 288), ("2025-10-26", 300), ("2026-03-29", 276)] {
        let path = format!(
            "/visualization/plant/{}/channels?channelNames[]=ConsPac&dateFrom={date}&dateTo={date}",
            plant.plant_id
        );
        let response = caller.call(&path).await;
        assert_eq!(data_points(&response.json()[0]).len(), count, "{date}");
        if date == "2025-10-26" {
            let summer = response.body.find("2025-10-26T02:55:00+02:00").unwrap();
            let winter = response.body.find("2025-10-26T02:00:00+01:00").unwrap();
            assert!(summer < winter, "in the order of time");
        }
    }
}

#[tokio::test]
async fn the_sensor_box_measures_by_day() {
    let sandbox = evening().await;
    let (caller, plant) = (advanced(&sandbox).await, sandbox.solarlog_enerest().plant());
    let names: String = ["Irradiation", "Insolation", "TempModule", "TempAmbient", "WindVelocity"]
        .map(|name| format!("&channelNames[]={name}"))
        .concat();
    let sensors = caller
        .series(&format!(
            "/visualization/plant/{}/cross-epoch/channels?dateFrom=2026-06-19&dateTo=2026-06-19{names}&xComponentIds[]={}",
            plant.plant_id, plant.sensor_box.cross_epoch_id
        ))
        .await;
    let units: Vec<&str> = sensors.iter().map(|object| object["unit"].as_str().unwrap()).collect();
    assert_eq!(units, ["W/m²", "Wh/m²", "°C", "°C", "m/s"]);
    for object in &sensors {
        assert_eq!(object["id"].as_str().unwrap().len(), 24);
        assert_eq!(object["deviceType"], "Component");
        assert_eq!(object["deviceId"], plant.sensor_box.component_id.as_str());
    }
    let insolation = data_points(&sensors[1]);
    assert!(insolation.is_sorted_by_key(|(_, value)| value.unwrap()));
    assert_eq!(insolation.last().unwrap().1, Some(energy(&sensors[0])));
    let noon = |object: &Value| object["dataPoints"]["2026-06-19T13:00:00+02:00"].as_f64().unwrap();
    assert!(noon(&sensors[2]) > noon(&sensors[3]), "modules are warmer than the air");
    assert!(sensors[0]["dataPoints"].get("2026-06-19T01:00:00+02:00").is_none());
}

#[tokio::test]
async fn today_ends_now_and_nothing_is_known_of_tomorrow() {
    let sandbox = evening().await;
    let (caller, plant) = (advanced(&sandbox).await, sandbox.solarlog_enerest().plant());
    let path = format!(
        "/visualization/plant/{}/channels?channelNames[]=ConsPac",
        plant.plant_id
    );
    let today = caller.series(&format!("{path}&dateFrom=today&dateTo=2026-06-25")).await;
    assert_eq!(today.len(), 1);
    let points = data_points(&today[0]);
    assert_eq!(points.last().unwrap().0, "2026-06-21T21:00:00+02:00");
    sandbox.advance(std::time::Duration::from_secs(3 * 3600));
    let caller = advanced(&sandbox).await;
    let yesterday = caller
        .series(&format!("{path}&dateFrom=2026-06-21&dateTo=2026-06-21"))
        .await;
    assert_eq!(data_points(&yesterday[0])[..points.len()], points[..]);
    assert_eq!(data_points(&yesterday[0]).len(), 288);
    let ever = caller
        .series(&format!("{path}&dateFrom=2020-01-01&dateTo={}", plant.first_day))
        .await;
    assert_eq!(ever.len(), 1);
}
