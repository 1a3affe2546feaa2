//! The sandbox is written without the API description in hand; here they meet: its routes are the described
//! operations, and its answers have the described shapes. This is Intellimeter.

use std::collections::BTreeSet;

use energy_core::time::macros::date;
use energy_core::{Endpoint, Error, HttpResponse};
use energy_sandbox::IntellimeterService;
use energy_tests::described::{Described, operation_of};
use energy_tests::{MORNING, Unchecked, World};
use intellimeter::{
    AccountInput, AccountUpdate, ApplicationInput, ApplicationUpdate, BillingConstantsInput, BindTenant, CompanyUpdate,
    CreateAccount, CreateApplication, CreateFee, CreateScheduledReport, CreateService, CreateSuite, CreateTenant,
    Credentials, DeleteAccount, DeleteApplication, DeleteFee, DeleteScheduledReport, DeleteService, DeleteSuite,
    DeleteTenant, DisableFtpsUpload, DisableHttpUpload, FeeInput, FeeUpdate, FileType, FtpsUploadInput,
    GenerateScheduledReport, GetCompany, GetCounts, GetDailyGrandTotal, GetIntervalReport, GetInvoiceFile,
    GetOwnAccount, GetPeriodConsumption, GetReads, GetReadsByMeter, GetReadsByProperty, GetReadsBySuite,
    GetSingleGrandTotal, GetUserManual, HttpMethod, HttpUploadInput, Intellimeter, InvoiceType, LimitUnit,
    ListAccounts, ListApplications, ListBillingConstants, ListFaq, ListFees, ListFtpsUploads, ListHttpUploads,
    ListInvoices, ListMeters, ListProperties, ListScheduledReports, ListServices, ListSuites, ListSuitesOfTenant,
    ListTenants, ListTenantsOfSuite, MarkInvoicePaid, MeterUpdate, OPERATIONS, OwnAccountUpdate, PollScheduledReport,
    PropertyUpdate, ReadsBy, Repeat, ReplaceFees, ReportInterval, ReportMeters, ReportName, ScheduledReportInput,
    ScheduledReportUpdate, Scopes, SecretHeaders, ServiceInput, ServiceUpdate, SuiteInput, TenantInput,
    TenantSuiteInput, TenantUpdate, UnbindTenant, UpdateAccount, UpdateApplication, UpdateBillingConstants,
    UpdateCompany, UpdateFee, UpdateFtpsUpload, UpdateHttpUpload, UpdateMeter, UpdateOwnAccount, UpdateProperty,
    UpdateScheduledReport, UpdateService, UpdateSuite, UpdateTenant,
};
use serde_json::{Value, json};

/// What the login has beside the operations.
const LOGIN: [&str; 5] = [
    "POST /auth token",
    "GET /auth/authorization authorize",
    "POST /auth/authorization decideAuthorization",
    "GET /device devicePage",
    "POST /device decideDevice",
];

/// The path of the vendor's examples, where it is another than that of its text.
fn of_examples(id: &str, path: &str) -> Option<String> {
    let path = path.strip_prefix("/billing")?;
    Some(match (id, path) {
        ("getInvoiceFile", _) => "/invoiceFile/{name}".to_owned(),
        (_, "/tenant-suite") => "/tenantSuite".to_owned(),
        _ => path.to_owned(),
    })
}

#[test]
fn every_operation_has_a_route_and_every_route_an_operation() {
    assert_eq!(OPERATIONS.len(), 61);
    let mut described: BTreeSet<String> = LOGIN.map(str::to_owned).into();
    // One of the vendor's examples has this path; the client does not use it.
    described.insert("GET /file-upload/ftp listFtpsUploads".to_owned());
    for operation in OPERATIONS {
        let (method, id) = (&operation.method, operation.id);
        described.insert(format!("{method} {} {id}", operation.path));
        described.extend(of_examples(id, operation.path).map(|path| format!("{method} {path} {id}")));
    }
    let base = url::Url::parse(Intellimeter::DOCUMENTED_BASE_URL).unwrap();
    let served: BTreeSet<String> = IntellimeterService::routes()
        .iter()
        .map(|route| {
            let path = route.path.strip_prefix(base.path()).expect("it is below the base");
            format!("{} {path} {}", route.method, route.operation_id)
        })
        .collect();
    let only_described: Vec<&String> = described.difference(&served).collect();
    let only_served: Vec<&String> = served.difference(&described).collect();
    assert!(
        only_described.is_empty() && only_served.is_empty(),
        "{only_described:#?}\n{only_served:#?}"
    );
}

