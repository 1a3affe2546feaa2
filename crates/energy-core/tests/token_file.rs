//! The token in a file: replaced in one step, for its owner's eyes.
#![cfg(feature = "test-util")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use energy_core::auth::{AuthError, FileTokenStore, Refresh, StoredToken, TokenManager, TokenStore};
use energy_core::clock::ManualClock;
use energy_core::transport::BoxFuture;

use crate::support::{START, chain, seconds};

/// Gives the same token each time, and counts.
#[derive(Debug)]
struct OneToken(AtomicUsize);

impl Refresh for OneToken {
    fn refresh<'a>(&'a self, _: Option<&'a StoredToken>) -> BoxFuture<'a, Result<StoredToken, AuthError>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(std::future::ready(Ok(token("second", 3_600))))
    }
}

fn token(name: &str, lives: u64) -> StoredToken {
    StoredToken::new(name)
        .with_refresh(format!("refresh-of-{name}"))
        .with_expiry(START + seconds(lives))
}

fn names(folder: &std::path::Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_is_saved_is_loaded_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.json");
    let store = FileTokenStore::new(&path);
    assert_eq!(store.load().await.unwrap(), None, "no file is no token");
    let full = token("access", 3_600).with_scopes(["read".to_owned()]);
    for saved in [StoredToken::new("bare"), full] {
        store.save(&saved).await.unwrap();
        assert_eq!(FileTokenStore::new(&path).load().await.unwrap(), Some(saved));
    }
    assert_eq!(names(folder.path()), ["token.json"]);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_it() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.json");
    // Somebody has made it readable to all.
    std::fs::write(&path, "{}").unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    let before = std::fs::metadata(&path).unwrap().ino();
    FileTokenStore::new(&path).save(&token("a", 1)).await.unwrap();
    let after = std::fs::metadata(&path).unwrap();
    assert_eq!(after.permissions().mode() & 0o777, 0o600);
    assert_ne!(after.ino(), before, "replaced, not written over");
}

#[tokio::test]
async fn a_reader_never_sees_half_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.json");
    let store = FileTokenStore::new(&path);
    let long = "x".repeat(200_000);
    store.save(&StoredToken::new(long.as_str())).await.unwrap();
    let writers: Vec<_> = (0..8)
        .map(|i| {
            let (store, long) = (store.clone(), long.clone());
            tokio::spawn(async move { store.save(&StoredToken::new(format!("{long}{i}"))).await })
        })
        .collect();
    for _ in 0..20 {
        let read = store.load().await.unwrap().unwrap();
        assert!(read.access.expose().len() >= long.len());
    }
    for writer in writers {
        writer.await.unwrap().unwrap();
    }
    assert_eq!(names(folder.path()), ["token.json"]);
}

#[tokio::test]
async fn a_broken_file_is_an_error_that_shows_nothing_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.json");
    let store = FileTokenStore::new(&path);
    for broken in [
        "",
        "CANARY",
        "\"CANARY\"",
        r#"{"access": "CANARY""#,
        r#"{"access": ["CANARY"]}"#,
        r#"{"access": "CANARY", "refresh": 123454321}"#,
        r#"{"access": "CANARY", "expires_at": "CANARY"}"#,
        r#"{"refresh": "CANARY"}"#,
    ] {
        std::fs::write(&path, broken).unwrap();
        let error = store.load().await.unwrap_err();
        let shown = chain(&error).join("\n");
        assert!(!shown.contains("CANARY") && !shown.contains("123454321"), "{shown}");
        assert!(shown.contains("token.json") && shown.contains("line 1"), "{shown}");
    }
}

#[tokio::test]
async fn a_folder_that_is_missing_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileTokenStore::new(folder.path().join("missing").join("token.json"));
    assert_eq!(store.load().await.unwrap(), None);
    let error = store.save(&token("CANARY", 1)).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot write the token file"), "{error}");
    assert!(!chain(&error).join("\n").contains("CANARY"));
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn what_cannot_be_put_in_place_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.json");
    std::fs::create_dir(&path).unwrap();
    let store = FileTokenStore::new(&path);
    store.save(&token("a", 1)).await.unwrap_err();
    store.load().await.unwrap_err();
    assert_eq!(names(folder.path()), ["token.json"]);
}

#[tokio::test]
async fn what_a_crash_left_behind_stops_no_later_run() {
    // A container gives every run the same process number.
    let folder = tempfile::tempdir().unwrap();
    let pid = std::process::id();
    for number in 0..1_000 {
        std::fs::write(folder.path().join(format!("token.json.{pid}-{number}.new")), "").unwrap();
    }
    let store = FileTokenStore::new(folder.path().join("token.json"));
    store.save(&token("a", 1)).await.unwrap();
    assert_eq!(names(folder.path()).len(), 1_001, "nor does it touch them");
}

#[tokio::test]
async fn a_manager_goes_on_from_the_file_of_an_earlier_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.json");
    let endpoint = Arc::new(OneToken(AtomicUsize::new(0)));
    FileTokenStore::new(&path).save(&token("first", 0)).await.unwrap();
    for _ in 0..2 {
        let manager = TokenManager::from_shared(
            Arc::new(FileTokenStore::new(&path)),
            Arc::clone(&endpoint) as Arc<dyn Refresh>,
            Arc::new(ManualClock::new(START)),
        );
        assert_eq!(manager.token().await.unwrap().access.expose(), "second");
    }
    assert_eq!(
        endpoint.0.load(Ordering::SeqCst),
        1,
        "the second run has no need of a refresh"
    );
}
