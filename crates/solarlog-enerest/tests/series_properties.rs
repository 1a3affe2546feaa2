//! Whatever comes in whatever pieces: nothing is lost or made, and the order is that of time.

use std::collections::BTreeMap;

use energy_core::time::format_description::well_known::Rfc3339;
use energy_core::time::macros::datetime;
use energy_core::time::{Duration, OffsetDateTime, UtcOffset};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use solarlog_enerest::*;

use crate::support::entities::*;

/// Values by five minutes since a midnight; some are gaps.
type Points = BTreeMap<i64, Option<i32>>;

fn points() -> impl Strategy<Value = Points> {
    prop::collection::btree_map(0_i64..2_000, prop::option::weighted(0.8, -50_000..50_000_i32), 1..80)
}

fn at(slot: i64) -> OffsetDateTime {
    datetime!(2026-10-23 0:00 +2) + Duration::minutes(5 * slot)
}

/// An object with these points in this order, each by a clock of its own.
fn piece(device: &str, channel: &str, points: &[(i64, Option<i32>)]) -> Value {
    let stamp = |slot: i64| {
        let clock = UtcOffset::from_hms((slot % 3).try_into().unwrap(), 0, 0).unwrap();
        at(slot).to_offset(clock).format(&Rfc3339).unwrap()
    };
    let points: Map<String, Value> = points
        .iter()
        .map(|(slot, value)| (stamp(*slot), json!(value)))
        .collect();
    let mut body = record(device, "Component", channel, "W", "", points.into());
    body["date"] = Value::Null;
    body
}

/// The objects as the client reads them.
fn read(pieces: Vec<Value>) -> Vec<ChannelData> {
    serde_json::from_value(pieces.into()).unwrap()
}

fn found(series: &ChannelSeries) -> Vec<(OffsetDateTime, Option<f64>)> {
    series.points.iter().map(|point| (point.at, point.value)).collect()
}

fn wanted(points: &Points) -> Vec<(OffsetDateTime, Option<f64>)> {
    points
        .iter()
        .map(|(slot, value)| (at(*slot), value.map(f64::from)))
        .collect()
}

fn sum(values: impl Iterator<Item = Option<f64>>) -> f64 {
    values.flatten().sum()
}

/// The same component in three epochs.
const EPOCHS: [&str; 3] = ["epoch-1", "epoch-2", "epoch-3"];

fn epochs() -> Epochs {
    let components: Vec<Component> = serde_json::from_value(EPOCHS.map(component).to_vec().into()).unwrap();
    Epochs::new().with(&components)
}

