//! One service on one listener: its routes, what every request passes on its way, and its end.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Extension, RawPathParams, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::call::{Answer, Call};
use crate::clock::{Clock, pause};
use crate::control;
use crate::fault::{Effect, Fault, Faults};
use crate::flood::Flood;
use crate::record::{Records, RequestRecord};
use crate::route::{Route, RouteInfo};
use crate::wire::{Wire, WireListener};

/// Larger request bodies are refused with 413.
const LARGEST_REQUEST: usize = 16 * 1024 * 1024;

/// A service of the sandbox: state behind handlers.
pub(crate) trait Service: Send + Sync + Sized + 'static {
    /// The operations, one line each.
    fn routes() -> Vec<Route<Self>>;

    /// The service's own body for a status, for requests no handler answers: 404 for unknown
    /// paths, 405 for wrong methods, and whatever a fault asks for.
    fn refusal(&self, call: &Call, status: StatusCode) -> Answer;

    /// Puts what every answer carries on it.
    fn finish(&self, call: &Call, answer: &mut Answer);
}

/// What the handlers of one service share.
#[derive(Debug)]
pub(crate) struct Host<S> {
    pub(crate) service: S,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) records: Records,
}

/// A running service. Dropping it closes the listener and the idle connections.
#[derive(Debug)]
pub(crate) struct Server<S> {
    base_url: String,
    host: Arc<Host<S>>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl<S: Service> Server<S> {
    /// Serves on an address; the service is made when its base URL is known.
    pub(crate) async fn start(address: SocketAddr, clock: Clock, make: impl FnOnce(&str) -> S) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let base_url = format!("http://{}/", listener.local_addr()?);
        let host = Arc::new(Host {
            service: make(&base_url),
            clock,
            faults: Faults::default(),
            records: Records::default(),
        });
        let router = router(Arc::clone(&host)).into_make_service_with_connect_info::<Wire>();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            // The only error axum could report here never happens: it retries accepting.
            let _ = axum::serve(WireListener(listener), router)
                .with_graceful_shutdown(async {
                    // Both a message and a dropped sender mean: stop.
                    let _ = stopped.await;
                })
                .await;
        });
        Ok(Self {
            base_url,
            host,
            stop: Some(stop),
            task,
        })
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(crate) fn service(&self) -> &S {
        &self.host.service
    }

    pub(crate) fn fault(&self, fault: Fault) {
        self.host.faults.add(fault);
    }

    pub(crate) fn clear_faults(&self) {
        self.host.faults.clear();
    }

    pub(crate) fn records(&self) -> &Records {
        &self.host.records
    }

    /// Stops accepting, lets requests in progress finish for a moment, and ends.
    pub(crate) async fn shutdown(mut self) {
        drop(self.stop.take());
        if tokio::time::timeout(Duration::from_secs(1), &mut self.task)
            .await
            .is_err()
        {
            self.task.abort();
        }
    }
}

/// The public list of a service's routes.
pub(crate) fn route_infos<S: Service>() -> Vec<RouteInfo> {
    S::routes().iter().flat_map(Route::infos).collect()
}

/// The methods that the public face of every service has: `service_methods!(ForecastSolar)` in its `impl`, where the
/// field `server` is the running service. A second argument is added to what is said about the routes.
macro_rules! service_methods {
    ($service:ty $(, $about_routes:literal)?) => {
        /// Lets something go wrong with the next requests.
        pub fn fault(&self, fault: crate::Fault) {
            self.server.fault(fault);
        }

        /// Forgets the faults that have not happened yet.
        pub fn clear_faults(&self) {
            self.server.clear_faults();
        }

        /// What arrived, oldest first (the last 10,000).
        pub fn requests(&self) -> Vec<crate::RequestRecord> {
            self.server.records().all()
        }

        /// How many requests arrived.
        pub fn request_count(&self) -> u64 {
            self.server.records().count()
        }

        #[doc = concat!("Every route: operation, method, path." $(, " ", $about_routes)?)]
        pub fn routes() -> Vec<crate::RouteInfo> {
            crate::server::route_infos::<$service>()
        }
    };
}
pub(crate) use service_methods;

fn router<S: Service>(host: Arc<Host<S>>) -> Router {
    let mut router = Router::new();
    for route in S::routes() {
        let filter = MethodFilter::try_from(route.method().clone()).unwrap_or(MethodFilter::GET);
        for path in route.paths() {
            let handler = route.handler();
            let answer = move |State(host): State<Arc<Host<S>>>,
                               parts: RawPathParams,
                               Extension(call): Extension<Arc<Call>>| async move {
                let mut call = Call::clone(&call);
                call.segments = (parts.iter())
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect();
                handler(&host.service, &call)
            };
            router = router.route(path, on(filter, answer));
        }
    }
    router
        .method_not_allowed_fallback(wrong_method::<S>)
        .fallback(not_found::<S>)
        .layer(middleware::from_fn_with_state(Arc::clone(&host), on_the_way::<S>))
        .with_state(Arc::clone(&host))
        .merge(control::router(host))
}

