//! The sockets, and what can go wrong on them below HTTP.
//!
//! A [`WireStream`] is a TCP stream whose next answer can be spoilt by the [`Wire`] handle that
//! travels with each request of the connection.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use crate::clock::pause;

/// The handle on one connection that request handlers hold.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    pub(crate) peer: SocketAddr,
    plan: Arc<Mutex<Plan>>,
}

/// What happens to the bytes of the answer.
#[derive(Debug)]
enum Plan {
    /// They are sent.
    Send,
    /// The connection is reset instead.
    Reset,
    /// The head and this many bytes of the body are sent, then the connection is reset.
    ResetAfter {
        /// How much of the blank line that ends the head has been seen.
        blank: usize,
        /// Body bytes still to be sent.
        left: usize,
    },
    /// These bytes are sent instead, and nothing after them.
    Instead { bytes: Bytes },
}

impl Wire {
    pub(crate) fn reset(&self) {
        self.set(Plan::Reset);
    }

    pub(crate) fn reset_after(&self, body_bytes: usize) {
        self.set(Plan::ResetAfter {
            blank: 0,
            left: body_bytes,
        });
    }

    pub(crate) fn send_instead(&self, bytes: Bytes) {
        self.set(Plan::Instead { bytes });
    }

    fn set(&self, plan: Plan) {
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = plan;
    }
}

impl Connected<IncomingStream<'_, WireListener>> for Wire {
    fn connect_info(stream: IncomingStream<'_, WireListener>) -> Self {
        stream.io().wire.clone()
    }
}

/// Accepts connections as [`WireStream`]s.
#[derive(Debug)]
pub(crate) struct WireListener(pub(crate) TcpListener);

impl Listener for WireListener {
    type Io = WireStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (WireStream, SocketAddr) {
        loop {
            if let Ok((tcp, peer)) = self.0.accept().await {
                // Small answers should leave at once; without it they only leave later.
                let _ = tcp.set_nodelay(true);
                let plan = Arc::new(Mutex::new(Plan::Send));
                let wire = Wire { peer, plan };
                return (WireStream { tcp, wire }, peer);
            }
            // Out of file descriptors, most likely: give others time to close some.
            pause(Duration::from_millis(20)).await;
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A TCP stream that obeys its [`Wire`].
#[derive(Debug)]
pub(crate) struct WireStream {
    tcp: TcpStream,
    wire: Wire,
}

impl WireStream {
    /// With zero linger, closing the socket sends RST and not FIN.
    fn reset(&self) -> io::Error {
        let _ = self.tcp.set_zero_linger();
        io::ErrorKind::ConnectionReset.into()
    }
}

/// How many bytes of `buffer` belong to the head, given how much of the blank line was seen.
fn head_length(buffer: &[u8], blank: &mut usize) -> usize {
    const BLANK: &[u8; 4] = b"\r\n\r\n";
    for (place, &byte) in buffer.iter().enumerate() {
        if *blank == BLANK.len() {
            return place;
        }
        *blank = match byte {
            byte if byte == BLANK[*blank] => *blank + 1,
            b'\r' => 1,
            _ => 0,
        };
    }
    buffer.len()
}

impl AsyncWrite for WireStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &[u8]) -> Poll<io::Result<usize>> {
        let plan = Arc::clone(&self.wire.plan);
        let mut plan = plan.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *plan {
            Plan::Send => Pin::new(&mut self.tcp).poll_write(context, buffer),
            Plan::Reset => Poll::Ready(Err(self.reset())),
            Plan::ResetAfter { blank, left } => {
                let mut seen = *blank;
                let head = head_length(buffer, &mut seen);
                let allowed = buffer.len().min(head + *left);
                if allowed == 0 {
                    let error = self.reset();
                    *plan = Plan::Reset;
                    return Poll::Ready(Err(error));
                }
                let written = ready!(Pin::new(&mut self.tcp).poll_write(context, &buffer[..allowed]))?;
                head_length(&buffer[..written], blank);
                *left -= written.saturating_sub(head);
                Poll::Ready(Ok(written))
            }
            Plan::Instead { bytes } => {
                while !bytes.is_empty() {
                    let written = ready!(Pin::new(&mut self.tcp).poll_write(context, bytes))?;
                    let _ = bytes.split_to(written);
                }
                Poll::Ready(Ok(buffer.len()))
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let plan = Arc::clone(&self.wire.plan);
        let plan = plan.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*plan, Plan::Reset) {
            // An orderly end first would hide the reset.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.tcp).poll_shutdown(context)
    }
}

impl AsyncRead for WireStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(context, buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::head_length;

    #[test]
    fn the_head_ends_after_the_blank_line_even_across_writes() {
        let mut blank = 0;
        assert_eq!(head_length(b"HTTP/1.1 200 OK\r\n\r\nbody", &mut blank), 19);
        let mut blank = 0;
        assert_eq!(head_length(b"a: b\r\n\r", &mut blank), 7);
        assert_eq!(head_length(b"\nbody", &mut blank), 1);
        assert_eq!(head_length(b"more", &mut blank), 0);
    }
}
