//! Energies of Enphase's sites seen from several sides: they must be the same energies.

use std::collections::BTreeMap;
use std::time::Duration;

use energy_core::model::{Interval, Quality, WattHours};
use energy_core::{ApiClient, Endpoint};
use energy_sandbox::{EnphaseApp, EnphasePerson, EnphaseSite};
use energy_tests::{MORNING, World};
use enphase::v4::*;
use enphase::{EnergyInterval, Reading, Spanned, TimeZone, v2};
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

const QUARTER: Duration = Duration::from_secs(900);
/// A day before [`MORNING`] of which everything is reported.
const PAST: Date = date!(2026 - 06 - 18);

async fn readings<E: Spanned>(client: &ApiClient<<E as Endpoint>::Api>, request: &E, span: Interval) -> Vec<E::Item> {
    let mut items = client.items(request.over(span));
    let mut all = Vec::new();
    while let Some(item) = items.next().await {
        all.push(item.unwrap());
    }
    all
}

fn sum<T: EnergyInterval>(readings: &[Reading<T>]) -> f64 {
    let energies = readings.iter().filter_map(|reading| reading.data.energy());
    energies.map(|energy| energy.0).sum()
}

fn whole(number: i64) -> f64 {
    i32::try_from(number).unwrap().into()
}

fn zone(site: &EnphaseSite) -> TimeZone {
    TimeZone::named(site.time_zone)
}

fn owner(world: &World) -> Client {
    world.enphase(EnphaseApp::Partner, EnphasePerson::Owner)
}

#[tokio::test]
async fn today_is_the_sum_of_its_intervals_so_far() {
    // In the afternoon in Potsdam and the morning in Sacramento, and when it is today in the one and still yesterday in
    // the other.
    for now in [datetime!(2026-06-21 15:07 UTC), datetime!(2026-06-22 3:37 UTC)] {
        let world = World::at(now).await;
        let client = owner(&world);
        let sites = world.sandbox.enphase().sites();
        for site in [&sites.metered, &sites.micro_only] {
            let (id, today) = (site.system_id, zone(site).date_at(now).unwrap());
            let summary = client.send(&GetSystemSummary::new(id)).await.unwrap();
            assert_eq!(summary.summary_date, Some(today), "the site's day");
            let so_far = whole(summary.energy_today.unwrap());
            assert!(so_far > 0.0, "{now} {today}");

            let intervals = if site.production_meter_serials.is_empty() {
                let day = client.send(&GetProductionMicroTelemetry::new(id)).await.unwrap();
                sum(&day.into_readings())
            } else {
                let day = client.send(&GetProductionMeterTelemetry::new(id)).await.unwrap();
                sum(&day.into_readings())
            };
            assert_eq!(intervals, so_far, "intervals of {today}");
            let lifetime = GetEnergyLifetime::new(id).start_date(today).end_date(today);
            let days = client.send(&lifetime).await.unwrap().days().unwrap();
            assert_eq!(days, [(today, WattHours(so_far))]);
        }
    }
}

#[tokio::test]
async fn the_lifetime_until_yesterday_is_what_the_summary_counts() {
    let world = World::at(MORNING).await;
    let client = owner(&world);
    let sites = world.sandbox.enphase().sites();
    for site in [&sites.metered, &sites.micro_only] {
        let summary = client.send(&GetSystemSummary::new(site.system_id)).await.unwrap();
        let lifetime = client.send(&GetEnergyLifetime::new(site.system_id)).await.unwrap();
        let days = lifetime.days().unwrap();
        assert_eq!(days[0].0, site.operational_on);
        let yesterday = zone(site).date_at(MORNING).unwrap() - time::Duration::DAY;
        assert_eq!(days.last().unwrap().0, yesterday);
        assert_eq!(
            lifetime.production.iter().sum::<i64>(),
            summary.energy_lifetime.unwrap()
        );
    }
}

