//! A customer's own server takes the files that Intellimeter pushes, and they say what the API says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::routing::any;
use energy_tests::{MORNING, World, said_by};
use intellimeter::push::{self, Format, Limits, PushedRead};
use intellimeter::{
    Client, Decimal, DisableHttpUpload, FileType, GetReadsByMeter, HttpMethod, HttpUploadInput, ListHttpUploads,
    ListMeters, MeterRead, SecretHeaders, UpdateHttpUpload,
};
use tokio::net::TcpListener;

const CYCLE: Duration = Duration::from_secs(600);

/// A file as it arrived.
#[derive(Clone, Debug)]
struct Arrived {
    method: Method,
    headers: HeaderMap,
    body: Bytes,
}

impl Arrived {
    fn content_type(&self) -> &str {
        self.headers["content-type"].to_str().unwrap()
    }

    fn format(&self) -> Format {
        push::detect(Some(self.content_type()), &self.body).unwrap()
    }

    fn rows(&self) -> Vec<PushedRead> {
        let rows = push::read(self.format(), &*self.body, Limits::default());
        rows.collect::<Result<_, _>>().unwrap()
    }
}

/// A server of a customer, which answers with the status in the address.
struct Receiver {
    base: String,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Receiver {
    async fn start() -> Self {
        let arrived: Arc<Mutex<Vec<Arrived>>> = Arc::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/reads/{status}", any(receive))
            .with_state(Arc::clone(&arrived));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, arrived }
    }

    fn answering(&self, status: u16) -> String {
        format!("{}/reads/{status}", self.base)
    }

    fn take(&self) -> Vec<Arrived> {
        std::mem::take(&mut *self.arrived.lock().unwrap())
    }
}

async fn receive(
    State(arrived): State<Arc<Mutex<Vec<Arrived>>>>,
    Path(status): Path<u16>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let file = Arrived { method, headers, body };
    arrived.lock().unwrap().push(file);
    StatusCode::from_u16(status).unwrap()
}

/// A JSON number as the decimal of its shortest text.
fn decimal(number: f64) -> Decimal {
    number.to_string().parse().unwrap()
}

/// Every number of a read, by name.
fn numbers_of(read: &MeterRead) -> BTreeMap<String, Decimal> {
    let energy = [("kwh", read.kwh), ("kwh_interval", read.kwh_interval)];
    let energy = energy.into_iter().filter_map(|(name, number)| Some((name, number?)));
    energy
        .chain(read.points.numbers())
        .map(|(name, number)| (name.to_owned(), decimal(number)))
        .collect()
}

async fn advance(world: &World, by: Duration) {
    world.advance(by);
    world.sandbox.intellimeter().settle().await;
}

/// The rows say what the API says for the same stamp.
async fn agree(world: &World, client: &Client, rows: &[PushedRead]) {
    let house = world.house();
    let reads = client
        .send(&GetReadsByMeter::new().property(house.clone()))
        .await
        .unwrap();
    let reads = reads.get(house.as_str()).unwrap();
    let meters = client.send(&ListMeters::new(house)).await.unwrap();
    assert_eq!((rows.len(), reads.len()), (17, 17));
    for (row, read) in rows.iter().zip(reads) {
        let meter = meters.iter().find(|meter| meter.id == read.meter).unwrap();
        assert_eq!(Some(&row.name), read.name.as_ref());
        assert_eq!(Some(&row.serial_number), read.serial_number.as_ref(), "{}", row.name);
        assert_eq!(Some(&row.utility), read.utility.as_ref(), "{}", row.name);
        assert_eq!((&row.panel, &row.floor), (&read.panel, &read.floor), "{}", row.name);
        assert_eq!(
            (&row.suite, &meter.suite),
            (&meter.suite_name, &read.suite),
            "{}",
            row.name
        );
        assert_eq!((row.time_stamping, &row.sent), (read.time_stamping, &None));
        let named = row
            .points
            .iter()
            .filter_map(|(name, number)| Some((name.to_owned(), number?)));
        assert_eq!(named.collect::<BTreeMap<_, _>>(), numbers_of(read), "{}", row.name);
    }
}

#[tokio::test]
async fn files_of_each_format_say_what_the_api_says() {
    let world = World::at(MORNING).await;
    let (client, receiver) = (world.intellimeter(), Receiver::start().await);
    let mut stamps = Vec::new();
    for (file_type, format) in [
        (FileType::Csv, Format::Csv),
        (FileType::Json, Format::Json),
        (FileType::Xml, Format::Xml),
    ] {
        let upload = HttpUploadInput::new(receiver.answering(200), file_type);
        client
            .send(&UpdateHttpUpload::new(world.house(), upload))
            .await
            .unwrap();
        receiver.take();
        advance(&world, CYCLE).await;
        let arrived = receiver.take();
        assert_eq!(arrived.len(), 1, "one file a cycle and property");
        assert_eq!((arrived[0].format(), &arrived[0].method), (format, &Method::POST));
        let rows = arrived[0].rows();
        agree(&world, &client, &rows).await;
        stamps.push(rows[0].time_stamping.spaced().to_string());

        // Points that this crate has no name for are there, and in CSV those that the meter does not have, too.
        let electricity = &rows[0].points;
        assert!(electricity.get("voltage_a").is_some() && electricity.get("power_factor").is_some());
        assert_eq!(electricity.iter().any(|(name, _)| name == "m3"), format == Format::Csv);
        assert_eq!(electricity.get("m3"), None);
        let water = rows.iter().find(|row| row.name == "Suite 1 Water").unwrap();
        assert!(water.points.get("m3").is_some() && water.points.get("kwh").is_none());
    }
    assert_eq!(
        stamps,
        ["2026-06-21 04:10:00", "2026-06-21 04:20:00", "2026-06-21 04:30:00"]
    );
}

