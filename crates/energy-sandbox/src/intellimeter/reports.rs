//! The four reports, and how their rows follow from the counters.

use serde_json::{Value, json};
use time::{Date, Duration, OffsetDateTime};

use super::access::Visit;
use super::input::{needed, parameter};
use super::meters::{Meter, latest, thousandths};
use super::property::known_property;
use super::reply::{Outcome, Problem};
use super::report_files::{Format, Style, Table};
use super::stamp::{When, local_date, stamp, zone};
use super::state::State;
use crate::flood::Flood;

/// No report has more rows than this.
const MOST: usize = 500_000;

/// What every report is asked with.
struct Order<'a> {
    property: String,
    ids: Vec<String>,
    style: Style<'a>,
    start: OffsetDateTime,
    /// Nothing is known after the last read.
    end: OffsetDateTime,
}

impl<'a> Order<'a> {
    fn read(visit: &Visit<'a>, state: &State, has_end: bool) -> Result<Self, Problem> {
        let property = known_property(state, needed(visit.call, "property")?)?;
        let format = Format::named(needed(visit.call, "type")?)?;
        let time = |name: &'static str| {
            let text = needed(visit.call, name)?;
            When::parse(text).ok_or_else(|| Problem::bad(format!("'{name}' must be a date, or ISO 8601.")))
        };
        let start = time("start")?;
        // A report of one day has no end: the day stands for itself, and so does a time.
        let end = if has_end { time("end")? } else { start };
        let (start, end) = (start.start(), end.end());
        if end < start {
            return Err(Problem::bad("'end' must not be before 'start'."));
        }
        Ok(Self {
            ids: ids(state, &property, needed(visit.call, "ids")?)?,
            property,
            style: Style {
                format,
                pretty: match parameter(visit.call, "pretty") {
                    None => false,
                    Some(word) if matches!(word.to_lowercase().as_str(), "false" | "0") => false,
                    Some(word) if matches!(word.to_lowercase().as_str(), "true" | "1") => true,
                    Some(_) => return Err(Problem::bad("'pretty' must be true or false.")),
                },
                table_name: parameter(visit.call, "table_name").unwrap_or("{table_name}"),
            },
            start,
            end: end.min(latest(visit.now())),
        })
    }

    fn meters<'s>(&self, state: &'s State) -> Vec<&'s Meter> {
        let wanted = |meter: &&Meter| meter.property == self.property && self.ids.contains(&meter.id);
        state.meters.iter().filter(wanted).collect()
    }

    /// The local days from beginning to end.
    fn days(&self) -> Vec<Date> {
        let mut days = Vec::new();
        let mut day = local_date(self.start);
        while zone().midnight(day) < self.end {
            days.push(day);
            match day.next_day() {
                Some(next) if days.len() < MOST => day = next,
                _ => break,
            }
        }
        days
    }

    fn answer(&self, state: &mut State, name: &str, table: &Table) -> Outcome {
        let huge = match self.style.format {
            Format::Csv => state.huge_report.take(),
            _ => None,
        };
        let Some(bytes) = huge else {
            return table.answer(name, &self.style);
        };
        let text = table.separated(",");
        let mut lines = text.split_inclusive('\n');
        let (head, row) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        let mut answer = self.style.format.file(name, Vec::new());
        answer.flood = Some(Flood::new(head, row, bytes));
        Ok(answer)
    }
}

fn ids(state: &State, property: &str, text: &str) -> Result<Vec<String>, Problem> {
    let mine = state.meters.iter().filter(|meter| meter.property == property);
    let known: Vec<&str> = mine.map(|meter| meter.id.as_str()).collect();
    if text == "all" {
        return Ok(known.into_iter().map(str::to_owned).collect());
    }
    (text.split(',').map(str::trim))
        .map(|id| match known.contains(&id) {
            true => Ok(id.to_owned()),
            false => Err(Problem::unknown("meter", id)),
        })
        .collect()
}

/// What a row says of its meter.
const OF_METER: [&str; 6] = ["meter", "name", "serial_number", "suite", "utility", "units"];

