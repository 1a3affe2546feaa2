use energy_core::check::{Direction, Rules};
use energy_core::wire::{Extra, SecretHeaders};
use energy_core::{BuildError, Secret};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// What SolarNetwork must know to reach a system, beyond its address: `serviceProps`.
///
/// The service replaces them whole, so begin with what was read. Properties that nobody has described are kept in
/// [`extra`](Self::extra) and sent back.
///
/// ```
/// use solarnet_oscp::{OauthClient, ServiceProperties, UrlPath};
///
/// let properties = ServiceProperties::new()
///     .oauth(OauthClient::new("https://login.example.org/token", "quay-7", "not-a-real-secret"))
///     .header("X-Api-Key", "neither-is-this")
///     .url_path(UrlPath::Heartbeat, "/alive");
/// assert!(!format!("{properties:?}").contains("real"));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ServiceProperties {
    /// `oauth-token-url`: the token endpoint of the system's OAuth server.
    pub oauth_token_url: Option<String>,
    /// `oauth-client-id`: the OAuth client.
    pub oauth_client_id: Option<String>,
    /// `oauth-client-secret`. Sent and never read back. Where the service keeps secrets apart, an update without it
    /// leaves it as it is.
    pub oauth_client_secret: Option<Secret>,
    /// `http-headers`: headers that are sent to the system, and to its OAuth server.
    pub http_headers: SecretHeaders,
    /// `url-paths`: paths instead of those of OSCP, by the name of the message. Not used for messages that are sent by
    /// an instruction.
    pub url_paths: Map<String, Value>,
    /// `group-asset-measurement`: whether UpdateAssetMeasurements is sent instead of UpdateGroupMeasurements. Not
    /// documented; from the server's source of 2026-08. Numbers and texts are read as well.
    pub group_asset_measurement: Option<bool>,
    /// `group-combined-asset-id`: the id under which the assets of a group are reported as one. Not documented; from the
    /// server's source of 2026-08.
    pub group_combined_asset_id: Option<String>,
    /// Properties that nobody has described, and values of described ones that are of another kind than described: both
    /// are sent back as they came.
    pub extra: Extra,
}

/// An OAuth client that SolarNetwork uses towards a system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OauthClient {
    token_url: String,
    id: String,
    secret: Secret,
}

impl OauthClient {
    /// The client of this id at this token endpoint.
    pub fn new(token_url: impl Into<String>, id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        Self {
            token_url: token_url.into(),
            id: id.into(),
            secret: secret.into(),
        }
    }
}

energy_core::open_enum! {
    /// A message whose path can be set, by the name that `url-paths` has for it.
    pub enum UrlPath {
        /// Received by optimizers, handed on to providers.
        AdjustGroupCapacityForecast = "AdjustGroupCapacityForecast",
        /// Received by optimizers, handed on to providers.
        GroupCapacityComplianceError = "GroupCapacityComplianceError",
        /// The answer to a handshake.
        HandshakeAcknowledge = "HandshakeAcknowledge",
        /// A sign of life.
        Heartbeat = "Heartbeat",
        /// A registration.
        Register = "Register",
        /// Received by providers, handed on to optimizers.
        UpdateGroupCapacityForecast = "UpdateGroupCapacityForecast",
        /// What assets used.
        UpdateAssetMeasurements = "UpdateAssetMeasurements",
        /// What a group used.
        UpdateGroupMeasurements = "UpdateGroupMeasurements",
    }
}

impl ServiceProperties {
    /// No properties.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets SolarNetwork log in to the system with this OAuth client.
    #[must_use]
    pub fn oauth(mut self, client: OauthClient) -> Self {
        self.oauth_token_url = Some(client.token_url);
        self.oauth_client_id = Some(client.id);
        self.oauth_client_secret = Some(client.secret);
        self
    }

