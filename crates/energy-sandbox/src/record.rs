//! What arrived at a service, kept for the tests that want to look.

use std::sync::{Mutex, PoisonError};

/// A request as it arrived, before anything was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRecord {
    /// The method, in capitals.
    pub method: String,
    /// The path as it was sent, still percent-encoded.
    pub path: String,
    /// What stood behind the `?`, still percent-encoded.
    pub query: Option<String>,
    /// Header names (in small letters) and values, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl RequestRecord {
    /// The value of a header, if it came; names are in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The requests of one service, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Records(Mutex<Kept>);

/// A sandbox may run for days: it keeps this many requests and forgets older ones.
const KEEP: usize = 10_000;

#[derive(Debug, Default)]
struct Kept {
    records: std::collections::VecDeque<RequestRecord>,
    count: u64,
}

impl Records {
    /// Keeps a request and returns its number, from 1.
    pub(crate) fn add(&self, record: RequestRecord) -> u64 {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.records.len() == KEEP {
            kept.records.pop_front();
        }
        kept.records.push_back(record);
        kept.count += 1;
        kept.count
    }

    pub(crate) fn all(&self) -> Vec<RequestRecord> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.records.iter().cloned().collect()
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).count
    }
}
