//! Services, suites, tenants and who lives where: each operation on the wire and read.

use intellimeter::*;
use serde_json::{Value, json};

use crate::support::entities::*;
use crate::support::*;

#[tokio::test]
async fn list_services() {
    let (services, sent) = round_trip(&ListServices::new(PROPERTY), Reply::json(json!([service()]))).await;
    sent.expect("GET", "/billing/service?property=61fd02c9");
    assert_eq!(services.len(), 1);
    expect_service(&services[0]);

    let request = ListServices::new(PROPERTY).id("5ef0b1ac");
    let (_, sent) = round_trip(&request, Reply::json(json!([service()]))).await;
    sent.expect("GET", "/billing/service?property=61fd02c9&id=5ef0b1ac");
}

fn service_body() -> Value {
    json!({
        "suite": SUITE, "name": "Water", "address": "7 Mill Lane, Loft 2",
        "invoice_type": "General Consumption Price", "day_of_month": 28,
    })
}

#[tokio::test]
async fn create_service() {
    let input = || {
        let kind = InvoiceType::GeneralConsumptionPrice;
        ServiceInput::new(SUITE, "Water", "7 Mill Lane, Loft 2", kind, 28)
    };
    let (created, sent) = round_trip(&CreateService::new(PROPERTY, input()), Reply::json(service())).await;
    let mut body = service_body();
    sent.expect_body("POST", "/billing/service?property=61fd02c9", &body);
    expect_service(&created);

    let request = CreateService::new(PROPERTY, input().active(false));
    let (_, sent) = round_trip(&request, Reply::json(service())).await;
    body["active"] = json!(false);
    sent.expect_body("POST", "/billing/service?property=61fd02c9", &body);
}

#[tokio::test]
async fn update_service() {
    let update = ServiceUpdate::new()
        .suite(SUITE)
        .name("Water")
        .address("7 Mill Lane, Loft 2")
        .invoice_type(InvoiceType::GeneralConsumptionPrice)
        .day_of_month(28)
        .active(true);
    let request = UpdateService::new(PROPERTY, "5ef0b1ac", update);
    let (updated, sent) = round_trip(&request, Reply::json(service())).await;
    let mut body = service_body();
    body["active"] = json!(true);
    sent.expect_body("PUT", "/billing/service?property=61fd02c9&id=5ef0b1ac", &body);
    expect_service(&updated);
}

#[tokio::test]
async fn delete_service() {
    let request = DeleteService::new(PROPERTY, "5ef0b1ac");
    let (deleted, sent) = round_trip(&request, Reply::json(service())).await;
    sent.expect("DELETE", "/billing/service?property=61fd02c9&id=5ef0b1ac");
    expect_service(&deleted);
}

#[tokio::test]
async fn list_suites() {
    let (suites, sent) = round_trip(&ListSuites::new(PROPERTY), Reply::json(json!([suite()]))).await;
    sent.expect("GET", "/billing/suite?property=61fd02c9");
    assert_eq!(suites.len(), 1);
    expect_suite(&suites[0]);

    let request = ListSuites::new(PROPERTY).id(SUITE);
    let (_, sent) = round_trip(&request, Reply::json(json!([suite()]))).await;
    sent.expect("GET", "/billing/suite?property=61fd02c9&id=0c44a1ef");
}

#[tokio::test]
async fn create_suite() {
    let request = CreateSuite::new(PROPERTY, SuiteInput::new("Loft 2"));
    let (created, sent) = round_trip(&request, Reply::json(suite())).await;
    sent.expect_body("POST", "/billing/suite?property=61fd02c9", &json!({"name": "Loft 2"}));
    expect_suite(&created);
}

#[tokio::test]
async fn update_suite() {
    let request = UpdateSuite::new(PROPERTY, SUITE, SuiteInput::new("Loft 2"));
    let (updated, sent) = round_trip(&request, Reply::json(suite())).await;
    let path = "/billing/suite?property=61fd02c9&id=0c44a1ef";
    sent.expect_body("PUT", path, &json!({"name": "Loft 2"}));
    expect_suite(&updated);
}

#[tokio::test]
async fn delete_suite() {
    let (deleted, sent) = round_trip(&DeleteSuite::new(PROPERTY, SUITE), Reply::json(suite())).await;
    sent.expect("DELETE", "/billing/suite?property=61fd02c9&id=0c44a1ef");
    expect_suite(&deleted);
}

