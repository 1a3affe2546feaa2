//! Logins, calls and series of Solar-Log WEB Enerest.

use std::collections::BTreeSet;

use energy_sandbox::{Sandbox, SolarlogEnerestApplication};
use serde_json::Value;

use super::{Response, send};

/// `POST …/token` with a form.
pub(crate) async fn token(sandbox: &Sandbox, form: &str) -> Response {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let url = sandbox.solarlog_enerest().token_url();
    send("POST", &url, &headers, form).await.unwrap()
}

/// Somebody who calls with a token.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) base_url: String,
    pub(crate) token: String,
}

/// Logs an application in on its portal.
pub(crate) async fn login(sandbox: &Sandbox, application: &SolarlogEnerestApplication) -> Caller {
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        application.client_id, application.client_secret
    );
    let answer = token(sandbox, &form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    Caller {
        base_url: sandbox.solarlog_enerest().base_url(&application.portal),
        token: answer.json()["access_token"].as_str().unwrap().to_owned(),
    }
}

/// The user with the package Basic.
pub(crate) async fn basic(sandbox: &Sandbox) -> Caller {
    login(sandbox, &sandbox.solarlog_enerest().credentials().basic).await
}

/// The user with the package Advanced.
pub(crate) async fn advanced(sandbox: &Sandbox) -> Caller {
    login(sandbox, &sandbox.solarlog_enerest().credentials().advanced).await
}

impl Caller {
    pub(crate) async fn call(&self, path: &str) -> Response {
        let bearer = format!("Bearer {}", self.token);
        let url = format!("{}{path}", self.base_url);
        send("GET", &url, &[("authorization", &bearer)], "").await.unwrap()
    }

    pub(crate) async fn status(&self, path: &str) -> u16 {
        self.call(path).await.status
    }

    /// The JSON of a call that works.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let response = self.call(path).await;
        assert_eq!(response.status, 200, "{path}: {}", response.body);
        response.json()
    }

    /// The objects of a call for series.
    pub(crate) async fn series(&self, path: &str) -> Vec<Value> {
        self.get(path).await.as_array().unwrap().clone()
    }
}

/// Stamps and values of an object, by stamp.
pub(crate) fn data_points(object: &Value) -> Vec<(String, Option<f64>)> {
    let points = object["dataPoints"].as_object().unwrap();
    let points = points.iter().map(|(stamp, value)| {
        assert!(value.is_number() || value.is_null(), "{stamp}: {value}");
        (stamp.clone(), value.as_f64())
    });
    points.collect()
}

/// The sum of what is known.
pub(crate) fn sum(object: &Value) -> f64 {
    data_points(object).iter().filter_map(|(_, value)| *value).sum()
}

/// What power in slots of five minutes comes to, in whole watt-hours.
pub(crate) fn energy(object: &Value) -> f64 {
    (sum(object) / 12.0).round()
}

/// The values of one member, each once.
pub(crate) fn members(objects: &[Value], name: &str) -> BTreeSet<String> {
    let texts = objects.iter().map(|object| object[name].as_str().unwrap().to_owned());
    texts.collect()
}

/// The first object with this device and channel.
pub(crate) fn of<'a>(objects: &'a [Value], device_id: &str, name: &str) -> &'a Value {
    let found = objects
        .iter()
        .find(|object| object["deviceId"] == device_id && object["name"] == name);
    found.unwrap()
}
