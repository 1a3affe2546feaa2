//! Every failure as the service sends it: what it means, what it says, and what to do about it.

use energy_core::error::{ApiErrorKind, Error};
use energy_core::time::format_description::well_known::Rfc2822;
use energy_core::time::{Duration, OffsetDateTime};
use serde_json::json;
use solarnet_oscp::*;

use crate::support::{self, *};

fn request() -> GetAsset {
    GetAsset::new(AssetId::from(7001))
}

fn hint(error: &Error) -> &str {
    api(error).hint.as_deref().unwrap_or_default()
}

/// One row of the service's failures: how it comes, and what it means.
struct Row {
    status: u16,
    code: Option<&'static str>,
    message: &'static str,
    kind: ApiErrorKind,
    /// Whether the same call may succeed later.
    later: bool,
    /// A word of the hint; nothing for none.
    hint: &'static str,
}

const fn row(status: u16, code: &'static str, message: &'static str, kind: ApiErrorKind) -> Row {
    let code = if code.is_empty() { None } else { Some(code) };
    let later = matches!(kind, ApiErrorKind::Unavailable | ApiErrorKind::RateLimited);
    Row {
        status,
        code,
        message,
        kind,
        later,
        hint: "",
    }
}

impl Row {
    const fn hint(mut self, word: &'static str) -> Self {
        self.hint = word;
        self
    }
}

use ApiErrorKind::{Forbidden, Invalid, NotFound, RateLimited, Unauthorized, Unavailable};

const ROWS: &[Row] = &[
    row(422, "VAL.00003", "A constraint is violated.", Invalid),
    row(422, "VAL.00004", "Two values are refused.", Invalid),
    row(422, "VAL.00005", "A property is invalid.", Invalid),
    row(422, "", "Malformed JSON: unexpected end", Invalid),
    row(422, "", "Malformed request: no such value", Invalid),
    row(422, "", "Illegal argument: not a number", Invalid),
    row(422, "DAO.00100", "Integrity.", Invalid),
    row(422, "DAO.00101", "Duplicate key.", Invalid).hint("exists already"),
    row(404, "DAO.00102", "Not to be retrieved.", NotFound),
    row(422, "DAO.00103", "Data error.", Invalid).hint("too long"),
    row(422, "DAO.00104", "Constraint.", Invalid),
    row(422, "DAO.00105", "Foreign key.", Invalid).hint("does not exist"),
    row(500, "DAO.00500", "Bad usage.", Unavailable),
    row(429, "DAO.00200", "Transient.", Unavailable),
    row(429, "DAO.00201", "Transient.", Unavailable),
    row(429, "DAO.00202", "Transient.", Unavailable),
    row(429, "DAO.00203", "Transient.", Unavailable),
    row(429, "DAO.00204", "Transient.", Unavailable),
    row(429, "DAO.00205", "Transient.", Unavailable),
    row(429, "DAO.00206", "Transient.", Unavailable),
    row(429, "DAO.00207", "Transient.", Unavailable),
    row(429, "DAO.00300", "Locked.", Unavailable),
    row(429, "DAO.00301", "Locked.", Unavailable),
    row(429, "DAO.00302", "Locked.", Unavailable),
    row(429, "WEB.10000", "Too many requests.", RateLimited),
    row(422, "WEB.09000", "Reading failed.", Invalid),
    row(422, "WEB.00100", "Too large.", Invalid),
    row(422, "RS.00001", "The other side failed.", Invalid),
    row(403, "", "ACCESS_DENIED", Forbidden).hint("ROLE_OSCP"),
    row(403, "", "Access denied", Forbidden).hint("ROLE_OSCP"),
    row(403, "", "UNKNOWN_OBJECT", NotFound).hint("no object with this id"),
    row(401, "401", "Bad credentials", Unauthorized).hint("token and secret"),
    row(403, "", "Bad credentials", Unauthorized).hint("token and secret"),
    row(401, "401", "Date skew too large", Unauthorized).hint("clock"),
    row(403, "", "Date skew too large", Unauthorized).hint("clock"),
    row(401, "", "Expired token", Unauthorized).hint("new security token"),
    row(403, "", "Expired token", Unauthorized).hint("new security token"),
    row(401, "", "Access denied", Unauthorized),
    row(400, "", "Rejected by the firewall.", Invalid),
    row(415, "", "Unsupported media type.", Invalid),
    row(500, "", "Internal error", Unavailable),
    row(404, "", "OSCP service not available.", Unavailable).hint("without OSCP"),
];

