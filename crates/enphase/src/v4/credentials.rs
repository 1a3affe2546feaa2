//! Logging in: OAuth 2 with a token for each person, and the application's key.

use std::sync::Arc;

use energy_core::BuildError;
use energy_core::auth::oauth::{Application, Authorization, Dialect, Grants, Server};
use energy_core::auth::{
    AuthError, Bearer, Connection, HeaderKey, Login, QueryKey, Refresh, Setup, StoredToken, TokenManager, TokenStore,
    WithKey,
};
use energy_core::http::HeaderName;
use energy_core::transport::BoxFuture;
use energy_core::url::Url;

use super::plan::PlanRule;
use super::proof::PatientBearer;
use super::{Client, Plan};
use crate::Secret;

/// The redirect address that every application has: its page shows the code, for programs without a web server.
pub const DEFAULT_REDIRECT_URI: &str = "https://api.enphaseenergy.com/oauth/redirect_uri";

/// Where the application's key is sent. The documentation has both; clients report unexplained 401s with the header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyPlace {
    /// As the parameter `key` of the query.
    #[default]
    Query,
    /// As the header `key`, which servers and proxies do not write into their logs.
    Header,
}

/// How one logs in: an application with its key, and the token of a person who authorised it.
///
/// The token is renewed before it expires, and the new one is saved before it is used, because each refresh ends the
/// refresh token before it. With a [`FileTokenStore`](crate::FileTokenStore) several programs may share one token: one of
/// them renews it for all. When the service wants the person to authorise again, calls end with an error that
/// [`is_unauthorized`](energy_core::Error::is_unauthorized); put the new token into the same store, and the client goes on.
///
/// ```
/// use enphase::FileTokenStore;
/// use enphase::v4::{Application, Client, Credentials, Plan};
///
/// # fn example() -> Result<(), enphase::energy_core::BuildError> {
/// let application = Application::new("client id", "client secret")?;
/// let store = FileTokenStore::new("enphase-token.json");
/// let client = Client::new(Credentials::new("API key", application, store)?.plan(Plan::Watt))?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Credentials {
    key: Secret,
    place: KeyPlace,
    application: Application,
    store: Arc<dyn TokenStore>,
    plan: Option<Plan>,
    person: Option<Person>,
}

/// Whose password the application has.
#[derive(Clone, Debug)]
struct Person {
    user: Secret,
    password: Secret,
}

impl Credentials {
    /// The key and the application, and where the token is: put it there first, see [`exchange`].
    ///
    /// # Errors
    ///
    /// A key that is empty or has white space in it.
    pub fn new(key: impl Into<Secret>, application: Application, store: impl TokenStore) -> Result<Self, BuildError> {
        let key = key.into();
        if key.expose().is_empty() {
            return Err(BuildError::new("key", "is empty"));
        }
        if key.expose().contains(char::is_whitespace) {
            return Err(BuildError::new(
                "key",
                "has white space in it, as when it was read from a file",
            ));
        }
        Ok(Self {
            key,
            place: KeyPlace::default(),
            application,
            store: Arc::new(store),
            plan: None,
            person: None,
        })
    }

    /// Says which plan the application has: its quotas are kept, and what it lacks is refused before it is sent. Without
    /// it nothing is counted and nothing refused.
    #[must_use]
    pub fn plan(mut self, plan: Plan) -> Self {
        self.plan = Some(plan);
        self
    }

    /// Says where the key is sent.
    #[must_use]
    pub fn key_in(mut self, place: KeyPlace) -> Self {
        self.place = place;
        self
    }

    /// Logs in by itself, with the e-mail address and password of an Enlighten account, when there is no token or the
    /// service wants a person to authorise again. For applications on the Partner plan only.
    #[must_use]
    pub fn with_password(mut self, user: impl Into<Secret>, password: impl Into<Secret>) -> Self {
        self.person = Some(Person {
            user: user.into(),
            password: password.into(),
        });
        self
    }
}

impl Login for Credentials {
    fn connect(self, setup: &Setup) -> Result<Connection, BuildError> {
        let renewal = Renewal {
            grants: grants(setup, self.application)?,
            person: self.person,
        };
        let has_password = renewal.person.is_some();
        let tokens = TokenManager::from_shared(Arc::clone(&self.store), Arc::new(renewal), Arc::clone(&setup.clock));
        let token = PatientBearer::new(Bearer::new(tokens), self.store, has_password, Arc::clone(&setup.clock));
        let connection = match self.place {
            KeyPlace::Query => Connection::new(WithKey::new(token, QueryKey::new([("key", self.key)]))),
            KeyPlace::Header => {
                let key = HeaderKey::new(HeaderName::from_static("key"), self.key);
                Connection::new(WithKey::new(token, key))
            }
        };
        Ok(match self.plan {
            Some(plan) => connection.with_access(PlanRule(plan)).with_windows(plan.windows()),
            None => connection,
        })
    }
}

