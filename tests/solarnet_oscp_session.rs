//! OSCP sessions: systems of our own shake hands with SolarNetwork, plan, and are told what was measured.

use std::time::Duration;

use energy_tests::oscp_systems::{GROUP, Heard, Party, Quay};
use energy_tests::{MORNING, World};
use solarnet_oscp::oscp::{
    AdjustGroupCapacityForecast, CapacityForecastType, EnergyFlowDirection, EnergyMeasurement, EnergyMeasurementUnit,
    EnergyType, ForecastedBlock, ForecastedBlockUnit, Handshake, Heartbeat, MeasurementConfiguration, PhaseIndicator,
    RequiredBehaviour, SendAdjustGroupCapacityForecast, SendGroupCapacityComplianceError, SendHandshake, SendHeartbeat,
    SendUpdateGroupCapacityForecast, SendUpdateGroupMeasurements, UpdateGroupCapacityForecast, UpdateGroupMeasurements,
};
use solarnet_oscp::oscp::{GroupCapacityComplianceError, server};
use solarnet_oscp::{
    CapacityGroupSettingsInput, CreateAsset, GetCapacityGroup, GetCapacityOptimizer, GetCapacityProvider,
    MeasurementStyle, MeasurementUnit, OscpRole, RegistrationStatus, ServiceProperties, UpdateCapacityGroupSettings,
    update,
};
use time::macros::datetime;

const QUARTER: Duration = Duration::from_secs(15 * 60);

async fn settle(world: &World) {
    world.sandbox.solarnet_oscp().settle().await;
}

/// The one message that came.
fn only(party: &Party) -> (Heard, server::Context) {
    let mut heard = party.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    heard.remove(0)
}

fn blocks(capacities: &[f64]) -> Vec<ForecastedBlock> {
    let mut start = datetime!(2026-06-22 10:00 UTC);
    let mut blocks = Vec::new();
    for &capacity in capacities {
        let end = start + time::Duration::minutes(15);
        let unit = ForecastedBlockUnit::Kilowatts;
        blocks.push(ForecastedBlock::new(capacity, PhaseIndicator::All, unit, start, end).unwrap());
        start = end;
    }
    blocks
}

fn forecast(group: &str) -> SendUpdateGroupCapacityForecast {
    let kind = CapacityForecastType::Consumption;
    let message = UpdateGroupCapacityForecast::new(group, kind, blocks(&[62.5, 60.0, 7.125])).unwrap();
    SendUpdateGroupCapacityForecast::new(message)
}

fn adjusted(group: &str) -> SendAdjustGroupCapacityForecast {
    let kind = CapacityForecastType::Consumption;
    let message = AdjustGroupCapacityForecast::new(group, kind, blocks(&[52.5, 50.0, 0.0])).unwrap();
    SendAdjustGroupCapacityForecast::new(message)
}

#[tokio::test]
async fn a_handshake_is_acknowledged_and_stored() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let party = quay.start_optimizer(&world).await;
    party.solarnetwork.send(&party.registration()).await.unwrap();
    settle(&world).await;
    let [(Heard::Register(_), _)] = &party.heard()[..] else {
        panic!("no call-back")
    };
    let both = [
        MeasurementConfiguration::Continuous,
        MeasurementConfiguration::Intermittent,
    ];
    let behaviour = RequiredBehaviour::new(both).unwrap().heartbeat_interval(90.0).unwrap();
    let handshake = Handshake::new().required_behaviour(behaviour.clone()).unwrap();
    party
        .solarnetwork
        .send(&SendHandshake::new(handshake).request_id("shake-7"))
        .await
        .unwrap();
    settle(&world).await;
    let (heard, context) = only(&party);
    let Heard::HandshakeAcknowledge(answer) = heard else {
        panic!("{heard:?}")
    };
    assert_eq!(answer.required_behaviour, Some(behaviour));
    assert_eq!(context.correlation_id.unwrap().as_str(), "shake-7");

    let optimizer = GetCapacityOptimizer::new(quay.optimizer.config_id);
    let settings = quay.account.send(&optimizer).await.unwrap().settings.unwrap();
    assert_eq!(settings.heartbeat_seconds, Some(90));
    let styles = [MeasurementStyle::Continuous, MeasurementStyle::Intermittent];
    assert_eq!(settings.measurement_styles.as_deref(), Some(&styles[..]));
}

