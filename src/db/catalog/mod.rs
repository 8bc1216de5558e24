//! A session in; the catalog of its database as [`Catalog`] out, with what could not be read said in words. Counters and
//! what the server says of itself come from [`super::health`].
//!
//! Set-based queries (the `.sql` files beside), each in a transaction of its own so that none is long, those that grow with the
//! number of tables in pieces of [`PIECE`] tables. They run with an empty search_path: nothing but pg_catalog is found, whatever functions
//! and operators users have made, and names are printed alike for every role ([`spelling`] then takes `public` off, as DDL
//! writes it).

mod assemble;
pub mod paths;
mod spelling;

use crate::catalog::model::Catalog;

use super::error::DbError;
use super::rights::HiddenTables;
use super::session::{Limits, Param, Row, Session};
use assemble::Builder;

/// A catalog of 100,000 columns takes seconds; a query that takes longer than this is given up.
const LIMITS: Limits = Limits { statement_ms: 60_000, lock_ms: 500 };

/// Tables in one question.
const PIECE: usize = 2000;

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
    pub hidden: Option<HiddenTables>,
}

/// Nothing but pg_catalog is found; no time is lost on compiling, and no worker taken, for questions of milliseconds.
const SETTINGS: &str = "SELECT pg_catalog.set_config('search_path', '', true), pg_catalog.set_config('jit', 'off', true), \
                        pg_catalog.set_config('max_parallel_workers_per_gather', '0', true)";

/// What a query takes as parameters.
#[derive(Clone, Copy)]
enum Wants {
    Nothing,
    /// `$1`: oids of relations that are locked.
    Locked,
    /// `$1` as above, `$2`: oids of the tables of a piece.
    Tables,
    /// `$1`: names of the tables of a piece.
    Names,
}

/// What takes the rows of a query.
type Take = fn(&mut Builder, &[Row]) -> Result<(), DbError>;

/// What is missing if it fails, the query, and where its rows go.
type Part = (&'static str, &'static str, Wants, Take);

/// Without these nothing can be said: a table without its keys and indexes would be blamed for lacking them.
const RELATIONS: Part = ("tables", include_str!("relations.sql"), Wants::Locked, Builder::relations);
const STRUCTURE: [Part; 3] = [
    ("columns", include_str!("columns.sql"), Wants::Tables, Builder::columns),
    ("constraints", include_str!("constraints.sql"), Wants::Tables, Builder::constraints),
    ("indexes", include_str!("indexes.sql"), Wants::Tables, Builder::indexes),
];

/// Once for every piece.
const FIGURES: [Part; 3] = [
    ("sizes of tables", include_str!("sizes.sql"), Wants::Tables, Builder::sizes),
    ("sizes of indexes", include_str!("index_sizes.sql"), Wants::Tables, Builder::index_sizes),
    ("column statistics", include_str!("statistics.sql"), Wants::Names, Builder::statistics),
];

/// Once for the database.
const WHOLE: [Part; 10] = [
    ("partitions and inheritance", include_str!("parents.sql"), Wants::Nothing, Builder::parents),
    ("what views read", include_str!("reads.sql"), Wants::Nothing, Builder::reads),
    ("policies", include_str!("policies.sql"), Wants::Locked, Builder::policies),
    ("types", include_str!("types.sql"), Wants::Nothing, Builder::types),
    ("functions", include_str!("routines.sql"), Wants::Nothing, Builder::routines),
    ("sequences", include_str!("sequences.sql"), Wants::Nothing, Builder::sequences),
    ("search paths of roles", include_str!("search_paths.sql"), Wants::Nothing, Builder::search_paths),
    ("extended statistics", include_str!("extended.sql"), Wants::Locked, Builder::extended),
    ("publications", include_str!("publications.sql"), Wants::Nothing, Builder::publications),
    ("rights", include_str!("hidden.sql"), Wants::Nothing, Builder::hidden),
];

