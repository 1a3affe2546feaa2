//! A client-side count of a vendor's quotas, so that a call that must fail is not sent.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::error::LimitedError;

/// What a service says about a quota.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quota {
    /// Whom or what the service counts.
    pub zone: Option<String>,
    /// How many calls a period has.
    pub limit: Option<u32>,
    /// How many are left.
    pub remaining: Option<u32>,
    /// How long the period is.
    pub period: Option<Duration>,
    /// When to come back, once none is left.
    pub retry_at: Option<OffsetDateTime>,
}

/// At most so many calls in any span of this length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    name: Cow<'static, str>,
    limit: u32,
    period: Duration,
}

impl Window {
    /// `limit` calls in any `period`; the name is for errors and snapshots, as in `10 a minute`.
    pub fn new(name: impl Into<Cow<'static, str>>, limit: u32, period: Duration) -> Self {
        Self {
            name: name.into(),
            limit,
            period,
        }
    }
}

/// What to do when the quota is used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnLimit {
    /// Fail at once, with the time to come back.
    #[default]
    Fail,
    /// Wait for the next free call if that takes no longer than this, else fail.
    Wait(Duration),
}

/// Counts calls in several windows at once, and heeds what the service says.
///
/// The windows roll: a call is counted until one period has passed since it was made. That is never more generous
/// than a service whose periods have fixed borders and the same length. When the service says that fewer calls are left
/// than counted here (another program uses the same key), its word is taken, and where it tells of a quota that no
/// window here has, one is added. After an answer that names a time to come back, nothing is sent before that time, a
/// month at most.
///
/// Clones share one count. A service that must survive restarts stores [`Limiter::snapshot`].
///
/// ```
/// use std::time::Duration;
/// use energy_core::limit::{Limiter, Window};
/// use time::macros::datetime;
///
/// let limiter = Limiter::new([
///     Window::new("2 a minute", 2, Duration::from_secs(60)),
///     Window::new("1,000 a month", 1_000, Duration::from_secs(31 * 86_400)),
/// ]);
/// let now = datetime!(2026-05-04 12:00 UTC);
/// assert!(limiter.acquire(1, now).is_ok());
/// assert!(limiter.acquire(1, now).is_ok());
/// let refused = limiter.acquire(1, now).unwrap_err();
/// assert_eq!(refused.window, "2 a minute");
/// assert_eq!(refused.retry_at, Some(datetime!(2026-05-04 12:01 UTC)));
/// ```
#[derive(Clone, Debug)]
pub struct Limiter(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    windows: Vec<Counted>,
    blocked_until: Option<OffsetDateTime>,
    heeds_service: bool,
}

#[derive(Debug)]
struct Counted {
    window: Window,
    /// When the calls of the last period were made and how many, oldest first.
    calls: VecDeque<(OffsetDateTime, u32)>,
    /// How many those are.
    used: u64,
    /// Whether the service, not the plan, told of this window.
    learned: bool,
}

impl Counted {
    fn new(window: Window, learned: bool) -> Self {
        Self {
            window,
            calls: VecDeque::new(),
            used: 0,
            learned,
        }
    }

    /// When a call made at `at` is no longer counted.
    fn leaves(&self, at: OffsetDateTime) -> OffsetDateTime {
        at.saturating_add(signed(self.window.period))
    }

    fn forget_before(&mut self, now: OffsetDateTime) {
        // A call of the future was counted by a clock that was wrong then.
        let mut from_the_future = 0_u32;
        while let Some((at, count)) = self.calls.back().copied()
            && at > now
        {
            self.calls.pop_back();
            self.used -= u64::from(count);
            from_the_future = from_the_future.saturating_add(count);
        }
        if from_the_future > 0 {
            self.add(from_the_future, now);
        }
        while let Some((at, count)) = self.calls.front().copied()
            && self.leaves(at) <= now
        {
            self.calls.pop_front();
            self.used -= u64::from(count);
        }
    }

    /// When `cost` more calls fit, if not now.
    fn full_until(&self, cost: u32) -> Option<OffsetDateTime> {
        let mut too_many = (self.used + u64::from(cost)).checked_sub(u64::from(self.window.limit))?;
        let mut last = None;
        for (at, count) in &self.calls {
            if too_many == 0 {
                break;
            }
            too_many = too_many.saturating_sub(u64::from(*count));
            last = Some(self.leaves(*at));
        }
        last
    }

