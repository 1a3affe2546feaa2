//! The company, its applications and the accounts of people.

use intellimeter::*;

use super::{PASSWORD, Sample, USER};

const APPLICATION: &str = "c31f77d2";

pub(super) fn samples() -> Vec<Sample> {
    let scopes = || Scopes::new(["meter:reads:read", "report:interval:read"]).expect("the scopes are well formed");
    let application = ApplicationUpdate::new()
        .name("Granary reads")
        .scopes(scopes())
        .new_client_secret(true);
    let own = OwnAccountUpdate::new()
        .first_name("Femke")
        .last_name("Dijkstra")
        .email("femke@granary.example")
        .password(PASSWORD);
    let input = AccountInput::new("jun@granary.example", "Jun", "Ishikawa", PASSWORD)
        .active(true)
        .admin(false);
    let update = AccountUpdate::new()
        .active(false)
        .admin(false)
        .email("jun.i@granary.example")
        .first_name("Jun")
        .last_name("Ishikawa");
    vec![
        Sample::of(GetCompany::new()),
        Sample::of(UpdateCompany::new(CompanyUpdate::new("Granary & Daughters"))),
        Sample::of(ListApplications::new().id(APPLICATION)),
        Sample::of(CreateApplication::new(ApplicationInput::new("Granary reads", scopes()))),
        Sample::of(UpdateApplication::new(APPLICATION, application)),
        Sample::of(DeleteApplication::new(APPLICATION)),
        Sample::of(GetOwnAccount::new()),
        Sample::of(UpdateOwnAccount::new(own)),
        Sample::of(ListAccounts::new().user(USER)),
        Sample::of(CreateAccount::new(input)),
        Sample::of(UpdateAccount::new(USER, update)),
        Sample::of(DeleteAccount::new(USER)),
    ]
}
