//! What strangers typed into statements stands in no snapshot, and with `--redact` in no report.

use std::process::Command;

use tokio::runtime::Builder;

use crate::server::Server;

const SECRET: &str = "s3cret";

const SHOP: &str = "
CREATE EXTENSION pg_stat_statements;
CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL, note text, at timestamptz DEFAULT now());
INSERT INTO orders SELECT n, CASE WHEN n % 500 = 0 THEN 's3cret' ELSE 'done' END, 's3cret' || n FROM generate_series(1, 100000) n;
CREATE TABLE queue (id bigint PRIMARY KEY, payload text);
INSERT INTO queue SELECT n, 's3cret' FROM generate_series(1, 10) n;
CREATE ROLE web LOGIN PASSWORD 's3cret';
ALTER ROLE web PASSWORD 's3cret2';
VACUUM ANALYZE;
";

const WORK: &str = "
SELECT * FROM orders WHERE status = 's3cret' AND at > now() - interval '1 day';
SELECT count(*) FROM orders WHERE note = 's3cret17';
SELECT * FROM orders WHERE status = 's3cret' ORDER BY at LIMIT 10;
UPDATE queue SET payload = 's3cret9' WHERE id = 3;
";

fn sqlsift(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sqlsift")).args(arguments).output().expect("sqlsift runs");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{arguments:?}: {text}");
    text
}

fn lines_with(text: &str, secret: &str) -> Vec<String> {
    text.lines().filter(|line| line.contains(secret)).map(str::to_owned).collect()
}

#[test]
fn no_literal_leaves_the_server_with_health_or_queries() {
    let server =
        Server::start(&[("shared_preload_libraries", "pg_stat_statements"), ("max_prepared_transactions", "5")]);
    let _ = server.psql("postgres", SHOP);
    let _ = server.try_psql("postgres", "CREATE EXTENSION hypopg");
    let _ = server.psql("postgres", &WORK.repeat(20));
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    // One holds a row, others wait for it, and one works for long: all with a secret in their texts.
    let sessions: Vec<_> = (0..4).map(|_| runtime.block_on(server.connect("postgres")).unwrap()).collect();
    runtime.block_on(sessions[0].batch_execute("BEGIN; UPDATE queue SET payload = 's3cret3' WHERE id = 1")).unwrap();
    let waiting = ["UPDATE queue SET payload = 's3cret4' WHERE id = 1", "SELECT pg_sleep(60), 's3cret5'"];
    let torn = format!("SELECT pg_sleep(60) /* {} */ WHERE 'x' <> 's3cret6", "x".repeat(3960)) + &"y".repeat(100) + "'";
    let statements: Vec<String> = waiting.iter().map(|text| (*text).to_owned()).chain([torn]).collect();
    let mut running = Vec::new();
    for (session, text) in sessions[1..].iter().zip(&statements) {
        running.push(Box::pin(session.batch_execute(text)));
    }
    runtime.block_on(async {
        let _ = tokio::time::timeout(std::time::Duration::from_millis(1500), futures_all(&mut running)).await;
    });

    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("sqlsift.toml");
    std::fs::write(
        &config,
        "[rules]\n\"server/blocked_sessions\" = { min_s = 0 }\n\"server/idle_in_transaction\" = { min_s = 0 }\n\
         \"server/long_query\" = { min_s = 0 }\n",
    )
    .unwrap();
    let (dsn, config) = (server.dsn("postgres"), config.display().to_string());
    let snapshot = sqlsift(&["snapshot", "--dsn", &dsn]);
    assert_eq!(lines_with(&snapshot, SECRET), Vec::<String>::new(), "in the snapshot");
    for format in ["json", "table"] {
        let report =
            sqlsift(&["analyze", "--redact", "--top", "100", "--config", &config, "--format", format, "--dsn", &dsn]);
        assert!(report.contains("server/blocked_sessions") && report.contains("server/long_query"), "{report}");
        assert_eq!(lines_with(&report, SECRET), Vec::<String>::new(), "in {format}");
    }
    drop(running);
}

/// Drives all of them.
async fn futures_all<F: Future + Unpin>(all: &mut [F]) {
    let done = std::future::poll_fn(|cx| {
        for one in all.iter_mut() {
            let _ = std::pin::Pin::new(one).poll(cx);
        }
        std::task::Poll::<()>::Pending
    });
    done.await;
}
