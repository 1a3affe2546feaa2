//! What is refused before anything is sent.

use enphase::v2::*;

use crate::v2_support::*;

#[test]
fn credentials_are_not_empty_and_have_no_white_space() {
    for (key, user, wrong, reason) in [
        ("", USER, "key", "empty"),
        (KEY, "", "user_id", "empty"),
        ("abc\n", USER, "key", "white space"),
        (" abc", USER, "key", "white space"),
        ("a bc", USER, "key", "white space"),
        (KEY, "4f54\t", "user_id", "white space"),
        (KEY, "4f\u{0}54", "user_id", "white space"),
        ("   ", USER, "key", "white space"),
        (USER, USER, "user_id", "two different things"),
    ] {
        let error = Credentials::new(key, user).unwrap_err();
        assert_eq!(error.parameter, wrong, "{error}");
        assert!(error.reason.contains(reason), "{error}");
        for secret in [KEY, USER, "4f54", "abc"] {
            assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
        }
    }
    assert!(Credentials::new(KEY, USER).is_ok());
}

#[tokio::test]
async fn pages_have_1_to_1000_systems() {
    for limit in [0, 1001, u32::MAX] {
        assert_eq!(refused(&ListSystems::new().limit(limit)).await.parameter, "limit");
    }
    for limit in [1, 1000] {
        wire(&ListSystems::new().limit(limit))
            .await
            .expect(&format!("/systems?limit={limit}"));
    }
}

/// A filter with nothing in it would be left out, and every system be listed.
#[tokio::test]
async fn filters_are_not_empty() {
    let none: Vec<String> = Vec::new();
    let requests = [
        (ListSystems::new().system_ids([]), "system_id[]"),
        (ListSystems::new().system_names(none.clone()), "system_name[]"),
        (ListSystems::new().statuses([]), "status[]"),
        (ListSystems::new().references(none.clone()), "reference[]"),
        (ListSystems::new().installers(none), "installer[]"),
        (ListSystems::new().connection_types([]), "connection_type[]"),
        (ListSystems::new().system_name(""), "system_name"),
        (ListSystems::new().reference(""), "reference"),
        (ListSystems::new().installer(""), "installer"),
        (ListSystems::new().next(""), "next"),
    ];
    for (request, name) in requests {
        assert_eq!(refused(&request).await.parameter, name);
    }
}

#[tokio::test]
async fn a_serial_number_is_not_empty() {
    assert_eq!(refused(&SearchSystemId::new("")).await.parameter, "serial_num");
}
