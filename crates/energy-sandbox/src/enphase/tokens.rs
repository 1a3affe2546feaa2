//! Codes, access tokens and refresh tokens.

use std::collections::HashMap;

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::face::{EnphaseApp, EnphasePerson, EnphaseTokens};
use super::people;
use crate::noise;

const ACCESS_LIFE: Duration = Duration::days(1);
const REFRESH_LIFE: Duration = Duration::days(30);
const CODE_LIFE: Duration = Duration::minutes(10);

/// Which application calls in whose name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) app: EnphaseApp,
    pub(super) person: EnphasePerson,
}

#[derive(Clone, Copy, Debug)]
struct Live {
    grant: Grant,
    expires: OffsetDateTime,
}

#[derive(Clone, Debug)]
struct Code {
    live: Live,
    redirect_uri: String,
}

/// Everything that was handed out and is still good.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    codes: HashMap<String, Code>,
    access: HashMap<String, Live>,
    refresh: HashMap<String, Live>,
    counter: i64,
}

impl Tokens {
    fn secret(&mut self, length: usize) -> String {
        self.counter += 1;
        noise::alphanumeric(length, &[self.counter, 61])
    }

    /// A code for the browser to bring back to this address.
    pub(super) fn new_code(&mut self, grant: Grant, redirect_uri: &str, now: OffsetDateTime) -> String {
        let code = self.secret(6);
        let expires = now.saturating_add(CODE_LIFE);
        let live = Live { grant, expires };
        let redirect_uri = redirect_uri.to_owned();
        self.codes.insert(code.clone(), Code { live, redirect_uri });
        code
    }

    /// Takes a code: it is gone, whether it was good or not, if it was this application's.
    pub(super) fn take_code(
        &mut self,
        code: &str,
        app: EnphaseApp,
        redirect_uri: &str,
        now: OffsetDateTime,
    ) -> Option<Grant> {
        self.codes.get(code).filter(|known| known.live.grant.app == app)?;
        let known = self.codes.remove(code)?;
        let good = known.redirect_uri == redirect_uri && known.live.expires > now;
        good.then_some(known.live.grant)
    }

    /// Takes a refresh token: it is good once.
    pub(super) fn take_refresh(&mut self, token: &str, app: EnphaseApp, now: OffsetDateTime) -> Option<Grant> {
        self.refresh.get(token).filter(|known| known.grant.app == app)?;
        let known = self.refresh.remove(token)?;
        (known.expires > now).then_some(known.grant)
    }

    pub(super) fn issue(&mut self, grant: Grant, now: OffsetDateTime) -> EnphaseTokens {
        let (access_token, refresh_token) = (self.secret(64), self.secret(72));
        let until = |life: Duration| Live {
            grant,
            expires: now.saturating_add(life),
        };
        self.access.insert(access_token.clone(), until(ACCESS_LIFE));
        self.refresh.insert(refresh_token.clone(), until(REFRESH_LIFE));
        EnphaseTokens {
            access_token,
            refresh_token,
            expires_in: ACCESS_LIFE.whole_seconds().unsigned_abs(),
        }
    }

    /// Whose access token this is, while it is good.
    pub(super) fn grant(&self, access_token: &str, now: OffsetDateTime) -> Option<Grant> {
        let known = self.access.get(access_token)?;
        (known.expires > now).then_some(known.grant)
    }

    /// Everything that was handed out for this dies.
    pub(super) fn revoke(&mut self, grant: Grant) {
        self.codes.retain(|_, code| code.live.grant != grant);
        self.access.retain(|_, live| live.grant != grant);
        self.refresh.retain(|_, live| live.grant != grant);
    }
}

/// The pair as the token endpoint hands it over.
pub(super) fn body(tokens: &EnphaseTokens, grant: Grant) -> Value {
    let account = people::account(grant.person);
    json!({
        "access_token": tokens.access_token,
        "token_type": "bearer",
        "refresh_token": tokens.refresh_token,
        "expires_in": tokens.expires_in,
        "scope": "read write",
        "enl_uid": account.number,
        "enl_cid": account.company,
        "enl_password_last_changed": "1718003127",
        "is_internal_app": false,
        "app_type": "system",
        "app_Id": match grant.app {
            EnphaseApp::Watt => "1409873300417",
            EnphaseApp::Partner => "1409873300902",
        },
        "jti": format!("{:032x}", u128::from(noise::text(&tokens.access_token).cast_unsigned())),
    })
}