    fn add(&mut self, count: u32, at: OffsetDateTime) {
        match self.calls.back_mut() {
            Some((latest, counted)) if *latest == at && counted.checked_add(count).is_some() => *counted += count,
            _ => self.calls.push_back((at, count)),
        }
        self.used += u64::from(count);
    }

    fn take_back(&mut self, mut count: u32) {
        while count > 0
            && let Some((_, latest)) = self.calls.back_mut()
        {
            let taken = count.min(*latest);
            *latest -= taken;
            count -= taken;
            self.used -= u64::from(taken);
            if *latest == 0 {
                self.calls.pop_back();
            }
        }
    }

    fn used_at_least(&mut self, used: u32, now: OffsetDateTime) {
        let used = u64::from(used.min(self.window.limit));
        if let Ok(unseen) = u32::try_from(used.saturating_sub(self.used))
            && unseen > 0
        {
            self.add(unseen, now);
        }
    }
}

impl State {
    /// Until when the service wants no calls. No block is longer than the longest; one that is was set by a clock that was
    /// wrong then.
    fn blocked_at(&mut self, now: OffsetDateTime) -> Option<OffsetDateTime> {
        self.blocked_until = self
            .blocked_until
            .filter(|until| *until > now)
            .map(|until| until.min(now.saturating_add(signed(LONGEST_BLOCK))));
        self.blocked_until
    }
}

impl Limiter {
    /// Counts in these windows, all at once.
    pub fn new(windows: impl IntoIterator<Item = Window>) -> Self {
        let windows = windows.into_iter().map(|window| Counted::new(window, false)).collect();
        Self(Arc::new(Mutex::new(State {
            windows,
            blocked_until: None,
            heeds_service: true,
        })))
    }

    /// Counts nothing and heeds nothing: every call is sent.
    pub fn off() -> Self {
        Self(Arc::new(Mutex::new(State {
            windows: Vec::new(),
            blocked_until: None,
            heeds_service: false,
        })))
    }

    /// Counts one call of this cost, if it fits into every window.
    ///
    /// # Errors
    ///
    /// The window that is full, and when the call fits. Nothing is counted then.
    pub fn acquire(&self, cost: u32, now: OffsetDateTime) -> Result<(), LimitedError> {
        if cost == 0 {
            return Ok(());
        }
        let mut state = self.state();
        let mut latest = state
            .blocked_at(now)
            .map(|until| (until, COUNTED_BY_SERVICE.to_owned()));
        for counted in &mut state.windows {
            counted.forget_before(now);
            if let Some(until) = counted.full_until(cost)
                && latest.as_ref().is_none_or(|(at, _)| until > *at)
            {
                latest = Some((until, counted.window.name.to_string()));
            }
            if cost > counted.window.limit {
                return Err(LimitedError {
                    window: counted.window.name.to_string(),
                    retry_at: None,
                    retry_in: None,
                });
            }
        }
        if let Some((until, window)) = latest {
            let retry_in = Duration::try_from(until - now).ok();
            return Err(LimitedError {
                window,
                retry_at: Some(until),
                retry_in,
            });
        }
        for counted in &mut state.windows {
            counted.add(cost, now);
        }
        Ok(())
    }

    /// Takes back a call that was counted but did not leave.
    pub fn take_back(&self, cost: u32) {
        for counted in &mut self.state().windows {
            counted.take_back(cost);
        }
    }

    /// Takes in what the service said about a quota.
    pub fn observe(&self, quota: &Quota, now: OffsetDateTime) {
        let mut state = self.state();
        if !state.heeds_service {
            return;
        }
        if let Some(at) = quota.retry_at {
            // One wrong stamp must not stop a client for ever.
            let longest = quota.period.map_or(LONGEST_BLOCK, |period| period.min(LONGEST_BLOCK));
            state.blocked_until = state
                .blocked_until
                .max(Some(at.min(now.saturating_add(signed(longest)))));
        }
        let (Some(limit), Some(remaining), Some(period)) = (quota.limit, quota.remaining, quota.period) else {
            return;
        };
        if limit == 0 {
            // Taken at its word, nothing would ever be sent again, and so nothing ever heard to the contrary.
            return;
        }
        if state.windows.iter().all(|counted| counted.window.period != period) {
            let name = format!("{limit} calls in {} s, as the service says", period.as_secs());
            state.windows.push(Counted::new(Window::new(name, limit, period), true));
        }
        for counted in state
            .windows
            .iter_mut()
            .filter(|counted| counted.window.period == period)
        {
            counted.window.limit = limit;
            counted.forget_before(now);
            counted.used_at_least(limit.saturating_sub(remaining), now);
        }
    }

