//! Services that are billed, suites, and who lives there.

use intellimeter::*;

use super::{PROPERTY, SUITE, Sample, TENANT};

const SERVICE: &str = "d6470e9f";
const ADDRESS: &str = "3 Granary Row, Flat 9";

pub(super) fn samples() -> Vec<Sample> {
    let mut samples = services();
    samples.extend(suites());
    samples.extend(tenants());
    samples
}

fn services() -> Vec<Sample> {
    let input = ServiceInput::new(SUITE, "Gas", ADDRESS, InvoiceType::CustomizedPrice, 15).active(true);
    let update = ServiceUpdate::new()
        .suite(SUITE)
        .name("Gas and water")
        .address(ADDRESS)
        .invoice_type(InvoiceType::SplitFromGeneral)
        .day_of_month(16)
        .active(false);
    vec![
        Sample::of(ListServices::new(PROPERTY).id(SERVICE)),
        Sample::of(CreateService::new(PROPERTY, input)),
        Sample::of(UpdateService::new(PROPERTY, SERVICE, update)),
        Sample::of(DeleteService::new(PROPERTY, SERVICE)),
    ]
}

fn suites() -> Vec<Sample> {
    vec![
        Sample::of(ListSuites::new(PROPERTY).id(SUITE)),
        Sample::of(CreateSuite::new(PROPERTY, SuiteInput::new("Flat 9"))),
        Sample::of(UpdateSuite::new(PROPERTY, SUITE, SuiteInput::new("Flat 9 b"))),
        Sample::of(DeleteSuite::new(PROPERTY, SUITE)),
    ]
}

fn tenants() -> Vec<Sample> {
    let input = TenantInput::new(ADDRESS, "amara@post.example", "Amara", "Okafor").phone("+1 613 555 0178");
    let update = TenantUpdate::new()
        .address(ADDRESS)
        .email("a.okafor@post.example")
        .first_name("Amara")
        .last_name("Okafor")
        .phone("+1 613 555 0179");
    vec![
        Sample::of(ListTenants::new(PROPERTY).id(TENANT)),
        Sample::of(CreateTenant::new(PROPERTY, input)),
        Sample::of(UpdateTenant::new(PROPERTY, TENANT, update)),
        Sample::of(DeleteTenant::new(PROPERTY, TENANT)),
        Sample::of(ListTenantSuites::new(PROPERTY)),
        Sample::of(BindTenant::new(PROPERTY, TenantSuiteInput::new(TENANT, SUITE))),
        Sample::of(UnbindTenant::new(PROPERTY, TENANT, SUITE)),
    ]
}