fn of_meter(state: &State, meter: &Meter) -> Vec<Value> {
    let suite = meter.suite.as_deref().and_then(|suite| state.suite_name(suite));
    vec![
        json!(meter.id),
        json!(meter.name),
        json!(meter.serial_number),
        json!(suite),
        json!(meter.utility.letter()),
        json!(meter.utility.unit()),
    ]
}

fn table(more: &[&'static str]) -> Table {
    Table {
        columns: OF_METER.iter().chain(more).copied().collect(),
        rows: Vec::new(),
    }
}

impl Table {
    fn add(&mut self, state: &State, meter: &Meter, more: impl IntoIterator<Item = Value>) -> Result<(), Problem> {
        if self.rows.len() >= MOST {
            return Err(Problem::bad("This report is too long."));
        }
        let mut row = of_meter(state, meter);
        row.extend(more);
        self.rows.push(row);
        Ok(())
    }
}

pub(super) fn period(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let order = Order::read(visit, state, true)?;
    let mut table = table(&["start", "end", "consumption"]);
    let end = order.end.max(order.start);
    for meter in order.meters(state) {
        let used = thousandths(meter.between(state, order.start, end));
        table.add(
            state,
            meter,
            [json!(stamp(order.start)), json!(stamp(end)), json!(used)],
        )?;
    }
    order.answer(state, "period-consumption", &table)
}

/// The last read of the day, or the one at a time.
pub(super) fn single(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let order = Order::read(visit, state, false)?;
    let mut table = table(&["time_stamping", "total"]);
    if order.end >= order.start {
        for meter in order.meters(state) {
            let total = thousandths(meter.counter(state, order.end));
            table.add(state, meter, [json!(stamp(order.end)), json!(total)])?;
        }
    }
    order.answer(state, "single-grand-total", &table)
}

/// The counter at the end of each day.
pub(super) fn daily(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let order = Order::read(visit, state, true)?;
    let mut table = table(&["date", "total"]);
    let days = order.days();
    for meter in order.meters(state) {
        for day in &days {
            let end = zone().midnight(day.next_day().unwrap_or(*day)).min(order.end);
            let total = thousandths(meter.counter(state, end));
            table.add(state, meter, [json!(super::stamp::day(*day)), json!(total)])?;
        }
    }
    order.answer(state, "daily-grand-total", &table)
}

pub(super) fn interval(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let order = Order::read(visit, state, true)?;
    // As much of a stamp as the interval is long.
    let width = match needed(visit.call, "interval")?.to_uppercase().as_str() {
        "HOUR" => "YYYY-MM-DDTHH".len(),
        "DAY" => "YYYY-MM-DD".len(),
        "MONTH" => "YYYY-MM".len(),
        "YEAR" => "YYYY".len(),
        _ => return Err(Problem::bad("'interval' must be HOUR, DAY, MONTH or YEAR.")),
    };
    let mut table = table(&["time_stamping", "consumption"]);
    let pieces = pieces(&order, width)?;
    for meter in order.meters(state) {
        for (label, start, end) in &pieces {
            let used = thousandths(meter.between(state, *start, *end));
            table.add(state, meter, [json!(label), json!(used)])?;
        }
    }
    order.answer(state, "interval", &table)
}

/// The intervals from beginning to end, cut off at both: label, start, end.
fn pieces(order: &Order<'_>, width: usize) -> Result<Vec<(String, OffsetDateTime, OffsetDateTime)>, Problem> {
    let mut pieces: Vec<(String, OffsetDateTime, OffsetDateTime)> = Vec::new();
    let mut start = order.start;
    while start < order.end {
        let label: String = stamp(start).chars().take(width).collect();
        let next = if width > "YYYY-MM-DD".len() {
            let into_hour = start.unix_timestamp().rem_euclid(3600);
            start + Duration::seconds(3600 - into_hour)
        } else {
            let tomorrow = local_date(start).next_day();
            tomorrow.map_or(order.end, |day| zone().midnight(day))
        };
        let end = next.min(order.end);
        match pieces.last_mut() {
            // Longer intervals are made of days, and the hour that happens twice is one.
            Some(last) if last.0 == label => last.2 = end,
            _ => pieces.push((label, start, end)),
        }
        if pieces.len() > MOST {
            return Err(Problem::bad("This report is too long."));
        }
        start = next;
    }
    Ok(pieces)
}
