//! The sessions of Enphase's own EV charger: those of habit, and those that somebody asked for.

use time::{Date, Duration, OffsetDateTime, Time};

use super::site::Plant;
use crate::noise;

/// What the charger gives at a level of 100, in watts.
const FULL: i64 = 7_360;

/// A session that somebody asked for ends by itself after so many seconds.
const LONGEST: i64 = 3 * 3600;

/// After a session the car stays at the charger for so many seconds.
const STAYS: i64 = 9 * 3600;

/// A stretch of charging, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Session {
    pub(super) begin: i64,
    pub(super) end: i64,
    watts: i64,
}

impl Session {
    /// What was charged between two instants, in watt-seconds.
    fn work(self, from: i64, to: i64) -> i64 {
        let seconds = self.end.min(to) - self.begin.max(from);
        self.watts * seconds.max(0)
    }

    /// What was charged until then, in Wh.
    pub(super) fn energy(self, until: i64) -> i64 {
        self.work(self.begin, until) / 3600
    }
}

/// What the charger is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    PluggedOut,
    Idle,
    Charging,
}

impl Mode {
    pub(super) fn wire(self) -> &'static str {
        match self {
            Self::PluggedOut => "PLUGGED_OUT",
            Self::Idle => "IDLE",
            Self::Charging => "CHARGING",
        }
    }
}

/// What people did about the charger.
#[derive(Debug, Default)]
pub(super) struct Charging {
    asked_for: Vec<Session>,
    /// When sessions of habit were stopped.
    stops: Vec<i64>,
}

/// Some sessions, in order.
#[derive(Clone, Debug)]
pub(super) struct Sessions(Vec<Session>);

impl Sessions {
    /// What was charged between two instants, in Wh; borders do not lose any.
    pub(super) fn energy(&self, from: i64, to: i64) -> i64 {
        let until = |at: i64| -> i64 {
            self.0
                .iter()
                .map(|session| session.work(session.begin, at) / 3600)
                .sum()
        };
        until(to) - until(from)
    }
}

impl Charging {
    /// The session of habit that begins on a local day: in the evening, four days out of seven or so.
    fn habit(&self, date: Date) -> Option<Session> {
        let day = i64::from(date.to_julian_day());
        if noise::unit(&[day, 81]) > 0.57 {
            return None;
        }
        let six = Plant::Metered
            .zone()
            .instant(date, Time::MIDNIGHT + Duration::hours(18));
        let begin = six.unix_timestamp() + (noise::unit(&[day, 82]) * 7_000.0) as i64;
        let end = begin + 4_500 + (noise::unit(&[day, 83]) * 7_800.0) as i64;
        let stop = (self.stops.iter().copied()).find(|stop| (begin..end).contains(stop));
        let session = Session {
            begin,
            end: stop.unwrap_or(end),
            watts: FULL,
        };
        let taken = |asked: &Session| (asked.begin..asked.end).contains(&begin);
        (!self.asked_for.iter().any(taken)).then_some(session)
    }

    /// The sessions that begin on the local days from one to another, in order.
    pub(super) fn sessions(&self, from: Date, to: Date) -> Vec<Session> {
        let zone = Plant::Metered.zone();
        let begin = zone.midnight(from).unix_timestamp();
        let end = zone.midnight(to.saturating_add(Duration::DAY)).unix_timestamp();
        let days = std::iter::successors(Some(from), |date| date.next_day()).take_while(|date| *date <= to);
        let asked_for = self
            .asked_for
            .iter()
            .filter(|session| (begin..end).contains(&session.begin));
        let mut sessions: Vec<Session> = days
            .filter_map(|date| self.habit(date))
            .chain(asked_for.copied())
            .collect();
        sessions.sort_by_key(|session| session.begin);
        sessions
    }

    /// The sessions that a local day may see something of.
    pub(super) fn sessions_of_day(&self, date: Date) -> Sessions {
        Sessions(self.sessions(date.saturating_sub(Duration::DAY), date))
    }

    fn recent(&self, now: OffsetDateTime) -> Vec<Session> {
        let today = Plant::Metered.zone().local(now).date();
        let mut sessions = self.sessions(today.saturating_sub(Duration::days(2)), today);
        sessions.retain(|session| session.begin <= now.unix_timestamp());
        sessions
    }

    pub(super) fn mode(&self, now: OffsetDateTime) -> Mode {
        let unix = now.unix_timestamp();
        match self.recent(now).last() {
            Some(session) if unix < session.end => Mode::Charging,
            Some(session) if unix < session.end + STAYS => Mode::Idle,
            _ => Mode::PluggedOut,
        }
    }

    /// Begins a session, unless one is running.
    pub(super) fn start(&mut self, now: OffsetDateTime, level: i64) {
        if self.mode(now) == Mode::Charging {
            return;
        }
        let begin = now.unix_timestamp();
        self.asked_for.push(Session {
            begin,
            end: begin + LONGEST,
            watts: FULL * level / 100,
        });
    }

    /// Ends the session that is running, if one is.
    pub(super) fn stop(&mut self, now: OffsetDateTime) {
        let now = now.unix_timestamp();
        let running = self
            .asked_for
            .iter_mut()
            .find(|session| (session.begin..session.end).contains(&now));
        match running {
            Some(session) => session.end = now,
            None => self.stops.push(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::{Charging, Mode};

    #[test]
    fn sessions_begin_and_end_when_they_are_told_to() {
        let noon = datetime!(2026-06-21 10:00 UTC);
        let mut charging = Charging::default();
        charging.start(noon, 50);
        assert_eq!(charging.mode(noon), Mode::Charging);
        let later = noon + time::Duration::minutes(30);
        charging.stop(later);
        assert_eq!(charging.mode(later), Mode::Idle);
        let sessions = charging.sessions(date!(2026 - 06 - 21), date!(2026 - 06 - 21));
        assert_eq!(
            (sessions[0].begin, sessions[0].end),
            (noon.unix_timestamp(), later.unix_timestamp())
        );
        assert_eq!(sessions[0].energy(i64::MAX), 1_840);
        let day = charging.sessions_of_day(date!(2026 - 06 - 21));
        assert_eq!(day.energy(noon.unix_timestamp(), later.unix_timestamp()), 1_840);
    }

    #[test]
    fn a_session_of_habit_can_be_stopped() {
        let mut charging = Charging::default();
        let week = charging.sessions(date!(2026 - 06 - 15), date!(2026 - 06 - 21));
        assert!((2..=6).contains(&week.len()), "{week:?}");
        let middle = time::OffsetDateTime::from_unix_timestamp(week[0].begin + 60).unwrap();
        assert_eq!(charging.mode(middle), Mode::Charging);
        charging.stop(middle);
        assert_eq!(charging.mode(middle), Mode::Idle);
        let stopped = charging.sessions(date!(2026 - 06 - 15), date!(2026 - 06 - 21));
        assert_eq!((stopped[0].end, stopped.len()), (week[0].begin + 60, week.len()));
    }
}
