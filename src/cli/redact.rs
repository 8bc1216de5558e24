//! `--redact`: masks SQL with our own lexer, collects the literals that a workload holds, and cleans a workload before
//! it is written as a digest.

use crate::plan::model::{Plan, Value};
use crate::report::model::Report;
use crate::report::redact::{Literals, MASK, Redactor};
use crate::sql::{Lexer, TokenKind};
use crate::workload::counts::Counts;
use crate::workload::model::{UnitExample, Workload};

pub fn report(report: &mut Report, literals: &Literals) {
    Redactor { sql: &mask, literals }.report(report);
}

/// The statement as it is laid out, with every literal masked and every comment left out.
pub fn mask(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for token in Lexer::new(bytes) {
        out.push_str(text.get(end..token.start).unwrap_or(" "));
        match token.kind {
            TokenKind::String | TokenKind::Number => out.push_str(MASK),
            TokenKind::Comment => out.push(' '),
            // What is no token may be the torn end of a literal.
            TokenKind::Unknown => {}
            _ => out.push_str(text.get(token.start..token.end).unwrap_or(MASK)),
        }
        end = token.end;
    }
    out
}

/// Every literal of the workload's texts and parameters, as it stands there without its quotes, every address, and every
/// value of a tag.
pub fn literals(workload: &Workload) -> Literals {
    let mut found = Literals::default();
    for query in &workload.queries {
        collect(&query.text, &mut found);
        query.tags.0.keys().for_each(|tag| tags(tag, &mut found));
        for sample in &query.samples {
            collect(&sample.text, &mut found);
            collect(&sample.parameters, &mut found);
            found.add(&sample.remote);
        }
    }
    for example in examples(workload) {
        tags(&example.tag, &mut found);
    }
    workload.errors.iter().for_each(|e| collect(&e.example, &mut found));
    workload.lock_waits.iter().for_each(|l| collect(&l.example, &mut found));
    workload.deadlocks.iter().for_each(|d| collect(&d.detail, &mut found));
    found
}

/// Every literal of a plan's conditions, expressions and parameters.
pub fn plan_literals(plan: &Plan, found: &mut Literals) {
    let own = plan.nodes.iter().flat_map(|node| {
        let workers = node.workers.iter().flat_map(|worker| &worker.properties);
        node.properties.iter().chain(workers)
    });
    for property in own.chain(&plan.properties) {
        if let Value::Text(text) = &property.value {
            collect(text, found);
        }
    }
    plan.parameters.iter().chain(&plan.query).for_each(|text| collect(text, found));
}

fn examples(workload: &Workload) -> impl Iterator<Item = &UnitExample> {
    let repeats = workload.repeats.iter().flat_map(|r| r.same_examples.iter().chain(&r.varied_examples));
    let pairs = workload.pairs.iter().flat_map(|p| &p.examples);
    repeats.chain(pairs).chain(workload.walks.iter().flat_map(|w| &w.examples))
}

fn collect(text: &str, found: &mut Literals) {
    for token in Lexer::new(text.as_bytes()) {
        if matches!(token.kind, TokenKind::String | TokenKind::Number) {
            found.add(text.get(token.start..token.end).unwrap_or_default());
        }
    }
}

/// `controller=orders,route=/orders/7`
fn tags(text: &str, found: &mut Literals) {
    text.split(',').filter_map(|tag| tag.split_once('=')).for_each(|(_, value)| found.add(value));
}

/// Errors and deadlocks without their values, before any rule writes them into a sentence. Rules count them; they do not
/// look into them.
pub fn messages(workload: &mut Workload) {
    let mut alone = Workload {
        errors: std::mem::take(&mut workload.errors),
        deadlocks: std::mem::take(&mut workload.deadlocks),
        ..Workload::default()
    };
    alone.redact();
    workload.errors = alone.errors;
    workload.deadlocks = alone.deadlocks;
}

/// The workload as it may stand in a digest: as [`Workload::redact`] leaves it, and without the values of tags.
pub fn workload(workload: &mut Workload) {
    workload.redact();
    for query in &mut workload.queries {
        let mut keys = Counts::default();
        for (name, count) in &query.tags.0 {
            keys.add(&masked_tags(name), *count);
        }
        query.tags = keys;
    }
    for repeat in &mut workload.repeats {
        let both = repeat.same_examples.iter_mut().chain(&mut repeat.varied_examples);
        both.for_each(|example| example.tag = masked_tags(&example.tag));
    }
    let pairs = workload.pairs.iter_mut().flat_map(|p| &mut p.examples);
    let walks = workload.walks.iter_mut().flat_map(|w| &mut w.examples);
    pairs.chain(walks).for_each(|example| example.tag = masked_tags(&example.tag));
}

fn masked_tags(text: &str) -> String {
    let keys = text.split(',').filter_map(|tag| tag.split_once('='));
    keys.map(|(key, _)| format!("{key}={MASK}")).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masking_keeps_the_layout_and_no_literal() {
        let text =
            "SELECT id, 'it''s' -- s3cret\n  FROM \"Orders\" WHERE a = 42 AND b = $$s3cret$$ /* s3cret */ AND c = $1";
        assert_eq!(mask(text), "SELECT id, ?  \n  FROM \"Orders\" WHERE a = ? AND b = ?   AND c = $1");
    }

    #[test]
    fn a_torn_literal_is_masked_too() {
        for text in ["select 's3cret", "select E's3cret\\", "select $x$s3cret", "select /* s3cret"] {
            assert!(!mask(text).contains("s3cret"), "{}", mask(text));
        }
    }

    #[test]
    fn index_advice_stays_readable() {
        let text = "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON orders (customer_id);";
        assert_eq!(mask(text), text);
    }
}
