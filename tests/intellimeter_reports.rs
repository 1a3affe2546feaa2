//! Reports of Intellimeter as files, and reports that take their time.

use std::sync::Arc;
use std::time::Duration;

use energy_core::http::StatusCode;
use energy_core::time::macros::date;
use energy_sandbox::Fault;
use energy_tests::{MORNING, SharedTime, World, said_by};
use intellimeter::{
    Client, CreateScheduledReport, Credentials, DeleteScheduledReport, GenerateScheduledReport, Generation,
    GenerationError, GetDailyGrandTotal, GetIntervalReport, GetPeriodConsumption, GetSingleGrandTotal, IntoFile,
    ListScheduledReports, PollScheduledReport, Repeat, ReportFile, ReportFormat, ReportInterval, ReportMeters,
    ReportName, ScheduledReport, ScheduledReportInput, Scopes,
};
use serde_json::Value;

/// A client that takes the sandbox along while it waits.
async fn shared() -> (Arc<World>, Client) {
    let world = Arc::new(World::at(MORNING).await);
    let credentials = Credentials::application(world.administrator(), Scopes::all());
    let builder = world.intellimeter_builder(credentials);
    let client = builder.clock(SharedTime(Arc::clone(&world))).build().unwrap();
    (world, client)
}

fn period(world: &World) -> GetPeriodConsumption {
    let (start, end) = (date!(2026 - 06 - 01), date!(2026 - 06 - 20));
    GetPeriodConsumption::new(world.house(), start, end, ReportMeters::ALL)
}

#[tokio::test]
async fn each_format_is_a_file_with_its_name_and_type() {
    let world = World::at(MORNING).await;
    let client = world.intellimeter();
    let rows = client.send(&period(&world)).await.unwrap().0;
    let first = rows[0]["consumption"].to_string();
    for (format, name, content_type, begins) in [
        (
            ReportFormat::Csv,
            "csv",
            "text/csv; charset=utf-8",
            "meter,name,serial_number,",
        ),
        (ReportFormat::Xml, "xml", "application/xml", "<?xml "),
        (ReportFormat::Json, "json", "application/json", "[{"),
        (ReportFormat::Yaml, "yaml", "application/yaml", "- meter: "),
        (
            ReportFormat::Xlsx,
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "PK",
        ),
        (
            ReportFormat::Tsv,
            "tsv",
            "text/tab-separated-values; charset=utf-8",
            "meter\tname\t",
        ),
        (
            ReportFormat::Mysql,
            "sql",
            "application/sql",
            "INSERT INTO `{table_name}` (",
        ),
    ] {
        let request = period(&world).into_file(format);
        let file = client.send(&request).await.unwrap();
        assert_eq!(file.name, Some(format!("period-consumption.{name}")));
        assert_eq!(file.content_type, content_type);
        assert!(file.bytes.starts_with(begins.as_bytes()), "{format:?}");
        let text = String::from_utf8_lossy(&file.bytes);
        assert!(text.contains(&first), "{format:?} has the numbers of the rows");

        let mut written = Vec::new();
        let done = client.call(&request).download(&mut written, |_| ()).await.unwrap();
        assert_eq!((ReportFile::name_of(&done), &written[..]), (file.name, &file.bytes[..]));
    }
    let requests = world.sandbox.intellimeter().requests();
    let query = requests.last().unwrap().query.clone().unwrap();
    assert_eq!(query.matches("type=").count(), 1, "{query}");
}

#[tokio::test]
async fn a_json_file_has_the_rows_of_the_raw_report() {
    let world = World::at(MORNING).await;
    let client = world.intellimeter();
    let (start, end) = (date!(2026 - 06 - 19), date!(2026 - 06 - 20));
    macro_rules! same {
        ($($request:expr => $name:literal),+ $(,)?) => { $({
            let request = $request;
            let rows = client.send(&request).await.unwrap();
            assert!(rows.rows().count() >= 17);
            for pretty in [false, true] {
                let file = request.clone().pretty(pretty).into_file(ReportFormat::Json);
                let file = client.send(&file).await.unwrap();
                assert_eq!(serde_json::from_slice::<Value>(&file.bytes).unwrap(), rows.0);
                assert_eq!(file.bytes.contains(&b'\n'), pretty);
                assert_eq!(file.name.as_deref(), Some($name));
            }
        })+ };
    }
    let (house, all) = (world.house(), ReportMeters::ALL);
    same!(
        period(&world) => "period-consumption.json",
        GetSingleGrandTotal::new(house.clone(), start, all.clone()) => "single-grand-total.json",
        GetDailyGrandTotal::new(house.clone(), start, end, all.clone()) => "daily-grand-total.json",
        GetIntervalReport::new(house, start, end, all, ReportInterval::Hour) => "interval.json",
    );
    let table = period(&world).table_name("june").into_file(ReportFormat::Mysql);
    let file = client.send(&table).await.unwrap();
    assert!(file.bytes.starts_with(b"INSERT INTO `june` ("));
}

