//! What the company has.

use std::collections::{BTreeMap, BTreeSet};

use time::{Date, OffsetDateTime};

use super::bill::InvoiceType;
use super::device::Device;
use super::meters::Meter;
use super::schedule::{Job, Schedule};
use super::scopes::Scopes;
use super::tokens::{Access, Code, Refresh};
use super::uploads::{FtpsUpload, HttpUpload};
use crate::noise;

/// Everything that can be changed. Lists are in the order of creation.
#[derive(Debug)]
pub(super) struct State {
    pub(super) company: Company,
    pub(super) properties: Vec<Property>,
    pub(super) meters: Vec<Meter>,
    pub(super) users: Vec<User>,
    pub(super) applications: Vec<Application>,
    pub(super) http_uploads: BTreeMap<String, HttpUpload>,
    pub(super) ftps_uploads: BTreeMap<String, FtpsUpload>,
    pub(super) constants: BTreeMap<String, Constants>,
    pub(super) fees: Vec<Fee>,
    pub(super) services: Vec<Service>,
    pub(super) suites: Vec<Suite>,
    pub(super) tenants: Vec<Tenant>,
    /// Tenants and their suites.
    pub(super) bindings: BTreeSet<(String, String)>,
    pub(super) invoices: Vec<Invoice>,
    pub(super) schedules: Vec<Schedule>,
    pub(super) jobs: Vec<Job>,
    pub(super) access: BTreeMap<String, Access>,
    pub(super) refresh: BTreeMap<String, Refresh>,
    pub(super) codes: BTreeMap<String, Code>,
    pub(super) devices: BTreeMap<String, Device>,
    /// Applications that an account has let in.
    pub(super) consents: BTreeSet<(String, String)>,
    /// Until when invoices have been made.
    pub(super) billed_until: OffsetDateTime,
    /// The next report as CSV is a flood of so many bytes.
    pub(super) huge_report: Option<u64>,
    pub(super) counter: i64,
}

/// When something was made and changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dates {
    pub(super) created: OffsetDateTime,
    pub(super) updated: OffsetDateTime,
}

impl Dates {
    pub(super) fn new(now: OffsetDateTime) -> Self {
        Self {
            created: now,
            updated: now,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Company {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) dates: Dates,
}

#[derive(Clone, Debug)]
pub(super) struct Property {
    pub(super) id: String,
    pub(super) address: String,
    pub(super) display_name: String,
    pub(super) job_name: String,
    pub(super) job_number: String,
    pub(super) dates: Dates,
}

#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) active: bool,
    pub(super) admin: bool,
    pub(super) email: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) dates: Dates,
}

#[derive(Clone, Debug)]
pub(super) struct Application {
    pub(super) id: String,
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) name: String,
    pub(super) scopes: Scopes,
    pub(super) user: String,
    pub(super) dates: Dates,
}

/// Prices in cents, the tax in percent.
#[derive(Clone, Debug)]
pub(super) struct Constants {
    pub(super) days_to_pay: i64,
    pub(super) invoice_from: String,
    pub(super) price_per_electricity: f64,
    pub(super) price_per_gas: f64,
    pub(super) price_per_water: f64,
    pub(super) tax_rate: f64,
    pub(super) updated: OffsetDateTime,
}

#[derive(Clone, Debug)]
pub(super) struct Fee {
    pub(super) id: String,
    pub(super) property: String,
    pub(super) name: String,
    /// In dollars.
    pub(super) value: f64,
    pub(super) active: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Service {
    pub(super) id: String,
    pub(super) property: String,
    pub(super) suite: String,
    pub(super) name: String,
    pub(super) address: String,
    pub(super) invoice_type: InvoiceType,
    pub(super) day_of_month: u8,
    pub(super) active: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Suite {
    pub(super) id: String,
    pub(super) property: String,
    pub(super) name: String,
}

#[derive(Clone, Debug)]
pub(super) struct Tenant {
    pub(super) id: String,
    pub(super) property: String,
    pub(super) address: String,
    pub(super) email: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) phone: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Invoice {
    pub(super) id: String,
    pub(super) property: String,
    pub(super) service: String,
    pub(super) suite: String,
    pub(super) filename: String,
    pub(super) created: OffsetDateTime,
    pub(super) due: Date,
    pub(super) email_sent: Option<OffsetDateTime>,
    pub(super) paid: Option<OffsetDateTime>,
    pub(super) cents: i64,
}

impl State {
    /// A new id: eight digits in base 16.
    pub(super) fn new_id(&mut self) -> String {
        format!("{:08x}", noise::hash(&[self.next(), 8]) & 0xFFFF_FFFF)
    }

    /// New letters and digits, for tokens and secrets.
    pub(super) fn new_secret(&mut self, length: usize) -> String {
        noise::alphanumeric(length, &[self.next(), 40])
    }

    fn next(&mut self) -> i64 {
        self.counter += 1;
        self.counter
    }

    pub(super) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(super) fn suite_name(&self, id: &str) -> Option<&str> {
        let suite = self.suites.iter().find(|suite| suite.id == id);
        suite.map(|suite| suite.name.as_str())
    }
}
