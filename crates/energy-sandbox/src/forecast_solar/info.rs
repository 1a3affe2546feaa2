//! `info` about the key, and the two texts anyone may read: `help` and `swagger.yaml`.

use http::StatusCode;

use super::ForecastSolar;
use super::accounts::{Account, KeyProblem};
use super::reply::{Refusal, Reply, answer};
use super::stamps;
use super::visit;
use crate::call::{Answer, Call};
use crate::document::Map;
use crate::nature::zone::Zone;
use crate::noise;

pub(super) fn info(service: &ForecastSolar, call: &Call) -> Answer {
    answer(call, reply(service, call))
}

/// Not counted, though the quota is shown, with the key in it. There is no `message.info`.
fn reply(service: &ForecastSolar, call: &Call) -> Result<Reply, Refusal> {
    let visit = visit::caller(service, call).map_err(|problem| {
        let refusal = visit::wrong_key(problem);
        if problem == KeyProblem::Expired {
            Box::new(refusal.without_code())
        } else {
            refusal
        }
    })?;
    let Some(account) = visit.account() else {
        // The demonstration key belongs to nobody.
        let text = "There is no account behind this key";
        return Err(Reply::refuse(StatusCode::FORBIDDEN, text));
    };
    let standing = visit.standing();
    Ok(Reply::new(holder(account))
        .with_quota_headers(&standing)
        .with_quota_in_body(&standing))
}

fn holder(account: &Account) -> Map {
    let number = noise::hash(&[noise::text(&account.id)]) % 1_000_000;
    let created = Zone::named("Europe/Berlin").local(account.created);
    Map::new()
        .with("paypal", format!("PAYER{number:06}"))
        .with("email", format!("{}@example.org", account.id.to_lowercase()))
        .with("name", "Solveig Sandbox")
        .with("subscription", format!("I-SANDBOX{number:06}"))
        .with("level", account.plan.level)
        .with("account", account.plan.name)
        .with("until", stamps::date(account.until))
        .with("created", stamps::plain(created))
}

pub(super) fn help(_: &ForecastSolar, _: &Call) -> Answer {
    Answer::new(StatusCode::OK, "text/plain; charset=utf-8", include_str!("help.txt"))
}

pub(super) fn swagger(_: &ForecastSolar, _: &Call) -> Answer {
    Answer::new(StatusCode::OK, "application/yaml", include_str!("swagger.yaml"))
}
