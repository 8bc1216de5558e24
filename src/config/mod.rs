//! `sqlsift.toml` and the user's rule pages in; rules with their effective values, and allows, out.
//!
//! Nothing here reads the environment: `cli` hands over the path that it was given. A mistake in the file is an error
//! with its line, because a threshold that is silently ignored is worse than a run that does not start.

mod diagnose;
pub mod discover;
mod file;
pub mod lint;
mod pages;
mod value;

use std::path::Path;

use crate::rules::allow::Allow;
use crate::rules::page::{Page, Preset};
use crate::rules::registry::Registry;

pub use diagnose::ConfigError;

/// Everything that the configuration decides.
pub struct Config {
    pub registry: Registry,
    pub allows: Vec<Allow>,
    pub lint: lint::Lint,
    pub paths: Vec<lint::Paths>,
    /// The file that was read, if any.
    pub path: Option<String>,
}

impl Config {
    /// No file: every rule with its page's values.
    pub fn none(preset: Option<Preset>) -> Self {
        Self {
            registry: Registry::preset(preset.unwrap_or_default()),
            allows: Vec::new(),
            lint: lint::Lint::default(),
            paths: Vec::new(),
            path: None,
        }
    }

    /// Reads a configuration file and the pages in the folder `sqlsift.rules` beside it. A `preset` given here comes before the
    /// file's own.
    pub fn read(path: &Path, preset: Option<Preset>) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| ConfigError::unreadable(&name, &e))?;
        let folder = path.parent().unwrap_or(Path::new("")).join("sqlsift.rules");
        Self::parse(&name, &text, pages::read(&folder)?, preset)
    }

    /// As [`Config::read`], from text; `path` is for messages.
    pub fn parse(path: &str, text: &str, users: Vec<Page>, preset: Option<Preset>) -> Result<Self, ConfigError> {
        let file = file::parse(path, text, &users)?;
        let registry = Registry::new(preset.unwrap_or(file.preset), &file.overrides, users)
            .map_err(|e| ConfigError::plain(path, e.to_string()))?;
        Ok(Self { registry, allows: file.allows, lint: file.lint, paths: file.paths, path: Some(path.to_owned()) })
    }
}

#[cfg(test)]
mod tests;
