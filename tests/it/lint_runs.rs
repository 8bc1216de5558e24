//! `sqlsift lint` as it is called: what it reads, what it says that it did not read, and how it ends.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("in the folder")).expect("a folder for it");
        fs::write(path, text).expect("it is written");
    }
    folder
}

fn run(folder: &Path, arguments: &[&str], variables: &[(&str, &Path)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sqlsift"));
    command.args(["lint", "--no-progress"]).args(arguments).current_dir(folder).env_remove("GITHUB_ACTIONS");
    command.env_remove("GITHUB_WORKSPACE").env_remove("SQLSIFT_CONFIG").envs(variables.iter().copied());
    command.stdin(std::process::Stdio::null()).output().expect("sqlsift runs")
}

/// Exit code and lines of the short format.
fn short(folder: &Path, arguments: &[&str]) -> (Option<i32>, Vec<String>) {
    let output = run(folder, &[&["--format", "short"], arguments].concat(), &[]);
    let text = String::from_utf8(output.stdout).expect("text");
    (output.status.code(), text.lines().map(str::to_owned).collect())
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = run(folder, &[&["--format", "json"], arguments].concat(), &[]);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {output:?}"))
}

/// `2.sql:1:14 migration/index_not_concurrent`
fn found(report: &Value) -> Vec<String> {
    let place = |finding: &Value| {
        let place = &finding["locations"][0];
        let path = place["path"].as_str().unwrap_or_default();
        format!("{path}:{}:{} {}", place["line"], place["column"], finding["rule"].as_str().unwrap_or_default())
    };
    report["findings"].as_array().expect("findings").iter().map(place).collect()
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.email=a@b", "-c", "user.name=a"]).args(arguments).current_dir(folder);
    let output = command.output().expect("git runs");
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_path_behind_schema_is_linted_and_a_base_must_be_one() {
    let folder = folder(&[("base.sql", "CREATE TABLE t (a int);"), ("m/1.sql", "ALTER TABLE t DROP COLUMN a;")]);
    let (code, lines) = short(folder.path(), &["--schema", "base.sql", "m/"]);
    assert_eq!(code, Some(1), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("[migration/drop_column]")), "{lines:?}");
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "base.sql"]);
    git(folder.path(), &["commit", "-q", "-m", "1"]);
    for (arguments, said) in [
        (&["--changed", "m/"][..], "sqlsift lint --changed=main m/"),
        (&["--changed=gone"], "sqlsift lint --changed=main migrations/"),
        (&["--changed=gone", "m/"], "no commit or branch is called so"),
        (&["--changed=gone", "empty/"], "no commit or branch is called so"),
        (&["--changed", "base.sql", "m/"], "did you mean: sqlsift lint --changed=HEAD base.sql m/"),
    ] {
        let output = run(folder.path(), arguments, &[]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
    let (code, _) = short(folder.path(), &["--changed=HEAD", "m/"]);
    assert_eq!(code, Some(1));
}

#[test]
fn queries_are_cut_at_the_headers_of_their_tool() {
    let text =
        "-- :name del! :! :n\nDELETE FROM users\n\n-- :name nul :? :*\nSELECT id FROM users WHERE deleted = NULL\n";
    let folder = folder(&[("q/users.sql", text), ("1.sql", "CREATE TABLE users (id int, deleted text);")]);
    let report = json(folder.path(), &["q", "1.sql"]);
    let found = found(&report);
    assert!(found.contains(&"q/users.sql:2:13 query/missing_where".to_owned()), "{found:?}");
    assert!(found.contains(&"q/users.sql:5:38 query/null_comparison".to_owned()), "{found:?}");
    assert_eq!(report["coverage"]["statements_checked"], 3);
}

/// Postgres 15 gives a syntax error for each.
#[test]
fn queries_that_no_server_reads_end_with_1() {
    for text in [
        "SELECT id FROM users WHERE;",
        "UPDATE users SET x = 1, WHERE id = 1;",
        "SELECT * FROM a JOIN b ON;",
        "DELETE users WHERE id = 1;",
        "INSERT INTO t (a) VALUES (1) ON CONFLICT DO UPDATE;",
    ] {
        let folder = folder(&[("queries/q.sql", text)]);
        let (code, lines) = short(folder.path(), &["queries"]);
        assert_eq!(code, Some(1), "{text}: {lines:?}");
        assert!(lines.iter().any(|line| line.contains("q.sql:1: warning: syntax error: ")), "{text}: {lines:?}");
    }
}

#[test]
fn what_was_not_examined_is_told() {
    let folder = folder(&[("queries/q.sql", "SELECT a FROM t;\nSELECT a FROM t WHERE b IN $1;\n")]);
    let report = json(folder.path(), &["queries"]);
    let coverage = &report["coverage"];
    assert!(coverage["unparsed"][0]["reason"].as_str().expect("one").starts_with("queries/q.sql:2: "), "{coverage}");
    assert!(coverage["notes"][0].as_str().expect("a note").contains("not understood in full"), "{coverage}");
    let listed = |list: &str, rule: &str| {
        let rules = coverage[list].as_array().expect(list);
        rules.iter().any(|one| one == rule || one["rule"] == rule)
    };
    for rule in ["server/archiver_failing", "schema/never_analyzed", "plan/disk_sort"] {
        assert!(!listed("rules_run", rule) && listed("rules_not_run", rule), "{rule}");
    }
    assert!(listed("rules_run", "query/select_star"));
    let output = run(folder.path(), &["queries"], &[]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 query was not understood in full"));
}

#[test]
fn lists_of_pgtyped_are_read() {
    let text = "/* @name A */\nSELECT id FROM users WHERE id IN :ids AND x = NULL;\n/* @name B */\nINSERT INTO u (a, b) VALUES :rows;\n";
    let folder = folder(&[("a.sql", text)]);
    let report = json(folder.path(), &["a.sql"]);
    assert_eq!(found(&report), ["a.sql:2:47 query/null_comparison"]);
    assert_eq!(report["coverage"]["unparsed"], Value::Array(Vec::new()));
}

#[test]
fn what_the_configuration_allows_is_left_out_and_what_has_ended_is_told() {
    let allow = |rule: &str, table: &str, until: &str| {
        format!("[[allow]]\nrule = \"{rule}\"\ntable = \"{table}\"\nbecause = \"known\"\n{until}\n")
    };
    let config = allow("migration/index_not_concurrent", "public.t", "until = 2999-01-01")
        + &allow("migration/missing_lock_timeout", "t", "")
        + &allow("schema/no_primary_key", "t", "")
        + &allow("migration/drop_column", "t", "until = 2020-01-01")
        + &allow("query/select_star", "countries", "");
    let second = "CREATE INDEX i ON t (a);\nALTER TABLE t DROP COLUMN a;\n";
    let folder = folder(&[("1.sql", "CREATE TABLE t (a int, b int);"), ("2.sql", second), ("sqlsift.toml", &config)]);
    let report = json(folder.path(), &["--preset", "strict", "1.sql", "2.sql"]);
    let found = found(&report);
    let is_found = |rule: &str| found.iter().any(|one| one.ends_with(rule));
    assert!(is_found("migration/drop_column"), "{found:?}");
    for rule in ["migration/index_not_concurrent", "migration/missing_lock_timeout", "schema/no_primary_key"] {
        assert!(!is_found(rule), "{found:?}");
        let suppressed = report["suppressed"].as_array().expect("suppressed");
        assert!(suppressed.iter().any(|one| one["finding"]["rule"] == rule && one["because"] == "known"), "{rule}");
    }
    let problems = report["problems"].as_array().expect("problems");
    let told: Vec<&str> = problems.iter().filter_map(|problem| problem["message"].as_str()).collect();
    assert_eq!(told, ["the allow of `migration/drop_column` has ended"]);
}

const FIRST: &str = "--liquibase formatted sql\n\n--changeset a:1\nCREATE TABLE inv (id bigint PRIMARY KEY, qty int);\nCREATE INDEX a ON inv (qty);\n";

/// Liquibase runs each changeset once, and the file goes on growing.
#[test]
fn what_an_earlier_changeset_made_is_in_use() {
    let folder = folder(&[("changelog/inv.sql", FIRST)]);
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "1"]);
    let more = "--changeset a:2\nCREATE INDEX i ON inv (id, qty);\n";
    fs::write(folder.path().join("changelog/inv.sql"), format!("{FIRST}{more}")).expect("it is written");
    fs::write(folder.path().join("changelog/new.sql"), format!("{FIRST}{more}").replace("inv", "other"))
        .expect("written");
    let report = json(folder.path(), &["--changed=HEAD", "changelog"]);
    let of = |path: &str| -> Vec<String> {
        let own =
            found(&report).into_iter().filter(|one| one.starts_with(path) && one.ends_with("index_not_concurrent"));
        own.collect()
    };
    assert_eq!(of("changelog/inv.sql"), ["changelog/inv.sql:7:19 migration/index_not_concurrent"]);
    assert_eq!(of("changelog/new.sql"), [""; 0]);
}

