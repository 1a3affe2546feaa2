//! No secret is traced: neither what is sent, nor what comes back.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use energy_core::url::form_urlencoded;
use serde_json::json;
use solarlog_enerest::*;
use support::*;
use tracing::field::{Field, Visit};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};

/// Everything that is traced, as text.
#[derive(Clone, Debug, Default)]
struct Captured(Arc<Mutex<String>>);

struct Writer<'a>(&'a mut String);

impl Visit for Writer<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        writeln!(self.0, "{field}={value:?}").unwrap();
    }
}

impl<S: tracing::Subscriber> Layer<S> for Captured {
    fn on_new_span(&self, span: &tracing::span::Attributes<'_>, _: &tracing::span::Id, _: Context<'_, S>) {
        span.record(&mut Writer(&mut self.0.lock().unwrap()));
    }

    fn on_record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>, _: Context<'_, S>) {
        values.record(&mut Writer(&mut self.0.lock().unwrap()));
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        event.record(&mut Writer(&mut self.0.lock().unwrap()));
    }
}

/// What is traced of a call whose login and answer are these.
async fn traced(login: Reply, reply: Reply) -> String {
    let captured = Captured::default();
    let server = Server::with_logins([login], [reply]).await;
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(captured.clone()));
    let _ = server.retrying().send(&ListPlants::new()).await;
    drop(guard);
    let text = captured.0.lock().unwrap().clone();
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
