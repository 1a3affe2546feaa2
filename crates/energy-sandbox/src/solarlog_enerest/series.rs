//! Series as objects: one for each day, device and channel.

use time::{Date, OffsetDateTime};

use super::channel::{Channel, Nature};
use super::dates::stamp;
use super::day::{Day, SLOT, SLOTS_AN_HOUR};
use super::plant::{Plant, zone};
use super::question::days;
use super::target::Target;
use super::visit::Visit;
use crate::document::{Document, Map};
use crate::noise;

/// A value, or none where the logger was silent, and the instant at which its slot begins.
pub(super) type Point = (i64, Option<f64>);

/// The values that have been measured so far.
pub(super) fn points(plant: &Plant, day: &Day, target: &Target, channel: Channel, now: OffsetDateTime) -> Vec<Point> {
    let now = now.unix_timestamp();
    let silent = |begin: i64| {
        let gap = plant.gap.as_ref();
        gap.is_some_and(|(from, until)| (from.unix_timestamp()..until.unix_timestamp()).contains(&begin))
    };
    let mut energy = 0.0;
    let slots = day
        .begins()
        .filter(|(begin, slot)| begin + SLOT <= now && (slot.by_day || !channel.sleeps()));
    slots
        .map(|(begin, slot)| {
            if silent(begin) {
                return (begin, None);
            }
            let value = target.owner.value(channel, plant.site, begin, slot);
            energy += value;
            let shown = match channel.nature() {
                Nature::SinceMidnight(_) => watt_hours(energy),
                Nature::Rate(_) | Nature::Level => value,
            };
            (begin, Some(shown))
        })
        .collect()
}

/// What power that was added up over slots comes to, in whole watt-hours.
pub(super) fn watt_hours(power: f64) -> f64 {
    (power / SLOTS_AN_HOUR as f64).round()
}

/// The objects of a range of days.
pub(super) fn of_days(
    visit: &Visit<'_>,
    plant: &Plant,
    targets: &[Target],
    channels: &[Channel],
    (from, to): (Date, Date),
) -> Vec<Document> {
    let mut objects = Vec::new();
    for date in days(from.max(plant.began), to.min(visit.today())) {
        let day = visit.world.day(plant, date);
        for target in targets.iter().filter(|target| target.contains(date)) {
            let known = target.owner.channels(plant.site);
            for &channel in channels.iter().filter(|channel| known.contains(channel)) {
                let points = points(plant, &day, target, channel, visit.now());
                if points.is_empty() {
                    continue;
                }
                let mut map = Map::new();
                for (begin, value) in points {
                    map.put(stamp_of(begin), value.map_or(Document::Null, Document::number));
                }
                objects.push(object(target, channel, ("day", date), channel.unit(), map));
            }
        }
    }
    objects
}

/// The object of a day, or of a longer span and the day of its first stamp.
pub(super) fn object(
    target: &Target,
    channel: Channel,
    (span, date): (&str, Date),
    unit: &str,
    points: Map,
) -> Document {
    let name = channel.name();
    let hash = noise::hash(&[
        noise::text(&target.device_id),
        noise::text(&name),
        noise::text(span),
        i64::from(date.to_julian_day()),
    ]);
    let begin = zone().midnight(date).unix_timestamp();
    let object = Map::new()
        .with("id", format!("{begin:08x}{hash:016x}"))
        .with("deviceId", target.device_id.as_str())
        .with("deviceType", target.device_type())
        .with("name", name)
        .with("dataPoints", points)
        .with("date", date.to_string())
        .with("unit", unit);
    Document::from(object)
}

/// The local stamp of an instant.
pub(super) fn stamp_of(unix: i64) -> String {
    OffsetDateTime::from_unix_timestamp(unix).map_or_else(|_| String::new(), |at| stamp(zone().local(at)))
}
