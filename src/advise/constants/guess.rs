//! A parameter inside an expression in; the constant that it most likely stands for with the reason, or why none can be told and what to do,
//! out.

use crate::catalog::access::{Scope, quote_ident, quote_table};
use crate::catalog::model::Catalog;
use crate::workload::model::Query;

use super::documents::{self, Key, Wanted};
use super::holes::{Hole, Role};
use super::{Seen, align, units};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Guess {
    /// As SQL.
    pub literal: String,
    pub why: String,
}

/// Keeps constants out of the text.
const LOST: &str = "pg_stat_statements does not keep it";
const GIVE: &str = "give a log or a query file that shows it, or fill it in";

/// `before` are the constants put into the same expression so far. `Err` is what to say to a reader; empty where nothing is to be said.
pub(super) fn guess(
    hole: &Hole<'_>,
    before: &[&str],
    query: &Query,
    scope: &Scope<'_>,
    (catalog, seen): (&Catalog, &Seen),
) -> Result<Guess, String> {
    let text = scope.text;
    let told = || defined(hole, text, catalog, seen);
    let (column, table) = (quote_ident(&hole.column.name), quote_table(&hole.name));
    let written = text.get(hole.operand.start..hole.operand.end).unwrap_or_default();
    let zoned = hole.column.type_name.contains("with time zone") || hole.column.type_name == "date";
    let plain = format!("CREATE INDEX CONCURRENTLY ON {table} ({column})");
    match &hole.role {
        Role::JsonKey | Role::JsonPath => json(hole, before, query, text, told()),
        Role::Unit if zoned => Err(format!(
            "`{written}` depends on the time zone of the session, so no index can hold it: compare the plain column with a range \
             (`{column} >= $2 AND {column} < $2 + interval '1 day'`, for whatever unit it is), and {plain}"
        )),
        Role::Unit => {
            let rows = rows_of_a_call(query).filter(|_| hole.alone);
            let fits = rows.and_then(|rows| units::unit(hole.column, hole.table, rows).map(|unit| (unit, rows)));
            Ok(match (told(), fits) {
                (Some((literal, why)), _) => Guess { literal, why },
                (None, Some((unit, rows))) => {
                    Guess { literal: format!("'{unit}'"), why: format!("{rows:.0} rows a call fit no other unit") }
                }
                (None, None) => Guess { literal: "'day'".into(), why: "it is the usual unit".into() },
            })
        }
        Role::Zone if hole.column.type_name.contains("without time zone") => Err(format!(
            "`{written}` gives a moment for a time without zone: compare the plain column with a time of that zone, and {plain}"
        )),
        Role::Zone => Ok(told().map_or_else(|| zone(catalog), |(literal, why)| Guess { literal, why })),
        Role::SearchConfig => {
            let anywhere = || align::told(&definitions(catalog, seen), "to_tsvector(", "").map(|name| found(&name));
            Ok(told().or_else(anywhere).map_or_else(|| configuration(catalog), |(literal, why)| Guess { literal, why }))
        }
        Role::Default => {
            if let Some((literal, why)) = told() {
                return Ok(Guess { literal, why });
            }
            let literal = match hole.column.type_name.split('(').next().unwrap_or_default() {
                "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" => "0",
                "text" | "character varying" | "character" | "citext" => "''",
                "boolean" => "false",
                _ => {
                    return Err(format!(
                        "the value that `{written}` takes for NULL is not known ({LOST}): write `({column} = $2 OR {column} IS NULL AND …)` \
                         over the plain column, and {plain}; or {GIVE}"
                    ));
                }
            };
            Ok(Guess {
                literal: literal.into(),
                why: format!("it is the usual value for NULL in a {}", hole.column.type_name),
            })
        }
        Role::Field => Err(format!(
            "which field `{written}` takes is not known ({LOST}): a year is a range of the plain column (`{column} >= '2025-01-01' AND {column} < \
             '2026-01-01'`), for which {plain}; for another field {GIVE}"
        )),
        Role::Moved => Err(format!(
            "`{written}` is computed for every row: move the constant to the other side of the comparison, and {plain}"
        )),
        Role::Arithmetic => Err(format!(
            "`{written}` is computed for every row, and its constant is not known ({LOST}): if it can be moved to the other side of the comparison, \
             {plain}; if not, {GIVE}: CREATE INDEX CONCURRENTLY ON {table} (({}))",
            template(written)
        )),
        Role::Similarity => Err(format!(
            "`{written}` in a condition is answered by no index: write `{column} % $1` (the threshold is pg_trgm.similarity_threshold), and CREATE \
             INDEX CONCURRENTLY ON {table} USING gin ({column} gin_trgm_ops)"
        )),
        Role::Beginning => Err(format!(
            "`{written}` looks for a beginning: write `{column} LIKE 'beginning%'`, and CREATE INDEX CONCURRENTLY ON {table} ({column} \
             text_pattern_ops)"
        )),
        Role::Other => match told() {
            Some((literal, why)) => Ok(Guess { literal, why }),
            None => Err(format!(
                "a constant inside `{written}` is not known ({LOST}): {GIVE}: CREATE INDEX CONCURRENTLY ON {table} (({}))",
                template(written)
            )),
        },
        Role::Pattern => Err(String::new()),
    }
}