/// The vendor's OAuth server: parameters in the query, the application as HTTP Basic.
fn grants(setup: &Setup, application: Application) -> Result<Grants, BuildError> {
    let mut server = Server::new(setup.address(&["oauth", "token"])?);
    server.authorize_url = Some(setup.address(&["oauth", "authorize"])?);
    server.dialect = Dialect::Query;
    Ok(Grants::new(setup, server, application))
}

fn grants_of(client: &Client, application: &Application) -> Result<Grants, AuthError> {
    grants(&client.setup(), application.clone()).map_err(|error| AuthError::Malformed(error.to_string()))
}

/// Gets the next token.
#[derive(Debug)]
struct Renewal {
    grants: Grants,
    person: Option<Person>,
}

impl Renewal {
    async fn log_in(&self, reason: AuthError) -> Result<StoredToken, AuthError> {
        let Some(person) = &self.person else {
            return Err(reason);
        };
        let token = self.grants.password(person.user.expose(), &person.password).await;
        token.map_err(|error| match error {
            // Said again with every call, a wrong password would lock the account.
            AuthError::Malformed(words) => AuthError::Reauthorise(format!("the password was not accepted: {words}")),
            other => other,
        })
    }
}

impl Refresh for Renewal {
    fn refresh<'a>(&'a self, current: Option<&'a StoredToken>) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        Box::pin(async move {
            let Some(token) = current else {
                let nobody = "nobody has authorised this application yet: see `enphase::v4::authorize`";
                return self.log_in(AuthError::Reauthorise(nobody.to_owned())).await;
            };
            match self.grants.refresh(token, &[]).await {
                Err(refused @ AuthError::Reauthorise(_)) => self.log_in(refused).await,
                other => other,
            }
        })
    }
}

/// Begins a login in the browser: send the person to [`Authorization::url`], and hand the address they come back to to
/// [`exchange`].
///
/// - `client`: any client of the same service; its store may still be empty.
/// - `redirect_uri`: one that is registered for the application, or [`DEFAULT_REDIRECT_URI`].
///
/// # Errors
///
/// A redirect address that is none.
pub fn authorize(client: &Client, application: &Application, redirect_uri: &str) -> Result<Authorization, BuildError> {
    grants(&client.setup(), application.clone())?.authorize(redirect_uri, &[])
}

/// Ends a login in the browser: checks the `state`, and gets the person's token for the code. Save it in the store of the
/// client.
///
/// ```no_run
/// # async fn example(client: enphase::v4::Client, application: enphase::v4::Application, came_back: enphase::Url)
/// # -> Result<(), Box<dyn std::error::Error>> {
/// use enphase::v4::{authorize, exchange};
/// use enphase::{FileTokenStore, TokenStore};
///
/// let authorization = authorize(&client, &application, "https://home.example/back")?;
/// println!("please open {}", authorization.url());
/// // … the browser comes back …
/// let token = exchange(&client, &application, &authorization, &came_back).await?;
/// FileTokenStore::new("enphase-token.json").save(&token).await?;
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`AuthError::Reauthorise`] when the person said no; [`AuthError::Malformed`] when the `state` is another.
pub async fn exchange(
    client: &Client,
    application: &Application,
    authorization: &Authorization,
    came_back: &Url,
) -> Result<StoredToken, AuthError> {
    let code = authorization.code(came_back)?;
    let mut pairs = authorization.url().query_pairs();
    let redirect_uri = pairs
        .find(|(name, _)| name == "redirect_uri")
        .map(|(_, uri)| uri.into_owned());
    let redirect_uri = redirect_uri.unwrap_or_else(|| DEFAULT_REDIRECT_URI.to_owned());
    exchange_code(client, application, &code, &redirect_uri).await
}

/// Gets the person's token for a code that they read off the page at [`DEFAULT_REDIRECT_URI`]. Nothing proves then that the
/// code belongs to the login that was begun here; where the browser comes back to a page of your own, use [`exchange`].
///
/// - `redirect_uri`: the same that was given to [`authorize`].
///
/// # Errors
///
/// [`AuthError`]: the code is good once, and not for long.
pub async fn exchange_code(
    client: &Client,
    application: &Application,
    code: &Secret,
    redirect_uri: &str,
) -> Result<StoredToken, AuthError> {
    grants_of(client, application)?.exchange_at(code, redirect_uri).await
}

/// Gets a token for the e-mail address and password of an Enlighten account. For applications on the Partner plan only.
/// [`Credentials::with_password`] does so by itself.
///
/// # Errors
///
/// [`AuthError`]: address or password is wrong, or the application is on another plan.
pub async fn password(
    client: &Client,
    application: &Application,
    user: &str,
    password: &Secret,
) -> Result<StoredToken, AuthError> {
    grants_of(client, application)?.password(user, password).await
}
