//! What the tests of v2 share: a service on loopback that keeps what it received, a login, and answers.

#[path = "../../../../tests/stub/errors.rs"]
mod errors;
#[path = "../../../../tests/stub/mod.rs"]
mod stub;

use std::fmt::Debug;

use energy_core::clock::{FixedJitter, ManualClock};
use energy_core::transport::replay::ReplayTransport;
use energy_core::{BuildError, ClientBuilder, Endpoint};
use enphase::v2::*;
use enphase::*;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::datetime;

pub(crate) use self::errors::{api, everything_shown};
pub(crate) use self::stub::{Reply, Sent, Server};

pub(crate) const KEY: &str = "k-Whinchat/77+wall";
pub(crate) const USER: &str = "4f5449334e413d3d0a";
/// How both stand at the end of every address.
pub(crate) const LOGIN: &str = "key=k-Whinchat%2F77%2Bwall&user_id=4f5449334e413d3d0a";
/// What all paths begin with.
pub(crate) const BASE: &str = "/api/v2";
/// When the tests take place.
pub(crate) const NOW: OffsetDateTime = datetime!(2021-11-08 14:20:10 UTC);
pub(crate) const SYSTEM: u64 = 733_108;
pub(crate) const ENVOY: &str = "201847003316";

pub(crate) fn login() -> Credentials {
    Credentials::new(KEY, USER).unwrap()
}

impl Sent {
    /// It is this request, with the login in the address and nowhere else.
    pub(crate) fn expect(&self, path: &str) {
        let joint = if path.contains('?') { '&' } else { '?' };
        assert_eq!(self.line, format!("GET {BASE}{path}{joint}{LOGIN}"));
        assert_eq!(self.body, "");
        assert_eq!(self.header("accept"), Some("application/json"));
        assert_eq!(self.header("user-agent"), Some("energy-sdk-enphase/0.1.0"));
        for name in ["authorization", "key", "content-type", "cookie"] {
            assert_eq!(self.header(name), None, "{name}");
        }
    }

    /// A number in the query.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        let (_, rest) = self.line.split_once(&format!("{name}="))?;
        rest.split('&').next()?.parse().ok()
    }
}

impl Server {
    /// A client that sends once, at the time of the tests.
    pub(crate) fn client(&self) -> Client {
        self.builder().retry(RetryPolicy::none()).build().unwrap()
    }

