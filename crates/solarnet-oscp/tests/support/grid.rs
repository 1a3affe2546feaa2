//! A system on loopback that keeps what it took.

use std::sync::{Arc, Mutex, PoisonError};

use energy_core::RetryPolicy;
use serde::Serialize;
use serde_json::Value;
use solarnet_oscp::oscp::server::{Context, Refusal, System, router};
use solarnet_oscp::oscp::*;

use super::OSCP_TOKEN;
use super::raw::{Answer, Raw};

/// What arrived: the method of the system, the message, the headers.
pub(crate) type Taken = (&'static str, Value, Context);

/// A system that takes everything, or refuses everything.
struct Recorder {
    taken: Arc<Mutex<Vec<Taken>>>,
    refusal: Option<Refusal>,
}

impl Recorder {
    fn take(&self, method: &'static str, message: &impl Serialize, context: Context) -> Result<(), Refusal> {
        let message = serde_json::to_value(message).unwrap();
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.push((method, message, context));
        self.refusal.clone().map_or(Ok(()), Err)
    }
}

macro_rules! takes {
    ($($method:ident($message:ident);)+) => {
        impl System for Recorder {
            $(
                async fn $method(&self, message: $message, context: Context) -> Result<(), Refusal> {
                    self.take(stringify!($method), &message, context)
                }
            )+
        }
    };
}

takes! {
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

/// A system on loopback.
pub(crate) struct Grid {
    address: std::net::SocketAddr,
    /// The token that it wants.
    pub(crate) token: Token,
    taken: Arc<Mutex<Vec<Taken>>>,
}

const NEST: &str = "/oscp/cp/2.0";

impl Grid {
    pub(crate) async fn start() -> Self {
        Self::refusing(None).await
    }

    pub(crate) async fn refusing(refusal: Option<Refusal>) -> Self {
        let taken = Arc::new(Mutex::new(Vec::new()));
        let system = Recorder {
            taken: Arc::clone(&taken),
            refusal,
        };
        Self::of(system, taken).await
    }

    pub(crate) async fn of(system: impl System, taken: Arc<Mutex<Vec<Taken>>>) -> Self {
        let token = Token::new(OSCP_TOKEN);
        let app = axum::Router::<()>::new().nest(NEST, router(&token, system));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, token, taken }
    }

    /// A client with this token.
    pub(crate) fn client(&self, token: &Token) -> Client {
        Client::builder(Credentials::token(token).unwrap())
            .base_url(&format!("http://{}{NEST}", self.address))
            .retry(RetryPolicy::none())
            .build()
            .unwrap()
    }

    /// A message as it should be sent, to be spoilt.
    pub(crate) fn raw(&self, path: &str) -> Raw {
        Raw::post(self.address, &format!("{NEST}/{path}"))
            .header("authorization", &format!("Token {OSCP_TOKEN}"))
            .header("x-request-id", "tide-1")
            .header("content-type", "application/json")
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one message that was taken.
    pub(crate) fn one(&self) -> Taken {
        let mut taken = self.taken();
        assert_eq!(taken.len(), 1, "{taken:?}");
        taken.remove(0)
    }
}

/// The refusal has this status, and these words; nothing was taken.
pub(crate) fn expect_refusal(grid: &Grid, answer: &Answer, status: u16, words: &[&str]) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("application/json"), "{answer:?}");
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
    let message = body["message"].as_str().unwrap();
    for words in words {
        assert!(message.contains(words), "`{words}` is not in `{message}`");
    }
    assert!(grid.taken().is_empty(), "it was taken: {:?}", grid.taken());
}

pub(crate) fn heartbeat() -> SendHeartbeat {
    let body = super::messages::heartbeat();
    SendHeartbeat::new(serde_json::from_value::<Heartbeat>(body).unwrap())
}
