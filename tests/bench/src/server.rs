//! A server that costs as little as possible: connections stay open, nothing of a request but its path is read.

use std::sync::LazyLock;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::{Failure, answers};

/// What the path asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    /// An estimate of Forecast.Solar.
    Estimate,
    /// A page of so many systems of Enphase, below `/systems/<total>`.
    Systems { total: u64, page: u64, size: u64 },
    /// A body of so many bytes, below `/bytes/<length>`.
    Bytes(u64),
}

impl Wanted {
    fn read(target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut segments = path.split('/').skip(1);
        let number = |text: Option<&str>| text.and_then(|text| text.parse().ok());
        let parameter = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            number(pairs.find_map(|(key, value)| (key == name).then_some(value)))
        };
        match (segments.next(), number(segments.next())) {
            (Some("systems"), Some(total)) => Self::Systems {
                total,
                page: parameter("page").unwrap_or(1),
                size: parameter("size").unwrap_or(10),
            },
            (Some("bytes"), Some(length)) => Self::Bytes(length),
            _ => Self::Estimate,
        }
    }
}

/// A whole response.
fn response(kind: &str, body: &str) -> Bytes {
    let length = body.len();
    Bytes::from(format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}"
    ))
}

static ESTIMATE: LazyLock<Bytes> = LazyLock::new(|| response("application/json", answers::ESTIMATE));

/// Serves on a free port of this machine until the process ends, telling `ready` the address first.
///
/// # Errors
///
/// No port can be had.
pub async fn serve(ready: impl FnOnce(&str)) -> Result<(), Failure> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    ready(&format!("http://{}", listener.local_addr()?));
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(async move {
            // A client that goes away ends its connection, and nothing else.
            let _ = converse(stream).await;
        });
    }
}

/// Answers one request after the other. Requests have no body.
async fn converse(mut stream: TcpStream) -> Result<(), Failure> {
    let mut buffer = vec![0; 8192];
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        filled += read;
        if read == 0 {
            return Ok(());
        }
        if !buffer[..filled].ends_with(b"\r\n\r\n") {
            continue;
        }
        let head = std::str::from_utf8(&buffer[..filled])?;
        let target = head.split(' ').nth(1).ok_or("no request")?;
        match Wanted::read(target) {
            Wanted::Estimate => stream.write_all(&ESTIMATE).await?,
            Wanted::Systems { total, page, size } => {
                let body = answers::systems(total, page, size);
                stream.write_all(&response("application/json", &body)).await?;
            }
            Wanted::Bytes(length) => flood(&mut stream, length).await?,
        }
        filled = 0;
    }
}

/// Sends a body of `length` bytes.
async fn flood(stream: &mut TcpStream, length: u64) -> Result<(), Failure> {
    static BLOCK: [u8; 65_536] = [b'x'; 65_536];
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let mut left = length;
    while left > 0 {
        let next = usize::try_from(left).unwrap_or(usize::MAX).min(BLOCK.len());
        stream.write_all(&BLOCK[..next]).await?;
        left -= next as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    #[test]
    fn the_path_says_what_is_wanted() {
        assert_eq!(Wanted::read("/estimate/52/13/35/0/5"), Wanted::Estimate);
        let page = Wanted::read("/systems/1000/api/v4/systems?page=3&size=100&key=k");
        let third = Wanted::Systems {
            total: 1000,
            page: 3,
            size: 100,
        };
        assert_eq!(page, third);
        assert_eq!(Wanted::read("/bytes/500/estimate/1/2"), Wanted::Bytes(500));
    }
}
