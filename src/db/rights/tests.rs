use super::*;

fn all() -> Rights {
    let created = Extension { available: Some("1.10".into()), created: Some(("1.10".into(), "public".into())) };
    Rights {
        role: "monitor".into(),
        version: 150_018,
        member_of: ["pg_monitor", "pg_read_all_data"].map(str::to_owned).into(),
        hypopg: created.clone(),
        statements: created,
        statements_loaded: true,
        ..Rights::default()
    }
}

fn next(rights: &Rights) -> Vec<String> {
    rights.lacks().into_iter().map(|lack| lack.next).collect()
}

#[test]
fn who_has_all_lacks_nothing() {
    assert_eq!(next(&all()), Vec::<String>::new());
    let superuser = Rights { superuser: true, member_of: BTreeSet::new(), ..all() };
    assert_eq!(next(&superuser), Vec::<String>::new());
}

#[test]
fn what_is_missing_is_said_with_the_statement_that_gives_it() {
    let poor = Rights { role: "a\"b".into(), member_of: BTreeSet::new(), ..all() };
    assert_eq!(next(&poor), ["GRANT pg_monitor TO \"a\"\"b\";", "GRANT pg_read_all_data TO \"a\"\"b\";"]);
    let old = Rights { version: 130_020, member_of: ["pg_monitor".to_owned()].into(), ..all() };
    assert!(next(&old)[0].contains("GRANT SELECT ON ALL TABLES"), "{:?}", next(&old));
    let bare = Rights { hypopg: Extension::default(), ..all() };
    assert!(next(&bare)[0].contains("install the hypopg package of Postgres 15"), "{:?}", next(&bare));
    let not_created =
        Rights { hypopg: Extension { available: Some("1.3".into()), created: None }, standby: true, ..all() };
    assert!(next(&not_created)[0].starts_with("CREATE EXTENSION hypopg; at the primary"), "{:?}", next(&not_created));
    assert_eq!(next(&Rights { statements_loaded: false, ..all() }).len(), 1);
}
