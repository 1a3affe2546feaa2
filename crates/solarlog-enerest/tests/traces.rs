//! No secret is traced: neither what is sent, nor what comes back.

use energy_core::url::form_urlencoded;
use serde_json::json;
use solarlog_enerest::*;

use crate::support::*;
use crate::traced::Traced;

/// What is traced of a call whose login and answer are these.
async fn traced(login: Reply, reply: Reply) -> String {
    let server = Server::with_logins([login], [reply]).await;
    let tracing = Traced::from_here();
    let _ = server.retrying().send(&ListPlants::new()).await;
    let text = tracing.text();
    assert!(text.contains("listPlants"), "nothing was traced: {text}");
    text
}

#[tokio::test]
async fn traces_show_no_secret() {
    for (login, reply) in [
        (token(TOKEN), Reply::json(json!([]))),
        (
            token(TOKEN),
            Reply::json(json!({"error": TOKEN, "code": TOKEN})).status(403),
        ),
        (token(TOKEN), Reply::json(json!({"message": TOKEN})).status(401)),
        (token(TOKEN), Reply::new(503, "text/html", format!("<p>{TOKEN}"))),
        (
            Reply::json(json!({"error": CLIENT_SECRET})).status(401),
            Reply::empty(204),
        ),
        (
            Reply::json(json!({"message": CLIENT_SECRET})).status(500),
            Reply::empty(204),
        ),
        (Reply::json(json!({"access_token": [TOKEN]})), Reply::empty(204)),
    ] {
        let text = traced(login, reply).await;
        for secret in [TOKEN, CLIENT_SECRET] {
            let escaped: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            for form in [secret, &escaped] {
                assert!(!text.contains(form), "`{form}` is traced: {text}");
            }
        }
    }
}
