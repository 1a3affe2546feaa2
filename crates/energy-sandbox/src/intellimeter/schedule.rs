//! Scheduled reports.

use serde_json::{Value, json};
use time::{Date, Duration, Month, OffsetDateTime};

use super::access::Visit;
use super::input::{Body, missing, needed, set};
use super::reply::{Outcome, Problem, list, ok};
use super::stamp::{day, local_date, parse_day, stamp, zone};
use super::state::{Dates, State};

const REPEATS: [&str; 5] = ["never", "day", "week", "month", "year"];

const REPORTS: [&str; 10] = [
    "ConsumptionTable",
    "ConsumptionMonthly",
    "ConsumptionDaily",
    "ConsumptionDistribution",
    "WeekendDistribution",
    "WeekendTable",
    "TopProperties",
    "TopSuites",
    "TopPropertiesTable",
    "TopSuitesTable",
];

#[derive(Clone, Debug)]
pub(super) struct Schedule {
    pub(super) id: String,
    pub(super) user: String,
    pub(super) name: String,
    pub(super) reports: Vec<&'static str>,
    repeat: &'static str,
    period: Option<i64>,
    start: Date,
    end: Option<Date>,
    active: bool,
    last_run: Option<OffsetDateTime>,
    dates: Dates,
}

/// A report that is being made.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) schedule: String,
    pub(super) token: String,
    pub(super) ready: OffsetDateTime,
}

impl Schedule {
    fn json(&self) -> Value {
        json!({
            "active": self.active,
            "created": stamp(self.dates.created),
            "end": self.end.map(day),
            "id": self.id,
            "last_run": self.last_run.map(stamp),
            "name": self.name,
            "period": self.period,
            "repeat": self.repeat,
            "reports": self.reports,
            "result": self.last_run.map(|_| "Success"),
            "start": day(self.start),
            "updated": stamp(self.dates.updated),
            "user": self.user,
        })
    }

    /// The last time up to now at which it was due: a local midnight after it was made.
    fn due(&self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let until = self.end.map_or(local_date(now), |end| end.min(local_date(now)));
        let every = self.period.unwrap_or(1);
        let days = (until - self.start).whole_days();
        if days < 0 || !self.active {
            return None;
        }
        let in_days = |length: i64| self.start.checked_add(Duration::days(days - days % (length * every)));
        let date = match self.repeat {
            "day" => in_days(1),
            "week" => in_days(7),
            "month" => self.in_months(until, every),
            "year" => self.in_months(until, 12 * every),
            _ => None,
        };
        let at = zone().midnight(date?);
        (at > self.dates.created && at <= now && self.last_run.is_none_or(|last| last < at)).then_some(at)
    }

    /// The last date that is a multiple of so many months after the start.
    fn in_months(&self, until: Date, every: i64) -> Option<Date> {
        let number = |date: Date| i64::from(date.year()) * 12 + i64::from(u8::from(date.month())) - 1;
        let first = number(self.start);
        let mut steps = (number(until) - first) / every;
        loop {
            let month = first + steps * every;
            let year = i32::try_from(month.div_euclid(12)).ok()?;
            let name = Month::try_from(u8::try_from(month.rem_euclid(12) + 1).ok()?).ok()?;
            let date = Date::from_calendar_date(year, name, self.start.day().min(name.length(year))).ok()?;
            if date <= until {
                return Some(date);
            }
            steps -= 1;
        }
    }
}

/// Notes the reports that were made on their schedule.
pub(super) fn run_due(state: &mut State, now: OffsetDateTime) {
    for schedule in &mut state.schedules {
        if let Some(at) = schedule.due(now) {
            schedule.last_run = Some(at);
        }
    }
}

pub(super) fn list_own(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let mine = state.schedules.iter().filter(|schedule| schedule.user == visit.user);
    list(mine.map(Schedule::json))
}

