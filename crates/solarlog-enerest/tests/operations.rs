//! Each operation on the wire and read.

use energy_core::time::macros::{date, datetime};
use serde_json::json;
use solarlog_enerest::*;

use crate::support::entities::*;
use crate::support::*;

#[tokio::test]
async fn list_plants() {
    let (plants, sent) = round_trip(&ListPlants::new(), json!([plant(), {"id": "only-an-id"}])).await;
    sent.expect("/administration/plants");
    assert_eq!(plants.len(), 2);
    assert_eq!(
        (plants[0].id.as_str(), plants[0].label.as_deref()),
        (PLANT, Some("Press House"))
    );
    assert_eq!((plants[1].id.as_str(), &plants[1].label), ("only-an-id", &None));
}

#[tokio::test]
async fn get_plant() {
    let (plant, sent) = round_trip(&GetPlant::new(PLANT), plant()).await;
    sent.expect(&format!("/administration/plant/{PLANT}"));
    assert_eq!(plant.id.as_str(), PLANT);
    assert_eq!(plant.ffuf_id.as_deref(), Some("40417"));
    assert_eq!(plant.plant_size, Some(29_750.0));
    assert_eq!(plant.plant_status.as_deref(), Some("deactivated"));
    assert_eq!(plant.created_at.as_deref(), Some("2022-08-19T14:03:51+02:00"));
    assert_eq!(plant.installation_date.as_deref(), Some("2022-07-30"));
    assert_eq!(plant.functionalities.unwrap(), json!(["feedInManagement", "forecast"]));
    assert_eq!(plant.firmware.as_deref(), Some("6.0.3 Build 151"));
    assert_eq!(plant.firmware_date.unwrap().date(), Some(date!(2023 - 11 - 07)));
    assert_eq!(plant.firmware_version.as_deref(), Some("6.0.3"));
    assert_eq!(plant.device_full_name.as_deref(), Some("Solar-Log Base 100"));
    assert_eq!(plant.vendor.as_deref(), Some("SDS"));
    assert_eq!(plant.identifier.as_deref(), Some("9081726354"));
    let transfer = plant.last_data_transfer.unwrap();
    assert_eq!(transfer.last_transfer.as_deref(), Some("2026-05-12T10:30:00+02:00"));
    assert_eq!(transfer.last_transfer_type, Some(TransferType::Mirror));
    assert_eq!(plant.plant_cost, Some(json!({"amount": 41_200, "currency": "EUR"})));
    assert_eq!(plant.electricity_cost, Some(json!(0.29)));
    assert_eq!(plant.package.as_deref(), Some("XL"));
    assert_eq!(plant.config_status.as_deref(), Some("complete"));
    assert_eq!(plant.fleet_count, Some(2));
    assert_eq!((plant.latitude, plant.longitude), (Some(51.5603), Some(12.9961)));
    assert_eq!(plant.address.unwrap().city.as_deref(), Some("Torgau"));
    assert_eq!(plant.plant_creator, Some(json!({"id": "18"})));
    assert_eq!(plant.crc_version.as_deref(), Some("77"));
    let classes = plant.components_classes.unwrap();
    use ComponentClass as Class;
    assert_eq!(
        classes,
        [
            Class::Production,
            Class::Hidden,
            Class::Internal,
            Class::Sensors,
            Class::Consumption,
            Class::Meter
        ]
    );
    use ComponentType as Type;
    assert_eq!(
        plant.components_types.unwrap(),
        [Type::Inverter, Type::SolarLogInternal, Type::SolarLogPowerManagement]
    );
}

#[tokio::test]
async fn get_plant_address() {
    let (address, sent) = round_trip(&GetPlantAddress::new(PLANT), address()).await;
    sent.expect(&format!("/administration/plants/{PLANT}/address"));
    assert_eq!(address.id.unwrap().as_str(), "913");
    assert_eq!(address.street.as_deref(), Some("Cider Lane"));
    assert_eq!(address.house_number.as_deref(), Some("12 b"));
    assert_eq!(address.postal_code.as_deref(), Some("04860"), "the zero is kept");
    assert_eq!(address.city.as_deref(), Some("Torgau"));
    assert_eq!(address.country.as_deref(), Some("DE"));
}

