//! The sandbox's own routes, `/__sandbox/…`: what the library does with method calls, over
//! HTTP, for programs that talk to the binary. They are not recorded and no fault meets them.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Json, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, body::Bytes};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use crate::fault::Fault;
use crate::server::{Host, Service};

pub(crate) fn router<S: Service>(host: Arc<Host<S>>) -> Router {
    Router::new()
        .route("/__sandbox/faults", post(add_fault::<S>).delete(clear_faults::<S>))
        .route("/__sandbox/advance", post(advance::<S>))
        .route("/__sandbox/requests", get(requests::<S>))
        .with_state(host)
}

/// A fault as JSON: `{"kind":"status","status":503,"times":2,"on_path":"estimate"}`.
#[derive(Debug, Deserialize)]
struct FaultOrder {
    times: Option<u32>,
    on_path: Option<String>,
    #[serde(flatten)]
    kind: FaultKind,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum FaultKind {
    Latency { milliseconds: u64 },
    Reset,
    LostAnswer,
    ResetInBody,
    Status { status: u16, body: Option<String> },
    Html { status: Option<u16> },
    Outage,
    TruncatedJson,
    WrongJson,
    HugeBody,
    Redirect { location: String },
    SkewedDate { seconds: i64 },
}

impl From<FaultOrder> for Fault {
    fn from(order: FaultOrder) -> Self {
        let mut fault = match order.kind {
            FaultKind::Latency { milliseconds } => Fault::latency(Duration::from_millis(milliseconds)),
            FaultKind::Reset => Fault::reset(),
            FaultKind::LostAnswer => Fault::lost_answer(),
            FaultKind::ResetInBody => Fault::reset_in_body(),
            FaultKind::Status { status, body: None } => Fault::status(status),
            FaultKind::Status {
                status,
                body: Some(body),
            } => Fault::status_with_body(status, body),
            FaultKind::Html { status } => Fault::html(status.unwrap_or(502)),
            FaultKind::Outage => Fault::outage(),
            FaultKind::TruncatedJson => Fault::truncated_json(),
            FaultKind::WrongJson => Fault::wrong_json(),
            FaultKind::HugeBody => Fault::huge_body(),
            FaultKind::Redirect { location } => Fault::redirect(location),
            FaultKind::SkewedDate { seconds } => Fault::skewed_date(time::Duration::seconds(seconds)),
        };
        if let Some(times) = order.times {
            fault = fault.times(times);
        }
        match order.on_path {
            Some(part) => fault.on_path(part),
            None => fault,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvanceOrder {
    seconds: u64,
}

async fn add_fault<S: Service>(State(host): State<Arc<Host<S>>>, body: Bytes) -> Response {
    match serde_json::from_slice::<FaultOrder>(&body) {
        Ok(order) => {
            host.faults.add(order.into());
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => complaint(&error),
    }
}

async fn clear_faults<S: Service>(State(host): State<Arc<Host<S>>>) -> StatusCode {
    host.faults.clear();
    StatusCode::NO_CONTENT
}

async fn advance<S: Service>(State(host): State<Arc<Host<S>>>, body: Bytes) -> Response {
    match serde_json::from_slice::<AdvanceOrder>(&body) {
        Ok(order) => {
            host.clock.advance(Duration::from_secs(order.seconds));
            let now = host.clock.now().format(&Rfc3339).unwrap_or_default();
            Json(json!({ "now": now })).into_response()
        }
        Err(error) => complaint(&error),
    }
}

async fn requests<S: Service>(State(host): State<Arc<Host<S>>>) -> Response {
    let requests: Vec<_> = (host.records.all().into_iter())
        .map(|record| {
            json!({
                "method": record.method,
                "path": record.path,
                "query": record.query,
                "headers": record.headers,
                "body": String::from_utf8_lossy(&record.body),
            })
        })
        .collect();
    Json(json!({ "count": host.records.count(), "requests": requests })).into_response()
}

fn complaint(error: &serde_json::Error) -> Response {
    let body = Json(json!({ "error": error.to_string() }));
    (StatusCode::BAD_REQUEST, body).into_response()
}
