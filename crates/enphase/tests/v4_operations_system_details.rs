//! Systems, devices, events and alarms: each operation on the wire, and its answer read.

use energy_core::time::macros::{date, datetime};
use enphase::v4::*;
use enphase::{ConnectionType, EnergySource, SystemId, SystemStatus, When};
use serde_json::json;

use crate::v4_support::*;

#[tokio::test]
async fn list_systems() {
    let request = ListSystems::new().page(3).size(25).sort_by(SystemSort::Descending);
    let (page, sent) = round_trip(&request, "list_systems").await;
    sent.expect("GET", "/api/v4/systems?page=3&size=25&sort_by=-id");
    assert_eq!(
        (page.total, page.current_page, page.size, page.count),
        (Some(61), Some(3), Some(25), Some(2))
    );
    assert_eq!(page.items.as_deref(), Some("systems"));
    let [first, second] = page.systems.as_slice() else {
        panic!("two systems: {page:?}");
    };
    assert_eq!((first.system_id.get(), second.system_id.get()), (SYSTEM, 3_300_872));
    assert_eq!(first.status, Some(SystemStatus::Microinverter));
    assert_eq!((&first.attachment_type, &first.interconnect_date), (&None, &None));
    assert_eq!(
        first.other_references.as_deref(),
        Some(["ext-77".to_owned(), "ext-78".to_owned()].as_slice())
    );
    assert_eq!(
        (second.timezone.as_deref(), &second.other_references),
        (Some("US/Central"), &None)
    );

    let (_, sent) = round_trip(&ListSystems::new(), "list_systems").await;
    sent.expect("GET", "/api/v4/systems?size=100");
}

#[tokio::test]
async fn search_systems() {
    let filter = SystemFilter::new()
        .ids([SystemId::from(SYSTEM), SystemId::from(3_300_874)])
        .name("Orchard")
        .reference("WI-0412")
        .other_reference("ext-77")
        .statuses([SearchableStatus::Communication, SearchableStatus::EnchargeIssue]);
    let search = SystemSearch::new(filter).sort_by(SystemSort::Ascending);
    let request = SearchSystems::new(search).page(1).size(40).live_stream(true);
    let (page, sent) = round_trip(&request, "search_systems").await;
    let body = json!({"sort_by": "id", "system": {
        "ids": [3_300_871, 3_300_874], "name": "Orchard", "reference": "WI-0412", "other_reference": "ext-77",
        "statuses": ["comm", "encharge_issue"],
    }});
    sent.expect_body("POST", "/api/v4/systems/search?page=1&size=40&live_stream=true", &body);
    assert_eq!((page.total, page.systems.len()), (Some(2), 2));
    let (silent, depot) = (&page.systems[0], &page.systems[1]);
    assert_eq!(
        (&silent.timezone, silent.last_energy_at, silent.operational_at),
        (&None, None, None)
    );
    assert_eq!(silent.connection_type, Some(ConnectionType::Wifi));
    assert_eq!(silent.live_stream, Some(LiveStream::Disabled));
    assert_eq!(silent.address.as_ref().unwrap().postal_code, None);
    assert_eq!(
        depot.interconnect_date,
        Some(When::Instant(datetime!(2023-07-04 0:00 UTC)))
    );
    assert_eq!(depot.live_stream, Some(LiveStream::Enabled));

    let (_, sent) = round_trip(
        &SearchSystems::new(SystemSearch::new(SystemFilter::new())),
        "search_systems",
    )
    .await;
    sent.expect_body("POST", "/api/v4/systems/search?size=1000", &json!({"system": {}}));
}

#[tokio::test]
async fn get_system() {
    let (system, sent) = round_trip(&GetSystem::new(SYSTEM), "get_system").await;
    sent.expect("GET", "/api/v4/systems/3300871");
    assert_eq!(system.name.as_deref(), Some("Orchard Row 12"));
    assert_eq!(system.public_name.as_deref(), Some("Residential System"));
    assert_eq!(system.timezone.as_deref(), Some("America/Chicago"));
    let address = system.address.as_ref().unwrap();
    let lines = [&address.city, &address.state, &address.country, &address.postal_code].map(|line| line.as_deref());
    assert_eq!(lines, [Some("Madison"), Some("WI"), Some("US"), Some("53703")]);
    assert_eq!(system.connection_type, Some(ConnectionType::Cellular));
    assert_eq!(
        (system.energy_lifetime, system.energy_today, system.system_size),
        (Some(-1), Some(-1), Some(-1.0))
    );
    assert_eq!(
        (system.last_report_at, system.last_energy_at),
        (Some(after(86_100)), Some(after(85_500)))
    );
    assert_eq!(system.operational_at, Some(datetime!(2023-07-05 12:00 UTC)));
    assert_eq!(system.attachment_type, Some(AttachmentType::Zep));
    assert_eq!(system.interconnect_date, Some(When::Date(date!(2023 - 07 - 04))));
    assert_eq!(
        (system.reference.as_deref(), system.live_stream),
        (Some("WI-0412"), None)
    );
    assert!(system.extra.is_empty());
}