#[tokio::test]
async fn list_plant_contacts() {
    let (contacts, sent) = round_trip(&ListPlantContacts::new(PLANT), json!([contact()])).await;
    sent.expect(&format!("/administration/plants/{PLANT}/contacts"));
    let contact = &contacts[0];
    assert_eq!(contact.id.as_ref().unwrap().as_str(), "2207");
    assert_eq!(contact.last_name.as_deref(), Some("Pippin"));
    assert_eq!(contact.first_name.as_deref(), Some("Ada"));
    assert_eq!(contact.company.as_deref(), Some("Orchard Works"));
    assert_eq!(contact.email.as_deref(), Some("ada@orchard.example"));
    assert_eq!(contact.phone_number.as_deref(), Some("3421555"));
    assert_eq!(contact.mobile_phone_number.as_deref(), Some("+49 3421 555 02"));
    assert_eq!(contact.address.as_ref().unwrap().street.as_deref(), Some("Cider Lane"));
    assert_eq!(contact.comment.as_deref(), Some("not before nine"));
    assert_eq!(contact.role.as_deref(), Some("owner"));
}

#[tokio::test]
async fn get_fleet() {
    let (fleet, sent) = round_trip(&GetFleet::new(FLEET), fleet()).await;
    sent.expect(&format!("/administration/fleet/{FLEET}"));
    assert_eq!(
        (fleet.id.as_str(), fleet.label.as_deref()),
        (FLEET, Some("Along the river"))
    );
    assert_eq!(fleet.extra.get("plants"), Some(&json!([{"id": PLANT}])));
}

#[tokio::test]
async fn list_components() {
    let request = ListComponents::new(PLANT, date!(2026 - 05 - 11));
    let (components, sent) = round_trip(&request, json!([component(INVERTER)])).await;
    sent.expect(&format!("/datasource/plant/{PLANT}/components/2026-05-11"));
    let component = &components[0];
    assert_eq!(component.id.as_str(), INVERTER);
    assert_eq!(component.cross_epoch_id.as_ref().unwrap().as_str(), INVERTER_KEPT);
    assert_eq!(
        component.epoch_active_from.as_deref(),
        Some("2026-02-03T00:00:00+01:00")
    );
    assert_eq!(component.kind, Some(ComponentType::Inverter));
    assert_eq!(component.name.as_deref(), Some("WR 3"));
    assert_eq!(component.classes.as_deref(), Some(&[ComponentClass::Production][..]));
    assert_eq!((component.data_index, component.sort_order), (Some(2), Some(4)));
    assert_eq!(component.module_strings, Some(json!(["A", "B"])));
    assert_eq!(component.module_field.as_ref().unwrap()["label"], "South roof");
    let channels = component.visualization_channels.as_deref();
    assert_eq!(
        channels,
        Some(&[Channel::ProdPac, Channel::ProdPdc, Channel::ProdUdc][..])
    );
    let tracker = &component.mpp_trackers.as_ref().unwrap()[0];
    assert_eq!(tracker.id.as_ref().unwrap().as_str(), TRACKER);
    assert_eq!(
        (tracker.name.as_deref(), tracker.tracker_index),
        (Some("MPPT 2"), Some(1))
    );
    assert_eq!(tracker.size, Some(7_400.0));
    assert_eq!(tracker.module_string, Some(json!({"count": 18})));
    assert_eq!(tracker.module_strings, Some(json!([])));
    let field = tracker.module_field.as_ref().unwrap();
    assert_eq!(field.id.as_ref().unwrap().as_str(), "305");
    assert_eq!((field.label.as_deref(), field.index), (Some("South roof"), Some(1)));
    assert_eq!((field.orientation, field.tilt), (Some(172.5), Some(35.0)));
    assert_eq!(field.monitored, Some(true));
    let channels = tracker.visualization_channels.as_deref();
    assert_eq!(channels, Some(&[Channel::ProdPdc, Channel::ProdIdc][..]));

    wire(&ListComponents::new(PLANT, Day::Today))
        .await
        .expect(&format!("/datasource/plant/{PLANT}/components/today"));
}

