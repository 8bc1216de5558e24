//! A set of indexes, statements, the server that is advised and a clone of its database in; what the indexes really did on
//! the clone, out. The clone is left as it was.

mod build;
mod other;
mod trial;

use super::cancel::Interrupt;
use super::error::DbError;
use super::names;
use super::planner::Planner;
use super::session::{Limits, Session};
use crate::advise::verify::{self, Asked, Effort, Verdict};
use crate::advise::whatif::IndexId;
use crate::sql::guard::Names;

pub use build::Built;

/// Opens a connection to the clone: one to work on, which the user can stop, and another to clean up whatever was stopped.
pub type Connect<'c> = dyn Fn(Interrupt) -> Result<Session, DbError> + 'c;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    #[error(
        "--verify names the database that is advised: indexes are built and dropped there, so it has to be a copy; \
             next step: restore a backup elsewhere, or CREATE DATABASE … TEMPLATE, and name that"
    )]
    Same,
    #[error("the clone is a standby, on which no index can be built; next step: promote it, or take another copy")]
    Standby,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Every text that is sent to the advised server, and to the clone.
pub(super) fn texts() -> (Vec<String>, Vec<String>) {
    let mut clone = vec![other::LOOK.to_owned(), names::SQL.to_owned()];
    clone.extend(build::texts());
    clone.extend(trial::texts());
    (vec![other::LOCK.to_owned()], clone)
}

/// What came of it; places in `built` and `verdict` are those of the given indexes.
#[derive(Clone, Debug)]
pub struct Verified {
    pub verdict: Verdict,
    pub built: Vec<Built>,
    /// Indexes that could not be built, with the server's reason.
    pub failed: Vec<(IndexId, String)>,
    /// Tables of the clone that had to be analysed or vacuumed first.
    pub prepared: Vec<String>,
    /// Why something of ours is left on the clone, with the statement that removes it.
    pub left: Vec<String>,
}

/// Builds `indexes` (each a `CREATE INDEX`) on the clone, runs the samples with and without them, and drops them.
///
/// `said` hears what is being done. `run` bounds one execution of a statement, and knows where names are looked up.
pub fn verify(
    advised: &mut Session,
    connect: &Connect<'_>,
    indexes: &[String],
    asked: &[Asked],
    run: Planner,
    effort: &Effort,
    said: &mut dyn FnMut(&str),
) -> Result<Verified, VerifyError> {
    let mut clone = open(advised, connect)?;
    let names = names::read(&mut clone, Limits::default())?;
    let mut made = build::Made::new(connect);
    let (mut prepared, mut failed) = (Vec::new(), Vec::new());
    let ready = made
        .sweep(&mut clone)
        .and_then(|()| build::prepare(&mut clone, indexes, &names, &mut prepared, said))
        .and_then(|()| build_all(&mut made, &mut clone, indexes, &names, &mut failed, said))
        .and_then(|()| build::analyze_expressions(&mut clone, &made.built));
    let ids: Vec<IndexId> = made.built.iter().map(|built| built.id).collect();
    let verdict = match ready {
        Ok(()) => {
            let mut trial = trial::OnClone::new(&mut clone, &made.built, names, run);
            verify::verify(&mut trial, &ids, asked, effort, said)
        }
        Err(error) => Verdict { kept: ids, ended: Some(error.message), ..Verdict::default() },
    };
    let built = made.built.clone();
    let left = made.remove();
    Ok(Verified { verdict, built, failed, prepared, left })
}

/// Connects to the clone, which has to be one.
pub fn open(advised: &mut Session, connect: &Connect<'_>) -> Result<Session, VerifyError> {
    let mut clone = connect(advised.interrupt().clone())?;
    other::is_other(advised, &mut clone)?;
    Ok(clone)
}

/// What cannot be built is in `failed`, unless nothing more can be.
fn build_all(
    made: &mut build::Made<'_>,
    clone: &mut Session,
    indexes: &[String],
    names: &Names,
    failed: &mut Vec<(IndexId, String)>,
    said: &mut dyn FnMut(&str),
) -> Result<(), DbError> {
    for (id, ddl) in indexes.iter().enumerate() {
        said(&format!("building index {} of {} on the clone", id + 1, indexes.len()));
        match made.build(clone, id, ddl, names) {
            Ok(()) => {}
            Err(error) if error.is_final() => return Err(error),
            Err(error) => failed.push((id, error.message)),
        }
    }
    Ok(())
}