#[tokio::test]
async fn get_system_summary() {
    let request = GetSystemSummary::new(SYSTEM).summary_date(date!(2026 - 03 - 02));
    let (summary, sent) = round_trip(&request, "get_system_summary").await;
    sent.expect("GET", "/api/v4/systems/3300871/summary?summary_date=2026-03-02");
    assert_eq!(
        (summary.current_power, summary.energy_today),
        (Some(1875), Some(10_311))
    );
    assert_eq!(
        (summary.energy_lifetime, summary.modules, summary.size_w),
        (Some(9_120_442), Some(16), Some(5840))
    );
    assert_eq!(
        (summary.last_interval_end_at, summary.operational_at),
        (Some(after(85_500)), None)
    );
    assert_eq!(
        (summary.nmi.as_deref(), summary.summary_date),
        (Some("6203770041"), Some(date!(2026 - 03 - 02)))
    );
    assert_eq!(
        (&summary.source, &summary.status),
        (&Some(EnergySource::Microinverters), &Some(SystemStatus::Normal))
    );
    let battery = [
        summary.battery_charge_w,
        summary.battery_discharge_w,
        summary.battery_capacity_wh,
    ];
    assert_eq!(battery, [Some(3840), Some(3840), Some(10_500)]);
    let chargers = summary.evse_power.unwrap();
    let second = chargers[1].get("41550022").unwrap();
    assert_eq!(
        (chargers.len(), second.evse_max_charge_w, second.evse_min_charge_w),
        (2, Some(7360), Some(1610))
    );
}

#[tokio::test]
async fn list_devices() {
    let (list, sent) = round_trip(&ListDevices::new(SYSTEM), "list_devices").await;
    sent.expect("GET", "/api/v4/systems/3300871/devices");
    assert_eq!((list.total_devices, list.items.as_deref()), (Some(14), Some("devices")));
    let all = list.devices.all();
    assert_eq!(all.len(), 14);
    let kinds: Vec<&str> = all.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds[..5], ["micros", "micros", "meters", "meters", "gateways"]);
    let gateway = &list.devices.gateways.as_ref().unwrap()[0];
    assert_eq!(gateway.emu_sw_version.as_deref(), Some("D8.2.4345"));
    let modem = gateway.cellular_modem.as_ref().unwrap();
    assert_eq!(
        (modem.imei.as_deref(), modem.part_num.as_deref()),
        (Some("358000222211110"), Some("860-00158-r02"))
    );
    assert_eq!(modem.plan_end_date, Some(datetime!(2028-07-03 12:00 UTC)));
    let meter = &list.devices.meters.as_ref().unwrap()[0];
    let meter_is = [&meter.state, &meter.config_type, &meter.config_phase].map(|text| text.as_deref());
    assert_eq!(meter_is, [Some("enabled"), Some("Production"), Some("three")]);
    let micro = &list.devices.micros.as_ref().unwrap()[1];
    assert_eq!(
        (micro.feoc_compliant, micro.dom_compliant, micro.active),
        (Some(true), Some(false), Some(true))
    );
    assert_eq!(micro.id.as_ref().unwrap().as_str(), "910000102");
    let pump = &list.devices.heat_pump.as_ref().unwrap()[0];
    let pump_has = [&pump.sku, &pump.firmware, &pump.sg_ready_relay, &pump.iq_er].map(|text| text.as_deref());
    assert_eq!(pump_has, [Some("HP-9"), Some("1.4"), Some("Relay 2"), Some("Router 1")]);
    assert_eq!(
        list.devices.generators.as_ref().unwrap()[0].status,
        Some(SystemStatus::On)
    );
}

#[tokio::test]
async fn retrieve_system_id() {
    let (found, sent) = round_trip(&RetrieveSystemId::new(GATEWAY), "retrieve_system_id").await;
    sent.expect("GET", "/api/v4/systems/retrieve_system_id?serial_num=202309041207");
    assert_eq!(found.system_id.get(), SYSTEM);
}

#[tokio::test]
async fn list_events() {
    let request = ListEvents::new(SYSTEM, after(0)).end_time(after(86_400));
    let (list, sent) = round_trip(&request, "list_events").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/events?start_time=1772409600&end_time=1772496000",
    );
    let [closed, told] = list.events.as_slice() else {
        panic!("two events: {list:?}");
    };
    assert_eq!(
        (&closed.status, &told.status),
        (&Some(EventStatus::Closed), &Some(EventStatus::Info))
    );
    assert_eq!(closed.event_type_id, Some(31.into()));
    assert_eq!(
        (closed.event_start_time, closed.event_end_time),
        (Some(after(3600)), Some(after(5400)))
    );
    assert_eq!(told.serial_number, Some(BATTERY.into()));
}

