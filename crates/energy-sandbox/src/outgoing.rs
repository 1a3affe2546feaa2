//! What services send by themselves: plain HTTP to this machine, in the background, and a list of it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, header};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;
use url::{Host, Url};

/// Receivers that do not answer within this (real) time have failed.
const PATIENCE: Duration = Duration::from_secs(5);

/// Remembers so many messages.
const KEEP: usize = 10_000;

/// Messages on their way and messages sent.
#[derive(Debug)]
pub(crate) struct Outgoing<T> {
    busy: Arc<watch::Sender<usize>>,
    sent: Mutex<Vec<T>>,
}

impl<T> Default for Outgoing<T> {
    fn default() -> Self {
        Self {
            busy: Arc::new(watch::Sender::new(0)),
            sent: Mutex::default(),
        }
    }
}

impl<T: Clone> Outgoing<T> {
    pub(crate) fn sent(&self) -> Vec<T> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn remember(&self, message: T) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.len() == KEEP {
            sent.remove(0);
        }
        sent.push(message);
    }

    /// Counts a message as on its way until the answer is dropped.
    pub(crate) fn begin(&self) -> Busy {
        self.busy.send_modify(|count| *count += 1);
        Busy(Arc::clone(&self.busy))
    }

    /// Waits until no message is on its way.
    pub(crate) async fn settle(&self) {
        let mut busy = self.busy.subscribe();
        // The sender lives as long as this value: there is no other end to wait for.
        let _ = busy.wait_for(|&count| count == 0).await;
    }
}

/// A message on its way.
#[derive(Debug)]
pub(crate) struct Busy(Arc<watch::Sender<usize>>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// Sends a request and returns the status of the answer, or why there is none.
pub(crate) async fn send(method: Method, url: &str, headers: &[(String, String)], body: Bytes) -> Result<u16, String> {
    let late = Err("no answer in time".to_owned());
    let call = exchange(method, url, headers, body);
    tokio::time::timeout(PATIENCE, call).await.unwrap_or(late)
}

async fn exchange(method: Method, url: &str, headers: &[(String, String)], body: Bytes) -> Result<u16, String> {
    let url = Url::parse(url).map_err(|error| format!("'{url}' is no URL: {error}"))?;
    let address = loopback(&url).ok_or("only plain HTTP to this machine is sent")?;
    let stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| error.to_string())?;
    let mut request = Request::builder()
        .method(method)
        .uri(&url[url::Position::BeforePath..url::Position::AfterQuery])
        .header(header::HOST, &url[url::Position::BeforeHost..url::Position::AfterPort]);
    for (name, value) in headers {
        // What could not stand in a header is left out.
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            request = request.header(name, value);
        }
    }
    let request = request.body(Full::new(body)).map_err(|error| error.to_string())?;
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
