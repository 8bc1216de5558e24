//! A session in; the catalog of its database as [`Catalog`] out, with what could not be read said in words.
//!
//! A dozen set-based queries (the `.sql` files beside), each in a transaction of its own so that none is long. They run
//! with an empty search_path: nothing but pg_catalog is found, whatever functions and operators users have made, and
//! names are printed alike for every role ([`spelling`] then takes `public` off, as DDL writes it).

mod assemble;
mod spelling;

use crate::catalog::model::Catalog;

use super::error::DbError;
use super::session::{Limits, Param, Row, Session};

/// A catalog of 100,000 columns takes seconds; a query that takes longer than this is given up.
const LIMITS: Limits = Limits { statement_ms: 60_000, lock_ms: 500 };

/// Once more, when a table was locked between the question who holds locks and the question itself.
const ATTEMPTS: usize = 3;

/// `lock_not_available`.
const LOCKED: &str = "55P03";

/// The catalog, and what is missing from it.
#[derive(Debug, Default)]
pub struct CatalogRead {
    pub catalog: Catalog,
    /// Sentences: what was not read, why, and what to do about it.
    pub notes: Vec<String>,
}

/// Reads the whole catalog of the database that the session is connected to.
///
/// # Errors
/// If the server cannot say which tables and columns there are; anything else that is missing is a note.
pub fn read(session: &mut Session) -> Result<CatalogRead, DbError> {
    let told = session.reading(LIMITS, |reading| reading.rows(include_str!("facts.sql"), &[]))?;
    let mut builder = assemble::Builder::new(told.first())?;
    let mut asker = Asker { session, notes: Vec::new() };
    builder.relations(&asker.ask(include_str!("relations.sql"))?)?;
    builder.columns(&asker.ask(include_str!("columns.sql"))?)?;
    let distinct = if asker.session.version >= 150_000 { "i.indnullsnotdistinct" } else { "false" };
    let indexes = include_str!("indexes.sql").replace("{nulls_not_distinct}", distinct);
    let mut piece = |what: &str, sql: &str, take: &mut dyn FnMut(&[Row]) -> Result<(), DbError>| {
        let rows = asker.ask(sql);
        asker.settle(what, rows.and_then(|rows| take(&rows)))
    };
    piece("constraints", include_str!("constraints.sql"), &mut |rows| builder.constraints(rows))?;
    piece("indexes", &indexes, &mut |rows| builder.indexes(rows))?;
    piece("partitions and inheritance", include_str!("parents.sql"), &mut |rows| builder.parents(rows))?;
    piece("what views read", include_str!("reads.sql"), &mut |rows| builder.reads(rows))?;
    piece("policies", include_str!("policies.sql"), &mut |rows| builder.policies(rows))?;
    piece("types", include_str!("types.sql"), &mut |rows| builder.types(rows))?;
    piece("functions", include_str!("routines.sql"), &mut |rows| builder.routines(rows))?;
    piece("sequences", include_str!("sequences.sql"), &mut |rows| builder.sequences(rows))?;
    piece("sizes of tables", include_str!("sizes.sql"), &mut |rows| builder.sizes(rows))?;
    piece("sizes of indexes", include_str!("index_sizes.sql"), &mut |rows| builder.index_sizes(rows))?;
    piece("counters of tables", include_str!("counters.sql"), &mut |rows| builder.counters(rows))?;
    piece("column statistics", include_str!("statistics.sql"), &mut |rows| builder.statistics(rows))?;
    let mut hidden = None;
    piece("rights to column statistics", include_str!("hidden.sql"), &mut |rows| {
        hidden = rights_note(rows)?;
        Ok(())
    })?;
    let mut notes = asker.notes;
    notes.extend(hidden);
    Ok(CatalogRead { catalog: builder.finish(), notes })
}

struct Asker<'s> {
    session: &'s mut Session,
    notes: Vec<String>,
}

impl Asker<'_> {
    /// The rows of one of the queries. `$1` in it stands for the relations that are locked.
    fn ask(&mut self, sql: &str) -> Result<Vec<Row>, DbError> {
        let mut attempt = 1;
        loop {
            let told = self.session.reading(LIMITS, |reading| {
                reading.rows("SELECT pg_catalog.set_config('search_path', '', true)", &[])?;
                if !sql.contains("$1") {
                    return Ok((reading.rows(sql, &[])?, String::new()));
                }
                let busy = reading.rows(include_str!("busy.sql"), &[])?;
                let busy: String = busy.first().map_or(Ok("{}".into()), |row| row.try_get(0))?;
                Ok((reading.rows(sql, &[Param::Text(busy.clone())])?, busy))
            });
            match told {
                Ok((rows, busy)) => {
                    self.note_busy(&busy);
                    return Ok(rows);
                }
                Err(error) if error.sqlstate.as_deref() == Some(LOCKED) && attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    fn note_busy(&mut self, busy: &str) {
        let count = busy.trim_matches(['{', '}']).split(',').filter(|oid| !oid.is_empty()).count();
        if count == 0 {
            return;
        }
        let note = "tables were locked (ACCESS EXCLUSIVE) while the catalog was read: sizes, defaults, checks and \
                    index expressions of those are missing; run again when the ALTER, VACUUM FULL or REINDEX is over";
        if !self.notes.iter().any(|said| said == note) {
            self.notes.push(note.to_owned());
        }
    }

    /// What one query was to say may be missing; a server that is gone ends the reading.
    fn settle(&mut self, what: &str, result: Result<(), DbError>) -> Result<(), DbError> {
        use super::error::DbErrorKind::{Cut, Stopped};
        match result {
            Err(error) if !matches!(error.kind, Cut | Stopped) => {
                self.notes.push(format!("{what} were not read from the server: {error}"));
                Ok(())
            }
            other => other,
        }
    }
}

fn rights_note(rows: &[Row]) -> Result<Option<String>, DbError> {
    let Some(row) = rows.first() else { return Ok(None) };
    let (count, one): (i64, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    Ok(one.filter(|_| count > 0).map(|one| {
        format!(
            "statistics of the columns of {count} tables ({one}, …) are hidden from this role: selectivities are not \
             known there; GRANT pg_read_all_data (14 and later), or SELECT on the tables"
        )
    }))
}
