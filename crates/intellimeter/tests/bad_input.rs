//! What is refused before anything is sent: blank names, empty ids and passwords, numbers out of their limits, paths.

use energy_core::time::macros::date;
use energy_core::{BuildError, Endpoint};
use intellimeter::*;

use crate::support::entities::*;
use crate::support::*;

/// Nothing leaves, and the error names the field and the reason.
async fn names<E>(request: E, field: &str, reason: &str)
where
    E: Endpoint<Api = Intellimeter>,
    E::Output: std::fmt::Debug,
{
    let error = refused(login(), &request).await;
    says(build(&error), field, reason);
    assert!(error.to_string().contains(E::OPERATION.id), "{error}");
}

fn says(error: &BuildError, field: &str, reason: &str) {
    assert_eq!(error.parameter, field, "{error}");
    assert!(error.reason.contains(reason), "`{reason}` is not in: {error}");
}

/// It is sent.
async fn passes<E: Endpoint<Api = Intellimeter>>(request: E) {
    let _ = wire(login(), &request).await;
}

fn fee(name: &str) -> FeeInput {
    FeeInput::new(name, Dollars::from(3))
}

fn push(url: &str) -> HttpUploadInput {
    HttpUploadInput::new(url, FileType::Csv)
}

fn ftps(host: &str, user: &str, password: &str) -> FtpsUploadInput {
    FtpsUploadInput::new(host, user, password, FileType::Csv)
}

fn scheduled(name: &str, reports: Vec<ReportName>) -> ScheduledReportInput {
    ScheduledReportInput::new(name, reports, Repeat::Month)
}

#[tokio::test]
async fn names_are_not_blank() {
    let why = "is blank";
    for blank in ["", " ", "\t\n "] {
        names(UpdateCompany::new(CompanyUpdate::new(blank)), "name", why).await;
        names(
            CreateApplication::new(ApplicationInput::new(blank, Scopes::all())),
            "name",
            why,
        )
        .await;
        names(
            UpdateApplication::new("a1", ApplicationUpdate::new().name(blank)),
            "name",
            why,
        )
        .await;
        names(CreateFee::new(PROPERTY, fee(blank)), "name", why).await;
        names(
            ReplaceFees::new(PROPERTY, vec![fee("Lift"), fee(blank)]),
            "[1].name",
            why,
        )
        .await;
        names(CreateSuite::new(PROPERTY, SuiteInput::new(blank)), "name", why).await;
        names(UpdateSuite::new(PROPERTY, SUITE, SuiteInput::new(blank)), "name", why).await;
        let reports = vec![ReportName::TopSuites];
        names(CreateScheduledReport::new(scheduled(blank, reports)), "name", why).await;
        let update = ScheduledReportUpdate::new().name(blank);
        names(UpdateScheduledReport::new(REPORT, update), "name", why).await;
        let account = AccountInput::new(blank, "Noor", "Haddad", "Plover-7");
        names(CreateAccount::new(account), "email", why).await;
        names(UpdateHttpUpload::new(PROPERTY, push(blank)), "url", why).await;
        names(
            UpdateFtpsUpload::new(PROPERTY, ftps(blank, "mill", "Plover-7")),
            "host",
            why,
        )
        .await;
        names(
            UpdateFtpsUpload::new(PROPERTY, ftps("drop.example", blank, "Plover-7")),
            "user",
            why,
        )
        .await;
    }
    passes(CreateSuite::new(PROPERTY, SuiteInput::new(" 2 "))).await;
}

/// What cannot be given to a new fee cannot be given to an old one.
#[tokio::test]
async fn a_fee_does_not_lose_its_name() {
    names(
        UpdateFee::new(PROPERTY, "f1", FeeUpdate::new().name(" ")),
        "name",
        "is blank",
    )
    .await;
    passes(UpdateFee::new(PROPERTY, "f1", FeeUpdate::new().active(true))).await;
}

#[tokio::test]
async fn passwords_are_not_empty() {
    let why = "0 characters";
    names(
        UpdateOwnAccount::new(OwnAccountUpdate::new().password("")),
        "password",
        why,
    )
    .await;
    let account = AccountInput::new("noor@mill.example", "Noor", "Haddad", "");
    names(CreateAccount::new(account), "password", why).await;
    names(
        UpdateFtpsUpload::new(PROPERTY, ftps("drop.example", "mill", "")),
        "password",
        why,
    )
    .await;
    passes(UpdateOwnAccount::new(OwnAccountUpdate::new().password(" "))).await;
}