/// The bodies of answers, held against the description.
struct Checks {
    described: Described,
    checked: BTreeSet<&'static str>,
}

impl Checks {
    fn new() -> Self {
        Self {
            described: Described::load("crates/intellimeter/openapi.yaml").strict(),
            checked: BTreeSet::new(),
        }
    }

    fn success<E: Endpoint>(&mut self, request: &E, response: &HttpResponse) -> E::Output {
        let (operation, status) = (operation_of(request), response.status().as_u16());
        let content_type = response
            .headers()
            .get("content-type")
            .map(|value| value.to_str().unwrap());
        match content_type {
            Some("application/json") => self.body(operation, status, response.body()),
            None => {
                assert!(self.described.is_empty(operation, status), "{operation} {status}");
                assert!(response.body().is_empty());
            }
            Some(file) => {
                let expected = match operation {
                    "getInvoiceFile" => "application/vnd.oasis.opendocument.text",
                    "pollScheduledReport" | "getUserManual" => "application/pdf",
                    _ => panic!("{operation} is no file, and came as {file}"),
                };
                assert_eq!(file, expected, "{operation}");
                assert!(!response.body().is_empty(), "{operation}");
            }
        }
        self.checked.insert(operation);
        match request.decode(response) {
            Ok(output) => output,
            Err(error) => panic!("{operation}: {error}"),
        }
    }

    fn body(&self, operation: &str, status: u16, body: &[u8]) {
        let answer: Value = serde_json::from_slice(body).unwrap();
        let differences = self.described.differences(operation, status, &answer);
        assert!(
            differences.is_empty(),
            "{operation} {status}: {differences:#?}\n{answer:#}"
        );
    }

    fn refusal(&self, error: &Error, status: u16) {
        let Error::Api(error) = error else { panic!("{error:?}") };
        assert_eq!(error.status.as_u16(), status, "{error}");
        self.body(error.operation, status, error.body.bytes());
        assert!(!error.message.is_empty() && error.code.is_some(), "{error:?}");
    }
}

