use std::fmt;
use std::str::FromStr;

use energy_core::BuildError;
use energy_core::auth::StoredToken;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What a token may do: `area:thing:verb`, each part of which may be `*`.
///
/// ```
/// use intellimeter::Scopes;
///
/// let scopes: Scopes = "billing:*:read uac:user:*".parse()?;
/// assert!(scopes.cover("billing:invoice:read"));
/// assert!(!scopes.cover("billing:invoice:update"));
/// # Ok::<(), energy_core::BuildError>(())
/// ```
///
/// Source: documentation page, section Scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<String>);

/// Every scope that the documentation lists, and whether only administrators get it.
pub const SCOPES: &[(&str, bool)] = &[
    ("auth:app:create", false),
    ("auth:app:delete", false),
    ("auth:app:read", false),
    ("auth:app:update", false),
    ("billing:constant:read", false),
    ("billing:constant:update", false),
    ("billing:fee:delete", false),
    ("billing:fee:read", false),
    ("billing:fee:update", false),
    ("billing:fee:write", false),
    ("billing:invoice:generate", false),
    ("billing:invoice:read", false),
    ("billing:invoice:update", false),
    ("billing:invoice:view", false),
    ("billing:service:create", false),
    ("billing:service:delete", false),
    ("billing:service:read", false),
    ("billing:service:update", false),
    ("billing:suite:create", false),
    ("billing:suite:delete", false),
    ("billing:suite:read", false),
    ("billing:suite:update", false),
    ("billing:template:update", false),
    ("billing:tenant-suite:create", false),
    ("billing:tenant-suite:delete", false),
    ("billing:tenant-suite:read", false),
    ("billing:tenant:create", false),
    ("billing:tenant:delete", false),
    ("billing:tenant:read", false),
    ("billing:tenant:update", false),
    ("company:info:read", false),
    ("company:info:update", true),
    ("company:permission:read", false),
    ("file:ftps:disable", true),
    ("file:ftps:read", true),
    ("file:ftps:write", true),
    ("file:http:disable", true),
    ("file:http:read", true),
    ("file:http:write", true),
    ("meter:meters:read", false),
    ("meter:meters:update", true),
    ("meter:reads:read", false),
    ("property:info:read", false),
    ("property:info:update", true),
    ("report:general:count", false),
    ("report:reading:daily", false),
    ("report:reading:interval", false),
    ("report:reading:period", false),
    ("report:reading:single", false),
    ("report:schedule:create", false),
    ("report:schedule:delete", false),
    ("report:schedule:generate", false),
    ("report:schedule:read", false),
    ("report:schedule:update", false),
    ("uac:user:read", false),
    ("uac:user:update", false),
    ("uac:users:create", true),
    ("uac:users:delete", true),
    ("uac:users:read", true),
    ("uac:users:update", true),
];

impl Scopes {
    /// Everything: `*:*:*`.
    pub fn all() -> Self {
        Self(vec!["*:*:*".to_owned()])
    }

    /// These scopes.
    ///
    /// # Errors
    ///
    /// None at all; and one that does not have three parts, or another character than small letters, `-` and a lone `*`.
    pub fn new<S: Into<String>>(scopes: impl IntoIterator<Item = S>) -> Result<Self, BuildError> {
        let scopes: Vec<String> = scopes.into_iter().map(Into::into).collect();
        if scopes.is_empty() {
            return Err(BuildError::new(
                "scope",
                "names no scope; for all of them say `Scopes::all()`",
            ));
        }
        match scopes.iter().find(|scope| !is_scope(scope)) {
            Some(wrong) => Err(BuildError::new(
                "scope",
                format!("`{wrong}` is no scope; one has three parts, as in billing:invoice:read or uac:user:*"),
            )),
            None => Ok(Self(scopes)),
        }
    }

    /// What a token was granted, as far as the service said it; that may be nothing at all.
    pub fn granted(token: &StoredToken) -> Self {
        Self(token.scopes.clone())
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether they allow what needs `scope`; wildcards are understood.
    pub fn cover(&self, scope: &str) -> bool {
        covers(&self.0, scope)
    }

    /// The documented scopes among these, wildcards resolved, that `granted` does not cover: what was asked for and not
    /// given, because the application is not set up for it or the account is no administrator's.
    pub fn missing_from(&self, granted: &Self) -> Vec<&'static str> {
        let asked = SCOPES.iter().filter(|(scope, _)| self.cover(scope));
        asked
            .filter(|(scope, _)| !granted.cover(scope))
            .map(|(scope, _)| *scope)
            .collect()
    }

    /// Whether one of them is for administrators alone.
    pub fn need_administrator(&self) -> bool {
        SCOPES.iter().any(|(scope, admin)| *admin && self.cover(scope))
    }

    pub(crate) fn to_list(&self) -> Vec<String> {
        self.0.clone()
    }
}

fn is_scope(text: &str) -> bool {
    let is_part = |part: &str| {
        part == "*" || (!part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
    };
    let parts: Vec<&str> = text.split(':').collect();
    parts.len() == 3 && parts.into_iter().all(is_part)
}

/// Whether one of `granted` covers `needed`.
pub(crate) fn covers(granted: &[String], needed: &str) -> bool {
    granted.iter().any(|scope| {
        let (mut have, mut want) = (scope.split(':'), needed.split(':'));
        loop {
            match (have.next(), want.next()) {
                (None, None) => return true,
                (Some(have), Some(want)) if have == "*" || have == want => {}
                _ => return false,
            }
        }
    })
}

impl FromStr for Scopes {
    type Err = BuildError;

    fn from_str(text: &str) -> Result<Self, BuildError> {
        Self::new(text.split_whitespace())
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scopes {
    /// A scope of a new shape is kept: it covers nothing that is known.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer).map_err(de::Error::custom)?;
        Ok(Self(text.split_whitespace().map(str::to_owned).collect()))
    }
}
