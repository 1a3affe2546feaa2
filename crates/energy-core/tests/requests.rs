//! Requests on the wire, and what is refused before it gets there.
#![cfg(feature = "test-util")]

use energy_core::auth::{NoLogin, PathKey, QueryKey};
use energy_core::clock::ManualClock;
use energy_core::{BuildError, Error, RequestParts, Secret, UrlSegments, UrlValue};
use proptest::prelude::*;
use time::macros::date;
use url::Url;

use crate::support::{self, Answer, AnyLogin, Custom, START, Script, Sent, builder};

/// Sends these parts, and gives what arrived.
async fn arrives(parts: RequestParts, login: AnyLogin) -> Sent {
    let script = Script::new([Answer::ok()]);
    let client = builder(&script, &ManualClock::new(START), login).build().unwrap();
    client.send(&Custom(parts)).await.unwrap();
    script.sent().remove(0)
}

async fn path(segments: &[&str]) -> String {
    let mut parts = RequestParts::new();
    for segment in segments {
        parts.segment("id", *segment).unwrap();
    }
    arrives(parts, AnyLogin::new(NoLogin)).await.path().to_owned()
}

#[tokio::test]
async fn segments_are_encoded_each_for_itself() {
    for (segment, wire) in [
        ("a/b", "/v1/a%2Fb"),
        ("a b", "/v1/a%20b"),
        ("a?b#c", "/v1/a%3Fb%23c"),
        ("100%", "/v1/100%25"),
        ("%2e%2e", "/v1/%252e%252e"),
        ("grün", "/v1/gr%C3%BCn"),
        ("☀", "/v1/%E2%98%80"),
        ("a\\b", "/v1/a%5Cb"),
        ("...", "/v1/..."),
        (" ", "/v1/%20"),
        ("52.1,-3:4;x@y", "/v1/52.1,-3:4;x@y"),
    ] {
        assert_eq!(path(&[segment]).await, wire, "{segment}");
    }
    assert_eq!(path(&["a", "b/c", "d"]).await, "/v1/a/b%2Fc/d");
    assert_eq!(path(&[]).await, "/v1");
}

#[test]
fn segments_that_would_vanish_are_refused() {
    for segment in ["", ".", "..", "\n", ".\n.", "\t..", "..\r", "a\nb", "a\tb"] {
        let mut parts = RequestParts::new();
        let error = parts.segment("plant_id", segment).unwrap_err();
        assert_eq!(error.parameter, "plant_id", "{segment:?}");
        assert!(error.to_string().contains("cannot be a part of a path"), "{error}");
        assert!(parts.path().is_empty());
    }
}

