use std::sync::{Arc, PoisonError, RwLock};

use energy_core::auth::{AuthError, Authenticator, Bearer, Connection, Login, Proof, Recovery, Setup, TokenManager};
use energy_core::http::{HeaderValue, header};
use energy_core::transport::{BoxFuture, HttpRequest};
use energy_core::{ApiError, BuildError, Secret};

/// The token that another system gave to this one. Clones share it, so that the handler of a registration can replace
/// what a client sends.
///
/// ```
/// use solarnet_oscp::oscp::Token;
///
/// let token = Token::new("from-the-management-api");
/// let in_the_client = token.clone();
/// token.replace("from-the-registration");
/// assert_eq!(in_the_client.current().expose(), "from-the-registration");
/// ```
#[derive(Clone, Debug)]
pub struct Token(Arc<RwLock<Held>>);

#[derive(Clone, Debug)]
struct Held {
    token: Secret,
    generation: u64,
}

impl Token {
    /// A token to begin with.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self(Arc::new(RwLock::new(Held {
            token: token.into(),
            generation: 0,
        })))
    }

    /// A new token to be given to another system: 48 random bytes of the operating system, as 64 characters.
    ///
    /// # Errors
    ///
    /// When the operating system has no randomness to give.
    #[cfg(feature = "server")]
    pub fn random() -> std::io::Result<Self> {
        use base64::Engine;

        let mut bytes = [0_u8; 48];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        Ok(Self::new(
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes),
        ))
    }

    /// Puts another in its place, for every clone. Store it first: the old one may be worthless already.
    pub fn replace(&self, token: impl Into<Secret>) {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        held.token = token.into();
        held.generation += 1;
    }

    /// The token as it is now, to be stored.
    pub fn current(&self) -> Secret {
        self.held().token
    }

    fn held(&self) -> Held {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn prove(&self, request: &mut HttpRequest) -> Result<Proof, AuthError> {
        let held = self.held();
        let mut value = HeaderValue::try_from(format!("Token {}", held.token.expose()))
            .map_err(|_| AuthError::Malformed("the token has characters that a header cannot carry".to_owned()))?;
        value.set_sensitive(true);
        request.headers_mut().insert(header::AUTHORIZATION, value);
        Ok(Proof {
            generation: held.generation,
            secrets: vec![held.token],
        })
    }
}

impl Authenticator for Token {
    fn authenticate<'a>(&'a self, request: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>> {
        Box::pin(std::future::ready(self.prove(request)))
    }

    /// A token that was replaced meanwhile is worth another attempt.
    fn rejected<'a>(&'a self, proof: &'a Proof, _: &'a ApiError) -> BoxFuture<'a, Recovery> {
        let newer = self.held().generation > proof.generation;
        Box::pin(std::future::ready(if newer {
            Recovery::TryAgain
        } else {
            Recovery::GiveUp
        }))
    }
}

/// How one logs in to another system.
#[derive(Clone, Debug)]
pub struct Credentials(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Token(Token),
    Bearer(TokenManager),
}

impl Credentials {
    /// With the token that the other system gave: `Authorization: Token …`, as the protocol says.
    ///
    /// # Errors
    ///
    /// For a token that is empty, or has white space at its beginning or end.
    pub fn token(token: impl Into<Token>) -> Result<Self, BuildError> {
        let token = token.into();
        let text = token.current();
        let text = text.expose();
        if text.is_empty() {
            return Err(BuildError::new("token", "is empty"));
        }
        if text.trim() != text {
            return Err(BuildError::new(
                "token",
                "has white space at its beginning or end, as when it was read from a file",
            ));
        }
        Ok(Self(Kind::Token(token)))
    }

    /// With access tokens of an OAuth server: `Authorization: Bearer …`. SolarNetwork sets this up on request.
    pub fn oauth(tokens: TokenManager) -> Self {
        Self(Kind::Bearer(tokens))
    }
}

impl From<&str> for Token {
    fn from(token: &str) -> Self {
        Self::new(token)
    }
}

impl From<Secret> for Token {
    fn from(token: Secret) -> Self {
        Self::new(token)
    }
}

impl From<&Token> for Token {
    fn from(token: &Token) -> Self {
        token.clone()
    }
}

impl Login for Credentials {
    fn connect(self, _: &Setup) -> Result<Connection, BuildError> {
        Ok(match self.0 {
            Kind::Token(token) => Connection::new(token),
            Kind::Bearer(tokens) => Connection::new(Bearer::new(tokens)),
        })
    }
}
