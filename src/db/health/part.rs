//! One statement in; its rows, or the reason why there are none, out.

use serde::de::DeserializeOwned;

use crate::catalog::model::ServerFacts;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::session::Limits;
use crate::db::{Row, Session};

/// Nothing but pg_catalog is found, whatever functions and operators users have made.
pub(super) const SETTINGS: &str =
    "SELECT pg_catalog.set_config('search_path', '', true), pg_catalog.set_config('jit', 'off', true)";

/// Who is asked, and what each question may take.
pub(super) struct Asker<'s> {
    pub session: &'s mut Session,
    pub limits: Limits,
}

impl Asker<'_> {
    pub fn version(&self) -> u32 {
        self.session.version
    }
}

pub(super) struct Part<'p> {
    /// A field of [`ServerFacts`], or what else the reader knows it by.
    pub name: &'p str,
    pub sql: &'p str,
}

impl Part<'_> {
    /// `None` when the statement failed; the reason is then among the facts.
    pub fn rows(&self, asker: &mut Asker<'_>, facts: &mut ServerFacts) -> Result<Option<Vec<Row>>, DbError> {
        let told = asker.session.reading(asker.limits, |reading| {
            reading.rows(SETTINGS, &[])?;
            reading.rows(self.sql, &[])
        });
        match told {
            Ok(rows) => Ok(Some(rows)),
            Err(error) => match reason(&error) {
                None => Err(error),
                Some(reason) => {
                    facts.unread.insert(self.name.to_owned(), reason);
                    Ok(None)
                }
            },
        }
    }

    /// Each row's first column, JSON, as a value.
    pub fn values<T: DeserializeOwned>(
        &self,
        asker: &mut Asker<'_>,
        facts: &mut ServerFacts,
    ) -> Result<Option<Vec<T>>, DbError> {
        let Some(rows) = self.rows(asker, facts)? else { return Ok(None) };
        let read: Result<Vec<T>, String> = rows.iter().map(|row| json(row, 0)).collect();
        Ok(read.map_err(|error| facts.unread.insert(self.name.to_owned(), error)).ok())
    }

    pub fn value<T: DeserializeOwned>(
        &self,
        asker: &mut Asker<'_>,
        facts: &mut ServerFacts,
    ) -> Result<Option<T>, DbError> {
        Ok(self.values(asker, facts)?.and_then(|values| values.into_iter().next()))
    }
}

/// A column that holds JSON.
pub(super) fn json<T: DeserializeOwned>(row: &Row, column: usize) -> Result<T, String> {
    let text: String = row.try_get(column).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| format!("the server gave what was not expected: {error}"))
}

/// Why a statement failed and what would help; `None` when there is nobody left to ask.
fn reason(error: &DbError) -> Option<String> {
    match error.kind {
        _ if error.is_final() => None,
        DbErrorKind::Denied => Some(format!("{} (GRANT pg_monitor to this role)", error.message)),
        DbErrorKind::Timeout => Some(format!("it took too long ({})", error.message)),
        _ => Some(error.message.clone()),
    }
}
