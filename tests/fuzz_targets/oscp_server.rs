use std::sync::LazyLock;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, Uri};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;
use solarnet_oscp::oscp::server::{Context, Refusal, System, router};
use solarnet_oscp::oscp::{
    AdjustGroupCapacityForecast, GroupCapacityComplianceError, Handshake, HandshakeAcknowledge, Heartbeat, Register,
    Token, UpdateAssetMeasurements, UpdateGroupCapacityForecast, UpdateGroupMeasurements,
};

use super::input::Input;
use super::now::now;

const TOKEN: &str = "cormorant-token-17";
/// Stands in bodies for a secret that the sender hands over.
const HANDED_OVER: &str = "guillemot-token-52";
const METHODS: [Method; 5] = [Method::POST, Method::GET, Method::PUT, Method::OPTIONS, Method::HEAD];
const PATHS: [&str; 11] = [
    "/register",
    "/handshake",
    "/handshake_acknowledge",
    "/heartbeat",
    "/update_group_capacity_forecast",
    "/adjust_group_capacity_forecast",
    "/group_capacity_compliance_error",
    "/update_group_measurements",
    "/update_asset_measurements",
    "/",
    "/register/",
];
const HEADERS: [&str; 8] = [
    "x-request-id",
    "x-correlation-id",
    "x-segment-index",
    "x-segment-count",
    "x-sn-source-id",
    "content-type",
    "authorization",
    "content-length",
];

/// A system that takes every message.
struct Harbour;

macro_rules! take {
    ($($method:ident($message:ident);)+) => {
        impl System for Harbour {$(
            async fn $method(&self, _: $message, _: Context) -> Result<(), Refusal> {
                Ok(())
            }
        )+}
    };
}

take! {
    register(Register);
    handshake(Handshake);
    handshake_acknowledge(HandshakeAcknowledge);
    heartbeat(Heartbeat);
    update_group_capacity_forecast(UpdateGroupCapacityForecast);
    adjust_group_capacity_forecast(AdjustGroupCapacityForecast);
    group_capacity_compliance_error(GroupCapacityComplianceError);
    update_group_measurements(UpdateGroupMeasurements);
    update_asset_measurements(UpdateAssetMeasurements);
}

static HARBOUR: LazyLock<Router> = LazyLock::new(|| router(&Token::new(TOKEN), Harbour));

/// An OSCP system: whatever comes, the answer is 204 or an error of the client's with a message, and shows neither the
/// system's token nor one that is handed over, unless the message has it in another place as well. Without the token
/// nothing is taken.
///
/// Input: bytes for method, path and whether the token is there; headers, each a byte for its name and its value, up to
/// an empty part; and the body. A path that is not in the list is the part behind its byte.
///
/// # Panics
///
/// When it is not so.
pub fn oscp_server(data: &[u8]) {
    let mut input = Input::new(data);
    let method = METHODS[usize::from(input.byte()) % METHODS.len()].clone();
    let path = PATHS.get(usize::from(input.byte())).map(|path| (*path).to_owned());
    let path = path.unwrap_or_else(|| format!("/{}", input.text()));
    let with_token = input.one_of(&[true, false]);
    let Ok(path) = path.parse::<Uri>() else {
        return;
    };
    let mut request = Request::new(Body::empty());
    *request.method_mut() = method.clone();
    *request.uri_mut() = path.clone();
    while !input.is_empty() {
        let mut header = Input::new(input.part());
        if header.is_empty() {
            break;
        }
        let name = HeaderName::from_static(header.one_of(&HEADERS));
        if let Ok(value) = HeaderValue::from_bytes(header.rest()) {
            request.headers_mut().append(name, value);
        }
    }
    if with_token {
        let token = HeaderValue::from_static("Token cormorant-token-17");
        request.headers_mut().insert("authorization", token);
    }
    let body = input.rest();
    *request.body_mut() = Body::from(body.to_vec());

    let has_token = with_token
        || request
            .headers()
            .values()
            .any(|value| contains(value.as_bytes(), TOKEN));
    let answer = now(TowerToHyperService::new(HARBOUR.clone()).call(request)).expect("there is always an answer");
    let own = Some(TOKEN).filter(|token| !contains(body, token));
    let secrets = [own, Some(HANDED_OVER).filter(|_| hands_over(body))];
    check_answer(answer, &method, has_token, &secrets);
}

/// Whether the body is an object with a token in it that stands nowhere else.
fn hands_over(body: &[u8]) -> bool {
    let message: Value = serde_json::from_slice(body).unwrap_or_default();
    let only = body
        .windows(HANDED_OVER.len())
        .filter(|window| *window == HANDED_OVER.as_bytes())
        .count()
        == 1;
    only && message["token"]
        .as_str()
        .is_some_and(|token| token.contains(HANDED_OVER))
}

fn check_answer(answer: Response<Body>, method: &Method, has_token: bool, secrets: &[Option<&str>]) {
    let (head, body) = answer.into_parts();
    let body = now(axum::body::to_bytes(body, usize::MAX)).expect("the answer is whole");
    let status = head.status.as_u16();
    assert!(
        status != 204 || (has_token && *method == Method::POST),
        "{method} was taken"
    );
    assert!(matches!(status, 204 | 400 | 401 | 404 | 405 | 413 | 422), "{status}");
    for secret in secrets.iter().flatten() {
        let shown = contains(&body, secret) || head.headers.values().any(|value| contains(value.as_bytes(), secret));
        assert!(!shown, "the answer shows {secret}");
    }
    if status == 204 || *method == Method::HEAD {
        assert!(body.is_empty(), "there is a body");
    } else {
        let said: Value = serde_json::from_slice(&body).expect("errors are JSON");
        assert!(
            said["message"].as_str().is_some_and(|message| !message.is_empty()),
            "{said}"
        );
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
