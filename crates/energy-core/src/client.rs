//! The client of one vendor's API.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use url::Url;

use crate::auth::{Login, Setup};
use crate::call::{Call, Response};
use crate::clock::{Clock, Jitter, RandomJitter, SystemClock};
use crate::connections::Connections;
use crate::endpoint::{Api, Endpoint};
use crate::error::{BuildError, Error};
use crate::limit::{Limiter, OnLimit};
use crate::page::{Items, Pages, Paginated};
use crate::retry::{RetryBudget, RetryPolicy};
use crate::run::{Behaviour, Core};
use crate::transport::{SendOptions, Transport, is_loopback};

/// Sends the requests of one API. Build one and clone it freely: clones share connections, login and quota.
///
/// There is one way to call, for every operation of every vendor: `client.send(&request).await`. Around it stand
/// [`call`](Self::call) for options of one call and for the whole answer, [`pages`](Self::pages) and
/// [`items`](Self::items) for answers in pages, and [`Call::download`] for large bodies.
pub struct ApiClient<A> {
    pub(crate) core: Arc<Core>,
    api: PhantomData<fn() -> A>,
}

impl<A> Clone for ApiClient<A> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            api: PhantomData,
        }
    }
}

impl<A: Api> std::fmt::Debug for ApiClient<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiClient")
            .field("api", &A::NAME)
            .field("base_url", &self.core.base_url.as_str())
            .finish_non_exhaustive()
    }
}

impl<A: Api> ApiClient<A> {
    /// A client with this login and the usual settings.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn new(login: A::Login) -> Result<Self, BuildError> {
        Self::builder(login).build()
    }

    /// A client with this login and settings of your own.
    pub fn builder(login: A::Login) -> ClientBuilder<A> {
        ClientBuilder::new(login)
    }

    /// Sends a request and reads its answer.
    ///
    /// # Errors
    ///
    /// [`Error`] says what failed, whether anything was sent, and what to do.
    pub async fn send<E: Endpoint<Api = A>>(&self, request: &E) -> Result<E::Output, Error> {
        self.call(request).send().await
    }

    /// A call with options of its own, or whose whole answer is wanted.
    pub fn call<'a, E: Endpoint<Api = A>>(&'a self, request: &'a E) -> Call<'a, E> {
        Call::new(self, request)
    }

    /// The pages of an answer, fetched one after the other as they are asked for.
    pub fn pages<E: Paginated<Api = A>>(&self, first: E) -> Pages<E> {
        Pages::new(self.clone(), first)
    }

    /// The items of all pages, one after the other.
    pub fn items<E: Paginated<Api = A>>(&self, first: E) -> Items<E> {
        Items::new(self.pages(first))
    }

    /// The same client with calls that block the thread.
    #[cfg(feature = "blocking")]
    pub fn blocking(&self) -> crate::blocking::BlockingClient<A> {
        crate::blocking::BlockingClient::new(self.clone())
    }

    /// The client-side count of the quota, to be stored and restored around a restart.
    pub fn limiter(&self) -> &Limiter {
        &self.core.limiter
    }

    /// What a login needs to know of this client: its address, transport and clock. For logins in several steps, such as
    /// those in which a person takes part.
    pub fn setup(&self) -> Setup {
        Setup::new(
            self.core.base_url.clone(),
            Arc::clone(&self.core.transport),
            Arc::clone(&self.core.clock),
        )
    }

    /// Where the API is, without any login.
    pub fn base_url(&self) -> &Url {
        &self.core.base_url
    }

    pub(crate) async fn send_full<E: Endpoint<Api = A>>(
        &self,
        request: &E,
        options: crate::run::CallOptions,
    ) -> Result<Response<E::Output>, Error> {
        let reply = self.core.run(E::OPERATION, request.parts(), options).await?;
        Response::read(request, reply)
    }
}

/// The settings of a client.
pub struct ClientBuilder<A: Api> {
    login: A::Login,
    base_url: Result<Url, url::ParseError>,
    transport: Option<Arc<dyn Transport>>,
    retry: RetryPolicy,
    retry_budget: u32,
    options: SendOptions,
    max_connections: usize,
    limiter: Option<Limiter>,
    on_limit: OnLimit,
    user_agent: String,
    clock: Arc<dyn Clock>,
    jitter: Arc<dyn Jitter>,
    allow_insecure_http: bool,
}

impl<A: Api> std::fmt::Debug for ClientBuilder<A>
where
    A::Login: std::fmt::Debug,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Whole, the address may hold a password that `build` has not refused yet.
        let origin = self.base_url.as_ref().map(|url| url.origin().ascii_serialization());
        f.debug_struct("ClientBuilder")
            .field("api", &A::NAME)
            .field("login", &self.login)
            .field("base_url", &origin)
            .field("retry", &self.retry)
            .field("on_limit", &self.on_limit)
            .field("options", &self.options)
            .field("max_connections", &self.max_connections)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

impl<A: Api> ClientBuilder<A> {
    fn new(login: A::Login) -> Self {
        Self {
            login,
            base_url: Url::parse(A::BASE_URL),
            transport: None,
            retry: RetryPolicy::default(),
            retry_budget: 20,
            options: SendOptions::default(),
            max_connections: 100,
            limiter: None,
            on_limit: OnLimit::default(),
            user_agent: format!("energy-sdk-{}/{}", A::NAME, env!("CARGO_PKG_VERSION")),
            clock: Arc::new(SystemClock::new()),
            jitter: Arc::new(RandomJitter),
            allow_insecure_http: false,
        }
    }

