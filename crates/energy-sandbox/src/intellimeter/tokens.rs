//! Access tokens, refresh tokens, and the codes that become tokens.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::scopes::{self, Scopes};
use super::stamp::clock;
use super::state::State;

/// Access tokens live this long.
const ACCESS_LIFE: Duration = Duration::HOUR;

/// Codes of the browser live this long.
pub(super) const CODE_LIFE: Duration = Duration::minutes(10);

/// Which application may do what in whose name.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) application: String,
    pub(super) user: String,
    pub(super) scopes: Scopes,
}

#[derive(Debug)]
pub(super) struct Access {
    pub(super) grant: Grant,
    pub(super) expires: OffsetDateTime,
}

#[derive(Debug)]
pub(super) struct Refresh {
    pub(super) grant: Grant,
    /// The access token that came with it.
    pub(super) access: String,
}

#[derive(Debug)]
pub(super) struct Code {
    pub(super) grant: Grant,
    pub(super) expires: OffsetDateTime,
}

impl State {
    /// Makes a pair of tokens and the JSON that hands them over.
    pub(super) fn issue(&mut self, grant: Grant, now: OffsetDateTime, with_scope: bool) -> Value {
        let (access, refresh) = (self.new_secret(40), self.new_secret(48));
        let mut answer = json!({
            "access_token": access,
            "expires_in": clock(ACCESS_LIFE.whole_seconds()),
            "refresh_token": refresh,
            "token_type": "bearer",
        });
        if with_scope {
            answer["scope"] = scopes::join(&grant.scopes).into();
        }
        let expires = now.saturating_add(ACCESS_LIFE);
        self.refresh.insert(
            refresh,
            Refresh {
                grant: grant.clone(),
                access: access.clone(),
            },
        );
        self.access.insert(access, Access { grant, expires });
        answer
    }

    /// What an account lets an application do.
    pub(super) fn grant(&self, application: &str, user: &str, asked: &Scopes) -> Option<Grant> {
        let application = self.applications.iter().find(|known| known.id == application)?;
        let user = self.user(user).filter(|user| user.active)?;
        let both = asked.intersection(&application.scopes).copied().collect();
        Some(Grant {
            application: application.id.clone(),
            user: user.id.clone(),
            scopes: scopes::allowed(&both, user.admin),
        })
    }

    /// A new code for the browser to bring back.
    pub(super) fn new_code(&mut self, grant: Grant, now: OffsetDateTime) -> String {
        let code = self.new_secret(24);
        let expires = now.saturating_add(CODE_LIFE);
        self.codes.insert(code.clone(), Code { grant, expires });
        code
    }

    /// Everything that was handed out to an application dies.
    pub(super) fn forget_application(&mut self, id: &str) {
        self.forget_grants(|grant| grant.application == id);
        self.devices.retain(|_, device| device.application != id);
        self.consents.retain(|(application, _)| application != id);
    }

    /// Everything that was handed out in the name of an account dies.
    pub(super) fn forget_user(&mut self, id: &str) {
        self.forget_grants(|grant| grant.user == id);
        self.consents.retain(|(_, user)| user != id);
    }

    fn forget_grants(&mut self, gone: impl Fn(&Grant) -> bool) {
        self.access.retain(|_, access| !gone(&access.grant));
        self.refresh.retain(|_, refresh| !gone(&refresh.grant));
        self.codes.retain(|_, code| !gone(&code.grant));
    }
}
