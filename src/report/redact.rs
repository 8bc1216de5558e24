//! A report that can be shown to strangers: in comes a whole [`Report`], out goes the same without any literal,
//! parameter value, remote address or plan text. Names of databases, users, applications, tables and files stay.
//!
//! SQL is masked by the caller's lexer ([`Redactor::sql`]). Prose is made safe in two ways: literals that were seen in
//! the workload go wherever they stand as words, and so does whatever is quoted, looks like an address, or is a long
//! number, because messages of a server may carry values that stood in no statement.

mod prose;

use super::model::{
    EvidenceValue, Finding, PlanProperty, PlanReport, PlanValue, QueryEntry, Recommendation, RecommendationKind,
    Report, Subject,
};
pub use prose::Literals;

/// What literals become.
pub const MASK: &str = "?";

pub struct Redactor<'a> {
    /// Masks the literals of a statement and drops its comments.
    pub sql: &'a dyn Fn(&str) -> String,
    pub literals: &'a Literals,
}

impl Redactor<'_> {
    pub fn report(&self, report: &mut Report) {
        report.workload.queries.iter_mut().for_each(|q| self.query(q));
        report.plans.iter_mut().for_each(|plan| self.plan(plan));
        if let Some(comparison) = &mut report.comparison {
            let changes = comparison.nodes.iter_mut().flat_map(|pair| &mut pair.changes);
            let values = changes.chain(&mut comparison.settings).flat_map(|c| c.old.iter_mut().chain(&mut c.new));
            values.for_each(|text| *text = (self.sql)(text));
            let sentences = comparison.explanations.iter_mut().map(|e| &mut e.text);
            sentences.chain(&mut comparison.notes).for_each(|text| self.prose(text));
        }
        report.findings.iter_mut().for_each(|f| self.finding(f));
        for suppressed in &mut report.suppressed {
            self.prose(&mut suppressed.because);
            self.finding(&mut suppressed.finding);
        }
        report.recommendations.iter_mut().for_each(|r| self.recommendation(r));
        for index in report.index_set.iter_mut().flat_map(|set| &mut set.indexes) {
            index.definition = (self.sql)(&index.definition);
        }
        for one in report.index_set.iter_mut().flat_map(|set| &mut set.unserved) {
            self.prose(&mut one.reason);
        }
        for problem in &mut report.problems {
            self.prose(&mut problem.message);
            problem.hint.iter_mut().for_each(|hint| self.prose(hint));
        }
        // A reason may come from a comment in a logged statement.
        report.coverage.allowed.iter_mut().for_each(|a| self.prose(&mut a.because));
        for unparsed in &mut report.coverage.unparsed {
            self.prose(&mut unparsed.reason);
        }
        for entry in &mut report.coverage.rules_not_run {
            self.prose(&mut entry.reason);
        }
        report.coverage.notes.iter_mut().for_each(|note| self.prose(note));
        report.coverage.notes.push(
            "redacted: literals, parameters, remote addresses and plan texts are left out, names are kept".into(),
        );
    }

    fn query(&self, q: &mut QueryEntry) {
        for tag in &mut q.tags {
            if let Some((key, _)) = tag.name.split_once('=') {
                tag.name = format!("{key}={MASK}");
            } else {
                tag.name = MASK.into();
            }
        }
        q.tags.dedup_by(|next, first| {
            let same = next.name == first.name;
            first.count += if same { next.count } else { 0 };
            same
        });
        for sample in &mut q.samples {
            sample.text = (self.sql)(&sample.text);
            sample.parameters.clear();
            sample.remote.clear();
        }
        q.plans.clear();
    }

    /// Conditions and expressions are SQL; an extension's properties may hold anything, an address for one.
    fn plan(&self, plan: &mut PlanReport) {
        plan.parameters = None;
        for text in plan.query.iter_mut().chain(&mut plan.rerun) {
            *text = (self.sql)(text);
        }
        plan.settings.iter_mut().for_each(|setting| self.prose(&mut setting.value));
        for warning in &mut plan.warnings {
            self.prose(&mut warning.message);
            warning.hint.iter_mut().for_each(|hint| self.prose(hint));
        }
        self.properties(&mut plan.properties);
        for node in &mut plan.nodes {
            self.properties(&mut node.properties);
            node.workers.iter_mut().for_each(|worker| self.properties(&mut worker.properties));
        }
    }

    fn properties(&self, list: &mut [PlanProperty]) {
        for property in list {
            if let PlanValue::Text(text) = &mut property.value {
                *text = (self.sql)(text);
            }
        }
    }

    fn finding(&self, f: &mut Finding) {
        self.prose(&mut f.title);
        self.prose(f.detail.to_mut());
        match &mut f.subject {
            Subject::Statement(text) => *text = (self.sql)(text),
            Subject::Server(text) => self.prose(text),
            Subject::Query(_)
            | Subject::Plan(_)
            | Subject::PlanNode(_)
            | Subject::Table(_)
            | Subject::Index(_)
            | Subject::Session(_) => {}
        }
        for evidence in &mut f.evidence {
            if let EvidenceValue::Text(text) = &mut evidence.value {
                self.prose(text.to_mut());
            }
        }
    }

    fn recommendation(&self, r: &mut Recommendation) {
        self.prose(r.title.to_mut());
        self.prose(r.detail.to_mut());
        r.cost.iter_mut().for_each(|cost| self.prose(cost));
        // A setting's value is our own, not one that was read.
        if r.kind != RecommendationKind::Setting {
            r.sql = (self.sql)(&r.sql);
            r.undo.iter_mut().for_each(|undo| *undo = (self.sql)(undo));
        }
        r.more_sql.iter_mut().for_each(|part| part.sql = (self.sql)(&part.sql));
    }

    fn prose(&self, text: &mut String) {
        *text = prose::mask(text, self.literals);
    }
}

#[cfg(test)]
mod tests;
