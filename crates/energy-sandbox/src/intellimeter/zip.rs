//! ZIP archives whose files are stored as they are.

/// Packs files in this order.
pub(super) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in files {
        let offset = archive.len() as u32;
        // Version 2.0, no flags, stored, midnight of 1 January 1980.
        let mut common = Vec::new();
        for half in [20_u16, 0, 0, 0, 0x21] {
            common.extend(half.to_le_bytes());
        }
        for whole in [crc32(content), content.len() as u32, content.len() as u32] {
            common.extend(whole.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend(0_u16.to_le_bytes());

        archive.extend(*b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(name.as_bytes());
        archive.extend(*content);

        directory.extend(*b"PK\x01\x02");
        directory.extend(20_u16.to_le_bytes());
        directory.extend(&common);
        // No comment, first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = archive.len() as u32;
    archive.extend(&directory);
    archive.extend(*b"PK\x05\x06\x00\x00\x00\x00");
    for _ in 0..2 {
        archive.extend((files.len() as u16).to_le_bytes());
    }
    archive.extend((directory.len() as u32).to_le_bytes());
    archive.extend(start.to_le_bytes());
    archive.extend([0; 2]);
    archive
}

/// The checksum that ZIP uses.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |mut rest: u32| {
        for _ in 0..8 {
            let odd = rest & 1 == 1;
            rest >>= 1;
            if odd {
                rest ^= 0xEDB8_8320;
            }
        }
        rest
    };
    !bytes.iter().fold(u32::MAX, |rest, byte| {
        (rest >> 8) ^ step((rest ^ u32::from(*byte)) & 0xFF)
    })
}

#[cfg(test)]
mod tests {
    use super::{crc32, zip};

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn the_directory_is_where_the_end_says() {
        let archive = zip(&[("a", b"one"), ("dir/b", b"two")]);
        let end = archive.len() - 22;
        assert_eq!(archive[end..end + 4], *b"PK\x05\x06");
        let start = u32::from_le_bytes([
            archive[end + 16],
            archive[end + 17],
            archive[end + 18],
            archive[end + 19],
        ]);
        assert_eq!(archive[start as usize..start as usize + 4], *b"PK\x01\x02");
        assert_eq!(archive[30..34], *b"aone");
    }
}
