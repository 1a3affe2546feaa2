//! How one logs in to SolarNetwork.

use std::sync::Arc;

use energy_core::auth::{Authenticator, Connection, Login, NoLogin, Setup};
use energy_core::clock::Clock;
use energy_core::{BuildError, Secret};

use crate::derived::Keys;
#[cfg(feature = "http-signatures")]
use crate::http_signatures::{HttpSignatures, MessageKey};
use crate::snws2::{Options, SigningKey, Snws2};

/// A SolarNetwork token and what signs for it: its secret, or a key derived from the secret.
///
/// Each attempt of a call is signed anew, with the time of the client's clock. The service takes a signature whose time
/// is less than fifteen minutes off its own, so the machine's clock must be about right.
///
/// ```
/// use solarnet_oscp::Credentials;
///
/// let login = Credentials::new("kEy7wPx2ReGqTs40vJ5b", "the-secret-of-the-token")?;
/// assert!(!format!("{login:?}").contains("the-secret"));
/// # Ok::<(), energy_core::BuildError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Credentials {
    token: String,
    material: Material,
    scheme: Scheme,
    options: Options,
}

/// What signs.
#[derive(Clone, Debug)]
enum Material {
    Secret(Secret),
    SigningKey(SigningKey),
    #[cfg(feature = "http-signatures")]
    MessageKey(MessageKey),
}

/// How it signs.
#[derive(Clone, Copy, Debug)]
enum Scheme {
    Snws2,
    #[cfg(feature = "http-signatures")]
    Message {
        derived: bool,
    },
}

impl Credentials {
    /// A token and its secret. Keys are derived from the secret once a day (UTC), and only signatures are sent.
    ///
    /// # Errors
    ///
    /// A token that cannot stand in a header of SNWS2: empty, with white space, with a comma, with anything but visible
    /// ASCII. A secret that is empty or has white space at its ends. The secret is not shown.
    pub fn new(token: impl Into<String>, secret: impl Into<Secret>) -> Result<Self, BuildError> {
        let secret = secret.into();
        check_secret(&secret)?;
        Self::of(token.into(), Material::Secret(secret), Scheme::Snws2)
    }

    /// A token and a key that was derived from its secret, for a program that is not to have the secret.
    ///
    /// The key signs from its day to the sixth after (UTC). On any other day calls end, without being sent, with an
    /// error that names these days and for which
    /// [`Error::is_unauthorized`](energy_core::Error::is_unauthorized) holds.
    ///
    /// # Errors
    ///
    /// A token as [`Credentials::new`] refuses it.
    pub fn with_signing_key(token: impl Into<String>, key: SigningKey) -> Result<Self, BuildError> {
        Self::of(token.into(), Material::SigningKey(key), Scheme::Snws2)
    }

    /// As [`Credentials::with_signing_key`], with a key for HTTP Message Signatures.
    ///
    /// # Errors
    ///
    /// A token as [`Credentials::new`] refuses it.
    #[cfg(feature = "http-signatures")]
    pub fn with_message_key(token: impl Into<String>, key: MessageKey) -> Result<Self, BuildError> {
        Self::of(
            token.into(),
            Material::MessageKey(key),
            Scheme::Message { derived: true },
        )
    }

    fn of(token: String, material: Material, scheme: Scheme) -> Result<Self, BuildError> {
        check_token(&token)?;
        Ok(Self {
            token,
            material,
            scheme,
            options: Options::default(),
        })
    }

    /// Sends and signs the header `Digest` with the body's SHA-256 as well, for proxies that look at it. Forms go
    /// without it, as the service could not read them any more. It is off by default: the signature covers the body
    /// anyway. HTTP Message Signatures have their own digest, always.
    #[must_use]
    pub fn digest(mut self) -> Self {
        self.options.digest = true;
        self
    }

    /// Signs this host (`data.solarnetwork.net:443`) in place of the one that is sent, for a service behind a proxy
    /// that changes the header `Host`.
    #[must_use]
    pub fn signed_host(mut self, host: impl Into<String>) -> Self {
        self.options.signed_host = Some(host.into());
        self
    }