async fn weekly(client: &Client) -> ScheduledReport {
    let reports = vec![ReportName::TopSuites, ReportName::ConsumptionDaily];
    let input = ScheduledReportInput::new("Weekly figures", reports, Repeat::Week);
    client
        .send(&CreateScheduledReport::new(input))
        .await
        .unwrap()
        .into_vec()
        .remove(0)
}

/// The statuses of the questions for the report.
fn questions(world: &World) -> usize {
    let requests = world.sandbox.intellimeter().requests();
    requests
        .iter()
        .filter(|request| request.path.ends_with("/schedule/poll"))
        .count()
}

#[tokio::test]
async fn a_scheduled_report_is_made_and_fetched() {
    let (world, client) = shared().await;
    let report = weekly(&client).await;
    let generation = Generation::start(&client, report.id.clone()).await.unwrap();
    assert_eq!(generation.interval(), Duration::from_secs(5));
    let (mut file, mut pieces) = (Vec::new(), 0);
    let patience = Duration::from_secs(60);
    let done = generation
        .download(&client, patience, &mut file, |_| pieces += 1)
        .await
        .unwrap();
    assert_eq!(ReportFile::name_of(&done), Some(format!("report_{}.pdf", report.id)));
    assert_eq!(
        (done.bytes, done.headers["content-type"].to_str().unwrap()),
        (file.len() as u64, "application/pdf")
    );
    assert!(file.starts_with(b"%PDF") && pieces > 0);
    assert!(String::from_utf8_lossy(&file).contains("Weekly figures"));
    assert_eq!(
        world.clock.slept(),
        [Duration::from_secs(5); 3],
        "twelve seconds of work, asked for every five"
    );
    assert_eq!(questions(&world), 3, "too early twice");

    // At the client's own address, though the service gave one that nobody else can reach.
    let started = client
        .send(&GenerateScheduledReport::new(report.id.clone()))
        .await
        .unwrap();
    assert!(started.poll_uri.expose().starts_with("http://127.0.0.1:12345/"));
    assert!(!format!("{started:?}").contains("token="), "{started:?}");
    client.send(&DeleteScheduledReport::new(report.id)).await.unwrap();
    assert!(client.send(&ListScheduledReports::new()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_report_that_is_asked_for_too_early_says_so() {
    let world = World::at(MORNING).await;
    let client = world.intellimeter();
    let report = weekly(&client).await;
    let started = client
        .send(&GenerateScheduledReport::new(report.id.clone()))
        .await
        .unwrap();
    let address = url::Url::parse(started.poll_uri.expose()).unwrap();
    let token = address
        .query_pairs()
        .find(|(name, _)| name == "token")
        .unwrap()
        .1
        .into_owned();
    let poll = PollScheduledReport::new(report.id, token.as_str());
    for seconds in [0, 11] {
        world.advance(Duration::from_secs(seconds));
        let error = client.send(&poll).await.unwrap_err();
        assert_eq!((error.status(), error.attempts()), (Some(StatusCode::TOO_EARLY), 1));
        assert!(error.to_string().contains("still being"), "{error}");
        assert!(!said_by(&error).contains(&token));
    }
    world.advance(Duration::from_secs(1));
    assert!(client.send(&poll).await.unwrap().starts_with(b"%PDF"));
    assert_eq!(
        client.send(&poll).await.unwrap(),
        client.send(&poll).await.unwrap(),
        "as often as one likes"
    );
}

#[tokio::test]
async fn patience_ends_and_the_report_can_be_asked_for_again() {
    let (world, client) = shared().await;
    let generation = Generation::start(&client, weekly(&client).await.id).await.unwrap();
    let mut file = Vec::new();
    let patience = Duration::from_secs(12);
    let error = generation
        .download(&client, patience, &mut file, |_| ())
        .await
        .unwrap_err();
    let GenerationError::TooLate { waited } = error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (waited, questions(&world)),
        (Duration::from_secs(10), 2),
        "a third question would be too late"
    );
    assert!(file.is_empty(), "what says that it is too early is not written");
    generation.download(&client, patience, &mut file, |_| ()).await.unwrap();
    assert!(file.starts_with(b"%PDF"));
    assert_eq!(questions(&world), 3);
}

#[tokio::test]
async fn a_lost_report_ends_the_asking() {
    let (world, client) = shared().await;
    let report = weekly(&client).await;
    let generation = Generation::start(&client, report.id.clone()).await.unwrap();
    client
        .send(&DeleteScheduledReport::new(report.id.clone()))
        .await
        .unwrap();
    let (mut file, patience) = (Vec::new(), Duration::from_secs(60));
    let error = generation
        .download(&client, patience, &mut file, |_| ())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, GenerationError::Call(error) if error.is_not_found()),
        "{error:?}"
    );
    assert_eq!(questions(&world), 1);
    world
        .sandbox
        .intellimeter()
        .fault(Fault::lost_answer().on_path("generate"));
    let error = Generation::start(&client, weekly(&client).await.id).await.unwrap_err();
    assert!(
        matches!(&error, GenerationError::Call(error) if error.attempts() == 1),
        "queueing is not sent twice"
    );
}