#[test]
fn what_takes_an_older_object_is_told_of_the_newer() {
    let first = "CREATE TABLE customers (id bigint PRIMARY KEY);\nCREATE TABLE ch (cid int, x int);\nCREATE INDEX ci ON ch (cid);\n";
    let second = "ALTER TABLE ch ADD CONSTRAINT f FOREIGN KEY (cid) REFERENCES customers(id);\n  CREATE INDEX cix ON ch (cid, x);\n";
    let folder = folder(&[("001.sql", first), ("002.sql", second)]);
    for arguments in [&["--since", "001.sql", "."][..], &["--schema", "001.sql", "002.sql"]] {
        let found = found(&json(folder.path(), arguments));
        assert!(found.contains(&"002.sql:1:1 schema/foreign_key_type_mismatch".to_owned()), "{arguments:?}: {found:?}");
        assert!(found.contains(&"002.sql:2:3 schema/overlapping_index".to_owned()), "{arguments:?}: {found:?}");
    }
    let all = found(&json(folder.path(), &["."]));
    assert!(all.contains(&"001.sql:2:1 schema/foreign_key_type_mismatch".to_owned()), "{all:?}");
}

#[test]
fn two_keys_that_say_the_same_differ_in_type_once() {
    let key = "ALTER TABLE b ADD CONSTRAINT NAME FOREIGN KEY (a) REFERENCES a (id);\n";
    let text = format!(
        "CREATE TABLE a (id bigint PRIMARY KEY);\nCREATE TABLE b (id int PRIMARY KEY, a int);\n{}{}",
        key.replace("NAME", "x"),
        key.replace("NAME", "y")
    );
    let folder = folder(&[("1.sql", &text)]);
    let found = found(&json(folder.path(), &["1.sql"]));
    assert_eq!(found.iter().filter(|one| one.ends_with("foreign_key_type_mismatch")).count(), 1, "{found:?}");
}

