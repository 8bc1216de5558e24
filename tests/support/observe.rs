//! What a statement does on a server: the locks that its transaction holds, the tables that it writes anew, reads, indexes.
//!
//! In: a database and a statement. Out: [`Observed`]. Witnesses: `pg_locks`; the relations' file nodes; the messages that the server gives at
//! DEBUG1 (`ATRewriteTable`, `index_build`, `validateForeignKeyConstraint`); the transaction's own counts of sequential scans.

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use sqlsift::catalog::apply::Replay;
use sqlsift::catalog::model::{SourceLine, Table};
use sqlsift::effect::model::Cause;
use sqlsift::effect::{Effect, WorkKind};
use sqlsift::sql::ddl::model::{ActionKind, ObjectKind, QualifiedName, ReindexTarget};
use sqlsift::sql::ddl::{self, Ddl};
use sqlsift::sql::split::split;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, SimpleQueryMessage};

/// Weakest first, as `pg_locks.mode` has them.
pub const MODES: [&str; 8] = [
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
];

/// Relations are `schema.name`, by the names that they had before the statement.
#[derive(Debug, Default)]
pub struct Observed {
    /// The strongest mode held or waited for, but for AccessShareLock.
    pub locks: BTreeMap<String, &'static str>,
    /// `pg_class.relkind` of everything that has a name here.
    pub kinds: BTreeMap<String, char>,
    pub rewritten: BTreeSet<String>,
    /// Verified row by row, or read to validate a foreign key.
    pub scanned: BTreeSet<String>,
    /// Tables of the indexes built.
    pub built: BTreeSet<String>,
    /// Sequential scans of whatever reason; of a statement that was held up they cannot be seen.
    pub read: BTreeSet<String>,
    pub held_up: bool,
    /// SQLSTATE and message.
    pub error: Option<(String, String)>,
}

impl Observed {
    /// Whether this is a table or the like, not an index.
    pub fn is_table(&self, name: &str) -> bool {
        self.kinds.get(name).is_some_and(|kind| matches!(kind, 'r' | 'p' | 'v' | 'm' | 'f'))
    }
}

/// A connection whose notices are kept.
pub struct Session {
    client: Arc<Client>,
    notices: Arc<Mutex<Vec<String>>>,
    pid: String,
}

/// A relation's name, kind, file node and number of sequential scans.
type Relations = BTreeMap<String, (String, char, String, String)>;

const RELATIONS: &str = "SELECT c.oid, n.nspname || '.' || c.relname, c.relkind, coalesce(pg_relation_filenode(c.oid), 0), \
     coalesce(s.seq_scan, 0) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
     LEFT JOIN pg_stat_xact_all_tables s ON s.relid = c.oid \
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

