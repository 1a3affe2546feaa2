//! The derived key that signs.

use energy_core::{BuildError, Secret};
use time::Date;

use crate::derived::{self, DailyKey, DerivedKey};

/// What signs requests in place of the secret, for a week: derived from the secret and a day (UTC).
///
/// Whoever has the secret can derive a key and hand it to a program that is not to have the secret itself; see
/// [`Credentials::with_signing_key`](crate::Credentials::with_signing_key). `Debug` shows the day and not the key.
///
/// ```
/// use energy_core::Secret;
/// use energy_core::time::macros::date;
/// use solarnet_oscp::snws2::SigningKey;
///
/// let key = SigningKey::derive(&Secret::new("ABC123"), date!(2017 - 01 - 01));
/// assert!(key.valid_for(date!(2017 - 01 - 07)));
/// assert!(!key.valid_for(date!(2017 - 01 - 08)));
/// assert_eq!(SigningKey::from_bytes(*key.expose(), key.date()).expose(), key.expose());
/// ```
#[derive(Clone, Debug)]
pub struct SigningKey(DerivedKey);

impl SigningKey {
    /// The key of a token's secret for requests of `date` (UTC) and the six days after.
    pub fn derive(secret: &Secret, date: Date) -> Self {
        Self(DerivedKey::derive("SNWS2", secret, date, "snws2_request"))
    }

    /// A key that was derived elsewhere for this day (UTC).
    pub fn from_bytes(bytes: [u8; 32], date: Date) -> Self {
        Self(DerivedKey::new(bytes, date))
    }

    /// As [`SigningKey::from_bytes`], from 64 hexadecimal digits, which is how most programs hand a key on.
    ///
    /// # Errors
    ///
    /// For any other text, without showing it.
    pub fn from_hex(hex: &Secret, date: Date) -> Result<Self, BuildError> {
        bytes_of_hex(hex.expose()).map(|bytes| Self::from_bytes(bytes, date))
    }

    /// The day it was derived for (UTC).
    pub fn date(&self) -> Date {
        self.0.date()
    }

    /// Whether the service takes it for a request of that day (UTC): from its own day to the sixth after.
    pub fn valid_for(&self, request_date: Date) -> bool {
        self.is_good_on(request_date)
    }

    /// The key itself. Ask for it only to hand it on.
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    pub(super) fn code(&self, text: &[u8]) -> [u8; 32] {
        self.0.code(text)
    }
}

impl DailyKey for SigningKey {
    const NAME: &'static str = "SNWS2 signing key";

    fn derive(secret: &Secret, date: Date) -> Self {
        Self::derive(secret, date)
    }

    fn days(&self) -> Option<(Date, Date)> {
        Some(derived::days(self.0.date(), 0))
    }
}

/// The 32 bytes that 64 hexadecimal digits write.
pub(crate) fn bytes_of_hex(hex: &str) -> Result<[u8; 32], BuildError> {
    let refused = || {
        let found = hex.chars().count();
        BuildError::new(
            "signing_key",
            format!("a key has 64 hexadecimal digits; this has {found} characters"),
        )
    };
    if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(refused());
    }
    let mut bytes = [0; 32];
    for (place, digits) in bytes.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        let digits = std::str::from_utf8(digits).map_err(|_| refused())?;
        *place = u8::from_str_radix(digits, 16).map_err(|_| refused())?;
    }
    Ok(bytes)
}
