//! A service in memory.

use std::sync::Mutex;

use energy_core::bytes::Bytes;
use energy_core::http::header::CONTENT_TYPE;
use energy_core::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use energy_core::transport::{
    BoxFuture, Buffered, HttpRequest, SendOptions, StreamingResponse, Transport, TransportError,
};

use super::Tokens;
use crate::described::Example;

/// What a service answers.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// A success with this JSON.
    pub fn json(body: &'static str) -> Self {
        Self::default()
            .with_header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .with_body(Bytes::from_static(body.as_bytes()))
    }

    /// An answer that a description shows.
    ///
    /// # Panics
    ///
    /// When its status or media type is none.
    pub fn shown(example: Example) -> Self {
        let mut answer = Self {
            status: StatusCode::from_u16(example.status).expect("the status is one"),
            ..Self::default()
        };
        if let Some(media_type) = example.content_type {
            let media_type = media_type.parse().expect("a header can carry it");
            answer = answer.with_header(CONTENT_TYPE, media_type);
        }
        answer.with_body(example.body.into())
    }

    /// The same with one more header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// The same with this body.
    #[must_use]
    pub fn with_body(mut self, body: Bytes) -> Self {
        self.body = body;
        self
    }
}

/// A service in memory that gives the same answer to all requests but those for a token.
#[derive(Debug)]
pub struct Answering {
    answer: Answer,
    token_path: Option<&'static str>,
    token_answers: Vec<Answer>,
    asked: Mutex<Asked>,
}

/// The requests that came.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// For operations.
    pub operations: Vec<HttpRequest>,
    /// For tokens.
    pub tokens: Vec<HttpRequest>,
}

impl Answering {
    /// Answers so, and gives out tokens as the service does.
    pub fn new(answer: Answer, tokens: Option<Tokens>) -> Self {
        Self {
            answer,
            token_path: tokens.map(|tokens| tokens.path),
            token_answers: tokens.iter().map(|tokens| Answer::json(tokens.answer)).collect(),
            asked: Mutex::default(),
        }
    }

    /// Answers so, and answers the requests to this path in order, the last answer again and again.
    pub fn with_token_answers(answer: Answer, path: &'static str, token_answers: Vec<Answer>) -> Self {
        Self {
            answer,
            token_path: Some(path),
            token_answers,
            asked: Mutex::default(),
        }
    }

    /// The requests that came.
    ///
    /// # Panics
    ///
    /// When another thread panicked while it noted one.
    pub fn asked(&self) -> Asked {
        self.asked.lock().expect("no thread panicked").clone()
    }

    fn answer(&self, request: HttpRequest) -> &Answer {
        let mut asked = self.asked.lock().expect("no thread panicked");
        if self.token_path != Some(request.uri().path()) {
            asked.operations.push(request);
            return &self.answer;
        }
        let number = asked.tokens.len();
        asked.tokens.push(request);
        self.token_answers
            .get(number)
            .or(self.token_answers.last())
            .unwrap_or(&self.answer)
    }
}

impl Transport for Answering {
    fn open(&self, request: HttpRequest, _: SendOptions) -> BoxFuture<'_, Result<StreamingResponse, TransportError>> {
        let answer = self.answer(request);
        let mut response = Response::new(Buffered::boxed(answer.body.clone()));
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers.clone();
        Box::pin(std::future::ready(Ok(response)))
    }
}
