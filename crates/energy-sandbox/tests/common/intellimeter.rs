//! Logins and calls of Intellimeter.

use energy_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{Response, send};

/// `POST /auth`.
pub(crate) async fn auth(sandbox: &Sandbox, body: &Value) -> Response {
    let url = format!("{}/auth", sandbox.intellimeter().base_url());
    let headers = [("content-type", "application/json")];
    send("POST", &url, &headers, &body.to_string()).await.unwrap()
}

/// The administrator's application, for one grant.
pub(crate) fn client(sandbox: &Sandbox, grant_type: &str) -> Value {
    let known = sandbox.intellimeter().credentials();
    json!({
        "grant_type": grant_type,
        "client_id": known.admin_client_id,
        "client_secret": known.admin_client_secret,
    })
}

/// Somebody who calls with a token.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) base_url: String,
    pub(crate) token: String,
}

impl Login {
    pub(crate) fn with(sandbox: &Sandbox, token: &str) -> Self {
        Self {
            base_url: sandbox.intellimeter().base_url().to_owned(),
            token: token.to_owned(),
        }
    }

    /// A call; no body for null.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> Response {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let url = format!("{}{path}", self.base_url);
        send(method, &url, &headers, &body).await.unwrap()
    }

    /// The JSON of a GET that works.
    pub(crate) async fn get(&self, path: &str) -> Value {
        self.good("GET", path, Value::Null).await
    }

    /// The JSON of a call that works.
    pub(crate) async fn good(&self, method: &str, path: &str, body: Value) -> Value {
        let response = self.call(method, path, body).await;
        assert_eq!(response.status, 200, "{method} {path}: {}", response.body);
        response.json()
    }

    pub(crate) async fn status(&self, method: &str, path: &str, body: Value) -> u16 {
        self.call(method, path, body).await.status
    }

    /// A call that works and has nothing to say.
    pub(crate) async fn done(&self, method: &str, path: &str, body: Value) {
        let response = self.call(method, path, body).await;
        assert_eq!((response.status, response.body.as_str()), (204, ""), "{method} {path}");
    }
}

/// The administrator, with these scopes.
pub(crate) async fn admin_with(sandbox: &Sandbox, scope: &str) -> Login {
    let mut body = client(sandbox, "client_credentials");
    body["scope"] = scope.into();
    let token = auth(sandbox, &body).await.json();
    Login::with(sandbox, token["access_token"].as_str().unwrap())
}

/// The administrator, with every scope.
pub(crate) async fn admin(sandbox: &Sandbox) -> Login {
    admin_with(sandbox, "*:*:*").await
}

/// Somebody who is no administrator, with every scope that is left.
pub(crate) async fn user(sandbox: &Sandbox) -> Login {
    let known = sandbox.intellimeter().credentials();
    let body = json!({
        "grant_type": "client_credentials", "scope": "*:*:*",
        "client_id": known.user_client_id, "client_secret": known.user_client_secret,
    });
    let token = auth(sandbox, &body).await.json();
    Login::with(sandbox, token["access_token"].as_str().unwrap())
}

/// The rows of a list.
pub(crate) fn rows(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A number of three decimals in whole thousandths, so that sums are exact.
pub(crate) fn thousandths(value: &Value) -> i64 {
    (value.as_f64().unwrap() * 1000.0).round() as i64
}