fn json(
    hole: &Hole<'_>,
    before: &[&str],
    query: &Query,
    text: &str,
    told: Option<(String, String)>,
) -> Result<Guess, String> {
    if let Some((literal, why)) = told {
        return Ok(Guess { literal, why });
    }
    let (start, end) = (hole.operand.start, hole.operand.end);
    let behind = text.get(hole.at.end..end).unwrap_or_default();
    let deeper = behind.trim_start().starts_with("->");
    let cast = ["::int", "::bigint", "::numeric", "::float", "::double", "::smallint", "::real"]
        .iter()
        .any(|cast| behind.replace(' ', "").contains(cast));
    let wanted = if deeper {
        Wanted::Object
    } else if cast {
        Wanted::Number
    } else {
        Wanted::Value
    };
    let path: Vec<String> = before.iter().map(|literal| literal.trim_matches('\'').to_owned()).collect();
    let rows = rows_of_a_call(query).filter(|_| hole.alone && !deeper);
    let column = &hole.column.name;
    let sketch = template(text.get(start..end).unwrap_or_default());
    let create = format!("CREATE INDEX CONCURRENTLY ON {} (({sketch}))", quote_table(&hole.name));
    match documents::key(hole.column, hole.table, &path, wanted, rows) {
        Key::Likely(key) => {
            let quoted = key.replace('\'', "''");
            let literal = if hole.role == Role::JsonPath { format!("'{{{quoted}}}'") } else { format!("'{quoted}'") };
            let why = match rows {
                Some(rows) => {
                    format!("of the keys that the statistics of {column} show, it fits {rows:.0} rows a call")
                }
                None => format!("of the keys that the statistics of {column} show, it tells rows apart best"),
            };
            Ok(Guess { literal, why })
        }
        Key::Several(keys) => Err(format!(
            "which key of {column} it asks for is not known ({LOST}), and it could be {}: {GIVE}: {create}",
            listed(&keys)
        )),
        Key::Unknown => Err(format!("which key of {column} it asks for is not known ({LOST}): {GIVE}: {create}")),
    }
}

fn listed(keys: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = keys.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    if keys.len() > SHOWN { format!("{shown} or one of {} more", keys.len() - SHOWN) } else { shown }
}

/// `meta ->> $1` as `meta ->> 'KEY'`: to be filled in by hand.
fn template(expression: &str) -> String {
    use crate::sql::lexer::{Lexer, TokenKind};
    let (mut out, mut at) = (String::new(), 0);
    for token in Lexer::new(expression.as_bytes()).filter(|token| token.kind == TokenKind::Parameter) {
        out.push_str(&expression[at..token.start]);
        out.push_str("'…'");
        at = token.end;
    }
    out + &expression[at..]
}

/// What an index, a view or a function has in the same place.
fn defined(hole: &Hole<'_>, text: &str, catalog: &Catalog, seen: &Seen) -> Option<(String, String)> {
    let before = unqualified(text.get(hole.operand.start..hole.at.start)?);
    let behind = text.get(hole.at.end..hole.operand.end)?;
    // What comes after further parameters is not to be found as it is.
    let behind = unqualified(behind.split('$').next()?.split("::").next()?);
    align::told(&definitions(catalog, seen), &before, &behind).map(|value| found(&value))
}

/// `o.meta` as `meta`: a definition has names of its own.
fn unqualified(expression: &str) -> String {
    match expression.rfind('.') {
        Some(dot) => {
            let word = |c: char| c.is_alphanumeric() || c == '_';
            let start = expression[..dot].trim_end_matches(word);
            format!("{start}{}", &expression[dot + 1..])
        }
        None => expression.to_owned(),
    }
}

fn found(value: &str) -> (String, String) {
    (format!("'{value}'"), "an index, a view or a function of the database has it in the same place".to_owned())
}

fn definitions<'c>(catalog: &'c Catalog, seen: &'c Seen) -> Vec<&'c str> {
    let indexes = catalog.tables.values().flat_map(|table| &table.indexes).flat_map(|index| &index.keys);
    let keys = indexes.filter(|key| key.expression).map(|key| key.text.as_str());
    let columns = catalog.tables.values().flat_map(|table| &table.columns).filter(|column| column.generated);
    let generated = columns.filter_map(|column| column.default.as_deref());
    keys.chain(generated).chain(seen.definitions.iter().map(String::as_str)).collect()
}

/// A whole number of calls gave so many rows each, on average.
fn rows_of_a_call(query: &Query) -> Option<f64> {
    query.rows.filter(|_| query.calls > 0).map(|rows| rows as f64 / query.calls as f64)
}

fn zone(catalog: &Catalog) -> Guess {
    let utc =
        |zone: &str| matches!(zone, "UTC" | "Etc/UTC" | "GMT" | "Etc/GMT" | "Universal" | "Zulu" | "Etc/UCT" | "UCT");
    match catalog.settings.get("TimeZone") {
        Some(zone) if !utc(zone) && !zone.is_empty() => {
            Guess { literal: format!("'{}'", zone.replace('\'', "''")), why: "it is the server's TimeZone".into() }
        }
        Some(_) => Guess { literal: "'UTC'".into(), why: "it is the server's TimeZone".into() },
        None => Guess { literal: "'UTC'".into(), why: "it is the usual zone".into() },
    }
}

fn configuration(catalog: &Catalog) -> Guess {
    let set = catalog.settings.get("default_text_search_config").map(|name| name.trim_start_matches("pg_catalog."));
    match set {
        // What initdb sets where the locale tells no language.
        None | Some("simple" | "") => {
            Guess { literal: "'english'".into(), why: "it is the usual text search configuration".into() }
        }
        Some(name) => Guess {
            literal: format!("'{}'", name.replace('\'', "''")),
            why: "it is the server's default_text_search_config".into(),
        },
    }
}
