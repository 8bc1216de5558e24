//! What single records say, and how broken logs are read.

use super::*;
use crate::ingest::chunk::Chunks;
use crate::ingest::source::Input;

const HEAD: &str = "2026-11-20 23:58:01.123 UTC [7] ";

/// The events of records that begin with [`HEAD`]; `|` begins a new line of the same process.
fn of(lines: &str) -> Vec<String> {
    let text: String = lines
        .lines()
        .map(|line| if line.starts_with('\t') { format!("{line}\n") } else { format!("{HEAD}{line}\n") })
        .collect();
    read(&text).0.into_iter().map(|line| line.splitn(4, ' ').nth(3).expect("kind").to_owned()).collect()
}

#[test]
fn messages_are_classified() {
    let cases = [
        ("LOG:  duration: 0.123 ms  statement: SELECT 1", "Simple Some(123)  |  | SELECT 1"),
        ("LOG:  duration: 12345.678 ms  parse S_1: SELECT 1", "Parse Some(12345678) S_1 |  | SELECT 1"),
        ("LOG:  duration: 1 ms  bind S_1/C_2: SELECT 1", "Bind Some(1000) S_1 |  | SELECT 1"),
        ("LOG:  duration: 0.001 ms  execute <unnamed>: a: b", "Execute Some(1) <unnamed> |  | a: b"),
        ("LOG:  duration: 0.001 ms  execute fetch from S_3/C_4: SELECT 2", "Fetch Some(1) S_3 |  | SELECT 2"),
        ("LOG:  duration: 0.250 ms", "Duration { duration_us: 250 }"),
        ("LOG:  00000: duration: 0.250 ms", "Duration { duration_us: 250 }"),
        ("LOG:  statement: BEGIN", "Simple None  |  | BEGIN"),
        ("LOG:  execute S_1: COMMIT", "Execute None S_1 |  | COMMIT"),
        ("LOG:  temporary file: path \"base/pgsql_tmp/pgsql_tmp1.0\", size 876544", "temp 876544 | "),
        (
            "LOG:  checkpoint starting: time",
            "Checkpoint(Checkpoint { requested: Some(false), buffers: 0, total_us: 0 })",
        ),
        ("LOG:  checkpoint starting: wal", "Checkpoint(Checkpoint { requested: Some(true), buffers: 0, total_us: 0 })"),
        (
            "LOG:  checkpoint complete: wrote 491 buffers (3.0%); write=0.003 s, sync=0.001 s, total=0.045 s; sync files=0",
            "Checkpoint(Checkpoint { requested: None, buffers: 491, total_us: 45000 })",
        ),
        ("LOG:  connection authorized: user=a database=b", "Connection"),
        ("LOG:  disconnection: session time: 1:02:03.004 user=a", "Disconnection { session_us: 3723004000 }"),
        (
            "LOG:  process 7 still waiting for ShareLock on transaction 727 after 200.123 ms",
            "lock Waiting 200123 ShareLock on transaction 727 |  |  | ",
        ),
        (
            "LOG:  process 7 acquired AccessExclusiveLock on relation 16384 of database 5 after 1.5 ms",
            "lock Acquired 1500 AccessExclusiveLock on relation 16384 of database 5 |  |  | ",
        ),
        (
            "ERROR:  42P01: relation \"x\" does not exist at character 15",
            "Error relation \"x\" does not exist |  |  |  | ",
        ),
        ("LOG:  duration: soon", "other Log duration: soon"),
        ("WARNING:  there is no transaction in progress", "other Warning there is no transaction in progress"),
    ];
    for (line, wanted) in cases {
        assert_eq!(of(line), [wanted], "{line}");
    }
}

#[test]
fn further_lines_fold_into_their_record() {
    let seen = of("LOG:  process 7 still waiting for ShareLock on transaction 727 after 1.000 ms\n\
        DETAIL:  Process holding the lock: 13536. Wait queue: 7.\nCONTEXT:  while updating tuple (0,1)\n\
        STATEMENT:  update t\n\tset n = 1");
    let wanted = "lock Waiting 1000 ShareLock on transaction 727 | Process holding the lock: 13536. Wait queue: 7. \
        | while updating tuple (0,1) | update t\nset n = 1";
    assert_eq!(seen, [wanted]);
    let seen = of("LOG:  automatic vacuum of table \"shop.public.orders\": index scans: 1\n\tpages: 0 removed\n\
        \tsystem usage: CPU: user: 0.10 s, system: 0.00 s, elapsed: 0.25 s");
    assert_eq!(seen, ["autovacuum shop.public.orders 250000"]);
}

