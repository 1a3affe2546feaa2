//! Month-end: the consumption of each suite becomes an invoice for its tenants, and the invoices sum up to the cent. A
//! suite that stands empty has one, too: somebody pays for it.
//!
//! ```text
//! cargo run -p intellimeter --example month_end
//! ```
//!
//! It speaks to the sandbox.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::collections::BTreeMap;
use std::error::Error;

use energy_core::time::macros::datetime;
use energy_sandbox::Sandbox;
use intellimeter::invoice::{General, Usage, split_from_general};
use intellimeter::{
    Application, Client, Credentials, Decimal, Dollars, GetPeriodConsumption, ListBillingConstants, ListMeters,
    ListSuites, ListTenantsOfSuite, Meter, PropertyId, ReportMeters, ReportRows, Scopes, Utility,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The first of March, with a whole February behind it.
    let sandbox = Sandbox::builder().at(datetime!(2026-03-01 08:00 -5)).start().await?;
    let service = sandbox.intellimeter();
    let keys = service.credentials();
    let application = Application::new(keys.admin_client_id, keys.admin_client_secret)?;
    let scopes: Scopes = "meter:meters:read billing:*:read report:reading:period".parse()?;
    let client = Client::builder(Credentials::application(application, scopes))
        .base_url(service.base_url())
        .build()?;
    let property = PropertyId::from(service.property_ids()[0].as_str());

    // What February cost. Of days alone it is not documented whether the last one counts; midnight leaves no doubt.
    let (start, end) = (datetime!(2026-02-01 0:00), datetime!(2026-03-01 0:00));
    let report = GetPeriodConsumption::new(property.clone(), start, end, ReportMeters::ALL);
    let consumption = by_meter(&client.send(&report).await?)?;
    let constants = client
        .send(&ListBillingConstants::new().property(property.clone()))
        .await?;
    let constants = constants.first().ok_or("the property has no billing constants")?;

    // The meters of suites are what tenants used; the one that belongs to none is the bulk meter, with the losses.
    let meters = client.send(&ListMeters::new(property.clone())).await?;
    let electricity = |meter: &&Meter| meter.utility == Utility::Electricity;
    if let Some(missing) = meters.iter().find(|meter| !consumption.contains_key(meter.id.as_str())) {
        // A meter that is not in the report is not one that used nothing.
        return Err(format!("the report has no {}", missing.name).into());
    }
    let used = |meter: &Meter| consumption.get(meter.id.as_str()).copied().unwrap_or_default();
    let bulk: Decimal = meters
        .iter()
        .filter(electricity)
        .filter(|meter| meter.suite.is_none())
        .map(used)
        .sum();
    let usage = |suite: &str| -> Decimal {
        let of_suite = |meter: &&Meter| meter.suite.as_ref().is_some_and(|id| id.as_str() == suite);
        meters.iter().filter(electricity).filter(of_suite).map(used).sum()
    };
    let suites = client.send(&ListSuites::new(property.clone())).await?;
    let usages: Vec<Usage> = suites
        .iter()
        .map(|suite| Usage::new(&suite.id).with(Utility::Electricity, usage(suite.id.as_str())))
        .collect();

    let rate = constants.price_per_electricity;
    let general = General::metered(Utility::Electricity, bulk, rate);
    let split = split_from_general(&usages, &general, constants.tax_rate)?;

    println!("February at {rate} per kWh, {} tax", constants.tax_rate);
    println!(
        "the bulk meter: {bulk} kWh, of which {} kWh are losses\n",
        split.losses().unwrap_or_default()
    );
    let mut sum = Dollars::ZERO;
    for invoice in &split.invoices {
        let suite = suites
            .iter()
            .find(|suite| suite.id.as_str() == invoice.id)
            .ok_or("an unknown suite")?;
        let tenants = client
            .send(&ListTenantsOfSuite::new(property.clone(), suite.id.clone()))
            .await?;
        let names: Vec<String> = tenants
            .iter()
            .map(|one| format!("{} {}", one.first_name, one.last_name))
            .collect();
        let names = if names.is_empty() {
            "(empty: the owner)".to_owned()
        } else {
            names.join(", ")
        };
        let line = invoice.lines.first().ok_or("an invoice without a line")?;
        println!(
            "{:<10} {names:<28} {:>9} kWh {:>10} + tax {:>8} = {:>10}",
            suite.name,
            line.quantity.unwrap_or_default(),
            invoice.subtotal,
            invoice.tax,
            invoice.total
        );
        sum = sum.checked_add(invoice.total).ok_or("too large")?;
    }
    println!("\nsum of the invoices {sum}, total of the property {}", split.total);
    assert_eq!(sum, split.total);
    Ok(())
}

/// The consumption of each meter. The fields of a report's rows are not documented: these are the sandbox's.
fn by_meter(report: &ReportRows) -> Result<BTreeMap<String, Decimal>, Box<dyn Error>> {
    let mut consumption = BTreeMap::new();
    for row in report.rows() {
        let meter = row.get("meter").and_then(|meter| meter.as_str());
        let used = row.get("consumption").ok_or("a row without consumption")?;
        consumption.insert(
            meter.ok_or("a row without a meter")?.to_owned(),
            used.to_string().parse()?,
        );
    }
    Ok(consumption)
}
