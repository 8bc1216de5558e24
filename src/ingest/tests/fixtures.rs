//! The captured logs: three formats give the same events, cut anywhere they give the same, every format file is read or
//! refused by name.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::*;
use crate::ingest::chunk::Chunks;
use crate::ingest::export::ExportRow;
use crate::ingest::source::{Input, Place, SourceError, expand};

pub(super) const STDERR: &[u8] = include_bytes!("../../../fixtures/logs/formats/stderr-pg15.log");
pub(super) const CSV: &[u8] = include_bytes!("../../../fixtures/logs/formats/csvlog-pg15.csv");
pub(super) const JSON: &[u8] = include_bytes!("../../../fixtures/logs/formats/jsonlog-pg15.json");

fn logs(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/logs").join(below)
}

/// All events of a file by way of [`Chunks`], sorted: the three files order concurrent sessions differently.
fn events_of_file(path: &Path) -> (Vec<String>, u64) {
    let mut input = Input::open(path).expect("fixture");
    let format = format_of(input.head());
    let mut all = Vec::new();
    let mut unrecognised = 0;
    for chunk in Chunks::new(input, 0, format.clone()) {
        let (seen, report) = read_with(&format, &chunk.bytes, &Filter::default());
        all.extend(seen);
        unrecognised += report.unrecognised_lines;
    }
    all.sort();
    (all, unrecognised)
}

#[test]
fn three_formats_give_the_same_events() {
    let shop = ["shop/postgresql.log", "shop/postgresql.csv.gz", "shop/postgresql.json.gz"];
    let [stderr, csv, json] = shop.map(|name| events_of_file(&logs(name)));
    assert!(stderr.0.len() > 5_000, "{} events", stderr.0.len());
    assert_eq!((stderr.1, csv.1, json.1), (0, 0, 0));
    for (a, b) in stderr.0.iter().zip(&csv.0) {
        assert_eq!(a, b);
    }
    assert_eq!(csv, json);
    assert_eq!(stderr.0.len(), csv.0.len());
}

#[test]
fn cut_anywhere_a_log_gives_the_same_events() {
    for text in [STDERR, CSV, JSON] {
        assert_cut_anywhere(&format_of(text), text, (0..text.len()).step_by(7));
    }
}

/// What syslog carries is what stderr would show: the same conversation in both, but for its times.
#[test]
fn syslog_says_what_stderr_says() {
    let text = std::fs::read(logs("formats/syslog-pg15.log")).expect("fixture");
    let format = format_of(&text);
    let statements = |lines: Vec<String>| -> Vec<String> {
        let kept = lines.into_iter().filter(|line| line.contains("@shop") && line.contains(" | "));
        kept.map(|line| line.split_once(" | ").expect("filtered").1.to_owned()).collect()
    };
    let (seen, report) = read_with(&format, &text, &Filter::default());
    let plain = statements(read_with(&format_of(STDERR), STDERR, &Filter::default()).0);
    let seen = statements(seen);
    assert_eq!(report.unrecognised_lines, 0, "{:?}", report.problems);
    assert!(seen.len() > 10);
    for (a, b) in seen.iter().zip(&plain) {
        assert_eq!(a, b);
    }
    assert_cut_anywhere(&format, &text, (0..text.len()).step_by(11));
}

