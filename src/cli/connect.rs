//! `--dsn` and the environment in; an open session, or what went wrong and what to do next, out.

use std::sync::OnceLock;

use super::args::{Catalog, Common, Server};
use super::failure::Failure;
use super::terminal;
use crate::db::cancel::Interrupt;
use crate::db::connect::{Cause, ConnectError, Try};
use crate::db::conninfo::{self, Settings, Surroundings};
use crate::db::{DbError, Session};

const DSN_VARIABLE: &str = "SQLSIFT_DSN";

/// What a shell reports of a process that Ctrl-C ended: 128 + SIGINT.
const INTERRUPTED: i32 = 130;

/// A session with the server that was asked for, if one was.
pub fn open(server: &Server, files: &Catalog, common: &Common) -> Result<Option<Session>, Failure> {
    wanted(server, files)?.map(|dsn| connect(dsn, server, common)).transpose()
}

/// The server that was asked for, unless a file takes its place.
///
/// # Errors
/// `--dsn` typed beside `--schema` or `--snapshot`; from the environment, the files win.
pub fn wanted<'a>(server: &'a Server, catalog: &Catalog) -> Result<Option<&'a str>, Failure> {
    let files = !catalog.schema.is_empty() || catalog.snapshot.is_some();
    match server.dsn.as_deref() {
        Some(dsn) if files && std::env::var(DSN_VARIABLE).is_ok_and(|set| set == dsn) => Ok(None),
        Some(_) if files => Err(Failure::new(
            "--dsn stands beside --schema or --snapshot: the catalog comes from one place",
            "leave out one of them",
        )),
        dsn => Ok(dsn),
    }
}

/// Connects; warnings go to standard error.
pub fn connect(dsn: &str, server: &Server, common: &Common) -> Result<Session, Failure> {
    let settings = settings(dsn)?;
    if !common.quiet {
        settings.warnings.iter().for_each(|said| terminal::complain(&format!("warning: {said}")));
    }
    let mut session = Session::open(&settings, interrupt()?).map_err(|error| failed(&error, &settings))?;
    session.statement_timeout = server.statement_timeout;
    Ok(session)
}

/// One for all connections of the process.
fn interrupt() -> Result<Interrupt, Failure> {
    static INTERRUPT: OnceLock<Interrupt> = OnceLock::new();
    if let Some(interrupt) = INTERRUPT.get() {
        return Ok(interrupt.clone());
    }
    let new =
        Interrupt::on_ctrl_c(leave).map_err(|error| Failure::new(format!("cannot listen for Ctrl-C: {error}"), ""))?;
    Ok(INTERRUPT.get_or_init(|| new).clone())
}

/// A way to open connections to the copy that `--verify` names.
pub fn to_copy(dsn: &str) -> Result<impl Fn(Interrupt) -> Result<Session, DbError> + use<>, Failure> {
    let settings = settings(dsn)?;
    Ok(move |interrupt| Ok(Session::open(&settings, interrupt)?))
}

#[expect(clippy::exit, reason = "the user asked twice, and nothing that runs may keep them waiting")]
fn leave() {
    std::process::exit(INTERRUPTED);
}

fn settings(dsn: &str) -> Result<Settings, Failure> {
    let mut around =
        Surroundings { home: std::env::home_dir(), user: whoami::username().ok(), ..Surroundings::default() };
    for name in conninfo::variables() {
        match std::env::var(name) {
            Ok(value) => {
                around.variables.insert(name, value);
            }
            Err(std::env::VarError::NotPresent) => {}
            Err(std::env::VarError::NotUnicode(_)) => {
                return Err(Failure::new(
                    format!("the variable {name} is not UTF-8"),
                    format!("unset {name}, or set it anew"),
                ));
            }
        }
    }
    conninfo::settings(dsn, &around).map_err(|error| {
        Failure::new(
            error.message,
            "--dsn postgres://user@host:5432/database, or --dsn 'host=… dbname=… user=…'; the password in PGPASSWORD or \
             ~/.pgpass",
        )
    })
}

