//! A service on loopback that goes wrong exactly as told. It speaks HTTP by hand, because resets, halves and drips lie
//! below what a library lets one say. One request is read from each connection, and each is kept.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::task::{JoinHandle, JoinSet};

use crate::wire::{Answer, Request, give, gone, head, read, request_line, success};

/// How much a flood has: far more than any client reads.
pub(crate) const FLOOD: u64 = 100 << 20;
/// What is sent of it at once.
static PIECE: [u8; 1 << 16] = [b' '; 1 << 16];
/// What is between two bytes of a drip: much less than a client's timeout, so that none of them is late.
const DRIP: Duration = Duration::from_millis(20);

/// What happens to a request that was read.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Answer(Answer),
    /// The connection is reset without an answer.
    Reset,
    /// It is reset after half of the answer's body.
    ResetInside(Answer),
    /// Nothing is ever said.
    Silence,
    /// A success that goes on for [`FLOOD`] bytes.
    Flood {
        announced: bool,
        content_type: String,
    },
    /// A success of which a byte comes now and then, without end.
    Drip {
        content_type: String,
    },
}

/// Decides what happens to the request of this number.
type Acting = dyn Fn(&Request, usize) -> Act + Send + Sync;

/// What the service does.
pub(crate) enum Script {
    /// Nobody listens; `after_login` says that a token is given out first.
    Refuse { after_login: bool },
    /// Connections are reset as soon as a request has arrived, before it is read.
    ResetUnread,
    /// Requests are read, the first of them number 1.
    Act(Box<Acting>),
}

/// Gives out tokens at an address of its own.
pub(crate) struct Login {
    pub(crate) path: &'static str,
    /// The answer to the request of this number, from 1.
    pub(crate) answer: Box<dyn Fn(usize) -> Answer + Send + Sync>,
}

/// What the service has seen and sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) requests: Vec<Request>,
    pub(crate) logins: usize,
    /// Bytes of floods that went out.
    pub(crate) flooded: u64,
}

pub(crate) struct Server {
    pub(crate) origin: String,
    inner: Arc<Inner>,
    accepting: JoinHandle<()>,
}

struct Inner {
    script: Script,
    login: Option<Login>,
    seen: Mutex<Seen>,
    flooded: AtomicU64,
    stop: Notify,
}

impl Server {
    pub(crate) fn start(script: Script, login: Option<Login>) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let origin = format!("http://{}", socket.local_addr()?);
        let silent = matches!(script, Script::Refuse { after_login: false });
        let inner = Arc::new(Inner {
            script,
            login,
            seen: Mutex::default(),
            flooded: AtomicU64::new(0),
            stop: Notify::new(),
        });
        let own = Arc::clone(&inner);
        let accepting = if silent {
            // The port is kept, so that nobody else listens there meanwhile.
            tokio::spawn(async move {
                own.stop.notified().await;
                drop(socket);
            })
        } else {
            let listener = socket.listen(64)?;
            tokio::spawn(async move { own.accept(listener).await })
        };
        Ok(Self {
            origin,
            inner,
            accepting,
        })
    }

    /// What it has seen once it has read everything that was sent.
    pub(crate) async fn finish(self) -> Seen {
        self.inner.stop.notify_one();
        self.accepting.await.expect("the service does not panic");
        let mut seen = self.inner.seen.lock().expect("nobody panics").clone();
        seen.flooded = self.inner.flooded.load(Ordering::Relaxed);
        seen
    }
}

