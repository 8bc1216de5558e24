//! `--config` in; the configuration that counts out.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::config::{Config, discover};

/// The file that was named, else the nearest one, else none.
pub fn find(named: Option<&Path>) -> Result<Config, Failure> {
    let found = || discover::nearest(&std::env::current_dir().ok()?);
    let path: Option<PathBuf> = named.map(Path::to_owned).or_else(found);
    let Some(path) = path else { return Ok(Config::none()) };
    tracing::info!("configuration {}", path.display());
    Config::read(&path).map_err(|e| {
        Failure::new(
            "the configuration is not valid",
            "correct the line above; sqlsift rule show names a rule's options",
        )
        .because(e.to_string())
    })
}
