//! Each microinverter by itself.

use std::collections::BTreeMap;

use energy_core::Endpoint;
use energy_core::model::{Interval, SeriesError};
use energy_core::source::{AnySeries, DAY, SourceError};

use crate::reading::FIVE_MINUTES;
use crate::unified::{Asked, Calls, all, failed, once};
use crate::v4::{Client, Enphase, GetMicroTelemetry, Granularity, ListMicrosTelemetry, MicroInterval, MicroOfMany};
use crate::{Reading, SerialNumber, SystemId};

/// What the intervals of a microinverter are as a series.
pub(super) type Make = fn(&SerialNumber, Vec<Reading<MicroInterval>>) -> Result<AnySeries, SeriesError>;

/// Those that the question names, each by itself; or else all that there are, by pages.
pub(super) fn each(asked: &Asked<'_, Enphase>, make: Make) -> Calls {
    if asked.devices().is_empty() {
        return all_of_them(asked, make);
    }
    let one = |serial: SerialNumber| {
        let request = GetMicroTelemetry::new(asked.system, serial.clone());
        asked.intervals(&request, FIVE_MINUTES, move |readings| make(&serial, readings))
    };
    let serials = asked.devices().iter().map(|device| device.as_str().into());
    let serials = once(serials, SerialNumber::clone);
    Calls::of_each(<GetMicroTelemetry as Endpoint>::OPERATION, serials.map(one).collect())
}

/// A day of all of them is what one answer is described to hold.
fn all_of_them(asked: &Asked<'_, Enphase>, make: Make) -> Calls {
    let days: Vec<Interval> = match asked.span(FIVE_MINUTES).map(|span| span.split_by(DAY)) {
        Some(Ok(days)) => days.collect(),
        _ => Vec::new(),
    };
    let (client, system) = (asked.client.clone(), asked.system);
    let times = u32::try_from(days.len()).unwrap_or(u32::MAX);
    Calls::new(<ListMicrosTelemetry as Endpoint>::OPERATION, times, async move {
        let mut found: BTreeMap<SerialNumber, Vec<Reading<MicroInterval>>> = BTreeMap::new();
        for day in days {
            for micro in on(&client, system, day).await? {
                let serial = micro.serial_number.clone();
                found.entry(serial).or_default().extend(within(micro, day));
            }
        }
        let series = found.into_iter().map(|(serial, readings)| make(&serial, readings));
        let series: Result<_, _> = series.collect();
        series.map_err(|error| SourceError::data("enphase", error))
    })
}

async fn on(client: &Client, system: SystemId, day: Interval) -> Result<Vec<MicroOfMany>, SourceError> {
    let request = ListMicrosTelemetry::new(system)
        .start_at(day.start())
        .granularity(Granularity::Day);
    all(client, request).await.map_err(failed)
}

/// For a system younger than the day the answer is its first day, and is told again by the next.
fn within(micro: MicroOfMany, day: Interval) -> impl Iterator<Item = Reading<MicroInterval>> {
    let readings = micro.into_readings().into_iter();
    readings.filter(move |reading| day.contains(reading.interval.start()))
}
