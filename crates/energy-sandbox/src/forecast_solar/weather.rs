//! `weather`: the sky of the next days, three hours apart.

use time::Duration;

use super::ForecastSolar;
use super::options::Options;
use super::plan::Tier;
use super::reply::{Refusal, Reply, answer};
use super::visit::Visit;
use crate::call::{Answer, Call};
use crate::document::{Document, Map};
use crate::nature::clouds;

pub(super) fn weather(service: &ForecastSolar, call: &Call) -> Answer {
    answer(call, reply(service, call))
}

fn reply(service: &ForecastSolar, call: &Call) -> Result<Reply, Refusal> {
    let now = call.received;
    let visit = Visit::open(service, call, "weather", Tier::Professional)?;
    let spot = visit.spot()?;
    let options = Options::from_call(call, now, spot.zone)?;
    let days = (options.limit.filter(|&days| days > 0)).map_or(visit.plan.days, |days| days.min(visit.plan.days));
    let midnight = spot.zone.midnight(spot.zone.local(now).date());
    let from = options.start.unwrap_or(midnight);
    let items = (0..i64::from(days) * 8)
        .map(|slot| midnight.saturating_add(Duration::hours(3 * slot)))
        .filter(|at| *at >= from)
        .map(|at| {
            let sky = (clouds::openness(at, spot.location) * 100.0).round() / 100.0;
            let (condition, icon) = condition(sky);
            let (speed, degrees) = clouds::wind(at, spot.location);
            let mut item = Map::new()
                .with("datetime", options.format.instant(at, spot.zone))
                .with("timestamp", at.unix_timestamp())
                .with("sky", sky)
                .with("temperature", clouds::temperature(at, spot.location))
                .with("condition", condition)
                .with("icon", icon)
                .with("wind_speed", speed);
            // Calm air comes from nowhere: both are missing then.
            if let Some(degrees) = degrees {
                item.put("wind_degrees", degrees);
                item.put("wind_direction", direction(degrees));
            }
            Document::from(item)
        })
        .collect::<Vec<_>>();
    let reply = Reply::new(items).with_info(spot.info(now)).without_pid();
    Ok(visit.count(reply))
}

fn condition(sky: f64) -> (&'static str, &'static str) {
    match sky {
        sky if sky > 0.85 => ("Clear", "01"),
        sky if sky > 0.6 => ("Partly cloudy", "02"),
        sky if sky > 0.35 => ("Cloudy", "03"),
        sky if sky > 0.12 => ("Overcast", "04"),
        _ => ("Rain", "10"),
    }
}

fn direction(degrees: i64) -> &'static str {
    const NAMES: [&str; 8] = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"];
    NAMES[((degrees + 22) / 45 % 8) as usize]
}