async fn not_found<S: Service>(State(host): State<Arc<Host<S>>>, Extension(call): Extension<Arc<Call>>) -> Answer {
    host.service.refusal(&call, StatusCode::NOT_FOUND)
}

async fn wrong_method<S: Service>(State(host): State<Arc<Host<S>>>, Extension(call): Extension<Arc<Call>>) -> Answer {
    if call.method == Method::OPTIONS {
        return Answer::empty(StatusCode::NO_CONTENT);
    }
    host.service.refusal(&call, StatusCode::METHOD_NOT_ALLOWED)
}

/// What every request passes: it is recorded, a waiting fault takes it, it is answered, and
/// the answer gets the headers all answers have.
async fn on_the_way<S: Service>(
    State(host): State<Arc<Host<S>>>,
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: Request,
    next: Next,
) -> Response {
    let began = Instant::now();
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_REQUEST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let number = host.records.add(record(&parts, &body));
    let call = Arc::new(Call {
        number,
        received: host.clock.now(),
        began,
        peer: wire.peer.ip(),
        method: parts.method.clone(),
        path: parts.uri.path().to_owned(),
        query: url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect(),
        raw_query: parts.uri.query().map(str::to_owned),
        headers: parts.headers.clone(),
        body: body.clone(),
        segments: Vec::new(),
    });
    let mut request = Request::from_parts(parts, Body::from(body));
    request.extensions_mut().insert(Arc::clone(&call));

    let effect = host.faults.take(&call.path);
    let mut date = call.received;
    let mut answer = match &effect {
        Some(Effect::Reset) => {
            wire.reset();
            Answer::empty(StatusCode::OK)
        }
        Some(Effect::HugeBody) => {
            wire.send_instead(Bytes::from_static(HUGE));
            Answer::empty(StatusCode::OK)
        }
        Some(effect) => match instead(effect, &host.service, &call) {
            Some(answer) => answer,
            None => answered(next.run(request).await).await,
        },
        None => answered(next.run(request).await).await,
    };
    match effect {
        Some(Effect::Latency(by)) => pause(by).await,
        Some(Effect::LostAnswer) => wire.reset(),
        Some(Effect::ResetInBody) => wire.reset_after(answer.length() / 2),
        Some(Effect::TruncatedJson) => answer.halve(),
        Some(Effect::WrongJson) => {
            answer.flood = None;
            answer.body = Bytes::from_static(b"[17]");
        }
        Some(Effect::SkewedDate(by)) => date = date.saturating_add(by),
        _ => {}
    }
    host.service.finish(&call, &mut answer);
    if let Ok(value) = HeaderValue::from_str(&http_date(date)) {
        answer.headers.insert(header::DATE, value);
    }
    answer.into_response()
}

const HUGE: &[u8] = b"HTTP/1.1 200 OK\r\n\
    content-type: application/json\r\n\
    content-length: 2147483648\r\n\r\n\
    {\"result\":";

/// The whole answer of a fault that needs no handler.
fn instead<S: Service>(effect: &Effect, service: &S, call: &Call) -> Option<Answer> {
    Some(match effect {
        Effect::Status { status, body: None } => service.refusal(call, *status),
        Effect::Status {
            status,
            body: Some(body),
        } => Answer::new(*status, "application/json", body.clone()),
        Effect::Html(status) => Answer::new(
            *status,
            "text/html; charset=utf-8",
            "<!DOCTYPE html>\n<html><head><title>Gateway</title></head>\
             <body><h1>Please come back later</h1></body></html>\n",
        ),
        Effect::Outage => Answer::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "text/plain; charset=utf-8",
            "We are working on this service right now and will be back in some minutes.\n",
        ),
        Effect::Redirect(location) => Answer::empty(StatusCode::FOUND).with_header("location", location),
        _ => return None,
    })
}

/// Reads a handler's response back, so that faults can spoil it.
async fn answered(response: Response) -> Answer {
    let (mut parts, body) = response.into_parts();
    let flood = parts.extensions.remove::<Flood>();
    let body = match flood {
        Some(_) => Bytes::new(),
        // Other handlers answer with bytes in memory: reading them cannot fail.
        None => to_bytes(body, usize::MAX).await.unwrap_or_default(),
    };
    let mut headers = parts.headers;
    headers.remove(header::CONTENT_LENGTH);
    Answer {
        status: parts.status,
        headers,
        body,
        flood,
    }
}

fn record(parts: &http::request::Parts, body: &Bytes) -> RequestRecord {
    let headers = parts.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    RequestRecord {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: headers.collect(),
        body: body.to_vec(),
    }
}

/// A date as HTTP writes it.
fn http_date(at: OffsetDateTime) -> String {
    const FORMAT: &[BorrowedFormatItem<'_>] =
        format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
    at.to_offset(time::UtcOffset::UTC).format(FORMAT).unwrap_or_default()
}
