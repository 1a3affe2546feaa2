//! Meters: what they are, and what their counters show.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::access::Visit;
use super::input::{Body, needed};
use super::property::known_property;
use super::reply::{Outcome, Problem, list, ok};
use super::stamp::{CYCLE, cycle};
use super::state::State;
use crate::nature::demand::Demand;
use crate::noise;

/// What a meter measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Utility {
    Electricity,
    Water,
    Gas,
}

impl Utility {
    pub(super) const ALL: [Self; 3] = [Self::Electricity, Self::Water, Self::Gas];

    pub(super) fn letter(self) -> &'static str {
        match self {
            Self::Electricity => "E",
            Self::Water => "W",
            Self::Gas => "G",
        }
    }

    /// As reads write it.
    pub(super) fn unit(self) -> &'static str {
        match self {
            Self::Electricity => "kWh",
            Self::Water | Self::Gas => "m3",
        }
    }
}

/// Where the numbers of a meter come from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    /// A consumer behind it.
    Consumer(Demand),
    /// Everything in the house: the other meters of the utility, the stairs, and what gets lost.
    General { stairs: Demand },
}

#[derive(Clone, Debug)]
pub(super) struct Meter {
    pub(super) id: String,
    pub(super) property: String,
    pub(super) name: String,
    pub(super) serial_number: String,
    pub(super) suite: Option<String>,
    pub(super) floor: Option<String>,
    pub(super) panel: Option<String>,
    pub(super) utility: Utility,
    pub(super) source: Source,
}

impl Meter {
    pub(super) fn is_general(&self) -> bool {
        matches!(self.source, Source::General { .. })
    }

    /// The counter at an instant, in thousandths of the unit.
    pub(super) fn counter(&self, state: &State, at: OffsetDateTime) -> i64 {
        match self.source {
            Source::Consumer(demand) => demand.until(at),
            Source::General { stairs } => {
                let behind = (state.meters.iter()).filter(|meter| {
                    !meter.is_general() && meter.property == self.property && meter.utility == self.utility
                });
                let used: i64 = behind.map(|meter| meter.counter(state, at)).sum::<i64>() + stairs.until(at);
                // Three and a half percent get lost on the way.
                used + used * 35 / 1000
            }
        }
    }

    /// What passed it between two instants, in thousandths.
    pub(super) fn between(&self, state: &State, start: OffsetDateTime, end: OffsetDateTime) -> i64 {
        self.counter(state, end) - self.counter(state, start)
    }

    /// Everything it showed at a cycle, by name, in the order of files.
    pub(super) fn points(&self, state: &State, at: OffsetDateTime) -> Vec<(&'static str, f64)> {
        let counter = thousandths(self.counter(state, at));
        let interval = thousandths(self.between(state, at - CYCLE, at));
        match self.utility {
            Utility::Electricity => {
                let seed = noise::text(&self.id);
                let moment = at.unix_timestamp();
                let volts = |phase: i64| (1200.0 + (noise::unit(&[seed, moment, phase]) * 40.0).round()) / 10.0;
                let factor = (900.0 + (noise::unit(&[seed, moment, 9]) * 90.0).round()) / 1000.0;
                vec![
                    ("kwh", counter),
                    ("kwh_interval", interval),
                    ("power_factor", factor),
                    ("voltage_a", volts(1)),
                    ("voltage_b", volts(2)),
                    ("voltage_c", volts(3)),
                ]
            }
            Utility::Water | Utility::Gas => vec![("m3", counter), ("m3_interval", interval)],
        }
    }

    fn json(&self, state: &State) -> Value {
        json!({
            "floor": self.floor,
            "id": self.id,
            "name": self.name,
            "panel": self.panel,
            "property": self.property,
            "serial_number": self.serial_number,
            "suite": self.suite,
            "suite_name": self.suite.as_deref().and_then(|suite| state.suite_name(suite)),
            "units": self.utility.unit().to_lowercase(),
            "utility": self.utility.letter(),
        })
    }
}

/// As a number with three decimals.
pub(super) fn thousandths(value: i64) -> f64 {
    value as f64 / 1000.0
}

/// The last cycle before now.
pub(super) fn latest(now: OffsetDateTime) -> OffsetDateTime {
    cycle(now)
}

pub(super) fn list_of_property(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let property = known_property(state, needed(visit.call, "property")?)?;
    let meters = state.meters.iter().filter(|meter| meter.property == property);
    list(meters.map(|meter| meter.json(state)))
}

/// Answers a list of one, as the page shows it, though it says an object.
pub(super) fn update(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let property = known_property(state, needed(visit.call, "property")?)?;
    let id = needed(visit.call, "id")?;
    let place = (state.meters.iter())
        .position(|meter| meter.id == id && meter.property == property)
        .ok_or_else(|| Problem::unknown("meter", id))?;
    let body = Body::of(visit.call)?;
    let (panel, suite, floor) = (body.text("panel")?, body.text("suite")?, body.text("floor")?);
    if let Some(suite) = &suite
        && !(state.suites.iter()).any(|known| known.id == *suite && known.property == property)
    {
        return Err(Problem::senseless(format!("There is no suite '{suite}'.")));
    }
    // What is left out stays; null empties.
    let meter = &mut state.meters[place];
    for (name, place, value) in [
        ("panel", &mut meter.panel, panel),
        ("suite", &mut meter.suite, suite),
        ("floor", &mut meter.floor, floor),
    ] {
        if body.has(name) {
            *place = value;
        }
    }
    ok(&json!([state.meters[place].json(state)]))
}