impl Session {
    pub async fn open(config: Config) -> Result<Self> {
        let (client, mut connection) = config.connect(NoTls).await?;
        let notices = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&notices);
        tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
                if let AsyncMessage::Notice(notice) = message {
                    kept.lock().expect("no panic while it is held").push(notice.message().to_owned());
                }
            }
        });
        let mut session = Session { client: Arc::new(client), notices, pid: String::new() };
        session.pid = session.rows("SELECT pg_backend_pid()").await?.remove(0).remove(0);
        Ok(session)
    }

    pub async fn run(&self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).await.map_err(|e| anyhow!("{:?}\n{sql}", refusal(&e)))
    }

    pub async fn rows(&self, sql: &str) -> Result<Vec<Vec<String>>> {
        let mut rows = Vec::new();
        let messages = self.client.simple_query(sql).await.map_err(|e| anyhow!("{:?}\n{sql}", refusal(&e)))?;
        for message in messages {
            if let SimpleQueryMessage::Row(row) = message {
                rows.push((0..row.len()).map(|at| row.get(at).unwrap_or_default().to_owned()).collect());
            }
        }
        Ok(rows)
    }

    async fn relations(&self) -> Result<Relations> {
        let rows = self.rows(RELATIONS).await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let kind = row[2].chars().next().unwrap_or(' ');
                (row[0].clone(), (row[1].clone(), kind, row[3].clone(), row[4].clone()))
            })
            .collect())
    }

    /// Executes the statement in the way that it allows, and looks.
    pub async fn observe(&self, config: &Config, sql: &str, statement: &Ddl, replay: &Replay) -> Result<Observed> {
        match blockers(statement, replay) {
            None => self.in_transaction(sql).await,
            Some(blockers) => self.held_up(config, sql, &blockers).await,
        }
    }

    /// Executes the statement in a transaction, looks, and rolls it back.
    async fn in_transaction(&self, sql: &str) -> Result<Observed> {
        self.run("SET client_min_messages = debug1; BEGIN").await?;
        let before = self.relations().await?;
        self.notices.lock().expect("no panic while it is held").clear();
        let mut observed = Observed::default();
        match self.client.simple_query(sql).await {
            Ok(_) => {
                self.look(&before, &self.pid, self, &mut observed).await?;
                // A table that is emptied gets a new file without a look at the old one.
                if sql.trim_start().to_ascii_uppercase().starts_with("TRUNCATE") {
                    observed.rewritten.clear();
                    observed.built.clear();
                }
            }
            Err(e) => observed.error = Some(refusal(&e)),
        }
        self.run("ROLLBACK; SET client_min_messages = warning").await?;
        Ok(observed)
    }

    async fn look(&self, before: &Relations, pid: &str, worker: &Session, observed: &mut Observed) -> Result<()> {
        let after = self.relations().await?;
        let mut names: BTreeMap<&str, &str> = BTreeMap::new();
        for (oid, (name, kind, ..)) in after.iter().chain(before) {
            names.insert(oid, name);
            observed.kinds.insert(name.clone(), *kind);
        }
        self.locks(pid, &names, observed).await?;
        for (oid, (name, kind, node, scans)) in &after {
            let old = before.get(oid);
            if matches!(kind, 'r' | 'm') && old.is_some_and(|(_, _, was, _)| was != node) {
                observed.rewritten.insert(name_of(&names, oid, name));
            }
            let scans_before = old.map_or("0", |(.., scans)| scans);
            if scans_before != scans {
                observed.read.insert(name_of(&names, oid, name));
            }
        }
        let mut references = false;
        let notices = std::mem::take(&mut *worker.notices.lock().expect("no panic while it is held"));
        for notice in notices {
            let quoted: Vec<&str> = notice.split('"').skip(1).step_by(2).collect();
            let named = |wanted: Option<&&str>| {
                let wanted = format!(".{}", wanted?);
                let found = before.values().chain(after.values()).find(|(name, ..)| name.ends_with(&wanted));
                found.map(|(name, ..)| name.clone())
            };
            if notice.starts_with("rewriting table") {
                observed.rewritten.extend(named(quoted.first()));
            } else if notice.starts_with("verifying table") {
                observed.scanned.extend(named(quoted.first()));
            } else if notice.starts_with("building index") {
                // An index of a new table is empty.
                let table = named(quoted.get(1)).filter(|name| before.values().any(|(known, ..)| known == name));
                observed.built.extend(table);
            } else if notice.starts_with("validating foreign key constraint") {
                references = true;
                let name = quoted.first().copied().unwrap_or_default().replace('\'', "''");
                let tables = format!("SELECT conrelid FROM pg_constraint WHERE contype = 'f' AND conname = '{name}'");
                for row in self.rows(&tables).await? {
                    let found = names.get(row[0].as_str()).map(|name| (*name).to_owned());
                    // The name may be that of several partitions' keys.
                    let read = |name: &String| observed.kinds.get(name) == Some(&'r') && observed.read.contains(name);
                    observed.scanned.extend(found.filter(read));
                }
            }
        }
        // Checks of a domain are made without a word. Of a foreign key's other side the planner reads what it likes.
        let held =
            |name: &&String| observed.locks.contains_key(*name) && matches!(observed.kinds.get(*name), Some('r' | 'm'));
        let fresh = |name: &String| before.values().all(|(known, ..)| known != name);
        let known =
            |name: &&String| fresh(name) || observed.rewritten.contains(*name) || observed.built.contains(*name);
        let silent: Vec<String> = observed.read.iter().filter(|name| held(name) && !known(name)).cloned().collect();
        if !references {
            observed.scanned.extend(silent);
        }
        Ok(())
    }

    async fn locks(&self, pid: &str, names: &BTreeMap<&str, &str>, observed: &mut Observed) -> Result<()> {
        let held = format!("SELECT relation, mode FROM pg_locks WHERE locktype = 'relation' AND pid = {pid}");
        for row in self.rows(&held).await? {
            let Some(name) = names.get(row[0].as_str()) else { continue };
            let Some(rank) = MODES.iter().position(|mode| *mode == row[1]) else { continue };
            let had = observed.locks.get(*name).and_then(|had| MODES.iter().position(|mode| mode == had));
            if rank > 0 && had.is_none_or(|had| had < rank) {
                observed.locks.insert((*name).to_owned(), MODES[rank]);
            }
        }
        Ok(())
    }

    /// Executes a statement that refuses to run in a transaction, held up by one blocker after the other; the locks are those
    /// held or waited for at each halt. What it did stays.
    async fn held_up(&self, config: &Config, sql: &str, blockers: &[String]) -> Result<Observed> {
        let worker = Session::open(config.clone()).await?;
        worker.run("SET client_min_messages = debug1").await?;
        let before = self.relations().await?;
        let names: BTreeMap<&str, &str> =
            before.iter().map(|(oid, (name, ..))| (oid.as_str(), name.as_str())).collect();
        let mut holding = Vec::new();
        for blocker in blockers {
            let session = Session::open(config.clone()).await?;
            session.run(&format!("BEGIN; {blocker}")).await?;
            holding.push(session);
        }
        let mut observed = Observed::default();
        let (client, text) = (Arc::clone(&worker.client), sql.to_owned());
        let running = tokio::spawn(async move { client.simple_query(&text).await.map(|_| ()) });
        while self.wait_for_halt(&worker.pid, &running).await? {
            self.locks(&worker.pid, &names, &mut observed).await?;
            let blocking = self.rows(&format!("SELECT unnest(pg_blocking_pids({}))", worker.pid)).await?;
            for blocker in holding.iter().filter(|blocker| blocking.iter().any(|row| row[0] == blocker.pid)) {
                blocker.run("ROLLBACK").await?;
            }
        }
        if let Err(e) = running.await? {
            observed.error = Some(refusal(&e));
            return Ok(observed);
        }
        let mut done = Observed::default();
        self.look(&before, "0", &worker, &mut done).await?;
        done.locks = observed.locks;
        done.held_up = true;
        Ok(done)
    }

    /// Whether it waits; else it has ended.
    async fn wait_for_halt(
        &self,
        pid: &str,
        running: &tokio::task::JoinHandle<Result<(), tokio_postgres::Error>>,
    ) -> Result<bool> {
        let waits = format!("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = {pid}");
        for _ in 0..2000 {
            if running.is_finished() {
                return Ok(false);
            }
            if self.rows(&waits).await?[0][0] != "0" {
                return Ok(true);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bail!("the statement neither waits nor ends")
    }
}

fn name_of(names: &BTreeMap<&str, &str>, oid: &str, name: &str) -> String {
    names.get(oid).map_or(name, |name| name).to_owned()
}

fn refusal(error: &tokio_postgres::Error) -> (String, String) {
    match error.as_db_error() {
        Some(refused) => (refused.code().code().to_owned(), refused.message().to_owned()),
        None => (String::new(), error.to_string()),
    }
}

/// The schema as sqlsift understands it, statement by statement.
pub fn replay(sql: &str) -> Replay {
    let mut replay = Replay::default();
    for statement in split(sql.as_bytes()) {
        apply(&mut replay, statement.span.of(sql));
    }
    replay
}

pub fn apply(replay: &mut Replay, text: &str) {
    if let Ok(Some(ddl)) = ddl::parse(text) {
        let at = SourceLine { path: "setup.sql".into(), line: 1 };
        let _ = replay.apply_text(&ddl, text, &at);
    }
}

/// What a second session does, one after the other, to halt a statement that refuses to run in a transaction, so that its locks can
/// be read. `None`: it runs in one.
pub fn blockers(statement: &Ddl, replay: &Replay) -> Option<Vec<String>> {
    let lock = |table: &str, mode: &str| format!("LOCK TABLE {table} IN {mode} MODE");
    let table_of = |index: &QualifiedName| replay.index(index).map(|(table, _)| table.to_string());
    let named = |table: &QualifiedName| replay.name(table).to_string();
    match statement {
        Ddl::CreateIndex(index) if index.concurrently => Some(vec![lock(&named(&index.table), "ROW EXCLUSIVE")]),
        Ddl::Drop(drop) if drop.concurrently && drop.kind == ObjectKind::Index => {
            Some(drop.names.iter().filter_map(table_of).map(|table| lock(&table, "ROW EXCLUSIVE")).collect())
        }
        Ddl::Reindex(reindex) if reindex.concurrently => {
            let name = reindex.name.as_ref()?;
            let table = if reindex.target == ReindexTarget::Index { table_of(name)? } else { named(name) };
            Some(vec![lock(&table, "ROW EXCLUSIVE")])
        }
        Ddl::Vacuum(vacuum) => {
            // A table first, then its partitions and children, one by one.
            let mut tables: Vec<String> = Vec::new();
            for table in vacuum.tables.iter().map(|table| replay.name(&table.name)) {
                let below = replay.children(&table).into_iter().map(|name| name.to_string());
                tables.extend([table.to_string()].into_iter().chain(below));
            }
            Some(tables.iter().map(|table| lock(&format!("ONLY {table}"), "SHARE UPDATE EXCLUSIVE")).collect())
        }
        Ddl::AlterTable(alter) => alter.actions.iter().find_map(|action| match &action.kind {
            ActionKind::DetachPartition { partition, concurrently: true, .. } => {
                let parent = replay.name(&alter.name);
                let points = |table: &Table| table.foreign_keys().any(|key| *key.references == parent);
                let tables = replay.catalog().tables.iter();
                let pointing = tables.filter(|(_, table)| points(table)).map(|(name, _)| name.to_string());
                let all = [parent.to_string(), named(partition)].into_iter().chain(pointing);
                let below = replay.catalog().tables.get(&parent).into_iter().flat_map(|table| table.foreign_keys());
                let below = below.map(|key| lock(&key.references.to_string(), "ROW EXCLUSIVE"));
                Some(all.map(|table| lock(&table, "ACCESS SHARE")).chain(below).collect())
            }
            _ => None,
        }),
        _ => None,
    }
}

/// Each difference between what was predicted and what happened as a line; predicted first.
pub fn differences(predicted: &Effect, observed: &Observed) -> Vec<String> {
    let mut wrong = Vec::new();
    let told: BTreeMap<String, &str> =
        predicted.locks.iter().map(|lock| (lock.on.to_string(), lock.mode.name())).collect();
    let names: BTreeSet<&String> = told.keys().chain(observed.locks.keys()).collect();
    for name in names {
        let (told, seen) = (told.get(name).copied(), observed.locks.get(name).copied());
        // An index is spoken of only where a statement locks it by its own name.
        let counts = observed.is_table(name) || (told.is_some() && observed.kinds.contains_key(name));
        // A concurrent statement locks an index strongly in one of its phases (`index_concurrently_set_dead`); whether that is seen
        // depends on which phase it was held up in.
        let passing = observed.held_up && !observed.is_table(name);
        if told != seen && counts && !passing {
            wrong.push(format!("lock on {name}: {told:?}, but {seen:?}"));
        }
    }
    // A partitioned table without partitions has no rows.
    let of = |kind: WorkKind| -> BTreeSet<String> {
        // Of a detached partition no message tells that it is read.
        let seen = |cause: Cause| cause != Cause::DetachPartition || !observed.held_up;
        let works = predicted.works.iter().filter(|work| work.kind == kind && seen(work.cause));
        let works = works.map(|work| work.on.to_string());
        works.filter(|name| observed.kinds.get(name) != Some(&'p')).collect()
    };
    let mut compare = |what: &str, told: &BTreeSet<String>, seen: &BTreeSet<String>| {
        if told != seen {
            wrong.push(format!("{what}: {told:?}, but {seen:?}"));
        }
    };
    let rewritten = of(WorkKind::Rewrite);
    compare("rewritten", &rewritten, &observed.rewritten);
    compare("scanned", &of(WorkKind::Scan), &observed.scanned);
    let built = |set: &BTreeSet<String>| set.difference(&rewritten).cloned().collect::<BTreeSet<_>>();
    compare("built", &built(&of(WorkKind::IndexBuild)), &built(&observed.built));
    wrong
}
