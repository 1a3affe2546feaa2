//! Being an OSCP system: the routes of a Capacity Provider or Optimizer.
//!
//! [`router`] gives an [`axum::Router`] with a route for every message. It checks the token and the request id, reads
//! the message by the rules of the protocol, calls the method of a [`System`], and answers 204, or an error with
//! `{"message": …}`. Nest it where the system is reached:
//!
//! ```
//! use solarnet_oscp::oscp::server::{Context, Refusal, System, router};
//! use solarnet_oscp::oscp::{AdjustGroupCapacityForecast, Heartbeat, Register, Token};
//!
//! struct Grid {
//!     /// What this system sends to SolarNetwork.
//!     towards_solarnetwork: Token,
//! }
//!
//! impl System for Grid {
//!     async fn register(&self, message: Register, _: Context) -> Result<(), Refusal> {
//!         // Store it first: the token before this one is worthless now.
//!         self.towards_solarnetwork.replace(message.token);
//!         Ok(())
//!     }
//!
//!     async fn heartbeat(&self, _: Heartbeat, _: Context) -> Result<(), Refusal> {
//!         Ok(())
//!     }
//!
//!     async fn adjust_group_capacity_forecast(
//!         &self,
//!         message: AdjustGroupCapacityForecast,
//!         _: Context,
//!     ) -> Result<(), Refusal> {
//!         match message.group_id.as_str() {
//!             "north-quay" => Ok(()),
//!             other => Err(Refusal::unknown(format!("there is no group {other}"))),
//!         }
//!     }
//! }
//!
//! # fn main() -> std::io::Result<()> {
//! let from_solarnetwork = Token::random()?;
//! let grid = Grid { towards_solarnetwork: Token::new("from-the-management-api") };
//! let app = axum::Router::<()>::new().nest("/oscp/cp/2.0", router(&from_solarnetwork, grid));
//! // axum::serve(listener, app).await?;
//! # let _ = app;
//! # Ok(()) }
//! ```
//!
//! A handler that has something to send, such as [`HandshakeAcknowledge`] after a handshake, sends it from a task of its
//! own: the sender waits for the 204 meanwhile, and may not take messages before it has it.

use std::future::Future;
use std::sync::Arc;

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use bytes::Bytes;
use energy_core::Secret;
use energy_core::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{
    AdjustGroupCapacityForecast, GroupCapacityComplianceError, Handshake, HandshakeAcknowledge, Heartbeat,
    PaginatedRequest, Register, RequestId, Token, UpdateAssetMeasurements, UpdateGroupCapacityForecast,
    UpdateGroupMeasurements,
};

/// The longest message that is read, in bytes.
const LONGEST_MESSAGE: usize = 4 * 1024 * 1024;

/// What the headers of a message say.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Context {
    /// `X-Request-ID`: the message's own id. An answer to it carries it as its correlation id.
    pub request_id: RequestId,
    /// `X-Correlation-ID`: the id of the message that this one answers.
    pub correlation_id: Option<RequestId>,
    /// `X-Segment-Index` and `X-Segment-Count`: which part of a message this is, where it comes in several.
    pub segment: Option<PaginatedRequest>,
    /// `X-SN-Source-ID`: the datum stream in which SolarNetwork keeps a forecast that it hands on.
    pub source_id: Option<String>,
}

/// Why a message is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    /// With this status and these words, which the sender sees.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }

    /// The message is well formed, and cannot be followed: 422.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// It is about something that this system does not know: 404.
    pub fn unknown(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// This system cannot take it now: 503.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, message)
    }

    fn not_taken(message: &str) -> Self {
        Self::unknown(format!("this system does not take {message}"))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "message": self.message }))).into_response()
    }
}