#[tokio::test]
async fn a_forecast_goes_to_the_optimizer_and_the_adjusted_one_comes_back() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let settings = CapacityGroupSettingsInput::new(world.sandbox.solarnet_oscp().node_id())
        .source_id_template("/{role}/{actionCode}/{cgIdentifier}");
    let settings = UpdateCapacityGroupSettings::new(quay.group.config_id, settings);
    quay.account.send(&settings).await.unwrap();
    let (grid, charging) = (quay.start_provider(&world).await, quay.start_optimizer(&world).await);
    grid.join(&world, MeasurementConfiguration::Continuous).await;
    charging.join(&world, MeasurementConfiguration::Continuous).await;

    grid.solarnetwork
        .send(&forecast(GROUP).request_id("plan-1"))
        .await
        .unwrap();
    settle(&world).await;
    let (heard, context) = only(&charging);
    let Heard::Forecast(message) = heard else {
        panic!("{heard:?}")
    };
    assert_eq!(
        (message.group_id.as_str(), &message.forecast_type),
        (GROUP, &CapacityForecastType::Consumption)
    );
    assert_eq!(message.forecasted_blocks, blocks(&[62.5, 60.0, 7.125]));
    assert_eq!(context.correlation_id.unwrap().as_str(), "plan-1");
    assert_ne!(context.request_id.as_str(), "plan-1", "a message of its own");
    assert!(context.source_id.unwrap().ends_with(GROUP));

    let answer = adjusted(GROUP).request_id("plan-2").correlation_id(context.request_id);
    charging.solarnetwork.send(&answer).await.unwrap();
    settle(&world).await;
    let (heard, context) = only(&grid);
    let Heard::Adjusted(message) = heard else {
        panic!("{heard:?}")
    };
    assert_eq!(message.forecasted_blocks, blocks(&[52.5, 50.0, 0.0]));
    assert_eq!(
        (context.correlation_id.unwrap().as_str(), context.source_id),
        ("plan-2", None)
    );
    assert_eq!(charging.heard(), []);
}

#[tokio::test]
async fn messages_that_are_not_for_this_role_or_group_are_refused() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let (grid, charging) = (quay.start_provider(&world).await, quay.start_optimizer(&world).await);
    grid.join(&world, MeasurementConfiguration::Continuous).await;
    charging.join(&world, MeasurementConfiguration::Continuous).await;
    for error in [
        grid.solarnetwork.send(&adjusted(GROUP)).await.unwrap_err(),
        charging.solarnetwork.send(&forecast(GROUP)).await.unwrap_err(),
    ] {
        assert!(error.is_forbidden(), "{error}");
    }
    let error = grid.solarnetwork.send(&forecast("no-such-quay")).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert!(error.to_string().contains("no-such-quay"), "{error}");

    // SolarNetwork has no endpoint for these.
    let complaint = SendGroupCapacityComplianceError::new(GroupCapacityComplianceError::new("too little"));
    let measured = EnergyMeasurement::new(
        1.5,
        PhaseIndicator::All,
        EnergyMeasurementUnit::KilowattHours,
        EnergyFlowDirection::Import,
        MORNING,
    );
    let measured = UpdateGroupMeasurements::new(GROUP, [measured.unwrap()]).unwrap();
    assert!(charging.solarnetwork.send(&complaint).await.unwrap_err().is_not_found());
    let measured = SendUpdateGroupMeasurements::new(measured);
    assert!(charging.solarnetwork.send(&measured).await.unwrap_err().is_not_found());
    settle(&world).await;
    assert_eq!((grid.heard(), charging.heard()), (Vec::new(), Vec::new()));
}

