//! Who calls the management API, and whether they may.

use std::sync::Arc;

use http::StatusCode;
use time::OffsetDateTime;

use super::accounts::{self, Token};
use super::message_signatures;
use super::received::Received;
use super::reply::{Outcome, Problem};
use super::snws2;
use super::{Shared, SolarnetOscp};
use crate::call::{Answer, Call};

/// Why a caller is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// No signature came.
    Anonymous,
    BadCredentials,
    DateSkew,
    Expired,
}

impl Refused {
    pub(super) fn into_problem(self) -> Problem {
        let text = match self {
            Self::Anonymous => "Access denied",
            Self::BadCredentials => "Bad credentials",
            Self::DateSkew => "Date skew too large",
            Self::Expired => "Expired token",
        };
        Problem::new(StatusCode::UNAUTHORIZED, Some("401"), text).with_header("x-sn-errormessage", text)
    }
}

/// Answers a request of the management API: checks the signature, the account and the rate,
/// and hands over to the handler.
pub(super) fn manage(service: &SolarnetOscp, call: &Call, handler: fn(&Arc<Shared>, &Call) -> Outcome) -> Answer {
    let shared = &service.shared;
    let outcome = let_in(call).and_then(|token| {
        let remaining = shared.rate.take(token.token, call.received)?;
        let reply = handler(shared, call)?;
        Ok((reply, remaining))
    });
    match outcome {
        Ok((reply, remaining)) => {
            (reply.into_answer()).with_header("x-sn-rate-limit-remaining", &remaining.to_string())
        }
        Err(problem) => problem.into_answer(),
    }
}

fn let_in(call: &Call) -> Result<Token, Problem> {
    let request = Received::new(call);
    let authorization = request.header("authorization");
    let token = if authorization.is_none() && message_signatures::present(&request) {
        by_message_signature(&request, call.received)
            .map_err(|refused| (refused.into_problem()).with_header("accept-signature", message_signatures::ACCEPTED))?
    } else {
        by_snws2(&request, authorization.as_deref(), call.received)
            .map_err(|refused| refused.into_problem().with_header("www-authenticate", "SNWS2"))?
    };
    if token.is_user && token.has_role {
        Ok(token)
    } else {
        Err(Problem::access_denied())
    }
}

fn by_snws2(request: &Received<'_>, authorization: Option<&str>, now: OffsetDateTime) -> Result<Token, Refused> {
    let authorization = authorization.ok_or(Refused::Anonymous)?;
    let claim = snws2::Claim::read(authorization).ok_or(Refused::BadCredentials)?;
    let token = accounts::find(&claim.token).ok_or(Refused::BadCredentials)?;
    claim.verify(request, token.secret, now)?;
    still_valid(token)
}

fn by_message_signature(request: &Received<'_>, now: OffsetDateTime) -> Result<Token, Refused> {
    let claim = message_signatures::Claim::read(request).ok_or(Refused::BadCredentials)?;
    let token = accounts::find(&claim.token).ok_or(Refused::BadCredentials)?;
    claim.verify(request, token.secret, now)?;
    still_valid(token)
}

fn still_valid(token: Token) -> Result<Token, Refused> {
    if token.is_expired {
        Err(Refused::Expired)
    } else {
        Ok(token)
    }
}
