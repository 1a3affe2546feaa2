//! Months by days, years by months, the lifetime by years.

use std::collections::BTreeMap;

use time::{Date, Duration};

use super::channel::{Channel, Nature, rounded};
use super::dates::first_of_month;
use super::plant::{Plant, zone};
use super::reply::{Outcome, Problem, series};
use super::series::{Point, object, points, stamp_of, watt_hours};
use super::visit::Visit;
use super::{question, target};
use crate::document::{Document, Map};

pub(super) fn month(visit: &Visit<'_>, plant: &Plant) -> Outcome {
    let number = visit.segment("month").parse().unwrap_or_default();
    let first = first_of_month(year_in_path(visit)?, number).ok_or_else(|| Problem::bad("There is no such month"))?;
    let after = first.saturating_add(Duration::days(31)).replace_day(1).unwrap_or(first);
    let span = Span {
        name: "month",
        from: first,
        to: after.saturating_sub(Duration::DAY),
        begin_of: |date| date,
    };
    answer(visit, plant, &span)
}

pub(super) fn year(visit: &Visit<'_>, plant: &Plant) -> Outcome {
    let year = year_in_path(visit)?;
    let (first, last) = (first_of_month(year, 1), first_of_month(year, 12));
    let first = first.ok_or_else(|| Problem::bad("There is no such year"))?;
    let last = last.and_then(|last| last.replace_day(31).ok()).unwrap_or(first);
    let span = Span {
        name: "year",
        from: first,
        to: last,
        begin_of: |date| date.replace_day(1).unwrap_or(date),
    };
    answer(visit, plant, &span)
}

pub(super) fn lifetime(visit: &Visit<'_>, plant: &Plant) -> Outcome {
    let span = Span {
        name: "lifetime",
        from: plant.began,
        to: visit.today(),
        begin_of: |date| date.replace_ordinal(1).unwrap_or(date),
    };
    answer(visit, plant, &span)
}

fn year_in_path(visit: &Visit<'_>) -> Result<i32, Problem> {
    let year = visit
        .segment("year")
        .parse()
        .ok()
        .filter(|year| (1..=9999).contains(year));
    year.ok_or_else(|| Problem::bad("There is no such year"))
}

/// Which days, and how they are put together.
struct Span {
    name: &'static str,
    from: Date,
    to: Date,
    /// The day whose stamp a day comes under.
    begin_of: fn(Date) -> Date,
}

/// What comes together under one stamp.
#[derive(Clone, Copy, Debug, Default)]
struct Heap {
    /// Whole watt-hours of whole days.
    energy: f64,
    sum: f64,
    count: u32,
}

impl Heap {
    fn add_day(&mut self, points: &[Point]) {
        let known = || points.iter().filter_map(|(_, value)| *value);
        let sum: f64 = known().sum();
        self.energy += watt_hours(sum);
        self.sum += sum;
        self.count += u32::try_from(known().count()).unwrap_or(u32::MAX);
    }

    fn value(self, nature: Nature) -> f64 {
        match nature {
            Nature::Level => rounded(self.sum / f64::from(self.count.max(1)), 1),
            Nature::Rate(_) | Nature::SinceMidnight(_) => self.energy,
        }
    }
}

/// One object per device and channel.
fn answer(visit: &Visit<'_>, plant: &Plant, span: &Span) -> Outcome {
    let channels = question::channels(visit.call)?;
    let targets = target::named(visit, plant, &channels)?;
    let mut objects = Vec::new();
    for target in &targets {
        let known = target.owner.channels(plant.site);
        for &channel in channels.iter().filter(|channel| known.contains(channel)) {
            // Of energies since midnight, the power is added up.
            let (measured, unit) = coarse(channel);
            let mut heaps: BTreeMap<Date, Heap> = BTreeMap::new();
            let days = question::days(span.from.max(plant.began), span.to.min(visit.today()));
            for date in days.filter(|date| target.contains(*date)) {
                let points = points(plant, &visit.world.day(plant, date), target, measured, visit.now());
                if !points.is_empty() {
                    heaps.entry((span.begin_of)(date)).or_default().add_day(&points);
                }
            }
            let Some(first) = heaps.keys().next().copied() else {
                continue;
            };
            let mut map = Map::new();
            for (date, heap) in heaps {
                let begin = zone().midnight(date).unix_timestamp();
                map.put(stamp_of(begin), Document::number(heap.value(channel.nature())));
            }
            objects.push(object(target, channel, (span.name, first), unit, map));
        }
    }
    series(objects)
}

/// What is added up for a channel, and the unit of that.
fn coarse(channel: Channel) -> (Channel, &'static str) {
    match channel.nature() {
        Nature::Rate(unit) => (channel, unit),
        Nature::SinceMidnight(rate) => (rate, channel.unit()),
        Nature::Level => (channel, channel.unit()),
    }
}