#[tokio::test]
async fn get_plant_visualization() {
    let (plant, sent) = round_trip(&GetPlantVisualization::new(PLANT), plant_visualization()).await;
    sent.expect(&format!("/visualization/plant/{PLANT}"));
    assert_eq!(
        (plant.id.as_str(), plant.label.as_deref()),
        (PLANT, Some("Press House"))
    );
    assert_eq!(plant.vendor.as_deref(), Some("SDS"));
    assert_eq!(plant.fleets.unwrap()[0].id.as_str(), FLEET);
    assert_eq!(plant.health_status.as_deref(), Some("WARNING"));
    assert_eq!(plant.device_full_name.as_deref(), Some("Solar-Log Base 100"));
    assert_eq!(plant.target_percentage, None);
    assert_eq!(plant.migration_in_progress, Some(false));
    assert_eq!(plant.size, Some(29_750.0));
    assert_eq!(plant.components_classes.unwrap().len(), 6);
}

#[tokio::test]
async fn get_channels() {
    let request = GetChannels::new(
        PLANT,
        [Channel::ProdPac, Channel::ProdEtotal],
        date!(2026 - 05 - 10),
        date!(2026 - 05 - 11),
    );
    let points = json!({"2026-05-11T12:00:00+02:00": 17_440, "2026-05-11T12:05:00+02:00": null});
    let answer = json!([record(PLANT, "Plant", "ProdPac", "W", "2026-05-11", points)]);
    let (data, sent) = round_trip(&request, answer).await;
    sent.expect(&format!(
        "/visualization/plant/{PLANT}/channels?channelNames%5B%5D=ProdPac&channelNames%5B%5D=ProdEtotal\
         &dateFrom=2026-05-10&dateTo=2026-05-11"
    ));
    let one = &data[0];
    assert_eq!(one.id.as_deref(), Some("68d1b2c3a4e5f60718293a4b"));
    assert_eq!(one.device_id.as_deref(), Some(PLANT));
    assert_eq!(one.device_type, Some(DeviceType::Plant));
    assert_eq!((&one.name, &one.unit), (&Channel::ProdPac, &Some(Unit::Watt)));
    assert_eq!(one.date, Some(date!(2026 - 05 - 11)));
    let points = [
        (datetime!(2026-05-11 12:00 +2), Some(17_440.0)),
        (datetime!(2026-05-11 12:05 +2), None),
    ];
    assert_eq!(one.data_points.0, points);
}

/// Parts of a plant are named by lists; a name that needs it is escaped.
#[tokio::test]
async fn channels_of_parts_of_a_plant() {
    let channels = || [Channel::from("Prod & more")];
    let day = date!(2026 - 05 - 11);
    let of_components = GetChannels::new(PLANT, channels(), day, Day::Today)
        .component_ids([ComponentId::from(INVERTER), ComponentId::from(SENSOR)]);
    wire(&of_components).await.expect(&format!(
        "/visualization/plant/{PLANT}/channels?channelNames%5B%5D=Prod+%26+more&dateFrom=2026-05-11&dateTo=today\
         &componentIds%5B%5D={INVERTER}&componentIds%5B%5D={SENSOR}"
    ));
    let of_trackers = GetChannels::new(PLANT, [Channel::ProdPdc], Day::Today, Day::Today)
        .component_ids([ComponentId::from(INVERTER)])
        .mpp_tracker_ids([MppTrackerId::from(TRACKER), MppTrackerId::from("t2")]);
    wire(&of_trackers).await.expect(&format!(
        "/visualization/plant/{PLANT}/channels?channelNames%5B%5D=ProdPdc&dateFrom=today&dateTo=today\
         &componentIds%5B%5D={INVERTER}&mppTrackerIds%5B%5D={TRACKER}&mppTrackerIds%5B%5D=t2"
    ));
}