    /// The same, with the usual retries.
    pub(crate) fn retrying(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn builder(&self) -> ClientBuilder<EnlightenSystems> {
        Client::builder(login())
            .base_url(&(self.origin() + BASE))
            .clock(self.clock.clone())
            .jitter(FixedJitter(0.5))
    }
}

/// Sends a request, and gives its output and what arrived.
pub(crate) async fn round_trip<E: Endpoint<Api = EnlightenSystems>>(request: &E, reply: Reply) -> (E::Output, Sent) {
    let server = Server::answering(reply).await;
    let output = server.client().send(request).await.unwrap();
    (output, server.one())
}

/// What an answer is read as.
pub(crate) async fn read<E: Endpoint<Api = EnlightenSystems>>(request: &E, body: Value) -> E::Output {
    round_trip(request, Reply::json(body)).await.0
}

/// What a request looks like on the wire, whatever becomes of the answer.
pub(crate) async fn wire<E: Endpoint<Api = EnlightenSystems>>(request: &E) -> Sent {
    let server = Server::answering(Reply::json(json!([]))).await;
    let _ = server.client().send(request).await;
    server.one()
}

/// The error of an answer that is sent for once.
pub(crate) async fn failing<E>(request: &E, reply: Reply) -> Error
where
    E: Endpoint<Api = EnlightenSystems>,
    E::Output: Debug,
{
    let server = Server::answering(reply).await;
    let error = server.client().send(request).await.unwrap_err();
    server.one();
    error
}

/// The error that a request meets before it leaves; nothing may arrive.
pub(crate) async fn refused<E>(request: &E) -> BuildError
where
    E: Endpoint<Api = EnlightenSystems>,
    E::Output: Debug,
{
    let nobody = ReplayTransport::default();
    let client = Client::builder(login())
        .transport(nobody.clone())
        .clock(ManualClock::new(NOW))
        .build()
        .unwrap();
    let error = client.send(request).await.unwrap_err();
    assert!(nobody.received().is_empty(), "it was sent all the same");
    assert!(!error.may_have_been_sent());
    let Error::Build { source, .. } = error else {
        panic!("another kind of error: {error:?}");
    };
    *source
}

pub(crate) fn meta() -> Value {
    json!({
        "status": "normal", "last_report_at": 1_636_380_900, "last_energy_at": 1_636_380_720,
        "operational_at": 1_509_494_400,
    })
}

/// It is what `meta()` says.
pub(crate) fn expect_meta(meta: &Meta) {
    assert_eq!(meta.status, SystemStatus::Normal);
    assert_eq!(meta.last_report_at, Some(datetime!(2021-11-08 14:15 UTC)));
    assert_eq!(meta.last_energy_at, Some(datetime!(2021-11-08 14:12 UTC)));
    assert_eq!(meta.operational_at, Some(datetime!(2017-11-01 00:00 UTC)));
    assert!(meta.extra.is_empty());
}

pub(crate) fn system() -> Value {
    json!({
        "system_id": SYSTEM, "system_name": "Quarry Row 5", "system_public_name": "Home in Leeds",
        "reference": "QR-5", "other_references": ["roof-2017", "b"], "country": "US", "state": "NY",
        "city": "Albany", "postal_code": "12207", "timezone": "US/Eastern", "connection_type": "wifi",
        "status": "normal", "meta": meta(),
    })
}

pub(crate) fn stats() -> Value {
    json!({
        "system_id": SYSTEM, "total_devices": 18, "meta": meta(),
        "intervals": [
            {"end_at": 1_636_380_000, "powr": 1812, "enwh": 151, "devices_reporting": 18},
            {"end_at": 1_636_380_300, "powr": 1764, "enwh": 147, "devices_reporting": 17},
        ],
    })
}

pub(crate) fn rgm_stats() -> Value {
    json!({
        "system_id": SYSTEM, "total_devices": 1, "meta": meta(),
        "intervals": [
            {"end_at": 1_636_379_100, "wh_del": 402, "devices_reporting": 1},
            {"end_at": 1_636_380_000, "wh_del": 388, "devices_reporting": 0},
        ],
        "meter_intervals": [{
            "meter_serial_number": "201847003316EIM1", "envoy_serial_number": ENVOY,
            "intervals": [
                {"channel": 1, "end_at": 1_636_379_100, "wh_del": 402.0, "curr_w": 1608},
                {"channel": 2, "end_at": 1_636_379_100, "wh_del": null, "curr_w": null},
                {"channel": 1, "end_at": 1_636_380_000, "wh_del": 388.25, "curr_w": 1553},
                {"channel": 2, "end_at": 1_636_380_000, "wh_del": null, "curr_w": null},
            ],
        }],
    })
}

pub(crate) fn lifetime() -> Value {
    json!({
        "start_date": "2021-11-05", "system_id": SYSTEM, "production": [9120, 8844, 10_031, 0],
        "meter_start_date": "2019-05-02", "meta": meta(),
    })
}

pub(crate) fn micro_inverter() -> Value {
    json!({
        "id": 41_770_203, "serial_number": "202012118841", "model": "IQ7PLUS", "part_number": "800-01127-r02",
        "sku": "IQ7PLUS-72-2-US", "status": "normal", "power_produced": {"value": 96, "units": "W", "precision": 0},
        "proc_load": "520-00082-r01-v04.27.04", "param_table": "540-00169-r01-v04.24.09",
        "envoy_serial_number": ENVOY, "energy": {"value": 7200, "units": "kJ", "precision": 0},
        "grid_profile": "60a1b2c3", "last_report_date": 1_636_380_720,
    })
}
