//! What roles may see, asked of a server.

use sqlsift::db::rights::{HiddenTables, Rights};
use sqlsift::db::session::Session;

use crate::server::Server;

fn session(server: &Server, role: &str) -> Session {
    let dsn = server.dsn("postgres").replace("postgres@", &format!("{role}@"));
    Session::connect(&dsn).unwrap()
}

fn rights(server: &Server, role: &str) -> Rights {
    Rights::read(&mut session(server, role)).unwrap()
}

fn hidden(server: &Server, role: &str) -> Option<HiddenTables> {
    sqlsift::db::catalog::read(&mut session(server, role)).unwrap().hidden
}

#[test]
fn rights_come_by_membership_and_are_told_with_what_gives_them() {
    let server = Server::start(&[]);
    let _ = server.psql(
        "postgres",
        "CREATE ROLE poor LOGIN; CREATE ROLE monitor LOGIN; GRANT pg_monitor TO monitor;
         CREATE ROLE between; GRANT pg_monitor TO between; CREATE ROLE through LOGIN; GRANT between TO through;
         CREATE ROLE aloof LOGIN NOINHERIT; GRANT pg_monitor TO aloof;
         CREATE TABLE t (a int); CREATE TABLE u (a int); CREATE ROLE column_only LOGIN; GRANT SELECT (a) ON t, u TO column_only;",
    );
    let poor = rights(&server, "poor");
    assert!(!poor.superuser && !poor.sees_statements() && !poor.standby);
    for role in ["monitor", "through"] {
        assert!(rights(&server, role).sees_statements(), "{role}");
    }
    // A member that does not inherit would have to SET ROLE first.
    assert!(!rights(&server, "aloof").sees_statements());
    assert_eq!(rights(&server, "postgres").lacks(hidden(&server, "postgres").as_ref()), Vec::<String>::new());
    assert_eq!(hidden(&server, "column_only"), None);

    let lacks = rights(&server, "monitor").lacks(hidden(&server, "monitor").as_ref());
    let [grant] = lacks.as_slice() else { panic!("{lacks:?}") };
    assert!(grant.contains("2 tables (public.t, …): there is health, but no costing"), "{grant}");
    // What is said helps.
    if rights(&server, "monitor").version >= 140_000 {
        let sql = grant.rsplit("next step: ").next().unwrap();
        let _ = server.psql("postgres", sql);
        assert_eq!(rights(&server, "monitor").lacks(hidden(&server, "monitor").as_ref()), Vec::<String>::new());
    }
}
