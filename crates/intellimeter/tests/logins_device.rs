//! The login without a browser: shown, asked for at the service's pace, granted or not.

use std::time::Duration;

use energy_core::auth::AuthError;
use energy_core::clock::Clock;
use intellimeter::*;
use serde_json::json;

use crate::support::*;

const DEVICE_CODE: &str = "dev-Greenshank-4410";

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn started() -> Reply {
    Reply::json(json!({
        "device_code": DEVICE_CODE, "expires_in": "0:10:00", "interval": "0:00:05", "user_code": "MILL-77",
        "verification_uri": "https://portal.example/device",
    }))
}

fn pending() -> Reply {
    refusal(400, "authorization_pending")
}

/// A device that began, with what the service answers from then on.
async fn begun(answers: impl IntoIterator<Item = Reply>) -> (Server, DeviceLogin) {
    let server = Server::answering_all([started()].into_iter().chain(answers)).await;
    let client = server.client(Credentials::none());
    let login = device(&client, &application()).await.unwrap();
    (server, login)
}

#[tokio::test]
async fn a_device_says_what_to_show() {
    let (server, login) = begun([]).await;
    assert_eq!(login.user_code(), "MILL-77");
    assert_eq!(login.verification_uri().as_str(), "https://portal.example/device");
    assert_eq!(
        login.complete_uri().as_str(),
        "https://portal.example/device?user_code=MILL-77"
    );
    assert_eq!((login.interval(), login.expires_at()), (seconds(5), NOW + seconds(600)));
    let body = json!({"grant_type": "device_code", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET});
    let sent = server.one();
    assert_eq!((sent.is_login(), sent.json()), (true, body));
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert_eq!(sent.header("authorization"), None);
}

#[tokio::test]
async fn a_device_can_begin_in_a_task_of_its_own() {
    let server = Server::answering(started()).await;
    let client = server.client(Credentials::none());
    let task = tokio::spawn(async move { device(&client, &application()).await });
    assert_eq!(task.await.unwrap().unwrap().user_code(), "MILL-77");
}

#[tokio::test]
async fn a_device_asks_at_the_pace_of_the_service_until_it_is_approved() {
    let granted = "uac:user:read billing:invoice:read";
    let answers = [
        pending(),
        pending(),
        refusal(400, "slow_down"),
        pending(),
        token("d-1", granted),
    ];
    let (server, mut login) = begun(answers).await;
    let got = login.wait().await.unwrap();
    assert_eq!(
        server.clock.slept(),
        [5, 5, 5, 10, 10].map(seconds),
        "five seconds more when told to slow down"
    );
    assert_eq!(login.interval(), seconds(10));
    let asked = server.sent();
    assert_eq!(asked.len(), 6);
    let body = json!({
        "grant_type": "device_code", "device_code": DEVICE_CODE, "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
    });
    for poll in &asked[1..] {
        assert!(poll.is_login(), "{}", poll.line);
        assert_eq!(poll.json(), body);
        assert_eq!(poll.header("content-type"), Some("application/json"));
    }
    assert_eq!(
        (got.access.expose(), got.refresh.unwrap().expose()),
        ("d-1", "d-1-again")
    );
    assert_eq!(got.expires_at, Some(NOW + seconds(35 + 3600)));
    assert_eq!(got.scopes, ["uac:user:read", "billing:invoice:read"]);
}

#[tokio::test]
async fn a_token_of_a_device_is_a_person_s() {
    let server = Server::answering_all([started(), token("d-1", "*:*:*"), Reply::json(json!([]))]).await;
    let got = device(&server.client(Credentials::none()), &application())
        .await
        .unwrap()
        .wait()
        .await
        .unwrap();
    let client = server.client(Credentials::person(application(), MemoryTokenStore::new(got)));
    client.send(&ListProperties::new()).await.unwrap();
    assert_eq!(server.sent()[2].header("authorization"), Some("Bearer d-1"));
}

#[tokio::test]
async fn a_device_that_is_told_to_slow_down_twice_is_slower_twice() {
    let slow = || refusal(400, "slow_down");
    let (server, mut login) = begun([slow(), slow(), token("d-1", "*:*:*")]).await;
    login.wait().await.unwrap();
    assert_eq!(server.clock.slept(), [5, 10, 15].map(seconds));
}

#[tokio::test]
async fn a_device_that_is_denied_stops() {
    let (server, mut login) = begun([pending(), refusal(400, "access_denied")]).await;
    let outcome = login.wait().await.unwrap_err();
    assert!(matches!(outcome, DeviceError::Denied), "{outcome:?}");
    assert_eq!(server.sent().len(), 3);
}

#[tokio::test]
async fn a_device_that_expires_stops() {
    let (server, mut login) = begun([pending(), refusal(400, "expired_token")]).await;
    let outcome = login.wait().await.unwrap_err();
    assert!(matches!(outcome, DeviceError::Expired), "{outcome:?}");
    assert_eq!(server.sent().len(), 3);

    // By this machine's clock, too: ten minutes are over before the service says so.
    let (server, mut login) = begun([pending()]).await;
    let outcome = login.wait().await.unwrap_err();
    assert!(matches!(outcome, DeviceError::Expired), "{outcome:?}");
    let asked = server.sent().len();
    assert!((100..=121).contains(&asked), "{asked}");
    assert!(server.clock.now() <= NOW + seconds(600));
}

#[tokio::test]
async fn a_device_that_is_dropped_asks_no_more() {
    let (server, mut login) = begun([pending()]).await;
    let three = async {
        while server.sent().len() < 3 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        outcome = login.wait() => panic!("nobody approved: {outcome:?}"),
        () = three => {}
    }
    let asked = server.sent().len();
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
    // One question may have been on its way.
    assert!(
        server.sent().len() <= asked + 1,
        "{asked} and then {}",
        server.sent().len()
    );
}

#[tokio::test]
async fn a_device_forgives_a_service_that_stumbles() {
    let broken = Reply::new(502, "text/html", "<html>Bad gateway</html>");
    let (server, mut login) = begun([pending(), broken, token("d-1", "*:*:*")]).await;
    assert_eq!(login.wait().await.unwrap().access.expose(), "d-1");
    assert_eq!(server.sent().len(), 4);
}

#[tokio::test]
async fn a_device_of_an_unknown_application_does_not_begin() {
    let server = Server::answering(refusal(401, "invalid_client")).await;
    let error = device(&server.client(Credentials::none()), &application())
        .await
        .unwrap_err();
    assert!(matches!(error, AuthError::Malformed(_)), "{error:?}");
    // Nor does it go on, whatever shape the refusal has.
    for reply in [
        refusal(400, "invalid_client"),
        Reply::json(json!({"code": 401, "error": "Unauthorized", "message": "No such client."})).status(401),
        Reply::new(404, "text/html", "<html>Not found</html>"),
    ] {
        let (server, mut login) = begun([reply]).await;
        let outcome = login.wait().await.unwrap_err();
        assert!(
            matches!(&outcome, DeviceError::Login(error) if !error.is_transient()),
            "{outcome:?}"
        );
        assert_eq!(server.sent().len(), 2);
    }
}
