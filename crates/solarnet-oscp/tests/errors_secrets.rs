//! No error shows a secret: not one that went out, and not one that was about to come in.

use energy_core::error::Error;
use energy_core::transport::TransportErrorKind;
use energy_core::transport::replay::{Exchange, ReplayTransport};
use serde_json::{Value, json};
use solarnet_oscp::*;

use crate::support::entities::*;
use crate::support::*;

/// A header whose value JSON, addresses and forms write in different ways.
const ODD_SECRET: &str = "sea gull/\"5+6\"";

fn create() -> CreateCapacityProvider {
    let properties = secretive_properties().header("X-Second", ODD_SECRET);
    CreateCapacityProvider::new(CapacityProviderInput::new("Moor Grid").service_props(properties))
}

/// All that an error shows, and the body that it keeps for programs.
fn shown(error: &Error) -> String {
    let body = match error {
        Error::Api(error) => String::from_utf8_lossy(error.body.bytes()).into_owned(),
        _ => String::new(),
    };
    everything_shown(error) + &body
}

fn without_secrets(error: &Error) {
    let shown = shown(error);
    let escaped = Value::from(ODD_SECRET).to_string();
    for secret in [
        SECRET,
        OAUTH_SECRET,
        HEADER_SECRET,
        ODD_SECRET,
        escaped.trim_matches('"'),
    ] {
        assert!(!shown.contains(secret), "{secret} is shown: {shown}");
    }
}

#[tokio::test]
async fn what_is_sent_and_echoed_is_blotted_out() {
    let echo = format!("no: {OAUTH_SECRET}, {HEADER_SECRET}, {ODD_SECRET}!");
    let in_a_value = json!({
        "success": false,
        "code": "VAL.00004",
        "message": "Refused.",
        "errors": [
            {"location": "serviceProps", "code": "Size", "rejectedValue": {"oauth-client-secret": OAUTH_SECRET}},
            {"location": "serviceProps", "rejectedValue": ODD_SECRET, "message": format!("`{HEADER_SECRET}` is odd")},
        ],
    });
    let replies = [
        Reply::json(failure(None, &echo)).status(422),
        Reply::json(failure(Some(OAUTH_SECRET), "Refused.")).status(422),
        Reply::json(in_a_value).status(422),
        Reply::json(failure(None, &echo)),
        Reply::new(500, "text/plain", &echo),
        Reply::new(502, "text/html", format!("<p>{echo}</p>")),
        Reply::empty(401).header("X-SN-ErrorMessage", &echo),
        Reply::json(failure(None, "Refused."))
            .status(422)
            .header("X-Debug", HEADER_SECRET),
    ];
    for reply in replies {
        let error = failing(&create(), reply).await;
        without_secrets(&error);
        assert!(shown(&error).contains("[redacted]"), "{}", shown(&error));
    }
}

#[tokio::test]
async fn the_same_for_updates_and_the_other_entities() {
    let echo = || Reply::json(failure(None, &format!("{OAUTH_SECRET} {HEADER_SECRET}"))).status(422);
    let provider = || CapacityProviderInput::new("Moor Grid").service_props(secretive_properties());
    let optimizer = || CapacityOptimizerInput::new("Dyke Planner").service_props(secretive_properties());
    let group = || group_input().service_props(secretive_properties());
    let asset = || asset_input().service_props(secretive_properties());
    let errors = [
        failing(
            &UpdateCapacityProvider::new(CapacityProviderId::from(1), provider()),
            echo(),
        )
        .await,
        failing(&CreateCapacityOptimizer::new(optimizer()), echo()).await,
        failing(
            &UpdateCapacityOptimizer::new(CapacityOptimizerId::from(1), optimizer()),
            echo(),
        )
        .await,
        failing(&CreateCapacityGroup::new(group()), echo()).await,
        failing(&UpdateCapacityGroup::new(CapacityGroupId::from(1), group()), echo()).await,
        failing(&CreateAsset::new(asset()), echo()).await,
        failing(&UpdateAsset::new(AssetId::from(1), asset()), echo()).await,
    ];
    for error in errors {
        without_secrets(&error);
        assert_eq!(api(&error).message, "[redacted] [redacted]");
    }
}

