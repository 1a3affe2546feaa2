//! Capacity Providers and Optimizers: the systems of others that SolarNetwork talks with.

use std::sync::Arc;

use serde_json::Value;
use time::OffsetDateTime;

use super::Shared;
use super::accounts::USER_ID;
use super::input::{Input, must_fit, path_id};
use super::json::Object;
use super::reply::{Outcome, Problem, Reply};
use super::stamp::stamp;
use super::state::{Dates, Props, Role, State, SystemKey};
use super::words::REGISTRATION_STATUS;
use crate::call::Call;

/// The property that is never shown again. Its only use would be the OAuth login at the
/// system, which this sandbox does not do, so that it is not kept either.
const SECRET: &str = "oauth-client-secret";

/// A Capacity Provider or Optimizer.
#[derive(Clone, Debug)]
pub(super) struct System {
    pub(super) key: SystemKey,
    dates: Dates,
    pub(super) enabled: bool,
    pub(super) name: String,
    pub(super) base_url: Option<String>,
    pub(super) oscp_version: Option<String>,
    flexibility_provider_id: i64,
    pub(super) status: &'static str,
    pub(super) heartbeat_seconds: Option<i64>,
    pub(super) styles: Option<Vec<&'static str>>,
    pub(super) heartbeat: Option<OffsetDateTime>,
    pub(super) offline: Option<OffsetDateTime>,
    pub(super) props: Option<Props>,
    /// What the system calls SolarNetwork with.
    pub(super) token: String,
    /// What will take the token's place when the system has confirmed its registration.
    pub(super) next_token: Option<String>,
    /// What SolarNetwork calls the system with.
    pub(super) system_token: Option<String>,
}

impl System {
    /// Everything a request decides.
    fn read(call: &Call, role: Role) -> Result<Self, Problem> {
        let mut input = Input::read(call)?;
        let status = input.word("registrationStatus", &REGISTRATION_STATUS)?;
        let system = Self {
            key: (role, 0),
            dates: Dates::touched(None, call.received),
            enabled: input.flag("enabled")?.unwrap_or(false),
            name: input.needed_text("name", true, Some(64))?,
            base_url: input.text("baseUrl")?,
            oscp_version: input.text("oscpVersion")?,
            flexibility_provider_id: 0,
            status: status.unwrap_or_default(),
            heartbeat_seconds: None,
            styles: None,
            heartbeat: None,
            offline: None,
            props: input.object("serviceProps")?.map(without_secret),
            token: String::new(),
            next_token: None,
            system_token: None,
        };
        if system.base_url.as_deref().is_some_and(|url| !looks_like_uri(url)) {
            return Err(Problem::malformed("baseUrl is no URI."));
        }
        input.finish()?;
        if status.is_none() {
            return Err(Problem::illegal("The registrationStatus argument must not be null."));
        }
        Ok(system)
    }

    fn write(&self, token: Option<&str>) -> Object {
        let mut settings = Object::new().with_some("heartbeatSeconds", self.heartbeat_seconds);
        if let Some(styles) = &self.styles {
            settings = settings.with("measurementStyles", styles.clone());
        }
        Object::new()
            .with("userId", USER_ID)
            .with("configId", self.key.1)
            .with("created", stamp(self.dates.created))
            .with("modified", stamp(self.dates.modified))
            .with("enabled", self.enabled)
            .with("name", self.name.as_str())
            .with_some("token", token)
            .with_some("baseUrl", self.base_url.clone())
            .with_some("oscpVersion", self.oscp_version.clone())
            .with("flexibilityProviderId", self.flexibility_provider_id)
            .with("registrationStatus", self.status)
            .with("settings", settings)
            .with_some("heartbeatDate", self.heartbeat.map(stamp))
            .with_some("offlineDate", self.offline.map(stamp))
            .with_some("serviceProps", self.props.clone())
    }

    /// What the database would refuse.
    fn check(&self, state: &State) -> Result<(), Problem> {
        must_fit("baseUrl", self.base_url.as_deref(), 256)?;
        must_fit("oscpVersion", self.oscp_version.as_deref(), 8)?;
        if url_is_taken(state, self.key, self.base_url.as_deref()) {
            return Err(Problem::duplicate("baseUrl"));
        }
        Ok(())
    }

