//! What the Flexibility Provider sends: plain HTTP to this machine, and a list of it.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, header};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::watch;
use url::{Host, Url};

use super::Shared;
use super::messages::Message;
use super::state::{State, SystemKey};

/// Systems that do not answer within this (real) time have failed.
const PATIENCE: Duration = Duration::from_secs(5);

/// Remembers so many messages.
const KEEP: usize = 10_000;

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

/// Messages on their way and messages sent.
#[derive(Debug)]
pub(super) struct Outgoing {
    busy: watch::Sender<usize>,
    sent: Mutex<Vec<OscpSent>>,
}

impl Outgoing {
    pub(super) fn new() -> Self {
        Self {
            busy: watch::Sender::new(0),
            sent: Mutex::default(),
        }
    }

    pub(super) fn sent(&self) -> Vec<OscpSent> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, message: OscpSent) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.len() == KEEP {
            sent.remove(0);
        }
        sent.push(message);
    }

    /// Waits until no message is on its way.
    pub(super) async fn settle(&self) {
        let mut busy = self.busy.subscribe();
        // The sender lives as long as this value: there is no other end to wait for.
        let _ = busy.wait_for(|&count| count == 0).await;
    }
}

/// Counts one message on its way until it is dropped.
struct Busy(Arc<Shared>);

impl Busy {
    fn new(shared: &Arc<Shared>) -> Self {
        shared.outgoing.busy.send_modify(|count| *count += 1);
        Self(Arc::clone(shared))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.outgoing.busy.send_modify(|count| *count -= 1);
    }
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
    let busy = Busy::new(shared);
    shared.runtime.spawn(async move {
        let mut sent = parcel.sent;
        if sent.outcome.is_ok() {
            sent.outcome = within_patience(post(&sent, &parcel.headers)).await;
        }
        let outcome = sent.outcome.clone();
        busy.0.outgoing.remember(sent);
        then(&busy.0, &outcome);
    });
}

async fn within_patience(call: impl Future<Output = Result<u16, String>>) -> Result<u16, String> {
    let late = Err("no answer in time".to_owned());
    tokio::time::timeout(PATIENCE, call).await.unwrap_or(late)
}

/// Sends a message and returns the status of the answer.
async fn post(message: &OscpSent, headers: &[(String, String)]) -> Result<u16, String> {
    let url = message.url.as_deref().unwrap_or_default();
    let url = Url::parse(url).map_err(|error| format!("'{url}' is no URL: {error}"))?;
    let address = loopback(&url).ok_or("only plain HTTP to this machine is sent")?;
    let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| error.to_string())?;
    let mut request = Request::post(&url[url::Position::BeforePath..url::Position::AfterQuery])
        .header(header::HOST, &url[url::Position::BeforeHost..url::Position::AfterPort])
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-request-id", &message.request_id);
    if let Some(id) = &message.correlation_id {
        request = request.header("x-correlation-id", id);
    }
    for (name, value) in headers {
        // What could not stand in a header is left out.
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            request = request.header(name, value);
        }
    }
    let request = request
        .body(Full::new(Bytes::from(message.body.to_string())))
        .map_err(|error| error.to_string())?;
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request).await;
    connection.abort();
    let status = answer.map_err(|error| error.to_string())?.status().as_u16();
    Ok(status)
}

/// The address, if it is of this machine and without TLS.
fn loopback(url: &Url) -> Option<SocketAddr> {
    let address: IpAddr = match url.host()? {
        Host::Ipv4(address) => address.into(),
        Host::Ipv6(address) => address.into(),
        Host::Domain("localhost") => Ipv4Addr::LOCALHOST.into(),
        Host::Domain(_) => return None,
    };
    let port = url.port_or_known_default()?;
    (url.scheme() == "http" && address.is_loopback()).then(|| SocketAddr::new(address, port))
}

/// Whether the answer was a success.
pub(super) fn succeeded(outcome: &Result<u16, String>) -> bool {
    matches!(outcome, Ok(200..=299))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::loopback;

    #[test]
    fn only_this_machine_is_called() {
        let allowed = |url: &str| Url::parse(url).ok().and_then(|url| loopback(&url));
        assert!(allowed("http://127.0.0.1:8080/a").is_some());
        assert!(allowed("http://localhost/a").is_some());
        assert!(allowed("http://[::1]:80/a").is_some());
        assert!(allowed("https://127.0.0.1/a").is_none());
        assert!(allowed("http://10.0.0.1/a").is_none());
        assert!(allowed("http://oscp.example.com/a").is_none());
    }
}
