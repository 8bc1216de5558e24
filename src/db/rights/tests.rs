use super::*;

fn all() -> Rights {
    Rights {
        role: "monitor".into(),
        version: 150_018,
        member_of: ["pg_monitor", "pg_read_all_data"].map(str::to_owned).into(),
        ..Rights::default()
    }
}

fn hidden(count: u64) -> HiddenTables {
    HiddenTables { count, one: "orders".into() }
}

#[test]
fn who_has_all_lacks_nothing() {
    assert_eq!(all().lacks(None), Vec::<String>::new());
    let superuser = Rights { superuser: true, member_of: BTreeSet::new(), ..all() };
    assert_eq!(superuser.lacks(None), Vec::<String>::new());
}

#[test]
fn what_is_missing_is_said_with_the_statement_that_gives_it() {
    let poor = Rights { role: "a\"b".into(), member_of: BTreeSet::new(), ..all() };
    let lacks = poor.lacks(Some(&hidden(12)));
    assert!(lacks[0].ends_with("GRANT pg_monitor TO \"a\"\"b\""), "{lacks:?}");
    assert!(lacks[1].contains("may not read 12 tables (orders, …): there is health, but no costing"), "{lacks:?}");
    assert!(lacks[1].ends_with("GRANT pg_read_all_data TO \"a\"\"b\""), "{lacks:?}");
    let old = Rights { version: 130_020, member_of: ["pg_monitor".to_owned()].into(), ..all() };
    let lacks = old.lacks(Some(&hidden(1)));
    assert!(lacks[0].contains("may not read orders:") && lacks[0].contains("GRANT SELECT ON ALL TABLES"), "{lacks:?}");
}

#[test]
fn a_standby_and_an_unknown_version_are_said() {
    let standby = Rights { standby: true, ..all() }.lacks(None);
    assert!(standby[0].contains("at the primary"), "{standby:?}");
    let old = Rights { version: 120_022, ..all() }.lacks(None);
    assert!(old[0].starts_with("Postgres 12 was not tested with sqlsift, which knows 13 to 18"), "{old:?}");
}