#[tokio::test]
async fn heartbeats_come_when_time_passes() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let party = quay.start_provider(&world).await;
    party.join(&world, MeasurementConfiguration::Continuous).await;
    let mut beats = Vec::new();
    // A heartbeat every minute: the first one at once, then none before a minute has passed.
    for seconds in [1, 30, 29, 1, 59, 1, 3600] {
        world.advance(Duration::from_secs(seconds));
        settle(&world).await;
        let offline: Vec<_> = (party.heard().into_iter())
            .map(|(heard, context)| match heard {
                Heard::Heartbeat(beat) => {
                    assert_eq!(context.correlation_id, None);
                    beat.offline_mode_at - world.sandbox.now()
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert!(
            offline.iter().all(|span| *span == time::Duration::minutes(2)),
            "{offline:?}"
        );
        beats.push(offline.len());
    }
    assert_eq!(beats, [1, 0, 0, 1, 0, 1, 1]);
    let provider = quay
        .account
        .send(&GetCapacityProvider::new(quay.provider.config_id))
        .await
        .unwrap();
    assert_eq!(provider.heartbeat_date, Some(world.sandbox.now()));

    // And the other way round.
    let until = world.sandbox.now() + time::Duration::minutes(5);
    party
        .solarnetwork
        .send(&SendHeartbeat::new(Heartbeat::new(until)))
        .await
        .unwrap();
    let provider = quay
        .account
        .send(&GetCapacityProvider::new(quay.provider.config_id))
        .await
        .unwrap();
    assert_eq!(provider.offline_date, Some(until));

    // A system that is switched off gets none.
    update(&quay.account, quay.provider.config_id, |provider| {
        provider.enabled = false;
    })
    .await
    .unwrap();
    world.advance(QUARTER);
    settle(&world).await;
    assert_eq!(party.heard(), []);
}

/// The measurements among what came; heartbeats are passed over.
fn measurements(party: &Party) -> Vec<EnergyMeasurement> {
    let mut found = Vec::new();
    for (heard, _) in party.heard() {
        match heard {
            Heard::Group(message) => {
                assert_eq!(message.group_id, GROUP);
                found.extend(message.measurements);
            }
            Heard::Heartbeat(_) => {}
            other => panic!("{other:?}"),
        }
    }
    found
}

#[tokio::test]
async fn measurements_of_short_periods_add_up_to_the_long_one() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    // One meter, told to the provider in kWh every hour, and to the optimizer in Wh every quarter of an hour.
    let node = world.sandbox.solarnet_oscp().node_id();
    for asset in [
        quay.asset(node, "quay", OscpRole::CapacityProvider, MeasurementUnit::KilowattHours),
        quay.asset(
            node,
            "chargers",
            OscpRole::CapacityOptimizer,
            MeasurementUnit::WattHours,
        ),
        // OSCP has no words for this one.
        quay.asset(node, "odd", OscpRole::CapacityOptimizer, MeasurementUnit::Kilowatts),
        quay.asset(node, "idle", OscpRole::CapacityOptimizer, MeasurementUnit::WattHours)
            .enabled(false),
    ] {
        quay.account.send(&CreateAsset::new(asset)).await.unwrap();
    }
    let (grid, charging) = (quay.start_provider(&world).await, quay.start_optimizer(&world).await);
    grid.join(&world, MeasurementConfiguration::Intermittent).await;
    charging.join(&world, MeasurementConfiguration::Continuous).await;

    let mut quarters = Vec::new();
    for number in 1..=4 {
        world.advance(QUARTER);
        settle(&world).await;
        let measured = measurements(&charging);
        assert_eq!(measured.len(), 1, "{measured:?}");
        assert_eq!(measured[0].measure_time, MORNING + QUARTER * number);
        assert_eq!(measured[0].unit, EnergyMeasurementUnit::WattHours);
        assert_eq!(measured[0].direction, EnergyFlowDirection::Import);
        assert_eq!(measured[0].phase, PhaseIndicator::All);
        assert_eq!(measured[0].energy_type, Some(EnergyType::Total));
        assert_eq!(measured[0].initial_measure_time, None, "continuous");
        assert!(measured[0].value > 0.0);
        quarters.push(measured[0].value);
        let hour = measurements(&grid);
        assert_eq!(hour.len(), usize::from(number == 4), "{hour:?}");
        if let [hour] = &hour[..] {
            assert_eq!(hour.unit, EnergyMeasurementUnit::KilowattHours);
            assert_eq!(
                (hour.initial_measure_time, hour.measure_time),
                (Some(MORNING), MORNING + 4 * QUARTER)
            );
            let sum = quarters.iter().sum::<f64>() / 1000.0;
            assert!(
                (hour.value - sum).abs() < 1e-9,
                "{} kWh, and {quarters:?} Wh",
                hour.value
            );
        }
    }
    assert!(
        quarters.windows(2).any(|pair| pair[0] != pair[1]),
        "not all the same: {quarters:?}"
    );
    let group = quay
        .account
        .send(&GetCapacityGroup::new(quay.group.config_id))
        .await
        .unwrap();
    let now = Some(MORNING + 4 * QUARTER);
    assert_eq!(group.capacity_provider_measurement_date, now);
    assert_eq!(group.capacity_optimizer_measurement_date, now);
}

#[tokio::test]
async fn a_system_may_want_its_assets_one_by_one() {
    let world = World::at(MORNING).await;
    let quay = Quay::set_up(&world).await;
    let node = world.sandbox.solarnet_oscp().node_id();
    let asset = quay.asset(
        node,
        "chargers",
        OscpRole::CapacityOptimizer,
        MeasurementUnit::WattHours,
    );
    quay.account.send(&CreateAsset::new(asset)).await.unwrap();
    let charging = quay.start_optimizer(&world).await;
    charging.join(&world, MeasurementConfiguration::Intermittent).await;
    let one_by_one = ServiceProperties::new().group_asset_measurement(true);
    let changed = update(&quay.account, quay.optimizer.config_id, |optimizer| {
        optimizer.service_props = Some(one_by_one);
    });
    assert_eq!(
        changed.await.unwrap().registration_status,
        RegistrationStatus::Registered
    );
    world.advance(QUARTER);
    settle(&world).await;
    let heard = charging.heard();
    let assets = heard.iter().find_map(|(heard, _)| match heard {
        Heard::Assets(message) => Some(message),
        _ => None,
    });
    let message = assets.unwrap_or_else(|| panic!("{heard:?}"));
    assert_eq!((message.group_id.as_str(), message.measurements.len()), (GROUP, 1));
    assert_eq!(message.measurements[0].asset_id, "chargers");
    let energy = message.measurements[0].energy_measurement.as_ref().unwrap();
    assert_eq!(
        (energy.initial_measure_time, energy.measure_time),
        (Some(MORNING), MORNING + QUARTER)
    );
}