#[tokio::test]
async fn every_answer_has_the_described_shape() {
    let world = World::at(MORNING).await;
    let client = world.intellimeter();
    let mut checks = Checks::new();
    macro_rules! call {
        ($request:expr) => {{
            let request = $request;
            let response = client.call(&request).send_raw().await.unwrap();
            checks.success(&request, &response)
        }};
    }
    let house = world.house();
    let (start, end) = (date!(2026 - 06 - 18), date!(2026 - 06 - 20));

    call!(GetReads::new(ReadsBy::Meter));
    let by_property = call!(GetReadsByProperty::new().since(1, LimitUnit::Hour));
    assert_eq!(by_property.len(), 12, "two houses, six cycles");
    let by_suite = call!(GetReadsBySuite::new());
    assert_eq!(by_suite.get(house.as_str()).unwrap().len(), 10);
    let by_meter = call!(GetReadsByMeter::new().property(house.clone()));
    assert_eq!(by_meter.0.len(), 1);

    let meters = call!(ListMeters::new(house.clone()));
    let meter = meters.first().unwrap();
    let moved = call!(UpdateMeter::new(
        house.clone(),
        meter.id.clone(),
        MeterUpdate::new().floor("7").panel("P9")
    ));
    let moved = moved.into_vec();
    assert_eq!((moved.len(), moved[0].floor.as_deref()), (1, Some("7")));
    call!(ListProperties::new());
    let renamed = call!(UpdateProperty::new(
        house.clone(),
        PropertyUpdate::new().display_name("Oak")
    ));
    assert_eq!(renamed.display_name.as_deref(), Some("Oak"));
    call!(UpdateCompany::new(CompanyUpdate::new("Hill Rentals")));
    assert_eq!(call!(GetCompany::new()).name, "Hill Rentals");

    let new = call!(CreateApplication::new(ApplicationInput::new(
        "Reader",
        "meter:*:read".parse::<Scopes>().unwrap()
    )));
    assert!(new.client_secret.is_some(), "the secret is shown once");
    let update = ApplicationUpdate::new().new_client_secret(true);
    let again = call!(UpdateApplication::new(new.id.clone(), update));
    assert!(
        again
            .client_secret
            .is_some_and(|secret| Some(secret) != new.client_secret)
    );
    assert!(
        call!(ListApplications::new())
            .iter()
            .all(|one| one.client_secret.is_none())
    );
    call!(DeleteApplication::new(new.id));

    let own = call!(GetOwnAccount::new());
    call!(UpdateOwnAccount::new(OwnAccountUpdate::new().first_name("Rob")));
    let input = AccountInput::new("a@example.com", "A", "B", "a-long-pass-3").active(true);
    let account = call!(CreateAccount::new(input));
    call!(UpdateAccount::new(account.id.clone(), AccountUpdate::new().admin(true)));
    assert_eq!(call!(ListAccounts::new()).len(), 3);
    assert!(own.id != call!(DeleteAccount::new(account.id)).id);

    let headers = SecretHeaders::new().with("X-Key", "tern-12");
    let upload = HttpUploadInput::new("http://127.0.0.1:9/reads", FileType::Xml).header(headers);
    call!(UpdateHttpUpload::new(house.clone(), upload.method(HttpMethod::Put)));
    assert_eq!(call!(ListHttpUploads::new()).len(), 1);
    call!(DisableHttpUpload::new(house.clone()));
    let upload = FtpsUploadInput::new("files.example.com", "reader", "gull-3", FileType::Csv).path("reads");
    call!(UpdateFtpsUpload::new(house.clone(), upload));
    assert_eq!(call!(ListFtpsUploads::new().property(house.clone())).len(), 1);
    call!(DisableFtpsUpload::new(house.clone()));

    call!(ListBillingConstants::new());
    let constants = BillingConstantsInput::new(house.clone()).days_to_pay(21);
    assert_eq!(
        call!(UpdateBillingConstants::new(house.clone(), constants)).days_to_pay,
        21
    );
    let value = "4.15".parse::<intellimeter::Dollars>().unwrap();
    let fee = call!(CreateFee::new(house.clone(), FeeInput::new("Parking", value)));
    call!(UpdateFee::new(
        house.clone(),
        fee.id.clone(),
        FeeUpdate::new().active(false)
    ));
    assert_eq!(call!(ListFees::new(house.clone())).len(), 4);
    call!(DeleteFee::new(house.clone(), fee.id));
    call!(ReplaceFees::new(house.clone(), vec![FeeInput::new("Water", value)]));

    let invoices = call!(ListInvoices::new(house.clone()));
    let invoice = invoices.iter().find(|invoice| invoice.paid.is_none()).unwrap();
    let paid = call!(MarkInvoicePaid::new(house.clone(), invoice.id.clone()));
    assert!(paid.paid.is_some());
    call!(GetInvoiceFile::new(invoice.filename.as_str()).property(house.clone()));

    let suite = call!(CreateSuite::new(house.clone(), SuiteInput::new("Cellar")));
    call!(UpdateSuite::new(
        house.clone(),
        suite.id.clone(),
        SuiteInput::new("Attic")
    ));
    assert_eq!(call!(ListSuites::new(house.clone())).len(), 11);
    let input = ServiceInput::new(suite.id.clone(), "Heat", "7 Mill Lane", InvoiceType::CustomizedPrice, 4);
    let service = call!(CreateService::new(house.clone(), input));
    let update = ServiceUpdate::new().day_of_month(30);
    call!(UpdateService::new(house.clone(), service.id.clone(), update));
    assert_eq!(call!(ListServices::new(house.clone())).len(), 11);
    call!(DeleteService::new(house.clone(), service.id));
    let input = TenantInput::new("7 Mill Lane", "t@example.com", "Tove", "Berg");
    let tenant = call!(CreateTenant::new(house.clone(), input));
    call!(UpdateTenant::new(
        house.clone(),
        tenant.id.clone(),
        TenantUpdate::new().phone("+1 416 555 0100")
    ));
    call!(ListTenants::new(house.clone()));
    call!(BindTenant::new(
        house.clone(),
        TenantSuiteInput::new(tenant.id.clone(), suite.id.clone())
    ));
    assert_eq!(
        call!(ListSuitesOfTenant::new(house.clone(), tenant.id.clone())).len(),
        1
    );
    assert_eq!(call!(ListTenantsOfSuite::new(house.clone(), suite.id.clone())).len(), 1);
    call!(UnbindTenant::new(house.clone(), tenant.id.clone(), suite.id.clone()));
    call!(DeleteTenant::new(house.clone(), tenant.id));
    call!(DeleteSuite::new(house.clone(), suite.id));

    let all = ReportMeters::ALL;
    let rows = [
        call!(GetPeriodConsumption::new(house.clone(), start, end, all.clone()))
            .rows()
            .count(),
        call!(GetSingleGrandTotal::new(house.clone(), start, all.clone()))
            .rows()
            .count(),
        call!(GetDailyGrandTotal::new(house.clone(), start, end, all.clone()))
            .rows()
            .count(),
        call!(GetIntervalReport::new(
            house.clone(),
            start,
            end,
            all,
            ReportInterval::Day
        ))
        .rows()
        .count(),
    ];
    assert_eq!(rows, [17, 17, 51, 51], "17 meters, three days");
    call!(GetCounts::new());
    let input = ScheduledReportInput::new("Weekly", vec![ReportName::TopSuites], Repeat::Week);
    let report = call!(CreateScheduledReport::new(input.period(2).start(start)))
        .into_vec()
        .remove(0);
    call!(UpdateScheduledReport::new(
        report.id.clone(),
        ScheduledReportUpdate::new().end(end)
    ));
    assert_eq!(call!(ListScheduledReports::new()).len(), 1);
    let started = call!(GenerateScheduledReport::new(report.id.clone()));
    let address = url::Url::parse(started.poll_uri.expose()).unwrap();
    let token = address
        .query_pairs()
        .find(|(name, _)| name == "token")
        .unwrap()
        .1
        .into_owned();
    let poll = PollScheduledReport::new(report.id.clone(), token);
    checks.refusal(&client.send(&poll).await.unwrap_err(), 425);
    world.advance(std::time::Duration::from_secs(12));
    assert!(call!(poll).starts_with(b"%PDF"));
    call!(DeleteScheduledReport::new(report.id));
    call!(ListFaq::new());
    assert!(call!(GetUserManual::new()).starts_with(b"%PDF"));

    let all: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.id).collect();
    assert_eq!(checks.checked, all, "every operation was checked");
}