    /// A value of an object among the service properties, as text.
    pub(super) fn prop_entry(&self, object: &str, name: &str) -> Option<String> {
        let entries = self.props.as_ref()?.get(object)?.as_object()?;
        entries.get(name).map(as_text)
    }

    /// The extra headers for calls of this system.
    pub(super) fn extra_headers(&self) -> Vec<(String, String)> {
        let entries = (self.props.as_ref())
            .and_then(|props| props.get("http-headers"))
            .and_then(Value::as_object);
        let pairs = entries.into_iter().flatten();
        pairs.map(|(name, value)| (name.clone(), as_text(value))).collect()
    }

    /// Whether it wants the measurements of each asset rather than those of the group.
    pub(super) fn wants_assets(&self) -> bool {
        match self
            .props
            .as_ref()
            .and_then(|props| props.get("group-asset-measurement"))
        {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(Value::String(text)) => ["true", "1", "yes"].contains(&text.to_lowercase().as_str()),
            _ => false,
        }
    }
}

/// Whether another system of the role has this address.
pub(super) fn url_is_taken(state: &State, key: SystemKey, url: Option<&str>) -> bool {
    let mut others = (state.systems.values()).filter(|other| other.key.0 == key.0 && other.key != key);
    url.is_some() && others.any(|other| other.base_url.as_deref() == url)
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn without_secret(mut props: Props) -> Props {
    props.remove(SECRET);
    props
}

/// The characters of a URI; relative ones pass as well.
fn looks_like_uri(text: &str) -> bool {
    !text.contains(|letter: char| letter.is_whitespace() || letter.is_control() || "\"<>\\^`{|}".contains(letter))
}

fn path(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Provider => ("capacity-providers", "providerId"),
        Role::Optimizer => ("capacity-optimizers", "optimizerId"),
    }
}

pub(super) fn list(shared: &Arc<Shared>, _: &Call, role: Role) -> Outcome {
    let state = shared.state();
    let systems = state.systems.values().filter(|system| system.key.0 == role);
    Ok(Reply::data(
        systems.map(|system| system.write(None)).collect::<Vec<_>>(),
    ))
}

pub(super) fn create(shared: &Arc<Shared>, call: &Call, role: Role) -> Outcome {
    let mut system = System::read(call, role)?;
    // The vendor's INSERT statement has no such column.
    system.oscp_version = None;
    let mut state = shared.state();
    system.check(&state)?;
    system.key.1 = state.next(role.name());
    system.flexibility_provider_id = state.next("flexibility provider");
    system.token = state.new_token();
    let reply = Reply::created(system.write(Some(&system.token)), path(role).0, system.key.1);
    state.systems.insert(system.key, system);
    Ok(reply)
}

pub(super) fn get(shared: &Arc<Shared>, call: &Call, role: Role) -> Outcome {
    let id = path_id(call, path(role).1)?;
    let state = shared.state();
    let system = state.systems.get(&(role, id)).ok_or_else(Problem::unknown_object)?;
    Ok(Reply::data(system.write(None)))
}

pub(super) fn update(shared: &Arc<Shared>, call: &Call, role: Role) -> Outcome {
    let key = (role, path_id(call, path(role).1)?);
    let new = System::read(call, role)?;
    let mut state = shared.state();
    let before = state.systems.get(&key).ok_or_else(Problem::unknown_object)?;
    let system = System {
        dates: Dates::touched(Some(before.dates), call.received),
        enabled: new.enabled,
        name: new.name,
        base_url: new.base_url,
        oscp_version: new.oscp_version,
        status: new.status,
        props: new.props,
        ..before.clone()
    };
    system.check(&state)?;
    let data = system.write(None);
    state.systems.insert(key, system);
    Ok(Reply::data(data))
}

pub(super) fn delete(shared: &Arc<Shared>, call: &Call, role: Role) -> Outcome {
    let id = path_id(call, path(role).1)?;
    shared.state().remove_system((role, id));
    Ok(Reply::done())
}
