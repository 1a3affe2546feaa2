//! The query parameters of a forecast.
//!
//! A value that cannot be read is 400, in words of ours: the documentation does not say.

use http::StatusCode;
use time::OffsetDateTime;

use super::reply::{Refusal, Reply};
use super::stamps::Format;
use super::start;
use crate::call::Call;
use crate::nature::sun::SunPosition;
use crate::nature::zone::Zone;

/// What a caller asks for besides place and planes.
#[derive(Clone, Debug)]
pub(super) struct Options {
    pub(super) format: Format,
    /// Leave out the samples at sunrise and sunset.
    pub(super) no_sun: bool,
    /// Fill the days with zeros, on a regular grid.
    pub(super) full: bool,
    /// Minutes.
    pub(super) resolution: Option<u32>,
    /// Days.
    pub(super) limit: Option<u32>,
    pub(super) start: Option<OffsetDateTime>,
    /// Morning and evening.
    pub(super) damping: (f64, f64),
    pub(super) horizon: Horizon,
    /// kW.
    pub(super) inverter: Option<f64>,
    /// kWh produced today so far.
    pub(super) actual: Option<f64>,
}

impl Options {
    pub(super) fn from_call(call: &Call, now: OffsetDateTime, zone: Zone) -> Result<Self, Refusal> {
        let read = Reader(call);
        let time = call.parameter("time");
        let format = Format::from_parameters(time, call.parameter("time_tz")).ok_or_else(|| invalid("time"))?;
        let start = match call.parameter("start") {
            None => None,
            Some(text) => Some(start::parse(text, now, zone).ok_or_else(|| invalid("start"))?),
        };
        Ok(Self {
            format,
            no_sun: read.flag("no_sun")?,
            full: read.flag("full")?,
            resolution: read.number("resolution", |n: &u32| (1..=1440).contains(n))?,
            limit: read.number("limit", |_: &u32| true)?,
            start,
            damping: damping(&read)?,
            horizon: Horizon::from_call(call)?,
            inverter: read.number("inverter", |kw: &f64| *kw > 0.0)?,
            actual: read.number("actual", |kwh: &f64| kwh.is_finite() && *kwh >= 0.0)?,
        })
    }
}

/// The two parts replace the whole if either is given.
fn damping(read: &Reader<'_>) -> Result<(f64, f64), Refusal> {
    let fits = |factor: &f64| (-0.25..=5.0).contains(factor);
    let morning = read.number("damping_morning", fits)?;
    let evening = read.number("damping_evening", fits)?;
    if morning.is_some() || evening.is_some() {
        return Ok((morning.unwrap_or(0.0), evening.unwrap_or(0.0)));
    }
    let Some(text) = read.0.parameter("damping") else {
        return Ok((0.0, 0.0));
    };
    let factors: Option<Vec<f64>> = text
        .split(',')
        .map(|factor| factor.trim().parse().ok().filter(fits))
        .collect();
    match factors.as_deref() {
        Some([both]) => Ok((*both, *both)),
        Some([morning, evening]) => Ok((*morning, *evening)),
        _ => Err(invalid("damping")),
    }
}

struct Reader<'a>(&'a Call);

impl Reader<'_> {
    fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.0.parameter(name) {
            None | Some("" | "0") => Ok(false),
            Some("1") => Ok(true),
            Some(_) => Err(invalid(name)),
        }
    }

    fn number<T: std::str::FromStr>(&self, name: &str, fits: impl Fn(&T) -> bool) -> Result<Option<T>, Refusal> {
        number(self.0, name, fits)
    }
}

/// A parameter that is a number and fits.
pub(super) fn number<T: std::str::FromStr>(
    call: &Call,
    name: &str,
    fits: impl Fn(&T) -> bool,
) -> Result<Option<T>, Refusal> {
    match call.parameter(name) {
        None => Ok(None),
        Some(text) => match text.trim().parse().ok().filter(fits) {
            Some(number) => Ok(Some(number)),
            None => Err(invalid(name)),
        },
    }
}

fn invalid(name: &str) -> Refusal {
    let text = format!("Invalid value for parameter '{name}'");
    Reply::refuse(StatusCode::BAD_REQUEST, text)
}

/// What hides the sun, as heights in degrees, clockwise from north in equal steps.
#[derive(Clone, Debug, Default)]
pub(super) struct Horizon {
    heights: Vec<f64>,
}

impl Horizon {
    /// Fewer than twelve heights have no effect; a single `0` means none at all.
    const FEWEST: usize = 12;

    fn from_call(call: &Call) -> Result<Self, Refusal> {
        let Some(text) = call.parameter("horizon") else {
            return Ok(Self::default());
        };
        let heights: Option<Vec<f64>> = text
            .split(',')
            .map(|height| {
                let height = height.trim().parse().ok();
                height.filter(|height| (0.0..=90.0).contains(height))
            })
            .collect();
        let heights = heights.ok_or_else(|| invalid("horizon"))?;
        if heights.len() < Self::FEWEST {
            return Ok(Self::default());
        }
        Ok(Self { heights })
    }

    /// Whether the sun is behind the horizon.
    pub(super) fn hides(&self, sun: &SunPosition) -> bool {
        if self.heights.is_empty() {
            return false;
        }
        let count = self.heights.len();
        let place = sun.azimuth / 360.0 * count as f64;
        let before = place.floor() as usize % count;
        let (low, high) = (self.heights[before], self.heights[(before + 1) % count]);
        sun.elevation < low + (high - low) * place.fract()
    }
}
