//! What a token may be good for.

use std::collections::BTreeSet;

/// A set of scopes, written out.
pub(super) type Scopes = BTreeSet<&'static str>;

/// Every scope, and whether it is for administrators alone.
const ALL: [(&str, bool); 60] = [
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

/// Every scope there is.
pub(super) fn all() -> Scopes {
    ALL.iter().map(|(name, _)| *name).collect()
}

/// The scopes that a text of names and patterns means, or the first word that means none.
pub(super) fn expand(text: &str) -> Result<Scopes, String> {
    let mut scopes = Scopes::new();
    for pattern in text.split_whitespace() {
        let mut fitting = ALL.iter().filter(|(name, _)| fits(pattern, name)).peekable();
        if fitting.peek().is_none() {
            return Err(pattern.to_owned());
        }
        scopes.extend(fitting.map(|(name, _)| *name));
    }
    Ok(scopes)
}

fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<&str>, Vec<&str>) = (pattern.split(':').collect(), name.split(':').collect());
    pattern.len() == name.len()
        && pattern
            .iter()
            .zip(&name)
            .all(|(part, word)| *part == "*" || part == word)
}

/// Those that an account of this kind may have.
pub(super) fn allowed(scopes: &Scopes, admin: bool) -> Scopes {
    let mine = ALL.iter().filter(|(_, admins_only)| admin || !admins_only);
    mine.map(|(name, _)| *name)
        .filter(|name| scopes.contains(name))
        .collect()
}

/// With a space between them.
pub(super) fn join(scopes: &Scopes) -> String {
    scopes.iter().copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{all, allowed, expand, join};

    #[test]
    fn wildcards_stand_for_each_part() {
        let expanded = |text| expand(text).map(|scopes| join(&scopes));
        assert_eq!(expanded("uac:user:*").as_deref(), Ok("uac:user:read uac:user:update"));
        assert_eq!(
            expanded("*:*:generate").as_deref(),
            Ok("billing:invoice:generate report:schedule:generate")
        );
        assert_eq!(expand("*:*:*").map(|scopes| scopes.len()), Ok(60));
        assert_eq!(expand("uac:user:read uac:user:fly"), Err("uac:user:fly".to_owned()));
        assert_eq!(expand("*"), Err("*".to_owned()));
    }

    #[test]
    fn ordinary_accounts_do_not_get_what_is_for_administrators() {
        assert_eq!(allowed(&all(), true).len(), 60);
        assert_eq!(allowed(&all(), false).len(), 47);
    }
}
