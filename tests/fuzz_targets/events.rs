use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use energy_core::auth::NoLogin;
use energy_core::http::{Method, Response};
use energy_core::transport::{
    BodyStream, BoxFuture, HttpRequest, SendOptions, StreamingResponse, Transport, TransportError,
};
use energy_core::{
    Api, ApiClient, ApiError, BuildError, CredentialUse, DecodeError, Endpoint, HttpResponse, Operation, RequestParts,
};
use time::OffsetDateTime;

use super::input::Input;
use super::now::now;

/// Server-sent events: however the bytes come, the events are those that the rules of the format give, applied to the
/// whole text.
///
/// Input: the sizes of the pieces, a byte each, up to a 0xFF; and the text. What is left comes as one piece.
///
/// # Panics
///
/// When they differ.
pub fn events(data: &[u8]) {
    let mut input = Input::new(data);
    let sizes = input.part();
    let body = input.rest();
    let whole = heard(vec![Bytes::copy_from_slice(body)]);
    assert_eq!(heard(pieces(sizes, body)), whole);
    let single = body.iter().map(|byte| Bytes::copy_from_slice(&[*byte])).collect();
    assert_eq!(heard(single), whole);
    if let Ok(text) = std::str::from_utf8(body) {
        assert_eq!(whole, (by_the_rules(text), false));
    }
}

/// Kind, data and id.
type Said = (String, String, Option<String>);

fn pieces(sizes: &[u8], mut body: &[u8]) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    for size in sizes {
        let (piece, rest) = body.split_at(usize::from(*size).min(body.len()));
        pieces.push(Bytes::copy_from_slice(piece));
        body = rest;
    }
    pieces.push(Bytes::copy_from_slice(body));
    pieces
}

/// The events of an answer that comes in these pieces, and whether they ended with an error.
fn heard(pieces: Vec<Bytes>) -> (Vec<Said>, bool) {
    let builder = ApiClient::<Speaker>::builder(NoLogin).transport(Answer(Arc::new(Mutex::new(pieces.into()))));
    let client = builder.build().expect("the client is built");
    now(async {
        let mut events = client.call(&Listen).events().await.expect("the answer begins");
        let mut said = Vec::new();
        while let Some(event) = events.next().await {
            let Ok(event) = event else {
                return (said, true);
            };
            said.push((event.event, event.data, event.id));
        }
        (said, false)
    })
}

/// The rules of the format, line by line.
fn by_the_rules(text: &str) -> Vec<Said> {
    let text = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .replace("\r\n", "\n")
        .replace('\r', "\n");
    let mut lines: Vec<&str> = text.split('\n').collect();
    // What is behind the last line end is no line yet.
    lines.pop();
    let (mut said, mut last_id) = (Vec::new(), None);
    let (mut kind, mut data, mut id) = (String::new(), Vec::new(), None);
    for line in lines {
        if line.is_empty() {
            if let Some(id) = id.take() {
                last_id = Some(id).filter(|id: &String| !id.is_empty());
            }
            let kind = std::mem::take(&mut kind);
            if !data.is_empty() {
                let kind = if kind.is_empty() { "message".to_owned() } else { kind };
                said.push((kind, data.join("\n"), last_id.clone()));
                data.clear();
            }
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut kind),
            "data" => data.push(value.to_owned()),
            "id" if !value.contains('\0') => id = Some(value.to_owned()),
            _ => {}
        }
    }
    said
}

/// A service that speaks.
#[derive(Debug)]
struct Speaker;

impl Api for Speaker {
    const NAME: &'static str = "speaker";
    const BASE_URL: &'static str = "https://speaker.example";
    type Login = NoLogin;

    fn describe_error(_: &HttpResponse, _: OffsetDateTime, _: &mut ApiError) {}
}

struct Listen;

impl Endpoint for Listen {
    type Api = Speaker;
    type Output = ();
    const OPERATION: &'static Operation =
        &Operation::new("listen", Method::GET, "/").with_credentials(CredentialUse::None);

    fn parts(&self) -> Result<RequestParts, BuildError> {
        Ok(RequestParts::new())
    }

    fn decode(&self, _: &HttpResponse) -> Result<(), DecodeError> {
        Ok(())
    }
}

/// Answers with events.
#[derive(Clone, Debug)]
struct Answer(Arc<Mutex<VecDeque<Bytes>>>);

impl Transport for Answer {
    fn open(&self, _: HttpRequest, _: SendOptions) -> BoxFuture<'_, Result<StreamingResponse, TransportError>> {
        let mut answer: StreamingResponse = Response::new(Box::new(self.clone()));
        let kind = energy_core::http::HeaderValue::from_static("text/event-stream");
        answer.headers_mut().insert("content-type", kind);
        Box::pin(std::future::ready(Ok(answer)))
    }
}

impl BodyStream for Answer {
    fn chunk(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, TransportError>> {
        let piece = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        Box::pin(std::future::ready(Ok(piece)))
    }
}
