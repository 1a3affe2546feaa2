//! `payperuse`: the administration of client accounts.
//!
//! The routes are documented, the field names are not. Ours follow the nearest relative, the
//! answer of `/info`: `id`, `apikey`, `account`, `level`, `until`, `created`; usage is a map
//! of periods to accounts to calls. Every failure but an unusable id is 404, and a wrong key is
//! 404 too, so that nobody can tell them apart.

use http::StatusCode;

use super::ForecastSolar;
use super::accounts::{Account, PREFIX, Role};
use super::reply::{Refusal, Reply, answer};
use super::stamps;
use super::usage::Period;
use crate::call::{Answer, Call};
use crate::document::{Document, Map};
use crate::nature::zone::Zone;

pub(super) fn create_account(service: &ForecastSolar, call: &Call) -> Answer {
    administer(service, call, |accounts| {
        let id = call.field("id").filter(|id| !id.is_empty());
        if let Some(id) = &id {
            let own = id.strip_prefix(PREFIX).unwrap_or(id);
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.@".contains(&byte);
            // Too long is documented as forbidden, but not with which status: ours is 400.
            if own.is_empty() || own.len() > 20 || !own.bytes().all(allowed) {
                let text = "The id may have up to 20 letters, digits and - _ . @";
                return Err(Reply::refuse(StatusCode::BAD_REQUEST, text));
            }
        }
        let account = accounts.create(id.as_deref(), call.received);
        account.map(|account| Reply::new(data(&account))).ok_or_else(unknown)
    })
}

pub(super) fn list_accounts(service: &ForecastSolar, call: &Call) -> Answer {
    administer(service, call, |accounts| {
        let clients = accounts.clients(call.received);
        let clients: Vec<Document> = clients.iter().map(|client| data(client).into()).collect();
        Ok(Reply::new(clients))
    })
}

pub(super) fn get_account(service: &ForecastSolar, call: &Call) -> Answer {
    administer(service, call, |accounts| {
        let id = call.segment("id").unwrap_or_default();
        let account = accounts.managed(id, call.received).ok_or_else(unknown)?;
        Ok(Reply::new(data(&account)))
    })
}

pub(super) fn get_usage(service: &ForecastSolar, call: &Call) -> Answer {
    administer(service, call, |_| {
        let period = Period::parse(call.segment("period"), call.received).ok_or_else(unknown)?;
        Ok(Reply::new(service.usage.report(period)))
    })
}

pub(super) fn reset_account_key(service: &ForecastSolar, call: &Call) -> Answer {
    administer(service, call, |accounts| {
        let account = accounts.reset(&posted_id(call)?, call.received);
        account.map(|account| Reply::new(data(&account))).ok_or_else(unknown)
    })
}

pub(super) fn suspend_account(service: &ForecastSolar, call: &Call) -> Answer {
    administer(service, call, |accounts| {
        let account = accounts.suspend(&posted_id(call)?, call.received);
        account.map(|account| Reply::new(data(&account))).ok_or_else(unknown)
    })
}

pub(super) fn delete_account(service: &ForecastSolar, call: &Call) -> Answer {
    administer(service, call, |accounts| {
        let account = accounts.delete(&posted_id(call)?, call.received);
        account.map(|_| Reply::no_content()).ok_or_else(unknown)
    })
}

/// Runs the work if the key is an administrator's; these calls are not counted.
fn administer(
    service: &ForecastSolar,
    call: &Call,
    work: impl FnOnce(&super::accounts::Accounts) -> Result<Reply, Refusal>,
) -> Answer {
    let key = call.segment("key").unwrap_or_default();
    let administrator = service.accounts.by_key(key, call.received);
    let reply = match administrator {
        Ok(account) if account.role == Role::Administrator => work(&service.accounts),
        _ => Err(Reply::refuse(StatusCode::NOT_FOUND, "Page not found")),
    };
    answer(call, reply.map(Reply::without_pid))
}

fn posted_id(call: &Call) -> Result<String, Refusal> {
    call.field("id").ok_or_else(unknown)
}

/// The administrator's own account ends up here too: it cannot be reset, suspended or deleted.
fn unknown() -> Refusal {
    Reply::refuse(StatusCode::NOT_FOUND, "Missing or invalid id")
}

fn data(account: &Account) -> Map {
    let created = Zone::named("Europe/Berlin").local(account.created);
    Map::new()
        .with("id", account.id.as_str())
        .with("apikey", account.apikey.as_str())
        .with("account", account.plan.name)
        .with("level", account.plan.level)
        .with("until", stamps::date(account.until))
        .with("created", stamps::plain(created))
}
