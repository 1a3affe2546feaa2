//! What there is when a sandbox starts: a company, two houses, two accounts.

use std::collections::{BTreeMap, BTreeSet};

use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::bill::InvoiceType;
use super::meters::{Meter, Source, Utility};
use super::state::{Application, Company, Constants, Dates, Fee, Property, Service, State, Suite, Tenant, User};
use super::{invoices, scopes};
use crate::nature::demand::Demand;
use crate::noise;

/// The house with ten suites, and the small one.
pub(super) const PROPERTIES: [&str; 2] = ["3a5c91e0", "b07d42f6"];

pub(super) const ADMIN: (&str, &str) = ("SandboxAdminApp000000001", "sandbox.admin.secret.T8kQ2vW5nR7cX3jL");
pub(super) const USER: (&str, &str) = ("SandboxUserApp0000000001", "sandbox.user.secret.M4dZ9pH6sB1yF0gK");

const LONG_AGO: OffsetDateTime = datetime!(2019-05-14 13:30 UTC);

const TENANTS: [(&str, &str); 11] = [
    ("Ada", "Fraser"),
    ("Noah", "Tremblay"),
    ("Mina", "Okafor"),
    ("Liam", "Singh"),
    ("Chloe", "Roy"),
    ("Owen", "Kowalski"),
    ("Sara", "Haddad"),
    ("Emil", "Larsen"),
    ("Yuki", "Mori"),
    ("Ben", "Campbell"),
    ("Ines", "Costa"),
];

/// Everything, with the invoices of the last two months.
pub(super) fn seed(now: OffsetDateTime) -> State {
    let dates = Dates::new(LONG_AGO);
    let mut state = State {
        company: Company {
            id: "c41e77a2".to_owned(),
            name: "Lakeside Rentals".to_owned(),
            dates,
        },
        properties: Vec::new(),
        meters: Vec::new(),
        users: Vec::new(),
        applications: Vec::new(),
        http_uploads: BTreeMap::new(),
        ftps_uploads: BTreeMap::new(),
        constants: BTreeMap::new(),
        fees: Vec::new(),
        services: Vec::new(),
        suites: Vec::new(),
        tenants: Vec::new(),
        bindings: BTreeSet::new(),
        invoices: Vec::new(),
        schedules: Vec::new(),
        jobs: Vec::new(),
        access: BTreeMap::new(),
        refresh: BTreeMap::new(),
        codes: BTreeMap::new(),
        devices: BTreeMap::new(),
        consents: BTreeSet::new(),
        billed_until: now - Duration::days(62),
        huge_report: None,
        counter: 0,
    };
    people(&mut state, dates);
    let names = [
        (PROPERTIES[0], "Maple Court", "210 Lakeshore Road", "19-204", 10),
        (PROPERTIES[1], "Birch House", "7 Mill Lane", "19-377", 2),
    ];
    for (id, name, address, job_number, suites) in names {
        state.properties.push(Property {
            id: id.to_owned(),
            address: address.to_owned(),
            display_name: name.to_owned(),
            job_name: name.replace(' ', "-"),
            job_number: job_number.to_owned(),
            dates,
        });
        house(&mut state, id, suites);
    }
    invoices::make_due(&mut state, now);
    // Every other tenant has paid what is older than a month.
    for invoice in state.invoices.iter_mut().step_by(2) {
        let paid = invoice.created + Duration::days(12);
        invoice.paid = (paid < now - Duration::days(30)).then_some(paid);
    }
    state
}

fn people(state: &mut State, dates: Dates) {
    let accounts = [
        (true, "Robin", "Lake", "robin.lake@example.com", ADMIN),
        (false, "Kim", "Shore", "kim.shore@example.com", USER),
    ];
    for (admin, first_name, last_name, email, (client_id, client_secret)) in accounts {
        let user = state.new_id();
        let id = state.new_id();
        state.applications.push(Application {
            id,
            client_id: client_id.to_owned(),
            client_secret: client_secret.to_owned(),
            name: format!("Sandbox of {first_name}"),
            scopes: scopes::all(),
            user: user.clone(),
            dates,
        });
        state.users.push(User {
            id: user,
            active: true,
            admin,
            email: email.to_owned(),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            dates,
        });
    }
}

