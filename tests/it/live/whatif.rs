//! The planner's what-if, the guard before it, generic plans and the clone, on a real server.

mod analyze;
mod explain;
mod generic;
mod guard;
mod hypopg;
mod verify;

use sqlsift::advise::whatif::{Sample, Values};

use crate::server::Server;

fn sample(sql: &str) -> Sample {
    Sample { sql: sql.to_owned(), share: 1.0, values: Values::Logged }
}

/// A database of its own on the shared server, of any major.
fn plain(name: &str, sql: &str) -> String {
    let server = Server::shared();
    let _ = server.psql("postgres", &format!("CREATE DATABASE {name}"));
    let _ = server.psql(name, sql);
    server.dsn(name)
}

/// A database of its own on the shared server, with HypoPG in a schema that is in no search path.
fn database(name: &str, sql: &str) -> String {
    let server = Server::shared();
    let _ = server.psql("postgres", &format!("CREATE DATABASE {name}"));
    let _ = server.psql(name, &format!("CREATE SCHEMA ext; CREATE EXTENSION hypopg SCHEMA ext; {sql}"));
    server.dsn(name)
}
