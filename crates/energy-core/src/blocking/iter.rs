//! Streams as iterators.

use std::fmt;
use std::pin::Pin;

use futures_core::Stream;

use super::{not_run, wait};
use crate::error::Error;

/// A stream as an iterator: each step waits for the next item.
///
/// An item that cannot be waited for, because the background thread cannot be used, is an error and the last one.
#[must_use = "items are fetched as they are asked for"]
pub struct Iter<S> {
    operation: &'static str,
    stream: Option<S>,
}

/// A stream of these crates as an iterator, such as the events of an answer.
pub fn iterate<S>(stream: S) -> Iter<S> {
    Iter::new("iterate", stream)
}

impl<S> Iter<S> {
    pub(crate) fn new(operation: &'static str, stream: S) -> Self {
        Self {
            operation,
            stream: Some(stream),
        }
    }

    /// The stream, for what it tells besides its items; `None` after a panic of its own, or where it could not be used.
    pub fn stream(&self) -> Option<&S> {
        self.stream.as_ref()
    }

    /// The stream, to go on with it in another way. `None` as with [`Iter::stream`].
    pub fn into_stream(self) -> Option<S> {
        self.stream
    }
}

impl<S: fmt::Debug> fmt::Debug for Iter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Iter").field(&self.stream).finish()
    }
}

impl<S, T, E> Iterator for Iter<S>
where
    S: Stream<Item = Result<T, E>> + Send + Unpin + 'static,
    T: Send + 'static,
    E: From<Error> + Send + 'static,
{
    type Item = Result<T, E>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut stream = self.stream.take()?;
        let step = wait(async move {
            let item = std::future::poll_fn(|context| Pin::new(&mut stream).poll_next(context)).await;
            (stream, item)
        });
        match step {
            Ok((stream, item)) => {
                self.stream = Some(stream);
                item
            }
            Err(source) => Some(Err(not_run(self.operation, source).into())),
        }
    }
}