    /// Lets SolarNetwork send a header with every message to the system.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<Secret>) -> Self {
        self.http_headers.insert(name, value);
        self
    }

    /// Sends a message to another path than OSCP's. The path is put behind the system's base URL.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "a name is passed as it is written")]
    pub fn url_path(mut self, message: UrlPath, path: impl Into<String>) -> Self {
        self.url_paths
            .insert(message.as_str().to_owned(), Value::from(path.into()));
        self
    }

    /// Sends UpdateAssetMeasurements instead of UpdateGroupMeasurements.
    #[must_use]
    pub fn group_asset_measurement(mut self, yes: bool) -> Self {
        self.group_asset_measurement = Some(yes);
        self
    }

    /// Reports the assets of a group as one, under this id.
    #[must_use]
    pub fn group_combined_asset_id(mut self, id: impl Into<String>) -> Self {
        self.group_combined_asset_id = Some(id.into());
        self
    }
}

impl Rules for ServiceProperties {
    fn check(&self, direction: Direction) -> Result<(), BuildError> {
        let client = self.oauth_token_url.is_some() && self.oauth_client_id.is_some();
        if self.oauth_client_secret.is_some() && !client {
            return Err(BuildError::new(
                "oauth-client-secret",
                "an OAuth client needs its token URL and its id beside the secret",
            ));
        }
        self.http_headers
            .check(direction)
            .map_err(|error| error.under(HTTP_HEADERS))
    }

    fn secrets(&self, found: &mut Vec<Secret>) {
        found.extend(self.oauth_client_secret.clone());
        self.http_headers.secrets(found);
    }
}

const TOKEN_URL: &str = "oauth-token-url";
const CLIENT_ID: &str = "oauth-client-id";
const CLIENT_SECRET: &str = "oauth-client-secret";
const HTTP_HEADERS: &str = "http-headers";
const URL_PATHS: &str = "url-paths";
const ASSET_MEASUREMENT: &str = "group-asset-measurement";
const COMBINED_ASSET: &str = "group-combined-asset-id";

impl Serialize for ServiceProperties {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut all = self.extra.fields().clone();
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                all.insert(name.to_owned(), value);
            }
        };
        set(TOKEN_URL, self.oauth_token_url.clone().map(Value::from));
        set(CLIENT_ID, self.oauth_client_id.clone().map(Value::from));
        let secret = self.oauth_client_secret.as_ref();
        set(CLIENT_SECRET, secret.map(|secret| Value::from(secret.expose())));
        let headers: Map<String, Value> = self.http_headers.clone().into();
        for (name, object) in [(HTTP_HEADERS, headers), (URL_PATHS, self.url_paths.clone())] {
            set(name, (!object.is_empty()).then(|| Value::from(object)));
        }
        set(ASSET_MEASUREMENT, self.group_asset_measurement.map(Value::from));
        set(COMBINED_ASSET, self.group_combined_asset_id.clone().map(Value::from));
        all.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ServiceProperties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut all: Map<String, Value> = Map::deserialize(deserializer)?;
        let mut properties = Self {
            oauth_token_url: take(&mut all, TOKEN_URL, text),
            oauth_client_id: take(&mut all, CLIENT_ID, text),
            oauth_client_secret: take(&mut all, CLIENT_SECRET, text).map(Secret::new),
            http_headers: take(&mut all, HTTP_HEADERS, object).unwrap_or_default().into(),
            url_paths: take(&mut all, URL_PATHS, object).unwrap_or_default(),
            group_asset_measurement: take(&mut all, ASSET_MEASUREMENT, flag),
            group_combined_asset_id: take(&mut all, COMBINED_ASSET, text),
            extra: Extra::default(),
        };
        for (name, value) in all {
            properties.extra.insert(name, value);
        }
        Ok(properties)
    }
}

/// Takes a value out if it is of its kind, or null.
fn take<T>(all: &mut Map<String, Value>, name: &str, read: fn(&Value) -> Option<T>) -> Option<T> {
    let value = all.get(name)?;
    let found = read(value);
    if found.is_some() || value.is_null() {
        all.remove(name);
    }
    found
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn object(value: &Value) -> Option<Map<String, Value>> {
    value.as_object().cloned()
}

/// A boolean that may come as a number or a text.
fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => Some(number.as_f64() != Some(0.0)),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" | "t" | "on" | "1" => Some(true),
            "false" | "no" | "n" | "f" | "off" | "0" | "" => Some(false),
            _ => None,
        },
        _ => None,
    }
}
