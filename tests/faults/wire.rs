//! HTTP by hand: a request is read, an answer written.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Method, path and query.
    pub(crate) line: String,
    pub(crate) authorization: String,
    /// When it was signed, as a signature of SolarNetwork says it.
    pub(crate) date: String,
    pub(crate) body: String,
}

/// An answer with its length.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn success(content_type: String) -> Answer {
    Answer {
        status: 200,
        headers: vec![("content-type", content_type)],
        body: Vec::new(),
    }
}

/// The head of an answer; without a length the body comes in chunks.
pub(crate) fn head(answer: &Answer, length: Option<u64>) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {} Told\r\nconnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        text += &format!("{name}: {value}\r\n");
    }
    text += &match length {
        // An answer of this status has no body, and no length either.
        Some(_) if answer.status == 204 => String::new(),
        Some(length) => format!("content-length: {length}\r\n"),
        None => "transfer-encoding: chunked\r\n".to_owned(),
    };
    (text + "\r\n").into_bytes()
}

pub(crate) async fn give(stream: &mut TcpStream, answer: &Answer) -> io::Result<()> {
    let mut text = head(answer, Some(answer.body.len() as u64));
    text.extend_from_slice(&answer.body);
    stream.write_all(&text).await?;
    stream.shutdown().await
}

/// Waits until the client closes the connection.
pub(crate) async fn gone(stream: &mut TcpStream) -> io::Result<()> {
    let mut ignored = [0; 64];
    while stream.read(&mut ignored).await? > 0 {}
    Ok(())
}

/// A whole request; `None` when the client goes before it is one.
pub(crate) async fn read(stream: &mut TcpStream) -> io::Result<Option<Request>> {
    let mut text = Vec::new();
    let mut piece = [0; 4096];
    loop {
        if let Some(end) = text.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&text[..end]).into_owned();
            let length = header(&head, "content-length").parse().unwrap_or(0);
            let body = &text[end + 4..];
            if body.len() >= length {
                return Ok(Some(Request {
                    line: request_line(&text),
                    authorization: header(&head, "authorization"),
                    date: header(&head, "x-sn-date"),
                    body: String::from_utf8_lossy(body).into_owned(),
                }));
            }
        }
        match stream.read(&mut piece).await? {
            0 => return Ok(None),
            length => text.extend_from_slice(&piece[..length]),
        }
    }
}

pub(crate) fn request_line(text: &[u8]) -> String {
    let line = text.split(|byte| *byte == b'\r').next().unwrap_or_default();
    String::from_utf8_lossy(line).into_owned()
}

fn header(head: &str, name: &str) -> String {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let found = lines.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}
