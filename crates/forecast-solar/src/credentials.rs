use energy_core::auth::{Connection, Login, NoLogin, PathKey, Setup};
use energy_core::{BuildError, Secret};

use crate::plan::{Plan, PlanRule};

/// A key of Forecast.Solar: sixteen letters and digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey(Secret);

impl ApiKey {
    /// The vendor's key for trying out, valid for latitude 51.15 and longitude 10.45 alone.
    pub const DEMO: &'static str = "demo-key";

    /// Takes a key.
    ///
    /// # Errors
    ///
    /// For anything but sixteen letters and digits (or the demonstration key), without showing it. The profile id of a
    /// payment, which begins with `I-`, is not the key.
    pub fn new(key: impl Into<Secret>) -> Result<Self, BuildError> {
        let key = key.into();
        let text = key.expose();
        if text == Self::DEMO || (text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
            return Ok(Self(key));
        }
        let reason = if text.starts_with("I-") {
            "this is the profile id of a payment; the key stands in the account at forecast.solar".to_owned()
        } else if text.trim() != text {
            "has white space at its beginning or end, as when it was read from a file".to_owned()
        } else if text.len() == 16 {
            "a key has 16 letters and digits and nothing else; this has another character".to_owned()
        } else {
            format!(
                "a key has 16 letters and digits; this has {} characters",
                text.chars().count()
            )
        };
        Err(BuildError::new("api_key", reason))
    }
}

/// How one logs in: not at all, or with a key, which may be said to belong to a plan.
///
/// With a plan the client refuses what the plan does not have before anything is sent, and counts its quota. Without a
/// plan it asks the service, and learns the quota from its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    key: Option<ApiKey>,
    plan: Option<Plan>,
}

impl Credentials {
    /// No key: one plane, the estimate alone, 12 calls an hour for each internet address.
    pub fn public() -> Self {
        Self {
            key: None,
            plan: Some(Plan::Public),
        }
    }

    /// This key.
    ///
    /// # Errors
    ///
    /// As [`ApiKey::new`].
    pub fn key(key: impl Into<Secret>) -> Result<Self, BuildError> {
        Ok(Self {
            key: Some(ApiKey::new(key)?),
            plan: None,
        })
    }

    /// Says which plan the key belongs to; without a key the client cannot be built with it. Ask the service with [`crate::GetInfo`] if in doubt.
    #[must_use]
    pub fn with_plan(mut self, plan: Plan) -> Self {
        self.plan = Some(plan);
        self
    }
}

impl From<ApiKey> for Credentials {
    fn from(key: ApiKey) -> Self {
        Self {
            key: Some(key),
            plan: None,
        }
    }
}

impl Login for Credentials {
    fn connect(self, setup: &Setup) -> Result<Connection, BuildError> {
        let mut connection = match self.key {
            Some(key) => Connection::new(PathKey::new(key.0, &setup.base_url)),
            None if self.plan > Some(Plan::Public) => {
                return Err(BuildError::new("plan", "a plan larger than Public needs a key"));
            }
            None => Connection::new(NoLogin),
        };
        if let Some(plan) = self.plan {
            connection = connection.with_access(PlanRule(plan)).with_windows(plan.quota());
        }
        Ok(connection)
    }
}
