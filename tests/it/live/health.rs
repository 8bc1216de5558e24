//! Health on a live server: the condition is made, read and found; what is advised is executed; the finding is gone.

mod objects;
mod reading;
mod replication;
mod sessions;

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlsift::advise;
use sqlsift::catalog::model::Catalog;
use sqlsift::db::Session;
use sqlsift::db::health::{self, Unread};
use sqlsift::db::session::Limits;
use sqlsift::rules::context::{WorkloadCx, Worth};
use sqlsift::rules::page::Preset;
use sqlsift::rules::place::Places;
use sqlsift::rules::registry::{Override, Registry};
use sqlsift::rules::run;
use sqlsift::workload::model::Workload;

use crate::server::{SUPERUSER, Server};

/// What one rule said, and what is advised for it.
#[derive(Debug, Default)]
pub struct Said {
    pub titles: Vec<String>,
    /// Of the first recommendation of each finding.
    pub remedies: Vec<String>,
    pub undo: Vec<String>,
    pub not_examined: Vec<String>,
}

/// A server on which nothing cleans up by itself while a test looks.
pub fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        Server::start(&[
            ("autovacuum_naptime", "1d"),
            ("max_prepared_transactions", "5"),
            ("shared_preload_libraries", "pg_stat_statements"),
            ("deadlock_timeout", "1min"),
        ])
    })
}

/// A new database of it.
pub fn database(setup: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("health{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let _ = server().psql("postgres", &format!("CREATE DATABASE {name} TEMPLATE template0"));
    let _ = server().psql(&name, setup);
    name
}

/// The catalog as the superuser sees it, its health as `role` does.
pub fn catalog(database: &str, role: &str) -> (Catalog, Vec<Unread>) {
    catalog_of(server(), database, role)
}

pub fn catalog_of(server: &Server, database: &str, role: &str) -> (Catalog, Vec<Unread>) {
    let mut session = Session::connect(&server.dsn(database)).expect("a connection");
    let mut catalog = sqlsift::db::catalog::read(&mut session).expect("a catalog").catalog;
    let dsn = server.dsn(database).replacen(&format!("//{SUPERUSER}@"), &format!("//{role}@"), 1);
    let mut session = Session::connect(&dsn).expect("a connection");
    let unread = health::read(&mut session, Limits::default(), &mut catalog).expect("readable");
    (catalog, unread)
}

pub fn judge(catalog: &Catalog, rule: &str, options: &str) -> Said {
    let options: toml::Table = toml::from_str(options).expect("options");
    let page = Registry::defaults().get(rule).expect("a rule").page.clone();
    let own = Override { severity: Some(Some(page.severity)), options };
    let registry =
        Registry::new(Preset::Default, &BTreeMap::from([(rule.to_owned(), own)]), Vec::new()).expect("known options");
    let workload = Workload::default();
    let cx =
        WorkloadCx { workload: &workload, facts: &[], catalog: Some(catalog), plans: &[], worth: Worth::default() };
    let outcome = run::run(&registry, &cx, &[], Places::default());
    assert!(outcome.problems.is_empty(), "{:?}", outcome.problems);
    let mine: Vec<_> = outcome.found.iter().filter(|found| found.finding.rule == rule).collect();
    let mut drafts: Vec<_> = mine.iter().map(|found| found.draft.clone()).collect();
    let advice = advise::recommend(&mut drafts, &cx);
    let first = |links: &Vec<String>| advice.recommendations.iter().find(|one| Some(&one.id) == links.first());
    Said {
        titles: mine.iter().map(|found| found.finding.title.clone()).collect(),
        remedies: advice.links.iter().filter_map(first).map(|one| one.sql.clone()).collect(),
        undo: advice.links.iter().filter_map(first).filter_map(|one| one.undo.clone()).collect(),
        not_examined: outcome.rules_not_run.into_iter().filter(|not| not.rule == rule).map(|not| not.reason).collect(),
    }
}

pub fn look(database: &str, rule: &str, options: &str) -> Said {
    judge(&catalog(database, SUPERUSER).0, rule, options)
}

/// Found once, remedied as advised, gone. Gives what was said, the remedy among it.
pub fn cured(database: &str, rule: &str, options: &str, title: &str) -> Said {
    let said = look(database, rule, options);
    assert_eq!(said.titles.len(), 1, "{rule}: {said:?}");
    assert!(said.titles[0].contains(title), "{rule}: {said:?}");
    assert_eq!(said.remedies.len(), 1, "{rule}: {said:?}");
    let _ = server().psql(database, &said.remedies[0]);
    let after = look(database, rule, options);
    assert!(after.titles.is_empty(), "still there after {}: {after:?}", said.remedies[0]);
    said
}