#[test]
fn every_format_is_read_whole() {
    for entry in logs("formats").read_dir().expect("folder") {
        let path = entry.expect("entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("name").to_owned();
        let mut input = Input::open(&path).expect("fixture");
        let detected = detect(input.head(), &Hints::default());
        let refused = ["german", "no-pid", "no-time", "empty-prefix", "everything"];
        if refused.iter().any(|part| name.contains(part)) {
            continue;
        }
        let Ok(Detected::Log(format)) = detected else { panic!("{name}: {detected:?}") };
        let text = std::fs::read(&path).expect("fixture");
        let (seen, report) = read_with(&format, &text, &Filter::default());
        assert_eq!(report.unrecognised_lines, 0, "{name}: {:?}", report.problems);
        assert!(seen.len() >= 20, "{name}: {} events", seen.len());
    }
}

#[test]
fn a_refusal_names_what_is_missing() {
    let cases = [
        ("formats/stderr-german-pg15.log", "German"),
        ("formats/stderr-no-pid-pg15.log", "no process id (%p)"),
        ("formats/stderr-no-time-pg15.log", "no time (%t, %m or %n)"),
        ("formats/stderr-empty-prefix-pg15.log", "no time (%t, %m or %n)"),
        ("unverified/pgbouncer.log", "PgBouncer"),
        ("unverified/heroku-logplex.log", "Heroku"),
        ("unverified/cloudsql.json", "Cloud SQL"),
        ("unverified/azure-flexible.json", "Azure"),
        ("unverified/cloudnativepg.json", "CloudNativePG"),
        ("shop/sums.csv", "no line has a severity"),
    ];
    for (name, wanted) in cases {
        let text = std::fs::read(logs(name)).expect("fixture");
        let error = detect(&text, &Hints::default()).expect_err(name).to_string();
        assert!(error.contains(wanted), "{name}: {error}");
    }
    for (text, wanted) in
        [(&b""[..], "empty"), (b"\0\0\0", "nothing but blanks"), (b"\x7fELF\x01\x01\0\0\0\0", "binary")]
    {
        assert!(detect(text, &Hints::default()).expect_err("junk").to_string().contains(wanted));
    }
}

#[test]
fn a_given_prefix_is_used_where_inference_fails() {
    let template = "%a|%u|%d|%r|%h|%b|%p|%P|%t|%m|%n|%Q|%i|%e|%c|%l|%s|%v|%x|%% ";
    let prefix = Prefix::compile(template).expect("template");
    let hints = Hints { log_line_prefix: Some(prefix), ..Hints::default() };
    let text = std::fs::read(logs("formats/stderr-everything-pg15.log")).expect("fixture");
    let Ok(Detected::Log(format)) = detect(&text, &hints) else { panic!("not read") };
    let (seen, report) = read_with(&format, &text, &Filter::default());
    assert_eq!(report.unrecognised_lines, 0);
    assert!(seen.iter().any(|line| line.contains("web@shop Simple Some(1000)")), "{seen:#?}");
}

#[test]
fn exports_and_digests_are_recognised() {
    let export = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pgss");
    let rows = ["shop.csv", "shop.json"].map(|name| {
        let bytes = std::fs::read(export.join(name)).expect("fixture");
        let Ok(Detected::Export(format)) = detect(&bytes, &Hints::default()) else { panic!("{name}") };
        let (mut rows, problems) = crate::ingest::export::read(format, &bytes);
        assert!(problems.is_empty(), "{problems:?}");
        rows.iter_mut().for_each(|row| row.line = 0);
        rows
    });
    assert!(rows[0].len() > 50);
    for (csv, json) in rows[0].iter().zip(&rows[1]) {
        // serde_json may be off by the last digit of a float.
        let times = |row: &ExportRow| [Some(row.total_ms), row.min_ms, row.max_ms, row.mean_ms, row.stddev_ms];
        for (a, b) in times(csv).into_iter().zip(times(json)) {
            assert!((a.expect("time") - b.expect("time")).abs() < 1e-9, "{csv:?} {json:?}");
        }
        let (total_ms, min_ms, max_ms) = (csv.total_ms, csv.min_ms, csv.max_ms);
        let (mean_ms, stddev_ms) = (csv.mean_ms, csv.stddev_ms);
        assert_eq!(*csv, ExportRow { total_ms, min_ms, max_ms, mean_ms, stddev_ms, ..json.clone() });
    }
    let digest = detect(b"{\"sqlsift_digest\": 1, \"queries\": []}", &Hints::default());
    assert!(matches!(digest, Ok(Detected::Digest)));
}

#[test]
fn archives_are_read_by_their_content() {
    let folder = tempfile::tempdir().expect("folder");
    let plain = STDERR.repeat(40);
    let mut gz = flate2::read::GzEncoder::new(&plain[..9_000], flate2::Compression::fast());
    let mut second = flate2::read::GzEncoder::new(&plain[9_000..], flate2::Compression::fast());
    let mut members = Vec::new();
    gz.read_to_end(&mut members).expect("gzip");
    second.read_to_end(&mut members).expect("gzip");
    let mut xz = Vec::new();
    liblzma::read::XzEncoder::new(&plain[..], 1).read_to_end(&mut xz).expect("xz");
    let mut bz2 = Vec::new();
    bzip2::read::BzEncoder::new(&plain[..], bzip2::Compression::fast()).read_to_end(&mut bz2).expect("bzip2");
    let zst = zstd::encode_all(&plain[..], 1).expect("zstd");
    for (name, bytes) in [("a", plain.clone()), ("b", members), ("c", xz), ("d", bz2), ("e", zst)] {
        std::fs::write(folder.path().join(name), bytes).expect("write");
    }
    std::fs::write(folder.path().join(".hidden"), b"x").expect("write");
    let places = expand(&[folder.path().display().to_string()]).expect("folder");
    assert_eq!(places.len(), 5);
    let results: Vec<_> = places
        .iter()
        .map(|place| match place {
            Place::File(path) => events_of_file(path),
            Place::Stdin => panic!("stdin"),
        })
        .collect();
    assert!(results.windows(2).all(|pair| pair[0] == pair[1]));
    let glob = format!("{}/[ab]", folder.path().display());
    assert_eq!(expand(&[glob.clone(), glob]).expect("glob").len(), 2);
}

#[test]
fn a_missing_file_is_named_with_a_next_step() {
    let error = Input::open(Path::new("no/such.log")).expect_err("missing").to_string();
    assert!(error.contains("no/such.log") && error.contains("check the path"), "{error}");
    assert!(matches!(expand(&["no/such*.log".to_owned()]), Err(SourceError::NoMatch { .. })));
}

#[test]
fn a_broken_archive_gives_what_it_has_and_a_problem() {
    let plain = STDERR.repeat(400);
    let mut bytes = Vec::new();
    flate2::read::GzEncoder::new(&plain[..], flate2::Compression::none()).read_to_end(&mut bytes).expect("gzip");
    bytes.truncate(bytes.len() / 2);
    let mut input = Input::from_reader("cut.gz".into(), Box::new(std::io::Cursor::new(bytes)), None).expect("open");
    let format = format_of(input.head());
    let mut chunks = Chunks::new(input, 0, format);
    let read: usize = chunks.by_ref().map(|chunk| chunk.bytes.len()).sum();
    assert!(read > plain.len() / 3);
    assert_eq!(chunks.problems().len(), 1);
}
