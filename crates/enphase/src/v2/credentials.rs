use std::time::Duration;

use energy_core::auth::{Connection, Login, QueryKey, Setup};
use energy_core::limit::Window;
use energy_core::{BuildError, Secret};

/// The key of an application, and the user who has let it see their systems.
///
/// Both go into the address of every call, so both are secrets: neither is ever shown.
///
/// The client counts the quota of the free plan, Watt: 10 calls a minute and 10,000 a month. For another plan, give the
/// builder a [`limiter`](energy_core::ClientBuilder::limiter) with its windows. Source: the documentation of v2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    key: Secret,
    user_id: Secret,
}

impl Credentials {
    /// - `key`: the application's API key.
    /// - `user_id`: what the service gave the user who approved the application, such as `4f5449334e413d3d0a`; it is
    ///   often taken for the key.
    ///
    /// # Errors
    ///
    /// One that is empty or has white space in it, and one given for both; without showing it.
    pub fn new(key: impl Into<Secret>, user_id: impl Into<Secret>) -> Result<Self, BuildError> {
        let (key, user_id) = (key.into(), user_id.into());
        check("key", &key)?;
        check("user_id", &user_id)?;
        if key == user_id {
            return Err(BuildError::new(
                "user_id",
                "is the same as the key; they are two different things",
            ));
        }
        Ok(Self { key, user_id })
    }
}

fn check(name: &'static str, secret: &Secret) -> Result<(), BuildError> {
    let text = secret.expose();
    if text.is_empty() {
        return Err(BuildError::new(name, "is empty"));
    }
    if text.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
        return Err(BuildError::new(
            name,
            "has white space in it, as when it was read from a file",
        ));
    }
    Ok(())
}

impl Login for Credentials {
    fn connect(self, _: &Setup) -> Result<Connection, BuildError> {
        const MINUTE: Duration = Duration::from_secs(60);
        const LONGEST_MONTH: Duration = Duration::from_secs(31 * 86_400);
        let login = QueryKey::new([("key", self.key), ("user_id", self.user_id)]);
        Ok(Connection::new(login).with_windows([
            Window::new("10 calls a minute (Watt)", 10, MINUTE),
            Window::new("10,000 calls a month (Watt)", 10_000, LONGEST_MONTH),
        ]))
    }
}
