//! The throw-away server and the fixtures themselves: that a server comes up, is reachable in every way the other tests
//! use, and leaves nothing behind; that the labels are complete and the capture agrees with itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::server::Server;

fn fixture(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)
}

#[test]
fn a_server_answers_on_its_socket_and_leaves_nothing_behind() {
    let server = Server::start(&[("work_mem", "1MB"), ("cluster_name", "it's")]);
    assert_eq!(server.psql("postgres", "SHOW work_mem; SHOW cluster_name; SHOW listen_addresses").trim(), "1MB\nit's");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let one: i32 = runtime.block_on(async {
        let client = server.connect("postgres").await.expect("a connection");
        client.query_one("SELECT 1", &[]).await.expect("a row").get(0)
    });
    assert_eq!(one, 1);
    assert!(server.dsn("postgres").contains(&server.socket_dir().display().to_string()));
    let folder = server.socket_dir().to_owned();
    drop(server);
    assert!(!folder.exists(), "{} is left behind", folder.display());
}

#[test]
fn psql_errors_are_errors() {
    let refused = Server::shared().try_psql("postgres", "SELECT 1; SELECT nope").expect_err("no such column");
    assert!(refused.to_string().contains("column \"nope\" does not exist"), "{refused}");
}

/// Runs this test program again with a server in it, kills it, and waits for the server to disappear.
#[test]
fn a_killed_process_leaves_no_server() {
    const CHILD: &str = "SQLSIFT_TEST_CHILD";
    if std::env::var_os(CHILD).is_some() {
        let server = Server::start(&[]);
        std::fs::write(
            std::env::var_os("SQLSIFT_TEST_FILE").expect("set below"),
            server.socket_dir().display().to_string(),
        )
        .expect("writable");
        std::thread::sleep(Duration::from_secs(120));
        return;
    }
    let note = tempfile::NamedTempFile::new().expect("a file");
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "harness::a_killed_process_leaves_no_server"])
        .env(CHILD, "1")
        .env("SQLSIFT_TEST_FILE", note.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the same program");
    let folder = wait_for(|| {
        let text = std::fs::read_to_string(note.path()).unwrap_or_default();
        (!text.is_empty()).then(|| PathBuf::from(text))
    })
    .expect("the child starts a server");
    assert!(folder.exists());
    child.kill().expect("kill");
    child.wait().expect("wait");
    wait_for(|| (!folder.exists()).then_some(())).expect("the watchdog stops the server and removes its folder");
}

fn wait_for<T>(mut ready: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(90) {
        if let Some(value) = ready() {
            return Some(value);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    None
}

#[test]
fn every_label_is_planted_or_healthy_and_named_once() {
    let text = std::fs::read_to_string(fixture("../tests/it/labels/shop.toml")).expect("labels");
    let labels: toml::Table = text.parse().expect("TOML");
    let mut names = BTreeSet::new();
    let statements = labels["statement"].as_array().expect("statements");
    for one in statements {
        let name = one["name"].as_str().expect("a name");
        assert!(names.insert(name), "{name} stands twice");
        let healthy = one.get("healthy").is_some_and(|value| value.as_bool() == Some(true));
        let planted = one.get("planted").is_some_and(|value| value.as_array().is_some_and(|rules| !rules.is_empty()));
        assert!(healthy != planted, "{name} must be either planted or healthy");
    }
    for one in statements {
        if let Some(parent) = one.get("parent").and_then(toml::Value::as_str) {
            assert!(names.contains(parent), "no statement {parent}");
        }
    }
}

#[test]
fn pg_stat_statements_and_the_csvlog_count_the_same_calls() {
    let sums = std::fs::read_to_string(fixture("logs/shop/sums.csv")).expect("sums");
    let by_phase: BTreeMap<&str, u64> = sums
        .lines()
        .filter_map(|line| line.strip_prefix("all,"))
        .filter_map(|line| {
            let (phase, rest) = line.split_once(',')?;
            Some((phase, rest.split(',').next()?.parse().ok()?))
        })
        .collect();
    let rows: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(fixture("pgss/shop.json")).expect("export")).expect("JSON");
    let calls: u64 = rows.as_array().expect("rows").iter().filter_map(|row| row["calls"].as_u64()).sum();
    assert_eq!(calls, by_phase["all"]);
    assert_eq!(by_phase["all"], by_phase["statement"] + by_phase["execute"]);
}
