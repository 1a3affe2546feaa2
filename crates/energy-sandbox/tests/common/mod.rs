//! A small HTTP/1.1 client: one request per connection, nothing hidden.

pub(crate) mod enphase;
pub(crate) mod intellimeter;
pub(crate) mod solarlog;
pub(crate) mod solarnet;
pub(crate) mod street;
pub(crate) mod system;

use std::io::{self, ErrorKind};

use energy_sandbox::Sandbox;
use serde_json::Value;
use time::macros::datetime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

/// An answer that arrived whole.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// The body as text; what is no text is replaced.
    pub(crate) body: String,
    pub(crate) bytes: Vec<u8>,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// `message.text`.
    pub(crate) fn text(&self) -> String {
        self.json()["message"]["text"].as_str().unwrap().to_owned()
    }
}

/// Sends a request and reads the answer to the end its `Content-Length` announces.
pub(crate) async fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> io::Result<Response> {
    let url = Url::parse(url).unwrap();
    let address = url.socket_addrs(|| None)?[0];
    let mut stream = TcpStream::connect(address).await?;
    let query = url.query().map(|query| format!("?{query}"));
    let mut request = format!(
        "{method} {}{} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n",
        url.path(),
        query.unwrap_or_default(),
        body.len()
    );
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    request.push_str(body);
    stream.write_all(request.as_bytes()).await?;

    let mut received = Vec::new();
    let head_end = loop {
        if let Some(place) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            break place;
        }
        if stream.read_buf(&mut received).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    };
    let head = String::from_utf8(received[..head_end].to_vec()).unwrap();
    let mut body = received.split_off(head_end + 4);
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    while body.len() < length {
        if stream.read_buf(&mut body).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(Response {
        status: status.parse().unwrap(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
        bytes: body,
    })
}

/// Midsummer noon in Berlin, and the clock stands still.
pub(crate) async fn midsummer() -> Sandbox {
    sandbox_at(datetime!(2026-06-21 10:00 UTC)).await
}

pub(crate) async fn sandbox_at(time: time::OffsetDateTime) -> Sandbox {
    Sandbox::builder().at(time).start().await.unwrap()
}

/// GET of a path of Forecast.Solar.
pub(crate) async fn get(sandbox: &Sandbox, path: &str) -> Response {
    get_with(sandbox, path, &[]).await
}

pub(crate) async fn get_with(sandbox: &Sandbox, path: &str, headers: &[(&str, &str)]) -> Response {
    let url = format!("{}{path}", sandbox.forecast_solar().base_url());
    send("GET", &url, headers, "").await.unwrap()
}

/// POST of a form.
pub(crate) async fn post(sandbox: &Sandbox, path: &str, form: &str) -> Response {
    let url = format!("{}{path}", sandbox.forecast_solar().base_url());
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    send("POST", &url, &headers, form).await.unwrap()
}
