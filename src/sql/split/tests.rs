use super::*;
use proptest::prelude::*;

fn pieces(script: &str) -> Vec<(usize, &str)> {
    split(script.as_bytes()).iter().map(|statement| (statement.line, statement.span.of(script))).collect()
}

#[test]
fn semicolons_end_statements_but_not_inside_quotes_and_parentheses() {
    assert_eq!(
        pieces("select 1;\n-- a; b\nselect ';' , $$;$$ /* ; */;\n\nselect (1;2)\n;;"),
        [(1, "select 1"), (3, "select ';' , $$;$$"), (5, "select (1;2)")]
    );
    assert_eq!(pieces(" -- only a comment\n;"), []);
    assert_eq!(pieces("select 1"), [(1, "select 1")]);
}

#[test]
fn bodies_of_routines_stay_whole() {
    let body =
        "create or replace function f() returns int begin atomic select case when true then 1 end; select 2; end";
    assert_eq!(
        pieces(&format!("{body};\nbegin; select 1; end;")),
        [(1, body), (2, "begin"), (2, "select 1"), (2, "end")]
    );
    let body = "create function f() returns int as $x$ begin return 1; end $x$ language plpgsql";
    assert_eq!(pieces(&format!("{body};select 1")), [(1, body), (1, "select 1")]);
}

#[test]
fn lines_of_psql_are_no_sql() {
    assert_eq!(
        pieces("\\restrict it's\n\\connect shop\nselect 1;\nselect 2 \\gset x'\nselect 3;"),
        [(3, "select 1"), (4, "select 2"), (5, "select 3")]
    );
}

#[test]
fn commands_of_psql_are_told() {
    let script = "\\i 'a.sql'\nselect 1;\n  \\connect shop  \n\\if :x\nselect 2\n\\gexec\n\\endif";
    let (statements, commands) = split_with_commands(script.as_bytes());
    assert_eq!(statements.len(), 2);
    let told: Vec<(usize, &str)> = commands.iter().map(|command| (command.line, command.span.of(script))).collect();
    assert_eq!(told, [(1, "\\i 'a.sql'"), (3, "\\connect shop"), (4, "\\if :x"), (6, "\\gexec"), (7, "\\endif")]);
}

#[test]
fn placeholders_do_not_break_statements() {
    assert_eq!(
        pieces("{% set x = 'it;s' %}\nselect {{ a; b('(') }} from t;{# it's #}\nselect :v, :'v', ${v}, @p, ?;select 3"),
        [(2, "select {{ a; b('(') }} from t"), (3, "select :v, :'v', ${v}, @p, ?"), (3, "select 3")]
    );
    assert_eq!(
        pieces("{{ whole }};select {{ open; select 2"),
        [(1, "{{ whole }}"), (1, "select {{ open"), (1, "select 2")]
    );
}

#[test]
fn open_braces_take_linear_time() {
    let script = "{{ {% ".repeat(500_000);
    let started = std::time::Instant::now();
    split(script.as_bytes());
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn data_of_copy_is_no_sql() {
    let script = "COPY public.t (a) FROM stdin;\n1\tit's\n;\n\\.\n\nselect 1;\ncopy t from stdin\n;\nx";
    let statements = split(script.as_bytes());
    assert_eq!(pieces(script), [(1, "COPY public.t (a) FROM stdin"), (6, "select 1"), (7, "copy t from stdin")]);
    assert_eq!(statements[0].data.map(|data| data.of(script)), Some("1\tit's\n;\n"));
    assert_eq!(statements[2].data.map(|data| data.of(script)), Some("x"));
}

#[test]
fn leading_comments_belong_to_the_next_statement() {
    let script = "select 1; -- one\n-- two\nselect 2";
    assert_eq!(split(script.as_bytes())[1].leading.of(script), " -- one\n-- two\n");
}

#[test]
fn open_ends_are_flagged() {
    assert!(split(b"select 'a")[0].truncated);
    assert!(split(b"select (1")[0].truncated);
    assert!(!split(b"select 1")[0].truncated);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn statements_are_in_order_and_within_the_script(bytes in proptest::collection::vec(prop_oneof![
        any::<u8>(), Just(b';'), Just(b'\\'), Just(b'\n'), Just(b'('), Just(b'\'')], 0..200)) {
        let mut at = 0;
        for statement in split(&bytes) {
            prop_assert!(at <= statement.span.start && statement.span.start < statement.span.end);
            at = statement.span.end;
        }
        prop_assert!(at <= bytes.len());
    }
}
