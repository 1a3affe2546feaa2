//! `timewindows`: when to run what needs power.
//!
//! The parameters are documented, the answer is not; its shape is a decision of ours: per day
//! the earliest, the latest and the best window, each with `start`, `end` and `watthours`, or
//! null on a day without any.

use http::StatusCode;
use time::{Duration, OffsetDateTime};

use super::ForecastSolar;
use super::estimate::array;
use super::options::{self, Options};
use super::plan::Tier;
use super::planes;
use super::reply::{Refusal, Reply, answer};
use super::series::{Mode, Question, Sample};
use super::visit::Visit;
use crate::call::{Answer, Call};
use crate::document::{Document, Map};

pub(super) fn time_windows(service: &ForecastSolar, call: &Call) -> Answer {
    answer(call, reply(service, call))
}

fn reply(service: &ForecastSolar, call: &Call) -> Result<Reply, Refusal> {
    let now = call.received;
    let visit = Visit::open(service, call, "timewindows", Tier::Professional)?;
    let spot = visit.spot()?;
    let planes = planes::parse(call.segment("planes").unwrap_or_default())?;
    // Up to four planes here, whatever the plan allows elsewhere.
    if planes.len() > 4 {
        let text = "Time windows take up to 4 planes";
        return Err(Reply::refuse(StatusCode::FORBIDDEN, text));
    }
    let options = Options::from_call(call, now, spot.zone)?;
    let positive = |value: &f64| value.is_finite() && *value >= 0.0;
    let need = Need {
        baseload: options::number(call, "baseload", positive)?.unwrap_or(0.0),
        period: Duration::seconds_f64(
            60.0 * options::number(call, "period", |m: &f64| (0.0..=1440.0).contains(m))?.unwrap_or(0.0),
        ),
        watt_hours: options::number(call, "watthours", positive)?.unwrap_or(0.0),
    };
    let question = Question {
        mode: Mode::Estimate,
        spot: &spot,
        planes: &planes,
        options: &options,
        plan: &visit.plan,
        now,
        factor: 1.0,
    };
    let mut result = Map::new();
    for day in question.days().0 {
        let windows = need.windows(&day.samples);
        let written = |window: Option<&Window>| match window {
            None => Document::Null,
            Some(window) => Map::new()
                .with("start", options.format.instant(window.start, spot.zone))
                .with("end", options.format.instant(window.end, spot.zone))
                .with("watthours", window.watt_hours.round())
                .into(),
        };
        let best = windows.iter().max_by(|a, b| a.watt_hours.total_cmp(&b.watt_hours));
        let windows = Map::new()
            .with("earliest", written(windows.first()))
            .with("latest", written(windows.last()))
            .with("best", written(best));
        result.put(options.format.day(day.date, spot.zone), windows);
    }
    Ok(visit.count(Reply::new(array(result)).with_info(spot.info(now))))
}

/// What a load needs.
struct Need {
    /// W that others use all the time.
    baseload: f64,
    /// Without interruption.
    period: Duration,
    watt_hours: f64,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    start: OffsetDateTime,
    end: OffsetDateTime,
    watt_hours: f64,
}

impl Need {
    /// For each sample at which a window can start, the shortest that is enough; a load
    /// without any need takes the whole time there is power to spare.
    fn windows(&self, samples: &[Sample]) -> Vec<Window> {
        let spare = |sample: &Sample| (sample.watts as f64 - self.baseload).max(0.0);
        let greedy = self.period.is_zero() && self.watt_hours == 0.0;
        let mut windows = Vec::new();
        let mut next = 0;
        while next < samples.len() {
            let mut energy = 0.0;
            let mut reached = None;
            for (place, pair) in samples.windows(2).enumerate().skip(next) {
                let [from, to] = pair else { break };
                let both = (spare(from), spare(to));
                if both.0 <= 0.0 && both.1 <= 0.0 {
                    break;
                }
                energy += (both.0 + both.1) / 2.0 * (to.at - from.at).as_seconds_f64() / 3600.0;
                let long_enough = to.at - samples[next].at >= self.period;
                let enough = long_enough && energy >= self.watt_hours;
                if enough || greedy {
                    reached = Some((place + 1, energy));
                }
                if (enough && !greedy) || both.1 <= 0.0 {
                    break;
                }
            }
            if let Some((end, watt_hours)) = reached {
                windows.push(Window {
                    start: samples[next].at,
                    end: samples[end].at,
                    watt_hours,
                });
                if greedy {
                    next = end;
                    continue;
                }
            }
            next += 1;
        }
        windows
    }
}
