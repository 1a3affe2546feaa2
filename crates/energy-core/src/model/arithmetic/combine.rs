//! Several series as one: sums, and side by side.

use std::collections::BTreeMap;
use std::ops::{Add, Sub};

use super::ArithmeticError;
use crate::model::{Point, Quality, Series, SeriesInfo, ValueKind};

/// Two series at one place in time; see [`Series::join`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Joined<K, L, R> {
    /// The instant or interval.
    pub key: K,
    /// The value in the first series; `None` if missing or not listed there.
    pub left: Option<L>,
    /// The value in the second series; `None` if missing or not listed there.
    pub right: Option<R>,
    /// The qualities of both, combined.
    pub quality: Quality,
}

impl<K, L: Copy, R: Copy> Joined<K, L, R> {
    /// Both values, if both are known.
    pub fn both(&self) -> Option<(L, R)> {
        self.left.zip(self.right)
    }
}

impl<K, V: Copy + Sub> Joined<K, V, V> {
    /// `left - right`, if both are known.
    pub fn difference(&self) -> Option<V::Output> {
        let (left, right) = self.both()?;
        Some(left - right)
    }
}

impl<P: Point> Series<P> {
    /// The sum of several series, described by `info`.
    ///
    /// Has a point wherever any part has one, and its value is `None` where **any** part is
    /// missing or not listed: half of the inverters are not the plant. The parts must be on one
    /// grid; resample them first if they are not.
    ///
    /// # Errors
    ///
    /// [`ArithmeticError::Kind`] for least and greatest values, which do not add up;
    /// [`ArithmeticError::Mismatch`] if a part has another quantity or kind than `info`;
    /// [`ArithmeticError::Series`] if intervals of different parts overlap without being equal.
    ///
    /// ```
    /// use energy_core::model::{
    ///     Quantity, Sample, Scope, Series, SeriesInfo, ValueKind, Watts,
    /// };
    /// use time::macros::datetime;
    ///
    /// let info = |scope| SeriesInfo::new(scope, Quantity::ActivePower, ValueKind::Instant);
    /// let (ten, eleven) = (datetime!(2026-06-01 10:00 UTC), datetime!(2026-06-01 11:00 UTC));
    /// let east = Series::new(
    ///     info(Scope::Inverter("east".into())),
    ///     vec![Sample::new(ten, Watts(800.0)), Sample::new(eleven, Watts(900.0))],
    /// )?;
    /// let west = Series::new(
    ///     info(Scope::Inverter("west".into())),
    ///     vec![Sample::new(ten, Watts(200.0)), Sample::missing(eleven)],
    /// )?;
    /// let plant = Series::sum_of(info(Scope::Pv), &[&east, &west])?;
    /// assert_eq!(plant.points()[0].value, Some(Watts(1000.0)));
    /// assert_eq!(plant.points()[1].value, None);
    /// # Ok::<(), energy_core::model::ArithmeticError>(())
    /// ```
    pub fn sum_of(info: SeriesInfo, parts: &[&Self]) -> Result<Self, ArithmeticError>
    where
        P::Value: Add<Output = P::Value>,
    {
        let expected = (info.quantity, info.kind);
        let mut sums = BTreeMap::<P::Key, (usize, Option<P::Value>, Quality)>::new();
        for (index, part) in parts.iter().enumerate() {
            part.expect_kind(ADDITIVE)?;
            let found = (part.info().quantity, part.info().kind);
            if found != expected {
                return Err(ArithmeticError::Mismatch { index, found, expected });
            }
            for point in part.points() {
                sums.entry(point.key())
                    .and_modify(|(count, sum, quality)| {
                        *count += 1;
                        *sum = sum.zip(point.value()).map(|(sum, value)| sum + value);
                        *quality = quality.combine(point.quality());
                    })
                    .or_insert((1, point.value(), point.quality()));
            }
        }
        let points = sums.into_iter().map(|(key, (count, sum, quality))| {
            let sum = sum.filter(|_| count == parts.len());
            P::from_parts(key, sum, quality | Quality::DERIVED)
        });
        Ok(Self::new(info, points.collect())?)
    }

    /// This series beside another, at every place in time that either has, in order.
    ///
    /// Places are equal or not; nothing is interpolated. Resample one to the other's intervals
    /// first, or see [`Forecast::against`](crate::model::Forecast::against).
    pub fn join<Q>(&self, other: &Series<Q>) -> Vec<Joined<P::Key, P::Value, Q::Value>>
    where
        Q: Point<Key = P::Key>,
    {
        let mut rows = BTreeMap::new();
        for point in self.points() {
            let row = Joined {
                key: point.key(),
                left: point.value(),
                right: None,
                quality: point.quality(),
            };
            rows.insert(point.key(), row);
        }
        for point in other.points() {
            rows.entry(point.key())
                .and_modify(|row| {
                    row.right = point.value();
                    row.quality = row.quality.combine(point.quality());
                })
                .or_insert(Joined {
                    key: point.key(),
                    left: None,
                    right: point.value(),
                    quality: point.quality(),
                });
        }
        rows.into_values().collect()
    }
}

const ADDITIVE: &[ValueKind] = &[
    ValueKind::Instant,
    ValueKind::IntervalMean,
    ValueKind::IntervalSum,
    ValueKind::Counter,
    ValueKind::DayToDate,
];