#[tokio::test]
async fn every_row() {
    for row in ROWS {
        let reply = Reply::json(failure(row.code, row.message)).status(row.status);
        let error = failing(&request(), reply).await;
        let said = api(&error);
        let name = format!("{} {:?} {}", row.status, row.code, row.message);
        assert_eq!(said.kind, row.kind, "{name}");
        assert_eq!(
            (said.status, said.code.as_deref()),
            (status(row.status), row.code),
            "{name}"
        );
        assert_eq!((said.message.as_str(), said.retry_at), (row.message, None), "{name}");
        assert_eq!(said.operation, "getAsset", "{name}");
        assert_eq!(error.is_unauthorized(), row.kind == Unauthorized, "{name}");
        assert_eq!(error.is_forbidden(), row.kind == Forbidden, "{name}");
        assert_eq!(error.is_not_found(), row.kind == NotFound, "{name}");
        assert_eq!(error.is_rate_limited(), row.kind == RateLimited, "{name}");
        assert_eq!(error.is_retryable(), row.later, "{name}");
        assert_eq!(hint(&error).is_empty(), row.hint.is_empty(), "{name}: {}", hint(&error));
        assert!(hint(&error).contains(row.hint), "{name}: {}", hint(&error));
        let shown = error.to_string();
        assert!(shown.contains(row.message), "{shown}");
        assert!(shown.contains(row.code.unwrap_or_default()), "{shown}");
    }
}

fn refused_values() -> serde_json::Value {
    json!({
        "success": false,
        "code": "VAL.00004",
        "message": "Three values are refused.",
        "errors": [
            {"location": "name", "code": "Size", "rejectedValue": "an-overlong-name", "message": "is too long"},
            {"location": "energy.unit", "code": "NotNull"},
            {"code": "Other"},
        ],
    })
}

#[tokio::test]
async fn refused_values_with_their_places() {
    let error = failing(&request(), Reply::json(refused_values()).status(422)).await;
    let said = api(&error);
    for part in [
        "Three values are refused.",
        "name is too long",
        "energy.unit",
        "NotNull",
    ] {
        assert!(said.message.contains(part), "`{part}` is not in `{}`", said.message);
        assert!(error.to_string().contains(part), "`{part}` is not in `{error}`");
    }
    let details: Failure = said.details().unwrap();
    assert!(!details.success);
    assert_eq!(details.code.as_deref(), Some("VAL.00004"));
    assert_eq!(details.message.as_deref(), Some("Three values are refused."));
    let errors = details.errors.unwrap();
    assert_eq!(errors.len(), 3);
    assert_eq!(
        (errors[0].location.as_deref(), errors[0].code.as_deref()),
        (Some("name"), Some("Size"))
    );
    assert_eq!(errors[0].rejected_value, Some(json!("an-overlong-name")));
    assert_eq!(errors[0].message.as_deref(), Some("is too long"));
    assert_eq!(
        (errors[1].location.as_deref(), errors[1].code.as_deref()),
        (Some("energy.unit"), Some("NotNull"))
    );
    assert_eq!((&errors[1].rejected_value, &errors[1].message), (&None, &None));
    assert_eq!((&errors[2].location, errors[2].code.as_deref()), (&None, Some("Other")));
}

#[tokio::test]
async fn a_rejected_value_is_for_programs_alone() {
    let error = failing(&request(), Reply::json(refused_values()).status(422)).await;
    let details: Failure = api(&error).details().unwrap();
    let shown = format!("{details:?} {details:#?} {error}") + &details.errors.unwrap()[0].to_string();
    assert!(!shown.contains("an-overlong-name"), "{shown}");
}

#[tokio::test]
async fn a_failure_in_a_success() {
    let error = failing(&request(), Reply::json(failure(Some("RS.00001"), "It was in vain."))).await;
    let said = api(&error);
    assert_eq!((said.status, said.kind), (status(200), ApiErrorKind::Other));
    assert_eq!(
        (said.code.as_deref(), said.message.as_str()),
        (Some("RS.00001"), "It was in vain.")
    );
    assert!(!error.is_retryable());

    // Also where nothing was to be read.
    let request = DeleteAsset::new(AssetId::from(7001));
    let error = failing(&request, Reply::json(failure(None, "ACCESS_DENIED"))).await;
    assert_eq!(api(&error).message, "ACCESS_DENIED");
}

#[tokio::test]
async fn html_where_json_belongs() {
    let page = "<html><body>502 from the balancer</body></html>";
    let error = failing(&GetUserSettings::new(), Reply::new(502, "text/html", page)).await;
    let said = api(&error);
    assert_eq!((said.kind, said.message.as_str()), (Unavailable, ""));
    assert_eq!((said.code.as_deref(), said.details::<Failure>()), (None, None));
    assert!(error.to_string().contains("502 from the balancer"), "{error}");
    assert!(error.is_retryable());

    // Service properties can hold secrets, so of the service's own answer nothing is shown; a gateway's page holds none.
    let error = failing(&request(), Reply::new(502, "text/html", page)).await;
    assert!(error.to_string().contains("502 from the balancer"), "{error}");
    let own = failing(&request(), Reply::new(502, "text/plain", "balancer")).await;
    assert!(
        api(&own).body.is_hidden() && !own.to_string().contains("balancer"),
        "{own}"
    );
    assert_eq!(api(&error).body.bytes(), page.as_bytes());

    let error = failing(&GetUserSettings::new(), Reply::new(200, "text/html", page)).await;
    assert!(matches!(error, Error::Decode(_)), "{error:?}");
    assert!(error.to_string().contains("text/html"), "{error}");
}