    /// What is left of each quota, named in `zone`; and, while the service wants no calls at all, one of which nothing is.
    pub fn quotas(&self, now: OffsetDateTime) -> Vec<Quota> {
        let mut state = self.state();
        let blocked = state.blocked_at(now).map(|until| Quota {
            zone: Some(COUNTED_BY_SERVICE.to_owned()),
            remaining: Some(0),
            retry_at: Some(until),
            ..Quota::default()
        });
        let windows = state.windows.iter_mut().map(|counted| {
            counted.forget_before(now);
            let left = u64::from(counted.window.limit).saturating_sub(counted.used);
            Quota {
                zone: Some(counted.window.name.to_string()),
                limit: Some(counted.window.limit),
                remaining: Some(u32::try_from(left).unwrap_or(u32::MAX)),
                period: Some(counted.window.period),
                retry_at: counted.full_until(1),
            }
        });
        windows.chain(blocked).collect()
    }

    /// The count as it is, to be stored.
    pub fn snapshot(&self) -> LimiterSnapshot {
        let state = self.state();
        let windows = state.windows.iter().map(|counted| WindowSnapshot {
            name: counted.window.name.to_string(),
            calls: counted
                .calls
                .iter()
                .map(|(at, count)| (whole_second(*at), *count))
                .collect(),
            learned: counted
                .learned
                .then_some((counted.window.limit, counted.window.period.as_secs())),
        });
        LimiterSnapshot {
            windows: windows.collect(),
            blocked_until: state.blocked_until.map(whole_second),
        }
    }

    /// Goes on from a stored count; best before the first call. Windows are matched by name, and one that no longer
    /// exists is forgotten, unless the service told of it. Where calls were counted since, the larger count stays.
    pub fn restore(&self, snapshot: &LimiterSnapshot) {
        let instant = |seconds: i64| OffsetDateTime::from_unix_timestamp(seconds).ok();
        let mut state = self.state();
        if !state.heeds_service {
            return;
        }
        state.blocked_until = state.blocked_until.max(snapshot.blocked_until.and_then(instant));
        for stored in &snapshot.windows {
            if let Some((limit, period)) = stored.learned
                && state
                    .windows
                    .iter()
                    .all(|counted| counted.window.period.as_secs() != period)
            {
                let window = Window::new(stored.name.clone(), limit, Duration::from_secs(period));
                state.windows.push(Counted::new(window, true));
            }
        }
        for counted in &mut state.windows {
            if let Some(stored) = snapshot
                .windows
                .iter()
                .find(|stored| stored.name == counted.window.name)
            {
                let calls = stored
                    .calls
                    .iter()
                    .filter_map(|(at, count)| Some((instant(*at)?, *count)));
                let mut calls: VecDeque<_> = calls.collect();
                let used = calls.iter().map(|(_, count)| u64::from(*count)).sum();
                if used > counted.used {
                    calls.make_contiguous().sort_unstable();
                    counted.calls = calls;
                    counted.used = used;
                }
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name of a quota that only the service counts.
const COUNTED_BY_SERVICE: &str = "the quota that the service counts";

/// The longest time for which a service is believed that it wants no call: a month.
const LONGEST_BLOCK: Duration = Duration::from_secs(31 * 86_400);

fn signed(duration: Duration) -> time::Duration {
    time::Duration::try_from(duration).unwrap_or(time::Duration::MAX)
}

/// Rounded up, so that a restored call is never forgotten before its time.
fn whole_second(at: OffsetDateTime) -> i64 {
    at.unix_timestamp() + i64::from(at.nanosecond() > 0)
}

/// A stored count of calls, to the second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimiterSnapshot {
    windows: Vec<WindowSnapshot>,
    blocked_until: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct WindowSnapshot {
    name: String,
    /// When calls were made, in seconds since 1970, and how many.
    calls: Vec<(i64, u32)>,
    /// Limit and period in seconds of a window that the service told of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    learned: Option<(u32, u64)>,
}