/// Everything of a metered day in intervals, and as the day of the lifetimes.
async fn assert_day_adds_up(client: &Client, site: &EnphaseSite, date: Date, hours: u16) {
    let (id, zone) = (site.system_id, zone(site));
    let day = zone.day(date).unwrap();
    assert_eq!(day.duration(), Duration::from_secs(3600) * hours.into());
    let one = f64::from(hours);
    macro_rules! same {
        ($telemetry:expr, $lifetime:expr, $each_hour:literal) => {{
            let intervals = readings(client, &$telemetry, day).await;
            assert_eq!(intervals.len(), usize::from(hours) * $each_hour, "{date}");
            assert!(intervals.iter().all(Reading::is_complete), "{date}");
            let answer = client.send(&$lifetime.start_date(date).end_date(date)).await.unwrap();
            let daily = answer.daily(&zone).unwrap();
            let [of_day] = daily.points() else {
                panic!("one day: {daily:?}")
            };
            assert_eq!(
                (of_day.interval, of_day.value),
                (day, Some(WattHours(sum(&intervals)))),
                "{date}"
            );
            of_day.value.unwrap().0
        }};
    }
    let produced = same!(GetProductionMeterTelemetry::new(id), GetEnergyLifetime::new(id), 12);
    let consumed = same!(
        GetConsumptionMeterTelemetry::new(id),
        GetConsumptionLifetime::new(id),
        4
    );
    let imported = same!(GetEnergyImportTelemetry::new(id), GetEnergyImportLifetime::new(id), 4);
    let exported = same!(GetEnergyExportTelemetry::new(id), GetEnergyExportLifetime::new(id), 4);
    assert!(produced > one && consumed > one && imported > one, "a day has energy");

    let battery = readings(client, &GetBatteryTelemetry::new(id), day).await;
    let part = |of: fn(&BatteryInterval) -> &Option<BatteryEnergy>| -> i64 {
        let energies = battery
            .iter()
            .map(|reading| of(&reading.data).as_ref().unwrap().enwh.unwrap());
        energies.sum()
    };
    let (charged, discharged) = (part(|of| &of.charge), part(|of| &of.discharge));
    let days = GetBatteryLifetime::new(id).start_date(date).end_date(date);
    let days = client.send(&days).await.unwrap();
    assert_eq!((days.charge, days.discharge), (vec![charged], vec![discharged]));
    assert_eq!(
        produced + imported + whole(discharged),
        consumed + exported + whole(charged),
        "{date}"
    );
}

#[tokio::test]
async fn days_of_23_and_25_hours_have_all_their_energy() {
    let world = World::at(MORNING).await;
    let client = owner(&world);
    let sites = world.sandbox.enphase().sites();
    assert_day_adds_up(&client, &sites.metered, date!(2026 - 03 - 29), 23).await;
    assert_day_adds_up(&client, &sites.metered, date!(2025 - 10 - 26), 25).await;
    assert_day_adds_up(&client, &sites.metered, PAST, 24).await;

    // Panels alone, in another zone, whose clocks change on other days.
    let (id, zone) = (sites.micro_only.system_id, zone(&sites.micro_only));
    for (date, hours) in [(date!(2026 - 03 - 08), 23), (date!(2025 - 11 - 02), 25)] {
        let day = zone.day(date).unwrap();
        assert_eq!(day.duration(), Duration::from_secs(3600 * hours));
        let intervals = readings(&client, &GetProductionMicroTelemetry::new(id), day).await;
        let lifetime = GetEnergyLifetime::new(id)
            .start_date(date)
            .end_date(date)
            .production(ProductionSeries::All);
        let lifetime = client.send(&lifetime).await.unwrap();
        assert_eq!(lifetime.micro_days().unwrap(), [(date, WattHours(sum(&intervals)))]);
    }
}

#[tokio::test]
async fn what_comes_in_is_what_goes_out_in_every_quarter_of_an_hour() {
    let world = World::at(MORNING).await;
    let client = owner(&world);
    let site = world.sandbox.enphase().sites().metered;
    let id = site.system_id;
    let day = zone(&site).day(PAST).unwrap();
    let mut balance: BTreeMap<OffsetDateTime, i64> = BTreeMap::new();
    for reading in readings(&client, &GetProductionMeterTelemetry::new(id), day).await {
        let end = reading.interval.end().unix_timestamp();
        let quarter = OffsetDateTime::from_unix_timestamp((end + 899) / 900 * 900).unwrap();
        *balance.entry(quarter).or_default() += reading.data.wh_del.unwrap();
    }
    assert_eq!(balance.len(), 96);
    let mut book = |interval: Interval, energy: i64| {
        assert_eq!(interval.duration(), QUARTER);
        *balance.get_mut(&interval.end()).unwrap() += energy;
    };
    for reading in readings(&client, &GetEnergyImportTelemetry::new(id), day).await {
        book(reading.interval, reading.data.wh_imported.unwrap());
    }
    for reading in readings(&client, &GetEnergyExportTelemetry::new(id), day).await {
        book(reading.interval, -reading.data.wh_exported.unwrap());
    }
    for reading in readings(&client, &GetConsumptionMeterTelemetry::new(id), day).await {
        book(reading.interval, -reading.data.enwh.unwrap());
    }
    let mut states = Vec::new();
    for reading in readings(&client, &GetBatteryTelemetry::new(id), day).await {
        let (charge, discharge) = (reading.data.charge.unwrap(), reading.data.discharge.unwrap());
        book(reading.interval, discharge.enwh.unwrap() - charge.enwh.unwrap());
        states.push(reading.data.soc.unwrap().percent.unwrap());
    }
    assert!(balance.values().all(|left| *left == 0), "{balance:?}");
    assert!(states.iter().all(|percent| (0.0..=100.0).contains(percent)));
    let fullest = states.iter().copied().fold(0.0, f64::max);
    assert!(fullest > states[0] + 10.0, "the sun fills the batteries: {states:?}");
}

