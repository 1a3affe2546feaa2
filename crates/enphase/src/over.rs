//! Any span of time, split into what one answer may cover, and joined again.

use std::time::Duration;

use energy_core::model::Interval;
use energy_core::{BuildError, DecodeError, Endpoint, Error, HttpResponse, Operation, Paginated, RequestParts};
use time::OffsetDateTime;

use crate::Refusal;
use crate::reading::FIVE_MINUTES;

/// Words of refusals that asking for less does not mend.
const ABOUT_SOMETHING_ELSE: [&str; 5] = [
    "in the future",
    "failed to parse",
    "for this system",
    "doesn't have",
    "not found",
];

const DAY: Duration = Duration::from_secs(86_400);

/// A request for a time that begins at a given instant and is not longer than the service allows.
pub trait Spanned: Endpoint + Clone + Unpin + 'static {
    /// What the answers hold.
    type Item: Clone + std::fmt::Debug + PartialEq + Send + Sync + Unpin + 'static;

    /// The longest time that one answer covers.
    fn longest(&self) -> Duration;

    /// The same request for the time from `from` on, and up to `until` where it can say so.
    fn at(&self, from: OffsetDateTime, until: OffsetDateTime) -> Self;

    /// From when on an answer says that it goes, which need not be what was asked for: times are rounded down, and for a
    /// system younger than the question it is the first day of the system.
    fn begins(answer: &Self::Output) -> Option<OffsetDateTime> {
        let _ = answer;
        None
    }

    /// Up to when an answer says that it goes.
    fn ends(answer: &Self::Output) -> Option<OffsetDateTime>;

    /// Up to when the system has data at all, where an answer says that in place of how far it goes itself.
    fn present(answer: &Self::Output) -> Option<OffsetDateTime> {
        let _ = answer;
        None
    }

    /// What an answer holds, in order.
    fn items(answer: Self::Output) -> Vec<Self::Item>;

    /// When an item is, to know to which part of the span it belongs: the end of an interval, the beginning of an event.
    fn label(item: &Self::Item) -> Option<OffsetDateTime>;

    /// Whether items are intervals with an end each. Others may be told by several answers, and are told apart as wholes.
    const LABELLED_BY_END: bool = true;

    /// A request for less, should the service refuse this one as too much.
    fn smaller(&self) -> Option<Self> {
        None
    }

    /// Asks for all of `span`, however long: `client.items(request.over(span))` streams what is in it, each item once and
    /// without gaps, with as few calls as the service allows. What the request says about time by itself is overruled.
    ///
    /// v4 answers for at most two years back and refuses what is older; v2 gives empty lists for more than a year back. A
    /// span that reaches into the future ends at what there is, but for events and alarms, whose future is refused.
    fn over(&self, span: Interval) -> Over<Self> {
        Over {
            request: self.clone(),
            from: span.start(),
            after: span.start(),
            given: Vec::new(),
            span,
        }
    }
}

/// A request for any span of time. See [`Spanned::over`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a request does nothing until a client sends it"]
pub struct Over<E: Spanned> {
    request: E,
    /// Where the next answer begins.
    from: OffsetDateTime,
    /// The last end that was given.
    after: OffsetDateTime,
    /// What the answer before held, where items are not told apart by their ends.
    given: Vec<E::Item>,
    span: Interval,
}

/// What one answer gave of a span.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Window<T> {
    /// Up to when the answer goes. It is no place to go on from another day: the newest intervals will change. Keep the end
    /// of the last one that [is settled](crate::Reading::is_settled) for that.
    pub until: OffsetDateTime,
    /// What it holds.
    pub items: Vec<T>,
    /// Whether there is more of the span.
    pub continues: bool,
    /// What the answer held, where the next one may tell it again.
    given: Vec<T>,
}

impl<E: Spanned> Over<E> {
    /// Where the next answer begins.
    pub fn from(&self) -> OffsetDateTime {
        self.from
    }

