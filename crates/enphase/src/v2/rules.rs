//! Rules between the arguments of requests.

use energy_core::BuildError;
use time::{Date, Duration, OffsetDateTime};

use super::{GetConsumptionLifetime, GetConsumptionStats, GetEnergyLifetime, GetRgmStats, GetStats};

type Checked = Result<(), BuildError>;

/// A time that ends after it begins. Of a longer one than `longest` the service gives the beginning without a word.
fn span(start: Option<OffsetDateTime>, end: Option<OffsetDateTime>, longest: Duration) -> Checked {
    let (Some(start), Some(end)) = (start, end) else {
        return Ok(());
    };
    if end <= start {
        return Err(BuildError::new("end_at", "is not after `start_at`"));
    }
    if end - start > longest {
        let days = longest.whole_days();
        let reason = format!("is more than {days} days after `start_at`: ask for the whole span with `over`");
        return Err(BuildError::new("end_at", reason));
    }
    Ok(())
}

pub(crate) fn stats(request: &GetStats) -> Checked {
    span(request.start_at, request.end_at, Duration::DAY)
}

pub(crate) fn rgm_stats(request: &GetRgmStats) -> Checked {
    span(request.start_at, request.end_at, Duration::WEEK)
}

/// A month, of which the longest has 31 days.
pub(crate) fn consumption_stats(request: &GetConsumptionStats) -> Checked {
    span(request.start_at, request.end_at, Duration::days(31))
}

fn days(start: Option<Date>, end: Option<Date>) -> Checked {
    match (start, end) {
        (Some(start), Some(end)) if end < start => Err(BuildError::new("end_date", "is before `start_date`")),
        _ => Ok(()),
    }
}

pub(crate) fn energy_lifetime(request: &GetEnergyLifetime) -> Checked {
    days(request.start_date, request.end_date)
}

pub(crate) fn consumption_lifetime(request: &GetConsumptionLifetime) -> Checked {
    days(request.start_date, request.end_date)
}