/// Every attempt, the most telling one last.
fn failed(error: &ConnectError, settings: &Settings) -> Failure {
    let told = error.telling();
    let shown = |tried: &Try| {
        let state = tried.sqlstate.as_ref().map(|state| format!(" ({state})")).unwrap_or_default();
        if tried.place.is_empty() {
            tried.message.clone()
        } else {
            format!("{}: {}{state}", tried.place, tried.message)
        }
    };
    let failure = Failure::new(format!("no connection: {}", shown(told)), next(told, settings));
    let mut others: Vec<String> = Vec::new();
    for other in
        error.tries.iter().filter(|tried| tried.message != told.message || tried.place != told.place).map(shown)
    {
        if !others.contains(&other) {
            others.push(other);
        }
    }
    others.into_iter().fold(failure, Failure::because)
}

/// What to look at for each cause.
fn next(told: &Try, settings: &Settings) -> String {
    let (user, database) = (&settings.user, &settings.database);
    match told.cause {
        Cause::Stopped => String::new(),
        Cause::Settings => "see the parameter named above; sqlsift analyze --help shows what --dsn takes".into(),
        Cause::WrongPassword => format!(
            "the password of {user} comes from the connection string, PGPASSWORD or ~/.pgpass, in this order; psql with the same \
             settings must get in"
        ),
        Cause::NoPassword => {
            format!("set PGPASSWORD, or add a line host:port:{database}:{user}:password to ~/.pgpass (chmod 600)")
        }
        Cause::NoDatabase => "psql -l shows the databases; name one: postgres://user@host/database, or dbname=…".into(),
        Cause::Denied => {
            format!("an owner of the database: GRANT CONNECT ON DATABASE {} TO {}", quoted(database), quoted(user))
        }
        Cause::Encryption if settings.tls.mode < crate::db::conninfo::SslMode::Require => {
            "pg_hba.conf of the server wants the other kind of line: try sslmode=require, or sslmode=disable".into()
        }
        Cause::Encryption => {
            "pg_hba.conf of the server has no line for encrypted connections from here: `hostssl` or `host`".into()
        }
        Cause::NotLetIn => format!(
            "does the role {user} exist, may it log in, and has pg_hba.conf of the server a line for it, {database} and this machine?"
        ),
        Cause::TooMany => "the server has no free connection: try again later, or close some; sqlsift needs one".into(),
        Cause::Starting => "try again in a moment: the server starts, stops or recovers".into(),
        Cause::Certificate => {
            "sslrootcert must hold the certificate of who signs for the server, and host be a name in its certificate; \
             sslmode=require encrypts without that check"
                .into()
        }
        Cause::NoTls => "set ssl = on at the server, or, where nobody else can read the line, sslmode=disable".into(),
        Cause::Handshake => {
            "does the server speak TLS 1.2 or 1.3, and accept sslcert and sslkey, if it asks for them?".into()
        }
        Cause::Target => "target_session_attrs says which server is wanted; name all of them: host=a,b".into(),
        Cause::Answer => "the server's log says more; is it Postgres, or a pooler in front of it?".into(),
        Cause::NoSocket if database.contains('.') => {
            format!("{database} was taken for the name of a database, as psql does: write host={database} for a host")
        }
        Cause::NoSocket => {
            "is the server running? its setting unix_socket_directories names the folder for host=; for TCP \
                            write host=localhost"
                .into()
        }
        Cause::Refused => {
            "is the server running at this port, and does listen_addresses let in connections from here?".into()
        }
        Cause::Timeout => "is there a firewall between? the limit is connect_timeout, in seconds".into(),
        Cause::UnknownHost => "check the spelling of the host, and whether this machine's name service knows it".into(),
        Cause::Unreachable => "can this machine reach the server? psql with the same settings says the same".into(),
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A statement that failed, for commands that can give nothing without it.
pub fn lost(error: &DbError) -> Failure {
    use crate::db::error::DbErrorKind;
    let next = match error.kind {
        DbErrorKind::Denied => "the page \"A live server\" of the README lists what to grant",
        DbErrorKind::Timeout => {
            "raise it with --statement-timeout SECONDS, or come back when the server has less to do"
        }
        DbErrorKind::Cut => "is the server still running? then run the command again",
        DbErrorKind::Stopped => "",
        DbErrorKind::Settings | DbErrorKind::Connect | DbErrorKind::Refused => {
            "-vv shows every statement that was sent"
        }
    };
    Failure::new(error.message.clone(), next)
}
