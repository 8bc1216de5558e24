//! A file of SQL queries in; a [`Workload`] in which each statement was called once, for an unknown time, out.

use std::collections::BTreeMap;

use crate::sql::{self, Fingerprint};

use super::model::{Origin, Query, SAMPLES, Sample, Workload};

/// SELECT, INSERT, UPDATE, DELETE and MERGE of a script, with the number of its other statements.
pub fn workload(script: &[u8]) -> (Workload, u64) {
    let mut queries: BTreeMap<Fingerprint, Query> = BTreeMap::new();
    let mut scratch = sql::Scratch::default();
    let mut workload = Workload::default();
    let mut others = 0;
    for statement in sql::split(script) {
        let bytes = &script[statement.span.start..statement.span.end];
        let scan = sql::scan(bytes, &mut scratch);
        if !scan.kind.is_planned() {
            others += 1;
            continue;
        }
        let text = String::from_utf8_lossy(bytes);
        let query =
            queries.entry(scan.fingerprint).or_insert_with(|| Query::new("", scan.fingerprint, scan.kind, &text));
        query.calls += 1;
        if query.samples.len() < SAMPLES {
            let origin = Origin { input: 0, line: statement.line as u64 };
            query.samples.push(Sample { origin, text: text.into_owned(), ..Sample::default() });
        }
        workload.seen.statements += 1;
        workload.seen.untimed += 1;
    }
    workload.queries = queries.into_values().collect();
    (workload, others)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_statement_is_one_call() {
        let script =
            "-- the page\nSELECT a FROM t WHERE b = 1;\nselect a from t where b = 2;\nSET x = 1; DELETE FROM t";
        let (workload, others) = workload(script.as_bytes());
        let calls: Vec<(u64, usize, u64)> =
            workload.queries.iter().map(|q| (q.calls, q.samples.len(), q.timed_calls)).collect();
        assert_eq!((calls.len(), others), (2, 1));
        assert!(calls.contains(&(2, 2, 0)) && calls.contains(&(1, 1, 0)), "{calls:?}");
        let twice = workload.queries.iter().find(|q| q.calls == 2).expect("as above");
        assert_eq!(twice.samples[1].text, "select a from t where b = 2");
        assert_eq!(twice.samples[1].origin.line, 3);
    }
}
