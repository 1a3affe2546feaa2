//! Paths as text: nothing here looks at the disk.

use std::path::{Component, Path, PathBuf};

/// The path with its `..` taken back.
pub(crate) fn without_dots(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                plain.pop();
            }
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}
