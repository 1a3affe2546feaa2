use std::sync::{Arc, Mutex, PoisonError};

use energy_core::auth::{AuthError, Authenticator, Proof};
use energy_core::clock::ManualClock;
use energy_core::limit::Limiter;
use energy_core::transport::{
    BoxFuture, HttpRequest, SendOptions, StreamingResponse, Transport, TransportError, TransportErrorKind,
};
use energy_core::{
    Api, ApiClient, ApiError, BuildError, ClientBuilder, DecodeError, Endpoint, Error, HttpResponse, Operation,
    RequestParts,
};
use enphase::{v2, v4};
use forecast_solar::{ChartScript, ForecastSolar, GetAccount, GetChartScript, GetInfo};
use intellimeter::{GetInvoiceFile, ListMeters, UnbindTenant};
use solarlog_enerest::{GetChannels, GetFleet};
use solarnet_oscp::GetAsset;
use time::OffsetDateTime;
use time::macros::{date, datetime};
use url::{Host, Url};

use super::input::Input;
use super::now::now;
use super::percent::decoded;

const BASE: &str = "https://service.example:8443/api root";
const BASE_SEGMENT: &str = "api root";

/// Addresses: whatever text an argument or a key is, what goes out has exactly the segments and pairs that went in, to
/// the host of the client; or it is refused before sending.
///
/// Input: three texts, and a number of eight bytes.
///
/// # Panics
///
/// When it is not so.
pub fn urls(data: &[u8]) {
    let mut input = Input::new(data);
    let texts = [input.text(), input.text(), input.text()];
    let [one, two, three] = [&*texts[0], &*texts[1], &*texts[2]];
    let number = u64::from_be_bytes(input.bytes());
    forecast_solar(one, two);
    intellimeter(one, two, three);
    enphase(one, two, number);
    solarlog_enerest(one, two, three);
    let asset = i64::from_be_bytes(number.to_be_bytes());
    check(&GetAsset::new(asset), &[("assetId", &asset.to_string())], &[]);
    keys(one, two);
}

fn forecast_solar(one: &str, two: &str) {
    check(&GetAccount::new(one), &[("id", one)], &[]);
    let script = ChartScript::new(one).history().day(two);
    let path = ["chart", "history", two, &format!("{one}.js")];
    check_path(&GetChartScript::new(script), &path, &[]);
}

fn intellimeter(one: &str, two: &str, three: &str) {
    check(&GetInvoiceFile::new(one), &[("name", one)], &[]);
    check(&ListMeters::new(one), &[], &[("property", one)]);
    let query = [("property", one), ("tenant", two), ("suite", three)];
    check(&UnbindTenant::new(one, two, three), &[], &query);
}

fn enphase(one: &str, two: &str, number: u64) {
    let request = v4::ListChargingSessions::new(number, one);
    let path = [("system_id", &*number.to_string()), ("serial_no", one)];
    check(&request, &path, &[("limit", "100")]);
    let names = [one.to_owned(), two.to_owned()];
    let request = v2::ListSystems::new().system_names(names.to_vec()).reference(two);
    let query = [
        ("limit", "1000"),
        ("system_name[]", one),
        ("system_name[]", two),
        ("reference", two),
    ];
    check(&request, &[], &query);
}

fn solarlog_enerest(one: &str, two: &str, three: &str) {
    check(&GetFleet::new(one), &[("fleetId", one)], &[]);
    let day = date!(2026 - 06 - 16);
    let request = GetChannels::new(one, vec![two.into()], day, day).component_ids(vec![three.into()]);
    let query = [
        ("channelNames[]", two),
        ("dateFrom", "2026-06-16"),
        ("dateTo", "2026-06-16"),
        ("componentIds[]", three),
    ];
    check(&request, &[("plantId", one)], &query);
}

/// Keys that go into the path and into the query.
fn keys(one: &str, two: &str) {
    if let Ok(credentials) = forecast_solar::Credentials::key(one) {
        let (client, catch) = client(ApiClient::<ForecastSolar>::builder(credentials));
        match send(&client, &catch, &GetInfo::new()) {
            (Some(sent), _) => assert_address(&sent, &[BASE_SEGMENT, one, "info"], &[]),
            (None, result) => assert!(matches!(result, Some(Error::Auth { .. })), "{result:?}"),
        }
    }
    if let Ok(credentials) = v2::Credentials::new(one, two) {
        let (client, catch) = client(ApiClient::<v2::EnlightenSystems>::builder(credentials));
        let query = [("limit", "1000"), ("key", one), ("user_id", two)];
        match send(&client, &catch, &v2::ListSystems::new()) {
            (Some(sent), _) => assert_address(&sent, &[BASE_SEGMENT, "systems"], &query),
            (None, result) => assert!(matches!(result, Some(Error::Auth { .. })), "{result:?}"),
        }
    }
}

