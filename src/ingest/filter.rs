//! Which records are wanted: by time, database, user, application. Cheap enough for every record.

use super::event::{Micros, Who};

/// An empty filter wants everything. Lists are alternatives; a record that does not say fits no list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Inclusive, µs UTC.
    pub since: Option<Micros>,
    /// Exclusive, µs UTC.
    pub until: Option<Micros>,
    pub databases: Vec<String>,
    pub users: Vec<String>,
    pub applications: Vec<String>,
}

impl Filter {
    #[inline]
    pub fn wants(&self, at: Micros, who: &Who<'_>) -> bool {
        self.since.is_none_or(|since| at >= since)
            && self.until.is_none_or(|until| at < until)
            && fits(&self.databases, who.database)
            && fits(&self.users, who.user)
            && fits(&self.applications, who.application)
    }
}

#[inline]
fn fits(list: &[String], value: &[u8]) -> bool {
    list.is_empty() || list.iter().any(|wanted| wanted.as_bytes() == value)
}