#[tokio::test]
async fn the_newest_intervals_are_partial_and_complete_three_hours_later() {
    let noon = datetime!(2026-06-21 12:00 UTC);
    let world = World::at(noon).await;
    let client = owner(&world);
    let id = world.sandbox.enphase().sites().metered.system_id;
    let span = Interval::new(noon - Duration::from_secs(4 * 3600), noon).unwrap();
    let late = noon - Duration::from_secs(2 * 3600);
    macro_rules! grows {
        ($request:expr) => {{
            let first = readings(&client, &$request, span).await;
            let flags = first
                .iter()
                .map(|reading| (reading.interval.end() <= late, reading.is_complete()));
            assert!(
                flags.clone().all(|(reported, complete)| reported == complete),
                "{first:?}"
            );
            assert!(first.iter().all(|reading| reading.energy().quality == reading.quality));
            (
                first.len(),
                flags.filter(|(_, complete)| !complete).count(),
                sum(&first),
            )
        }};
    }
    let meter = grows!(GetProductionMeterTelemetry::new(id));
    let micro = grows!(GetProductionMicroTelemetry::new(id));
    let used = grows!(GetConsumptionMeterTelemetry::new(id));
    assert_eq!((meter.0, meter.1), (48, 24));
    assert_eq!((micro.0, micro.1), (48, 24));
    assert_eq!((used.0, used.1), (16, 8));

    world.advance(Duration::from_secs(3 * 3600));
    macro_rules! complete {
        ($request:expr, $before:expr) => {{
            let again = readings(&client, &$request, span).await;
            assert_eq!(again.len(), $before.0);
            assert!(
                again.iter().all(|reading| reading.quality == Quality::UNSTATED),
                "{again:?}"
            );
            assert!(sum(&again) > $before.2, "what was late is there");
            world.advance(Duration::from_secs(3600));
            assert_eq!(
                readings(&client, &$request, span).await,
                again,
                "nothing changes any more"
            );
        }};
    }
    complete!(GetProductionMeterTelemetry::new(id), meter);
    complete!(GetProductionMicroTelemetry::new(id), micro);
    complete!(GetConsumptionMeterTelemetry::new(id), used);
}

#[tokio::test]
async fn channels_of_meters_add_up_to_what_all_of_them_counted() {
    let world = World::at(MORNING).await;
    let client = owner(&world);
    let site = world.sandbox.enphase().sites().metered;
    let day = zone(&site).day(PAST).unwrap();
    let request = GetRgmStats::new(site.system_id).start_at(day.start()).end_at(day.end());
    let stats = client.send(&request).await.unwrap();
    let channels = stats.channels();
    let names = channels
        .iter()
        .map(|channel| (channel.meter.as_ref().unwrap().as_str(), channel.channel.unwrap()));
    let expected = site
        .production_meter_serials
        .iter()
        .flat_map(|meter| (1..=3).map(move |number| (meter.as_str(), number)));
    assert_eq!(names.collect::<Vec<_>>(), expected.collect::<Vec<_>>());

    let all = stats.energy().unwrap();
    assert_eq!(all.len(), 96);
    let mut total = 0.0;
    for point in all.points() {
        let mut together = 0.0;
        for channel in &channels {
            let energy = *channel.energy().unwrap().reading_at(point.interval.start()).unwrap();
            let power = *channel.power().unwrap().reading_at(point.interval.start()).unwrap();
            assert_eq!(energy.interval, point.interval);
            assert_eq!(
                energy.value.is_some(),
                channel.channel == Some(1),
                "the others are not connected"
            );
            assert_eq!(
                power.value.map(|power| power.0),
                energy.value.map(|energy| energy.0 * 4.0)
            );
            together += energy.value.map_or(0.0, |energy| energy.0);
        }
        assert_eq!(point.value, Some(WattHours(together)), "{}", point.interval);
        total += together;
    }
    let intervals = readings(&client, &GetProductionMeterTelemetry::new(site.system_id), day).await;
    assert_eq!(total, sum(&intervals), "meters are the same meters");

    // Now: the meter of the garage has not reported yet, which is no zero.
    let recent = GetRgmStats::new(site.system_id)
        .start_at(MORNING - QUARTER)
        .end_at(MORNING);
    let stats = client.send(&recent).await.unwrap();
    let values: Vec<bool> = stats
        .channels()
        .iter()
        .map(|of| of.energy().unwrap().points()[0].value.is_some())
        .collect();
    assert_eq!(values, [true, false, false, false, false, false]);
    assert_eq!(stats.energy().unwrap().points()[0].quality, Quality::PARTIAL);
}

