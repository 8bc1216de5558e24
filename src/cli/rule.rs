//! `sqlsift rule list|show|new`: the rule pages, the same text that stands in `rules/`.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use super::args::Rule;
use super::failure::Failure;
use super::{Ending, output};
use crate::report::model::Severity;
use crate::rules::page::Preset;
use crate::rules::registry::{ENTRIES, pages};
use crate::rules::scaffold::{ScaffoldError, scaffold, user_page};

pub fn run(command: &Rule) -> Result<Ending, Failure> {
    match command {
        Rule::List => output::print(&list())?,
        Rule::Show { id } => output::print(&show(id)?)?,
        Rule::New { id } => output::print(&new(id, Path::new("."))?)?,
    }
    Ok(Ending::Clean)
}

fn list() -> String {
    let width = pages().iter().map(|p| p.id.len()).max().unwrap_or_default();
    let line = |page: &crate::rules::page::Page| {
        let severity = match page.severity {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        let preset = match page.preset {
            Preset::Default => "on",
            Preset::Strict => "strict",
            Preset::All => "all",
        };
        format!("{:<width$}  {severity:<7}  {preset:<6}  {}\n", page.id, page.summary)
    };
    pages().iter().map(line).collect()
}

fn show(id: &str) -> Result<String, Failure> {
    let wanted = id.replace('-', "_");
    let by_name = |entry: &&crate::rules::registry::Entry| {
        entry.id == wanted || entry.id.split_once('/').is_some_and(|(_, name)| name == wanted)
    };
    if let Some(entry) = ENTRIES.iter().find(by_name) {
        return Ok(entry.page.to_string());
    }
    let alias = pages().iter().position(|page| page.aliases.iter().any(|alias| alias == id));
    match alias {
        Some(index) => Ok(ENTRIES[index].page.to_string()),
        None => Err(Failure::new(format!("there is no rule {id:?}"), "sqlsift rule list names them all")),
    }
}

/// Writes the two files below `root`, which must be a checkout of sqlsift.
fn new(id: &str, root: &Path) -> Result<String, Failure> {
    if let Some(name) = id.strip_prefix("user/") {
        return new_of_the_user(name, root);
    }
    let new = scaffold(id).map_err(|e| {
        let next = match e {
            ScaffoldError::Exists(_) => "sqlsift rule show prints its page",
            ScaffoldError::Name(_) | ScaffoldError::Group(_) => "sqlsift rule new query/my_rule",
        };
        Failure::new(e.to_string(), next)
    })?;
    if !root.join("src/rules").is_dir() {
        return Err(Failure::new(
            "a new rule is two files in the source of sqlsift, and this folder is not its checkout",
            "sqlsift rule new user/my_rule makes a rule of your own, which needs no code",
        ));
    }
    for (path, text) in [(&new.page_path, &new.page), (&new.code_path, &new.code)] {
        create(&root.join(path), text)?;
    }
    let group = new.page_path.split('/').nth(1).unwrap_or_default();
    Ok(format!(
        "wrote {}\nwrote {}\nadd to src/rules/list.rs, in order:  {}\nadd to src/rules/{group}/mod.rs:  {}\n",
        new.page_path, new.code_path, new.registry_line, new.module_line,
    ))
}

/// A page with a `[match]` table beside `sqlsift.toml`, which must be there for the page to be found.
fn new_of_the_user(name: &str, root: &Path) -> Result<String, Failure> {
    if name.is_empty() || name.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-') {
        return Err(Failure::new(format!("`user/{name}` is no rule name"), "sqlsift rule new user/my_rule"));
    }
    let (path, page) = user_page(name);
    let folder = root.join("sqlsift.rules");
    std::fs::create_dir_all(&folder).map_err(|e| Failure::writing(&folder.display().to_string(), &e))?;
    create(&root.join(&path), &page)?;
    let toml = root.join("sqlsift.toml");
    let config = if toml.exists() { "" } else { "make a file sqlsift.toml beside the folder, so that it is found\n" };
    Ok(format!("wrote {path}\n{config}"))
}

fn create(path: &Path, text: &str) -> Result<(), Failure> {
    let name = path.display().to_string();
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(|e| {
        Failure::new(format!("cannot create {name}: {e}"), "an existing file is never overwritten: remove or rename it")
    })?;
    file.write_all(text.as_bytes()).map_err(|e| Failure::writing(&name, &e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_found_by_id_name_and_other_spelling() {
        for id in ["query/deep_offset", "deep_offset", "deep-offset", "query/deep-offset"] {
            assert!(show(id).unwrap().contains("# "), "{id}");
        }
        assert!(show("query/nothing").is_err());
    }

    #[test]
    fn a_new_rule_of_the_users_own_is_one_that_is_read() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("sqlsift.toml"), "").unwrap();
        new("user/no_audit_scan", root.path()).unwrap();
        let config = crate::config::Config::read(&root.path().join("sqlsift.toml"), None).unwrap();
        assert!(config.registry.get("user/no_audit_scan").is_some());
        assert!(new("user/no_audit_scan", root.path()).is_err());
        assert!(new("user/../x", root.path()).is_err());
    }

    #[test]
    fn every_rule_is_listed_on_one_line() {
        assert_eq!(list().lines().count(), ENTRIES.len());
    }

    #[test]
    fn a_new_rule_is_only_written_into_a_checkout() {
        let folder = tempfile::tempdir().unwrap();
        assert!(new("query/too_clever", folder.path()).is_err());
        for sub in ["rules/query", "src/rules/query"] {
            std::fs::create_dir_all(folder.path().join(sub)).unwrap();
        }
        let told = new("query/too_clever", folder.path()).unwrap();
        assert!(told.contains("rules/query/too_clever.md"), "{told}");
        assert!(folder.path().join("src/rules/query/too_clever.rs").is_file());
        assert!(new("query/too_clever", folder.path()).is_err(), "a second time must not overwrite");
    }
}
