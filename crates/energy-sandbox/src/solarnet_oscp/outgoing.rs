//! What the Flexibility Provider sends: plain HTTP to this machine, and a list of it.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use serde_json::Value;

use super::Shared;
use super::messages::Message;
use super::state::{State, SystemKey};
use crate::outgoing;

/// A message that the Flexibility Provider sent, or tried to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct OscpSent {
    /// Its name, such as `Heartbeat`.
    pub message: String,
    /// To whom: `CapacityProvider` or `CapacityOptimizer`.
    pub role: String,
    /// To whom: the system's `configId`.
    pub system: i64,
    /// Where it went, as far as that is known.
    pub url: Option<String>,
    /// `X-Request-ID`.
    pub request_id: String,
    /// `X-Correlation-ID`.
    pub correlation_id: Option<String>,
    /// The body.
    pub body: Value,
    /// The status of the answer, or why there is none.
    pub outcome: Result<u16, String>,
}

/// A message about to be sent.
#[derive(Debug)]
pub(super) struct Parcel {
    sent: OscpSent,
    headers: Vec<(String, String)>,
}

/// Packs a message for a system; whatever is missing shows when it is sent.
pub(super) fn pack(state: &mut State, key: SystemKey, message: Message, body: Value) -> Parcel {
    let request_id = state.new_request_id();
    let mut parcel = Parcel {
        sent: OscpSent {
            message: message.name().to_owned(),
            role: key.0.name().to_owned(),
            system: key.1,
            url: None,
            request_id,
            correlation_id: None,
            body,
            outcome: Err("not sent".to_owned()),
        },
        headers: Vec::new(),
    };
    let Some(system) = state.systems.get(&key) else {
        return parcel.failed("there is no such system");
    };
    let Some(base) = &system.base_url else {
        return parcel.failed("the system has no baseUrl");
    };
    let path = system.prop_entry("url-paths", message.name());
    let path = path.as_deref().unwrap_or(message.path());
    parcel.sent.url = Some(format!(
        "{}/{}",
        base.trim_end_matches('/'),
        path.trim_start_matches('/')
    ));
    if system.oscp_version.as_deref() != Some("2.0") {
        return parcel.failed("the system's oscpVersion is not 2.0");
    }
    let Some(token) = &system.system_token else {
        return parcel.failed("the system has not registered, so that there is no token to call it with");
    };
    parcel.headers = system.extra_headers();
    parcel
        .headers
        .push(("authorization".to_owned(), format!("Token {token}")));
    parcel.sent.outcome = Ok(0);
    parcel
}

impl Parcel {
    fn failed(mut self, why: &str) -> Self {
        self.sent.outcome = Err(why.to_owned());
        self
    }

    /// With the id of the request that this belongs to.
    pub(super) fn correlated(mut self, id: &str) -> Self {
        self.sent.correlation_id = Some(id.to_owned());
        self
    }

    pub(super) fn with_header(mut self, name: &str, value: String) -> Self {
        self.headers.push((name.to_owned(), value));
        self
    }

    /// To the path that OSCP gives the message, whatever the system's properties say.
    pub(super) fn on_standard_path(mut self, state: &State, key: SystemKey, message: Message) -> Self {
        let base = state.systems.get(&key).and_then(|system| system.base_url.as_deref());
        self.sent.url = base.map(|base| format!("{}{}", base.trim_end_matches('/'), message.path()));
        self
    }
}

/// Sends a message in the background, then says how it went.
pub(super) fn dispatch(
    shared: &Arc<Shared>,
    parcel: Parcel,
    then: impl FnOnce(&Arc<Shared>, &Result<u16, String>) + Send + 'static,
) {
    let busy = shared.outgoing.begin();
    let on_the_way = Arc::clone(shared);
    shared.runtime.spawn(async move {
        let mut sent = parcel.sent;
        if sent.outcome.is_ok() {
            sent.outcome = post(&sent, parcel.headers).await;
        }
        let outcome = sent.outcome.clone();
        on_the_way.outgoing.remember(sent);
        then(&on_the_way, &outcome);
        drop(busy);
    });
}

/// Sends a message and returns the status of the answer.
async fn post(message: &OscpSent, extra: Vec<(String, String)>) -> Result<u16, String> {
    let mut headers = vec![
        ("content-type".to_owned(), "application/json".to_owned()),
        ("x-request-id".to_owned(), message.request_id.clone()),
    ];
    if let Some(id) = &message.correlation_id {
        headers.push(("x-correlation-id".to_owned(), id.clone()));
    }
    headers.extend(extra);
    let url = message.url.as_deref().unwrap_or_default();
    outgoing::send(Method::POST, url, &headers, Bytes::from(message.body.to_string())).await
}

/// Whether the answer was a success.
pub(super) fn succeeded(outcome: &Result<u16, String>) -> bool {
    matches!(outcome, Ok(200..=299))
}
