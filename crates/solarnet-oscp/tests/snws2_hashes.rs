//! Hashes and codes of every length around the edges of blocks, against the crates that are made for nothing else.

use energy_core::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use solarnet_oscp::snws2::{Body, SigningKey};
use time::macros::date;

/// More than three blocks of 64 bytes.
const LENGTHS: std::ops::Range<usize> = 0..200;

fn code(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[test]
fn a_body_of_any_length_has_its_hash() {
    let bytes: Vec<u8> = (0..=u8::MAX).collect();
    for length in LENGTHS {
        let body = &bytes[..length];
        let hash: [u8; 32] = Sha256::digest(body).into();
        assert_eq!(Body::Bytes(body).sha256(), hash, "{length} bytes");
    }
}

#[test]
fn a_secret_of_any_length_gives_its_key() {
    for length in LENGTHS {
        let secret: String = ('!'..='~').cycle().take(length).collect();
        let of_day = code(format!("SNWS2{secret}").as_bytes(), "20260211");
        let key = SigningKey::derive(&Secret::new(secret), date!(2026 - 02 - 11));
        assert_eq!(
            key.expose().as_slice(),
            code(&of_day, "snws2_request"),
            "{length} bytes"
        );
    }
}
