//! The rate limit: a bucket of tokens per caller.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use http::StatusCode;
use time::{Duration, OffsetDateTime};

use super::reply::Problem;

/// So many calls at once.
const BURST: i64 = 20;

/// A token comes back after this time: ten a second.
const REFILL: Duration = Duration::milliseconds(100);

/// How much each caller has taken.
#[derive(Debug)]
pub(super) struct Rate(Mutex<Buckets>);

#[derive(Debug)]
struct Buckets {
    limited: bool,
    /// When the bucket of a caller will be full again.
    full_at: HashMap<String, OffsetDateTime>,
}

impl Rate {
    pub(super) fn new(limited: bool) -> Self {
        Self(Mutex::new(Buckets {
            limited,
            full_at: HashMap::new(),
        }))
    }

    pub(super) fn limit(&self, limited: bool) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.limited = limited;
        buckets.full_at.clear();
    }

    /// Takes a token and says how many are left.
    pub(super) fn take(&self, caller: &str, now: OffsetDateTime) -> Result<i64, Problem> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !buckets.limited {
            return Ok(BURST);
        }
        let full_at = buckets.full_at.entry(caller.to_owned()).or_insert(now);
        let after = (*full_at).max(now) + REFILL;
        let missing = after - now;
        if missing > REFILL * BURST as i32 {
            return Err(exceeded(after - REFILL * BURST as i32));
        }
        *full_at = after;
        // A token that is on its way is not there yet.
        let taken = (missing.whole_microseconds() + 99_999) / 100_000;
        Ok(BURST - i64::try_from(taken).unwrap_or(BURST))
    }
}

/// 429, with the time from which on there is a token again.
pub(super) fn exceeded(retry_at: OffsetDateTime) -> Problem {
    let milliseconds = (retry_at.unix_timestamp_nanos() + 999_999) / 1_000_000;
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        Some("WEB.10000"),
        "Too many requests, try again later.",
    )
    .with_header("x-sn-rate-limit-retry-after", milliseconds.to_string())
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::Rate;

    #[test]
    fn twenty_at_once_then_ten_a_second() {
        let rate = Rate::new(true);
        let now = datetime!(2026-06-21 10:00 UTC);
        for left in (0..20).rev() {
            assert_eq!(rate.take("a", now).ok(), Some(left));
        }
        assert!(rate.take("a", now).is_err());
        assert_eq!(rate.take("b", now).ok(), Some(19));
        let later = now + Duration::milliseconds(250);
        assert_eq!(rate.take("a", later).ok(), Some(1));
        assert_eq!(rate.take("a", later).ok(), Some(0));
        assert!(rate.take("a", later).is_err());
    }
}
