//! Wherever a log is cut, and whatever it says: the same workload, and every duration once.

use proptest::prelude::*;

use super::*;

fn line() -> impl Strategy<Value = Line> {
    let text = (0..5u8, 0..4u8).prop_map(|(table, id)| match table {
        0 => format!("SELECT * FROM a WHERE id = {id}"),
        1 => format!("SELECT * FROM b WHERE id = {id} ORDER BY c LIMIT 5 OFFSET {}", u32::from(id) * 10),
        2 => "BEGIN".to_owned(),
        3 => "COMMIT".to_owned(),
        _ => format!("INSERT INTO c VALUES ({id})"),
    });
    let phase = prop_oneof![
        Just(Phase::Simple),
        Just(Phase::Parse),
        Just(Phase::Bind),
        Just(Phase::Execute),
        Just(Phase::Fetch)
    ];
    let kind = prop_oneof![
        8 => (phase, prop::option::weighted(0.8, 1..2_000i64), text.clone()).prop_map(|(phase, us, text)| Kind::Statement {
            phase,
            us,
            text,
            parameters: String::new(),
        }),
        1 => (1..2_000i64).prop_map(Kind::Duration),
        3 => (1..2_000i64, text.clone(), prop::bool::weighted(0.2))
            .prop_map(|(us, text, nested)| Kind::Plan { us, text, nested }),
        1 => text.clone().prop_map(|text| Kind::Error { text, message: "boom 12", state: "40001" }),
        1 => (any::<bool>(), 1..5_000i64).prop_map(|(acquired, us)| Kind::Lock { acquired, us }),
        1 => (1..100u64, text).prop_map(|(bytes, text)| Kind::Temp { bytes, text }),
        1 => Just(Kind::Disconnection),
    ];
    (0..600_000i64, 1..4u64, kind).prop_map(|(at, session, kind)| Line { at, session, application: "web", kind })
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec(line(), 1..120).prop_map(|mut lines| {
        let mut at = 1_700_000_000_000_000;
        for line in &mut lines {
            at += line.at;
            line.at = at;
        }
        lines
    })
}

proptest! {
    #[test]
    fn cuts_and_order_do_not_show(lines in lines(), cuts in prop::collection::vec(0usize..120, 0..6), reverse: bool) {
        let limits = Limits { queries: 4, sessions: 2, unpacked: 1 };
        for limits in [Limits::default(), limits] {
            let whole = fold_cut(&lines, &[], |index| index, limits);
            let mut distinct = cuts.clone();
            distinct.retain(|cut| *cut < lines.len());
            distinct.sort_unstable();
            distinct.dedup();
            let count = distinct.len() + 1;
            let order = |index: usize| if reverse { count - 1 - index } else { index };
            let cut = fold_cut(&lines, &distinct, order, limits);
            prop_assert_eq!(told(whole), told(cut));
        }
    }

    #[test]
    fn every_duration_is_counted_once(lines in lines()) {
        let workload = fold(&lines);
        let totals = workload.totals();
        prop_assert_eq!(totals.total_us - totals.plan_only_us, workload.seen.statement_us);
        let logged: i64 = lines.iter().map(|line| match &line.kind {
            Kind::Statement { us, .. } => us.unwrap_or(0),
            Kind::Duration(us) => *us,
            _ => 0,
        }).sum();
        prop_assert_eq!(workload.seen.statement_us + workload.seen.bare_us, logged as u64);
        let plans = lines.iter().filter(|line| matches!(line.kind, Kind::Plan { .. })).count() as u64;
        let nested: u64 = workload.queries.iter().map(|query| query.nested_calls).sum();
        prop_assert!(workload.seen.plans_merged + nested <= plans);
        prop_assert_eq!(workload.seen.plans, plans);
    }
}
