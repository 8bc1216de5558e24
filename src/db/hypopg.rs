//! Indexes that do not exist in; the planner's answers as if they did, out, through the extension HypoPG.
//!
//! A hypothetical index belongs to the server process and outlives a rollback. On a connection of our own the set is changed
//! by its difference from call to call, and emptied at the end; behind a pooler, where the next transaction may run
//! in another process, each call makes its set, plans and empties it in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{DbError, DbErrorKind};
use super::generic::Prepared;
use super::pipeline::{Answer, Message};
use super::planner::{Around, Depth, Planner};
use super::quote;
use super::session::Session;
use crate::advise::whatif::{IndexId, Offered, Planned, Sample, WhatIf, WhatIfError};
use crate::sql::guard::{self, Names};

mod answer;
mod hide;
pub(super) mod open;
pub(super) mod texts;

use answer::planned;
pub use open::OpenError;

/// From this many indexes at a time HypoPG's own range of object ids might not suffice (about 2,800 in 1.3.1), and real ones
/// are taken, which a standby cannot give.
const FEW: usize = 2_500;

/// Whether the connection reaches the same server process every time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// Found out to be otherwise when the process changes.
    #[default]
    Direct,
    /// A pooler that hands out a server for the length of a transaction.
    Pooled,
}

/// HypoPG on one connection. Dropping it removes the hypothetical indexes.
#[derive(Debug)]
pub struct HypoPg<'s> {
    session: &'s mut Session,
    route: Route,
    planner: Planner,
    names: Names,
    /// Quoted.
    schema: String,
    /// `1.3.1`
    version: String,
    offered: Vec<String>,
    /// Those that exist in the server process now, by their object id.
    existing: BTreeMap<u32, IndexId>,
    calls: u64,
    /// The server process that has them.
    process: Option<String>,
}

/// Where a call ended up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reached {
    Same,
    /// Another process than before: a pooler stands between, and this one had other indexes.
    Another,
}

impl HypoPg<'_> {
    /// Statements planned so far.
    pub fn calls(&self) -> u64 {
        self.calls
    }

    /// Of the extension.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Forgets every hypothetical index of the server process; those offered stay known.
    pub fn reset(&mut self) -> Result<(), DbError> {
        if self.route == Route::Pooled {
            return Ok(());
        }
        self.existing.clear();
        let sql = texts::reset_alone(&self.schema);
        self.session
            .at_once(self.planner.patience(), &[Message::Ours(&sql)])
            .into_iter()
            .try_for_each(|answer| answer.map(drop))
    }

    /// Statements that turn what exists into exactly `wanted`, and what they will create, in order.
    fn change(&self, wanted: &BTreeSet<IndexId>) -> (String, Vec<IndexId>) {
        let schema = &self.schema;
        let existing: BTreeSet<IndexId> = self.existing.values().copied().collect();
        let dropped: Vec<String> =
            self.existing.iter().filter(|(_, id)| !wanted.contains(id)).map(|(oid, _)| oid.to_string()).collect();
        let created: Vec<IndexId> =
            wanted.difference(&existing).copied().filter(|id| *id < self.offered.len()).collect();
        let mut sql = String::from(texts::PROCESS);
        if wanted.len() > FEW {
            sql.push_str(texts::REAL_OIDS);
        }
        if !dropped.is_empty() {
            sql.push_str(&texts::dropped(schema, &dropped.join(",")));
        }
        if !created.is_empty() {
            let ddls = quote::literal(&quote::array(created.iter().map(|id| self.offered[*id].as_str())));
            sql.push_str(&texts::created(schema, &ddls));
        }
        (sql, created)
    }

    /// Takes note of what [`Self::change`] did.
    fn changed(
        &mut self,
        wanted: &BTreeSet<IndexId>,
        created: &[IndexId],
        answer: &Answer,
    ) -> Result<Reached, WhatIfError> {
        let rows = match answer {
            Ok(rows) => rows,
            Err(error) => {
                let failed = index_error(error);
                self.reset().map_err(|error| index_error(&error))?;
                return Err(failed);
            }
        };
        let process = rows.first().and_then(|row| row.first().cloned().flatten());
        let known = self.process.replace(process.clone().unwrap_or_default());
        if self.route == Route::Direct && known.is_some() && known != process {
            tracing::info!("a pooler gave another server process: every plan makes its own indexes from here on");
            self.route = Route::Pooled;
            self.existing.clear();
            return Ok(Reached::Another);
        }
        self.existing.retain(|_, id| wanted.contains(id));
        // A row of two columns is an index that was made, one of one column what was dropped.
        let made = rows.iter().filter_map(|row| match row.as_slice() {
            [oid, Some(_)] => oid.as_deref()?.parse::<u32>().ok(),
            _ => None,
        });
        let made: Vec<u32> = made.collect();
        if made.len() != created.len() {
            self.reset().map_err(|error| index_error(&error))?;
            return Err(WhatIfError::Index("HypoPG made another number of indexes than it was told".into()));
        }
        self.existing.extend(made.into_iter().zip(created.iter().copied()));
        Ok(Reached::Same)
    }

    /// Of each index as HypoPG has it, all made, measured and dropped in one statement.
    fn sizes(&mut self, ddls: &[String]) -> Option<Vec<u64>> {
        let sql = format!(
            "{}; SELECT {schema}.hypopg_relation_size(i.indexrelid), {schema}.hypopg_drop_index(i.indexrelid) \
             FROM pg_catalog.unnest({}::text[]) WITH ORDINALITY d(ddl, n), \
             LATERAL {schema}.hypopg_create_index(d.ddl) i ORDER BY d.n",
            self.planner.begin(),
            quote::literal(&quote::array(ddls.iter().map(String::as_str))),
            schema = self.schema
        );
        let answers = self.session.at_once(self.planner.patience(), &[Message::Ours(&sql), Message::Ours("ROLLBACK")]);
        let rows = answers.into_iter().next()?.ok()?;
        let sizes: Option<Vec<u64>> =
            rows.iter().filter(|row| row.len() == 2).map(|row| row[0].as_deref()?.parse().ok()).collect();
        sizes.filter(|sizes| sizes.len() == ddls.len())
    }

    fn once(
        &mut self,
        planner: &Planner,
        prepared: &Prepared,
        wanted: &BTreeSet<IndexId>,
    ) -> Result<(Reached, Result<String, DbError>), WhatIfError> {
        let (change, created) = self.change(wanted);
        let (before, after) = (planner.begin() + &change, self.after());
        let around = Around { before: &before, after: &after };
        let told = planner.once(self.session, prepared, Depth::Plan, around);
        Ok((self.changed(wanted, &created, &told.before)?, told.json))
    }

    /// In a pooler's process nothing may be left behind, whatever failed before.
    fn after(&self) -> String {
        match self.route {
            Route::Direct => String::new(),
            Route::Pooled => format!("; {}", texts::reset(&self.schema)),
        }
    }
}