#[test]
fn plans_are_taken_apart() {
    let text = of("LOG:  duration: 2.100 ms  plan:\n\tQuery Text: select id, -- it's\n\t  v\n\tfrom t where v = $1\n\
        \tQuery Parameters: $1 = 'x'\n\tSeq Scan on t  (cost=0.00..1.01 rows=1 width=4)\n\t  Filter: (v = 'x'::text)\nCONTEXT:  SQL function \"f\"");
    let wanted = "plan Text 2100 true | $1 = 'x' | select id, -- it's\n  v\nfrom t where v = $1 | \
        Seq Scan on t  (cost=0.00..1.01 rows=1 width=4)\n  Filter: (v = 'x'::text)";
    assert_eq!(text, [wanted]);
    let json = of("LOG:  duration: 2.100 ms  plan:\n\t{\n\t  \"Query Text\": \"select \\\"a\\\"\\n, 'é\\u00e9'\",\n\
        \t  \"Plan\": {}\n\t}");
    assert!(json[0].starts_with("plan Json 2100 false |  | select \"a\"\n, 'éé' | {\n"), "{json:?}");
    let yaml =
        of("LOG:  duration: 2.100 ms  plan:\n\tQuery Text: \"select \\\"a\\\"\"\n\tPlan: \n\t  Node Type: \"Result\"");
    assert_eq!(yaml, ["plan Yaml 2100 false |  | select \"a\" | Plan: \n  Node Type: \"Result\""]);
    let xml = of(
        "LOG:  duration: 2.100 ms  plan:\n\t<explain xmlns=\"x\">\n\t  <Query-Text>a &lt; &amp;b</Query-Text>\n\t</explain>",
    );
    assert!(xml[0].starts_with("plan Xml 2100 false |  | a < &b | <explain"), "{xml:?}");
}

#[test]
fn lines_of_another_process_in_between_do_no_harm() {
    let line = |pid: u32, text: &str| format!("2026-11-20 23:58:01.123 UTC [{pid}] {text}\n");
    let text = [
        line(1, "LOG:  duration: 1.000 ms  execute <unnamed>: SELECT $1"),
        line(2, "ERROR:  boom"),
        line(1, "DETAIL:  parameters: $1 = 'a'"),
        line(3, "LOG:  duration: 2.000 ms  execute <unnamed>: SELECT $1"),
        line(2, "STATEMENT:  select boom()"),
        line(3, "DETAIL:  parameters: $1 = 'b'"),
        line(1, "LOG:  duration: 3.000 ms"),
    ]
    .concat();
    let (seen, report) = read(&text);
    assert_eq!(report.unrecognised_lines, 0);
    assert!(seen[0].contains("$1 = 'a'") && seen[2].contains("$1 = 'b'"), "{seen:#?}");
    assert!(seen[1].ends_with("select boom()"), "{seen:#?}");
    assert_cut_anywhere(&format_of(text.as_bytes()), text.as_bytes(), 0..text.len());
}