#[tokio::test]
async fn days_of_the_month() {
    let input = |day| ServiceInput::new(SUITE, "Water", "7 Mill Lane", InvoiceType::CustomizedPrice, day);
    let update = |day| ServiceUpdate::new().day_of_month(day);
    for (day, why) in [
        (0, "0 is outside 1 to 31"),
        (32, "32 is outside 1 to 31"),
        (u32::MAX, "4294967295 is outside"),
    ] {
        names(CreateService::new(PROPERTY, input(day)), "day_of_month", why).await;
        names(UpdateService::new(PROPERTY, "s1", update(day)), "day_of_month", why).await;
    }
    for day in [1, 31] {
        passes(CreateService::new(PROPERTY, input(day))).await;
        passes(UpdateService::new(PROPERTY, "s1", update(day))).await;
    }
}

#[tokio::test]
async fn ports_and_status_codes() {
    let with_port = |port| UpdateFtpsUpload::new(PROPERTY, ftps("drop.example", "mill", "Plover-7").port(port));
    names(with_port(0), "port", "0 is outside 1 to 65535").await;
    names(with_port(65_536), "port", "65536 is outside 1 to 65535").await;
    passes(with_port(1)).await;
    passes(with_port(65_535)).await;
    let expecting = |code| UpdateHttpUpload::new(PROPERTY, push("https://sink.example").expected_code(code));
    names(expecting(99), "expected_code", "99 is outside 100 to 599").await;
    names(expecting(600), "expected_code", "600 is outside 100 to 599").await;
    passes(expecting(100)).await;
    passes(expecting(599)).await;
}

#[tokio::test]
async fn schedules() {
    let named = |reports| scheduled("Mill", reports);
    let one = || vec![ReportName::TopSuites];
    let none = "has 0 items, at least 1 needed";
    names(CreateScheduledReport::new(named(vec![])), "reports", none).await;
    let update = ScheduledReportUpdate::new().reports(vec![]);
    names(UpdateScheduledReport::new(REPORT, update), "reports", none).await;
    names(
        CreateScheduledReport::new(named(one()).period(0)),
        "period",
        "0 is below 1",
    )
    .await;
    let update = ScheduledReportUpdate::new().period(0);
    names(UpdateScheduledReport::new(REPORT, update), "period", "0 is below 1").await;
    passes(CreateScheduledReport::new(named(one()).period(1))).await;
}

#[test]
fn meters_of_a_report() {
    says(
        &ReportMeters::only(Vec::<MeterId>::new()).unwrap_err(),
        "ids",
        "names no meter",
    );
    for wrong in ["", "m1,m2", ",", "m1,"] {
        says(
            &ReportMeters::only([METER, wrong]).unwrap_err(),
            "ids",
            "is no id of a meter",
        );
    }
    assert!(ReportMeters::only([METER]).is_ok());
}

#[tokio::test]
async fn names_of_tables_are_not_empty() {
    let (start, end) = (date!(2026 - 03 - 01), date!(2026 - 03 - 31));
    let all = || ReportMeters::ALL;
    let why = "0 characters";
    names(
        GetPeriodConsumption::new(PROPERTY, start, end, all()).table_name(""),
        "table_name",
        why,
    )
    .await;
    let single = GetSingleGrandTotal::new(PROPERTY, start, all()).table_name("");
    names(single.into_file(ReportFormat::Mysql), "table_name", why).await;
    names(
        GetDailyGrandTotal::new(PROPERTY, start, end, all()).table_name(""),
        "table_name",
        why,
    )
    .await;
    let interval = GetIntervalReport::new(PROPERTY, start, end, all(), ReportInterval::Day).table_name("");
    names(interval, "table_name", why).await;
}

const EMPTY: &str = "has 0 characters, at least 1 needed";

