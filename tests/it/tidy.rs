//! The invariants of the house (`src/lib.rs`), read from the files themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sqlsift::rules::registry::{ENTRIES, pages};

/// Which module may name which, besides itself.
const EDGES: &[(&str, &[&str])] = &[
    ("advise", &["catalog", "plan", "report", "rules", "sql", "workload"]),
    ("catalog", &["script", "sql"]),
    (
        "cli",
        &[
            "advise", "catalog", "config", "db", "effect", "ingest", "plan", "report", "rules", "script", "sql",
            "workload",
        ],
    ),
    ("config", &["report", "rules", "script", "sql", "workload"]),
    ("db", &["advise", "catalog", "plan", "sql", "workload"]),
    ("effect", &["catalog", "sql"]),
    ("ingest", &[]),
    ("plan", &["sql"]),
    ("report", &[]),
    ("rules", &["catalog", "effect", "plan", "report", "script", "sql", "workload"]),
    ("script", &["sql"]),
    ("sql", &[]),
    ("workload", &["ingest", "plan", "sql"]),
];

/// Longest file; those that are longer would stand in the list, which may only shrink.
const LINES: usize = 400;
const LONGER: &[&str] = &[];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.strip_prefix(root()).expect("below the root").display().to_string()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("readable")
}

/// `rules` of `src/rules/page.rs`; empty for `lib.rs` and `main.rs`.
fn module(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).expect("below src/");
    let first = inside.iter().next().expect("a name").to_string_lossy().into_owned();
    first
        .strip_suffix(".rs")
        .filter(|stem| !matches!(*stem, "lib" | "main"))
        .map_or_else(|| if inside.iter().count() > 1 { first.clone() } else { String::new() }, str::to_owned)
}

/// Without comments, and without the tests at a file's end.
fn code(text: &str) -> String {
    let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}

