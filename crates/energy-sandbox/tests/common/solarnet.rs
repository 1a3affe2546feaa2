//! A signer of SNWS2 and a caller of SolarNetwork's APIs, of these tests' own.

use energy_sandbox::Sandbox;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::macros::format_description;
use url::Url;

use super::{Response, send};

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn hmac(key: &[u8], data: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(data.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

pub(crate) fn sha256(data: &str) -> Vec<u8> {
    Sha256::digest(data.as_bytes()).to_vec()
}

/// As the `Date` header has it.
pub(crate) fn http_date(at: OffsetDateTime) -> String {
    let format =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    at.format(format).unwrap()
}

/// A request to be signed; everything can be bent before and after.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) token: String,
    pub(crate) secret: String,
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    pub(crate) date: OffsetDateTime,
    /// The day the key is of.
    pub(crate) key_day: OffsetDateTime,
    /// Headers that are sent but not signed.
    pub(crate) unsigned: Vec<&'static str>,
    /// The query and the body as they are signed, where that is not what is sent.
    pub(crate) canonical: Option<(String, String)>,
}

impl Signed {
    pub(crate) fn new(sandbox: &Sandbox, method: &str, path: &str, body: &str) -> Self {
        let service = sandbox.solarnet_oscp();
        let credentials = service.credentials();
        let now = sandbox.now();
        let mut headers = vec![("date".to_owned(), http_date(now))];
        if !body.is_empty() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        Self {
            token: credentials.token,
            secret: credentials.secret,
            method: method.to_owned(),
            url: format!("{}{path}", service.base_url()),
            headers,
            body: body.to_owned(),
            date: now,
            key_day: now,
            unsigned: Vec::new(),
            canonical: None,
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// Signed and sent at another time.
    pub(crate) fn dated(mut self, date: OffsetDateTime) -> Self {
        self.date = date;
        self.key_day = date;
        self.header("date", &http_date(date))
    }

    pub(crate) fn authorization(&self) -> String {
        let url = Url::parse(&self.url).unwrap();
        let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
        let mut signed: Vec<(String, String)> = self.headers.clone();
        signed.push(("host".to_owned(), host));
        signed.retain(|(name, _)| !self.unsigned.contains(&name.as_str()));
        signed.sort();
        let names: Vec<&str> = signed.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(";");
        let mut query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        query.sort();
        let query: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (query, body) = (self.canonical.clone()).unwrap_or_else(|| (query.join("&"), self.body.clone()));
        let mut lines = vec![self.method.clone(), url.path().to_owned(), query];
        lines.extend(signed.iter().map(|(name, value)| format!("{name}:{value}")));
        lines.push(names.clone());
        lines.push(hex(&sha256(&body)));
        let date = self
            .date
            .format(format_description!("[year][month][day]T[hour][minute][second]Z"));
        let text = format!(
            "SNWS2-HMAC-SHA256\n{}\n{}",
            date.unwrap(),
            hex(&sha256(&lines.join("\n")))
        );
        let day = self.key_day.format(format_description!("[year][month][day]")).unwrap();
        let key = hmac(format!("SNWS2{}", self.secret).as_bytes(), &day);
        let signature = hex(&hmac(&hmac(&key, "snws2_request"), &text));
        format!(
            "SNWS2 Credential={},SignedHeaders={names},Signature={signature}",
            self.token
        )
    }

    pub(crate) async fn send(self) -> Response {
        let authorization = self.authorization();
        self.send_with(&authorization).await
    }

    /// Sends it with a signature that may be another's.
    pub(crate) async fn send_with(&self, authorization: &str) -> Response {
        let mut headers: Vec<(&str, &str)> = Vec::new();
        headers.extend(self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        headers.push(("authorization", authorization));
        send(&self.method, &self.url, &headers, &self.body).await.unwrap()
    }
}

/// A signed call of the management API; a body of null is none.
pub(crate) async fn manage(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> Response {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    Signed::new(sandbox, method, path, &body).send().await
}

/// The same, where it succeeds; its data.
pub(crate) async fn data(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> Value {
    let response = manage(sandbox, method, path, body).await;
    assert!(response.status < 300, "{} {}", response.status, response.body);
    response.json()["data"].clone()
}

/// A message to the Flexibility Provider.
pub(crate) async fn oscp(sandbox: &Sandbox, token: &str, path: &str, body: &Value) -> Response {
    let url = format!("{}{path}", sandbox.solarnet_oscp().flexibility_provider_url());
    let authorization = format!("Token {token}");
    let headers = [
        ("authorization", authorization.as_str()),
        ("x-request-id", "request-1"),
        ("content-type", "application/json"),
    ];
    send("POST", &url, &headers, &body.to_string()).await.unwrap()
}

pub(crate) fn system_body(name: &str) -> Value {
    json!({ "name": name, "enabled": true, "registrationStatus": "Pending" })
}

pub(crate) fn group_body(identifier: &str, provider: &Value, optimizer: &Value) -> Value {
    json!({
        "name": "Street", "enabled": true, "identifier": identifier,
        "capacityProviderId": provider["configId"], "capacityProviderMeasurementPeriod": "FifteenMinute",
        "capacityOptimizerId": optimizer["configId"], "capacityOptimizerMeasurementPeriod": "FiveMinute",
    })
}

pub(crate) fn asset_body(sandbox: &Sandbox, identifier: &str, group: &Value) -> Value {
    json!({
        "name": "Charger", "enabled": true, "capacityGroupId": group["configId"], "identifier": identifier,
        "audience": "CapacityProvider", "nodeId": sandbox.solarnet_oscp().node_id(), "sourceId": "charger/1",
        "category": "Charging", "phase": "All",
        "instantaneous": { "propertyNames": ["watts"], "unit": "W", "statisticType": "Maximum" },
        "energy": {
            "propertyNames": ["wattHours"], "unit": "Wh", "statisticType": "Difference",
            "type": "Total", "direction": "Import",
        },
    })
}

/// A provider, an optimizer, a group and an asset.
#[derive(Clone, Debug)]
pub(crate) struct Neighbourhood {
    pub(crate) provider: Value,
    pub(crate) optimizer: Value,
    pub(crate) group: Value,
    pub(crate) asset: Value,
}

pub(crate) async fn neighbourhood(sandbox: &Sandbox) -> Neighbourhood {
    let provider = data(sandbox, "POST", "/user/oscp/capacity-providers", system_body("Lines")).await;
    let optimizer = data(sandbox, "POST", "/user/oscp/capacity-optimizers", system_body("Cars")).await;
    let body = group_body("street", &provider, &optimizer);
    let group = data(sandbox, "POST", "/user/oscp/capacity-groups", body).await;
    let body = asset_body(sandbox, "charger-1", &group);
    let asset = data(sandbox, "POST", "/user/oscp/assets", body).await;
    Neighbourhood {
        provider,
        optimizer,
        group,
        asset,
    }
}
