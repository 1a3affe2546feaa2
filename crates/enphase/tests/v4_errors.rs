//! What the service says when it refuses or fails, in each of its shapes: what it means and what to do.

use energy_core::ApiError;
use energy_core::error::ApiErrorKind as Kind;
use energy_core::time::macros::datetime;
use enphase::Refusal;
use enphase::v4::*;
use serde_json::{Value, json};

use crate::v4_support::*;

fn refusal(status: u16, message: &str, details: &str) -> Reply {
    Reply::json(json!({"message": message, "details": details, "code": status})).status(status)
}

async fn refused(reply: Reply) -> ApiError {
    failing(&GetSystem::new(SYSTEM), reply).await
}

fn hint(error: &ApiError) -> &str {
    error.hint.as_deref().unwrap_or_else(|| panic!("no hint: {error}"))
}

#[tokio::test]
async fn message_details_and_code_say_what_is_wrong() {
    for (status, message, details, kind) in [
        (400, "Bad Request", "start_time is required", Kind::Invalid),
        (
            403,
            "Forbidden",
            "Not authorized to access this resource",
            Kind::Forbidden,
        ),
        (
            404,
            "Not Found",
            r#"System not found for {:id=>"3300871"}"#,
            Kind::NotFound,
        ),
        (
            404,
            "Not Found",
            "Envoy not found with this serial number",
            Kind::NotFound,
        ),
        (
            422,
            "Unprocessable Entity",
            "Failed to parse date 1772499600",
            Kind::Invalid,
        ),
        (
            422,
            "Unprocessable Entity",
            "Requested date is in the future",
            Kind::Invalid,
        ),
        (500, "Internal Server Error", "unable to fetch data", Kind::Unavailable),
    ] {
        let error = refused(refusal(status, message, details)).await;
        assert_eq!((error.status.as_u16(), error.kind), (status, kind));
        assert_eq!(error.code.as_deref(), Some(status.to_string().as_str()));
        assert_eq!(error.message, format!("{message}: {details}"));
        assert_eq!((error.retry_at, &error.quota, error.attempts), (None, &None, 1));
        assert_eq!(error.hint.is_some(), status == 403, "{:?}", error.hint);
        let refusal: Refusal = error.details().unwrap();
        assert_eq!(refusal.messages, [message, details]);
        assert!(!error.url.as_str().contains("key="), "{}", error.url);
    }
}

