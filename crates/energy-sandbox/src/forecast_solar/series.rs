//! The computed power of a plant, sampled as the service samples it.
//!
//! - `watts` is the power at the stamp itself;
//! - `period` is the energy since the sample before it, by the trapezoid rule over the rounded
//!   watts; the first sample of a local day has none;
//! - `running` adds `period` up over the local day.

use time::{Date, Duration, OffsetDateTime};

use super::location::Spot;
use super::options::Options;
use super::plan::Plan;
use super::planes::Plane;
use crate::nature::{clouds, irradiance, sun};

/// Which sky the power is computed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// The sky that is expected.
    Estimate,
    /// The average of many years.
    History,
    /// No clouds at all.
    ClearSky,
}

/// What is left after heat, cables and conversion.
const PERFORMANCE: f64 = 0.86;

/// One sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    pub(super) at: OffsetDateTime,
    /// W.
    pub(super) watts: i64,
    /// Wh.
    pub(super) period: i64,
    /// Wh.
    pub(super) running: i64,
}

/// The samples of a local day.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Day {
    pub(super) date: Date,
    pub(super) samples: Vec<Sample>,
    /// The last running value.
    pub(super) total: i64,
}

/// Everything a series depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    pub(super) mode: Mode,
    pub(super) spot: &'a Spot,
    pub(super) planes: &'a [Plane],
    pub(super) options: &'a Options,
    pub(super) plan: &'a Plan,
    pub(super) now: OffsetDateTime,
    /// Correction of today's values by what was really produced.
    pub(super) factor: f64,
}

impl Question<'_> {
    /// Today on the place's clock.
    pub(super) fn today(&self) -> Date {
        self.spot.zone.local(self.now).date()
    }

    /// The forecast's days, and with `full` the first instant after them.
    pub(super) fn days(&self) -> (Vec<Day>, Option<Sample>) {
        let days =
            (self.options.limit.filter(|&days| days > 0)).map_or(self.plan.days, |days| days.min(self.plan.days));
        let mut date = self.today();
        let mut series = Vec::new();
        for _ in 0..days {
            series.push(self.day(date));
            date = date.saturating_add(Duration::DAY);
        }
        let after = self.options.full.then(|| Sample {
            at: self.spot.zone.midnight(date),
            watts: 0,
            period: 0,
            running: 0,
        });
        (series, after)
    }

    /// The samples of one local day.
    fn day(&self, date: Date) -> Day {
        let location = self.spot.location;
        let midnight = self.spot.zone.midnight(date);
        let next = self.spot.zone.midnight(date.saturating_add(Duration::DAY));
        let light = Light::of_day(midnight, next, self.spot);
        let factor = if date == self.today() { self.factor } else { 1.0 };

        let mut points: Vec<(OffsetDateTime, i64)> = Vec::new();
        let mut at = midnight;
        let step = self.options.resolution.unwrap_or(0).max(self.plan.step);
        while at < next {
            let up = sun::is_up(at, location) && !light.crossings.contains(&at);
            if up {
                points.push((at, self.watts(at, &light, factor)));
            } else if self.options.full {
                points.push((at, 0));
            }
            at = at.saturating_add(Duration::minutes(i64::from(step)));
        }
        if !self.options.full && !self.options.no_sun {
            points.extend(light.crossings.iter().map(|&at| (at, 0)));
            points.sort_unstable();
        }

        let mut running = 0;
        let mut before: Option<(OffsetDateTime, i64)> = None;
        let samples = points.into_iter().map(|(at, watts)| {
            let period = before.map_or(0, |(then, watts_then)| {
                let hours = (at - then).as_seconds_f64() / 3600.0;
                ((watts_then + watts) as f64 / 2.0 * hours).round() as i64
            });
            before = Some((at, watts));
            running += period;
            Sample {
                at,
                watts,
                period,
                running,
            }
        });
        let samples: Vec<Sample> = samples.collect();
        Day {
            date,
            samples,
            total: running,
        }
    }

    /// Wh produced today up to now, uncorrected and unclipped.
    pub(super) fn produced_today(&self) -> f64 {
        const STEP: Duration = Duration::minutes(5);
        let midnight = self.spot.zone.midnight(self.today());
        let next = (self.spot.zone).midnight(self.today().saturating_add(Duration::DAY));
        let light = Light::of_day(midnight, next, self.spot);
        let mut energy = 0.0;
        let mut at = midnight;
        while at < self.now {
            let end = at.saturating_add(STEP).min(self.now);
            let middle = at.saturating_add((end - at) / 2);
            energy += self.power(middle, &light) * (end - at).as_seconds_f64() / 3600.0;
            at = end;
        }
        energy
    }

    /// W, corrected, clipped and rounded.
    fn watts(&self, at: OffsetDateTime, light: &Light, factor: f64) -> i64 {
        let watts = self.power(at, light) * factor;
        let most = (self.options.inverter).map_or(f64::INFINITY, |kilowatts| kilowatts * 1000.0);
        watts.min(most).round() as i64
    }

    /// W.
    fn power(&self, at: OffsetDateTime, light: &Light) -> f64 {
        let location = self.spot.location;
        let horizon = &self.options.horizon;
        let clear: f64 = (self.planes.iter())
            .map(|plane| {
                let shaded = |sun: &sun::SunPosition| horizon.hides(sun);
                // At 1000 W/m² a plane gives its nominal power.
                plane.kwp * irradiance::on_plane(at, location, plane.tilt(), shaded)
            })
            .sum();
        let sky = match self.mode {
            Mode::Estimate => clouds::yield_factor(at, location),
            Mode::History => clouds::usual_yield_factor(at, location),
            Mode::ClearSky => 1.0,
        };
        clear * PERFORMANCE * sky * light.damped(at, self.options.damping)
    }
}

/// The sun's comings and goings on a local day.
#[derive(Clone, Debug)]
struct Light {
    crossings: Vec<OffsetDateTime>,
}

impl Light {
    fn of_day(midnight: OffsetDateTime, next: OffsetDateTime, spot: &Spot) -> Self {
        Self {
            crossings: sun::crossings(midnight, next, spot.location),
        }
    }

    /// Damping fades in from noon towards sunrise and sunset, linearly. (The curve is ours.)
    fn damped(&self, at: OffsetDateTime, (morning, evening): (f64, f64)) -> f64 {
        let [rise, set] = self.crossings.as_slice() else {
            return 1.0;
        };
        let half = (*set - *rise).as_seconds_f64() / 2.0;
        let from_noon = (at - *rise).as_seconds_f64() / half - 1.0;
        let factor = if from_noon < 0.0 { morning } else { evening };
        (1.0 - factor * from_noon.abs().min(1.0)).max(0.0)
    }
}