/// Reads the whole catalog of the database that the session is connected to.
///
/// # Errors
/// If the server cannot say which tables, columns, constraints and indexes there are; anything else that is missing is a note.
pub fn read(session: &mut Session) -> Result<CatalogRead, DbError> {
    let told = session.reading(LIMITS, |reading| reading.rows(include_str!("facts.sql"), &[]))?;
    let mut builder = Builder::new(told.first())?;
    let mut asker = Asker { session, notes: Vec::new() };
    asker.need(RELATIONS, &Piece::default(), &mut builder)?;
    let pieces: Vec<Piece> = builder.names().chunks(PIECE).map(Piece::of).collect();
    for piece in &pieces {
        for part in STRUCTURE {
            asker.need(part, piece, &mut builder)?;
        }
    }
    let whole = Piece::default();
    let rest = WHOLE.iter().map(|part| (part, &whole));
    let rest = rest.chain(pieces.iter().flat_map(|piece| FIGURES.iter().map(move |part| (part, piece))));
    for (part, piece) in rest {
        if let Err(error) = asker.need(*part, piece, &mut builder) {
            asker.note(format!("{} were not read from the server: {error}", part.0));
            if error.is_final() {
                break;
            }
        }
    }
    let (notes, hidden) = (asker.notes, builder.hidden.take());
    Ok(CatalogRead { catalog: builder.finish(), notes, hidden })
}

/// The tables of one question.
#[derive(Default)]
struct Piece {
    /// Array of oids.
    oids: String,
    names: Vec<String>,
}

impl Piece {
    fn of(tables: &[(i64, String)]) -> Self {
        let oids: Vec<String> = tables.iter().map(|(oid, _)| oid.to_string()).collect();
        let names = tables.iter().map(|(_, name)| name.clone()).collect();
        Piece { oids: format!("{{{}}}", oids.join(",")), names }
    }
}

struct Asker<'s> {
    session: &'s mut Session,
    notes: Vec<String>,
}

impl Asker<'_> {
    /// The rows of one of the queries.
    fn ask(&mut self, sql: &str, wants: Wants, piece: &Piece) -> Result<Vec<Row>, DbError> {
        let sql = of_version(sql, self.session.version);
        let mut attempt = 1;
        loop {
            let told = self.session.reading(LIMITS, |reading| {
                reading.rows(SETTINGS, &[])?;
                let mut locked = || -> Result<String, DbError> {
                    let rows = reading.rows(include_str!("busy.sql"), &[])?;
                    Ok(rows.first().map_or(Ok("{}".to_owned()), |row| row.try_get(0))?)
                };
                let params = match wants {
                    Wants::Nothing => Vec::new(),
                    Wants::Locked => vec![Param::Text(locked()?)],
                    Wants::Tables => vec![Param::Text(locked()?), Param::Text(piece.oids.clone())],
                    Wants::Names => vec![Param::Texts(piece.names.clone())],
                };
                Ok((reading.rows(&sql, &params)?, params))
            });
            match told {
                Ok((rows, params)) => {
                    if let (Wants::Locked | Wants::Tables, Some(Param::Text(locked))) = (wants, params.first()) {
                        self.note_busy(locked);
                    }
                    return Ok(rows);
                }
                Err(error) if error.sqlstate.as_deref() == Some(LOCKED) && attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// One part into the builder.
    fn need(&mut self, (_, sql, wants, take): Part, piece: &Piece, builder: &mut Builder) -> Result<(), DbError> {
        take(builder, &self.ask(sql, wants, piece)?)
    }

    fn note_busy(&mut self, busy: &str) {
        if busy.bytes().any(|byte| byte.is_ascii_digit()) {
            self.note(
                "tables were locked (ACCESS EXCLUSIVE) while the catalog was read: their sizes, defaults, checks and index \
                 expressions may be missing; run again when the ALTER, VACUUM FULL or REINDEX is over"
                    .into(),
            );
        }
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// What a version does not have yet is left out.
fn of_version(sql: &str, version: u32) -> String {
    const SCHEMAS: &str = "coalesce((SELECT json_agg(n.nspname ORDER BY n.nspname) FROM pg_publication_namespace s \
                           JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid), '[]'::json)";
    let since = |first: u32, new: &'static str, old: &'static str| if version >= first { new } else { old };
    sql.replace("{nulls_not_distinct}", since(150_000, "i.indnullsnotdistinct", "false"))
        .replace("{expressions}", since(140_000, "pg_get_statisticsobjdef_expressions(e.oid)", "NULL::text[]"))
        .replace("{published_schemas}", since(150_000, SCHEMAS, "'[]'::json"))
}

/// Every text that [`read`] sends, in order; those of the pieces once.
pub(super) fn texts() -> Vec<&'static str> {
    let parts = [RELATIONS].into_iter().chain(STRUCTURE).chain(WHOLE).chain(FIGURES);
    let first = [include_str!("facts.sql"), SETTINGS, include_str!("busy.sql")];
    first.into_iter().chain(parts.map(|(_, sql, _, _)| sql)).collect()
}