#[tokio::test]
async fn a_system_that_is_not_there_is_not_a_matter_of_rights() {
    let request = GetStorageMeterReadings::new(SYSTEM);
    let reply = refusal(404, "Not Authorized", r#"System not found for {:id=>"3300871"}"#);
    let error = failing(&request, reply).await;
    assert_eq!((error.kind, &error.hint, error.attempts), (Kind::NotFound, &None, 1));
    assert!(enphase::Error::Api(Box::new(error)).is_not_found());
}

#[tokio::test]
async fn a_refused_login_has_a_hint_that_fits() {
    let error = refused(refusal(401, "Not Authorized", "User is not authorized")).await;
    assert_eq!(
        (error.kind, error.attempts),
        (Kind::Unauthorized, 2),
        "another token is tried once"
    );
    assert!(
        hint(&error).contains("plan") && hint(&error).contains("token"),
        "{error}"
    );

    for details in [
        "API Key -Client mismatch",
        "API Key and Client ID of the access token do not match",
        "API Key missing in url/headers!",
    ] {
        let error = refused(refusal(401, "Not Authorized", details)).await;
        assert_eq!(
            (error.kind, error.attempts),
            (Kind::Unauthorized, 1),
            "no token mends a key"
        );
        assert!(hint(&error).contains("key of the application"), "{error}");
        assert!(!hint(&error).contains("plan"), "{error}");
    }
    let error = refused(Reply::new(401, "text/html", "<html>Unauthorized</html>")).await;
    assert!(hint(&error).contains("plan"), "also where nothing is said: {error}");

    let error = refused(refusal(403, "Forbidden", "Not authorized to access this resource")).await;
    assert!(hint(&error).contains("access control"), "{error}");
}

#[tokio::test]
async fn a_method_that_is_not_there_is_told_in_a_list() {
    let reply =
        |status: u16, text: &str| Reply::json(json!({"reason": status.to_string(), "message": [text]})).status(status);
    for (status, text, kind) in [
        (405, "Method not allowed", Kind::Invalid),
        (501, "Not Implemented", Kind::Unavailable),
    ] {
        let error = refused(reply(status, text)).await;
        assert_eq!((error.kind, error.message.as_str()), (kind, text));
        assert_eq!((error.code.clone().unwrap(), &error.hint), (status.to_string(), &None));
        let server = Server::answering(reply(status, text)).await;
        let error = server.retrying().send(&GetSystem::new(SYSTEM)).await.unwrap_err();
        assert_eq!((error.attempts(), error.is_retryable()), (1, false), "{status}");
    }
}

#[tokio::test]
async fn the_range_of_a_system_is_told() {
    let details = "Requested date range is invalid for this system. {:start_at=>1566930600, :end_at=>1772499600, \
                   :first_interval=>1690000200, :last_interval=>1772528400}";
    let error = refused(refusal(422, "Unprocessable Entity", details)).await;
    assert_eq!(
        hint(&error),
        "the system has intervals from 2023-07-22T04:30:00Z to 2026-03-03T09:00:00Z"
    );
    let refusal: Refusal = error.details().unwrap();
    assert_eq!(refusal.start_at, Some(datetime!(2019-08-27 18:30 UTC)));

    let error = refused(Reply::json(json!({"errorMessages": ["Unknown stage"], "errorCode": "E44"})).status(422)).await;
    assert_eq!(
        (error.code.as_deref(), error.message.as_str()),
        (Some("E44"), "Unknown stage")
    );
}

fn unavailable() -> Reply {
    Reply::json(json!({"errorCode": 7, "errorMessages": ["Data is temporarily unavailable"]})).status(500)
}

#[tokio::test]
async fn data_that_are_not_there_are_asked_for_again() {
    let request = GetRgmStats::new(SYSTEM);
    let error = failing(&request, unavailable()).await;
    assert_eq!((error.kind, error.code.as_deref()), (Kind::Unavailable, Some("7")));
    assert_eq!(
        (error.message.as_str(), hint(&error)),
        (
            "Data is temporarily unavailable",
            "the data are not there at the moment"
        )
    );

    let server = Server::answering_all([unavailable(), Reply::json(fixture("get_rgm_stats"))]).await;
    let stats = server.retrying().send(&request).await.unwrap();
    assert_eq!(
        (stats.intervals.len(), server.sent().len(), server.clock.slept().len()),
        (2, 2, 1)
    );

    let update = UpdateStormGuard::new(SYSTEM, StormGuardUpdate::new(Switch::Enabled));
    let server = Server::answering_all([unavailable(), Reply::json(fixture("update_storm_guard"))]).await;
    let error = server.retrying().send(&update).await.unwrap_err();
    assert_eq!(
        (error.attempts(), server.sent().len()),
        (1, 1),
        "a change is not sent twice"
    );
    assert!(server.clock.slept().is_empty());

    let start = StartCharging::new(SYSTEM, CHARGER, ChargingInput::new());
    let server = Server::answering(unavailable()).await;
    server.retrying().send(&start).await.unwrap_err();
    assert_eq!(server.sent().len(), 1);
}

#[tokio::test]
async fn a_charger_writes_its_code_as_text_and_its_details_as_a_list() {
    let reply = |details: Value| {
        let body = json!({"message": "Bad request", "code": "400", "details": details});
        Reply::new(400, "application/octet-stream", body.to_string())
    };
    let request = ListChargerEvents::new(SYSTEM);
    let error = failing(&request, reply(json!(["Invalid system_id", "Invalid offset/limit"]))).await;
    assert_eq!((error.kind, error.code.as_deref()), (Kind::Invalid, Some("400")));
    assert_eq!(error.message, "Bad request: Invalid system_id: Invalid offset/limit");
    let refusal: Refusal = error.details().unwrap();
    assert_eq!(
        refusal.messages,
        ["Bad request", "Invalid system_id", "Invalid offset/limit"]
    );
    let error = failing(&request, reply(json!("Invalid system_id"))).await;
    assert_eq!(error.message, "Bad request: Invalid system_id");
}

#[tokio::test]
async fn a_page_of_a_gateway_is_no_refusal_of_the_service() {
    let page = "<html>\n<head><title>502 Bad Gateway</title></head>\n</html>";
    for status in [502, 503, 504] {
        let error = refused(Reply::new(status, "text/html", page)).await;
        assert_eq!(
            (error.kind, error.message.as_str(), &error.code),
            (Kind::Unavailable, "", &None)
        );
        assert!(error.details::<Refusal>().is_none());
        let shown = error.to_string();
        assert!(shown.contains("502 Bad Gateway") && !shown.contains('\n'), "{shown}");
    }
    let server = Server::answering_all([Reply::new(502, "text/html", page), Reply::json(fixture("get_system"))]).await;
    server.retrying().send(&GetSystem::new(SYSTEM)).await.unwrap();
    assert_eq!(server.sent().len(), 2);
}

#[tokio::test]
async fn other_shapes_are_read_as_far_as_they_go() {
    let error = refused(Reply::json(json!({"reason": "Site is being moved"})).status(422)).await;
    assert_eq!(error.message, "Site is being moved");
    for body in [
        json!([]),
        json!("no"),
        json!({}),
        json!({"message": null, "code": null}),
    ] {
        let error = refused(Reply::json(body).status(422)).await;
        assert_eq!(
            (error.kind, error.message.as_str(), &error.code),
            (Kind::Invalid, "", &None)
        );
    }
}
