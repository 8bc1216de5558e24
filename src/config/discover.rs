//! A folder in, the nearest `sqlsift.toml` above it out.

use std::path::{Path, PathBuf};

pub const FILE_NAME: &str = "sqlsift.toml";

/// Looks in `start` and its parents, up to and including the root of the repository (the folder that holds `.git`).
pub fn nearest(start: &Path) -> Option<PathBuf> {
    for folder in start.ancestors() {
        let file = folder.join(FILE_NAME);
        if file.is_file() {
            return Some(file);
        }
        if folder.join(".git").exists() {
            return None;
        }
    }
    None
}