fn is_test(path: &Path) -> bool {
    let name = name(path);
    name.ends_with("tests.rs") || name.contains("/tests/")
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn modules_name_only_those_that_they_may() {
    let edges: BTreeMap<&str, &[&str]> = EDGES.iter().copied().collect();
    let mut wrong = Vec::new();
    for path in files("src", "rs").iter().filter(|path| !is_test(path)) {
        let own = module(path);
        if own.is_empty() {
            continue;
        }
        let Some(allowed) = edges.get(own.as_str()) else {
            wrong.push(format!("{}: the module {own} has no place in the list of edges", name(path)));
            continue;
        };
        for part in code(&read(path)).split("crate::").skip(1) {
            let other: String = part.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            if !other.is_empty() && other != own && !allowed.contains(&other.as_str()) {
                wrong.push(format!("{}: {own} must not name {other}", name(path)));
            }
        }
    }
    none(&wrong);
}

#[test]
fn only_the_module_that_may_does_it() {
    let homes = [("sqlparser::", "src/sql/"), ("tokio_postgres::", "src/db/")];
    let effects = ["println!", "print!(", "eprintln!", "eprint!(", "std::env::", "process::exit", "dbg!("];
    let mut wrong = Vec::new();
    for path in files("src", "rs").iter().filter(|path| !is_test(path)) {
        let (name, text) = (name(path), code(&read(path)));
        for (what, home) in homes {
            if text.contains(what) && !name.starts_with(home) {
                wrong.push(format!("{name}: `{what}` belongs in {home}"));
            }
        }
        for effect in effects.iter().filter(|_| !name.starts_with("src/cli/")) {
            if text.contains(effect) {
                wrong.push(format!("{name}: `{effect}` belongs in src/cli/"));
            }
        }
    }
    let manifest = read(&root().join("Cargo.toml"));
    if !manifest.contains("unsafe_code = \"forbid\"") {
        wrong.push("Cargo.toml does not forbid unsafe code".to_owned());
    }
    none(&wrong);
}

#[test]
fn every_rule_has_a_page_a_file_and_a_line_and_the_reverse() {
    let listed: Vec<&str> = ENTRIES.iter().map(|entry| entry.id).collect();
    assert!(listed.is_sorted(), "the list in src/rules/list.rs is not sorted");
    assert_eq!(pages().len(), listed.len());
    let on_disk: BTreeSet<String> = files("rules", "md")
        .iter()
        .map(|path| path.with_extension("").strip_prefix(root().join("rules")).expect("below").display().to_string())
        .collect();
    let mut wrong: Vec<String> = Vec::new();
    for id in &listed {
        if !root().join(format!("src/rules/{id}.rs")).is_file() {
            wrong.push(format!("{id} has no file src/rules/{id}.rs"));
        }
    }
    let known: BTreeSet<String> = listed.iter().map(|id| (*id).to_owned()).collect();
    wrong.extend(on_disk.symmetric_difference(&known).map(|id| format!("{id}: page and list differ")));
    for path in files("src/rules", "rs").iter().filter(|path| !is_test(path)) {
        let name = name(path);
        let id = name.trim_start_matches("src/rules/").trim_end_matches(".rs").to_owned();
        if id.contains('/') && read(path).contains("pub struct Rule {") && !known.contains(&id) {
            wrong.push(format!("{name} holds a rule that is not listed"));
        }
    }
    none(&wrong);
}

#[test]
fn modules_begin_with_what_they_take_and_give() {
    let silent = |path: &&PathBuf| !is_test(path) && !read(path).starts_with("//!");
    let wrong: Vec<String> = files("src", "rs").iter().filter(silent).map(|path| name(path)).collect();
    none(&wrong);
}

#[test]
fn files_do_one_thing() {
    let mut wrong = Vec::new();
    for path in files("src", "rs").into_iter().chain(files("tests", "rs")).chain(files("fixtures", "rs")) {
        let (name, lines) = (name(&path), read(&path).lines().count());
        if lines > LINES && !LONGER.contains(&name.as_str()) {
            wrong.push(format!("{name} has {lines} lines"));
        }
        if lines <= LINES && LONGER.contains(&name.as_str()) {
            wrong.push(format!("{name} has become shorter: take it off the list"));
        }
    }
    none(&wrong);
}

/// Paths in backticks, in pages, documents and the documentation of modules.
#[test]
fn every_path_that_is_named_exists() {
    let mut documents = files("rules", "md");
    documents.extend(files("fixtures", "md"));
    documents.extend(files("tests", "md"));
    documents.extend(
        fs::read_dir(root())
            .expect("root")
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "md")),
    );
    let mut wrong = Vec::new();
    for path in documents {
        wrong.extend(missing(&read(&path)).into_iter().map(|named| format!("{}: `{named}` is not there", name(&path))));
    }
    for path in files("src", "rs").into_iter().chain(files("tests", "rs")) {
        let docs: String = read(&path)
            .lines()
            .map(str::trim_start)
            .filter(|line| line.starts_with("//!") || line.starts_with("///"))
            .map(|line| format!("{line}\n"))
            .collect();
        wrong.extend(missing(&docs).into_iter().map(|named| format!("{}: `{named}` is not there", name(&path))));
    }
    none(&wrong);
}

fn missing(text: &str) -> Vec<String> {
    const TOPS: [&str; 4] = ["src/", "tests/", "rules/", "fixtures/"];
    let mut found = Vec::new();
    for line in text.lines() {
        for word in line.split('`').skip(1).step_by(2) {
            let path = word.split(':').next().unwrap_or_default();
            let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
            // Postgres has a `src/` of its own.
            let ours = TOPS.iter().any(|top| path.starts_with(top))
                && !["src/backend", "src/include", "src/bin", "src/port", "src/common", "src/fe_utils", "src/test"]
                    .iter()
                    .any(|theirs| path.starts_with(theirs));
            if plain && ours && !root().join(path).exists() {
                found.push(path.to_owned());
            }
        }
    }
    found
}