#[test]
fn what_is_about_to_be_sent_is_not_shown() {
    let request = create();
    let shown = format!("{request:?} {request:#?} {:?}", login());
    for secret in [SECRET, OAUTH_SECRET, HEADER_SECRET, "sea gull"] {
        assert!(!shown.contains(secret), "{secret} is shown: {shown}");
    }
    assert!(shown.contains("X-Api-Key"), "the name is no secret: {shown}");
}

#[tokio::test]
async fn a_signature_that_is_echoed_is_blotted_out() {
    let service = Service::answering(Reply::json(failure(None, "Bad credentials")).status(401)).await;
    service.client().send(&create()).await.unwrap_err();
    let authorization = service.one().header("authorization").unwrap().to_owned();
    let signature = authorization.split_once("Signature=").unwrap().1.to_owned();

    // The same request at the same time, for the same host, has the same signature: this time it comes back.
    let reply = Reply::json(failure(None, &authorization)).status(401);
    let second = Service::answering(reply.header("x-debug", &signature)).await;
    let (first, own) = (service.client(), second.client());
    let client = Client::builder(login().signed_host(first.base_url().authority()))
        .base_url(own.base_url().as_str())
        .clock(second.clock.clone())
        .build()
        .unwrap();
    let error = client.send(&create()).await.unwrap_err();
    assert_eq!(second.one().header("authorization"), Some(authorization.as_str()));
    assert!(!shown(&error).contains(&signature), "{}", shown(&error));
    assert!(shown(&error).contains("Signature=[redacted]"), "{}", shown(&error));
}

#[tokio::test]
async fn a_lost_answer_shows_none_either() {
    let path = format!("{BASE}/user/oscp/capacity-providers");
    let lost = Exchange::new(&energy_core::http::Method::POST, path).fail(TransportErrorKind::Timeout);
    let client = Client::builder(login())
        .transport(ReplayTransport::new([lost]))
        .build()
        .unwrap();
    let error = client.send(&create()).await.unwrap_err();
    assert!(error.is_timeout());
    without_secrets(&error);
}

#[tokio::test]
async fn the_token_of_a_creation_that_cannot_be_read_is_not_shown() {
    let mut odd_id = created_system(4022, "Moor Grid");
    odd_id["configId"] = json!([4022]);
    let mut odd_token = created_system(4022, "Moor Grid");
    odd_token["token"] = json!({"value": NEW_TOKEN});
    let bodies = [
        envelope(odd_id).to_string(),
        envelope(odd_token).to_string(),
        envelope(json!(format!("made with {NEW_TOKEN}"))).to_string(),
        format!("{{\"success\":true,\"data\":{{\"token\":\"{NEW_TOKEN}\""),
    ];
    for body in bodies {
        let reply = || Reply::new(201, "application/json", &body);
        let provider = failing(&create(), reply()).await;
        let optimizer = CreateCapacityOptimizer::new(CapacityOptimizerInput::new("Dyke Planner"));
        let optimizer = failing(&optimizer, reply()).await;
        for error in [provider, optimizer] {
            let Error::Decode(decode) = &error else {
                panic!("{error:?}");
            };
            let shown = everything_shown(&error);
            assert!(!shown.contains(NEW_TOKEN), "the token is shown: {shown}");
            assert!(
                String::from_utf8_lossy(decode.body.bytes()).contains(NEW_TOKEN),
                "a program can get at it"
            );
        }
    }
}

#[tokio::test]
async fn the_token_of_a_creation_that_failed_after_all_is_not_shown() {
    let mut body = failure(None, "");
    body["data"] = json!({"token": NEW_TOKEN});
    for reply in [
        Reply::json(body.clone()),
        Reply::json(body).status(500),
        Reply::new(500, "text/plain", format!("made with {NEW_TOKEN}, then failed")),
    ] {
        let error = failing(&create(), reply).await;
        let shown = everything_shown(&error);
        assert!(!shown.contains(NEW_TOKEN), "the token is shown: {shown}");
    }
}
