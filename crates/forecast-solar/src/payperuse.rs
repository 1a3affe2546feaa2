//! What the administration of client accounts needs beyond its generated requests.

use energy_core::time::{Date, Month};
use energy_core::wire::Entries;
use energy_core::{BuildError, DecodeError, Endpoint, HttpResponse, Operation, RequestParts, UrlSegments, check};
use serde::{Deserialize, Deserializer, Serialize};

use crate::{Account, AccountId, Answer, CreateAccount, ForecastSolar};

/// The period of a usage report. A month cannot be said without its year, nor a day without its month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UsagePeriod {
    /// The current year.
    #[default]
    CurrentYear,
    /// A year, from 2000 to 9999.
    Year(i32),
    /// A month of a year.
    Month(i32, Month),
    /// A day.
    Day(Date),
}

impl From<Date> for UsagePeriod {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

impl UrlSegments for UsagePeriod {
    fn url_segments(&self) -> Result<Vec<String>, BuildError> {
        let (year, month, day) = match *self {
            Self::CurrentYear => return Ok(Vec::new()),
            Self::Year(year) => (year, None, None),
            Self::Month(year, month) => (year, Some(month), None),
            Self::Day(date) => (date.year(), Some(date.month()), Some(date.day())),
        };
        check::integer("year", year.into(), 2000, 9999)?;
        let month = month.map(|month| u8::from(month).to_string());
        Ok([Some(year.to_string()), month, day.map(|day| day.to_string())]
            .into_iter()
            .flatten()
            .collect())
    }
}

/// Client accounts. Whether the service lists them or writes them by id is not documented, so both are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Accounts(pub Vec<Account>);

impl<'de> Deserialize<'de> for Accounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wire {
            List(Vec<Account>),
            ById(Entries<Account>),
        }
        Ok(Self(match Wire::deserialize(deserializer)? {
            Wire::List(accounts) => accounts,
            Wire::ById(entries) => {
                let with_id = |(id, mut account): (String, Account)| {
                    account.id.get_or_insert_with(|| AccountId::from(id));
                    account
                };
                entries.0.into_iter().map(with_id).collect()
            }
        }))
    }
}

impl Account {
    /// The last valid day, if the service wrote one as a date.
    pub fn valid_until(&self) -> Option<Date> {
        let day = self.until.as_deref()?.get(..10)?;
        Date::parse(
            day,
            energy_core::time::macros::format_description!("[year]-[month]-[day]"),
        )
        .ok()
    }
}

/// Reactivates a suspended client account, which also assigns a new key.
///
/// The same route as [`CreateAccount`]. That takes an id of your own, of at most 20 characters; this takes any id that
/// the service has given out, with its prefix, as well.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a request does nothing until a client sends it"]
pub struct ReactivateAccount {
    id: AccountId,
}

impl ReactivateAccount {
    /// The suspended account.
    pub fn new(id: impl Into<AccountId>) -> Self {
        Self { id: id.into() }
    }
}

impl Endpoint for ReactivateAccount {
    type Api = ForecastSolar;
    type Output = Answer<Account>;
    const OPERATION: &'static Operation = &CreateAccount::OPERATION;

    fn parts(&self) -> Result<RequestParts, BuildError> {
        check::length("id", self.id.as_str(), 1, usize::MAX)?;
        let mut parts = CreateAccount::new().parts()?;
        parts.form("id", &self.id);
        Ok(parts)
    }

    fn decode(&self, response: &HttpResponse) -> Result<Answer<Account>, DecodeError> {
        CreateAccount::new().decode(response)
    }
}