    /// How many calls are left, if the answers cover as much as the service is documented to give, and the data reach to the
    /// end of the span. A system that is younger, or that stopped reporting, takes fewer; an answer that covers less, more.
    pub fn calls(&self) -> u32 {
        let left = Duration::try_from(self.span.end() - self.from).unwrap_or_default();
        let longest = self.request.longest().as_nanos().max(1);
        u32::try_from(left.as_nanos().div_ceil(longest)).unwrap_or(u32::MAX)
    }

    fn wanted_until(&self) -> OffsetDateTime {
        self.span
            .end()
            .min(self.from.saturating_add(signed(self.request.longest())))
    }

    fn window(&self, answer: E::Output) -> Window<E::Item> {
        let wanted = self.wanted_until();
        let begins = E::begins(&answer).unwrap_or(self.from);
        let said = E::ends(&answer);
        let ended = said.or_else(|| Some(E::present(&answer)?.min(wanted)));
        // It is as long as answers get, or a day in place of what was asked for; or it has reached the present.
        let is_a_day = said.is_some_and(|ended| ended - begins == signed(DAY));
        let is_present = ended.is_some_and(|ended| !is_a_day && ended - begins < signed(self.request.longest()));
        let items = E::items(answer);
        if !E::LABELLED_BY_END {
            return self.happenings(wanted, items);
        }
        let last = items.iter().filter_map(E::label).max();
        // For a system younger than the question the answer begins, and so ends, later than asked.
        let until = ended
            .unwrap_or(wanted)
            .max(last.unwrap_or(self.from))
            .min(self.span.end());
        // Whether an end on the border comes with the answer before or the one after is not documented.
        let belongs = |item: &E::Item| E::label(item).is_some_and(|at| at > self.after && at <= until);
        Window {
            until,
            items: items.into_iter().filter(belongs).collect(),
            continues: until < self.span.end() && until > self.from && !is_present,
            given: Vec::new(),
        }
    }

    /// Events and alarms. By which of their times the service selects is not documented, so all that it tells counts, but
    /// for what it told before and what begins after the span.
    fn happenings(&self, wanted: OffsetDateTime, items: Vec<E::Item>) -> Window<E::Item> {
        let is_new = |item: &&E::Item| {
            let begins_in_time = E::label(item).is_none_or(|at| at < self.span.end());
            begins_in_time && !self.given.contains(item)
        };
        Window {
            until: wanted,
            items: items.iter().filter(is_new).cloned().collect(),
            continues: wanted < self.span.end(),
            given: items,
        }
    }
}

impl<E: Spanned> Endpoint for Over<E> {
    type Api = E::Api;
    type Output = Window<E::Item>;
    const OPERATION: &'static Operation = E::OPERATION;

    fn parts(&self) -> Result<RequestParts, BuildError> {
        self.request.at(self.from, self.wanted_until()).parts()
    }

    fn decode(&self, response: &HttpResponse) -> Result<Self::Output, DecodeError> {
        Ok(self.window(self.request.decode(response)?))
    }
}

impl<E: Spanned> Paginated for Over<E> {
    type Item = E::Item;

    fn next(&self, page: &Self::Output) -> Option<Self> {
        page.continues.then(|| Self {
            from: page.until,
            after: page.items.iter().filter_map(E::label).max().unwrap_or(self.after),
            given: page.given.clone(),
            ..self.clone()
        })
    }

    fn items(page: Self::Output) -> Vec<Self::Item> {
        page.items
    }

    fn instead(&self, error: &Error) -> Option<Self> {
        let Error::Api(error) = error else {
            return None;
        };
        if error.status.as_u16() != 422 {
            return None;
        }
        let mut other = self.clone();
        let refusal = error.details::<Refusal>().unwrap_or_default();
        match refusal
            .first_interval
            .map(|end| end.saturating_sub(signed(FIVE_MINUTES)))
        {
            // A time before there was anything: on to where that begins.
            Some(begin) if begin > self.from && begin < self.span.end() => other.from = begin,
            _ if ABOUT_SOMETHING_ELSE.iter().any(|words| refusal.says(words)) => return None,
            _ => other.request = self.request.smaller()?,
        }
        Some(other)
    }
}

fn signed(duration: Duration) -> time::Duration {
    time::Duration::try_from(duration).unwrap_or(time::Duration::MAX)
}
