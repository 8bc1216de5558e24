//! One execution by a client, put together from the records that tell of it.

use crate::ingest::event::{Micros, SessionId};

use super::super::model::{Origin, Sample};
use super::super::part::KeptText;

/// Who ran it: numbers of names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Client {
    pub database: u32,
    pub user: u32,
    pub application: u32,
    pub remote: u32,
    /// A shell, a backup, monitoring.
    pub tool: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Call {
    pub query: u32,
    /// When it was logged: its end if it has a duration, else its start.
    pub at: Micros,
    /// Duration of the statement's own line, and of its plan where that is all that is known.
    pub own_us: Option<u64>,
    pub plan_us: Option<u64>,
    pub parse_us: u64,
    pub bind_us: u64,
    pub literals: u64,
    pub literals_but_offset: u64,
    pub offset: u64,
    pub query_id: i64,
    pub client: Client,
    pub tags: u32,
    pub tagged: bool,
    /// Hash of the tags that name the unit of work; 0 for none.
    pub unit_tag: u64,
    pub session: SessionId,
    pub pid: u32,
    pub input: u32,
    pub line: u64,
    /// The values of its parameters were not logged.
    pub hidden: bool,
    /// The statement's line had no duration.
    pub late: bool,
    /// Of the extended protocol, whose plans may follow the statement.
    pub extended: bool,
}

impl Call {
    pub fn duration_us(&self) -> u64 {
        self.own_us.or(self.plan_us).unwrap_or(0) + self.parse_us + self.bind_us
    }

    pub fn origin(&self) -> Origin {
        Origin { input: self.input, line: self.line }
    }

    /// From the beginning of its first step to its end, µs UTC.
    pub fn span(&self) -> (Micros, Micros) {
        let duration = i64::try_from(self.duration_us()).unwrap_or(i64::MAX);
        (self.at.saturating_sub(duration), self.at)
    }

    /// Without names, and without a text that is the query's own.
    pub fn sample(&self, kept: KeptText, duration_us: Option<u64>) -> Sample {
        Sample {
            duration_us,
            at: Some(self.at),
            origin: self.origin(),
            text: kept.text.map(String::from).unwrap_or_default(),
            parameters: kept.parameters.into(),
            user: String::new(),
            application: String::new(),
            remote: String::new(),
            session: self.session,
            pid: self.pid,
        }
    }
}