#[tokio::test]
async fn list_alarms() {
    let request = ListAlarms::new(SYSTEM, after(0)).end_time(after(86_400)).cleared(true);
    let (list, sent) = round_trip(&request, "list_alarms").await;
    sent.expect(
        "GET",
        "/api/v4/systems/3300871/alarms?start_time=1772409600&end_time=1772496000&cleared=true",
    );
    let alarm = &list.alarms[0];
    assert_eq!(
        (alarm.id.as_ref().unwrap().as_str(), alarm.cleared),
        ("2094417755", Some(true))
    );
    assert_eq!(
        (alarm.severity, alarm.alarm_start_time),
        (Some(Severity::Warning), Some(after(3900)))
    );
    let event = &alarm.events[0];
    assert_eq!(
        (&event.serial_number, event.end_date),
        (&Some(GATEWAY.into()), Some(after(5400)))
    );
}

#[tokio::test]
async fn list_event_types() {
    let (list, sent) = round_trip(&ListEventTypes::new().event_type_id(31), "list_event_types").await;
    sent.expect("GET", "/api/v4/systems/event_types?event_type_id=31");
    let [silent, resting] = list.event_types.as_slice() else {
        panic!("two types: {list:?}");
    };
    assert_eq!((silent.event_type_id, silent.stateful), (Some(31.into()), Some(true)));
    assert_eq!(silent.event_type_key.as_deref(), Some("gateway_silent"));
    assert_eq!(silent.event_name.as_deref(), Some("Gateway silent"));
    assert_eq!(
        silent.event_description.as_deref(),
        Some("Nothing was heard of the gateway.")
    );
    assert_eq!(resting.recommended_action.as_deref(), Some("Nothing is to be done."));
}

#[tokio::test]
async fn list_open_events() {
    let (list, sent) = round_trip(&ListOpenEvents::new(SYSTEM), "list_open_events").await;
    sent.expect("GET", "/api/v4/systems/3300871/open_events");
    let event = &list.events[0];
    assert_eq!((&event.status, event.event_end_time), (&Some(EventStatus::Open), None));
    assert_eq!(event.event_start_time, Some(after(82_800)));
}

#[tokio::test]
async fn list_open_alarms() {
    let (list, sent) = round_trip(&ListOpenAlarms::new(SYSTEM), "list_open_alarms").await;
    sent.expect("GET", "/api/v4/systems/3300871/open_alarms");
    let alarm = &list.alarms[0];
    assert_eq!(alarm.id.as_ref().unwrap().as_str(), "3300871.4.1772492700000");
    assert_eq!(
        (alarm.severity, alarm.cleared, alarm.alarm_end_time),
        (Some(Severity::Fatal), None, None)
    );
    assert_eq!(
        (alarm.events[0].start_date, alarm.events[0].end_date),
        (Some(after(82_800)), None)
    );
}

#[tokio::test]
async fn get_inverters_summary() {
    let request = GetInvertersSummary::new()
        .site_id(SYSTEM)
        .envoy_serial_number(GATEWAY)
        .page(2)
        .size(50);
    let (groups, sent) = round_trip(&request, "get_inverters_summary").await;
    let target = "/api/v4/systems/inverters_summary_by_envoy_or_site\
                  ?site_id=3300871&envoy_serial_number=202309041207&page=2&size=50";
    sent.expect("GET", target);
    assert_eq!((groups.len(), groups[0].signal_strength), (1, Some(3)));
    let inverter = &groups[0].micro_inverters[0];
    assert_eq!(inverter.serial_number, Some(MICRO.into()));
    let power = inverter.power_produced.as_ref().unwrap();
    assert_eq!(
        (power.value, power.units.as_deref(), power.precision),
        (188.0, Some("W"), Some(1))
    );
    assert_eq!(inverter.energy.as_ref().unwrap().watt_hours().unwrap().0, 741.0);
    assert_eq!(inverter.last_report_date, Some(after(86_100)));
    let texts = [&inverter.proc_load, &inverter.param_table, &inverter.grid_profile].map(|text| text.as_deref());
    assert_eq!(
        texts,
        [
            Some("521-00007-r00-v03.02.04"),
            Some("540-00164-r01-v02.22.03"),
            Some("61aa30f2d4e7973ae602c7b2")
        ]
    );
    assert_eq!(groups[0].micro_inverters[1].status, Some(SystemStatus::Power));

    let (_, sent) = round_trip(&GetInvertersSummary::new().site_id(SYSTEM), "get_inverters_summary").await;
    sent.expect(
        "GET",
        "/api/v4/systems/inverters_summary_by_envoy_or_site?site_id=3300871&size=100",
    );
}
