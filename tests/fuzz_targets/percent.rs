//! Percent-decoding, byte by byte.

/// The bytes that an encoded text stands for. A percent sign without two digits behind it stands for itself; in forms and
/// queries a plus is a space.
pub(super) fn decoded(encoded: &[u8], plus_is_space: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut at = 0;
    while at < encoded.len() {
        let digit = |place: usize| char::from(*encoded.get(place)?).to_digit(16);
        match (encoded[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                bytes.extend(u8::try_from(high * 16 + low));
                at += 2;
            }
            (b'+', ..) if plus_is_space => bytes.push(b' '),
            (byte, ..) => bytes.push(byte),
        }
        at += 1;
    }
    bytes
}
