//! Who holds which key.

use std::sync::{Mutex, MutexGuard, PoisonError};

use time::{Date, Duration, OffsetDateTime};

use super::plan::{self, Plan};
use crate::nature::zone::Zone;
use crate::noise;

/// Every id of a client account starts with this, whoever chose the rest of it.
pub(super) const PREFIX: &str = "E5107-";

/// The key for trying things out; it does not look like a key.
pub(super) const DEMO_KEY: &str = "demo-key";

/// An account with its key.
#[derive(Clone, Debug)]
pub(super) struct Account {
    /// With the prefix.
    pub(super) id: String,
    pub(super) apikey: String,
    pub(super) plan: Plan,
    /// The last valid day, in Berlin.
    pub(super) until: Date,
    pub(super) created: OffsetDateTime,
    pub(super) role: Role,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Holds a plan of its own.
    Subscriber,
    /// Manages clients.
    Administrator,
    /// Managed by the administrator.
    Client,
}

/// Why a key does not open the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyProblem {
    Malformed,
    Unknown,
    Expired,
}

/// Every account of the service.
#[derive(Debug)]
pub(super) struct Accounts(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    accounts: Vec<Account>,
    /// Makes each new key and id different.
    issued: i64,
}

/// The keys every sandbox has, made to be recognised in a log.
pub(super) const PERSONAL_KEY: &str = "SandboxPersonal1";
pub(super) const PROFESSIONAL_KEY: &str = "SandboxProfess01";
pub(super) const ADMINISTRATOR_KEY: &str = "SandboxAdmin0001";
pub(super) const SUSPENDED_KEY: &str = "SandboxSuspend01";
pub(super) const EXPIRED_KEY: &str = "SandboxExpired01";

impl Accounts {
    pub(super) fn new(now: OffsetDateTime) -> Self {
        let today = today(now);
        let account = |id: &str, apikey: &str, plan, valid_days: i64, role| Account {
            id: id.to_owned(),
            apikey: apikey.to_owned(),
            plan,
            until: today.saturating_add(Duration::days(valid_days)),
            created: now.saturating_sub(Duration::days(400)),
            role,
        };
        let accounts = vec![
            account("personal", PERSONAL_KEY, plan::PERSONAL, 200, Role::Subscriber),
            account(
                "professional",
                PROFESSIONAL_KEY,
                plan::PROFESSIONAL,
                200,
                Role::Subscriber,
            ),
            account("expired", EXPIRED_KEY, plan::PERSONAL, -60, Role::Subscriber),
            account(
                &format!("{PREFIX}admin"),
                ADMINISTRATOR_KEY,
                plan::PAY_PER_USE,
                3650,
                Role::Administrator,
            ),
            account(
                &format!("{PREFIX}suspended"),
                SUSPENDED_KEY,
                plan::PAY_PER_USE,
                -1,
                Role::Client,
            ),
            account(
                &format!("{PREFIX}first-house"),
                &noise::alphanumeric(16, &[1, 16]),
                plan::PAY_PER_USE,
                365,
                Role::Client,
            ),
        ];
        Self(Mutex::new(Kept { accounts, issued: 0 }))
    }

    /// The account of a key.
    pub(super) fn by_key(&self, key: &str, now: OffsetDateTime) -> Result<Account, KeyProblem> {
        if key.len() != 16 || !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(KeyProblem::Malformed);
        }
        let kept = self.swept(now);
        let found = kept.accounts.iter().find(|account| account.apikey == key);
        match found {
            Some(account) if account.until < today(now) => Err(KeyProblem::Expired),
            Some(account) => Ok(account.clone()),
            None => Err(KeyProblem::Unknown),
        }
    }

    /// Every client account, oldest first.
    pub(super) fn clients(&self, now: OffsetDateTime) -> Vec<Account> {
        let kept = self.swept(now);
        let clients = (kept.accounts.iter()).filter(|account| account.role == Role::Client);
        clients.cloned().collect()
    }

    /// A client account, or the administrator's own, by id with or without the prefix.
    pub(super) fn managed(&self, id: &str, now: OffsetDateTime) -> Option<Account> {
        let kept = self.swept(now);
        let id = with_prefix(id);
        kept.accounts.iter().find(|account| account.id == id).cloned()
    }

    /// Makes a client account, or gives a suspended one a new key and another year.
    ///
    /// An account that is in use comes back as it is: a decision of ours, since the
    /// documentation speaks of suspended ones only.
    pub(super) fn create(&self, id: Option<&str>, now: OffsetDateTime) -> Option<Account> {
        let today = today(now);
        let mut kept = self.swept(now);
        let apikey = kept.new_key();
        let id = match id {
            Some(id) => with_prefix(id),
            None => format!("{PREFIX}{}", noise::alphanumeric(12, &[kept.issued, 12])),
        };
        let next_year = today.saturating_add(Duration::days(365));
        if let Some(account) = kept.accounts.iter_mut().find(|account| account.id == id) {
            if account.role != Role::Client {
                return None;
            }
            if account.until < today {
                account.until = next_year;
                account.apikey = apikey;
            }
            return Some(account.clone());
        }
        let account = Account {
            id,
            apikey,
            plan: plan::PAY_PER_USE,
            until: next_year,
            created: now,
            role: Role::Client,
        };
        kept.accounts.push(account.clone());
        Some(account)
    }

    /// Gives a client account a new key.
    pub(super) fn reset(&self, id: &str, now: OffsetDateTime) -> Option<Account> {
        let mut kept = self.swept(now);
        let apikey = kept.new_key();
        let account = kept.client(id)?;
        account.apikey = apikey;
        Some(account.clone())
    }

    /// Ends a client account yesterday.
    pub(super) fn suspend(&self, id: &str, now: OffsetDateTime) -> Option<Account> {
        let mut kept = self.swept(now);
        let account = kept.client(id)?;
        account.until = today(now).saturating_sub(Duration::DAY);
        Some(account.clone())
    }

    /// Forgets a client account.
    pub(super) fn delete(&self, id: &str, now: OffsetDateTime) -> Option<Account> {
        let mut kept = self.swept(now);
        let account = kept.client(id)?.clone();
        kept.accounts.retain(|other| other.id != account.id);
        Some(account)
    }

    /// The accounts without those that have been suspended for a year.
    fn swept(&self, now: OffsetDateTime) -> MutexGuard<'_, Kept> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = today(now).saturating_sub(Duration::days(365));
        kept.accounts
            .retain(|account| account.role != Role::Client || account.until >= oldest);
        kept
    }
}

impl Kept {
    fn client(&mut self, id: &str) -> Option<&mut Account> {
        let id = with_prefix(id);
        let mut clients = (self.accounts.iter_mut()).filter(|account| account.role == Role::Client);
        clients.find(|account| account.id == id)
    }

    fn new_key(&mut self) -> String {
        self.issued += 1;
        noise::alphanumeric(16, &[self.issued, 99])
    }
}

/// The internal id, whichever form was given.
pub(super) fn with_prefix(id: &str) -> String {
    if id.starts_with(PREFIX) {
        id.to_owned()
    } else {
        format!("{PREFIX}{id}")
    }
}

/// The day that subscriptions count by: Berlin's.
pub(super) fn today(now: OffsetDateTime) -> Date {
    Zone::named("Europe/Berlin").local(now).date()
}