proptest! {
    /// Each point is put into one of some objects, each object is of one of the epochs.
    #[test]
    fn any_partition_gives_the_same_series(
        points in points(),
        places in prop::collection::vec(0_usize..9, 80),
        backwards in any::<bool>(),
    ) {
        let mut pieces: BTreeMap<usize, Vec<(i64, Option<i32>)>> = BTreeMap::new();
        for ((slot, value), place) in points.iter().zip(&places) {
            pieces.entry(*place).or_default().push((*slot, *value));
        }
        let mut pieces: Vec<Value> = pieces
            .iter()
            .map(|(place, points)| piece(EPOCHS[place % 3], "ProdPac", points))
            .collect();
        if backwards {
            pieces.reverse();
        }
        let whole: Vec<_> = points.iter().map(|(slot, value)| (*slot, *value)).collect();
        let whole = read(vec![piece(EPOCHS[0], "ProdPac", &whole)]);
        let assembly = Assembly::new().across(epochs());
        let series = assembly.series(&read(pieces)).unwrap();
        prop_assert_eq!(&series, &assembly.series(&whole).unwrap());
        prop_assert_eq!(series.len(), 1);
        prop_assert_eq!(series[0].device.as_deref(), Some(INVERTER_KEPT));
        prop_assert_eq!(found(&series[0]), wanted(&points));
        let total = sum(points.values().map(|value| value.map(f64::from)));
        prop_assert_eq!(sum(series[0].points.iter().map(|point| point.value)), total);
        let watts = series[0].watts().unwrap();
        prop_assert_eq!(sum(watts.points().iter().map(|point| point.value.map(|watts| watts.0))), total);
    }

    /// Several devices and channels, each in two objects that overlap, in any order.
    #[test]
    fn devices_and_channels_lose_nothing_to_one_another(
        all in prop::collection::btree_map((0_u8..4, 0_u8..3), points(), 1..6),
        cut in 0_usize..80,
        turn in 0_usize..12,
    ) {
        let (device, channel) = (|number: u8| format!("device-{number}"), |number: u8| format!("Channel{number}"));
        let mut pieces = Vec::new();
        for ((of, what), points) in &all {
            let whole: Vec<_> = points.iter().map(|(slot, value)| (*slot, *value)).collect();
            let cut = cut % whole.len();
            for part in [&whole[..=cut], &whole[cut..]] {
                pieces.push(piece(&device(*of), &channel(*what), part));
            }
        }
        let turn = turn % pieces.len();
        pieces.rotate_left(turn);
        let data = read(pieces);
        let series = Assembly::new().series(&data).unwrap();
        prop_assert_eq!(series.len(), all.len());
        for ((of, what), points) in &all {
            let one = series.iter().find(|one| {
                one.device.as_deref() == Some(device(*of).as_str()) && one.channel.as_str() == channel(*what)
            });
            let one = found(one.unwrap());
            prop_assert!(one.iter().zip(one.iter().skip(1)).all(|(a, b)| a.0 < b.0));
            prop_assert_eq!(one, wanted(points));
        }
        let mut first_came: Vec<(Option<String>, Channel)> = Vec::new();
        for record in &data {
            let key = (record.device_id.clone(), record.name.clone());
            if !first_came.contains(&key) {
                first_came.push(key);
            }
        }
        let order: Vec<_> = series.iter().map(|one| (one.device.clone(), one.channel.clone())).collect();
        prop_assert_eq!(order, first_came);
    }

    /// Gaps beside values change nothing, wherever they come.
    #[test]
    fn gaps_hide_no_value(points in points(), gaps in prop::collection::btree_set(0_i64..2_000, 0..80), first in any::<bool>()) {
        let whole: Vec<_> = points.iter().map(|(slot, value)| (*slot, *value)).collect();
        let missing: Vec<_> = gaps.iter().map(|slot| (*slot, None)).collect();
        let mut pieces = vec![piece(INVERTER, "ProdPac", &whole), piece(INVERTER, "ProdPac", &missing)];
        if first {
            pieces.reverse();
        }
        let series = Assembly::new().series(&read(pieces)).unwrap();
        let mut both = points.clone();
        for slot in gaps {
            both.entry(slot).or_insert(None);
        }
        prop_assert_eq!(found(&series[0]), wanted(&both));
    }

    /// One value that differs is found wherever it is.
    #[test]
    fn a_contradiction_is_always_found(points in points(), choice in any::<prop::sample::Index>()) {
        let whole: Vec<_> = points.iter().map(|(slot, value)| (*slot, *value)).collect();
        let (slot, value) = whole[choice.index(whole.len())];
        let other = value.map_or(7, |value| value + 1);
        let pieces = vec![piece(INVERTER, "ProdPac", &whole), piece(INVERTER, "ProdPac", &[(slot, Some(other))])];
        let outcome = Assembly::new().series(&read(pieces));
        match value {
            None => prop_assert_eq!(outcome.unwrap()[0].points.len(), points.len()),
            Some(value) => {
                let expected = AssemblyError::TwoValues {
                    device: Some(INVERTER.to_owned()),
                    channel: Channel::ProdPac,
                    at: at(slot),
                    first: value.into(),
                    second: other.into(),
                };
                prop_assert_eq!(outcome, Err(expected));
            }
        }
    }
}
