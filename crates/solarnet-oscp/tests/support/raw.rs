//! Requests that no proper client would send.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A request, written by hand.
pub(crate) struct Raw {
    address: SocketAddr,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    headers: Vec<(String, String)>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

impl Raw {
    pub(crate) fn post(address: SocketAddr, path: &str) -> Self {
        Self {
            address,
            method: "POST".to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub(crate) fn body(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self.header("content-length", &body.len().to_string())
    }

    /// Sends all of it.
    pub(crate) async fn send(self) -> Answer {
        self.exchange(true).await
    }

    /// Sends the head, and nothing of the body that it announces.
    pub(crate) async fn send_head(self) -> Answer {
        self.exchange(false).await
    }

    async fn exchange(self, whole: bool) -> Answer {
        // A thread of its own, because it blocks.
        let answer = tokio::task::spawn_blocking(move || self.exchange_now(whole));
        read(&answer.await.unwrap())
    }

    fn exchange_now(self, whole: bool) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        // Only a receiver that waits for what never comes is given up.
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut head = format!("{} {} HTTP/1.1\r\nhost: {}\r\n", self.method, self.path, self.address);
        head += "connection: close\r\n";
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        if let Some(body) = self.body.filter(|_| whole) {
            // A receiver may refuse and hang up before it has read everything.
            let _ = stream.write_all(body.as_bytes());
        }
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }
}

fn read(answer: &str) -> Answer {
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer: {answer}"));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let headers = lines.filter_map(|line| line.split_once(':'));
    Answer {
        status: status.and_then(|status| status.parse().ok()).unwrap(),
        body: body.to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect(),
    }
}