    /// Signs with HTTP Message Signatures (RFC 9421) in place of SNWS2, with a key derived from the secret for the day.
    ///
    /// SolarNetwork described this in September 2026; whether a server has it must be tried.
    #[cfg(feature = "http-signatures")]
    #[must_use]
    pub fn http_signatures(mut self) -> Self {
        self.scheme = Scheme::Message { derived: true };
        self
    }

    /// As [`Credentials::http_signatures`], with the secret itself as the key.
    #[cfg(feature = "http-signatures")]
    #[must_use]
    pub fn http_signatures_with_secret(mut self) -> Self {
        self.scheme = Scheme::Message { derived: false };
        self
    }

    /// The token's id.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The signer alone, for requests that do not go through a client of this crate: for SolarNetwork's other services,
    /// or with another HTTP library.
    ///
    /// # Errors
    ///
    /// A key for the other scheme, or a signed host that is none.
    pub fn authenticator(self, clock: Arc<dyn Clock>) -> Result<Arc<dyn Authenticator>, BuildError> {
        if let Some(host) = &self.options.signed_host {
            check_host(host)?;
        }
        Ok(match self.scheme {
            Scheme::Snws2 => Arc::new(Snws2 {
                token: self.token,
                keys: self.material.signing_keys()?,
                clock,
                options: self.options,
            }),
            #[cfg(feature = "http-signatures")]
            Scheme::Message { derived } => Arc::new(HttpSignatures {
                token: self.token,
                keys: self.material.message_keys(derived)?,
                clock,
                signed_host: self.options.signed_host,
            }),
        })
    }
}

impl Material {
    fn signing_keys(self) -> Result<Keys<SigningKey>, BuildError> {
        match self {
            Self::Secret(secret) => Ok(Keys::of_secret(secret)),
            Self::SigningKey(key) => Ok(Keys::given(key)),
            #[cfg(feature = "http-signatures")]
            Self::MessageKey(_) => Err(other_key("SNWS2")),
        }
    }

    #[cfg(feature = "http-signatures")]
    fn message_keys(self, derived: bool) -> Result<Keys<MessageKey>, BuildError> {
        match self {
            Self::Secret(secret) if derived => Ok(Keys::of_secret(secret)),
            Self::Secret(secret) => Ok(Keys::given(MessageKey::raw(&secret))),
            Self::MessageKey(key) if derived => Ok(Keys::given(key)),
            Self::SigningKey(_) => Err(other_key("HTTP Message Signatures")),
            Self::MessageKey(_) => Err(BuildError::new(
                "http_signatures_with_secret",
                "needs the token's secret, and these credentials hold a key derived from it",
            )),
        }
    }
}

#[cfg(feature = "http-signatures")]
fn other_key(scheme: &str) -> BuildError {
    BuildError::new(
        "signing_key",
        format!("is for the other way to sign; {scheme} needs a key of its own"),
    )
}

impl Login for Credentials {
    fn connect(self, setup: &Setup) -> Result<Connection, BuildError> {
        let mut connection = Connection::new(NoLogin);
        connection.authenticator = self.authenticator(Arc::clone(&setup.clock))?;
        Ok(connection)
    }
}

fn check_token(token: &str) -> Result<(), BuildError> {
    let reason = if token.is_empty() {
        "is empty".to_owned()
    } else if token.trim() != token {
        AT_THE_ENDS.to_owned()
    } else if let Some(odd) = token.chars().find(|c| *c == ',' || !c.is_ascii_graphic()) {
        format!("has the character {odd:?}, which cannot stand in the header of a signature")
    } else {
        return Ok(());
    };
    Err(BuildError::new("token", reason))
}

fn check_secret(secret: &Secret) -> Result<(), BuildError> {
    let text = secret.expose();
    let reason = if text.is_empty() {
        "is empty"
    } else if text.trim() != text {
        AT_THE_ENDS
    } else {
        return Ok(());
    };
    Err(BuildError::new("secret", reason))
}

const AT_THE_ENDS: &str = "has white space at its beginning or end, as when it was read from a file";

fn check_host(host: &str) -> Result<(), BuildError> {
    let name = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    if !host.is_empty() && host.chars().all(name) {
        return Ok(());
    }
    Err(BuildError::new(
        "signed_host",
        format!("`{host}` is not a host, such as data.solarnetwork.net:443"),
    ))
}
