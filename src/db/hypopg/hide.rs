//! A real index in; the plan of a statement as if it were not there, out. HypoPG has that since 1.4, which is newer than what
//! Debian has for 15: the SQL is written by its documentation, and tried against functions that stand in for it.

use super::answer::planned;
use super::{HypoPg, statement_error, texts};
use crate::advise::whatif::{Planned, Sample, WhatIfError};
use crate::db::planner::{Around, Depth};
use crate::db::quote;
use crate::sql::guard;

impl HypoPg<'_> {
    /// Whether this version hides indexes.
    pub fn hides(&self) -> bool {
        let mut numbers = self.version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (1, 4)
    }

    /// Plans a statement without hypothetical indexes and without this real one (its name quoted, with its schema).
    pub fn without(&mut self, sample: &Sample, index: &str) -> Result<Planned, WhatIfError> {
        if !self.hides() {
            return Err(WhatIfError::Index(format!("HypoPG {} hides no index: 1.4 does", self.version)));
        }
        let text = guard::plannable(&sample.sql, &self.names)
            .map_err(|refusal| WhatIfError::Statement(refusal.to_string()))?;
        self.reset().map_err(|error| statement_error(&error))?;
        let before = self.planner.begin() + &texts::hidden(&self.schema, &quote::literal(index));
        let after = texts::shown(&self.schema);
        let mut planner = std::mem::take(&mut self.planner);
        let told = planner.until_planned(text, |planner, prepared| {
            let told = planner.once(self.session, prepared, Depth::Plan, Around { before: &before, after: &after });
            told.before.map_err(|error| statement_error(&error))?;
            Ok::<_, WhatIfError>(told.json)
        });
        self.planner = planner;
        planned(told?.map_err(|error| statement_error(&error))?, |_| None)
    }
}
