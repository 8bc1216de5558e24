//! What a rule page claims about Postgres, asked of a Postgres.
//!
//! A `proof` fence is SQL to prepare, a line `-- proof`, and one statement or several. Facts in its header are about the last one:
//! - `plan=seq_scan:t`, `index_scan:t`, `index_only_scan:t`, `bitmap_scan:t`: EXPLAIN shows this node; `plan=!t`: no node reads t
//! - `rows=n`: it returns so many rows; `rows_read=n`: its largest scan gives so many (EXPLAIN ANALYZE); `rows_written=n`
//! - `scan=t:n`: it starts so many sequential scans of t (`pg_stat_xact_all_tables`)
//! - `error=sqlstate`; `equal`: all statements return the same rows
//! - `lock=t:ShareLock` (may repeat): the strongest mode that its transaction holds on t, as `pg_locks` has it; `lock=t:no`: none beyond
//!   AccessShareLock. A statement that refuses to run in a transaction is halted by another session and looked at then
//! - `rewrite=t`, `rewrite=no`: t gets a new file; nothing does
//! - `scan=t`, `scan=no`: every row of t is read, to verify it or a foreign key of it
//! - `build=t`, `build=no`: an index of t is built
//! - `pg=13..18`, `pg=14..`, `pg=15`: skipped, with a message, on other majors
//!
//! A fence with `lock`, `rewrite`, `scan` or `build` is also a test of `sqlsift::effect`: it must predict all locks and all work of the last
//! statement, those that the fence does not speak of too.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use libtest_mimic::Failed;
use sqlsift::rules::page::{Fence, Page};
use sqlsift::sql::StatementKind;
use sqlsift::sql::facts::facts;

use super::effect;
use super::server::Server;

/// A database of its own with the page's setup in it.
pub struct Database {
    name: String,
    /// `SET …` lines of the fence, for every session.
    pub settings: String,
}

impl Database {
    pub fn new(setup: &str) -> Result<Self, Failed> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // Two copies of the template at once refuse each other.
        static ONE: Mutex<()> = Mutex::new(());
        let name = format!("proof{}", COUNT.fetch_add(1, Ordering::Relaxed));
        {
            let _one = ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            Server::shared().try_psql("postgres", &format!("CREATE DATABASE {name}")).map_err(failed)?;
        }
        let database = Self { name, settings: String::new() };
        database.run(setup)?;
        Ok(database)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn run(&self, sql: &str) -> Result<String, Failed> {
        let script = format!("\\set VERBOSITY verbose\n{}\n{sql}", self.settings);
        Server::shared().try_psql(&self.name, &script).map_err(failed)
    }
}

/// `SET …` lines.
pub fn settings(sql: &str) -> String {
    sql.lines().filter(|line| line.starts_with("SET ")).map(|line| format!("{line}\n")).collect()
}

fn failed(error: impl std::fmt::Display) -> Failed {
    error.to_string().into()
}

/// Every statement of the page is one that the server accepts.
pub fn accepts(page: &Page) -> Result<(), Failed> {
    let database = Database::new(&super::setup(page))?;
    for fence in page.fences().iter().filter(|fence| fence.language == "sql" && fence.fact("offline").is_none()) {
        let text = fence.text.trim();
        let query = matches!(fence.role.as_deref(), Some("bad" | "good" | "fixed"))
            && !matches!(facts(text).kind, StatementKind::Utility | StatementKind::Other);
        if query {
            database.run(&format!("PREPARE it AS {text}")).map_err(|e| describe(fence, &e))?;
        }
    }
    Ok(())
}

fn describe(fence: &Fence, error: &Failed) -> Failed {
    format!("line {}: {}", fence.line, error.message().unwrap_or_default()).into()
}

