//! The documentation has two layouts of the billing paths: one setting says which of them all operations take.

use energy_core::Endpoint;
use intellimeter::*;

use crate::support::entities::*;
use crate::support::*;

const P: &str = "?property=61fd02c9";

/// Gives the operation's id after looking at its line in both layouts; they differ in the path alone.
async fn both<E: Endpoint<Api = Intellimeter>>(
    request: E,
    method: &str,
    text: &str,
    example: &str,
    query: &str,
) -> &'static str {
    for (login, path) in [
        (login(), text),
        (login().billing_paths(BillingPaths::Text), text),
        (login().billing_paths(BillingPaths::Examples), example),
    ] {
        let sent = wire(login, &request).await;
        assert_eq!(sent.line, format!("{method} {BASE}{path}{query}"));
        assert_eq!(sent.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    }
    E::OPERATION.id
}

async fn constants_and_fees() -> Vec<&'static str> {
    let (text, example) = ("/billing/fee", "/fee");
    let (flush, flush_example) = ("/billing/feeFlush", "/feeFlush");
    let fee = || FeeInput::new("Lift", Dollars::from(3));
    let input = BillingConstantsInput::new(PROPERTY);
    let (constants, constants_example) = ("/billing/constants", "/constants");
    let with_id = format!("{P}&id=f1");
    vec![
        both(ListBillingConstants::new(), "GET", constants, constants_example, "").await,
        both(
            UpdateBillingConstants::new(PROPERTY, input),
            "PUT",
            constants,
            constants_example,
            P,
        )
        .await,
        both(ListFees::new(PROPERTY), "GET", text, example, P).await,
        both(CreateFee::new(PROPERTY, fee()), "POST", text, example, P).await,
        both(ReplaceFees::new(PROPERTY, vec![fee()]), "POST", flush, flush_example, P).await,
        both(
            UpdateFee::new(PROPERTY, "f1", FeeUpdate::new()),
            "PUT",
            text,
            example,
            &with_id,
        )
        .await,
        both(DeleteFee::new(PROPERTY, "f1"), "DELETE", text, example, &with_id).await,
    ]
}

async fn invoices_and_services() -> Vec<&'static str> {
    let (invoice, invoice_example) = ("/billing/invoice", "/invoice");
    let (file, file_example) = ("/billing/invoice/loft%202.odt", "/invoiceFile/loft%202.odt");
    let (text, example) = ("/billing/service", "/service");
    let input = ServiceInput::new(SUITE, "Water", "7 Mill Lane", InvoiceType::CustomizedPrice, 1);
    let with_id = format!("{P}&id=x1");
    vec![
        both(ListInvoices::new(PROPERTY), "GET", invoice, invoice_example, P).await,
        both(
            MarkInvoicePaid::new(PROPERTY, "x1"),
            "PUT",
            invoice,
            invoice_example,
            &with_id,
        )
        .await,
        both(GetInvoiceFile::new("loft 2.odt"), "GET", file, file_example, "").await,
        both(ListServices::new(PROPERTY), "GET", text, example, P).await,
        both(CreateService::new(PROPERTY, input), "POST", text, example, P).await,
        both(
            UpdateService::new(PROPERTY, "x1", ServiceUpdate::new()),
            "PUT",
            text,
            example,
            &with_id,
        )
        .await,
        both(DeleteService::new(PROPERTY, "x1"), "DELETE", text, example, &with_id).await,
    ]
}

async fn suites_and_tenants() -> Vec<&'static str> {
    let (suite, suite_example) = ("/billing/suite", "/suite");
    let (tenant, tenant_example) = ("/billing/tenant", "/tenant");
    let (text, example) = ("/billing/tenant-suite", "/tenantSuite");
    let name = || SuiteInput::new("Loft 2");
    let input = TenantInput::new("7 Mill Lane", "ilse@post.example", "Ilse", "Brandt");
    let pair = TenantSuiteInput::new("x1", SUITE);
    let with_id = format!("{P}&id=x1");
    let with_tenant = format!("{P}&tenant=x1");
    let with_both = format!("{P}&tenant=x1&suite={SUITE}");
    vec![
        both(ListSuites::new(PROPERTY), "GET", suite, suite_example, P).await,
        both(CreateSuite::new(PROPERTY, name()), "POST", suite, suite_example, P).await,
        both(
            UpdateSuite::new(PROPERTY, "x1", name()),
            "PUT",
            suite,
            suite_example,
            &with_id,
        )
        .await,
        both(
            DeleteSuite::new(PROPERTY, "x1"),
            "DELETE",
            suite,
            suite_example,
            &with_id,
        )
        .await,
        both(ListTenants::new(PROPERTY), "GET", tenant, tenant_example, P).await,
        both(CreateTenant::new(PROPERTY, input), "POST", tenant, tenant_example, P).await,
        both(
            UpdateTenant::new(PROPERTY, "x1", TenantUpdate::new()),
            "PUT",
            tenant,
            tenant_example,
            &with_id,
        )
        .await,
        both(
            DeleteTenant::new(PROPERTY, "x1"),
            "DELETE",
            tenant,
            tenant_example,
            &with_id,
        )
        .await,
        both(
            ListSuitesOfTenant::new(PROPERTY, "x1"),
            "GET",
            text,
            example,
            &with_tenant,
        )
        .await,
        both(BindTenant::new(PROPERTY, pair), "POST", text, example, P).await,
        both(
            UnbindTenant::new(PROPERTY, "x1", SUITE),
            "DELETE",
            text,
            example,
            &with_both,
        )
        .await,
    ]
}

#[tokio::test]
async fn every_billing_operation_has_both_layouts() {
    let mut seen = constants_and_fees().await;
    seen.extend(invoices_and_services().await);
    seen.extend(suites_and_tenants().await);
    seen.sort_unstable();
    let billing = OPERATIONS
        .iter()
        .filter(|operation| operation.path.starts_with("/billing/"));
    let mut all: Vec<&str> = billing.map(|operation| operation.id).collect();
    all.sort_unstable();
    assert_eq!(seen, all);
    assert_eq!(seen.len(), 25);
}

#[tokio::test]
async fn other_operations_have_one_path_whatever_is_set() {
    let examples = || login().billing_paths(BillingPaths::Examples);
    for (sent, line) in [
        (wire(examples(), &GetCounts::new()).await, "GET /api/v1/reports/counts"),
        (
            wire(examples(), &ListFtpsUploads::new()).await,
            "GET /api/v1/file-upload/ftps",
        ),
        (wire(examples(), &ListProperties::new()).await, "GET /api/v1/property"),
        (
            wire(examples(), &PollScheduledReport::new("billing", "t-1")).await,
            "GET /api/v1/reports/schedule/poll?id=billing&token=t-1",
        ),
    ] {
        assert_eq!(sent.line, line);
    }
}

/// The layout is the login's, so tokens are asked for at the same address in both.
#[tokio::test]
async fn the_layout_does_not_move_the_login() {
    let login = Credentials::application(application(), scopes("billing:*:*")).billing_paths(BillingPaths::Examples);
    let server = Server::with_logins([token("a-1", "billing:fee:read")], [Reply::json(serde_json::json!([]))]).await;
    server.client(login).send(&ListFees::new(PROPERTY)).await.unwrap();
    let lines: Vec<String> = server.sent().into_iter().map(|sent| sent.line).collect();
    assert_eq!(lines, ["POST /api/v1/auth", "GET /api/v1/fee?property=61fd02c9"]);
}
