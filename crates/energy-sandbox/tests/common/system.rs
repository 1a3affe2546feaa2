//! An OSCP system that listens on this machine and answers every message with one status.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, MutexGuard, watch};

/// A message that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    /// JSON, or the text as it came.
    pub(crate) body: Value,
}

impl Heard {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

#[derive(Debug)]
pub(crate) struct System {
    pub(crate) base_url: String,
    heard: watch::Receiver<Vec<Heard>>,
    status: Arc<AtomicU16>,
    gate: Arc<Mutex<()>>,
}

impl System {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/oscp/2.0", listener.local_addr().unwrap());
        let (sender, heard) = watch::channel(Vec::new());
        let system = Self {
            base_url,
            heard,
            status: Arc::new(AtomicU16::new(204)),
            gate: Arc::default(),
        };
        let (status, gate) = (Arc::clone(&system.status), Arc::clone(&system.gate));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let heard = read(&mut stream).await;
                sender.send_modify(|all| all.push(heard));
                drop(gate.lock().await);
                let head = format!("HTTP/1.1 {} Done\r\n\r\n", status.load(Ordering::Relaxed));
                let _ = stream.write_all(head.as_bytes()).await;
            }
        });
        system
    }

    pub(crate) fn answers(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    /// Keeps every sender waiting for an answer.
    pub(crate) async fn hold(&self) -> MutexGuard<'_, ()> {
        self.gate.lock().await
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.borrow().clone()
    }

    /// Waits until so many messages have arrived.
    pub(crate) async fn hears(&self, count: usize) -> Vec<Heard> {
        let mut heard = self.heard.clone();
        heard.wait_for(|all| all.len() >= count).await.unwrap().clone()
    }

    /// The messages of one path.
    pub(crate) fn heard_at(&self, path: &str) -> Vec<Heard> {
        let all = self.heard().into_iter();
        all.filter(|heard| heard.path.ends_with(path)).collect()
    }
}

async fn read(stream: &mut TcpStream) -> Heard {
    let mut received = Vec::new();
    let end = loop {
        if let Some(place) = received.windows(4).position(|four| four == b"\r\n\r\n") {
            break place;
        }
        assert_ne!(stream.read_buf(&mut received).await.unwrap(), 0);
    };
    let head = String::from_utf8(received[..end].to_vec()).unwrap();
    let mut body = received.split_off(end + 4);
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap().split(' ').map(str::to_owned);
    let (method, path) = (first.next().unwrap(), first.next().unwrap());
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    while body.len() < length {
        assert_ne!(stream.read_buf(&mut body).await.unwrap(), 0);
    }
    Heard {
        method,
        path,
        headers,
        body: serde_json::from_slice(&body).unwrap_or_else(|_| String::from_utf8(body).unwrap().into()),
    }
}
