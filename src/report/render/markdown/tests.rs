use super::*;
use crate::report::render::lint_tests::{example, hostile, many, sources};

#[test]
fn tables_by_file_and_details_folded() {
    let text = render(&example(), &sources());
    assert!(text.starts_with(MARK));
    assert!(text.contains("### sqlsift: 1 error, 1 warning, 1 info in 2 of 3 files (12 statements), 1 suppressed"));
    assert!(text.contains("| 2 | error | "), "{text}");
    assert!(
        text.find("**`migrations/0002_total.sql`**") < text.find("**`migrations/0003_names.sql`**"),
        "graver first"
    );
    let folded = &text[text.find("<details>").unwrap()..];
    assert!(folded.contains("CREATE INDEX CONCURRENTLY"), "{text}");
    assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
}

#[test]
fn a_long_report_fits_a_comment_and_says_what_was_cut() {
    for n in [100, 1_000, 5_000] {
        let text = render(&many(n), &sources());
        assert!(text.len() <= ROOM, "{n}: {}", text.len());
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    }
    let text = render(&many(5_000), &sources());
    assert!(text.contains("Cut to fit a comment: "), "{}", &text[text.len() - 500..]);
    let rows = text.lines().filter(|line| line.starts_with("| 1") || line.starts_with("| 2")).count();
    assert!(rows > 100, "{rows}");
}

#[test]
fn a_clean_run_says_so() {
    let mut report = example();
    report.findings.clear();
    report.coverage.allowed.clear();
    let text = render(&report, &sources());
    assert!(text.contains("nothing found in 3 files"), "{text}");
    assert!(!text.contains('|'), "{text}");
}

#[test]
fn hostile_text_stays_text() {
    let evil = "|x|\n\n# y <script>alert(1)</script> ```\n@everyone [a](http://b) </details>\u{202e}\x1b[2J";
    let text = render(&hostile(evil), &sources());
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let ticks: String = line.chars().take_while(|c| *c == '`').collect();
        match &fence {
            Some(open) if line == open => fence = None,
            Some(_) => continue,
            None if ticks.len() >= 3 && line[ticks.len()..] == *"sql" => fence = Some(ticks),
            None => {
                // Outside of code spans no markup of the text is left.
                let prose = without_code(line);
                for bad in ["<script", "@everyone", "](", "# y"] {
                    assert!(!prose.contains(bad) || prose.contains(&format!("\\{bad}")), "{bad} in {prose}");
                }
            }
        }
    }
    assert_eq!(fence, None);
    assert!(!text.contains('\x1b') && !text.contains('\u{202e}'));
}

/// A line without its code spans, which end at a run of as many backticks as began them (CommonMark 6.1).
fn without_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        out.push_str(&rest[..at]);
        let escaped = rest[..at].chars().rev().take_while(|c| *c == '\\').count() % 2 == 1;
        let run = rest[at..].chars().take_while(|c| *c == '`').count();
        if escaped {
            rest = &rest[at + 1..];
            continue;
        }
        let behind = &rest[at + run..];
        let mut end = 0;
        let close = loop {
            let Some(next) = behind[end..].find('`').map(|n| n + end) else { break None };
            let length = behind[next..].chars().take_while(|c| *c == '`').count();
            end = next + length;
            if length == run {
                break Some(end);
            }
        };
        rest = close.map_or(behind, |end| &behind[end..]);
    }
    out + rest
}