#[tokio::test]
async fn a_refused_login_that_only_the_header_explains() {
    let reply = || Reply::empty(401).header("WWW-Authenticate", "SNWS2");
    let error = failing(&request(), reply().header("X-SN-ErrorMessage", "Bad credentials")).await;
    assert!(error.is_unauthorized());
    assert_eq!(api(&error).message, "Bad credentials");
    assert!(hint(&error).contains("token and secret"), "{}", hint(&error));
    let error = failing(&request(), reply()).await;
    assert!(error.is_unauthorized());
    assert_eq!(api(&error).message, "");
}

/// What is said when the service's clock is so much ahead of this machine's.
async fn skewed(ahead: Duration) -> String {
    let date = (NOW + ahead).format(&Rfc2822).unwrap().replace("+0000", "GMT");
    let reply = Reply::json(failure(Some("401"), "Date skew too large")).status(401);
    let error = failing(&request(), reply.header("Date", &date)).await;
    assert!(error.is_unauthorized() && !error.is_retryable());
    assert!(error.to_string().contains(hint(&error)), "{error}");
    hint(&error).to_owned()
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_by_how_much_and_whither() {
    let said = skewed(Duration::minutes(16)).await;
    assert!(said.contains("16 min") && said.contains("behind"), "{said}");
    let said = skewed(Duration::seconds(-(16 * 60 + 5))).await;
    assert!(said.contains("16 min 5 s") && said.contains("ahead of"), "{said}");
    let said = skewed(Duration::seconds(-(2 * 3600 + 3 * 60))).await;
    assert!(said.contains("2 h 3 min") && said.contains("ahead of"), "{said}");
    let said = skewed(Duration::days(400)).await;
    assert!(said.contains("9600 h 0 min") && said.contains("behind"), "{said}");
    // The clocks agree, so it is not this machine's that is to blame.
    let said = skewed(Duration::minutes(3)).await;
    assert!(said.contains("agrees") && !said.contains("behind"), "{said}");
}

#[tokio::test]
async fn a_clock_that_is_off_by_an_unknown_time() {
    let reply = Reply::json(failure(None, "Date skew too large")).status(403);
    let error = failing(&request(), reply.header("Date", "yesterday")).await;
    assert!(error.is_unauthorized());
    assert!(hint(&error).contains("15 minutes"), "{}", hint(&error));
}

#[tokio::test]
async fn a_time_that_cannot_be_read() {
    for stamp in ["2026-03-10 25:12:44Z", "2026-03-10 09:12:44", "soon"] {
        let mut body = support::entities::asset(7001);
        body["modified"] = json!(stamp);
        let error = failing(&request(), Reply::json(envelope(body))).await;
        let Error::Decode(decode) = &error else {
            panic!("{error:?}");
        };
        assert_eq!(decode.path, "data.modified");

        let settings = json!({"userId": 731, "created": stamp});
        let error = failing(&GetUserSettings::new(), Reply::json(envelope(settings))).await;
        let Error::Decode(decode) = &error else {
            panic!("{error:?}");
        };
        assert_eq!(decode.path, "data.created");
        assert!(decode.reason.contains(stamp), "{}", decode.reason);
    }
}

#[tokio::test]
async fn times_in_every_form_that_the_service_has_had() {
    let read = async |stamp: &str| -> OffsetDateTime {
        let mut body = support::entities::asset(7001);
        body["created"] = json!(stamp);
        exchange(&request(), Reply::json(envelope(body))).await.0.created
    };
    let whole = energy_core::time::macros::datetime!(2026-03-10 09:12:44 UTC);
    assert_eq!(read("2026-03-10 09:12:44Z").await, whole);
    assert_eq!(read("2026-03-10T09:12:44Z").await, whole);
    assert_eq!(read("2026-03-10 10:12:44+01:00").await, whole);
    assert_eq!(
        read("2026-03-10 09:12:44.5Z").await,
        whole + Duration::milliseconds(500)
    );
    assert_eq!(
        read("2026-03-10 09:12:44.000001Z").await,
        whole + Duration::microseconds(1)
    );
    assert_eq!(
        read("2026-03-10 09:12:44.000000001Z").await,
        whole + Duration::nanoseconds(1)
    );
}

#[tokio::test]
async fn a_success_without_its_data() {
    let error = failing(&request(), Reply::json(done())).await;
    let Error::Decode(decode) = &error else {
        panic!("{error:?}");
    };
    assert!(decode.reason.contains("`data`"), "{}", decode.reason);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let reply = Reply::empty(302).header("location", "https://login.lakeside.example/");
    let error = failing(&request(), reply).await;
    assert_eq!(api(&error).kind, ApiErrorKind::Redirect);
    assert!(error.to_string().contains("login.lakeside.example"), "{error}");
}
