//! `--config` in; the configuration that counts out.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::config::{Config, discover};
use crate::rules::page::Preset;

/// The file that was named, else the nearest one, else none; `preset` comes before the file's own.
pub fn find(named: Option<&Path>, preset: Option<Preset>) -> Result<Config, Failure> {
    let found = || discover::nearest(&std::env::current_dir().ok()?);
    let path: Option<PathBuf> = named.map(Path::to_owned).or_else(found);
    let Some(path) = path else { return Ok(Config::none(preset)) };
    tracing::info!("configuration {}", path.display());
    Config::read(&path, preset).map_err(|e| {
        Failure::new(
            "the configuration is not valid",
            "correct the line above; sqlsift rule show names a rule's options",
        )
        .because(e.to_string())
    })
}
