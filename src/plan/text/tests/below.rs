use super::{clean, document, parse};
use crate::plan::model::{Key, Trigger, Value};

/// Put together from 17.10 and 16.14.
#[test]
fn everything_below_a_tree() {
    let plan = clean(
        "Result  (cost=0.00..0.01 rows=1 width=4) (actual time=0.000..0.001 rows=1 loops=1)
Settings: jit = 'on', search_path = '\"$user\", public', work_mem = '64kB', x.y = 'a = ''b'', c = d'
Query Identifier: -6813473653014371230
Planning:
  Buffers: shared hit=17 read=2
  I/O Timings: shared read=0.250
  Memory: used=13kB  allocated=16kB
Planning Time: 0.108 ms
Trigger after: x: time=0.036 calls=49
Trigger RI_ConstraintTrigger_a_16415 for constraint fk on b: time=0.100 calls=1
Trigger for constraint \"it's\": calls=2
JIT:
  Functions: 18
  Options: Inlining false, Optimization true, Expressions true, Deforming false
  Timing: Generation 1.097 ms (Deform 0.500 ms), Inlining 0.000 ms, Optimization 0.223 ms, Emission 4.855 ms, Total 6.175 ms
Serialization: time=0.012 ms  output=2kB  format=text
  Buffers: shared hit=3
Execution Time: 84.999 ms",
    );
    let setting = |name: &str, value: &str| (name.into(), value.into());
    assert_eq!(
        plan.settings,
        [
            setting("jit", "on"),
            setting("search_path", "\"$user\", public"),
            setting("work_mem", "64kB"),
            setting("x.y", "a = ''b'', c = d"),
        ]
    );
    assert_eq!(plan.properties[0].key, Key::QueryIdentifier);
    assert_eq!(plan.properties[0].value, Value::Text("-6813473653014371230".into()));
    assert_eq!((plan.planning.buffers.shared.hit, plan.planning.io().shared_read), (17.0, 0.25));
    assert_eq!(plan.planning_memory_kb, Some((13.0, 16.0)));
    assert_eq!((plan.planning_ms, plan.execution_ms), (Some(0.108), Some(84.999)));
    let trigger = |name: &str, constraint: Option<&str>, relation: Option<&str>, ms, calls| Trigger {
        name: name.to_owned(),
        constraint: constraint.map(str::to_owned),
        relation: relation.map(str::to_owned),
        ms,
        calls,
    };
    assert_eq!(
        plan.triggers,
        [
            trigger("after: x", None, None, Some(0.036), 49.0),
            trigger("RI_ConstraintTrigger_a_16415", Some("fk"), Some("b"), Some(0.1), 1.0),
            trigger("", Some("\"it's\""), None, None, 2.0),
        ]
    );
    let jit = plan.jit.expect("has one");
    assert_eq!((jit.functions, jit.deform_ms, jit.total_ms), (18.0, Some(0.5), Some(6.175)));
    let serialization = plan.serialization.expect("has one");
    assert_eq!((serialization.ms, serialization.output_kb, serialization.format.as_str()), (Some(0.012), 2.0, "text"));
    assert_eq!(serialization.usage.buffers.shared.hit, 3.0);
}

/// From the documentation of pg_overexplain (18) and the announced advice of 19, not captured.
#[test]
fn blocks_of_extensions_are_kept() {
    let plan = clean(
        "Result\n  Plan Node ID: 0\nRTI 1 (relation, in-from-clause):\n  Eref: t (a, b)\n  Relation: t\nGenerated Plan Advice:\n  SEQ_SCAN(t)\n  NO_GATHER(t)",
    );
    let property = |at: usize| (plan.properties[at].key.name(), plan.properties[at].value.clone());
    assert_eq!(property(0), ("RTI 1 (relation, in-from-clause)", Value::Text("Eref: t (a, b)\nRelation: t".into())));
    assert_eq!(property(1), ("Generated Plan Advice", Value::Text("SEQ_SCAN(t)\nNO_GATHER(t)".into())));
}

/// auto_explain: the statement looks like a plan itself.
#[test]
fn the_statement_above() {
    let plan = clean(
        "Query Text: select *
Seq Scan on fake  (cost=0.00..1.00 rows=1 width=1)
from t where a = $1
Query Parameters: $1 = 'x'
Sort  (cost=0.00..1.00 rows=1 width=1)
  ->  Seq Scan on t  (cost=0.00..1.00 rows=1 width=1)",
    );
    assert_eq!(
        plan.query.as_deref(),
        Some("select *\nSeq Scan on fake  (cost=0.00..1.00 rows=1 width=1)\nfrom t where a = $1")
    );
    assert_eq!(plan.parameters.as_deref(), Some("$1 = 'x'"));
    assert_eq!((plan.nodes.len(), plan.nodes[0].line), (2, 5));
}

#[test]
fn older_servers_and_margins() {
    let old = clean(
        "Result  (cost=0.00..0.01 rows=1 width=0) (actual time=0.001..0.002 rows=1 loops=1)\nTotal runtime: 0.020 ms",
    );
    assert_eq!(old.execution_ms, Some(0.02));
    // The first line was pasted without psql's margin.
    let margin =
        clean("Sort\n   Sort Key: a\n   ->  Seq Scan on t\n         Filter: (a = 1)\n Planning Time: 0.100 ms");
    assert_eq!((margin.nodes.len(), margin.planning_ms), (2, Some(0.1)));
    let bare = clean("Result\n Planning Time: 0.100 ms");
    assert_eq!(bare.planning_ms, Some(0.1));
    assert!(super::super::parse(&document("select 1\n(1 row)")).is_none());
    assert!(super::super::parse(&document("")).is_none());
    assert_eq!(parse("  Limit\n    ->  Seq Scan on t").nodes.len(), 2);
}