/// End, energy and devices of each interval.
fn of_each<T: EnergyInterval>(readings: &[Reading<T>]) -> Vec<(OffsetDateTime, Option<WattHours>, Option<i64>)> {
    let each = |reading: &Reading<T>| {
        (
            reading.interval.end(),
            reading.data.energy(),
            reading.data.devices_reporting(),
        )
    };
    readings.iter().map(each).collect()
}

#[tokio::test]
async fn both_versions_tell_of_the_same_energy() {
    let world = World::at(MORNING).await;
    world.sandbox.enphase().set_v2_quota(1_000, 10_000);
    let (client, old) = (owner(&world), world.enphase_v2(EnphasePerson::Owner));
    let sites = world.sandbox.enphase().sites();
    for site in [&sites.metered, &sites.micro_only] {
        let id = site.system_id;
        // The end is now, where some are late.
        let span = Interval::new(zone(site).start_of_day(date!(2026 - 06 - 19)).unwrap(), MORNING).unwrap();
        let new_micros = readings(&client, &GetProductionMicroTelemetry::new(id), span).await;
        let old_micros = readings(&old, &v2::GetStats::new(id), span).await;
        assert!(new_micros.len() > 100);
        assert_eq!(of_each(&new_micros), of_each(&old_micros));
        let new_used = readings(&client, &GetConsumptionMeterTelemetry::new(id), span).await;
        let old_used = readings(&old, &v2::GetConsumptionStats::new(id), span).await;
        assert_eq!(of_each(&new_used), of_each(&old_used));
        assert_eq!(new_used.is_empty(), site.consumption_meter_serial.is_none());

        let days = client
            .send(&GetEnergyLifetime::new(id).production(ProductionSeries::All))
            .await
            .unwrap();
        let old_days = v2::GetEnergyLifetime::new(id).production(v2::ProductionDetail::All);
        let old_days = old.send(&old_days).await.unwrap().unwrap();
        assert_eq!(days.days(), old_days.days());
        assert_eq!(
            (days.micro_days(), days.meter_days()),
            (old_days.micro_days(), old_days.meter_days())
        );
        let days = client
            .send(&GetConsumptionLifetime::new(id))
            .await
            .unwrap()
            .days()
            .unwrap();
        let old_days = old.send(&v2::GetConsumptionLifetime::new(id)).await.unwrap();
        assert_eq!(days, old_days.map(|days| days.days().unwrap()).unwrap_or_default());

        let summary = client.send(&GetSystemSummary::new(id)).await.unwrap();
        let old_summary = old.send(&v2::GetSummary::new(id)).await.unwrap();
        assert_eq!(summary.energy_today, Some(old_summary.energy_today));
        assert_eq!(summary.energy_lifetime, Some(old_summary.energy_lifetime));
        assert_eq!(summary.current_power, Some(old_summary.current_power));

        let counters = client
            .send(&GetProductionMeterReadings::new(id))
            .await
            .unwrap()
            .meter_readings;
        let counters = counters
            .into_iter()
            .map(|of| (of.serial_number.unwrap(), of.value.unwrap(), of.read_at.unwrap()));
        let old_counters = old
            .send(&v2::GetProductionMeterReadings::new(id))
            .await
            .unwrap()
            .meter_readings;
        let old_counters = old_counters
            .into_iter()
            .map(|of| (of.serial_number, of.value, of.read_at));
        assert!(counters.eq(old_counters));

        let new_channels = client
            .send(&GetRgmStats::new(id).start_at(span.start()))
            .await
            .unwrap()
            .channels();
        let old_channels = old
            .send(&v2::GetRgmStats::new(id).start_at(span.start()))
            .await
            .unwrap()
            .channels();
        assert_eq!(new_channels.len(), old_channels.len());
        for (new, old) in new_channels.iter().zip(&old_channels) {
            assert_eq!((new.meter.as_ref(), new.channel), (Some(&old.meter), Some(old.channel)));
            assert_eq!(new.energy().unwrap().points(), old.energy().unwrap().points());
        }
    }
}
