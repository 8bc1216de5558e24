//! Indexes that do not exist in; the planner's answers as if they did, out, through the extension HypoPG.
//!
//! A hypothetical index belongs to the server process and outlives a rollback. On a connection of our own the set is changed
//! by its difference from call to call, and emptied at the end; behind a pooler, where the next transaction may run
//! in another process, each call makes its set, plans and empties it in one transaction.

use std::collections::BTreeMap;

use super::error::{DbError, DbErrorKind};
use super::pipeline::{Answer, Message};
use super::planner::{Around, Depth, Planner};
use super::quote;
use super::session::Session;
use crate::advise::whatif::{IndexId, Offered, Planned, Sample, WhatIf, WhatIfError};
use crate::sql::guard::{self, Names};

mod answer;
mod open;

use answer::planned;
pub use open::OpenError;

/// From this many indexes at a time HypoPG's own range of object ids might not suffice (about 2,800 in 1.3.1), and real ones
/// are taken, which a standby cannot give.
const FEW: usize = 2_500;

/// Whether the connection reaches the same server process every time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Route {
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
        let sql = format!("BEGIN READ ONLY; SELECT {}.hypopg_reset(); ROLLBACK", self.schema);
        self.session
            .at_once(self.planner.patience(), &[Message::Ours(&sql)])
            .into_iter()
            .try_for_each(|answer| answer.map(drop))
    }

    /// Statements that turn what exists into exactly `wanted`, and what they will create, in order.
    fn change(&self, wanted: &[IndexId]) -> (String, Vec<IndexId>) {
        let schema = &self.schema;
        let dropped: Vec<String> =
            self.existing.iter().filter(|(_, id)| !wanted.contains(id)).map(|(oid, _)| oid.to_string()).collect();
        let mut created: Vec<IndexId> = Vec::new();
        for id in wanted {
            let exists = created.contains(id) || self.existing.values().any(|existing| existing == id);
            if !exists && *id < self.offered.len() {
                created.push(*id);
            }
        }
        let mut sql = String::new();
        if wanted.len() > FEW {
            sql.push_str("; SET LOCAL hypopg.use_real_oids = on");
        }
        if !dropped.is_empty() {
            let oids = dropped.join(",");
            sql.push_str(&format!(
                "; SELECT {schema}.hypopg_drop_index(o) FROM pg_catalog.unnest('{{{oids}}}'::oid[]) o"
            ));
        }
        if !created.is_empty() {
            let ddls = quote::literal(&quote::array(created.iter().map(|id| self.offered[*id].as_str())));
            sql.push_str(&format!(
                "; SELECT i.indexrelid, {schema}.hypopg_relation_size(i.indexrelid) \
                 FROM pg_catalog.unnest({ddls}::text[]) WITH ORDINALITY d(ddl, n), \
                 LATERAL {schema}.hypopg_create_index(d.ddl) i ORDER BY d.n"
            ));
        }
        (sql, created)
    }

    /// Takes note of what [`Self::change`] did. Gives the sizes of what was created.
    fn changed(&mut self, wanted: &[IndexId], created: &[IndexId], answer: &Answer) -> Result<Vec<u64>, WhatIfError> {
        let rows = match answer {
            Ok(rows) => rows,
            Err(error) => {
                let failed = index_error(error);
                self.reset().map_err(|error| index_error(&error))?;
                return Err(failed);
            }
        };
        self.existing.retain(|_, id| wanted.contains(id));
        // A row of two columns is an index that was made, one of one column what was dropped.
        let number = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<u64>().ok());
        let made: Vec<(u64, u64)> = rows
            .iter()
            .filter_map(|row| match row.as_slice() {
                [oid, bytes] => Some((number(oid)?, number(bytes)?)),
                _ => None,
            })
            .collect();
        if made.len() != created.len() {
            self.reset().map_err(|error| index_error(&error))?;
            return Err(WhatIfError::Index("HypoPG made another number of indexes than it was told".into()));
        }
        for (id, (oid, _)) in created.iter().zip(&made) {
            self.existing.insert(u32::try_from(*oid).unwrap_or_default(), *id);
        }
        Ok(made.into_iter().map(|(_, bytes)| bytes).collect())
    }

    /// In a pooler's process nothing may be left behind, whatever failed before.
    fn after(&self) -> String {
        match self.route {
            Route::Direct => String::new(),
            Route::Pooled => format!("; SELECT {}.hypopg_reset()", self.schema),
        }
    }
}

impl WhatIf for HypoPg<'_> {
    fn offer(&mut self, ddl: &str) -> Result<Offered, WhatIfError> {
        guard::index(ddl, &self.names).map_err(|refusal| WhatIfError::Index(refusal.to_string()))?;
        let id = self.offered.len();
        self.offered.push(ddl.to_owned());
        let wanted: Vec<IndexId> = self.existing.values().copied().chain([id]).collect();
        let (change, created) = self.change(&wanted);
        let (begin, reset) = (self.planner.begin() + &change, format!("SELECT {}.hypopg_reset()", self.schema));
        let mut messages = vec![Message::Ours(&begin)];
        if self.route == Route::Pooled {
            messages.push(Message::Ours(&reset));
        }
        messages.push(Message::Ours("ROLLBACK"));
        let answers = self.session.at_once(self.planner.patience(), &messages);
        let sizes = self.changed(&wanted, &created, first(&answers));
        if self.route == Route::Pooled {
            self.existing.clear();
        }
        match sizes.as_deref() {
            Ok([bytes]) => Ok(Offered { id, bytes: *bytes }),
            Ok(_) => Err(WhatIfError::Index("HypoPG gave no size".into())),
            Err(error) => {
                self.offered.pop();
                Err(error.clone())
            }
        }
    }

    fn plan(&mut self, sample: &Sample, indexes: &[IndexId]) -> Result<Planned, WhatIfError> {
        let text = guard::plannable(&sample.sql, &self.names)
            .map_err(|refusal| WhatIfError::Statement(refusal.to_string()))?;
        self.calls += 1;
        let mut planner = std::mem::take(&mut self.planner);
        let mut existing = BTreeMap::new();
        let told = planner.until_planned(text, |planner, prepared| {
            let (change, created) = self.change(indexes);
            let after = self.after();
            let before = planner.begin() + &change;
            let around = Around { before: &before, after: &after };
            let told = planner.once(self.session, prepared, Depth::Plan, around);
            self.changed(indexes, &created, &told.before)?;
            existing = match self.route {
                Route::Direct => self.existing.clone(),
                Route::Pooled => std::mem::take(&mut self.existing),
            };
            Ok(told.json)
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

fn first(answers: &[Answer]) -> &Answer {
    const NONE: &Answer = &Ok(Vec::new());
    answers.first().unwrap_or(NONE)
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