#[tokio::test]
async fn get_cross_epoch_channels() {
    let request = GetCrossEpochChannels::new(
        PLANT,
        [CrossEpochId::from(INVERTER_KEPT), CrossEpochId::from("box-2")],
        [Channel::Irradiation, Channel::TempModule],
        date!(2026 - 05 - 11),
        date!(2026 - 05 - 11),
    );
    let (data, sent) = round_trip(&request, cross_epoch_channels()).await;
    sent.expect(&format!(
        "/visualization/plant/{PLANT}/cross-epoch/channels?xComponentIds%5B%5D={INVERTER_KEPT}\
         &xComponentIds%5B%5D=box-2&channelNames%5B%5D=Irradiation&channelNames%5B%5D=TempModule\
         &dateFrom=2026-05-11&dateTo=2026-05-11"
    ));
    assert_eq!(data[0].device_type, Some(DeviceType::Component));
    assert_eq!(data[0].unit, Some(Unit::WattPerSquareMeter));
    let values: Vec<Option<f64>> = data[0].data_points.0.iter().map(|(_, value)| *value).collect();
    assert_eq!(values, [Some(21.0), None, Some(26.5), Some(0.0)]);
    assert_eq!(
        (&data[1].name, &data[1].unit),
        (&Channel::TempModule, &Some(Unit::Celsius))
    );
}

#[tokio::test]
async fn get_month() {
    let request = GetMonth::new(PLANT, 2026, 2, [Channel::ProdEtotal]);
    let points = json!({"2026-02-01T00:00:00+01:00": 31_870, "2026-02-02T00:00:00+01:00": 44_120});
    let answer = json!([record(PLANT, "Plant", "ProdEtotal", "Wh", "2026-02-01", points)]);
    let (data, sent) = round_trip(&request, answer).await;
    sent.expect(&format!(
        "/visualization/plant/{PLANT}/year/2026/month/2?channelNames%5B%5D=ProdEtotal"
    ));
    assert_eq!(
        data[0].data_points.0[1],
        (datetime!(2026-02-02 0:00 +1), Some(44_120.0))
    );
}

#[tokio::test]
async fn get_year() {
    let request = GetYear::new(PLANT, 2025).channel_names([Channel::ProdEtotal, Channel::from("ConsEtotal")]);
    let points = json!({"2025-01-01T00:00:00+01:00": 610_200, "2025-07-01T00:00:00+02:00": 4_001_300});
    let answer = json!([record(PLANT, "Plant", "ConsEtotal", "Wh", "2025-01-01", points)]);
    let (data, sent) = round_trip(&request, answer).await;
    sent.expect(&format!(
        "/visualization/plant/{PLANT}/year/2025?channelNames%5B%5D=ProdEtotal&channelNames%5B%5D=ConsEtotal"
    ));
    assert_eq!(data[0].name.as_str(), "ConsEtotal");
    assert_eq!(
        data[0].data_points.0[1],
        (datetime!(2025-07-01 0:00 +2), Some(4_001_300.0))
    );
}

#[tokio::test]
async fn get_lifetime() {
    let points = json!({"2024-01-01T00:00:00+01:00": 27_400_000, "2025-01-01T00:00:00+01:00": 28_155_500.5});
    let answer = json!([record(PLANT, "Plant", "ProdEtotal", "Wh", "2024-01-01", points)]);
    let (data, sent) = round_trip(&GetLifetime::new(PLANT).channel_names([Channel::ProdEtotal]), answer).await;
    sent.expect(&format!(
        "/visualization/plant/{PLANT}/lifetime?channelNames%5B%5D=ProdEtotal"
    ));
    assert_eq!(
        data[0].data_points.0[1],
        (datetime!(2025-01-01 0:00 +1), Some(28_155_500.5))
    );
}

/// The client that is known leaves the channels out of these two; components are inferred.
#[tokio::test]
async fn years_and_lifetimes_can_be_asked_for_in_few_words_or_by_component() {
    let place = |rest: &str| format!("/visualization/plant/{PLANT}{rest}");
    wire(&GetYear::new(PLANT, 2025)).await.expect(&place("/year/2025"));
    wire(&GetLifetime::new(PLANT)).await.expect(&place("/lifetime"));
    let month = GetMonth::new(PLANT, 2026, 5, [Channel::ProdEtotal]).component_ids([INVERTER.into()]);
    let query = format!("?channelNames%5B%5D=ProdEtotal&componentIds%5B%5D={INVERTER}");
    wire(&month).await.expect(&place(&format!("/year/2026/month/5{query}")));
}
