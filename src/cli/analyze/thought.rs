//! A workload and a server in; what the rules say and what the planner and, where there is one, a copy of the database make of it, out.
//!
//! An index that makes a query slower on the copy leaves room: the search goes on without it, and what is new is tried there as well.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::advise::Advice;
use crate::cli::args::Dsn;
use crate::cli::failure::Failure;
use crate::cli::think::think;
use crate::cli::verify::{Judged, Trial};
use crate::config::Config;
use crate::rules::context::WorkloadCx;
use crate::rules::place::Places;
use crate::rules::run::Outcome;

use super::advisor::{self, Advised};
use super::{Server, drops};

/// Searches after an index was thrown out; each is tried on the copy from the beginning.
const AGAIN: usize = 3;

pub struct Thought {
    pub searched: Option<Advised>,
    pub outcome: Outcome,
    pub advice: Advice,
    pub notes: Vec<String>,
}

/// What is advised, tried on the copy if there is one. Without a server, `planned` is what one said before.
pub fn proved(
    server: &mut Option<Server<'_>>,
    planned: Option<Advised>,
    cx: &WorkloadCx<'_>,
    config: &Config,
    places: Places<'_>,
) -> Result<Thought, Failure> {
    if server.is_none() {
        return Ok(concluded(planned, cx, config, places, Vec::new()));
    }
    let mut thought = once(server, cx, config, places, &BTreeSet::new());
    let Some(server_here) = server.as_ref() else { return Ok(thought) };
    let Some(copy) = server_here.copy else { return Ok(thought) };
    let deadline = Instant::now().checked_add(server_here.args.verify_limit);
    let (mut without, mut said) = (BTreeSet::new(), Vec::new());
    let mut began = Instant::now();
    let mut judged = tried(server, copy, &mut thought, cx, deadline)?;
    for _ in 0..AGAIN {
        let Some(searched) = thought.searched.as_ref().filter(|_| !judged.removed.is_empty() && !judged.ended) else {
            break;
        };
        let gone = |id: &String| judged.removed.iter().any(|(removed, _)| removed == id);
        let (refuted, kept): (Vec<_>, Vec<_>) =
            searched.outcome.chosen.iter().zip(&thought.advice.set).partition(|(_, id)| gone(id));
        without.extend(refuted.iter().map(|(chosen, _)| chosen.ddl.clone()));
        let kept: BTreeSet<&str> = kept.iter().map(|(chosen, _)| chosen.ddl.as_str()).collect();
        if refuted.is_empty() || !is_time_for(began.elapsed(), deadline) {
            said.extend((!refuted.is_empty()).then(no_time));
            break;
        }
        began = Instant::now();
        let mut next = once(server, cx, config, places, &without);
        let chosen = next.searched.iter().flat_map(|searched| &searched.outcome.chosen);
        if chosen.clone().all(|chosen| kept.contains(chosen.ddl.as_str())) {
            break;
        }
        let next_judged = tried(server, copy, &mut next, cx, deadline)?;
        if next_judged.ended {
            said.push(no_time());
            break;
        }
        said.extend(judged.removed.iter().map(|(_, why)| format!("{why}; the search went on without it")));
        (thought, judged) = (next, next_judged);
    }
    thought.notes.extend(said);
    thought.notes.extend(judged.notes);
    Ok(thought)
}

fn no_time() -> String {
    "no other index was looked for in the place of those that the copy refuted: there was no time to try it there as well; --verify-limit gives more"
        .to_owned()
}

/// As long as it took before, and half as much again.
fn is_time_for(took: Duration, deadline: Option<Instant>) -> bool {
    deadline.is_none_or(|deadline| Instant::now() + took + took / 2 <= deadline)
}

fn tried(
    server: &mut Option<Server<'_>>,
    copy: &Dsn,
    thought: &mut Thought,
    cx: &WorkloadCx<'_>,
    deadline: Option<Instant>,
) -> Result<Judged, Failure> {
    let Some(server) = server else { return Ok(Judged::default()) };
    let trial = Trial::new(copy, server.args, server.common, server.session, deadline);
    trial.run(&mut thought.outcome, &mut thought.advice.recommendations, cx)
}

fn once(
    server: &mut Option<Server<'_>>,
    cx: &WorkloadCx<'_>,
    config: &Config,
    places: Places<'_>,
    without: &BTreeSet<String>,
) -> Thought {
    let mut notes = Vec::new();
    let searched = server.as_mut().and_then(|server| {
        advisor::search(server.session, cx, &server.args.advice, server.common, without).unwrap_or_else(|reason| {
            notes.push(reason);
            None
        })
    });
    let mut thought = concluded(searched, cx, config, places, notes);
    if let (Some(_), Some(server)) = (&thought.searched, server) {
        let said = drops::prove(server.session, cx, &mut thought.outcome, &mut thought.advice.recommendations);
        thought.notes.extend(said);
    }
    thought
}

fn concluded(
    searched: Option<Advised>,
    cx: &WorkloadCx<'_>,
    config: &Config,
    places: Places<'_>,
    mut notes: Vec<String>,
) -> Thought {
    let (outcome, advice) = think(cx, config, places, searched.as_ref().map(|advised| &advised.outcome));
    notes.extend(searched.iter().flat_map(advisor::notes));
    Thought { searched, outcome, advice, notes }
}
