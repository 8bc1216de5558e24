//! What roles may see, asked of a server.

use sqlsift::db::rights::Rights;
use sqlsift::db::session::Session;

use crate::server::Server;

fn rights(server: &Server, role: &str) -> Rights {
    let dsn = server.dsn("postgres").replace("postgres@", &format!("{role}@"));
    Rights::read(&mut Session::connect(&dsn).unwrap()).unwrap()
}

#[test]
fn rights_come_by_membership_and_extensions_by_what_is_there() {
    let server = Server::start(&[]);
    let _ = server.psql(
        "postgres",
        "CREATE ROLE poor LOGIN; CREATE ROLE monitor LOGIN; GRANT pg_monitor TO monitor;
         CREATE ROLE between; GRANT pg_monitor TO between; CREATE ROLE through LOGIN; GRANT between TO through;
         CREATE ROLE aloof LOGIN NOINHERIT; GRANT pg_monitor TO aloof;",
    );
    let poor = rights(&server, "poor");
    assert!(
        !poor.superuser && !poor.sees_statements() && !poor.sees_tables() && !poor.standby && !poor.statements_loaded
    );
    for role in ["monitor", "through"] {
        assert!(rights(&server, role).sees_statements(), "{role}");
    }
    // A member that does not inherit would have to SET ROLE first.
    assert!(!rights(&server, "aloof").sees_statements());
    let all = rights(&server, "postgres");
    assert!(all.superuser && all.sees_tables());
    assert_eq!((all.hypopg.created.as_ref(), all.statements.created.as_ref()), (None, None));
    assert!(all.hypopg.available.is_some() && all.statements.available.is_some());

    server.restart(&[("shared_preload_libraries", "pg_stat_statements")]).unwrap();
    let _ = server.psql("postgres", "CREATE SCHEMA tools; CREATE EXTENSION pg_stat_statements SCHEMA tools");
    let loaded = rights(&server, "poor");
    assert!(loaded.statements_loaded);
    assert_eq!(loaded.statements.created.map(|(_, schema)| schema).as_deref(), Some("tools"));
}
