//! Answers in the service's own arithmetic and in all its formats of time, for any power.

use energy_core::model::{IntervalReading, Quality, WattHours};
use energy_core::time::format_description::well_known::{Rfc2822, Rfc3339};
use energy_core::time::macros::{datetime, format_description};
use energy_core::time::{Date, OffsetDateTime, UtcOffset};
use forecast_solar::{Answer, Estimate, Forecast, TimeFormat};
use serde_json::{Value, json};

/// Power at instants that carry the local offset.
pub(crate) type Samples = Vec<(OffsetDateTime, f64)>;

pub(crate) const NAIVE: &[energy_core::time::format_description::BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

/// Two days in May, from dark to dark, in hours and a little.
pub(crate) fn two_days() -> Samples {
    vec![
        (datetime!(2026-05-06 05:50 +2), 0.0),
        (datetime!(2026-05-06 07:00 +2), 600.0),
        (datetime!(2026-05-06 12:00 +2), 4200.0),
        (datetime!(2026-05-06 13:00 +2), 4400.0),
        (datetime!(2026-05-06 20:30 +2), 0.0),
        (datetime!(2026-05-07 05:48 +2), 0.0),
        (datetime!(2026-05-07 07:00 +2), 400.0),
        (datetime!(2026-05-07 13:00 +2), 2000.0),
        (datetime!(2026-05-07 20:33 +2), 0.0),
    ]
}

/// How an answer is written.
#[derive(Clone, Copy)]
pub(crate) enum Written {
    Local,
    UtcNaive,
    As(TimeFormat),
}

pub(crate) const ISO: Written = Written::As(TimeFormat::Iso8601);

pub(crate) fn stamp(at: OffsetDateTime, written: Written) -> String {
    let utc = at.to_offset(UtcOffset::UTC);
    match written {
        Written::Local => at.format(NAIVE).unwrap(),
        Written::UtcNaive => utc.format(NAIVE).unwrap(),
        Written::As(TimeFormat::Utc) => utc.format(&Rfc3339).unwrap().replace('Z', "+00:00"),
        Written::As(TimeFormat::Rfc2822) => at.format(&Rfc2822).unwrap(),
        Written::As(TimeFormat::Seconds) => at.unix_timestamp().to_string(),
        Written::As(TimeFormat::Milliseconds) => (at.unix_timestamp() * 1000).to_string(),
        Written::As(TimeFormat::Nanoseconds) => at.unix_timestamp_nanos().to_string(),
        Written::As(_) => at.format(&Rfc3339).unwrap(),
    }
}

/// The key of a day: for counts since 1970 its midnight, which the tests take in the offset of its first sample.
pub(crate) fn day_key(first: OffsetDateTime, written: Written) -> String {
    match written {
        Written::As(TimeFormat::Seconds | TimeFormat::Milliseconds | TimeFormat::Nanoseconds) => {
            stamp(first.date().midnight().assume_offset(first.offset()), written)
        }
        _ => first.date().to_string(),
    }
}

pub(crate) fn object(entries: &[(String, f64)]) -> String {
    let fields: Vec<String> = entries
        .iter()
        .map(|(key, value)| format!("\"{key}\": {value}"))
        .collect();
    format!("{{{}}}", fields.join(", "))
}

/// The four series in the service's own arithmetic, as text, because the service could write a stamp twice.
pub(crate) fn told(samples: &Samples, written: Written, message: &Value) -> String {
    let (mut power, mut periods, mut running): (Vec<_>, Vec<_>, Vec<_>) = Default::default();
    let mut days: Vec<(Date, String, f64)> = Vec::new();
    let mut before: Option<(OffsetDateTime, f64)> = None;
    for &(at, watts) in samples {
        let same_day = before.filter(|(earlier, _)| earlier.date() == at.date());
        let energy = same_day.map_or(0.0, |(earlier, from)| {
            ((from + watts) / 2.0 * (at - earlier).as_seconds_f64() / 3600.0).round()
        });
        if same_day.is_none() {
            days.push((at.date(), day_key(at, written), 0.0));
        }
        let total = &mut days.last_mut().unwrap().2;
        *total += energy;
        power.push((stamp(at, written), watts));
        periods.push((stamp(at, written), energy));
        running.push((stamp(at, written), *total));
        before = Some((at, watts));
    }
    let days: Vec<_> = days.into_iter().map(|(_, key, total)| (key, total)).collect();
    format!(
        r#"{{"result": {{"watts": {}, "watt_hours_period": {}, "watt_hours": {}, "watt_hours_day": {}}}, "message": {message}}}"#,
        object(&power),
        object(&periods),
        object(&running),
        object(&days)
    )
}

pub(crate) fn message(zone: &str) -> Value {
    json!({
        "code": 0, "type": "success", "text": "", "pid": "Fc7Uu31a",
        "info": {"timezone": zone, "time": "2026-05-06T09:20:00+02:00", "time_utc": "2026-05-06T07:20:00+00:00"},
        "ratelimit": {"zone": "IP 192.0.2.17", "period": 3600, "limit": 12, "remaining": 7},
    })
}

pub(crate) fn berlin() -> Value {
    message("Europe/Berlin")
}

pub(crate) fn parse(text: &str) -> Answer<Estimate> {
    serde_json::from_str(text).unwrap()
}

pub(crate) fn forecast_of(samples: &Samples, written: Written) -> Forecast {
    parse(&told(samples, written, &berlin())).forecast().unwrap()
}

pub(crate) fn readings(forecast: &Forecast) -> Vec<IntervalReading<WattHours>> {
    forecast.energy.points().to_vec()
}

/// Whether each interval begins where the one before ends.
pub(crate) fn is_gapless(forecast: &Forecast) -> bool {
    let mut pairs = forecast.energy.points().windows(2);
    pairs.all(|pair| pair[0].interval.end() == pair[1].interval.start())
}

/// What a reading says of its making, whatever else is known of it.
pub(crate) fn is_derived(reading: &IntervalReading<WattHours>) -> bool {
    reading.quality.contains(Quality::DERIVED)
}
