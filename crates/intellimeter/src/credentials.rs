//! Logging in: by the application itself, or by a person who authorises it.

use std::sync::Arc;

use energy_core::BuildError;
use energy_core::auth::oauth::{Application, Authorization, DeviceLogin, Dialect, Grants, Server};
use energy_core::auth::{
    AuthError, Bearer, Connection, Login, MemoryTokenStore, NoLogin, Refresh, Setup, StoredToken, TokenManager,
    TokenStore,
};
use energy_core::transport::BoxFuture;
use energy_core::url::Url;

use crate::Client;
use crate::paths::BillingPaths;
use crate::scopes::{self, Scopes};

/// How one logs in.
///
/// A call whose scope was not granted is refused before it is sent, with the name of the scope.
#[derive(Clone, Debug)]
pub struct Credentials {
    kind: Kind,
    paths: BillingPaths,
}

#[derive(Clone, Debug)]
enum Kind {
    None,
    Application {
        application: Application,
        scopes: Scopes,
        store: Arc<dyn TokenStore>,
    },
    Person {
        application: Application,
        store: Arc<dyn TokenStore>,
    },
}

impl Credentials {
    /// Not at all: the questions and the manual, and the beginning of a person's login ([`authorize`], [`device`]).
    pub fn none() -> Self {
        Self::of(Kind::None)
    }

    /// As the application itself, with the data of the account that owns it (client credentials).
    ///
    /// What is granted may be less than `scopes`: [`client_credentials`] tells. The token is kept in memory; another one
    /// costs one request.
    pub fn application(application: Application, scopes: Scopes) -> Self {
        Self::of(Kind::Application {
            application,
            scopes,
            store: Arc::new(MemoryTokenStore::default()),
        })
    }

    /// With the token of a person, from [`exchange`] or [`DeviceLogin::wait`]. Put it into the store first.
    ///
    /// It is renewed when it expires, and saved before it is used: each refresh ends the token before it, so a token that
    /// is lost means that the person must authorise again ([`Error::is_unauthorized`](energy_core::Error::is_unauthorized)).
    /// Put the new token into the same store then, and the client goes on.
    pub fn person(application: Application, store: impl TokenStore) -> Self {
        Self::of(Kind::Person {
            application,
            store: Arc::new(store),
        })
    }

    fn of(kind: Kind) -> Self {
        Self {
            kind,
            paths: BillingPaths::default(),
        }
    }

    /// Says where the server has its billing operations: the documentation is of two minds.
    #[must_use]
    pub fn billing_paths(mut self, paths: BillingPaths) -> Self {
        self.paths = paths;
        self
    }
}

impl Login for Credentials {
    fn connect(self, setup: &Setup) -> Result<Connection, BuildError> {
        let manager = |store, grants, scopes| {
            let renewal = Renewal { grants, scopes };
            let tokens = TokenManager::from_shared(store, Arc::new(renewal), Arc::clone(&setup.clock));
            Connection::new(Bearer::new(tokens).with_scopes(scopes::covers))
        };
        let connection = match self.kind {
            Kind::None => Connection::new(NoLogin),
            Kind::Application {
                application,
                scopes,
                store,
            } => manager(store, grants(setup, application)?, Some(scopes)),
            Kind::Person { application, store } => manager(store, grants(setup, application)?, None),
        };
        Ok(match self.paths.rule() {
            Some(rule) => connection.with_paths(rule),
            None => connection,
        })
    }
}

/// The vendor's OAuth server: one address for everything, JSON, and names of its own.
fn grants(setup: &Setup, application: Application) -> Result<Grants, BuildError> {
    let mut server = Server::new(setup.address(&["auth"])?);
    server.authorize_url = Some(setup.address(&["auth", "authorization"])?);
    server.device_url = Some(setup.address(&["auth"])?);
    server.dialect = Dialect::Json;
    server.basic = false;
    server.device_grant = DEVICE_GRANT;
    // A refresh is proven by the old tokens alone.
    server.left_out_of_refresh = &["client_id", "client_secret"];
    Ok(Grants::new(setup, server, application))
}

const DEVICE_GRANT: &str = "device_code";

/// Gets the next token.
#[derive(Debug)]
struct Renewal {
    grants: Grants,
    /// Of an application that needs no person.
    scopes: Option<Scopes>,
}

impl Refresh for Renewal {
    fn refresh<'a>(&'a self, current: Option<&'a StoredToken>) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        Box::pin(async move {
            match (&self.scopes, current) {
                // An application may always ask for a new token, which ends no other.
                (Some(scopes), _) => self.grants.client_credentials(&scopes.to_list()).await,
                (None, Some(token)) => self.grants.refresh(token, &[("access_token", &token.access)]).await,
                (None, None) => Err(AuthError::Reauthorise(
                    "nobody has authorised this application yet".to_owned(),
                )),
            }
        })
    }
}

/// A token for the application itself, as [`Credentials::application`] gets one: to see what is granted before it
/// matters.
///
/// ```no_run
/// # async fn example(client: intellimeter::Client, application: intellimeter::Application)
/// # -> Result<(), Box<dyn std::error::Error>> {
/// use intellimeter::{Scopes, client_credentials};
///
/// let asked: Scopes = "billing:*:* uac:users:*".parse()?;
/// let token = client_credentials(&client, &application, &asked).await?;
/// for scope in asked.missing_from(&Scopes::granted(&token)) {
///     println!("{scope} was not granted");
/// }
/// # Ok(()) }
/// ```
///
/// # Errors
///
/// [`AuthError`]: the application is not known, or the service does not answer.
pub async fn client_credentials(
    client: &Client,
    application: &Application,
    scopes: &Scopes,
) -> Result<StoredToken, AuthError> {
    let grants =
        grants(&client.setup(), application.clone()).map_err(|error| AuthError::Malformed(error.to_string()))?;
    grants.client_credentials(&scopes.to_list()).await
}

/// Begins a login in the browser (authorization code): send the person to [`Authorization::url`], and hand the address
/// they come back to to [`exchange`].
///
/// The vendor documents no `state`; one is sent all the same, and has to come back.
///
/// - `client`: any client of the same service, such as one built with [`Credentials::none`].
///
/// # Errors
///
/// A redirect address that is none.
pub fn authorize(client: &Client, application: &Application, redirect_uri: &str) -> Result<Authorization, BuildError> {
    grants(&client.setup(), application.clone())?.authorize(redirect_uri, &[])
}

/// Ends a login in the browser: checks the `state`, and gets the person's token for the code.
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
    let grants =
        grants(&client.setup(), application.clone()).map_err(|error| AuthError::Malformed(error.to_string()))?;
    grants.exchange(&code).await
}

/// Begins a login without a browser (device code): show [`DeviceLogin::user_code`] and
/// [`DeviceLogin::verification_uri`], and [`DeviceLogin::wait`].
///
/// # Errors
///
/// [`AuthError`]: the application is not known, or the service does not answer.
pub async fn device(client: &Client, application: &Application) -> Result<DeviceLogin, AuthError> {
    let grants =
        grants(&client.setup(), application.clone()).map_err(|error| AuthError::Malformed(error.to_string()))?;
    grants.device(&[], &[("grant_type", DEVICE_GRANT)]).await
}
