//! A key beside another login.

use super::{AuthError, Authenticator, Proof, Recovery};
use crate::error::ApiError;
use crate::transport::{BoxFuture, HttpRequest};

/// A login whose requests carry a key as well: as the application's key beside the token of a person.
///
/// The key is added first, so that a login which signs the request signs the key, too. Refusals are the login's: the
/// generation of the proof is that of the login, and the login says what a 401 leads to.
///
/// ```
/// use energy_core::Secret;
/// use energy_core::auth::{Bearer, QueryKey, TokenManager, WithKey};
///
/// fn login(tokens: TokenManager, key: Secret) -> WithKey<Bearer, QueryKey> {
///     WithKey::new(Bearer::new(tokens), QueryKey::new([("key", key)]))
/// }
/// ```
#[derive(Clone, Debug)]
pub struct WithKey<L, K> {
    login: L,
    key: K,
}

impl<L: Authenticator, K: Authenticator> WithKey<L, K> {
    /// This login with this key beside it.
    pub fn new(login: L, key: K) -> Self {
        Self { login, key }
    }
}

impl<L: Authenticator, K: Authenticator> Authenticator for WithKey<L, K> {
    fn authenticate<'a>(&'a self, request: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>> {
        Box::pin(async move {
            let key = self.key.authenticate(request).await?;
            let mut proof = self.login.authenticate(request).await?;
            proof.secrets.extend(key.secrets);
            Ok(proof)
        })
    }

    fn rejected<'a>(&'a self, proof: &'a Proof, refusal: &'a ApiError) -> BoxFuture<'a, Recovery> {
        self.login.rejected(proof, refusal)
    }

    fn is_anonymous(&self) -> bool {
        self.login.is_anonymous() && self.key.is_anonymous()
    }
}