impl Inner {
    async fn accept(self: Arc<Self>, listener: TcpListener) {
        let mut open = JoinSet::new();
        if let Script::Refuse { .. } = self.script {
            // The one connection that is taken, for the login, holds the port until the end.
            let mut stream = tokio::select! {
                accepted = listener.accept() => accepted.expect("connections can be accepted").0,
                () = self.stop.notified() => return,
            };
            drop(listener);
            let _ = self.serve(&mut stream).await;
            return self.stop.notified().await;
        }
        loop {
            let stream = tokio::select! {
                accepted = listener.accept() => accepted.expect("connections can be accepted").0,
                () = self.stop.notified() => break,
            };
            self.serve_in(&mut open, stream);
        }
        // What arrived last has not been accepted yet.
        let listener = listener.into_std().expect("the listener is whole");
        while let Ok((stream, _)) = listener.accept() {
            stream.set_nonblocking(true).expect("the stream is whole");
            self.serve_in(&mut open, TcpStream::from_std(stream).expect("the stream is whole"));
        }
        while open.join_next().await.is_some() {}
    }

    fn serve_in(self: &Arc<Self>, open: &mut JoinSet<()>, mut stream: TcpStream) {
        let own = Arc::clone(self);
        open.spawn(async move {
            // That the client has gone ends the connection, and is no failure of the service.
            let _ = own.serve(&mut stream).await;
        });
    }

    async fn serve(&self, stream: &mut TcpStream) -> io::Result<()> {
        if let Script::ResetUnread = self.script {
            let mut beginning = [0; 512];
            let length = stream.peek(&mut beginning).await?;
            let line = request_line(&beginning[..length]);
            if length > 0 && !self.is_login(&line) {
                self.keep(Request {
                    line,
                    authorization: String::new(),
                    date: String::new(),
                    body: String::new(),
                });
                return stream.set_zero_linger();
            }
        }
        let Some(request) = read(stream).await? else {
            return Ok(());
        };
        if let Some(login) = self.login.as_ref().filter(|_| self.is_login(&request.line)) {
            let number = {
                let mut seen = self.seen.lock().expect("nobody panics");
                seen.logins += 1;
                seen.logins
            };
            return give(stream, &(login.answer)(number)).await;
        }
        let number = self.keep(request.clone());
        match &self.script {
            Script::Act(act) => self.act(stream, act(&request, number)).await,
            _ => Ok(()),
        }
    }

    async fn act(&self, stream: &mut TcpStream, act: Act) -> io::Result<()> {
        match act {
            Act::Answer(answer) => give(stream, &answer).await,
            Act::Reset => stream.set_zero_linger(),
            Act::ResetInside(answer) => {
                let mut text = head(&answer, Some(answer.body.len() as u64));
                text.extend_from_slice(&answer.body[..answer.body.len() / 2]);
                stream.write_all(&text).await?;
                stream.set_zero_linger()
            }
            Act::Silence => gone(stream).await,
            Act::Flood {
                announced,
                content_type,
            } => {
                let answer = success(content_type);
                stream.write_all(&head(&answer, announced.then_some(FLOOD))).await?;
                self.flood(stream, announced).await
            }
            Act::Drip { content_type } => {
                stream.write_all(&head(&success(content_type), None)).await?;
                let mut now_and_then = tokio::time::interval(DRIP);
                loop {
                    now_and_then.tick().await;
                    stream.write_all(b"1\r\n \r\n").await?;
                }
            }
        }
    }

    async fn flood(&self, stream: &mut TcpStream, announced: bool) -> io::Result<()> {
        for _ in 0..FLOOD / PIECE.len() as u64 {
            if !announced {
                stream.write_all(b"10000\r\n").await?;
            }
            stream.write_all(&PIECE).await?;
            if !announced {
                stream.write_all(b"\r\n").await?;
            }
            self.flooded.fetch_add(PIECE.len() as u64, Ordering::Relaxed);
        }
        if announced {
            Ok(())
        } else {
            stream.write_all(b"0\r\n\r\n").await
        }
    }

    fn is_login(&self, line: &str) -> bool {
        let target = line.split(' ').nth(1).unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        self.login.as_ref().is_some_and(|login| login.path == path)
    }

    fn keep(&self, request: Request) -> usize {
        let mut seen = self.seen.lock().expect("nobody panics");
        seen.requests.push(request);
        seen.requests.len()
    }
}
