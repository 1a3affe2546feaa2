//! When a refused token is worth another one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use energy_core::auth::{AuthError, Authenticator, Bearer, Proof, Recovery, TokenStore};
use energy_core::clock::Clock;
use energy_core::transport::BoxFuture;
use energy_core::{ApiError, HttpRequest};

use super::api::is_about_key;
use crate::Refusal;

/// Sends the token, and gets another when it is refused, with patience.
///
/// A 401 is no proof of a bad token: it also comes when the plan lacks the operation. So another token is tried once, and
/// if the same operation refuses that too, not again for an hour. Where there is no way to another token, the one there is
/// stays: it may be good for everything else.
#[derive(Debug)]
pub(super) struct PatientBearer {
    token: Bearer,
    store: Arc<dyn TokenStore>,
    has_password: bool,
    clock: Arc<dyn Clock>,
    /// Of each operation: the newest token that it refused and for which another was got, and when.
    refused: Mutex<HashMap<&'static str, (u64, Duration)>>,
}

/// How long it is taken for granted that another token does not help.
const PATIENCE: Duration = Duration::from_secs(3600);

impl PatientBearer {
    pub(super) fn new(token: Bearer, store: Arc<dyn TokenStore>, has_password: bool, clock: Arc<dyn Clock>) -> Self {
        Self {
            token,
            store,
            has_password,
            clock,
            refused: Mutex::default(),
        }
    }

    /// Whether there is a way to another token.
    async fn can_renew(&self) -> bool {
        // A store that fails says so when the token is asked for.
        let stored = self.store.load().await.ok().flatten();
        self.has_password || stored.is_none_or(|token| token.refresh.is_some())
    }

    /// Whether another token is worth trying, now that `operation` refused the one of this generation.
    fn is_worth_trying(&self, operation: &'static str, generation: u64) -> bool {
        let now = self.clock.elapsed();
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        match refused.get(operation) {
            Some((before, at)) if *before < generation && now.saturating_sub(*at) < PATIENCE => false,
            _ => {
                refused.insert(operation, (generation, now));
                true
            }
        }
    }
}

impl Authenticator for PatientBearer {
    fn authenticate<'a>(&'a self, request: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>> {
        self.token.authenticate(request)
    }

    fn rejected<'a>(&'a self, proof: &'a Proof, refusal: &'a ApiError) -> BoxFuture<'a, Recovery> {
        Box::pin(async move {
            let about_key = refusal.details::<Refusal>().is_some_and(|words| is_about_key(&words));
            if about_key || !self.can_renew().await || !self.is_worth_trying(refusal.operation, proof.generation) {
                return Recovery::GiveUp;
            }
            self.token.rejected(proof, refusal).await
        })
    }
}