#[allow(clippy::print_stderr)]
pub fn check(page: &Page, fence: &Fence) -> Result<(), Failed> {
    let major = effect::major()?;
    if !effect::majors(fence)?.contains(&major) {
        let wanted = fence.fact("pg").unwrap_or_default();
        eprintln!("skipped: {}:{} is about Postgres {wanted}, this one is {major}", page.id, fence.line);
        return Ok(());
    }
    let Some((before, after)) = fence.text.split_once("-- proof\n") else {
        return Err("a proof has a line `-- proof` before the statements that it is about".into());
    };
    let mut database = Database::new(&super::setup(page))?;
    database.run(before)?;
    database.settings = settings(before);
    let statements: Vec<&str> =
        after.split(";\n").map(|s| s.trim().trim_end_matches(';')).filter(|s| !s.is_empty()).collect();
    let Some(last) = statements.last() else { return Err("nothing stands after `-- proof`".into()) };
    if fence.facts.is_empty() {
        return Err("the proof claims nothing".into());
    }
    if fence.facts.iter().any(|(key, value)| effect::is_fact(key, value)) {
        effect::check(page, fence, &database, before, last)?;
    }
    for (key, value) in fence.facts.iter().filter(|(key, value)| key != "pg" && !effect::is_fact(key, value)) {
        fact(&database, &statements, last, key, value)?;
    }
    Ok(())
}

fn fact(database: &Database, statements: &[&str], last: &str, key: &str, value: &str) -> Result<(), Failed> {
    match key {
        "plan" => plan(value, &database.run(&format!("EXPLAIN (COSTS OFF) {last}"))?),
        "rows" => same(value, database.run(&format!("SELECT count(*) FROM ({last}) AS q"))?.trim()),
        "rows_written" => {
            let sql = format!("BEGIN; WITH w AS ({last} RETURNING 1) SELECT count(*) FROM w; ROLLBACK");
            same(value, database.run(&sql)?.trim())
        }
        "rows_read" => {
            let sql = format!("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) {last}");
            same(value, &rows_read(&database.run(&sql)?).to_string())
        }
        "scan" => {
            let (table, times) = value.split_once(':').ok_or("scan=table:times")?;
            let sql = format!(
                "BEGIN; {last}; SELECT seq_scan FROM pg_stat_xact_all_tables WHERE relid = '{table}'::regclass; ROLLBACK"
            );
            same(times, database.run(&sql)?.trim())
        }
        "error" => match database.run(&format!("BEGIN; {last}; ROLLBACK")) {
            Ok(out) => Err(format!("no error, but:\n{out}").into()),
            Err(e) if e.message().unwrap_or_default().contains(&format!("ERROR:  {value}:")) => Ok(()),
            Err(e) => Err(e),
        },
        "equal" => {
            let mut results = Vec::new();
            for statement in statements {
                let out = database.run(statement)?;
                let mut rows: Vec<String> = out.lines().map(str::to_owned).collect();
                rows.sort();
                results.push(rows);
            }
            let differ = results.windows(2).any(|pair| pair[0] != pair[1]);
            if differ || results.len() < 2 { Err(format!("the results differ: {results:?}").into()) } else { Ok(()) }
        }
        other => Err(format!("no test knows the fact `{other}`").into()),
    }
}

fn same(expected: &str, found: &str) -> Result<(), Failed> {
    if expected == found { Ok(()) } else { Err(format!("expected {expected}, found {found}").into()) }
}

fn plan(wanted: &str, plan: &str) -> Result<(), Failed> {
    let holds = match wanted.split_once(':') {
        Some((node, table)) => {
            let node = match node {
                "seq_scan" => "Seq Scan",
                "index_scan" => "Index Scan",
                "index_only_scan" => "Index Only Scan",
                "bitmap_scan" => "Bitmap Heap Scan",
                other => return Err(format!("no test knows the node `{other}`").into()),
            };
            let reads = |line: &str| line.split_whitespace().collect::<Vec<_>>().windows(2).any(|w| w == ["on", table]);
            plan.lines().any(|line| line.contains(node) && reads(line))
        }
        None => {
            let table = wanted.trim_start_matches('!');
            wanted.starts_with('!') && !plan.contains(&format!(" on {table}"))
        }
    };
    if holds { Ok(()) } else { Err(format!("expected {wanted}, found\n{plan}").into()) }
}

/// The most rows that any scan gave, loops and workers included.
fn rows_read(plan: &str) -> u64 {
    let number = |line: &str, key: &str| -> Option<f64> {
        let rest = line.rsplit_once(key)?.1;
        rest.split([' ', ')']).next()?.parse().ok()
    };
    let scans = plan.lines().filter(|line| line.contains("Scan"));
    let rows = scans.filter_map(|line| Some(number(line, "rows=")? * number(line, "loops=")?));
    rows.fold(0.0, f64::max).round() as u64
}
