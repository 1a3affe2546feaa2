//! The grants of OAuth 2 for one application at one server.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, RedirectUrl, RefreshToken, ResourceOwnerPassword, ResourceOwnerUsername, Scope, TokenResponse,
    TokenUrl,
};
use url::Url;

use super::{Dialect, OauthHttp, auth_error, refresh_error};
use crate::auth::{AuthError, Setup, StoredToken};
use crate::clock::Clock;
use crate::error::BuildError;
use crate::secret::Secret;
use crate::transport::BoxFuture;

/// A vendor's OAuth server: where it is, and what it wants otherwise than the standards say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Server {
    /// Where tokens are given out.
    pub token_url: Url,
    /// Where people authorise applications in a browser.
    pub authorize_url: Option<Url>,
    /// Where a login without a browser begins.
    pub device_url: Option<Url>,
    /// How parameters are sent.
    pub dialect: Dialect,
    /// Whether the application's id and secret are sent as HTTP Basic (the default), or among the parameters.
    pub basic: bool,
    /// What the grant of a device is called.
    pub device_grant: &'static str,
    /// The parameters that the server does not want on a refresh.
    pub left_out_of_refresh: &'static [&'static str],
}

impl Server {
    /// A server that does as the standards say.
    pub fn new(token_url: Url) -> Self {
        Self {
            token_url,
            authorize_url: None,
            device_url: None,
            dialect: Dialect::Form,
            basic: true,
            device_grant: "urn:ietf:params:oauth:grant-type:device_code",
            left_out_of_refresh: &[],
        }
    }
}

/// An application as it is registered with a vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    id: String,
    secret: Option<Secret>,
}

impl Application {
    /// An application with its secret.
    ///
    /// # Errors
    ///
    /// An id or secret that is empty, or has white space at its ends.
    pub fn new(id: impl Into<String>, secret: impl Into<Secret>) -> Result<Self, BuildError> {
        let (id, secret) = (id.into(), secret.into());
        for (name, text) in [("client_id", id.as_str()), ("client_secret", secret.expose())] {
            if text.is_empty() {
                return Err(BuildError::new(name, "is empty"));
            }
            if text.trim() != text {
                let reason = "has white space at its beginning or end, as when it was read from a file";
                return Err(BuildError::new(name, reason));
            }
        }
        Ok(Self {
            id,
            secret: Some(secret),
        })
    }

    /// Its id, which is no secret.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }
}

/// Gets tokens for one application at one server, by every grant.
#[derive(Clone, Debug)]
pub struct Grants {
    pub(super) http: OauthHttp,
    pub(super) server: Server,
    pub(super) application: Application,
    pub(super) clock: Arc<dyn Clock>,
}

type TokenClient = BasicClient<EndpointMaybeSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

// The futures are boxed: an `async fn` is compiled where it is awaited, and what these take of `oauth2` would be compiled
// once more in each vendor's crate.
impl Grants {
    /// The grants of `application` at `server`, sent over the transport of `setup`.
    pub fn new(setup: &Setup, server: Server, application: Application) -> Self {
        Self {
            http: OauthHttp::new(Arc::clone(&setup.transport), server.dialect),
            server,
            application,
            clock: Arc::clone(&setup.clock),
        }
    }

