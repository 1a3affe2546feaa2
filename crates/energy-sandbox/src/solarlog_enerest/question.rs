//! What a call asks for: channels, ids, days.

use time::Date;

use super::channel::Channel;
use super::dates;
use super::reply::Problem;
use super::visit::Visit;
use crate::call::Call;

/// Every value of a parameter that may be repeated, each once.
pub(super) fn all<'a>(call: &'a Call, name: &str) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    for (key, value) in &call.query {
        if key == name && !found.contains(&value.as_str()) {
            found.push(value);
        }
    }
    found
}

/// The channels of `channelNames[]`. Names that nothing has are left out.
pub(super) fn channels(call: &Call) -> Result<Vec<Channel>, Problem> {
    let names = all(call, "channelNames[]");
    if names.is_empty() {
        return Err(Problem::bad("channelNames is missing"));
    }
    Ok(names.into_iter().filter_map(Channel::named).collect())
}

/// The first and the last day.
pub(super) fn range(visit: &Visit<'_>) -> Result<(Date, Date), Problem> {
    let (from, to) = (date_parameter(visit, "dateFrom")?, date_parameter(visit, "dateTo")?);
    if to < from {
        return Err(Problem::bad("dateTo lies before dateFrom"));
    }
    Ok((from, to))
}

fn date_parameter(visit: &Visit<'_>, name: &str) -> Result<Date, Problem> {
    let text = (visit.call.parameter(name)).ok_or_else(|| Problem::bad(format!("{name} is missing")))?;
    date(visit, name, text)
}

/// Reads a date that stands under this name.
pub(super) fn date(visit: &Visit<'_>, name: &str, text: &str) -> Result<Date, Problem> {
    dates::read(text, visit.today()).ok_or_else(|| Problem::bad(format!("{name} is no date")))
}

/// Every day from `first` to `last`.
pub(super) fn days(first: Date, last: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(first), |date| date.next_day()).take_while(move |date| *date <= last)
}
