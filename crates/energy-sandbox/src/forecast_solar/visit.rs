//! Who is calling, what they may do, and what it costs them.

use std::sync::{MutexGuard, PoisonError};

use http::StatusCode;

use super::accounts::{Account, DEMO_KEY, KeyProblem, Role};
use super::location::Spot;
use super::plan::{self, Plan, Tier};
use super::quota::Standing;
use super::reply::{Refusal, Reply};
use super::{ForecastSolar, accounts};
use crate::call::Call;

/// A caller let in.
#[derive(Debug)]
pub(super) struct Visit<'a> {
    service: &'a ForecastSolar,
    call: &'a Call,
    pub(super) plan: Plan,
    /// Whom the quota belongs to, in the service's words.
    zone: String,
    account: Option<Account>,
    /// Held from looking at the quota until counting: of two callers for the last call, one
    /// gets it.
    turn: Option<MutexGuard<'a, ()>>,
}

/// The caller's plan and quota zone, whether or not there is anything left of it.
pub(super) fn caller<'a>(service: &'a ForecastSolar, call: &'a Call) -> Result<Visit<'a>, KeyProblem> {
    let Some(key) = call.segment("key") else {
        return Ok(Visit {
            service,
            call,
            plan: plan::PUBLIC,
            zone: format!("IP {}", call.peer),
            account: None,
            turn: None,
        });
    };
    let zone = format!("API key {key}");
    if key == DEMO_KEY {
        return Ok(Visit {
            service,
            call,
            plan: plan::DEMO,
            zone,
            account: None,
            turn: None,
        });
    }
    let account = service.accounts.by_key(key, call.received)?;
    Ok(Visit {
        service,
        call,
        plan: account.plan,
        zone,
        account: Some(account),
        turn: None,
    })
}

/// The refusal for a key that does not open the door.
pub(super) fn wrong_key(problem: KeyProblem) -> Refusal {
    match problem {
        KeyProblem::Malformed => Reply::refuse(StatusCode::BAD_REQUEST, "Invalid API key format"),
        KeyProblem::Expired => Reply::refuse(
            StatusCode::UNAUTHORIZED,
            "Your subscription has expired, please renew it",
        ),
        KeyProblem::Unknown => Reply::refuse(StatusCode::FORBIDDEN, "Unknown API key"),
    }
}

impl<'a> Visit<'a> {
    /// Lets a caller in who has a valid key (or none), a plan of this tier, and calls left.
    ///
    /// What the plan does not include is 403 with a sentence that says so. That status is a
    /// decision of ours: the documentation is silent.
    pub(super) fn open(service: &'a ForecastSolar, call: &'a Call, feature: &str, tier: Tier) -> Result<Self, Refusal> {
        let mut visit = caller(service, call).map_err(wrong_key)?;
        visit.needs(feature, tier)?;
        visit.turn = Some(service.turn.lock().unwrap_or_else(PoisonError::into_inner));
        let standing = visit.standing();
        if standing.is_exhausted() {
            return Err(Reply::too_many_calls(&standing));
        }
        Ok(visit)
    }

    /// 403 unless the plan includes the feature.
    pub(super) fn needs(&self, feature: &str, tier: Tier) -> Result<(), Refusal> {
        if self.plan.tier >= tier {
            return Ok(());
        }
        let text = format!(
            "Your plan ({}) does not include {feature}, it needs {tier:?} or higher",
            self.plan.name
        );
        Err(Reply::refuse(StatusCode::FORBIDDEN, text))
    }

    /// 403 if the plan allows fewer planes.
    pub(super) fn allows_planes(&self, planes: usize) -> Result<(), Refusal> {
        if planes <= self.plan.planes {
            return Ok(());
        }
        let text = format!(
            "Your plan ({}) allows {} plane(s) per call, not {planes}",
            self.plan.name, self.plan.planes
        );
        Err(Reply::refuse(StatusCode::FORBIDDEN, text))
    }

    /// The place of the call; the demonstration key knows one only.
    pub(super) fn spot(&self) -> Result<Spot, Refusal> {
        let spot = Spot::from_call(self.call, self.plan.decimals)?;
        let demo = (51.15, 10.45);
        let is_demo = self.call.segment("key") == Some(DEMO_KEY);
        if is_demo && (spot.location.latitude, spot.location.longitude) != demo {
            let text = "The demo key works for latitude 51.15 and longitude 10.45 only";
            return Err(Reply::refuse(StatusCode::FORBIDDEN, text));
        }
        Ok(spot)
    }

    /// The account of the key, if it has one.
    pub(super) fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// The quota, uncounted.
    pub(super) fn standing(&self) -> Standing {
        let quotas = &self.service.quotas;
        quotas.standing(&self.zone, &self.plan, self.call.received)
    }

    /// The quota as it is when the last call of it has been made.
    pub(super) fn exhausted(&self) -> Standing {
        Standing::exhausted(&self.zone, &self.plan, self.call.received)
    }

    /// Distinguishes this caller in stored state.
    pub(super) fn name(&self) -> &str {
        &self.zone
    }

    /// Counts the call, ends the caller's turn, and puts the quota on the answer. Professional answers carry it in the
    /// headers only.
    pub(super) fn count(self, reply: Reply) -> Reply {
        let quotas = &self.service.quotas;
        let standing = quotas.count(&self.zone, &self.plan, self.call.received);
        if let Some(account) = (self.account.as_ref()).filter(|it| it.role == Role::Client) {
            let day = accounts::today(self.call.received);
            self.service.usage.count(&account.id, day);
        }
        let reply = reply.with_quota_headers(&standing);
        if self.plan.tier < Tier::Professional {
            reply.with_quota_in_body(&standing)
        } else {
            reply
        }
    }
}