impl WhatIf for HypoPg<'_> {
    fn offer(&mut self, ddl: &str) -> Result<Offered, WhatIfError> {
        guard::index(ddl, &self.names).map_err(|refusal| WhatIfError::Index(refusal.to_string()))?;
        // Made, measured and dropped: what exists stays as it is.
        let sql = self.planner.begin() + &texts::measured(&self.schema, &quote::literal(ddl));
        let answers = self.session.at_once(self.planner.patience(), &[Message::Ours(&sql), Message::Ours("ROLLBACK")]);
        let rows = answers.into_iter().next().unwrap_or_else(|| Ok(Vec::new())).map_err(|error| index_error(&error))?;
        let bytes = rows.iter().flatten().flatten().find_map(|text| text.parse::<u64>().ok());
        let bytes = bytes.ok_or_else(|| WhatIfError::Index("HypoPG gave no size".into()))?;
        self.offered.push(ddl.to_owned());
        Ok(Offered { id: self.offered.len() - 1, bytes })
    }

    fn offer_all(&mut self, ddls: &[String]) -> Vec<Result<Offered, WhatIfError>> {
        let allowed = ddls.iter().all(|ddl| guard::index(ddl, &self.names).is_ok());
        let sizes = if allowed && ddls.len() > 1 { self.sizes(ddls) } else { None };
        // One that cannot be made fails all of them.
        let Some(sizes) = sizes else { return ddls.iter().map(|ddl| self.offer(ddl)).collect() };
        let first = self.offered.len();
        self.offered.extend_from_slice(ddls);
        sizes.into_iter().enumerate().map(|(at, bytes)| Ok(Offered { id: first + at, bytes })).collect()
    }

    fn plan(&mut self, sample: &Sample, indexes: &[IndexId]) -> Result<Planned, WhatIfError> {
        let text = guard::plannable(&sample.sql, &self.names)
            .map_err(|refusal| WhatIfError::Statement(refusal.to_string()))?;
        self.calls += 1;
        let wanted: BTreeSet<IndexId> = indexes.iter().copied().collect();
        let mut planner = std::mem::take(&mut self.planner);
        let mut existing = BTreeMap::new();
        let told = planner.until_planned(text, |planner, prepared| {
            let mut told = self.once(planner, prepared, &wanted)?;
            if told.0 == Reached::Another {
                told = self.once(planner, prepared, &wanted)?;
            }
            existing = match self.route {
                Route::Direct => self.existing.clone(),
                Route::Pooled => std::mem::take(&mut self.existing),
            };
            Ok(told.1)
        });
        self.planner = planner;
        match told? {
            Ok(json) => planned(json, |oid| existing.get(&oid).copied()),
            Err(error) => Err(statement_error(&error)),
        }
    }
}

impl Drop for HypoPg<'_> {
    fn drop(&mut self) {
        // A connection that is gone has taken its indexes along.
        let _ = self.reset();
    }
}

fn index_error(error: &DbError) -> WhatIfError {
    match error.kind {
        DbErrorKind::Cut | DbErrorKind::Stopped => WhatIfError::Gone(error.message.clone()),
        _ => WhatIfError::Index(error.message.clone()),
    }
}

fn statement_error(error: &DbError) -> WhatIfError {
    match error.kind {
        DbErrorKind::Cut | DbErrorKind::Stopped => WhatIfError::Gone(error.message.clone()),
        _ => WhatIfError::Statement(error.message.clone()),
    }
}