#[tokio::test]
async fn properties_are_named() {
    let (start, end) = (date!(2026 - 03 - 01), date!(2026 - 03 - 31));
    let all = || ReportMeters::ALL;
    let field = "property";
    names(GetReads::new(ReadsBy::Suite).property(""), field, EMPTY).await;
    names(GetReadsByMeter::new().property(""), field, EMPTY).await;
    names(ListMeters::new(""), field, EMPTY).await;
    names(UpdateMeter::new("", METER, MeterUpdate::new()), field, EMPTY).await;
    names(ListProperties::new().property(""), field, EMPTY).await;
    names(UpdateProperty::new("", PropertyUpdate::new()), field, EMPTY).await;
    names(ListHttpUploads::new().property(""), field, EMPTY).await;
    names(UpdateHttpUpload::new("", push("https://sink.example")), field, EMPTY).await;
    names(DisableHttpUpload::new(""), field, EMPTY).await;
    names(ListFtpsUploads::new().property(""), field, EMPTY).await;
    names(DisableFtpsUpload::new(""), field, EMPTY).await;
    names(ListBillingConstants::new().property(""), field, EMPTY).await;
    names(
        UpdateBillingConstants::new("", BillingConstantsInput::new(PROPERTY)),
        field,
        EMPTY,
    )
    .await;
    names(
        UpdateBillingConstants::new(PROPERTY, BillingConstantsInput::new("")),
        field,
        EMPTY,
    )
    .await;
    names(ListFees::new(""), field, EMPTY).await;
    names(CreateFee::new("", fee("Lift")), field, EMPTY).await;
    names(ReplaceFees::new("", vec![]), field, EMPTY).await;
    names(ListInvoices::new(""), field, EMPTY).await;
    names(MarkInvoicePaid::new("", "i1"), field, EMPTY).await;
    names(GetInvoiceFile::new("a.odt").property(""), field, EMPTY).await;
    names(ListServices::new(""), field, EMPTY).await;
    names(ListSuites::new(""), field, EMPTY).await;
    names(ListTenants::new(""), field, EMPTY).await;
    names(ListTenantsOfSuite::new("", SUITE), field, EMPTY).await;
    names(BindTenant::new("", TenantSuiteInput::new(TENANT, SUITE)), field, EMPTY).await;
    names(GetPeriodConsumption::new("", start, end, all()), field, EMPTY).await;
    names(GetSingleGrandTotal::new("", start, all()), field, EMPTY).await;
    names(GetDailyGrandTotal::new("", start, end, all()), field, EMPTY).await;
    names(
        GetIntervalReport::new("", start, end, all(), ReportInterval::Day),
        field,
        EMPTY,
    )
    .await;
}

#[tokio::test]
async fn ids_are_not_empty() {
    names(UpdateMeter::new(PROPERTY, "", MeterUpdate::new()), "id", EMPTY).await;
    names(ListApplications::new().id(""), "id", EMPTY).await;
    names(UpdateApplication::new("", ApplicationUpdate::new()), "id", EMPTY).await;
    names(DeleteApplication::new(""), "id", EMPTY).await;
    names(ListAccounts::new().user(""), "user", EMPTY).await;
    names(UpdateAccount::new("", AccountUpdate::new()), "user", EMPTY).await;
    names(DeleteAccount::new(""), "user", EMPTY).await;
    names(ListFees::new(PROPERTY).id(""), "id", EMPTY).await;
    names(UpdateFee::new(PROPERTY, "", FeeUpdate::new()), "id", EMPTY).await;
    names(DeleteFee::new(PROPERTY, ""), "id", EMPTY).await;
    names(ListInvoices::new(PROPERTY).id(""), "id", EMPTY).await;
    names(MarkInvoicePaid::new(PROPERTY, ""), "id", EMPTY).await;
    names(ListServices::new(PROPERTY).id(""), "id", EMPTY).await;
    names(UpdateService::new(PROPERTY, "", ServiceUpdate::new()), "id", EMPTY).await;
    names(DeleteService::new(PROPERTY, ""), "id", EMPTY).await;
    names(ListSuites::new(PROPERTY).id(""), "id", EMPTY).await;
    names(UpdateSuite::new(PROPERTY, "", SuiteInput::new("Loft")), "id", EMPTY).await;
    names(DeleteSuite::new(PROPERTY, ""), "id", EMPTY).await;
    names(ListTenants::new(PROPERTY).id(""), "id", EMPTY).await;
    names(UpdateTenant::new(PROPERTY, "", TenantUpdate::new()), "id", EMPTY).await;
    names(DeleteTenant::new(PROPERTY, ""), "id", EMPTY).await;
    names(ListSuitesOfTenant::new(PROPERTY, ""), "tenant", EMPTY).await;
    names(ListTenantsOfSuite::new(PROPERTY, ""), "suite", EMPTY).await;
    names(UnbindTenant::new(PROPERTY, "", SUITE), "tenant", EMPTY).await;
    names(UnbindTenant::new(PROPERTY, TENANT, ""), "suite", EMPTY).await;
    names(
        UpdateScheduledReport::new("", ScheduledReportUpdate::new()),
        "id",
        EMPTY,
    )
    .await;
    names(DeleteScheduledReport::new(""), "id", EMPTY).await;
    names(GenerateScheduledReport::new(""), "id", EMPTY).await;
    names(PollScheduledReport::new("", "t-1"), "id", EMPTY).await;
}

