//! `GET /read`: what meters show, by suite, by property and by meter.

use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};

use super::access::Visit;
use super::input::{needed, parameter};
use super::meters::{Meter, Utility, latest, thousandths};
use super::property::optional_property;
use super::reply::{Outcome, Problem, list, ok};
use super::stamp::{CYCLE, stamp};
use super::state::{Property, State};

/// No answer is longer than this many reads.
const MOST: i64 = 200_000;

pub(super) fn get(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let by = needed(visit.call, "by")?;
    let wanted = optional_property(visit, state)?;
    let cycles = cycles(visit, state)?;
    let properties: Vec<&Property> = (state.properties.iter())
        .filter(|property| wanted.as_ref().is_none_or(|id| property.id == *id))
        .collect();
    match by {
        "property" => list((properties.iter()).flat_map(|property| of_property(state, property, &cycles))),
        "suite" => keyed(&properties, |property| by_suite(state, property, &cycles)),
        "meter" => keyed(&properties, |property| by_meter(state, property, &cycles)),
        _ => Err(Problem::bad("'by' must be suite, property or meter.")),
    }
}

/// The cycles that are asked for, oldest first.
fn cycles(visit: &Visit<'_>, state: &State) -> Result<Vec<OffsetDateTime>, Problem> {
    let quantity: i64 = match parameter(visit.call, "limit_quantity") {
        None => 0,
        Some(text) => (text.parse().ok().filter(|quantity| *quantity >= 0))
            .ok_or_else(|| Problem::bad("'limit_quantity' must be a whole number from 0."))?,
    };
    let unit = match parameter(visit.call, "limit_unit").unwrap_or("Hour") {
        "Second" => 1,
        "Minute" => 60,
        "Hour" => 3600,
        "Day" => 86_400,
        "Week" => 7 * 86_400,
        _ => return Err(Problem::bad("'limit_unit' must be Second, Minute, Hour, Day or Week.")),
    };
    let newest = latest(visit.now());
    if quantity == 0 {
        return Ok(vec![newest]);
    }
    let seconds = quantity.saturating_mul(unit);
    if seconds / CYCLE.whole_seconds() * state.meters.len() as i64 > MOST {
        return Err(Problem::bad("These are too many reads at once."));
    }
    let after = visit.now() - Duration::seconds(seconds);
    let mut cycles = Vec::new();
    let mut at = newest;
    while at > after {
        cycles.push(at);
        at -= CYCLE;
    }
    cycles.reverse();
    Ok(cycles)
}

fn keyed(properties: &[&Property], rows: impl Fn(&Property) -> Vec<Value>) -> Outcome {
    let lists = properties
        .iter()
        .map(|property| (property.id.clone(), Value::Array(rows(property))));
    ok(&Value::Object(lists.collect::<Map<String, Value>>()))
}

/// What the house takes in: the general meter where there is one, else all meters together.
pub(super) fn intake<'a>(state: &'a State, property: &str, utility: Utility) -> Vec<&'a Meter> {
    let fitting = |meter: &&Meter| meter.property == property && meter.utility == utility;
    let all: Vec<&Meter> = state.meters.iter().filter(fitting).collect();
    match all.iter().find(|meter| meter.is_general()) {
        Some(general) => vec![*general],
        None => all,
    }
}

/// Counters of electricity added up.
fn energy(state: &State, meters: &[&Meter], at: OffsetDateTime) -> (f64, f64) {
    let counter = |at| meters.iter().map(|meter| meter.counter(state, at)).sum::<i64>();
    let now = counter(at);
    (thousandths(now), thousandths(now - counter(at - CYCLE)))
}

fn of_property(state: &State, property: &Property, cycles: &[OffsetDateTime]) -> Vec<Value> {
    let meters = intake(state, &property.id, Utility::Electricity);
    let row = |at: &OffsetDateTime| {
        let (kwh, kwh_interval) = energy(state, &meters, *at);
        json!({
            "address": property.address,
            "display_name": property.display_name,
            "job_name": property.job_name,
            "job_number": property.job_number,
            "kwh": kwh,
            "kwh_interval": kwh_interval,
            "property": property.id,
            "time_stamping": stamp(*at),
        })
    };
    cycles.iter().map(row).collect()
}

fn by_suite(state: &State, property: &Property, cycles: &[OffsetDateTime]) -> Vec<Value> {
    let mut rows = Vec::new();
    for suite in state.suites.iter().filter(|suite| suite.property == property.id) {
        let mine = |meter: &&Meter| meter.suite.as_ref() == Some(&suite.id) && meter.utility == Utility::Electricity;
        let meters: Vec<&Meter> = state.meters.iter().filter(mine).collect();
        if meters.is_empty() {
            continue;
        }
        rows.extend(cycles.iter().map(|at| {
            let (kwh, kwh_interval) = energy(state, &meters, *at);
            json!({
                "kwh": kwh,
                "kwh_interval": kwh_interval,
                "suite": suite.id,
                "suite_name": suite.name,
                "time_stamping": stamp(*at),
            })
        }));
    }
    rows
}

fn by_meter(state: &State, property: &Property, cycles: &[OffsetDateTime]) -> Vec<Value> {
    let mut rows = Vec::new();
    for meter in state.meters.iter().filter(|meter| meter.property == property.id) {
        rows.extend(cycles.iter().map(|at| {
            let mut row = json!({
                "floor": meter.floor,
                "meter": meter.id,
                "name": meter.name,
                "panel": meter.panel,
                "serial_number": meter.serial_number,
                "suite": meter.suite,
                "time_stamping": stamp(*at),
                "units": meter.utility.unit(),
                "utility": meter.utility.letter(),
            });
            for (name, value) in meter.points(state, *at) {
                row[name] = value.into();
            }
            row
        }));
    }
    rows
}
