//! What a token may do: the documented list, wildcards, and what is missing.

use intellimeter::*;

use crate::support::scopes;

/// The list of the documentation: `area:thing`, what can be done with it, and in capitals what only administrators can.
const DOCUMENTED: &str = "
    auth:app              create delete read update
    billing:constant      read update
    billing:fee           delete read update write
    billing:invoice       generate read update view
    billing:service       create delete read update
    billing:suite         create delete read update
    billing:template      update
    billing:tenant-suite  create delete read
    billing:tenant        create delete read update
    company:info          read UPDATE
    company:permission    read
    file:ftps             DISABLE READ WRITE
    file:http             DISABLE READ WRITE
    meter:meters          read UPDATE
    meter:reads           read
    property:info         read UPDATE
    report:general        count
    report:reading        daily interval period single
    report:schedule       create delete generate read update
    uac:user              read update
    uac:users             CREATE DELETE READ UPDATE
";

fn documented() -> Vec<(String, bool)> {
    let mut list = Vec::new();
    for line in DOCUMENTED.lines() {
        let mut words = line.split_whitespace();
        let Some(thing) = words.next() else { continue };
        for verb in words {
            let admin = verb.chars().all(|letter| letter.is_ascii_uppercase());
            list.push((format!("{thing}:{}", verb.to_ascii_lowercase()), admin));
        }
    }
    list
}

#[test]
fn all_sixty_are_there_with_who_gets_them() {
    let mut expected = documented();
    let mut known = SCOPES
        .iter()
        .map(|(scope, admin)| ((*scope).to_owned(), *admin))
        .collect::<Vec<_>>();
    expected.sort();
    known.sort();
    assert_eq!((known.len(), expected.len()), (60, 60));
    for (known, expected) in known.iter().zip(&expected) {
        assert_eq!(known, expected);
    }
    assert_eq!(known.iter().filter(|(_, admin)| *admin).count(), 13);
}

#[test]
fn every_operation_needs_a_documented_scope() {
    for operation in OPERATIONS {
        if let Some(scope) = operation.access {
            assert!(
                SCOPES.iter().any(|(known, _)| *known == scope),
                "{}: {scope}",
                operation.id
            );
            assert!(Scopes::all().cover(scope), "{scope}");
        }
    }
}

#[test]
fn wildcards_stand_for_any_one_part() {
    for (granted, needed, covered) in [
        ("uac:user:read", "uac:user:read", true),
        ("uac:user:read", "uac:user:update", false),
        ("uac:user:*", "uac:user:update", true),
        ("uac:user:*", "uac:users:update", false),
        ("uac:*:*", "uac:users:delete", true),
        ("uac:*:*", "auth:app:read", false),
        ("*:*:*", "billing:tenant-suite:create", true),
        ("*:*:read", "billing:tenant-suite:read", true),
        ("*:*:read", "billing:tenant-suite:create", false),
        ("*:app:*", "auth:app:delete", true),
        ("billing:*:read", "billing:fee:read", true),
        ("billing:tenant:*", "billing:tenant-suite:read", false),
        ("billing:*:read", "billing:fee", false),
        ("auth:app:read uac:user:*", "uac:user:read", true),
        ("auth:app:read  \t uac:user:*", "auth:app:read", true),
    ] {
        assert_eq!(scopes(granted).cover(needed), covered, "`{granted}` and {needed}");
    }
}

#[test]
fn what_was_asked_and_not_given_is_named() {
    let asked = scopes("uac:*:* company:info:*");
    let granted = scopes("uac:user:read uac:user:update company:info:read");
    let mut missing = asked.missing_from(&granted);
    missing.sort_unstable();
    assert_eq!(
        missing,
        [
            "company:info:update",
            "uac:users:create",
            "uac:users:delete",
            "uac:users:read",
            "uac:users:update"
        ]
    );
    assert!(asked.missing_from(&Scopes::all()).is_empty());
    assert!(granted.missing_from(&granted).is_empty());
    let nothing = Scopes::granted(&intellimeter::StoredToken::new("t"));
    assert!(nothing.missing_from(&granted).is_empty());
    assert_eq!(Scopes::all().missing_from(&nothing).len(), 60);
}

/// What a person who is no administrator is left with of everything.
#[test]
fn thirteen_are_missing_without_an_administrator() {
    let given = Scopes::new(SCOPES.iter().filter(|(_, admin)| !admin).map(|(scope, _)| *scope)).unwrap();
    let missing = Scopes::all().missing_from(&given);
    assert_eq!((missing.len(), given.iter().count()), (13, 47));
    assert!(
        missing.iter().all(|scope| scopes(scope).need_administrator()),
        "{missing:?}"
    );
    assert!(!given.need_administrator());
    for (text, needs) in [
        ("uac:user:*", false),
        ("uac:users:read", true),
        ("uac:*:read", true),
        ("*:*:*", true),
        ("billing:*:*", false),
        ("file:http:read", true),
        ("company:permission:read", false),
    ] {
        assert_eq!(scopes(text).need_administrator(), needs, "{text}");
    }
}

#[test]
fn none_at_all_is_refused_where_it_is_asked_for_and_covers_nothing_where_it_was_granted() {
    let error = "".parse::<Scopes>().unwrap_err().to_string();
    assert!(error.contains("names no scope"), "{error}");
    let nothing = Scopes::granted(&intellimeter::StoredToken::new("t"));
    assert!(!nothing.cover("uac:user:read") && !nothing.need_administrator());
}

#[test]
fn wrong_ones_are_refused_with_their_name() {
    for wrong in [
        "uac",
        "uac:user",
        "uac:user:read:all",
        "uac::read",
        ":user:read",
        "uac:user:",
        "UAC:user:read",
        "uac:us*:read",
        "uac:user:**",
        "uac:user:read,uac:user:update",
        "uac:user;read",
        "uac:üser:read",
    ] {
        let error = wrong.parse::<Scopes>().unwrap_err();
        assert_eq!(error.parameter, "scope", "{wrong}");
        assert!(error.reason.contains(wrong), "{error}");
        assert!(Scopes::new(["auth:app:read", wrong]).is_err(), "{wrong}");
    }
    assert!(
        Scopes::new(["uac:user:read uac:user:update"]).is_err(),
        "two are no one"
    );
}

#[test]
fn they_are_written_with_one_space_between() {
    let text = "billing:*:read uac:user:update";
    assert_eq!(scopes("  billing:*:read\n uac:user:update ").to_string(), text);
    assert_eq!(
        scopes(text).iter().collect::<Vec<_>>(),
        ["billing:*:read", "uac:user:update"]
    );
    assert_eq!(serde_json::to_string(&scopes(text)).unwrap(), format!("\"{text}\""));
    assert_eq!(Scopes::all().to_string(), "*:*:*");
    // What the service answers is never refused, and a scope of tomorrow covers nothing of today.
    let read: Scopes = serde_json::from_str("\"meter:reads:read meter:reads:live:now X\"").unwrap();
    assert!(read.cover("meter:reads:read") && !read.cover("meter:meters:read"));
    assert_eq!(read.iter().count(), 3);
}