#[test]
fn junit_is_in_error_where_the_command_fails() {
    let errors = |text: &str, arguments: &[&str]| {
        let folder = folder(&[("1.sql", text)]);
        let output = run(folder.path(), &[&["--format", "junit"], arguments, &["1.sql"]].concat(), &[]);
        let xml = String::from_utf8(output.stdout).expect("text");
        (output.status.code(), xml.contains("errors=\"1\""), xml.contains("<error"), xml.contains("foo4"))
    };
    assert_eq!(errors("DROP INDEX CONCURRENTLY foo4;", &[]), (Some(0), false, false, true));
    assert_eq!(errors("CREATE TABLE foo4 (a int", &[]), (Some(1), true, true, false));
    assert_eq!(errors("CREATE TABLE foo4 (a int", &["--fail-on", "none"]), (Some(0), false, false, false));
    let folder = folder(&[("1.sql", "DROP INDEX CONCURRENTLY foo4;\nSELECT a FROM t WHERE;")]);
    let output = run(folder.path(), &["--format", "gitlab", "1.sql"], &[]);
    let list: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    let severities: Vec<&str> = list.iter().filter_map(|one| one["severity"].as_str()).collect();
    assert_eq!(severities, ["minor", "critical"]);
}

#[test]
fn an_allow_of_no_rule_says_which_was_meant() {
    let text = "-- sqlsift: allow migration/dropcolumn because nobody reads it\nALTER TABLE t DROP COLUMN a;";
    let folder = folder(&[("1.sql", text)]);
    let report = json(folder.path(), &["1.sql"]);
    let message = report["problems"][0]["message"].as_str().expect("a problem");
    let expected = "a comment allows `migration/dropcolumn`, which is no rule; did you mean `migration/drop_column`?";
    assert_eq!(message, expected);
}

