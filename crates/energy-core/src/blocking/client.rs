//! The blocking client of one vendor's API.

use super::call::BlockingCall;
use super::iter::Iter;
use crate::client::ApiClient;
use crate::endpoint::{Api, Endpoint};
use crate::error::Error;
use crate::page::{Items, Pages, Paginated};

/// As [`ApiClient`], with calls that block the thread. It shares connections, login and quota with its clones, and all
/// but the connections with the client it was made from.
pub struct BlockingClient<A>(ApiClient<A>);

impl<A> Clone for BlockingClient<A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<A: Api> std::fmt::Debug for BlockingClient<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("BlockingClient").field(&self.0).finish()
    }
}

impl<A: Api> BlockingClient<A> {
    pub(crate) fn new(client: ApiClient<A>) -> Self {
        Self(client)
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    ///
    /// As [`ApiClient::send`]; and [`Error::Build`] when the background thread cannot be used.
    pub fn send<E: Endpoint<Api = A>>(&self, request: &E) -> Result<E::Output, Error> {
        self.call(request).send()
    }

    /// A call with options of its own, or whose whole answer is wanted.
    pub fn call<'a, E: Endpoint<Api = A>>(&self, request: &'a E) -> BlockingCall<'a, E> {
        BlockingCall::new(&self.0.core, request)
    }

    /// The pages of an answer, fetched one after the other as they are asked for.
    pub fn pages<E: Paginated<Api = A>>(&self, first: E) -> Iter<Pages<E>> {
        Iter::new(E::OPERATION.id, self.0.pages(first))
    }

    /// The items of all pages, one after the other.
    pub fn items<E: Paginated<Api = A>>(&self, first: E) -> Iter<Items<E>> {
        Iter::new(E::OPERATION.id, self.0.items(first))
    }

    /// The client it was made from, for what needs no waiting.
    pub fn client(&self) -> &ApiClient<A> {
        &self.0
    }
}