#[tokio::test]
async fn an_argument_may_be_several_segments_or_none() {
    struct Planes(Vec<&'static str>);
    impl UrlSegments for Planes {
        fn url_segments(&self) -> Result<Vec<String>, BuildError> {
            if self.0.len() > 2 {
                return Err(BuildError::new("planes", "too many"));
            }
            Ok(self.0.iter().map(|&plane| plane.to_owned()).collect())
        }
    }
    let mut parts = RequestParts::new();
    parts.literal("estimate");
    parts.segments("planes", &Planes(vec!["a/b", "c"])).unwrap();
    parts.segments("planes", &Planes(vec![])).unwrap();
    assert_eq!(
        arrives(parts, AnyLogin::new(NoLogin)).await.path(),
        "/v1/estimate/a%2Fb/c"
    );
    let mut parts = RequestParts::new();
    assert_eq!(
        parts
            .segments("planes", &Planes(vec!["a", ".."]))
            .unwrap_err()
            .parameter,
        "planes"
    );
    parts.segments("planes", &Planes(vec!["a", "b", "c"])).unwrap_err();
}

#[tokio::test]
async fn a_query_is_encoded_and_keeps_its_order() {
    let mut parts = RequestParts::new();
    parts.query("b", "x y&z=1");
    parts.query("a", "grün/+%");
    parts.query_if("absent", None::<&u8>);
    parts.query_if("there", Some(&true));
    parts.query_each("n", &[1_u32, 2]);
    parts.query("day", &date!(2026 - 05 - 04));
    parts.query("empty", "");
    parts.query("line", "a\nb");
    let sent = arrives(parts, AnyLogin::new(NoLogin)).await;
    assert_eq!(
        sent.path(),
        "/v1?b=x+y%26z%3D1&a=gr%C3%BCn%2F%2B%25&there=true&n=1&n=2&day=2026-05-04&empty=&line=a%0Ab"
    );
}

#[tokio::test]
async fn a_value_that_is_expressed_by_leaving_it_out_is_left_out() {
    struct Silent;
    impl UrlValue for Silent {
        fn url_value(&self) -> Option<String> {
            None
        }
    }
    let mut parts = RequestParts::new();
    parts.query("a", &Silent);
    parts.form("b", &Silent);
    parts.header("x-c", &Silent).unwrap();
    parts.segment("d", &Silent).unwrap_err();
    let sent = arrives(parts, AnyLogin::new(NoLogin)).await;
    assert_eq!((sent.path(), sent.body(), sent.header("x-c")), ("/v1", "", ""));
}

#[tokio::test]
async fn headers_are_set_once_and_hold_no_line_break() {
    let mut parts = RequestParts::new();
    parts.header("x-zone", "one").unwrap();
    parts.header("x-zone", "two").unwrap();
    parts.header_if("x-day", Some(&date!(2026 - 05 - 04))).unwrap();
    parts.header_if("x-none", None::<&u8>).unwrap();
    parts.accept("text/csv");
    for wrong in ["a\nb", "a\r\nx-evil: 1", "\0"] {
        let error = parts.header("x-zone", wrong).unwrap_err();
        assert_eq!(error.parameter, "x-zone");
        assert!(!error.to_string().contains("evil"), "{error}");
    }
    let sent = arrives(parts, AnyLogin::new(NoLogin)).await;
    assert_eq!(
        [
            sent.header("x-zone"),
            sent.header("x-day"),
            sent.header("x-none"),
            sent.header("accept")
        ],
        ["two", "2026-05-04", "", "text/csv"]
    );
    assert_eq!(sent.request.headers().get_all("x-zone").iter().count(), 1);
}

#[tokio::test]
async fn a_user_agent_of_ones_own_is_sent() {
    let sent = arrives(RequestParts::new(), AnyLogin::new(NoLogin)).await;
    assert!(sent.header("user-agent").starts_with("energy-sdk-sun/"));
    let mut parts = RequestParts::new();
    parts.header("user-agent", "for this call").unwrap();
    assert_eq!(
        arrives(parts, AnyLogin::new(NoLogin)).await.header("user-agent"),
        "for this call"
    );
    let script = Script::new([Answer::ok()]);
    let client = builder(&script, &ManualClock::new(START), AnyLogin::new(NoLogin))
        .user_agent("mine/1")
        .build()
        .unwrap();
    client.send(&Custom(RequestParts::new())).await.unwrap();
    assert_eq!(script.sent()[0].header("user-agent"), "mine/1");
}

#[tokio::test]
async fn a_form_is_encoded() {
    let mut parts = RequestParts::new();
    parts.form("a b", "x y&z=ü");
    parts.form_if("absent", None::<&u8>);
    parts.form_if("n", Some(&-1_i32));
    let sent = arrives(parts, AnyLogin::new(NoLogin)).await;
    assert_eq!(sent.body(), "a+b=x+y%26z%3D%C3%BC&n=-1");
    assert_eq!(sent.header("content-type"), "application/x-www-form-urlencoded");

    let mut parts = RequestParts::new();
    parts.form_body();
    let sent = arrives(parts, AnyLogin::new(NoLogin)).await;
    assert_eq!(
        (sent.body(), sent.header("content-type")),
        ("", "application/x-www-form-urlencoded")
    );
}

#[tokio::test]
async fn a_body_is_json_or_any_bytes() {
    let mut parts = RequestParts::new();
    parts.json(&serde_json::json!({"a": "ü"})).unwrap();
    let sent = arrives(parts, AnyLogin::new(NoLogin)).await;
    assert_eq!(
        (sent.body(), sent.header("content-type")),
        ("{\"a\":\"ü\"}", "application/json")
    );

    let mut parts = RequestParts::new();
    parts.bytes("text/csv", "a,b");
    let sent = arrives(parts, AnyLogin::new(NoLogin)).await;
    assert_eq!((sent.body(), sent.header("content-type")), ("a,b", "text/csv"));

    let keys = std::collections::HashMap::from([((1, 2), 3)]);
    assert_eq!(RequestParts::new().json(&keys).unwrap_err().parameter, "body");
}

#[tokio::test]
async fn a_base_path_is_kept_and_a_key_stands_behind_it() {
    for (base, plain, keyed) in [
        ("https://sun.example", "/things", "/KEY/things"),
        ("https://sun.example/", "/things", "/KEY/things"),
        ("https://sun.example/api", "/api/things", "/api/KEY/things"),
        ("https://sun.example/a/b/", "/a/b/things", "/a/b/KEY/things"),
    ] {
        let mut parts = RequestParts::new();
        parts.literal("things");
        parts.query("q", "a b/c");
        let key = PathKey::new(Secret::new("KEY"), &Url::parse(base).unwrap());
        for (login, wire) in [(AnyLogin::new(NoLogin), plain), (AnyLogin::new(key), keyed)] {
            let script = Script::new([Answer::ok()]);
            let client = builder(&script, &ManualClock::new(START), login)
                .base_url(base)
                .build()
                .unwrap();
            client.send(&Custom(parts.clone())).await.unwrap();
            assert_eq!(script.sent()[0].path(), format!("{wire}?q=a+b%2Fc"));
        }
    }
}

#[tokio::test]
async fn a_key_in_the_path_changes_nothing_else() {
    let base = Url::parse("https://sun.example/v1").unwrap();
    for (key, wire) in [
        ("KEY", "KEY"),
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("a+b", "a%2Bb"),
        ("a?b#c", "a%3Fb%23c"),
        ("%2e%2e", "%252e%252e"),
        ("ü", "%C3%BC"),
    ] {
        let mut parts = RequestParts::new();
        parts.segment("x", "p/q %").unwrap();
        let login = AnyLogin::new(PathKey::new(Secret::new(key), &base));
        assert_eq!(arrives(parts, login).await.path(), format!("/v1/{wire}/p%2Fq%20%25"));
    }
}

#[tokio::test]
async fn keys_in_the_query_follow_what_is_there() {
    let keys = || AnyLogin::new(QueryKey::new([("key", Secret::new("a&b"))]).with_plain("user", "u 1"));
    let mut parts = RequestParts::new();
    parts.query("q", "1");
    assert_eq!(arrives(parts, keys()).await.path(), "/v1?q=1&key=a%26b&user=u+1");
    assert_eq!(
        arrives(RequestParts::new(), keys()).await.path(),
        "/v1?key=a%26b&user=u+1"
    );
}

#[tokio::test]
async fn an_address_that_is_too_long_is_refused() {
    let mut parts = RequestParts::new();
    parts.query("q", &"x".repeat(70_000));
    let script = Script::new([Answer::ok()]);
    let error = support::client(&script).0.send(&Custom(parts)).await.unwrap_err();
    assert!(matches!(error, Error::Build { .. }), "{error}");
    assert_eq!((script.count(), error.attempts()), (0, 0));
    assert!(!error.may_have_been_sent() && !error.is_retryable());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn what_arrives_is_what_was_given(
        segments in prop::collection::vec(".{1,8}|[.%/\\\\?#+ \t\n\r]{1,4}", 1..4),
        query in prop::collection::vec((".{0,6}", ".{0,6}"), 0..4),
        key in "[a-zA-Z0-9 /+%.?#]{1,6}",
    ) {
        let mut parts = RequestParts::new();
        let mut kept = Vec::new();
        for segment in &segments {
            if parts.segment("x", segment).is_ok() {
                kept.push(segment.clone());
            }
        }
        for (name, value) in &query {
            parts.query(name.clone(), value);
        }
        let base = Url::parse("https://sun.example/v1").unwrap();
        prop_assume!(key != "." && key != "..");
        let login = AnyLogin::new(PathKey::new(Secret::new(key.as_str()), &base));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let sent = runtime.block_on(arrives(parts, login));
        let url = Url::parse(&sent.request.uri().to_string()).unwrap();
        let decode = |segment: &str| {
            let form = segment.replace('+', "%2B").replace('&', "%26");
            url::form_urlencoded::parse(format!("={form}").as_bytes()).map(|(_, value)| value.into_owned()).collect::<String>()
        };
        let arrived: Vec<String> = url.path_segments().unwrap().map(decode).collect();
        let mut expected = vec!["v1".to_owned(), key];
        expected.extend(kept);
        prop_assert_eq!(arrived, expected);
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        prop_assert_eq!(pairs, query);
    }
}

#[test]
fn what_is_sent_is_not_shown() {
    let mut parts = RequestParts::new();
    parts.literal("users");
    parts.json(&serde_json::json!({"password": "CANARY"})).unwrap();
    parts.header("x-key", "CANARY").unwrap();
    parts.secret_query("token", &energy_core::Secret::new("CANARY"));
    let mut form = RequestParts::new();
    form.form("password", "CANARY");
    let shown = format!("{parts:?} {form:?}");
    assert!(
        !shown.contains("CANARY") && shown.contains("users") && shown.contains("password"),
        "{shown}"
    );
}