#[tokio::test]
async fn one_file_of_the_newest_cycle_however_many_have_passed() {
    let world = World::at(MORNING).await;
    let (client, receiver) = (world.intellimeter(), Receiver::start().await);
    let upload = HttpUploadInput::new(receiver.answering(200), FileType::Json);
    client
        .send(&UpdateHttpUpload::new(world.house(), upload))
        .await
        .unwrap();
    advance(&world, CYCLE / 2).await;
    assert!(receiver.take().is_empty(), "nothing is pushed between two cycles");
    advance(&world, CYCLE * 3).await;
    let arrived = receiver.take();
    assert_eq!(arrived.len(), 1);
    let rows = arrived[0].rows();
    assert_eq!(rows[0].time_stamping.to_string(), "2026-06-21T04:30:00");
    agree(&world, &client, &rows).await;
    client.send(&DisableHttpUpload::new(world.house())).await.unwrap();
    advance(&world, CYCLE).await;
    assert!(receiver.take().is_empty());
}

#[tokio::test]
async fn headers_and_method_are_those_of_the_settings() {
    let world = World::at(MORNING).await;
    let (client, receiver) = (world.intellimeter(), Receiver::start().await);
    let headers = SecretHeaders::new()
        .with("X-Api-Key", "petrel-31")
        .with("Content-Type", "application/vnd.reads+xml");
    let upload = HttpUploadInput::new(receiver.answering(204), FileType::Xml)
        .header(headers)
        .method(HttpMethod::Put)
        .expected_code(204);
    let request = UpdateHttpUpload::new(world.house(), upload);
    assert!(!format!("{request:?}").contains("petrel-31"));
    client.send(&request).await.unwrap();
    advance(&world, CYCLE).await;
    let arrived = receiver.take();
    assert_eq!(arrived.len(), 1);
    assert_eq!(
        (&arrived[0].method, arrived[0].headers["x-api-key"].to_str().unwrap()),
        (&Method::PUT, "petrel-31")
    );
    assert_eq!(arrived[0].content_type(), "application/vnd.reads+xml");
    agree(&world, &client, &arrived[0].rows()).await;
    let pushed = world.sandbox.intellimeter().pushed();
    assert!(pushed[0].succeeded() && pushed[0].outcome == Ok(204), "{pushed:?}");

    let listed = client.send(&ListHttpUploads::new()).await.unwrap().remove(0);
    assert_eq!((listed.method, listed.expected_code), (HttpMethod::Put, 204));
    let key = listed.header.unwrap().get("X-Api-Key");
    assert_eq!(key.unwrap().expose(), "petrel-31");
}

#[tokio::test]
async fn a_wrong_status_is_recorded_and_the_next_file_comes_all_the_same() {
    let world = World::at(MORNING).await;
    let (client, receiver) = (world.intellimeter(), Receiver::start().await);
    let upload = HttpUploadInput::new(receiver.answering(204), FileType::Csv);
    client
        .send(&UpdateHttpUpload::new(world.house(), upload))
        .await
        .unwrap();
    advance(&world, CYCLE).await;
    advance(&world, CYCLE).await;
    assert_eq!(
        receiver.take().len(),
        2,
        "a file that was not accepted is not sent again"
    );
    let pushed = world.sandbox.intellimeter().pushed();
    let told: Vec<_> = pushed
        .iter()
        .map(|file| (file.expected_code, file.outcome.clone()))
        .collect();
    assert_eq!(told, [(200, Ok(204)), (200, Ok(204))]);
    assert!(pushed.iter().all(|file| !file.succeeded()));
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_refused_here() {
    let world = World::at(MORNING).await;
    let client = world.intellimeter();
    let headers = SecretHeaders::new().with("X-Api-Key", "two\nlines");
    let upload = HttpUploadInput::new("http://127.0.0.1:9/reads", FileType::Csv).header(headers);
    let error = client
        .send(&UpdateHttpUpload::new(world.house(), upload))
        .await
        .unwrap_err();
    assert!(!error.may_have_been_sent());
    let said = said_by(&error);
    assert!(said.contains("X-Api-Key") && !said.contains("lines"), "{said}");
    assert_eq!(world.sandbox.intellimeter().request_count(), 0);
}
