//! A row of `pg_stat_statements` in; an entry with the columns that its version has out.

use serde::Deserialize;

use crate::catalog::snapshot::ObservedQuery;
use crate::db::error::{DbError, DbErrorKind};
use crate::db::session::{MARK, Row};
use crate::sql::lexer::{Lexer, TokenKind};
use crate::sql::{Scratch, normalize, scan};

/// What the server shows instead of the texts of other roles.
const HIDDEN: &str = "<insufficient privilege>";

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Entry {
    #[serde(skip)]
    pub text: Option<String>,
    #[serde(skip)]
    pub user: Option<String>,
    pub queryid: Option<i64>,
    #[serde(default = "yes")]
    pub toplevel: bool,
    pub calls: u64,
    /// It was total_time until 1.7.
    #[serde(alias = "total_time", rename = "total_exec_time")]
    pub total_ms: f64,
    #[serde(alias = "min_time", rename = "min_exec_time")]
    pub min_ms: Option<f64>,
    #[serde(alias = "max_time", rename = "max_exec_time")]
    pub max_ms: Option<f64>,
    #[serde(alias = "mean_time", rename = "mean_exec_time")]
    pub mean_ms: Option<f64>,
    #[serde(alias = "stddev_time", rename = "stddev_exec_time")]
    pub stddev_ms: Option<f64>,
    #[serde(rename = "total_plan_time")]
    pub plan_ms: f64,
    pub rows: u64,
    #[serde(rename = "shared_blks_hit")]
    pub blocks_hit: u64,
    #[serde(rename = "shared_blks_read")]
    pub blocks_read: u64,
    #[serde(rename = "temp_blks_written")]
    pub temp_blocks_written: u64,
    pub wal_bytes: f64,
    pub jit_functions: u64,
    pub jit_generation_time: f64,
    pub jit_inlining_time: f64,
    pub jit_optimization_time: f64,
    pub jit_emission_time: f64,
    /// Of the entry (1.11 and later), as the server prints it.
    pub stats_since: Option<String>,
}

fn yes() -> bool {
    true
}

impl Entry {
    /// `None` for what sqlsift itself sent, and for what was planned and never run.
    pub fn of(row: &Row) -> Result<Option<Entry>, DbError> {
        let text: Option<String> = row.try_get(0)?;
        let told: &str = row.try_get(2)?;
        let entry: Entry = serde_json::from_str(told).map_err(|error| DbError {
            kind: DbErrorKind::Refused,
            message: format!("pg_stat_statements is not as expected: {error}"),
            sqlstate: None,
        })?;
        let own = text.as_deref().is_some_and(|text| text.contains(MARK));
        Ok((entry.calls > 0 && !own).then_some(Entry { text, user: row.try_get(1)?, ..entry }))
    }

    pub fn is_hidden(&self) -> bool {
        self.text.as_deref() == Some(HIDDEN)
    }

    fn jit_ms(&self) -> f64 {
        self.jit_generation_time + self.jit_inlining_time + self.jit_optimization_time + self.jit_emission_time
    }

    fn query(self) -> Option<ObservedQuery> {
        let hidden = self.is_hidden();
        let jit_ms = self.jit_ms();
        let text = self.text.filter(|text| !hidden && !text.trim().is_empty())?;
        Some(ObservedQuery {
            text: without_literals(&text),
            calls: self.calls,
            total_ms: rounded(self.total_ms),
            query_id: self.queryid,
            user: self.user,
            nested: !self.toplevel,
            rows: Some(self.rows),
            blocks_hit: Some(self.blocks_hit),
            blocks_read: Some(self.blocks_read),
            temp_blocks_written: Some(self.temp_blocks_written),
            min_ms: self.min_ms.map(rounded),
            max_ms: self.max_ms.map(rounded),
            mean_ms: self.mean_ms.map(rounded),
            stddev_ms: self.stddev_ms.map(rounded),
            plan_ms: Some(rounded(self.plan_ms)).filter(|ms| *ms > 0.0),
            jit_ms: Some(rounded(jit_ms)).filter(|ms| *ms > 0.0),
            wal_bytes: Some(self.wal_bytes as u64).filter(|bytes| *bytes > 0),
        })
    }
}

/// Those whose text is known, by text, then role: the order of the extension's hash table means nothing.
pub fn queries(entries: Vec<Entry>) -> Vec<ObservedQuery> {
    let mut queries: Vec<ObservedQuery> = entries.into_iter().filter_map(Entry::query).collect();
    queries.sort_by(|a, b| {
        (b.calls, &a.text, &a.user, a.nested, a.query_id).cmp(&(a.calls, &b.text, &b.user, b.nested, b.query_id))
    });
    queries
}

/// Microseconds are as fine as anything is told, and survive a file.
fn rounded(ms: f64) -> f64 {
    (ms * 1e3).round() / 1e3
}

/// The extension puts `$1` for constants, but not in utility statements, and not in a text that it stores after the entry was thrown
/// out while the statement ran (`pgss_store` without a jumble state). Comments go too: applications put values there.
fn without_literals(text: &str) -> String {
    let (mut strings, mut numbers, mut parameters) = (false, false, false);
    let mut bare = String::with_capacity(text.len());
    let mut copied = 0;
    for token in Lexer::new(text.as_bytes()) {
        match token.kind {
            TokenKind::String => strings = true,
            TokenKind::Number => numbers = true,
            TokenKind::Parameter | TokenKind::Placeholder => parameters = true,
            TokenKind::Comment => {
                bare.push_str(text.get(copied..token.start).unwrap_or_default());
                bare.push(' ');
                copied = token.end;
            }
            _ => {}
        }
    }
    bare.push_str(text.get(copied..).unwrap_or_default());
    let query = || scan(text.as_bytes(), &mut Scratch::default()).verb.is_query();
    match strings || (numbers && !(parameters && query())) {
        true => normalize(text.as_bytes()),
        false => bare.trim_matches([' ', '\n', '\r', '\t', ';']).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_literal_and_no_comment_is_kept() {
        for (text, kept) in [
            ("SELECT a /* user=ada */ FROM t WHERE b = $1;", "SELECT a   FROM t WHERE b = $1"),
            (
                "SELECT a, count(*) FROM t WHERE b = $1 GROUP BY 1 LIMIT $2",
                "SELECT a, count(*) FROM t WHERE b = $1 GROUP BY 1 LIMIT $2",
            ),
            ("SELECT a FROM t WHERE b = 'Ada' AND c = 7", "SELECT a FROM t WHERE b = ? AND c = ?"),
            ("ALTER ROLE ada PASSWORD 'secret'", "ALTER ROLE ada PASSWORD ?"),
        ] {
            let told = without_literals(text);
            assert!(told.eq_ignore_ascii_case(kept), "{told}");
        }
    }
}
