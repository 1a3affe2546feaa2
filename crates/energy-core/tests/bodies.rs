//! JSON bodies with rules of their own: refused before sending, and their secrets kept out of errors.
#![cfg(feature = "test-util")]

use energy_core::check::{Direction, Rules};
use energy_core::{
    BuildError, CredentialUse, DecodeError, Endpoint, Error, HttpResponse, Operation, RequestParts, Secret,
};
use serde::Serialize;

use crate::support::{Answer, Script, Sun, chain, client};

#[derive(Clone, Debug, Serialize)]
struct NewUser {
    name: String,
    password: Secret,
}

impl Rules for NewUser {
    fn check(&self, direction: Direction) -> Result<(), BuildError> {
        assert_eq!(direction, Direction::Sent);
        energy_core::check::not_blank("name", &self.name).map_err(|error| error.under("user"))
    }

    fn secrets(&self, found: &mut Vec<Secret>) {
        found.push(self.password.clone());
    }
}

#[derive(Debug)]
struct AddUser(NewUser);

static ADD_USER: Operation =
    Operation::new("addUser", http::Method::POST, "/users").with_credentials(CredentialUse::None);

impl Endpoint for AddUser {
    type Api = Sun;
    type Output = String;
    const OPERATION: &'static Operation = &ADD_USER;

    fn parts(&self) -> Result<RequestParts, BuildError> {
        let mut parts = RequestParts::new();
        parts.literal("users");
        parts.json_with_rules(&self.0)?;
        Ok(parts)
    }

    fn decode(&self, response: &HttpResponse) -> Result<String, DecodeError> {
        energy_core::decode::text(Self::OPERATION, response)
    }
}

const PASSWORD: &str = "correct horse/battery";

fn user(name: &str) -> AddUser {
    AddUser(NewUser {
        name: name.to_owned(),
        password: Secret::new(PASSWORD),
    })
}

#[tokio::test]
async fn a_body_that_breaks_a_rule_is_not_sent() {
    let script = Script::new([]);
    let error = client(&script).0.send(&user(" ")).await.unwrap_err();
    assert_eq!(error.to_string(), "addUser: cannot be sent: user.name: is blank");
    assert_eq!(script.count(), 0);
}

#[tokio::test]
async fn a_secret_that_was_sent_is_in_no_error() {
    let echo = format!(r#"{{"code": "x", "message": "`{PASSWORD}` is too short"}}"#);
    let script = Script::new([Answer::new(422).body(echo).header("x-why", PASSWORD)]);
    let error = client(&script).0.send(&user("Ada")).await.unwrap_err();
    let Error::Api(api) = &error else {
        unreachable!("an answer that is no success: {error}")
    };
    assert_eq!(api.message, "`[redacted]` is too short");
    let shown = format!(
        "{:?} {error:?} {}",
        chain(&error),
        String::from_utf8_lossy(api.body.bytes())
    );
    assert!(!shown.contains("horse"), "{shown}");
    assert_eq!(api.headers["x-why"], "[redacted]");
}

/// The same, for an answer that is JSON.
#[derive(Debug)]
struct CountUsers(AddUser);

impl Endpoint for CountUsers {
    type Api = Sun;
    type Output = u64;
    const OPERATION: &'static Operation = &ADD_USER;

    fn parts(&self) -> Result<RequestParts, BuildError> {
        self.0.parts()
    }

    fn decode(&self, response: &HttpResponse) -> Result<u64, DecodeError> {
        energy_core::decode::json(Self::OPERATION, response)
    }
}

#[tokio::test]
async fn a_secret_that_was_sent_is_not_shown_by_a_success_that_cannot_be_read() {
    let escaped = PASSWORD.replace('h', "\\u0068");
    for body in [
        format!("<p>{PASSWORD}</p>"),
        format!("\"{PASSWORD}\""),
        format!("\"{escaped}\""),
        format!("{{\"{escaped}\": tru}}"),
    ] {
        let script = Script::new([Answer::new(200).body(body)]);
        let error = client(&script).0.send(&CountUsers(user("Ada"))).await.unwrap_err();
        let Error::Decode(unread) = &error else {
            unreachable!("an answer that cannot be read: {error}")
        };
        let shown = format!(
            "{:?} {error:?} {}",
            chain(&error),
            String::from_utf8_lossy(unread.body.bytes())
        );
        assert!(!shown.contains("horse"), "{shown}");
    }
}

#[tokio::test]
async fn a_success_keeps_what_was_sent() {
    let script = Script::new([Answer::new(200).body(PASSWORD)]);
    assert_eq!(client(&script).0.send(&user("Ada")).await.unwrap(), PASSWORD);
}
