//! From the wall clock's times to instants, for the reads of one register.

use energy_core::model::{Amount, Quality, TimeZone};
use energy_core::time::{Duration, OffsetDateTime};

use crate::register::RegisterRead;
use crate::{Fold, InZoneError};

/// A read with its place in time, and how sure that place is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Placed<T> {
    pub(crate) at: OffsetDateTime,
    pub(crate) counter: Option<T>,
    pub(crate) amount: Option<T>,
    pub(crate) quality: Quality,
}

impl<T> Placed<T> {
    fn new(read: RegisterRead<T>, at: OffsetDateTime, quality: Quality) -> Self {
        Self {
            at,
            counter: read.counter,
            amount: read.amount,
            quality,
        }
    }
}

/// A read of the hour that came twice.
struct Twice<T> {
    read: RegisterRead<T>,
    earlier: OffsetDateTime,
    later: OffsetDateTime,
}

/// All reads in order of time; what was said twice is there once.
pub(crate) fn place<T: Amount>(
    reads: impl IntoIterator<Item = RegisterRead<T>>,
    zone: &TimeZone,
) -> Result<Vec<Placed<T>>, InZoneError> {
    let mut reads: Vec<_> = reads.into_iter().collect();
    // Reads of one stamp stay in the order in which they came.
    reads.sort_by_key(|read| read.at);
    let mut placed = Vec::with_capacity(reads.len());
    let mut twice = Vec::new();
    for read in reads {
        match read.at.in_zone(zone) {
            Ok(at) => placed.push(Placed::new(read, at, Quality::UNSTATED)),
            Err(InZoneError::Twice { earlier, later, .. }) => twice.push(Twice { read, earlier, later }),
            Err(error) => return Err(error),
        }
    }
    for hour in twice.chunk_by(|one, next| next.earlier - one.earlier < Duration::DAY) {
        placed.extend(choose(hour));
    }
    placed.sort_by_key(|read| read.at);
    placed.dedup();
    Ok(placed)
}

/// Chooses for each read of an hour that came twice, in order of stamps, which time it was.
fn choose<T: Amount>(hour: &[Twice<T>]) -> Vec<Placed<T>> {
    let folds = by_counter(hour);
    let known = |index: usize| folds.get(index).copied().flatten();
    let place = |(index, one): (usize, &Twice<T>)| {
        let same_stamp = |other: &usize| hour.get(*other).is_some_and(|other| other.read.at == one.read.at);
        let twin = [index.checked_sub(1), Some(index + 1)]
            .into_iter()
            .flatten()
            .find(same_stamp);
        let (fold, sure) = match (known(index), twin) {
            (Some(fold), _) => (fold, true),
            (None, None) => (Fold::Earlier, false),
            (None, Some(twin)) => match known(twin) {
                Some(Fold::Earlier) => (Fold::Later, true),
                Some(Fold::Later) => (Fold::Earlier, true),
                // Where both show the same it does not matter which is which.
                None if twin > index => (Fold::Earlier, shows_the_same(one, hour.get(twin))),
                None => (Fold::Later, shows_the_same(one, hour.get(twin))),
            },
        };
        let at = match fold {
            Fold::Earlier => one.earlier,
            Fold::Later => one.later,
        };
        let quality = if sure { Quality::UNSTATED } else { Quality::QUESTIONABLE };
        Placed::new(one.read, at, quality)
    };
    let mut placed: Vec<Placed<T>> = hour.iter().enumerate().map(place).collect();
    placed.sort_by_key(|read| read.at);
    if !placed.iter().filter_map(|read| read.counter).is_sorted() {
        // A counter that falls has told nothing.
        for read in &mut placed {
            read.quality |= Quality::QUESTIONABLE;
        }
    }
    placed
}

/// What counters tell: they only grow. Of two reads whose clocks run against their counters, the clock was set back between
/// them; and what shows less than a read of before that, or more than one of after it, is on the same side.
fn by_counter<T: Amount>(hour: &[Twice<T>]) -> Vec<Option<Fold>> {
    let across: Vec<Option<Fold>> = hour.iter().map(|one| across(one, hour)).collect();
    let side = |fold| {
        let on_it = across.iter().zip(hour).filter(move |(side, _)| **side == Some(fold));
        on_it.filter_map(|(_, one)| one.read.counter)
    };
    let beyond = |one: &Twice<T>| {
        let counter = one.read.counter?;
        let before = side(Fold::Earlier).any(|earlier| counter < earlier);
        let after = side(Fold::Later).any(|later| counter > later);
        one_of(before, after)
    };
    let known = across.iter().zip(hour);
    known.map(|(side, one)| side.or_else(|| beyond(one))).collect()
}

/// Earlier, if another read shows more by an earlier clock or the same; later, if one shows less by a later clock or the
/// same.
fn across<T: Amount>(one: &Twice<T>, hour: &[Twice<T>]) -> Option<Fold> {
    let counter = one.read.counter?;
    let shows = |other: &Twice<T>, compare: fn(&T, &T) -> bool| {
        let of_other = other.read.counter.as_ref();
        of_other.is_some_and(|of_other| compare(of_other, &counter))
    };
    let before = (hour.iter()).any(|other| other.read.at <= one.read.at && shows(other, T::gt));
    let after = (hour.iter()).any(|other| other.read.at >= one.read.at && shows(other, T::lt));
    one_of(before, after)
}

fn shows_the_same<T: Amount>(one: &Twice<T>, other: Option<&Twice<T>>) -> bool {
    let counter = other.and_then(|other| other.read.counter);
    counter.is_some() && counter == one.read.counter
}

fn one_of(before: bool, after: bool) -> Option<Fold> {
    match (before, after) {
        (true, false) => Some(Fold::Earlier),
        (false, true) => Some(Fold::Later),
        _ => None,
    }
}
