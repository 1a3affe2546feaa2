//! Answers in intervals, and what their series hold.

use energy_core::Endpoint;
use energy_core::model::{Direction, IntervalReading, Quantity, Scope, Series, SeriesInfo, ValueKind, WattHours};
use enphase::v4::Enphase;
use serde_json::{Value, json};

use super::SYSTEM;
use super::site::{DAY, MONDAY};

/// What a request makes of an answer.
pub(crate) fn read<E: Endpoint<Api = Enphase>>(request: &E, answer: impl Into<Value>) -> E::Output {
    request
        .decode(&energy_core::http::Response::new(answer.into().to_string().into()))
        .unwrap()
}

/// An answer with these intervals, and two devices.
pub(crate) fn with(intervals: Value) -> Value {
    let mut answer = json!({
        "system_id": SYSTEM, "granularity": "day", "total_devices": 2, "start_at": MONDAY, "end_at": MONDAY + DAY,
        "items": "intervals", "serial_number": "492217006644",
    });
    answer["intervals"] = intervals;
    answer
}

/// The energies, missing ones too.
pub(crate) fn values(series: &Series<IntervalReading<WattHours>>) -> Vec<Option<f64>> {
    series
        .points()
        .iter()
        .map(|point| point.value.map(|energy| energy.0))
        .collect()
}

/// When each interval begins and ends, in seconds after the Monday.
pub(crate) fn borders<T: Copy>(series: &Series<IntervalReading<T>>) -> Vec<(i64, i64)> {
    let seconds = |at: energy_core::time::OffsetDateTime| at.unix_timestamp() - MONDAY;
    let points = series.points().iter();
    points
        .map(|point| (seconds(point.interval.start()), seconds(point.interval.end())))
        .collect()
}

/// They are energies of intervals, of this.
pub(crate) fn is(info: &SeriesInfo, scope: Scope, direction: Direction) {
    assert_eq!((info.scope.clone(), info.direction), (scope, Some(direction)));
    assert_eq!(
        (info.quantity, info.kind),
        (Quantity::ActiveEnergy, ValueKind::IntervalSum)
    );
    assert!(info.source.is_some());
}
