use super::*;
use crate::report::model::Problem;
use crate::report::render::lint_tests::{example, hostile, many, plain, sources};

const EXPECTED: &str = "\
error[migration/index_not_concurrent]: Building this index stops all writes to public.orders
  --> migrations/0002_total.sql:2:1
  |
2 | CREATE INDEX orders_total ON orders (total_amount);
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = takes ShareLock on public.orders; blocks writes; reads all of public.orders; holds up 3 queries,
    410 calls a minute
  = CREATE INDEX holds its lock until the whole table was read. Writes wait, and whoever waits
    behind them.
  = fix: Build the index CONCURRENTLY, in a script of its own (read before applying; takes
    ShareUpdateExclusiveLock)
    It must stand outside of a transaction.

      CREATE INDEX CONCURRENTLY orders_total ON orders (total_amount);

      -- if it fails
      DROP INDEX CONCURRENTLY orders_total;

info[schema/varchar_limit]: A limit that must be migrated when a name is longer
  --> migrations/0003_names.sql:3:1
  |
3 | / ALTER TABLE orders
4 | |     ADD COLUMN note text,
5 | |     ALTER COLUMN id TYPE bigint,
6 | |     ADD COLUMN name varchar(40);
  | |________________________________^
  ::: migrations/0001_orders.sql:1:1
  = integer and bigint are stored differently.

warning[migration/type_change_rewrites]: The new type rewrites public.orders
  --> migrations/0003_names.sql:5:5
  |
3 | ALTER TABLE orders
4 |     ADD COLUMN note text,
5 |     ALTER COLUMN id TYPE bigint,
  |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^
  ::: migrations/0001_orders.sql:1:1
  = takes AccessExclusiveLock on public.orders; blocks reads and writes
  = integer and bigint are stored differently.

4 rules did not run: no snapshot was given
1 error, 1 warning, 1 info in 2 of 3 files (12 statements), 1 suppressed
";

#[test]
fn a_finding_shows_its_lines_its_price_and_the_safe_way() {
    let mut report = example();
    let other = report.findings[1].locations[1].clone();
    report.findings[2].locations.truncate(1);
    report.findings[2].locations.push(other);
    assert_eq!(render(&report, &sources(), &plain(Detail::Brief)), EXPECTED);
}

#[test]
fn two_hundred_findings_are_no_two_hundred_paragraphs() {
    let text = render(&many(200), &sources(), &plain(Detail::Brief));
    assert_eq!(text.matches("holds its lock until").count(), 1);
    assert_eq!(text.matches("CREATE INDEX CONCURRENTLY").count(), 1);
    assert!(text.contains("191 more of the rules above"), "{text}");
    assert!(text.lines().count() < 260, "{}", text.lines().count());
    let full = render(&many(200), &sources(), &plain(Detail::Full));
    assert_eq!(full.matches("holds its lock until").count(), 67);
}

#[test]
// A comment in SQL to copy cannot be broken.
fn everything_fits_100_columns_without_colour() {
    let mut report = many(200);
    report.problems.push(Problem {
        path: Some("migrations/0002_total.sql".into()),
        line: Some(1),
        message: "word ".repeat(60),
        hint: Some("hint ".repeat(60)),
        count: 3,
    });
    report.findings[0].title = "a title that goes on ".repeat(20);
    for report in [example(), report, hostile(&"evil \u{202e} ".repeat(90))] {
        let text = render(&report, &sources(), &plain(Detail::Brief));
        let wide = text.lines().find(|line| {
            line.chars().count() > 100 && line.contains(' ') && !line.contains("-->") && !line.contains("-- ")
        });
        assert_eq!(wide, None);
        assert!(!text.contains('\x1b'));
    }
}

#[test]
fn a_long_statement_shows_its_ends() {
    let text = format!("CREATE TABLE t (\n{}    z int\n);\n", "    a int,\n".repeat(60));
    let sources = [("a.sql", text.as_str())].into_iter().collect();
    let mut report = example();
    report.findings.truncate(1);
    let location = &mut report.findings[0].locations[0];
    (location.path, location.line, location.end_line) = ("a.sql".into(), 1, Some(63));
    let out = render(&report, &sources, &plain(Detail::Brief));
    assert!(out.contains("\n 4 | |     a int,\n...\n63 | | );\n   | |__^\n"), "{out}");
    let location = &mut report.findings[0].locations[0];
    (location.line, location.end_line, location.column) = (40, Some(40), Some(5));
    let out = render(&report, &sources, &plain(Detail::Brief));
    assert!(out.contains("\n 1 | CREATE TABLE t (\n...\n40 |     a int,\n   |     ^"), "{out}");
}

#[test]
fn problems_are_shown_with_their_place_and_next_step() {
    let mut report = example();
    report.problems.push(Problem {
        path: Some("migrations/0002_total.sql".into()),
        line: Some(2),
        message: "a parenthesis is never closed".into(),
        hint: Some("close it".into()),
        count: 1,
    });
    let text = render(&report, &sources(), &plain(Detail::Brief));
    assert!(text.contains("not_read: a parenthesis is never closed\n  --> migrations/0002_total.sql:2\n"), "{text}");
    assert!(text.contains("  = close it\n"), "{text}");
}

#[test]
fn colours_follow_the_palette() {
    let view = View { palette: Palette::coloured(), ..plain(Detail::Brief) };
    assert!(render(&example(), &sources(), &view).contains("\x1b[31m"));
}