#[tokio::test]
async fn every_refusal_has_the_described_shape() {
    let world = World::at(MORNING).await;
    let checks = Checks::new();
    let client = world.intellimeter();
    let house = world.house();
    let dead = intellimeter::StoredToken::new("dead");
    let store = intellimeter::MemoryTokenStore::new(dead);
    let stranger = world.intellimeter_builder(Credentials::person(world.user(), store));
    let error = stranger.build().unwrap().send(&GetCompany::new()).await.unwrap_err();
    assert!(error.is_unauthorized(), "{error}");

    // A token whose scopes are not known here: the service itself says that one is missing.
    let credentials = Credentials::application(world.user(), "company:info:read".parse().unwrap());
    let narrow = world.intellimeter_builder(credentials).build().unwrap();
    narrow.send(&GetCompany::new()).await.unwrap();
    let records = world.sandbox.intellimeter().requests();
    let token = records.last().unwrap().header("authorization").unwrap();
    let token = intellimeter::StoredToken::new(token.split_once(' ').unwrap().1);
    let store = intellimeter::MemoryTokenStore::new(token);
    let unaware = world.intellimeter_builder(Credentials::person(world.user(), store));
    let error = unaware
        .build()
        .unwrap()
        .send(&GetReadsBySuite::new())
        .await
        .unwrap_err();
    assert!(error.is_forbidden());
    checks.refusal(&error, 403);

    let unknown = [
        client.send(&ListMeters::new("nowhere")).await.unwrap_err(),
        client.send(&ListFees::new(house.clone()).id("none")).await.unwrap_err(),
        client.send(&GetInvoiceFile::new("none.odt")).await.unwrap_err(),
        client.send(&DeleteScheduledReport::new("none")).await.unwrap_err(),
    ];
    for error in &unknown {
        assert!(error.is_not_found());
        checks.refusal(error, 404);
    }
    let error = client
        .send(&Unchecked::<CreateAccount>::new(json!({})))
        .await
        .unwrap_err();
    checks.refusal(&error, 400);
    let body = json!({"name": 7, "scopes": "meter:*:read"});
    let error = client
        .send(&Unchecked::<CreateApplication>::new(body))
        .await
        .unwrap_err();
    checks.refusal(&error, 422);
    let nowhere = ServiceInput::new("none", "Heat", "7 Mill Lane", InvoiceType::CustomizedPrice, 4);
    let error = client.send(&CreateService::new(house, nowhere)).await.unwrap_err();
    checks.refusal(&error, 422);
}
