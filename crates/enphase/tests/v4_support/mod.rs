//! What the tests of v4 share: the service on loopback, a login whose token is good, and answers of our own.

pub(crate) mod answers;
pub(crate) mod faithful;
#[allow(clippy::duplicate_mod, reason = "the service of v2 is another, at another time")]
#[path = "../../../../tests/stub/mod.rs"]
mod stub;

use std::fmt::Debug;
use std::path::PathBuf;

use energy_core::clock::FixedJitter;
use energy_core::time::OffsetDateTime;
use energy_core::time::macros::datetime;
use energy_core::{ApiError, ClientBuilder, Endpoint};
use enphase::v4::{Application, Client, Credentials, Enphase};
use enphase::{Error, MemoryTokenStore, RetryPolicy, StoredToken};
use serde_json::{Value, json};

pub(crate) use self::stub::{Reply, Sent, Server};

/// When the tests take place.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-03-03 09:20:30 UTC);
/// The midnight from which the answers count.
pub(crate) const MIDNIGHT: OffsetDateTime = datetime!(2026-03-02 0:00 UTC);
/// The application's key, with signs in it that a query has to escape.
pub(crate) const KEY: &str = "9f31+heron/marsh";
/// The key as it stands in a query.
const KEY_IN_QUERY: &str = "key=9f31%2Bheron%2Fmarsh";
pub(crate) const TOKEN: &str = "tok-Lapwing-7-low-tide";
/// The token after a refresh.
pub(crate) const NEXT_TOKEN: &str = "tok-Lapwing-8-high-tide";
const CLIENT_ID: &str = "orchard-monitor";
const CLIENT_SECRET: &str = "s3c-Redshank/at~dusk";
/// The system, gateway, microinverter, battery and charger of the answers.
pub(crate) const SYSTEM: u64 = 3_300_871;
pub(crate) const GATEWAY: &str = "202309041207";
pub(crate) const MICRO: &str = "202311000001";
pub(crate) const BATTERY: &str = "492311004450";
pub(crate) const CHARGER: &str = "202402117788";

/// An instant so many seconds after [`MIDNIGHT`].
pub(crate) fn after(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(MIDNIGHT.unix_timestamp() + seconds).unwrap()
}

/// An application whose person authorised it; the token is good for hours.
pub(crate) fn login() -> Credentials {
    let token = StoredToken::new(TOKEN)
        .with_refresh("refresh-7")
        .with_expiry(NOW + energy_core::time::Duration::hours(20));
    let application = Application::new(CLIENT_ID, CLIENT_SECRET).unwrap();
    Credentials::new(KEY, application, MemoryTokenStore::new(token)).unwrap()
}

/// A token as the service gives it out.
pub(crate) fn next_token() -> Reply {
    Reply::json(json!({
        "access_token": NEXT_TOKEN, "token_type": "bearer", "refresh_token": "refresh-8", "expires_in": 86393,
        "scope": "read write", "enl_uid": "5510", "enl_cid": "", "enl_password_last_changed": "1700000000",
        "is_internal_app": false, "app_type": "system", "jti": "2b7e", "app_Id": "77",
    }))
}

/// The folder with the answers of our own.
fn fixtures() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", "v4"].iter().collect()
}

/// The answer of an operation, by its name in snake case.
pub(crate) fn fixture(operation: &str) -> Value {
    let path = fixtures().join(format!("{operation}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of all of them.
pub(crate) fn fixture_names() -> Vec<String> {
    names_in(&fixtures()).unwrap()
}

/// The names of the JSON files in a folder, without their ending.
pub(crate) fn names_in(folder: &std::path::Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().into_string().unwrap();
        names.push(name.strip_suffix(".json").unwrap_or(&name).to_owned());
    }
    names.sort();
    Ok(names)
}

impl Sent {
    pub(crate) fn is_for_token(&self) -> bool {
        self.line.starts_with("POST /oauth/token?")
    }

    /// It is this request, with token and key and without a body.
    pub(crate) fn expect(&self, method: &str, target: &str) {
        assert_eq!((self.body.as_str(), self.header("content-type")), ("", None));
        self.expect_head(method, target, "application/json");
    }

    /// It is this request, with token and key and with this body.
    pub(crate) fn expect_body(&self, method: &str, target: &str, body: &Value) {
        assert_eq!(self.json(), *body);
        assert_eq!(self.header("content-type"), Some("application/json"));
        self.expect_head(method, target, "application/json");
    }

    pub(crate) fn expect_head(&self, method: &str, target: &str, accept: &str) {
        let sign = if target.contains('?') { '&' } else { '?' };
        assert_eq!(self.line, format!("{method} {target}{sign}{KEY_IN_QUERY}"));
        assert_eq!(self.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
        assert_eq!(self.header("key"), None, "the key is sent once, in the query");
        assert_eq!(self.header("accept"), Some(accept));
        assert_eq!(self.header("user-agent"), Some("energy-sdk-enphase/0.1.0"));
    }
}

impl Server {
    /// A client that sends once.
    pub(crate) fn client(&self) -> Client {
        self.builder().retry(RetryPolicy::none()).build().unwrap()
    }

    /// The same, with the usual retries.
    pub(crate) fn retrying(&self) -> Client {
        self.builder().build().unwrap()
    }

    pub(crate) fn builder(&self) -> ClientBuilder<Enphase> {
        Client::builder(login())
            .base_url(&self.origin())
            .clock(self.clock.clone())
            .jitter(FixedJitter(1.0))
    }

    /// Gives out the next token when asked for one, and answers all else in order, the last answer again and again.
    pub(crate) async fn with_tokens(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies: Vec<Reply> = replies.into_iter().collect();
        let calls = std::sync::atomic::AtomicUsize::new(0);
        Self::by(move |sent, _| {
            if sent.is_for_token() {
                return next_token();
            }
            let number = calls.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            replies.get(number).or(replies.last()).unwrap().clone()
        })
        .await
    }

    /// What arrived and does not ask for a token.
    pub(crate) fn calls(&self) -> Vec<Sent> {
        self.sent().into_iter().filter(|sent| !sent.is_for_token()).collect()
    }
}

/// Sends a request, and gives its output and what arrived.
pub(crate) async fn answered<E: Endpoint<Api = Enphase>>(request: &E, reply: Reply) -> (E::Output, Sent) {
    let server = Server::answering(reply).await;
    let output = server.client().send(request).await.unwrap();
    (output, server.one())
}

/// The same with the operation's own answer.
pub(crate) async fn round_trip<E: Endpoint<Api = Enphase>>(request: &E, operation: &str) -> (E::Output, Sent) {
    answered(request, Reply::json(fixture(operation))).await
}

/// What a request makes of an answer.
pub(crate) async fn read<E: Endpoint<Api = Enphase>>(request: &E, answer: Value) -> E::Output {
    answered(request, Reply::json(answer)).await.0
}

/// The error of an answer that is not a success.
pub(crate) async fn failing<E>(request: &E, reply: Reply) -> ApiError
where
    E: Endpoint<Api = Enphase>,
    E::Output: Debug,
{
    let server = Server::with_tokens([reply]).await;
    api(server.client().send(request).await.unwrap_err())
}

pub(crate) fn api(error: Error) -> ApiError {
    match error {
        Error::Api(error) => *error,
        other => panic!("another kind of error: {other:?}"),
    }
}
