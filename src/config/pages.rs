//! The folder `sqlsift.rules` in, the rule pages that a user wrote out.

use std::path::Path;

use crate::rules::page::Page;

use super::diagnose::ConfigError;

/// Every `*.md` of the folder in name order, as the rules `user/<name>`; none when there is no such folder.
pub fn read(folder: &Path) -> Result<Vec<Page>, ConfigError> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    paths.iter().map(|path| one(path)).collect()
}

fn one(path: &Path) -> Result<Page, ConfigError> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|e| ConfigError::unreadable(&name, &e))?;
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let page = Page::parse(&format!("user/{stem}"), &name, &text).map_err(|e| ConfigError::plain(&name, e.message))?;
    if page.matching.is_none() {
        return Err(ConfigError::plain(&name, "a rule page of your own needs a [match] table"));
    }
    if !page.options.is_empty() {
        return Err(ConfigError::plain(&name, "a rule page of your own has no [options]: put the values into [match]"));
    }
    Ok(page)
}
