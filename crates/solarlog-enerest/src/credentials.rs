//! Logging in: an application of a user, or of a portal.

use std::sync::Arc;

use energy_core::BuildError;
use energy_core::auth::oauth::{Application, Grants, Server};
use energy_core::auth::{
    AuthError, Bearer, Connection, Login, MemoryTokenStore, Refresh, Setup, StoredToken, TokenManager,
};
use energy_core::transport::{BoxFuture, is_loopback};
use energy_core::url::Url;

use crate::package::{Audience, Package, PackageRule};

/// Where tokens are given out, for every portal.
pub const TOKEN_URL: &str = "https://auth.enerest.world/auth/realms/quotaapi/protocol/openid-connect/token";

/// How one logs in: with the client id and secret of an application, and what its package has.
///
/// What the package does not have is refused before it is sent. A token costs one request and is renewed by itself; it is
/// kept in memory.
///
/// ```
/// use solarlog_enerest::{Application, Client, Credentials, Package, base_url};
///
/// # fn example() -> Result<(), solarlog_enerest::energy_core::BuildError> {
/// let application = Application::new("client id", "client secret")?;
/// let client = Client::builder(Credentials::new(application, Package::Advanced))
///     .base_url(&base_url("sunnyhill")?)
///     .build()?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Credentials {
    application: Application,
    package: Package,
    audience: Audience,
    token_url: String,
}

impl Credentials {
    /// An application of a user's, with the User API.
    pub fn new(application: Application, package: Package) -> Self {
        Self {
            application,
            package,
            audience: Audience::User,
            token_url: TOKEN_URL.to_owned(),
        }
    }

    /// Says that the application is the portal's: it sees every plant, and with the package Advanced fleets.
    #[must_use]
    pub fn of_portal(mut self) -> Self {
        self.audience = Audience::Portal;
        self
    }

    /// Gets tokens elsewhere: from a sandbox.
    #[must_use]
    pub fn token_url(mut self, url: &str) -> Self {
        url.clone_into(&mut self.token_url);
        self
    }
}

impl Login for Credentials {
    fn connect(self, setup: &Setup) -> Result<Connection, BuildError> {
        let token_url = Url::parse(&self.token_url).map_err(|error| BuildError::new("token_url", error.to_string()))?;
        let stays_here = token_url.scheme() == "http" && is_loopback(&token_url);
        if token_url.scheme() != "https" && !stays_here {
            let reason = "must begin with https://: the client's secret goes there";
            return Err(BuildError::new("token_url", reason));
        }
        let mut server = Server::new(token_url);
        server.basic = false;
        let renewal = Renewal(Grants::new(setup, server, self.application));
        let tokens = TokenManager::new(MemoryTokenStore::default(), renewal, Arc::clone(&setup.clock));
        let rule = PackageRule {
            package: self.package,
            audience: self.audience,
        };
        Ok(Connection::new(Bearer::new(tokens)).with_access(rule))
    }
}

/// Gets the next token, which ends no other.
#[derive(Debug)]
struct Renewal(Grants);

impl Refresh for Renewal {
    fn refresh<'a>(&'a self, _: Option<&'a StoredToken>) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        Box::pin(self.0.client_credentials(&[]))
    }
}
