//! SHA-256, and HMAC-SHA256 under a key that signs many texts.
//!
//! Of `sha2` only the compression of blocks is used: the rest is what stands here, saves the crates of `hmac`, and keeps a
//! key in one place that is wiped.

use energy_core::secrecy::{ExposeSecret, ExposeSecretMut, SecretBox};
use sha2::block_api::compress256;

type State = [u32; 8];
type Block = [u8; 64];

/// What SHA-256 begins with (FIPS 180-4, section 5.3.3).
const BEGINNING: State = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// The hash of `text`.
pub(crate) fn hash(text: &[u8]) -> [u8; 32] {
    finish(BEGINNING, 0, text)
}

/// The hash of what `state` has read, which is `before` whole blocks, and `text` after it.
fn finish(mut state: State, before: usize, text: &[u8]) -> [u8; 32] {
    let (blocks, rest) = text.as_chunks();
    if !blocks.is_empty() {
        compress256(&mut state, blocks);
    }
    // Behind the text come a one, zeros, and in the last eight bytes how many bits it has.
    let bits = 8 * (before * size_of::<Block>() + text.len()) as u64;
    let mut end: [Block; 2] = [[0; 64]; 2];
    let bytes = end.as_flattened_mut();
    bytes[..rest.len()].copy_from_slice(rest);
    bytes[rest.len()] = 0x80;
    let last = usize::from(rest.len() + 1 + size_of_val(&bits) > size_of::<Block>());
    end[last][56..].copy_from_slice(&bits.to_be_bytes());
    compress256(&mut state, &end[..=last]);
    let mut hash = [0; 32];
    for (bytes, word) in hash.as_chunks_mut().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    hash
}

/// A key of HMAC-SHA256 (RFC 2104), as the states of the inner and the outer hash once they have read it. They are as
/// good as the key, and wiped like it.
pub(crate) struct Keyed(SecretBox<[State; 2]>);

impl Keyed {
    /// The key that these pieces make together.
    pub(crate) fn new(pieces: &[&[u8]]) -> Self {
        let mut block = SecretBox::new(Box::new([0; 64]));
        let length: usize = pieces.iter().map(|piece| piece.len()).sum();
        // Short keys are filled up with zeros, and long ones are hashed before.
        if length <= size_of::<Block>() {
            fill(block.expose_secret_mut(), pieces);
        } else {
            let mut key = SecretBox::new(vec![0; length].into_boxed_slice());
            fill(key.expose_secret_mut(), pieces);
            block.expose_secret_mut()[..32].copy_from_slice(&hash(key.expose_secret()));
        }
        let mut states = SecretBox::new(Box::new([BEGINNING; 2]));
        for (state, pad) in states.expose_secret_mut().iter_mut().zip([0x36, 0x5c]) {
            let mut padded: SecretBox<Block> = SecretBox::new(Box::new(*block.expose_secret()));
            padded.expose_secret_mut().iter_mut().for_each(|byte| *byte ^= pad);
            compress256(state, std::slice::from_ref(padded.expose_secret()));
        }
        Self(states)
    }

    /// The code of `text` under this key.
    pub(crate) fn code(&self, text: &[u8]) -> [u8; 32] {
        let [inner, outer] = self.0.expose_secret();
        finish(*outer, 1, &finish(*inner, 1, text))
    }
}

fn fill(room: &mut [u8], pieces: &[&[u8]]) {
    let bytes = pieces.iter().copied().flatten();
    room.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
}

impl Clone for Keyed {
    fn clone(&self) -> Self {
        Self(SecretBox::new(Box::new(*self.0.expose_secret())))
    }
}