    pub(super) fn client(&self) -> TokenClient {
        let mut client = BasicClient::new(ClientId::new(self.application.id.clone()))
            .set_token_uri(TokenUrl::from_url(self.server.token_url.clone()))
            .set_auth_type(if self.server.basic {
                AuthType::BasicAuth
            } else {
                AuthType::RequestBody
            });
        if let Some(secret) = &self.application.secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
        }
        client.set_auth_uri_option(self.server.authorize_url.clone().map(AuthUrl::from_url))
    }

    /// A token for the application itself.
    ///
    /// # Errors
    ///
    /// [`AuthError`]; the application's id or secret is wrong, or the server does not answer.
    pub fn client_credentials<'a>(&'a self, scopes: &'a [String]) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        Box::pin(async move {
            let client = self.client();
            let request = client
                .exchange_client_credentials()
                .add_scopes(scopes.iter().cloned().map(Scope::new));
            let answer = request.request_async(&self.http).await.map_err(auth_error)?;
            let mut token = stored(&answer, &*self.clock);
            if answer.scopes().is_none() {
                // Without a word about them, they are as asked for.
                token.scopes = scopes.to_vec();
            }
            Ok(token)
        })
    }

    /// A token for a person whose password the application has.
    ///
    /// # Errors
    ///
    /// As [`Grants::client_credentials`].
    pub fn password<'a>(
        &'a self,
        user: &'a str,
        password: &'a Secret,
    ) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        Box::pin(async move {
            let (client, user) = (self.client(), ResourceOwnerUsername::new(user.to_owned()));
            let password = ResourceOwnerPassword::new(password.expose().to_owned());
            let request = client.exchange_password(&user, &password);
            let answer = request.request_async(&self.http).await.map_err(auth_error)?;
            Ok(stored(&answer, &*self.clock))
        })
    }

    /// Another token for one that expires. Scopes and refresh token stay, where the server does not give new ones.
    ///
    /// - `more`: what the server wants beyond the standard, such as the old access token.
    ///
    /// # Errors
    ///
    /// [`AuthError::Reauthorise`] without a refresh token, or when the server refuses it; others may pass.
    pub fn refresh<'a>(
        &'a self,
        token: &'a StoredToken,
        more: &'a [(&'static str, &'a Secret)],
    ) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        Box::pin(async move {
            let Some(refresh) = &token.refresh else {
                return Err(AuthError::Reauthorise("the token has no refresh token".to_owned()));
            };
            let (client, refresh) = (self.client(), RefreshToken::new(refresh.expose().to_owned()));
            let mut request = client.exchange_refresh_token(&refresh);
            for (name, value) in more {
                request = request.add_extra_param(*name, value.expose().to_owned());
            }
            let http = self.http.clone().without(self.server.left_out_of_refresh);
            let answer = request.request_async(&http).await.map_err(refresh_error)?;
            let mut new = stored(&answer, &*self.clock);
            if new.refresh.is_none() {
                new.refresh.clone_from(&token.refresh);
            }
            if new.scopes.is_empty() {
                new.scopes.clone_from(&token.scopes);
            }
            Ok(new)
        })
    }

    /// The address at which a person authorises the application, with a `state` that is new each time.
    ///
    /// # Errors
    ///
    /// For a redirect address that is none, and for servers without such a page.
    pub fn authorize(&self, redirect_uri: &str, scopes: &[String]) -> Result<Authorization, BuildError> {
        let redirect = RedirectUrl::new(redirect_uri.to_owned())
            .map_err(|error| BuildError::new("redirect_uri", error.to_string()))?;
        let client = self.client();
        let request = client
            .authorize_url(CsrfToken::new_random)
            .map_err(|_| BuildError::new("authorize_url", "this server has no page to authorise on"))?;
        let (url, state) = request
            .add_scopes(scopes.iter().cloned().map(Scope::new))
            .set_redirect_uri(Cow::Owned(redirect))
            .url();
        Ok(Authorization {
            url,
            state: Secret::new(state.into_secret()),
        })
    }

    /// The token for a code that came with the redirect. See [`Authorization::code`].
    ///
    /// # Errors
    ///
    /// As [`Grants::client_credentials`]; a code is good once, and not for long.
    pub async fn exchange(&self, code: &Secret) -> Result<StoredToken, AuthError> {
        self.exchange_with(code, None).await
    }

    /// As [`Grants::exchange`], for a server that wants to be told again where the person was sent back to.
    ///
    /// # Errors
    ///
    /// As [`Grants::exchange`], and for a redirect address that is none.
    pub async fn exchange_at(&self, code: &Secret, redirect_uri: &str) -> Result<StoredToken, AuthError> {
        let redirect =
            RedirectUrl::new(redirect_uri.to_owned()).map_err(|error| AuthError::Malformed(error.to_string()))?;
        self.exchange_with(code, Some(redirect)).await
    }

    fn exchange_with<'a>(
        &'a self,
        code: &'a Secret,
        redirect: Option<RedirectUrl>,
    ) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        Box::pin(async move {
            let client = self.client();
            let mut request = client.exchange_code(AuthorizationCode::new(code.expose().to_owned()));
            if let Some(redirect) = redirect {
                request = request.set_redirect_uri(Cow::Owned(redirect));
            }
            let answer = request.request_async(&self.http).await.map_err(auth_error)?;
            Ok(stored(&answer, &*self.clock))
        })
    }
}

/// A server's answer as it is kept.
pub(super) fn stored(answer: &BasicTokenResponse, clock: &dyn Clock) -> StoredToken {
    let mut token = StoredToken::new(answer.access_token().secret().as_str());
    token.refresh = answer.refresh_token().map(|token| Secret::new(token.secret().as_str()));
    // Longer than a year is no promise that anybody keeps.
    let year = Duration::from_secs(366 * 86_400);
    token.expires_at = answer.expires_in().map(|lives| clock.now() + lives.min(year));
    let scopes = answer.scopes().into_iter().flatten();
    token.scopes = scopes.map(|scope| scope.to_string()).collect();
    token
}

/// A page on which a person authorises an application, and the `state` that proves that the answer is to this question.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    url: Url,
    state: Secret,
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let page = self.url.as_str().split('?').next();
        f.debug_struct("Authorization")
            .field("page", &page)
            .finish_non_exhaustive()
    }
}

impl Authorization {
    /// Begins again with a `state` that was kept while the person was away.
    pub fn resume(url: Url, state: impl Into<Secret>) -> Self {
        Self {
            url,
            state: state.into(),
        }
    }

    /// Where to send the person.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// What the answer must repeat. Keep it with the person's session.
    pub fn state(&self) -> &Secret {
        &self.state
    }

    /// The code in the address that the person was sent back to, once its `state` is checked.
    ///
    /// # Errors
    ///
    /// [`AuthError::Reauthorise`] when the person said no; [`AuthError::Malformed`] when there is no code, or the
    /// `state` is missing or another: somebody else may have made that link.
    pub fn code(&self, came_back: &Url) -> Result<Secret, AuthError> {
        match value(came_back, "state").map(Secret::new) {
            Some(state) if state == self.state => Self::code_without_state(came_back),
            Some(_) => Err(AuthError::Malformed("the `state` is another than was sent".to_owned())),
            None => Err(AuthError::Malformed(
                "the `state` that was sent did not come back; see `Authorization::code_without_state`".to_owned(),
            )),
        }
    }

    /// The code, from a server that does not bring the `state` back. Anybody can make such an address, and so let a person
    /// work in somebody else's account: take it only where there is another proof that this person began the login.
    ///
    /// # Errors
    ///
    /// As [`Authorization::code`], but for the `state`.
    pub fn code_without_state(came_back: &Url) -> Result<Secret, AuthError> {
        if let Some(error) = value(came_back, "error") {
            let shown: String = error.chars().filter(|letter| !letter.is_control()).take(60).collect();
            return Err(AuthError::Reauthorise(shown));
        }
        match value(came_back, "code") {
            Some(code) if !code.is_empty() => Ok(Secret::new(code)),
            _ => Err(AuthError::Malformed("there is no `code` in the address".to_owned())),
        }
    }
}

/// The value of a query parameter.
fn value(url: &Url, name: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}
