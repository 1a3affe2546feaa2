//! Neither the key nor the user is ever shown.

use energy_core::url::form_urlencoded;
use enphase::v2::*;
use serde_json::json;

use crate::v2_support::*;

fn encoded(secret: &str) -> String {
    form_urlencoded::byte_serialize(secret.as_bytes()).collect()
}

fn hides(shown: &str) {
    for secret in [KEY, USER] {
        for form in [secret.to_owned(), encoded(secret)] {
            assert!(!shown.contains(&form), "`{form}` is shown: {shown}");
        }
    }
}

#[tokio::test]
async fn debug_does_not_show_them() {
    let server = Server::answering(Reply::json(stats())).await;
    let client = server.client();
    client.send(&GetStats::new(SYSTEM)).await.unwrap();
    hides(&format!("{:?} {:#?}", login(), login()));
    hides(&format!("{client:?} {client:#?} {:?}", server.builder()));
}

#[tokio::test]
async fn errors_do_not_show_them_even_if_the_service_repeats_them() {
    let both = format!("{KEY} {USER} {} {}", encoded(KEY), encoded(USER));
    for reply in [
        Reply::json(json!({"reason": "401", "message": [format!("{KEY} is unknown"), USER]})).status(401),
        Reply::json(json!({"reason": KEY, "errorMessages": [both.clone()]})).status(422),
        Reply::json(json!({"reason": "409", "message": [both.clone()], "period": USER, "limit": 10})).status(409),
        Reply::new(500, "text/html", format!("<pre>{both}</pre>")),
        Reply::new(400, "text/plain", both.clone()).header("x-asked", &both),
        Reply::empty(302).header("location", &format!("/api/v2/systems?{LOGIN}")),
        Reply::json(json!({"system_id": KEY, "total_devices": USER})),
        Reply::new(200, "text/html", both.clone()),
    ] {
        let error = failing(&GetStats::new(SYSTEM), reply).await;
        hides(&everything_shown(&error));
        if let enphase::Error::Api(error) = &error {
            hides(&String::from_utf8_lossy(error.body.bytes()));
            hides(error.url.as_str());
        }
    }
}

#[tokio::test]
async fn a_connection_that_fails_does_not_show_them() {
    // Nobody listens there.
    let client = Client::builder(login())
        .base_url("http://127.0.0.1:1/api/v2")
        .retry(enphase::RetryPolicy::none());
    let error = client.build().unwrap().send(&GetStats::new(SYSTEM)).await.unwrap_err();
    assert!(error.to_string().contains("/systems/733108/stats"), "{error}");
    hides(&everything_shown(&error));
}
