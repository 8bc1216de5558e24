//! Prefixes: made with every template that is known to be in use, then found again in the lines.

use super::*;
use crate::ingest::prefix::infer::{Missing, infer};
use crate::ingest::time::Zone;

/// Lines as Postgres would write them under `template`: a session with its DETAIL, and a background process.
fn written(template: &str) -> String {
    let mut out = String::new();
    let client = [("%u", "web"), ("%d", "shop"), ("%a", "store front"), ("%r", "10.1.2.3(5432)"), ("%h", "10.1.2.3")];
    for (pid, heading, name) in [
        (4711, "LOG:  duration: 1.000 ms  execute <unnamed>: SELECT 1", true),
        (4711, "DETAIL:  parameters: $1 = '5'", true),
        (99, "LOG:  checkpoint starting: time", false),
        (4712, "ERROR:  division by zero", true),
        (4712, "STATEMENT:  select 1/0", true),
    ] {
        let mut line =
            if name { template.replace("%q", "") } else { template.split("%q").next().unwrap_or("").to_owned() };
        for (escape, value) in client {
            line = line.replace(escape, if name { value } else { "" });
        }
        let session = format!("6553f1a1.{pid:x}");
        let lines = (out.lines().count() + 1).to_string();
        for (escape, value) in [
            ("%m", "2026-11-20 23:58:01.123 CET"),
            ("%t", "2026-11-20 23:58:01 CET"),
            ("%n", "1795215481.123"),
            ("%s", "2026-11-20 20:00:00 CET"),
            ("%p", &pid.to_string()),
            ("%c", &session),
            ("%l", &lines),
            ("%x", "0"),
            ("%v", if name { "3/17" } else { "" }),
            ("%e", "00000"),
            ("%i", if name { "SELECT" } else { "" }),
            ("%Q", if name { "-5307853110485169552" } else { "0" }),
            ("%b", if name { "client backend" } else { "checkpointer" }),
        ] {
            line = line.replace(escape, value);
        }
        out.push_str(&line);
        out.push_str(heading);
        out.push('\n');
    }
    out
}

#[test]
fn prefixes_in_use_are_found() {
    let templates = [
        "%m [%p] ",
        "%m [%p] %q%u@%d ",
        "%m [%p] %q%u@%d/%a ",
        "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
        "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%r ",
        "%t:%r:%u@%d:[%p]:",
        "%m [%p] %q%u@%d/%a %Q ",
        "%m [%p] %q[user=%u,db=%d,app=%a] ",
        "%m [%p]: db=%d,user=%u,app=%a,client=%h ",
        "%t-%c-",
        "%n [%p] ",
        "%m [%p] %e ",
        "%c %m %q%u@%d ",
        "[%p] %m %u %d ",
        "%m|%p|%u|%d|%e|",
        "<%m> [%p] <%u@%d> ",
        "%m [%p] %q%u@%d [%c:%l] vxid=%v xid=%x ",
        "pid=%p user=%u db=%d time=%m ",
        "%m [%p] [%b] %q%u@%d ",
        "%m - %p - %q%u@%d - %h - ",
    ];
    for template in templates {
        let text = written(template);
        assert!(detect(text.as_bytes(), &Hints::default()).is_ok(), "{template}\n{text}");
        let (seen, report) = read(&text);
        assert_eq!(report.unrecognised_lines, 0, "{template}\n{text}");
        assert_eq!(seen.len(), 3, "{template}: {seen:#?}");
        let who = if template.contains("%u") { "web@shop" } else { "@" };
        assert!(seen[0].contains(&format!(" 4711 {who} Execute Some(1000)")), "{template}: {}", seen[0]);
        assert!(seen[0].contains("$1 = '5'"), "{template}: {}", seen[0]);
        assert!(seen[1].contains(" 99 @ Checkpoint"), "{template}: {}", seen[1]);
        assert!(seen[2].ends_with("select 1/0"), "{template}: {}", seen[2]);
    }
}

#[test]
fn the_default_prefix_is_found_as_it_is() {
    for template in
        ["%m [%p] ", "%m [%p] %q%u@%d ", "%m [%p] %q%u@%d/%a ", "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h "]
    {
        let text = written(template);
        let found = infer(text.as_bytes().split(|byte| *byte == b'\n'), &Zone::default()).expect("prefix");
        assert_eq!(found[0].template(), template);
        assert_eq!(found.len(), 1);
    }
}

#[test]
fn a_prefix_that_changed_within_the_file_is_read_on() {
    let text = written("%m [%p] ") + &written("%t [%p]: [%l-1] user=%u,db=%d ");
    let (seen, report) = read(&text);
    assert_eq!((seen.len(), report.unrecognised_lines), (6, 0));
}

#[test]
fn what_is_missing_is_named() {
    let found = |text: &str| infer(text.as_bytes().split(|byte| *byte == b'\n'), &Zone::default());
    assert_eq!(found(&written("%m %u@%d ")), Err(Missing::Process));
    assert_eq!(found(&written("[%p] %u@%d ")), Err(Missing::Time));
    assert_eq!(found("hello\nworld\n"), Err(Missing::Severity));
}

#[test]
fn unknown_escapes_are_named() {
    assert!(Prefix::compile("%m %z").expect_err("escape").contains("%z"));
    assert!(Prefix::compile("%m %").is_err());
    assert_eq!(Prefix::compile("%m [%-5p] 100%% ").expect("template").template(), "%m [%-5p] 100%% ");
}

#[test]
fn two_numbers_with_a_hyphen_are_no_user() {
    for template in ["%t [%p]: [%l-1] ", "%t [%p-%l] ", "%m [%p]: [%l-1] db=%d,user=%u "] {
        let mut text = written(template);
        // A line number that changes must not become a name that does.
        text.push_str(&written(template).replace("4711", "815"));
        let found = infer(text.lines().map(str::as_bytes), &Zone::default()).expect(template);
        assert_eq!(found[0].template(), template);
    }
}

#[test]
fn a_prefix_that_explains_few_lines_is_no_answer() {
    let text: &[u8] = include_bytes!("../../../fixtures/logs/formats/stderr-everything-pg15.log");
    assert_eq!(infer(text.split(|byte| *byte == b'\n'), &Zone::default()).expect_err("refused"), Missing::Template);
}
