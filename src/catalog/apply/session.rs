//! The search path as sessions and transactions have it.

use super::{Applied, Replay};
use crate::sql::ddl::model::{Scope, Transaction};

/// Each name of each statement is looked for in all of them.
const MOST_SCHEMAS: usize = 100;

#[derive(Debug)]
pub(super) struct Session {
    /// Of a new session.
    at_first: Vec<String>,
    /// What SET LOCAL hides, to come back with the transaction's end.
    hidden: Option<Hidden>,
}

#[derive(Debug)]
struct Hidden {
    path: Vec<String>,
    /// What the catalog tells queries.
    told: Vec<String>,
}

impl Default for Session {
    fn default() -> Self {
        Session::of(&["public".into()])
    }
}

impl Session {
    pub fn of(at_first: &[String]) -> Self {
        Session { at_first: at_first.to_vec(), hidden: None }
    }
}

impl Replay {
    /// A new file is a new session: the search path is as at the start.
    pub fn new_session(&mut self) {
        self.end_transaction();
        self.search_path = self.session.at_first.clone();
    }

    /// What SET LOCAL set is over.
    pub fn end_transaction(&mut self) {
        if let Some(hidden) = self.session.hidden.take() {
            self.search_path = hidden.path;
            self.catalog.search_path = hidden.told;
        }
    }

    pub(super) fn control(&mut self, control: &Transaction) -> Applied {
        if matches!(control, Transaction::Commit { .. } | Transaction::Rollback { .. } | Transaction::Prepare) {
            self.end_transaction();
        }
        Ok(())
    }

    pub(super) fn set_search_path(&mut self, path: &[String], scope: Scope) -> Applied {
        match scope {
            Scope::Local if self.session.hidden.is_none() => {
                let (path, told) = (self.search_path.clone(), self.catalog.search_path.clone());
                self.session.hidden = Some(Hidden { path, told });
            }
            Scope::Local => {}
            // It outlives the transaction, whatever SET LOCAL hid.
            Scope::Session => self.session.hidden = None,
        }
        let named = path.iter().filter(|schema| *schema != "$user");
        self.search_path = named.clone().take(MOST_SCHEMAS).cloned().collect();
        if named.count() > MOST_SCHEMAS {
            let message = format!("search_path has more than {MOST_SCHEMAS} schemas: the others are not searched");
            self.complaints.push(super::Complaint::new(message));
        }
        if !self.search_path.is_empty() {
            self.catalog.search_path = self.search_path.clone();
        }
        Ok(())
    }
}