fn house(state: &mut State, property: &str, suites: usize) {
    let address = state
        .properties
        .last()
        .map(|property| property.address.clone())
        .unwrap_or_default();
    state.constants.insert(
        property.to_owned(),
        Constants {
            days_to_pay: 30,
            invoice_from: state.company.name.clone(),
            price_per_electricity: 13.0,
            price_per_gas: 40.5,
            price_per_water: 210.0,
            tax_rate: 13.0,
            updated: LONG_AGO,
        },
    );
    for (name, value, active) in [
        ("Admin Fee", 6.26, true),
        ("Service Fee", 4.32, true),
        ("Late Fee", 15.0, false),
    ] {
        let id = state.new_id();
        state.fees.push(Fee {
            id,
            property: property.to_owned(),
            name: name.to_owned(),
            value,
            active,
        });
    }
    for number in 1..=suites {
        let suite = Suite {
            id: state.new_id(),
            property: property.to_owned(),
            name: format!("Suite {number}"),
        };
        flat(state, &suite, number, &address);
        // The last suite is empty.
        if number < suites || suites < 3 {
            tenant(state, &suite, &address);
        }
        state.suites.push(suite);
    }
    let stairs = demand(property, 350.0);
    meter(
        state,
        property,
        None,
        Utility::Electricity,
        "General",
        Source::General { stairs },
    );
}

/// The meters of a suite, and the service that bills it.
fn flat(state: &mut State, suite: &Suite, number: usize, address: &str) {
    let mut utilities = vec![(Utility::Electricity, "Electricity", 600.0)];
    if number <= 4 {
        utilities.push((Utility::Water, "Water", 14.0));
    }
    if number <= 2 {
        utilities.push((Utility::Gas, "Gas", 90.0));
    }
    for (utility, word, mean) in utilities {
        let name = format!("{} {word}", suite.name);
        let source = Source::Consumer(demand(&format!("{}{name}", suite.property), mean));
        meter(state, &suite.property, Some((suite, number)), utility, &name, source);
    }
    let (invoice_type, day_of_month) = match number {
        1..=5 => (InvoiceType::SplitFromGeneral, 1),
        6..=8 => (InvoiceType::GeneralConsumptionPrice, 3),
        _ => (InvoiceType::CustomizedPrice, 31),
    };
    let id = state.new_id();
    state.services.push(Service {
        id,
        property: suite.property.clone(),
        suite: suite.id.clone(),
        name: format!("Utilities of {}", suite.name),
        address: format!("{}, {address}", suite.name),
        invoice_type,
        day_of_month,
        active: true,
    });
}

fn tenant(state: &mut State, suite: &Suite, address: &str) {
    let (first_name, last_name) = TENANTS[state.tenants.len() % TENANTS.len()];
    let id = state.new_id();
    state.bindings.insert((id.clone(), suite.id.clone()));
    let phone = state.tenants.len() % 2 == 1;
    state.tenants.push(Tenant {
        id,
        property: suite.property.clone(),
        address: format!("{}, {address}", suite.name),
        email: format!("{}.{}@example.com", first_name.to_lowercase(), last_name.to_lowercase()),
        first_name: first_name.to_owned(),
        last_name: last_name.to_owned(),
        phone: phone.then(|| "+1 416 555 0142".to_owned()),
    });
}

fn meter(
    state: &mut State,
    property: &str,
    suite: Option<(&Suite, usize)>,
    utility: Utility,
    name: &str,
    source: Source,
) {
    let job = state
        .properties
        .last()
        .map(|property| (property.job_number.clone(), property.job_name.clone()));
    let (job_number, job_name) = job.unwrap_or_default();
    let number = 1 + state.meters.iter().filter(|meter| meter.property == property).count();
    let id = state.new_id();
    state.meters.push(Meter {
        id,
        property: property.to_owned(),
        name: name.to_owned(),
        serial_number: format!("{job_number}-{job_name}-MFX-1-Meter-{number:02}"),
        suite: suite.map(|(suite, _)| suite.id.clone()),
        // Some were never filled in.
        floor: suite
            .filter(|(_, number)| number % 3 != 0)
            .map(|(_, number)| number.div_ceil(2).to_string()),
        panel: suite
            .filter(|(_, number)| number % 2 == 0)
            .map(|(_, number)| format!("P{}", number / 2)),
        utility,
        source,
    });
}

/// Between three quarters and five quarters of the mean.
fn demand(text: &str, mean: f64) -> Demand {
    let seed = noise::text(text);
    Demand {
        mean: mean * (0.75 + noise::unit(&[seed]) / 2.0),
        seed,
    }
}
