//! Keys that are derived from a token's secret and a day, as both signing schemes have them.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use energy_core::Secret;
use energy_core::auth::AuthError;
use energy_core::secrecy::{ExposeSecret, SecretBox};
use time::{Date, Duration};

use crate::sha256::Keyed;

/// For how many days after its own a derived key is good.
const DAYS_AFTER: i64 = 6;

/// 32 bytes that stand for a secret for about a week.
pub(crate) struct DerivedKey {
    bytes: SecretBox<[u8; 32]>,
    state: Keyed,
    date: Date,
}

impl DerivedKey {
    pub(crate) fn new(bytes: [u8; 32], date: Date) -> Self {
        Self {
            state: Keyed::new(&[&bytes]),
            bytes: SecretBox::new(Box::new(bytes)),
            date,
        }
    }

    /// HMAC(HMAC(`scheme` + secret, yyyyMMdd), `end`).
    pub(crate) fn derive(scheme: &str, secret: &Secret, date: Date, end: &str) -> Self {
        let of_secret = Keyed::new(&[scheme.as_bytes(), secret.expose().as_bytes()]);
        let of_day = of_secret.code(compact(date).as_bytes());
        Self::new(Keyed::new(&[&of_day]).code(end.as_bytes()), date)
    }

    pub(crate) fn date(&self) -> Date {
        self.date
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        self.bytes.expose_secret()
    }

    pub(crate) fn code(&self, text: &[u8]) -> [u8; 32] {
        self.state.code(text)
    }
}

impl Clone for DerivedKey {
    fn clone(&self) -> Self {
        Self {
            bytes: SecretBox::new(Box::new(*self.expose())),
            state: self.state.clone(),
            date: self.date,
        }
    }
}

impl fmt::Debug for DerivedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[redacted] of {}", self.date)
    }
}

/// A day as both schemes write it: yyyyMMdd.
pub(crate) fn compact(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), u8::from(date.month()), date.day())
}

/// The days on which a key of `date` is good, where the service takes it `before` days early.
pub(crate) fn days(date: Date, before: i64) -> (Date, Date) {
    (
        date.saturating_sub(Duration::days(before)),
        date.saturating_add(Duration::days(DAYS_AFTER)),
    )
}

/// A key that is good on some days.
pub(crate) trait DailyKey: Sized {
    /// What it is called in errors.
    const NAME: &'static str;

    /// The key of a day.
    fn derive(secret: &Secret, date: Date) -> Self;

    /// The first and the last day on which it is good; `None` for always.
    fn days(&self) -> Option<(Date, Date)>;

    /// Whether it is good on that day.
    fn is_good_on(&self, day: Date) -> bool {
        self.days().is_none_or(|(first, last)| first <= day && day <= last)
    }
}

/// Where a signer has its key of the day from.
pub(crate) enum Keys<K> {
    /// Derived when a day needs it, and kept for that day.
    Secret {
        secret: Secret,
        today: Mutex<Option<(Date, Arc<K>)>>,
    },
    /// This one and no other.
    Given(Arc<K>),
}

impl<K: DailyKey> Keys<K> {
    pub(crate) fn of_secret(secret: Secret) -> Self {
        Self::Secret {
            secret,
            today: Mutex::new(None),
        }
    }

    pub(crate) fn given(key: K) -> Self {
        Self::Given(Arc::new(key))
    }

    /// The key for requests of `day`.
    pub(crate) fn of_day(&self, day: Date) -> Result<Arc<K>, AuthError> {
        match self {
            Self::Secret { secret, today } => {
                let mut today = today.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some((date, key)) = today.as_ref()
                    && *date == day
                {
                    return Ok(Arc::clone(key));
                }
                let key = Arc::new(K::derive(secret, day));
                *today = Some((day, Arc::clone(&key)));
                Ok(key)
            }
            Self::Given(key) if key.is_good_on(day) => Ok(Arc::clone(key)),
            Self::Given(key) => Err(AuthError::Reauthorise(out_of_date(key.as_ref(), day))),
        }
    }
}

impl<K> fmt::Debug for Keys<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret { .. } => "of a secret",
            Self::Given(_) => "a derived key",
        })
    }
}

fn out_of_date<K: DailyKey>(key: &K, day: Date) -> String {
    let good = key.days().map_or_else(String::new, |(first, last)| {
        format!(" for requests of {first} to {last} (UTC)")
    });
    format!(
        "the {} was good{good}, and this request is of {day}; have a new key derived from the token's secret, and \
         build the client with it",
        K::NAME
    )
}