/// Where the one is that the query names.
pub(super) fn place(visit: &Visit<'_>, state: &State) -> Result<usize, Problem> {
    let id = needed(visit.call, "id")?;
    let mut schedules = state.schedules.iter();
    schedules
        .position(|schedule| schedule.id == id && schedule.user == visit.user)
        .ok_or_else(|| Problem::unknown("scheduled report", id))
}

/// Like the other two, answers a list of one.
pub(super) fn create(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let body = Body::of(visit.call)?;
    let schedule = Schedule {
        id: state.new_id(),
        user: visit.user.clone(),
        name: body.needed_text("name")?,
        reports: reports(&body)?.ok_or_else(|| missing("reports"))?,
        repeat: repeat(&body)?.ok_or_else(|| missing("repeat"))?,
        period: period(&body)?,
        start: date(&body, "start")?.unwrap_or_else(|| local_date(visit.now())),
        end: date(&body, "end")?,
        active: body.flag("active")?.unwrap_or(true),
        last_run: None,
        dates: Dates::new(visit.now()),
    };
    let answer = json!([schedule.json()]);
    state.schedules.push(schedule);
    ok(&answer)
}

pub(super) fn update(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = place(visit, state)?;
    let body = Body::of(visit.call)?;
    let (name, reports, repeat) = (body.text("name")?, reports(&body)?, repeat(&body)?);
    let (period, start, end) = (period(&body)?, date(&body, "start")?, date(&body, "end")?);
    let active = body.flag("active")?;
    let schedule = &mut state.schedules[place];
    set(&mut schedule.name, name);
    set(&mut schedule.reports, reports);
    set(&mut schedule.repeat, repeat);
    set(&mut schedule.active, active);
    // Null means something here.
    if body.has("period") {
        schedule.period = period;
    }
    if body.has("start") {
        schedule.start = start.unwrap_or_else(|| local_date(schedule.dates.created));
    }
    if body.has("end") {
        schedule.end = end;
    }
    schedule.dates.updated = visit.now();
    ok(&json!([schedule.json()]))
}

pub(super) fn delete(visit: &Visit<'_>, state: &mut State) -> Outcome {
    let place = place(visit, state)?;
    let gone = state.schedules.remove(place);
    state.jobs.retain(|job| job.schedule != gone.id);
    ok(&json!([gone.json()]))
}

fn reports(body: &Body) -> Result<Option<Vec<&'static str>>, Problem> {
    let Some(value) = body.value("reports") else {
        return Ok(None);
    };
    let wrong = || Problem::senseless("'reports' must be a list of names of reports.");
    let names = value.as_array().filter(|names| !names.is_empty()).ok_or_else(wrong)?;
    let known = |name: &Value| REPORTS.into_iter().find(|known| name.as_str() == Some(known));
    let names: Option<Vec<&'static str>> = names.iter().map(known).collect();
    names.map(Some).ok_or_else(wrong)
}

fn repeat(body: &Body) -> Result<Option<&'static str>, Problem> {
    let Some(word) = body.text("repeat")? else {
        return Ok(None);
    };
    let known = REPEATS.into_iter().find(|known| known.eq_ignore_ascii_case(&word));
    let known = known.ok_or_else(|| Problem::senseless(format!("'repeat' must be one of {}.", REPEATS.join(", "))))?;
    Ok(Some(known))
}

fn period(body: &Body) -> Result<Option<i64>, Problem> {
    match body.whole("period")? {
        Some(period) if !(1..=1000).contains(&period) => {
            Err(Problem::senseless("'period' must be between 1 and 1000."))
        }
        period => Ok(period),
    }
}

fn date(body: &Body, name: &str) -> Result<Option<Date>, Problem> {
    let Some(text) = body.text(name)? else {
        return Ok(None);
    };
    match parse_day(&text) {
        Some(date) => Ok(Some(date)),
        None => Err(Problem::senseless(format!("'{name}' must be a date."))),
    }
}
