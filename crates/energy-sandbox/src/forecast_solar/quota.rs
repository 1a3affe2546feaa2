//! How many calls are left.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use time::{Duration, OffsetDateTime};

use super::plan::Plan;
use super::stamps;
use crate::document::{Document, Map};
use crate::nature::zone::Zone;

/// The calls of every key and every address without one.
///
/// A period begins with the first call counted in it. (Ours: nothing says whether the service
/// counts in fixed periods or over a sliding one.)
#[derive(Debug, Default)]
pub(super) struct Quotas(Mutex<HashMap<String, Window>>);

#[derive(Clone, Copy, Debug)]
struct Window {
    began: OffsetDateTime,
    used: u32,
}

/// Where a caller stands.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    /// As `message.ratelimit.zone` names the caller: with the whole key in it.
    zone: String,
    period: u32,
    limit: u32,
    left: Left,
}

#[derive(Clone, Debug)]
enum Left {
    Calls(u32),
    RetryAt(String),
}

impl Quotas {
    /// Where the caller stands, without counting.
    pub(super) fn standing(&self, zone: &str, plan: &Plan, now: OffsetDateTime) -> Standing {
        let window = self.window(zone, plan, now);
        standing(zone, plan, window)
    }

    /// Counts a call.
    pub(super) fn count(&self, zone: &str, plan: &Plan, now: OffsetDateTime) -> Standing {
        let mut window = self.window(zone, plan, now);
        window.used += 1;
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        windows.insert(zone.to_owned(), window);
        let mut standing = standing(zone, plan, window);
        if window.used == plan.limit {
            // The last call of the period was still answered.
            standing.left = Left::Calls(0);
        }
        standing
    }

    fn window(&self, zone: &str, plan: &Plan, now: OffsetDateTime) -> Window {
        let windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let running = windows.get(zone).copied();
        running
            .filter(|window| now < window.began.saturating_add(period(plan)))
            .unwrap_or(Window { began: now, used: 0 })
    }
}

fn period(plan: &Plan) -> Duration {
    Duration::seconds(i64::from(plan.period))
}

fn standing(zone: &str, plan: &Plan, window: Window) -> Standing {
    Standing {
        zone: zone.to_owned(),
        period: plan.period,
        limit: plan.limit,
        left: match plan.limit.checked_sub(window.used) {
            None | Some(0) => Left::RetryAt(retry_at(window.began.saturating_add(period(plan)))),
            Some(left) => Left::Calls(left),
        },
    }
}

/// The service writes this time as Berlin's clock shows it.
fn retry_at(at: OffsetDateTime) -> String {
    stamps::iso8601(Zone::named("Europe/Berlin").local(at))
}

impl Standing {
    /// A caller who has just used up everything.
    pub(super) fn exhausted(zone: &str, plan: &Plan, now: OffsetDateTime) -> Self {
        let used = plan.limit;
        standing(zone, plan, Window { began: now, used })
    }

    pub(super) fn is_exhausted(&self) -> bool {
        matches!(self.left, Left::RetryAt(_))
    }

    /// As `message.ratelimit`: `remaining` or `retry-at`, never both.
    pub(super) fn document(&self) -> Document {
        let map = Map::new()
            .with("zone", self.zone.as_str())
            .with("period", self.period)
            .with("limit", self.limit);
        match &self.left {
            Left::Calls(calls) => map.with("remaining", *calls),
            Left::RetryAt(at) => map.with("retry-at", at.as_str()),
        }
        .into()
    }

    /// As headers.
    pub(super) fn headers(&self) -> [(&'static str, String); 3] {
        [
            ("x-ratelimit-period", self.period.to_string()),
            ("x-ratelimit-limit", self.limit.to_string()),
            match &self.left {
                Left::Calls(calls) => ("x-ratelimit-remaining", calls.to_string()),
                Left::RetryAt(at) => ("x-ratelimit-retry-at", at.clone()),
            },
        ]
    }
}
