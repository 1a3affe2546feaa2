//! Answers in pages, as streams that own what they need.

use std::collections::HashSet;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use crate::client::ApiClient;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::transport::BoxFuture;

/// A request whose answer is one page, and which knows the request for the next.
pub trait Paginated: Endpoint + Clone + Send + Sync + Unpin + 'static {
    /// What the pages hold.
    type Item: Send + Unpin + 'static;

    /// The request for the page after `page`; `None` at the end.
    fn next(&self, page: &Self::Output) -> Option<Self>;

    /// The request to send in place of this one, which failed; `None` to end with the error.
    fn instead(&self, error: &Error) -> Option<Self> {
        let _ = error;
        None
    }

    /// What a page holds.
    fn items(page: Self::Output) -> Vec<Self::Item>;
}

/// The pages of an answer. An empty page does not end them; an error does.
///
/// A service that leads back to a page already read would be followed for ever; that ends in [`Error::Paging`].
#[must_use = "pages are fetched as they are asked for"]
pub struct Pages<E: Endpoint> {
    client: ApiClient<E::Api>,
    state: State<E>,
    /// What was asked for so far.
    seen: HashSet<String>,
}

enum State<E: Endpoint> {
    Ready(E),
    Busy(BoxFuture<'static, (E, Result<E::Output, Error>)>),
    Failed(E),
    Done,
}

impl<E: Endpoint> std::fmt::Debug for Pages<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pages")
            .field("operation", &E::OPERATION.id)
            .field("read", &self.seen.len())
            .finish_non_exhaustive()
    }
}

impl<E: Paginated> Pages<E> {
    pub(crate) fn new(client: ApiClient<E::Api>, first: E) -> Self {
        Self {
            client,
            state: State::Ready(first),
            seen: HashSet::new(),
        }
    }

    /// The next page, or `None` at the end: the stream without a stream library.
    pub async fn next(&mut self) -> Option<Result<E::Output, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The request for the page that comes next, to go on from there later; after an error, the one that failed.
    ///
    /// `None` at the end, while a page is fetched, and when the service led back to a page already read.
    pub fn into_cursor(self) -> Option<E> {
        match self.state {
            State::Ready(request) | State::Failed(request) => Some(request),
            State::Busy(_) | State::Done => None,
        }
    }

    fn was_asked(&self, request: &E) -> bool {
        request.parts().is_ok_and(|parts| self.seen.contains(&parts.identity()))
    }

    fn is_new(&mut self, request: &E) -> bool {
        // A request that cannot be built fails when it is sent, with the better message.
        request.parts().map_or(true, |parts| self.seen.insert(parts.identity()))
    }
}

impl<E: Paginated> Stream for Pages<E> {
    type Item = Result<E::Output, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Done => return Poll::Ready(None),
                State::Failed(request) => {
                    self.state = State::Failed(request);
                    return Poll::Ready(None);
                }
                State::Ready(request) => {
                    if !self.is_new(&request) {
                        let stuck = Error::Paging {
                            operation: E::OPERATION.id,
                            pages: self.seen.len(),
                        };
                        return Poll::Ready(Some(Err(stuck)));
                    }
                    let client = self.client.clone();
                    self.state = State::Busy(Box::pin(async move {
                        let page = client.send(&request).await;
                        (request, page)
                    }));
                }
                State::Busy(mut fetching) => {
                    let Poll::Ready((request, page)) = fetching.as_mut().poll(context) else {
                        self.state = State::Busy(fetching);
                        return Poll::Pending;
                    };
                    match &page {
                        Ok(page) => {
                            if let Some(next) = request.next(page) {
                                self.state = State::Ready(next);
                            }
                        }
                        Err(error) => match request.instead(error) {
                            Some(other) if !self.was_asked(&other) => {
                                self.state = State::Ready(other);
                                continue;
                            }
                            _ => self.state = State::Failed(request),
                        },
                    }
                    return Poll::Ready(Some(page));
                }
            }
        }
    }
}

/// The items of all pages.
#[must_use = "items are fetched as they are asked for"]
pub struct Items<E: Paginated> {
    pages: Pages<E>,
    page: std::vec::IntoIter<E::Item>,
}

impl<E: Paginated> std::fmt::Debug for Items<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Items")
            .field("pages", &self.pages)
            .finish_non_exhaustive()
    }
}

impl<E: Paginated> Items<E> {
    pub(crate) fn new(pages: Pages<E>) -> Self {
        Self {
            pages,
            page: Vec::new().into_iter(),
        }
    }

    /// The next item, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<E::Item, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<E: Paginated> Stream for Items<E> {
    type Item = Result<E::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match Pin::new(&mut self.pages).poll_next(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Some(Ok(page))) => self.page = E::items(page).into_iter(),
            }
        }
    }
}
