//! The string, the service and the variables laid over each other; a parameter's name in, its value out.

use std::collections::BTreeMap;

use super::super::error::DbError;
use super::super::service;
use super::params::{self, Named, PARAMS, Use};
use super::{Surroundings, keyvalue, url};

/// Holds passwords, so it has no debug output.
pub struct Layers {
    values: BTreeMap<&'static str, String>,
    pub warnings: Vec<String>,
}

impl Layers {
    pub fn new(dsn: &str, around: &Surroundings) -> Result<Self, DbError> {
        let mut layers = Layers { values: BTreeMap::new(), warnings: Vec::new() };
        layers.lay(parse(dsn)?, "")?;
        let variable = |name: &str| around.variables.get(name).filter(|value| !value.is_empty());
        let service = layers.get("service").or(variable("PGSERVICE").map(String::as_str)).map(str::to_owned);
        if let Some(service) = service {
            let file = layers.get("servicefile").or(variable("PGSERVICEFILE").map(String::as_str)).map(Into::into);
            let found = service::find(&service, file, around)?;
            layers.lay(found.values, &format!("{}: ", found.path.display()))?;
        }
        for param in PARAMS {
            let Some(value) = param.variable.and_then(variable) else { continue };
            let name = param.variable.unwrap_or_default();
            layers.lay(vec![(param.name.to_owned(), value.clone())], &format!("{name}: "))?;
        }
        Ok(layers)
    }

    /// What is set already stays; within one layer the last of a name counts, as in libpq.
    fn lay(&mut self, pairs: Vec<(String, String)>, place: &str) -> Result<(), DbError> {
        let mut layer = BTreeMap::new();
        for (name, value) in pairs {
            let told = |mut error: DbError| {
                error.message = format!("{place}{}", error.message);
                error
            };
            let param = match params::named(&name).map_err(told)? {
                Named::Known(param) => param,
                Named::Foreign => {
                    self.warnings
                        .push(format!("{place}the parameter {name} is another client's: it has no effect here"));
                    continue;
                }
            };
            match param.becomes {
                Use::Used => {
                    layer.insert(param.name, value);
                }
                Use::Idle => {}
                Use::Beyond(harmless) if value.is_empty() || harmless.contains(&value.as_str()) => {}
                Use::Beyond(_) => {
                    return Err(DbError::settings(format!(
                        "{place}sqlsift does not support `{}`: leave it out",
                        param.name
                    )));
                }
            }
        }
        for (name, value) in layer {
            self.values.entry(name).or_insert(value);
        }
        Ok(())
    }

    /// An empty value is none, as in libpq.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub fn whole(&self, name: &str) -> Result<Option<i64>, DbError> {
        let number = |text: &str| {
            text.trim().parse().map_err(|_| DbError::settings(format!("{name} is a whole number, and not {text:?}")))
        };
        self.get(name).map(number).transpose()
    }

    /// Zero is the system's default, as in libpq.
    pub fn span(
        &self,
        name: &str,
        unit: fn(u64) -> std::time::Duration,
    ) -> Result<Option<std::time::Duration>, DbError> {
        Ok(self.whole(name)?.filter(|count| *count > 0).map(|count| unit(count as u64)))
    }

    pub fn one_of<T: Copy>(&self, name: &str, known: &[(&str, T)], default: T) -> Result<T, DbError> {
        let Some(text) = self.get(name) else { return Ok(default) };
        known.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, value)| *value).ok_or_else(|| {
            let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
            DbError::settings(format!("{name} is one of {}, and not {text:?}", words.join(", ")))
        })
    }
}

/// A URL, words with `=`, or the name of a database alone, as psql takes it.
fn parse(dsn: &str) -> Result<Vec<(String, String)>, DbError> {
    let dsn = dsn.trim();
    if let Some(body) = url::body(dsn) {
        return url::parse(body);
    }
    if let Some((scheme, _)) = dsn.split_once("://").filter(|(scheme, _)| !scheme.contains(['=', ' '])) {
        let ours = ["postgres", "postgresql", "jdbc:postgresql"].iter().any(|known| {
            scheme.eq_ignore_ascii_case(known) || scheme.strip_prefix(known).is_some_and(|rest| rest.starts_with('+'))
        });
        let next =
            if ours { "write postgres:// instead" } else { "sqlsift reads Postgres: postgres://user@host/database" };
        return Err(DbError::settings(format!("the URL does not begin with postgres:// or postgresql://; {next}")));
    }
    if dsn.is_empty() || dsn.contains('=') {
        return keyvalue::parse(dsn);
    }
    if dsn.contains(char::is_whitespace) {
        return Err(DbError::settings("neither a URL nor name=value pairs nor the name of a database".into()));
    }
    Ok(vec![("dbname".into(), dsn.to_owned())])
}