#[test]
fn an_excluded_file_stays_excluded_when_it_is_named_and_a_file_is_read_once() {
    let config = "[lint]\nexclude = [\"seeds/*\"]\n";
    let drop = "ALTER TABLE t DROP COLUMN a;";
    let folder = folder(&[("seeds/s.sql", drop), ("a.sql", drop), ("sqlsift.toml", config)]);
    let (code, lines) = short(folder.path(), &["seeds/s.sql"]);
    assert_eq!((code, lines), (Some(0), Vec::new()));
    let report = json(folder.path(), &["seeds/s.sql", "a.sql", "./a.sql", "."]);
    assert_eq!(report["coverage"]["files"], 1);
    let notes = report["coverage"]["notes"].to_string();
    assert!(notes.contains("1 file was left out, as `exclude` under [lint] says: seeds/s.sql"), "{notes}");
}

#[test]
fn placeholders_are_shown_as_they_are_written() {
    let folder = folder(&[("m/1.sql", "ALTER TABLE <%= table %> DROP COLUMN c;\nDROP TABLE ${Schema}.t;")]);
    let (_, lines) = short(folder.path(), &["m"]);
    let text = lines.join("\n");
    assert!(text.contains("The data of c in <%= table %> is lost"), "{text}");
    assert!(!text.contains("__"), "{text}");
}

/// As psql reads it, all of it is one statement that never ends.
#[test]
fn an_open_parenthesis_does_not_hide_what_stands_behind_it() {
    let folder = folder(&[("m/1.sql", "CREATE INDEX c ON t (z\n;\nDROP TABLE t;\n")]);
    let (code, lines) = short(folder.path(), &["m"]);
    let text = lines.join("\n");
    assert!(text.contains("1.sql:1: warning: syntax error: the parenthesis that closes this one is missing"), "{text}");
    assert!(text.contains("[migration/drop_table]") && code == Some(1), "{text}");
}

#[test]
fn annotations_name_paths_from_the_root_of_the_checkout() {
    let folder = folder(&[("app/m/1.sql", "ALTER TABLE t DROP COLUMN a;")]);
    let output = run(&folder.path().join("app"), &["--format", "github", "m"], &[("GITHUB_WORKSPACE", folder.path())]);
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.contains("file=app/m/1.sql,") && !text.contains("file=m/"), "{text}");
}

#[test]
fn several_tables_are_spoken_of_as_several() {
    let folder = folder(&[("1.sql", "TRUNCATE a, b CASCADE;")]);
    let (_, lines) = short(folder.path(), &["1.sql"]);
    let title = "All rows of a, b are lost, and of every table that refers to one of them";
    assert!(lines.iter().any(|line| line.contains(title)), "{lines:?}");
}
