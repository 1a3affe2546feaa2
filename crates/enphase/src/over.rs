//! Any span of time, split into what one answer may cover, and joined again.

use std::time::Duration;

use energy_core::model::Interval;
use energy_core::{BuildError, DecodeError, Endpoint, Error, HttpResponse, Operation, Paginated, RequestParts};
use time::OffsetDateTime;

use crate::Refusal;
use crate::reading::FIVE_MINUTES;

const DAY: Duration = Duration::from_secs(86_400);

/// A request for a time that begins at a given instant and is not longer than the service allows.
pub trait Spanned: Endpoint + Clone + Unpin + 'static {
    /// What the answers hold.
    type Item: Send + Unpin + 'static;

    /// The longest time that one answer covers.
    fn longest(&self) -> Duration;

    /// The same request for the time from `from` on, and up to `until` where it can say so.
    fn at(&self, from: OffsetDateTime, until: OffsetDateTime) -> Self;

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

    /// Whether items are labelled by their end, so that one at the very end of a time still belongs to it.
    const LABELLED_BY_END: bool = true;

    /// A request for less, should the service refuse this one as too much.
    fn smaller(&self) -> Option<Self> {
        None
    }

    /// Asks for all of `span`, however long: `client.items(request.over(span))` streams what is in it, each item once and
    /// without gaps, with as few calls as the service allows. What the request says about time by itself is overruled.
    ///
    /// The service answers for at most two years back. A span that reaches into the future ends at what there is.
    fn over(&self, span: Interval) -> Over<Self> {
        Over {
            request: self.clone(),
            from: span.start(),
            span,
        }
    }
}

/// A request for any span of time. See [`Spanned::over`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a request does nothing until a client sends it"]
pub struct Over<E> {
    request: E,
    /// Where the next answer begins.
    from: OffsetDateTime,
    span: Interval,
}

/// What one answer gave of a span.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Window<T> {
    /// Up to when the answer goes.
    pub until: OffsetDateTime,
    /// What it holds.
    pub items: Vec<T>,
    /// Whether there is more of the span.
    pub continues: bool,
}

impl<E: Spanned> Over<E> {
    /// Where the next answer begins: to go on from there another time.
    pub fn from(&self) -> OffsetDateTime {
        self.from
    }

    fn wanted_until(&self) -> OffsetDateTime {
        self.span
            .end()
            .min(self.from.saturating_add(signed(self.request.longest())))
    }

    fn window(&self, answer: E::Output) -> Window<E::Item> {
        let wanted = self.wanted_until();
        let said = E::ends(&answer);
        let ended = said.or_else(|| Some(E::present(&answer)?.min(wanted)));
        let items = E::items(answer);
        let last = items.iter().filter_map(E::label).max();
        // For a system younger than the question the answer begins, and so ends, later than asked.
        let until = ended
            .unwrap_or(wanted)
            .max(last.unwrap_or(self.from))
            .min(self.span.end());
        // It has either reached the present, or covers a day in place of what was asked for.
        let is_a_day = said.is_some() && until - self.from == signed(DAY);
        let is_present = until < wanted && !is_a_day;
        let first = self.from == self.span.start();
        let belongs = |item: &E::Item| match E::label(item) {
            Some(at) if E::LABELLED_BY_END => at > self.from && at <= until,
            // What goes on since before the span is told with its first part.
            Some(at) => (first || at >= self.from) && at < until.max(wanted),
            None => first,
        };
        Window {
            until,
            items: items.into_iter().filter(belongs).collect(),
            continues: until < self.span.end() && until > self.from && !is_present,
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
            // About the time, and no shorter one would help.
            _ if refusal.says("date") => return None,
            _ => other.request = self.request.smaller()?,
        }
        Some(other)
    }
}

fn signed(duration: Duration) -> time::Duration {
    time::Duration::try_from(duration).unwrap_or(time::Duration::MAX)
}
