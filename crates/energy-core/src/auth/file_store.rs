//! A token in a file that only its owner can read, replaced in one step.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{StoreError, StoreLock, StoredToken, TokenStore};
use crate::transport::BoxFuture;

/// Keeps a token in a JSON file.
///
/// The new token is written to a file beside it, flushed to the disk, and renamed over the old one: a crash leaves the
/// old token or the new one, never half of one. On Unix the file is readable and writable by its owner alone; elsewhere
/// it has the permissions of its folder. The folder must exist.
///
/// Programs that share the file take turns at renewing the token: `<name>.lock` beside it is locked meanwhile, with the
/// operating system's lock, which ends with the program that has it. That file is empty, and stays.
#[derive(Clone, Debug)]
pub struct FileTokenStore {
    path: PathBuf,
}

impl FileTokenStore {
    /// Keeps the token in this file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn error(&self, what: &str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
        StoreError::new(format!("{what} {}", self.path.display()), Some(source.into()))
    }

    fn read(&self) -> Result<Option<StoredToken>, StoreError> {
        match fs::read(&self.path) {
            // serde_json's message may quote what it read, and that is a token; its position says enough.
            Ok(json) => serde_json::from_slice(&json).map(Some).map_err(|error| {
                let place = format!(
                    "it is no stored token (line {}, column {})",
                    error.line(),
                    error.column()
                );
                self.error("cannot understand the token file", place)
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.error("cannot read the token file", error)),
        }
    }

    fn write(&self, token: &StoredToken) -> Result<(), StoreError> {
        let json = serde_json::to_vec_pretty(token)
            .map_err(|_| StoreError::new("the token cannot be written as JSON", None))?;
        let beside = self.temporary_path();
        let written = write_private(&beside, &json).and_then(|()| fs::rename(&beside, &self.path));
        if let Err(error) = written {
            // What cannot be removed stays unreadable to others.
            let _ = fs::remove_file(&beside);
            return Err(self.error("cannot write the token file", error));
        }
        sync_folder(&self.path).map_err(|error| self.error("cannot flush the folder of the token file", error))
    }

    /// A name that no other writer uses: not this process's other stores, not another process. Process numbers alone
    /// do not tell containers apart, nor a program from the one that crashed before it.
    fn temporary_path(&self) -> PathBuf {
        self.beside(&format!(".{}-{:016x}.new", std::process::id(), fastrand::u64(..)))
    }

    /// The path of a file beside the token's.
    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(ending);
        self.path.with_file_name(name)
    }

    fn lock(&self) -> Result<Option<StoreLock>, StoreError> {
        let mut options = private();
        let opened = options.create(true).truncate(false).open(self.beside(".lock"));
        let file = opened.map_err(|error| self.error("cannot open the lock of the token file", error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(StoreLock::of(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(self.error("cannot lock the token file", error)),
        }
    }
}

/// To write a file that on Unix only its owner can read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = private().create_new(true).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

impl TokenStore for FileTokenStore {
    fn load(&self) -> BoxFuture<'_, Result<Option<StoredToken>, StoreError>> {
        let store = self.clone();
        Box::pin(on_blocking_thread(move || store.read()))
    }

    fn save<'a>(&'a self, token: &'a StoredToken) -> BoxFuture<'a, Result<(), StoreError>> {
        let (store, token) = (self.clone(), token.clone());
        Box::pin(on_blocking_thread(move || store.write(&token)))
    }

    fn try_lock(&self) -> BoxFuture<'_, Result<Option<StoreLock>, StoreError>> {
        let store = self.clone();
        Box::pin(on_blocking_thread(move || store.lock()))
    }
}

async fn on_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(StoreError::new(
            "the thread of the token store stopped",
            Some(error.into()),
        ))
    })
}