macro_rules! messages {
    ($($(#[$doc:meta])* $method:ident($message:ident) at $path:literal;)+) => {
        /// A system that takes messages. Those it does not implement are refused with 404.
        ///
        /// A Capacity Provider takes `register`, `handshake`, `handshake_acknowledge`, `heartbeat`,
        /// `adjust_group_capacity_forecast`, `group_capacity_compliance_error` and the measurements; a Capacity Optimizer
        /// takes `update_group_capacity_forecast` instead of the adjustments and the errors.
        pub trait System: Send + Sync + 'static {
            $(
                $(#[$doc])*
                fn $method(
                    &self,
                    message: $message,
                    context: Context,
                ) -> impl Future<Output = Result<(), Refusal>> + Send {
                    let _ = (message, context);
                    std::future::ready(Err(Refusal::not_taken(stringify!($message))))
                }
            )+
        }

        /// The routes of `system`, for senders that have `token`: the one that this system gave them in its
        /// registration.
        pub fn router<S: System>(token: &Token, system: S) -> Router {
            let system = Arc::new(system);
            let mut router = Router::new();
            $({
                let (system, token) = (Arc::clone(&system), token.clone());
                router = router.route($path, post(move |request: Request| async move {
                    let (message, context) = match take::<$message>(&token, request).await {
                        Ok(taken) => taken,
                        Err(refusal) => return refusal.into_response(),
                    };
                    match system.$method(message, context).await {
                        Ok(()) => StatusCode::NO_CONTENT.into_response(),
                        Err(refusal) => refusal.into_response(),
                    }
                }));
            })+
            router
                .method_not_allowed_fallback(|| async {
                    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "messages come by POST")
                })
                .fallback(|| async { Refusal::unknown("there is no such message") })
        }
    };
}

messages! {
    /// Another system tells where it is reached, and which token to use there.
    register(Register) at "/register";
    /// Another system tells what it wants. Answer with [`HandshakeAcknowledge`].
    handshake(Handshake) at "/handshake";
    /// The answer to this system's handshake.
    handshake_acknowledge(HandshakeAcknowledge) at "/handshake_acknowledge";
    /// A sign of life.
    heartbeat(Heartbeat) at "/heartbeat";
    /// How much capacity a group has: for optimizers.
    update_group_capacity_forecast(UpdateGroupCapacityForecast) at "/update_group_capacity_forecast";
    /// Which capacity an optimizer wants instead: for providers.
    adjust_group_capacity_forecast(AdjustGroupCapacityForecast) at "/adjust_group_capacity_forecast";
    /// A forecast that cannot be kept: for providers.
    group_capacity_compliance_error(GroupCapacityComplianceError) at "/group_capacity_compliance_error";
    /// What a group used.
    update_group_measurements(UpdateGroupMeasurements) at "/update_group_measurements";
    /// What assets of a group used.
    update_asset_measurements(UpdateAssetMeasurements) at "/update_asset_measurements";
}

/// Checks and reads a message.
async fn take<M: DeserializeOwned>(token: &Token, request: Request) -> Result<(M, Context), Refusal> {
    let (parts, body) = request.into_parts();
    let headers = &parts.headers;
    if !is_authorized(headers, &token.current()) {
        return Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "`Authorization: Token …` with the token that this system gave is needed",
        ));
    }
    let context = Context::read(headers)?;
    let body = axum::body::to_bytes(body, LONGEST_MESSAGE)
        .await
        .map_err(|_| Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "the message is too long, or broke off"))?;
    Ok((read(&body)?, context))
}

/// Whether the token is there. Comparing takes the same time wherever the first difference stands.
fn is_authorized(headers: &HeaderMap, token: &Secret) -> bool {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some((scheme, given)) = value.and_then(|value| value.split_once(' ')) else {
        return false;
    };
    scheme.eq_ignore_ascii_case("token") && Secret::new(given.trim()) == *token
}

fn read<M: DeserializeOwned>(body: &Bytes) -> Result<M, Refusal> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let message = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let place = error.path().to_string();
        let reason = error.into_inner();
        if !reason.is_data() {
            return Refusal::new(StatusCode::BAD_REQUEST, format!("the message is no JSON: {reason}"));
        }
        let place = if place == "." { "the message".to_owned() } else { place };
        Refusal::invalid(format!("{place}: {reason}"))
    })?;
    reader.end().map_err(|_| {
        Refusal::new(
            StatusCode::BAD_REQUEST,
            "the message is no JSON: there is something behind it",
        )
    })?;
    Ok(message)
}

impl Context {
    fn read(headers: &HeaderMap) -> Result<Self, Refusal> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let malformed = |message: &str| Refusal::new(StatusCode::BAD_REQUEST, message);
        let request_id = text("x-request-id").filter(|id| !id.is_empty());
        let Some(request_id) = request_id else {
            return Err(malformed("the header X-Request-ID is missing"));
        };
        let number = |name: &str| match text(name).map(str::parse::<i64>) {
            None => Ok(None),
            Some(Ok(number)) => Ok(Some(number)),
            Some(Err(_)) => Err(malformed("X-Segment-Index and X-Segment-Count must be whole numbers")),
        };
        let segment = match (number("x-segment-index")?, number("x-segment-count")?) {
            (None, None) => None,
            (Some(index), Some(count)) => Some(PaginatedRequest::new(index, count)),
            _ => return Err(malformed("X-Segment-Index and X-Segment-Count come together")),
        };
        Ok(Self {
            request_id: request_id.into(),
            correlation_id: text("x-correlation-id").map(RequestId::from),
            segment,
            source_id: text("x-sn-source-id").map(str::to_owned),
        })
    }
}