#[tokio::test]
async fn list_tenants() {
    let mut silent = tenant();
    silent["phone"] = json!(null);
    let (tenants, sent) = round_trip(&ListTenants::new(PROPERTY), Reply::json(json!([tenant(), silent]))).await;
    sent.expect("GET", "/billing/tenant?property=61fd02c9");
    assert_eq!(tenants.len(), 2);
    expect_tenant(&tenants[0]);
    assert_eq!(tenants[1].phone, None);

    let request = ListTenants::new(PROPERTY).id(TENANT);
    let (_, sent) = round_trip(&request, Reply::json(json!([tenant()]))).await;
    sent.expect("GET", "/billing/tenant?property=61fd02c9&id=9ad2217b");
}

fn tenant_body() -> Value {
    json!({
        "address": "7 Mill Lane, Loft 2", "email": "ilse@post.example", "first_name": "Ilse", "last_name": "Brandt",
        "phone": "+1 514 555 0142",
    })
}

#[tokio::test]
async fn create_tenant() {
    let input = || TenantInput::new("7 Mill Lane, Loft 2", "ilse@post.example", "Ilse", "Brandt");
    let request = CreateTenant::new(PROPERTY, input().phone("+1 514 555 0142"));
    let (created, sent) = round_trip(&request, Reply::json(tenant())).await;
    let mut body = tenant_body();
    sent.expect_body("POST", "/billing/tenant?property=61fd02c9", &body);
    expect_tenant(&created);

    let (_, sent) = round_trip(&CreateTenant::new(PROPERTY, input()), Reply::json(tenant())).await;
    body.as_object_mut().unwrap().remove("phone");
    sent.expect_body("POST", "/billing/tenant?property=61fd02c9", &body);
}

#[tokio::test]
async fn update_tenant() {
    let update = TenantUpdate::new()
        .address("7 Mill Lane, Loft 2")
        .email("ilse@post.example")
        .first_name("Ilse")
        .last_name("Brandt")
        .phone("+1 514 555 0142");
    let request = UpdateTenant::new(PROPERTY, TENANT, update);
    let (updated, sent) = round_trip(&request, Reply::json(tenant())).await;
    let path = "/billing/tenant?property=61fd02c9&id=9ad2217b";
    sent.expect_body("PUT", path, &tenant_body());
    expect_tenant(&updated);
}

#[tokio::test]
async fn delete_tenant() {
    let (deleted, sent) = round_trip(&DeleteTenant::new(PROPERTY, TENANT), Reply::json(tenant())).await;
    sent.expect("DELETE", "/billing/tenant?property=61fd02c9&id=9ad2217b");
    expect_tenant(&deleted);
}

/// Suites of a tenant, or tenants of a suite.
#[tokio::test]
async fn list_tenant_suites() {
    // Of whom is said by the two below.
    let (either, sent) = round_trip(&ListTenantSuites::new(PROPERTY), Reply::json(json!([suite()]))).await;
    sent.expect("GET", "/billing/tenant-suite?property=61fd02c9");
    assert_eq!(either.0, [suite()]);

    let request = ListSuitesOfTenant::new(PROPERTY, TENANT);
    let (suites, sent) = round_trip(&request, Reply::json(json!([suite()]))).await;
    sent.expect("GET", "/billing/tenant-suite?property=61fd02c9&tenant=9ad2217b");
    assert_eq!(suites.len(), 1);
    expect_suite(&suites[0]);

    let request = ListTenantsOfSuite::new(PROPERTY, SUITE);
    let (tenants, sent) = round_trip(&request, Reply::json(json!([tenant()]))).await;
    sent.expect("GET", "/billing/tenant-suite?property=61fd02c9&suite=0c44a1ef");
    assert_eq!(tenants.len(), 1);
    expect_tenant(&tenants[0]);
}

#[tokio::test]
async fn bind_tenant() {
    let request = BindTenant::new(PROPERTY, TenantSuiteInput::new(TENANT, SUITE));
    let ((), sent) = round_trip(&request, Reply::empty(204)).await;
    let body = json!({"tenant": TENANT, "suite": SUITE});
    sent.expect_body_for_nothing("POST", "/billing/tenant-suite?property=61fd02c9", &body);
}

#[tokio::test]
async fn unbind_tenant() {
    let request = UnbindTenant::new(PROPERTY, TENANT, SUITE);
    let ((), sent) = round_trip(&request, Reply::empty(204)).await;
    let path = "/billing/tenant-suite?property=61fd02c9&tenant=9ad2217b&suite=0c44a1ef";
    sent.expect_for_nothing("DELETE", path);
}