    /// Speaks to another server: a sandbox, a mirror, a proxy. A path in it is kept in front of every request.
    #[must_use]
    pub fn base_url(mut self, url: &str) -> Self {
        self.base_url = Url::parse(url);
        self
    }

    /// Sends over this transport instead of reqwest.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// When and how often a call is sent again.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How many retries all calls together may have in hand. Default 20; every five successes give one back. A retry after
    /// too many calls, at the time that the service named, costs none.
    #[must_use]
    pub fn retry_budget(mut self, retries: u32) -> Self {
        self.retry_budget = retries;
        self
    }

    /// How long one attempt may take. Default 30 s. Requests of the login's own, such as for a token, keep the
    /// default.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// How many bytes an answer may have. Default 8 MiB. Downloads have a limit of their own.
    #[must_use]
    pub fn max_body(mut self, bytes: u64) -> Self {
        self.options.max_body = bytes;
        self
    }

    /// How many calls may be under way at once, each of which has a connection to itself; more than that wait their turn,
    /// first come, first served. Default 100. Neither the timeout nor the deadline of a call counts that wait; to bound it,
    /// give the call up: that spends nothing of the quota.
    ///
    /// Blocking calls have as many of their own. What the program itself keeps open is on top: streams and downloads
    /// that have begun, and a login's request for a token. A connection that has just got free may be overlooked, so that
    /// for a while a few more are open than are in use.
    #[must_use]
    pub fn max_connections(mut self, most: usize) -> Self {
        self.max_connections = most;
        self
    }

    /// Counts calls with this limiter instead of one that the login's plan gives.
    #[must_use]
    pub fn limiter(mut self, limiter: Limiter) -> Self {
        self.limiter = Some(limiter);
        self
    }

    /// Whether a used-up quota is an error (default) or waited for.
    #[must_use]
    pub fn on_limit(mut self, on_limit: OnLimit) -> Self {
        self.on_limit = on_limit;
        self
    }

    /// Names your program to the service.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// Takes the time, and waits, from here.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Spreads waits with this.
    #[must_use]
    pub fn jitter(mut self, jitter: impl Jitter) -> Self {
        self.jitter = Arc::new(jitter);
        self
    }

    /// Lets a base URL be plain `http` although it is not on this machine. Keys and data then travel in the open, to the
    /// proxy as well if the environment names one.
    #[must_use]
    pub fn allow_insecure_http(mut self) -> Self {
        self.allow_insecure_http = true;
        self
    }

    /// The client. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`BuildError`] that names the setting: a base URL that is none, or plain `http` to another machine; a user agent
    /// that no header can carry; no connection allowed; credentials that the service is known to refuse; no transport, or
    /// one that cannot be set up.
    pub fn build(self) -> Result<ApiClient<A>, BuildError> {
        let base_url = self.base_url.map_err(|error| {
            let reason = if A::BASE_URL.is_empty() {
                format!(
                    "has to be given for {}, and must begin with https:// or http:// ({error})",
                    A::NAME
                )
            } else {
                format!("must begin with https:// or http:// ({error})")
            };
            BuildError::new("base_url", reason)
        })?;
        check_base_url(&base_url, self.allow_insecure_http)?;
        let user_agent = HeaderValue::try_from(self.user_agent)
            .map_err(|_| BuildError::new("user_agent", "has characters that a header cannot carry"))?;
        if self.max_connections == 0 {
            return Err(BuildError::new(
                "max_connections",
                "must be 1 or more, or no call could be sent",
            ));
        }
        let transport = match self.transport {
            Some(transport) => transport,
            None => default_transport(&base_url)?,
        };
        let setup = Setup::new(base_url.clone(), Arc::clone(&transport), Arc::clone(&self.clock));
        let connection = self.login.connect(&setup)?;
        let limiter = self.limiter.unwrap_or_else(|| Limiter::new(connection.windows));
        let core = Core {
            behaviour: Behaviour::of::<A>(),
            base_url,
            transport,
            authenticator: connection.authenticator,
            access: connection.access,
            paths: connection.paths,
            connections: Connections::new(self.max_connections),
            limiter,
            on_limit: self.on_limit,
            retry: self.retry,
            budget: RetryBudget::new(self.retry_budget),
            options: self.options,
            user_agent,
            clock: self.clock,
            jitter: self.jitter,
        };
        Ok(ApiClient {
            core: Arc::new(core),
            api: PhantomData,
        })
    }
}

fn check_base_url(url: &Url, allow_insecure_http: bool) -> Result<(), BuildError> {
    let wrong = |why: &str| Err(BuildError::new("base_url", why));
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("holds a user name or password; pass credentials as a login");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return wrong("has a query or fragment, which no request could keep");
    }
    if url.path().contains("//") {
        return wrong("has an empty part in its path");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if allow_insecure_http || is_loopback(url) => Ok(()),
        "http" => wrong("is plain http to another machine: use https, or say `allow_insecure_http`"),
        _ => wrong("must begin with https:// or http://"),
    }
}

#[cfg(feature = "reqwest")]
fn default_transport(base_url: &Url) -> Result<Arc<dyn Transport>, BuildError> {
    match crate::transport::reqwest::ReqwestTransport::for_base_url(base_url) {
        Ok(transport) => Ok(Arc::new(transport)),
        Err(error) => Err(BuildError::new("transport", error.to_string())),
    }
}

#[cfg(not(feature = "reqwest"))]
fn default_transport(_: &Url) -> Result<Arc<dyn Transport>, BuildError> {
    Err(BuildError::new(
        "transport",
        "none is built in: turn on the feature `rustls`, or pass one to the builder",
    ))
}