#[test]
fn what_cannot_be_read_is_counted_and_the_rest_is_read() {
    let good = format!("{HEAD}LOG:  duration: 1.000 ms  statement: SELECT 1\n");
    let text = format!(
        "\tcut\n{HEAD}DETAIL:  lost\n{good}\n*** glibc detected ***\n{good}\0\0\0{good}{HEAD}LOG:  duration: 2.0"
    );
    let (seen, report) = read(&text);
    assert_eq!(seen.len(), 4, "{seen:#?}");
    assert_eq!((report.unrecognised_lines, report.records, report.lines), (3, 4, 8));
    assert!(report.problems.iter().any(|problem| problem.line == 2));
    let mut broken = super::fixtures::CSV.to_vec();
    let select = memchr::memmem::find(&broken, b"SELECT id").expect("statement");
    broken.splice(select..select, *b"\"");
    let (seen, report) = read_with(&format_of(super::fixtures::CSV), &broken, &Filter::default());
    assert!(seen.len() >= 38 && report.unrecognised_lines >= 1 && !report.problems.is_empty(), "{}", seen.len());
    let json = String::from_utf8_lossy(super::fixtures::JSON).replacen("{\"timestamp\"", "{timestamp", 1);
    let (seen, report) = read_with(&format_of(super::fixtures::JSON), json.as_bytes(), &Filter::default());
    assert_eq!((seen.len(), report.unrecognised_lines), (42, 1));
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_no_part_of_the_text() {
    let text = format!("\u{FEFF}{HEAD}LOG:  duration: 1.000 ms  statement: SELECT\r\n\t1\r\n{HEAD}ERROR:  no\r\n");
    let (seen, _) = read(&text);
    assert!(seen[0].ends_with("| SELECT\n1"), "{seen:?}");
    assert!(seen[1].contains("Error no |"), "{seen:?}");
}

#[test]
fn bytes_that_are_no_utf8_are_kept() {
    let mut text = format!("{HEAD}LOG:  duration: 1.000 ms  statement: SELECT 'x").into_bytes();
    text.extend_from_slice(b"\xff\xfe'\n");
    let format = format_of(&text);
    let mut found = false;
    events(&format, &text, 1, &mut Scratch::default(), &Filter::default(), &mut |event| {
        found |= matches!(&event.kind, EventKind::Statement(s) if s.text == b"SELECT 'x\xff\xfe'");
    });
    assert!(found);
}

#[test]
fn an_ambiguous_time_zone_is_noted() {
    let head = b"2026-11-20 23:58:01.123 CST [7] LOG:  duration: 1.000 ms\n";
    let note = crate::ingest::detect::zone_note(head, &Hints::default()).expect("note");
    assert!(note.cause.contains("CST"));
    let zone = crate::ingest::time::Zone::named("Asia/Shanghai").expect("zone");
    assert_eq!(crate::ingest::detect::zone_note(head, &Hints { zone, ..Hints::default() }), None);
}

#[test]
fn a_filter_leaves_out_and_counts() {
    let format = format_of(super::fixtures::STDERR);
    let all = read_with(&format, super::fixtures::STDERR, &Filter::default());
    let filter = Filter { databases: vec!["shop".into()], ..Filter::default() };
    let (seen, report) = read_with(&format, super::fixtures::STDERR, &filter);
    assert_eq!(seen.len() as u64 + report.filtered, all.1.records);
    assert!(report.filtered > 0 && seen.iter().all(|line| line.contains("@shop ")));
    let none = Filter { until: Some(0), ..Filter::default() };
    assert!(read_with(&format, super::fixtures::STDERR, &none).0.is_empty());
}

#[test]
fn a_line_of_ten_megabytes_is_one_record() {
    let long = "x".repeat(10 << 20);
    let text = format!("{HEAD}LOG:  duration: 1.000 ms  statement: SELECT '{long}'\n{HEAD}LOG:  duration: 2.000 ms\n");
    let reader = Box::new(std::io::Cursor::new(text.clone().into_bytes()));
    let mut input = Input::from_reader("long".into(), reader, None).expect("open");
    let format = format_of(input.head());
    let chunks: Vec<_> = Chunks::new(input, 0, format.clone()).collect();
    assert_eq!(chunks.iter().map(|chunk| chunk.bytes.len()).sum::<usize>(), text.len());
    let records: u64 = chunks.iter().map(|chunk| read_with(&format, &chunk.bytes, &Filter::default()).1.records).sum();
    assert_eq!(records, 2);
    assert_eq!(chunks.last().expect("chunk").first_line, if chunks.len() > 1 { 2 } else { 1 });
}

#[test]
fn a_record_longer_than_the_cap_is_truncated_and_noted() {
    let long = "x".repeat(70 << 20);
    let text = format!("{HEAD}LOG:  duration: 1.000 ms  statement: SELECT '{long}'\n{HEAD}LOG:  duration: 2.000 ms\n");
    let reader = Box::new(std::io::Cursor::new(text.into_bytes()));
    let mut input = Input::from_reader("long".into(), reader, None).expect("open");
    let format = format_of(input.head());
    let mut chunks = Chunks::new(input, 0, format.clone());
    let mut seen = Vec::new();
    for chunk in chunks.by_ref() {
        events(&format, &chunk.bytes, chunk.first_line, &mut Scratch::default(), &Filter::default(), &mut |event| {
            seen.push((event.line, matches!(event.kind, EventKind::Duration { .. })));
        });
    }
    assert_eq!(seen, [(1, false), (2, true)]);
    assert_eq!(chunks.problems().len(), 1);
}

#[test]
fn nul_bytes_and_windows_line_ends_are_read() {
    let mut text = format!("{HEAD}LOG:  duration: 1.000 ms  statement: SELECT\0 1\n").into_bytes();
    text.extend([0; 5000]);
    assert_eq!(read_with(&format_of(&text), &text, &Filter::default()).1.records, 1);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain("LOG:  x".bytes().flat_map(|b| [b, 0])).collect();
    assert!(detect(&utf16, &Hints::default()).expect_err("UTF-16").to_string().contains("UTF-16"));

    let csv = super::fixtures::CSV;
    let windows = std::str::from_utf8(csv).expect("UTF-8").replace('\n', "\r\n");
    let plans = |bytes: &[u8]| {
        let (seen, _) = read_with(&format_of(bytes), bytes, &Filter::default());
        seen.iter()
            .filter(|line| line.starts_with("plan") || line.contains(" plan "))
            .map(|line| line.replace('\r', ""))
            .collect::<Vec<_>>()
    };
    assert_eq!(plans(windows.as_bytes()), plans(csv));
}
