//! The name of a service in; its parameters out of the service file (libpq-pgservice; libpq: `parseServiceInfo`).

use std::path::{Path, PathBuf};

use super::conninfo::Surroundings;
use super::error::DbError;

/// A service that was found.
pub struct Service {
    pub path: PathBuf,
    pub values: Vec<(String, String)>,
}

/// Where packages look when PGSYSCONFDIR is not set: Debian, Red Hat, Postgres's own default.
const SYSTEM: [&str; 3] = ["/etc/postgresql-common", "/etc", "/usr/local/pgsql/etc"];

/// Looks in `file`, else in `~/.pg_service.conf`, then in the system's.
///
/// # Errors
/// No file holds the service, or one cannot be read; no message repeats a value.
pub fn find(name: &str, file: Option<PathBuf>, around: &Surroundings) -> Result<Service, DbError> {
    let mut paths = Vec::new();
    let named = file.is_some();
    paths.extend(file.or_else(|| around.home.as_deref().map(|home| home.join(".pg_service.conf"))));
    match around.variables.get("PGSYSCONFDIR") {
        Some(folder) => paths.push(Path::new(folder).join("pg_service.conf")),
        None => paths.extend(SYSTEM.iter().map(|folder| Path::new(folder).join("pg_service.conf"))),
    }
    for (index, path) in paths.iter().enumerate() {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if named && index == 0 => {
                return Err(DbError::settings(format!("service file {}: {error}", path.display())));
            }
            Err(_) => continue,
        };
        if let Some(values) = section(&text, name).map_err(|line| {
            DbError::settings(format!("service file {}, line {line}: neither name=value nor a comment", path.display()))
        })? {
            return Ok(Service { path: path.clone(), values });
        }
    }
    let looked: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    Err(DbError::settings(format!("no service {name:?} in {}", looked.join(", "))))
}

/// The pairs below `[name]`; `Err` with the number of a line of that section that cannot be read.
fn section(text: &str, name: &str) -> Result<Option<Vec<(String, String)>>, usize> {
    let mut found: Option<Vec<(String, String)>> = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            if found.is_some() {
                break;
            }
            found = (section == name).then(Vec::new);
            continue;
        }
        let Some(values) = &mut found else { continue };
        let (key, value) = line.split_once('=').ok_or(index + 1)?;
        if key.trim() == "service" {
            return Err(index + 1);
        }
        values.push((key.trim().to_owned(), value.to_owned()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_section_of_the_name() {
        let text = "# all\n[a]\nhost=one\n\n[b]\n host = two \nport=5433\n# x\nuser=\n[c]\nnonsense\n";
        let of = |name| section(text, name).unwrap().unwrap();
        assert_eq!(of("a"), [("host".into(), "one".into())]);
        assert_eq!(of("b").len(), 3);
        assert_eq!(section(text, "d"), Ok(None));
        assert_eq!(section(text, "c"), Err(11));
    }

    #[test]
    fn a_service_that_is_nowhere_says_where_it_was_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let around = Surroundings { home: Some(folder.path().into()), ..Surroundings::default() };
        let error = find("shop", None, &around).err().unwrap();
        assert!(error.message.contains("\"shop\"") && error.message.contains(".pg_service.conf"), "{error}");
        std::fs::write(folder.path().join(".pg_service.conf"), "[shop]\npassword=s3cret\n").unwrap();
        assert_eq!(find("shop", None, &around).unwrap().values, [("password".into(), "s3cret".into())]);
    }
}
