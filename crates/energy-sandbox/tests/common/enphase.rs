//! Calls of Enphase's two APIs.

use energy_sandbox::{EnphaseApp, EnphasePerson, EnphaseService, EnphaseSite, Sandbox};
use serde_json::Value;

use super::{Response, send};

/// Somebody who calls API v4 through an application.
pub(crate) struct Caller<'a> {
    pub(crate) service: &'a EnphaseService,
    key: String,
    token: String,
}

/// A caller with tokens of its own, and a quota that does not matter.
pub(crate) fn caller(sandbox: &Sandbox, app: EnphaseApp, person: EnphasePerson) -> Caller<'_> {
    let service = sandbox.enphase();
    service.set_quota(app, 100_000, 1_000_000);
    let known = service.credentials();
    Caller {
        service,
        key: match app {
            EnphaseApp::Watt => known.watt.api_key,
            _ => known.partner.api_key,
        },
        token: service.issue_token(app, person).access_token,
    }
}

/// The home owner, through the application that may do everything.
pub(crate) fn owner(sandbox: &Sandbox) -> Caller<'_> {
    caller(sandbox, EnphaseApp::Partner, EnphasePerson::Owner)
}

impl Caller<'_> {
    /// A call; paths are those below `/api/v4/systems`.
    pub(crate) async fn call(&self, method: &str, path: &str, more: &[(&str, &str)], body: &str) -> Response {
        let url = format!("{}api/v4/systems{path}", self.service.base_url());
        let bearer = format!("Bearer {}", self.token);
        let mut headers = vec![("authorization", bearer.as_str()), ("key", self.key.as_str())];
        headers.extend_from_slice(more);
        send(method, &url, &headers, body).await.unwrap()
    }

    /// The JSON of a GET that works.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let response = self.call("GET", path, &[], "").await;
        assert_eq!(response.status, 200, "{path}: {}", response.body);
        response.json()
    }

    /// Status and `details` of a GET that does not.
    pub(crate) async fn refused(&self, path: &str) -> (u16, String) {
        let response = self.call("GET", path, &[], "").await;
        let details = response.json()["details"].as_str().unwrap_or_default().to_owned();
        (response.status, details)
    }

    /// A telemetry of a site.
    pub(crate) async fn of(&self, site: &EnphaseSite, path: &str) -> Value {
        self.get(&format!("/{}/{path}", site.system_id)).await
    }
}

/// A GET of API v2 by the home owner.
pub(crate) async fn v2(sandbox: &Sandbox, path: &str) -> Response {
    v2_as(sandbox, &sandbox.enphase().credentials().owner.v2_user_id, path).await
}

pub(crate) async fn v2_as(sandbox: &Sandbox, user_id: &str, path: &str) -> Response {
    let service = sandbox.enphase();
    let mark = if path.contains('?') { '&' } else { '?' };
    let key = service.credentials().v2_key;
    let url = format!(
        "{}/systems{path}{mark}key={key}&user_id={user_id}",
        service.v2_base_url()
    );
    send("GET", &url, &[], "").await.unwrap()
}

/// The numbers under a name, in a list of objects.
pub(crate) fn numbers(list: &Value, name: &str) -> Vec<i64> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|entry| entry[name].as_i64().unwrap())
        .collect()
}

/// The sum of a list of numbers.
pub(crate) fn total(list: &Value) -> i64 {
    list.as_array()
        .unwrap()
        .iter()
        .map(|value| value.as_i64().unwrap())
        .sum()
}
