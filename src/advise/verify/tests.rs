use super::*;
use crate::advise::whatif::Values;

/// Times by statement and visible indexes: the first line whose indexes are all visible is what the planner takes.
struct Table {
    lines: Vec<(&'static str, Vec<IndexId>, f64)>,
    all: Vec<IndexId>,
    runs: usize,
}

impl Table {
    fn line(&self, sql: &str, hidden: &[IndexId]) -> Result<(u64, Vec<IndexId>, f64), TrialError> {
        let fits = |used: &Vec<IndexId>| used.iter().all(|index| self.all.contains(index) && !hidden.contains(index));
        let found = self.lines.iter().enumerate().find(|(_, (of, used, _))| *of == sql && fits(used));
        let (place, (_, used, ms)) = found.ok_or_else(|| TrialError::Statement("refused".into()))?;
        Ok((place as u64 + 1, used.clone(), *ms))
    }
}

impl Trial for Table {
    fn shape(&mut self, sql: &str, hidden: &[IndexId]) -> Result<Shape, TrialError> {
        self.line(sql, hidden).map(|(key, used, _)| Shape { key, used })
    }

    fn run(&mut self, sql: &str, hidden: &[IndexId]) -> Result<f64, TrialError> {
        self.runs += 1;
        let (_, _, ms) = self.line(sql, hidden)?;
        if ms >= 60_000.0 { Err(TrialError::Timeout(60_000)) } else { Ok(ms) }
    }
}

fn asked(sqls: &[&str]) -> Vec<Asked> {
    let sample = |sql: &str| Sample { sql: sql.into(), share: 1.0, values: Values::Logged };
    sqls.iter().map(|sql| Asked { name: (*sql).into(), samples: vec![sample(sql)] }).collect()
}

fn tried(lines: Vec<(&'static str, Vec<IndexId>, f64)>, sqls: &[&str]) -> (Verdict, usize) {
    let all = vec![0, 1, 2];
    let mut table = Table { lines, all: all.clone(), runs: 0 };
    let verdict = verify(&mut table, &all, &asked(sqls), &Effort::default(), &mut |_| {});
    (verdict, table.runs)
}

#[test]
fn what_makes_a_statement_slower_leaves_and_the_rest_stays() {
    let (verdict, _) = tried(
        vec![
            ("q1", vec![0], 10.0),
            ("q1", vec![], 1000.0),
            ("q7", vec![0, 1], 900.0),
            ("q7", vec![1], 950.0),
            ("q7", vec![0], 290.0),
            ("q7", vec![], 300.0),
            ("q9", vec![], 50.0),
        ],
        &["q1", "q7", "q9"],
    );
    assert_eq!(verdict.kept, [0, 2]);
    let refuted = &verdict.refuted[0];
    assert_eq!((refuted.index, refuted.query.as_str()), (1, "q7"));
    assert_eq!((refuted.before_ms, refuted.with_ms, refuted.without_ms), (300.0, 900.0, 290.0));
    let after: Vec<f64> = verdict.timed.iter().map(|timed| timed.after_ms).collect();
    assert_eq!(after, [10.0, 290.0, 50.0]);
    assert_eq!(verdict.totals(), (1350.0, 350.0));
    assert_eq!(verdict.ended, None);
}

#[test]
fn of_two_that_heal_it_the_less_useful_goes() {
    let (verdict, _) = tried(
        vec![("q1", vec![0], 10.0), ("q1", vec![], 1000.0), ("q7", vec![0, 1], 900.0), ("q7", vec![], 300.0)],
        &["q1", "q7"],
    );
    assert_eq!((verdict.kept, verdict.refuted.len()), (vec![0, 2], 1));
}

#[test]
fn a_removal_that_uncovers_another_regression_goes_on() {
    let (verdict, _) =
        tried(vec![("q", vec![0], 500.0), ("q", vec![1], 400.0), ("q", vec![2], 90.0), ("q", vec![], 100.0)], &["q"]);
    assert_eq!(verdict.kept, [2]);
    assert_eq!(verdict.refuted.iter().map(|refuted| refuted.index).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn small_differences_are_noise_and_unused_indexes_are_not_timed_twice() {
    let (verdict, runs) = tried(
        vec![
            ("a", vec![0], 25.0),
            ("a", vec![], 10.0),
            ("b", vec![0], 1090.0),
            ("b", vec![], 1000.0),
            ("c", vec![], 5.0),
        ],
        &["a", "b", "c"],
    );
    assert_eq!(verdict.kept, [0, 1, 2]);
    // One pair to warm up and three to measure, seven where it is not clear; two runs of what uses no index.
    assert_eq!(runs, 2 * (1 + 3) + 2 * (1 + 7) + 2);
}

#[test]
fn what_is_refused_or_stopped_is_said() {
    let (verdict, _) = tried(vec![("slow", vec![0], 5.0), ("slow", vec![], 60_000.0)], &["unknown", "slow"]);
    assert_eq!(verdict.not_run, [("unknown".to_owned(), "refused".to_owned())]);
    assert!(verdict.timed[0].stopped && verdict.timed[0].before_ms == 60_000.0);
    let effort = Effort { deadline: Some(std::time::Instant::now()), ..Effort::default() };
    let mut table = Table { lines: vec![("q", vec![], 1.0)], all: vec![0], runs: 0 };
    let verdict = verify(&mut table, &[0], &asked(&["q"]), &effort, &mut |_| {});
    assert_eq!(verdict.ended.as_deref(), Some("the time limit was reached"));
}

#[test]
fn what_takes_long_runs_once_each_way_unless_that_tells_little() {
    let runs = |with: f64| tried(vec![("q", vec![0], with), ("q", vec![], 9_000.0)], &["q"]).1;
    assert_eq!(runs(3_000.0), 2);
    assert_eq!(runs(9_500.0), 2 * 3);
}