/// Sends a request whose path is the operation's with these arguments in it.
fn check<E: Endpoint>(request: &E, arguments: &[(&str, &str)], query: &[(&str, &str)]) {
    let path = E::OPERATION.path.split('/').skip(1);
    let path: Vec<&str> = path
        .map(|segment| {
            let name = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}'));
            let argument = arguments.iter().find(|(argument, _)| Some(*argument) == name);
            argument.map_or(segment, |(_, value)| value)
        })
        .collect();
    check_path(request, &path, query);
}

fn check_path<E: Endpoint>(request: &E, path: &[&str], query: &[(&str, &str)]) {
    let (sent, result) = ANY.with(|(client, catch)| send(client, catch, &Any(request)));
    match sent {
        Some(sent) => assert_address(&sent, &[&[BASE_SEGMENT], path].concat(), query),
        None => {
            assert!(matches!(result, Some(Error::Build { .. })), "{result:?}");
            let values = path.iter().copied().chain(query.iter().map(|(_, value)| *value));
            assert!(
                !values.into_iter().all(is_plain),
                "nothing to refuse: {path:?} {query:?}"
            );
        }
    }
}

/// Whether no address has a reason to refuse it.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

thread_local! {
    static ANY: (ApiClient<AnyService>, Catch) = client(ApiClient::builder(Arc::new(Nothing)));
}

fn client<A: Api>(builder: ClientBuilder<A>) -> (ApiClient<A>, Catch) {
    let catch = Catch::default();
    let builder = builder
        .base_url(BASE)
        .transport(catch.clone())
        .clock(ManualClock::new(datetime!(2026-06-16 12:00 UTC)))
        .limiter(Limiter::off());
    (builder.build().expect("the client is built"), catch)
}

/// What goes out, and how the call ends.
fn send<E: Endpoint>(client: &ApiClient<E::Api>, catch: &Catch, request: &E) -> (Option<Url>, Option<Error>) {
    let result = now(client.send(request)).err();
    let caught = catch.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    let caught = caught.map(|uri| Url::parse(&uri).expect("what is sent is an address"));
    (caught, result)
}

fn assert_address(sent: &Url, path: &[&str], query: &[(&str, &str)]) {
    assert_eq!((sent.scheme(), sent.port()), ("https", Some(8443)));
    assert_eq!(sent.host(), Some(Host::Domain("service.example")));
    assert_eq!((sent.username(), sent.password(), sent.fragment()), ("", None, None));
    let segments: Vec<Vec<u8>> = sent
        .path_segments()
        .into_iter()
        .flatten()
        .map(|segment| decoded(segment.as_bytes(), false))
        .collect();
    let path: Vec<&[u8]> = path.iter().map(|segment| segment.as_bytes()).collect();
    assert_eq!(segments, path, "{sent}");
    let pairs: Vec<(String, String)> = sent.query_pairs().into_owned().collect();
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(pairs, query, "{sent}");
}

/// Keeps the address of the request, and gives no answer.
#[derive(Clone, Debug, Default)]
struct Catch(Arc<Mutex<Option<String>>>);

impl Transport for Catch {
    fn open(&self, request: HttpRequest, _: SendOptions) -> BoxFuture<'_, Result<StreamingResponse, TransportError>> {
        let caught = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(request.uri().to_string());
        assert_eq!(caught, None, "one request is sent once");
        let none = TransportError::new(TransportErrorKind::Unsendable, "there is no answer");
        Box::pin(std::future::ready(Err(none)))
    }
}

/// Stands for every service: how an address is built is the same for all.
#[derive(Debug)]
struct AnyService;

impl Api for AnyService {
    const NAME: &'static str = "any service";
    const BASE_URL: &'static str = BASE;
    type Login = Arc<Nothing>;

    fn describe_error(_: &HttpResponse, _: OffsetDateTime, _: &mut ApiError) {}
}

/// A login that adds nothing.
#[derive(Debug)]
struct Nothing;

impl Authenticator for Nothing {
    fn authenticate<'a>(&'a self, _: &'a mut HttpRequest) -> BoxFuture<'a, Result<Proof, AuthError>> {
        Box::pin(std::future::ready(Ok(Proof::default())))
    }
}

/// A request of some service.
struct Any<'a, E>(&'a E);

impl<E: Endpoint> Endpoint for Any<'_, E> {
    type Api = AnyService;
    type Output = ();
    const OPERATION: &'static Operation = E::OPERATION;

    fn parts(&self) -> Result<RequestParts, BuildError> {
        self.0.parts()
    }

    fn decode(&self, _: &HttpResponse) -> Result<(), DecodeError> {
        Ok(())
    }
}
