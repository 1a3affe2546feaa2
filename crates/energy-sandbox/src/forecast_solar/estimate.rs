//! `estimate`, `history`, `clearsky`: the forecasts.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use time::{Date, OffsetDateTime};

use super::ForecastSolar;
use super::location::Spot;
use super::options::Options;
use super::plan::Tier;
use super::planes::{self, Plane};
use super::reply::{Refusal, Reply, answer};
use super::series::{Day, Mode, Question, Sample};
use super::stamps;
use super::visit::Visit;
use crate::call::{Answer, Call};
use crate::document::{Document, Map};

/// What part of a forecast is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// All four datasets.
    All,
    Watts,
    WattHours,
    WattHoursPeriod,
    WattHoursDay,
}

/// Answers a forecast.
pub(super) fn forecast(service: &ForecastSolar, call: &Call, mode: Mode, shape: Shape) -> Answer {
    answer(call, reply(service, call, mode, shape))
}

fn reply(service: &ForecastSolar, call: &Call, mode: Mode, shape: Shape) -> Result<Reply, Refusal> {
    let (feature, tier) = match mode {
        Mode::Estimate => ("estimate", Tier::Public),
        Mode::History => ("history", Tier::Personal),
        Mode::ClearSky => ("clearsky", Tier::Professional),
    };
    let now = call.received;
    let visit = Visit::open(service, call, feature, tier)?;
    let spot = visit.spot()?;
    let planes = planes::parse(call.segment("planes").unwrap_or_default())?;
    visit.allows_planes(planes.len())?;
    let options = Options::from_call(call, now, spot.zone)?;
    if options.actual.is_some() {
        visit.needs("actual", Tier::Personal)?;
    }

    let mut question = Question {
        mode,
        spot: &spot,
        planes: &planes,
        options: &options,
        plan: &visit.plan,
        now,
        factor: 1.0,
    };
    let plant = format!("{} {:?} {planes:?}", visit.name(), spot.location);
    let correction = service.corrections.update(&plant, &question);
    if options.limit == Some(0) && options.actual.is_some() {
        return Ok(visit.count(Reply::no_content()));
    }
    let mut info = spot.info(now);
    if let Some(correction) = correction {
        question.factor = correction.factor;
        info.put("planes_factors", vec![correction.document(&spot)]);
    }
    let result = result(&question, shape, &options, &spot);
    Ok(visit.count(Reply::new(result).with_info(info)))
}

fn result(question: &Question<'_>, shape: Shape, options: &Options, spot: &Spot) -> Document {
    let (days, after) = question.days();
    let from = options.start.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let sampled = |value: fn(&Sample) -> i64| {
        let mut map = Map::new();
        let samples = days.iter().flat_map(|day| &day.samples).chain(&after);
        for sample in samples.filter(|sample| sample.at >= from) {
            map.put(options.format.instant(sample.at, spot.zone), value(sample));
        }
        array(map)
    };
    let daily = || {
        let mut map = Map::new();
        let first = spot.zone.local(from).date();
        for Day { date, total, .. } in days.iter().filter(|day| day.date >= first) {
            map.put(options.format.day(*date, spot.zone), *total);
        }
        array(map)
    };
    match shape {
        Shape::All => Map::new()
            .with("watts", sampled(|sample| sample.watts))
            .with("watt_hours_period", sampled(|sample| sample.period))
            .with("watt_hours", sampled(|sample| sample.running))
            .with("watt_hours_day", daily())
            .into(),
        Shape::Watts => sampled(|sample| sample.watts),
        Shape::WattHours => sampled(|sample| sample.running),
        Shape::WattHoursPeriod => sampled(|sample| sample.period),
        Shape::WattHoursDay => daily(),
    }
}

/// PHP writes an array without entries as `[]`, whatever its keys would have been. (Seen in
/// `message.info` of a 429; taken over for maps without samples.)
pub(super) fn array(map: Map) -> Document {
    if map.is_empty() {
        Document::List(Vec::new())
    } else {
        Document::Map(map)
    }
}

/// What `actual` has taught about a plant today.
#[derive(Clone, Copy, Debug)]
struct Correction {
    day: Date,
    at: OffsetDateTime,
    /// Wh per kWp.
    yielded: i64,
    factor: f64,
}

impl Correction {
    fn document(&self, spot: &Spot) -> Document {
        Map::new()
            .with("timestamp", self.at.unix_timestamp())
            .with("wh", self.yielded)
            .with("datetime", stamps::rfc2822(spot.zone.local(self.at)))
            .with("factor", self.factor)
            .into()
    }
}

/// The corrections of every plant, per caller, each for the day it was made on.
#[derive(Debug, Default)]
pub(super) struct Corrections(Mutex<HashMap<String, Correction>>);

impl Corrections {
    /// Learns from `actual` (0 forgets), and says what holds today.
    fn update(&self, plant: &str, question: &Question<'_>) -> Option<Correction> {
        let mut plants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kilowatt_hours) = question.options.actual {
            if kilowatt_hours == 0.0 {
                plants.remove(plant);
            } else {
                let correction = correction(kilowatt_hours * 1000.0, question);
                plants.insert(plant.to_owned(), correction);
            }
        }
        let known = plants.get(plant).copied();
        known.filter(|correction| correction.day == question.today())
    }
}

fn correction(watt_hours: f64, question: &Question<'_>) -> Correction {
    let kwp: f64 = question.planes.iter().map(|plane: &Plane| plane.kwp).sum();
    let expected = question.produced_today();
    let factor = if expected > 0.0 { watt_hours / expected } else { 1.0 };
    Correction {
        day: question.today(),
        at: question.now,
        yielded: (watt_hours / kwp).round() as i64,
        factor: (factor * 1000.0).round() / 1000.0,
    }
}
