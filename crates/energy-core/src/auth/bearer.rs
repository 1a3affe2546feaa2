//! The token as `Authorization: Bearer …`, and the scopes that it was granted.

use http::header::AUTHORIZATION;

use super::api_key::secret_header;
use super::{AuthError, Authenticator, Proof, Recovery, TokenManager};
use crate::endpoint::Operation;
use crate::error::{ApiError, RefusedError};
use crate::transport::{BoxFuture, HttpRequest};

/// Whether granted scopes cover the one that an operation needs, in a vendor's own grammar of scopes.
pub type Covers = fn(granted: &[String], needed: &str) -> bool;

/// Sends the manager's token as `Authorization: Bearer …`.
#[derive(Clone, Debug)]
pub struct Bearer {
    tokens: TokenManager,
    covers: Option<Covers>,
}

impl Bearer {
    /// Sends the tokens of this manager.
    pub fn new(tokens: TokenManager) -> Self {
        Self { tokens, covers: None }
    }

    /// Refuses operations whose scope was not granted, before they are sent. What was granted is known when there is a
    /// token, and if the service said it.
    #[must_use]
    pub fn with_scopes(mut self, covers: Covers) -> Self {
        self.covers = Some(covers);
        self
    }

    fn permit(&self, operation: Option<&&'static Operation>, granted: &[String]) -> Result<(), AuthError> {
        let Some(needed) = operation.and_then(|operation| operation.access) else {
            return Ok(());
        };
        if granted.is_empty() || self.covers.is_none_or(|covers| covers(granted, needed)) {
            return Ok(());
        }
        let reason = format!(
            "the scope `{needed}` was not granted; granted were: {}",
            granted.join(" ")
        );
        Err(AuthError::NotGranted(RefusedError::new(needed, reason)))
    }
}

impl Authenticator for Bearer {
    fn authenticate<'a>(&'a self, request: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>> {
        Box::pin(async move {
            let token = self.tokens.token().await?;
            self.permit(request.extensions().get(), &token.scopes)?;
            let value = secret_header(&format!("Bearer {}", token.access.expose()))?;
            request.headers_mut().insert(AUTHORIZATION, value);
            Ok(Proof {
                generation: token.generation,
                secrets: vec![token.access],
            })
        })
    }

    fn rejected<'a>(&'a self, proof: &'a Proof, _: &'a ApiError) -> BoxFuture<'a, Recovery> {
        Box::pin(async move {
            self.tokens.invalidate(proof.generation).await;
            Recovery::TryAgain
        })
    }
}