#[tokio::test]
async fn ids_in_bodies_are_not_empty() {
    let service = ServiceInput::new("", "Water", "7 Mill Lane", InvoiceType::CustomizedPrice, 1);
    names(
        UpdateMeter::new(
            PROPERTY,
            METER,
            MeterUpdate::new().suite(intellimeter::SuiteId::from("")),
        ),
        "suite",
        EMPTY,
    )
    .await;
    names(CreateService::new(PROPERTY, service), "suite", EMPTY).await;
    names(
        UpdateService::new(PROPERTY, "s1", ServiceUpdate::new().suite("")),
        "suite",
        EMPTY,
    )
    .await;
    names(
        BindTenant::new(PROPERTY, TenantSuiteInput::new("", SUITE)),
        "tenant",
        EMPTY,
    )
    .await;
    names(
        BindTenant::new(PROPERTY, TenantSuiteInput::new(TENANT, "")),
        "suite",
        EMPTY,
    )
    .await;
}

/// The service answers suites of a tenant, or tenants of a suite; both at once are not allowed.
#[tokio::test]
async fn headers_of_uploads_can_be_sent() {
    let with = |name: &str, value: &str| {
        let headers = SecretHeaders::new().with("X-Fine", "yes").with(name, value);
        UpdateHttpUpload::new(PROPERTY, push("https://sink.example").header(headers))
    };
    for name in ["", "X Key", "X-Kéy", "X:Key", "X-Key\n"] {
        names(with(name, "avocet"), "header", "cannot be sent as a header").await;
    }
    for value in ["avocet\navocet", "avocet\r\nX-Other: 1", "avocet\u{0}"] {
        let error = refused(login(), &with("X-Key", value)).await;
        says(build(&error), "header", "`X-Key`");
        assert!(!everything_shown(&error).contains("avocet"), "{error:?}");
    }
    passes(with("X-Key", "avocet; q=\"1\"")).await;
    passes(with("X-Key", "")).await;
}

#[tokio::test]
async fn names_of_invoice_files_that_no_path_can_hold() {
    for (name, why) in [
        ("", "cannot be a part of a path"),
        (".", "cannot be a part of a path"),
        ("..", "cannot be a part of a path"),
        ("a\tb.odt", "tab or line break"),
        ("a\nb.odt", "tab or line break"),
        ("a\r\n.odt", "tab or line break"),
    ] {
        names(GetInvoiceFile::new(name), "name", why).await;
    }
}

/// No name reaches another operation: it stays one part of the path, in both layouts.
#[tokio::test]
async fn names_of_invoice_files_do_not_leave_their_place() {
    for (name, part) in [
        ("../../users", "..%2F..%2Fusers"),
        ("a/b.odt", "a%2Fb.odt"),
        ("..\\x", "..%5Cx"),
        ("%2e%2e", "%252e%252e"),
        ("%2F", "%252F"),
        ("a?property=1", "a%3Fproperty=1"),
        ("a#b", "a%23b"),
        ("a;b", "a;b"),
        ("été 1.odt", "%C3%A9t%C3%A9%201.odt"),
    ] {
        let sent = wire(login(), &GetInvoiceFile::new(name)).await;
        assert_eq!(sent.line, format!("GET {BASE}/billing/invoice/{part}"));
        let examples = login().billing_paths(BillingPaths::Examples);
        let sent = wire(examples, &GetInvoiceFile::new(name)).await;
        assert_eq!(sent.line, format!("GET {BASE}/invoiceFile/{part}"));
    }
}

#[test]
fn applications_without_id_or_secret() {
    for (id, secret, field) in [
        ("", "s", "client_id"),
        (" mill", "s", "client_id"),
        ("mill", "", "client_secret"),
        ("mill", "Turnstone\n", "client_secret"),
    ] {
        let error = energy_core::auth::oauth::Application::new(id, secret).unwrap_err();
        assert_eq!(error.parameter, field);
        assert!(!format!("{error} {error:?}").contains("Turnstone"), "{error}");
    }
}
