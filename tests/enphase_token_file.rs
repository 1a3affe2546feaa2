//! Two processes that share one token file, against the sandbox.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use energy_core::clock::{Clock, SystemClock};
use energy_sandbox::{EnphaseApp, EnphasePerson, Fault, Sandbox};
use enphase::v4::{Application, Client, Credentials, ListSystems};
use enphase::{FileTokenStore, StoredToken, TokenStore};

/// What the other process is told: token file, address, key, client id, secret.
const TOLD: &str = "ENPHASE_TOKEN_FILE_TEST";

fn told(sandbox: &Sandbox, file: &Path) -> String {
    let service = sandbox.enphase();
    let keys = service.credentials().watt;
    let file = file.to_str().unwrap();
    [
        file,
        service.base_url(),
        &keys.api_key,
        &keys.client_id,
        &keys.client_secret,
    ]
    .join("\n")
}

fn client(told: &str) -> Client {
    let told: Vec<&str> = told.lines().collect();
    let [file, url, key, id, secret] = told[..] else {
        panic!("five things are told");
    };
    let application = Application::new(id, secret).unwrap();
    let credentials = Credentials::new(key, application, FileTokenStore::new(file)).unwrap();
    Client::builder(credentials).base_url(url).build().unwrap()
}

/// A file with a token that expired a minute ago, of somebody whose refresh token is good.
async fn expired_token(sandbox: &Sandbox, file: &Path) -> StoredToken {
    let tokens = sandbox.enphase().issue_token(EnphaseApp::Watt, EnphasePerson::Owner);
    let token = StoredToken::new(tokens.access_token)
        .with_refresh(tokens.refresh_token)
        .with_expiry(SystemClock::new().now() - time::Duration::MINUTE);
    FileTokenStore::new(file).save(&token).await.unwrap();
    token
}

fn count(sandbox: &Sandbox, path: &str) -> usize {
    let requests = sandbox.enphase().requests();
    requests.iter().filter(|request| request.path == path).count()
}

fn start(told: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "enphase_token_file::one_of_two_processes",
            "--ignored",
            "--nocapture",
        ])
        .env(TOLD, told)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn two_processes_with_an_expired_token_refresh_once_and_both_go_on() {
    let sandbox = Sandbox::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token.json");
    let old = expired_token(&sandbox, &file).await;
    let told = told(&sandbox, &file);

    let processes = [start(&told), start(&told)];
    for process in processes {
        let ended = tokio::task::spawn_blocking(|| process.wait_with_output())
            .await
            .unwrap()
            .unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(
            ended.status.success(),
            "{}{said}",
            String::from_utf8_lossy(&ended.stdout)
        );
    }
    assert_eq!(count(&sandbox, "/oauth/token"), 1, "one refresh for both");
    assert_eq!(count(&sandbox, "/api/v4/systems"), 2, "both went on");
    let new = FileTokenStore::new(&file).load().await.unwrap().unwrap();
    assert_ne!(new.access, old.access);
    assert_ne!(new.refresh, old.refresh, "the refresh token was rotated");
}

#[tokio::test]
#[ignore = "the processes that the test above starts"]
async fn one_of_two_processes() {
    let Ok(told) = std::env::var(TOLD) else {
        return;
    };
    let page = client(&told).send(&ListSystems::new()).await.unwrap();
    assert_eq!(page.systems.len(), 2);
}

#[tokio::test]
async fn a_refresh_whose_answer_is_lost_ends_in_authorise_again() {
    let sandbox = Sandbox::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token.json");
    expired_token(&sandbox, &file).await;
    let client = client(&told(&sandbox, &file));
    sandbox.enphase().fault(Fault::lost_answer().on_path("/oauth/token"));

    // The service has rotated the token, and nobody heard of it.
    let lost = client.send(&ListSystems::new()).await.unwrap_err();
    assert!(!lost.is_unauthorized(), "it may be nothing: {lost}");
    let refused = client.send(&ListSystems::new()).await.unwrap_err();
    assert!(refused.is_unauthorized(), "{refused}");
    assert!(
        refused.to_string().contains("a person must authorise again"),
        "{refused}"
    );
    assert_eq!(count(&sandbox, "/oauth/token"), 2);
    for _ in 0..3 {
        assert!(client.send(&ListSystems::new()).await.unwrap_err().is_unauthorized());
    }
    assert_eq!(count(&sandbox, "/oauth/token"), 2, "nothing is tried in circles");
    assert_eq!(count(&sandbox, "/api/v4/systems"), 0);

    // The person authorises again, by another program.
    let tokens = sandbox.enphase().issue_token(EnphaseApp::Watt, EnphasePerson::Owner);
    let token = StoredToken::new(tokens.access_token).with_refresh(tokens.refresh_token);
    FileTokenStore::new(&file).save(&token).await.unwrap();
    assert_eq!(client.send(&ListSystems::new()).await.unwrap().systems.len(), 2);
}
