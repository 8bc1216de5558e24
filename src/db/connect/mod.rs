//! [`Settings`] in; an open connection to the first place that fits out, or what every place answered.
//!
//! Places, addresses and TLS are tried in libpq's order (libpq-connect, "Specifying Multiple Hosts" and `sslmode`).

mod cause;

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

use tokio::net::lookup_host;
use tokio::time::timeout;
use tokio_postgres::config::{ChannelBinding, SslMode as Wire, SslNegotiation};
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::conninfo::{Binding, Host, Place, Settings, SslMode, Target};
use super::error::{DbError, DbErrorKind};
use super::session::marked;
use super::tls;
pub use cause::Cause;

/// Nothing was reached.
#[derive(Clone, Debug)]
pub struct ConnectError {
    /// In the order of the attempts; at least one.
    pub tries: Vec<Try>,
}

/// How one attempt ended.
#[derive(Clone, Debug)]
pub struct Try {
    /// `db.example.com:5432`
    pub place: String,
    pub cause: Cause,
    pub message: String,
    pub sqlstate: Option<String>,
}

/// Whether the mark by which a server process of our own is known goes with the startup packet: a setting of no effect
/// ([`DIRECT`]), which poolers refuse or leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Probe {
    Sent,
    Left,
}

/// Set in a process that was started for this connection.
pub(super) const DIRECT: &str = "sqlsift.direct";

impl Try {
    /// pgbouncer: "unsupported startup parameter: options"; RDS Proxy: "command-line options" are not supported.
    fn refuses_options(&self) -> bool {
        self.cause == Cause::Answer && (self.message.contains("startup parameter") || self.message.contains("option"))
    }
}

impl ConnectError {
    /// The connection came about, and the first statement failed.
    pub(super) fn after(place: &str, error: DbError) -> Self {
        let cause = if error.kind == DbErrorKind::Stopped { Cause::Stopped } else { Cause::Answer };
        ConnectError {
            tries: vec![Try { place: place.into(), cause, message: error.message, sqlstate: error.sqlstate }],
        }
    }

    /// The attempt that says most: a server that answered before one that did not.
    pub fn telling(&self) -> &Try {
        self.tries.iter().min_by_key(|tried| tried.cause).expect("there is at least one place, and each was tried")
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = self.telling();
        write!(f, "{}: {}", told.place, told.message)
    }
}

impl From<DbError> for ConnectError {
    fn from(error: DbError) -> Self {
        let cause = if error.kind == DbErrorKind::Stopped { Cause::Stopped } else { Cause::Settings };
        ConnectError {
            tries: vec![Try { place: String::new(), cause, message: error.message, sqlstate: error.sqlstate }],
        }
    }
}

impl From<ConnectError> for DbError {
    fn from(error: ConnectError) -> Self {
        let told = error.telling();
        let kind = match told.cause {
            Cause::Settings => DbErrorKind::Settings,
            Cause::Stopped => DbErrorKind::Stopped,
            _ => DbErrorKind::Connect,
        };
        let message = if told.place.is_empty() { told.message.clone() } else { error.to_string() };
        DbError { kind, message, sqlstate: told.sqlstate.clone() }
    }
}

/// An open connection; the task that drives it runs on the current runtime.
pub struct Connected {
    pub client: Client,
    pub task: tokio::task::JoinHandle<Result<(), tokio_postgres::Error>>,
    pub tls: MakeRustlsConnect,
    pub place: String,
}

pub async fn connect(settings: &Settings) -> Result<Connected, ConnectError> {
    let tls = match settings.places.iter().any(|place| matches!(place.host, Host::Tcp { .. })) {
        true if settings.tls.mode != SslMode::Disable => tls::connector(&settings.tls)?,
        _ => tls::unused(),
    };
    let mut tries = Vec::new();
    // "prefer-standby: First try to find a standby server, but if none of the listed hosts is a standby server, try again".
    let rounds: &[Target] = match settings.target {
        Target::PreferStandby => &[Target::Standby, Target::Any],
        ref target => std::slice::from_ref(target),
    };
    for target in rounds {
        for place in order(settings) {
            if let Some(connected) = reach(settings, place, *target, &tls, &mut tries).await {
                return Ok(connected);
            }
        }
    }
    Err(ConnectError { tries })
}

fn order(settings: &Settings) -> Vec<&Place> {
    let mut places: Vec<(u64, &Place)> = settings.places.iter().map(|place| (0, place)).collect();
    if settings.random_order {
        let state = RandomState::new();
        for (index, (key, _)) in places.iter_mut().enumerate() {
            *key = state.hash_one(index);
        }
        places.sort_by_key(|(key, _)| *key);
    }
    places.into_iter().map(|(_, place)| place).collect()
}

async fn reach(
    settings: &Settings,
    place: &Place,
    target: Target,
    tls: &MakeRustlsConnect,
    tries: &mut Vec<Try>,
) -> Option<Connected> {
    let addresses: Vec<Option<IpAddr>> = match &place.host {
        Host::Socket(_) => vec![None],
        Host::Tcp { address: Some(address), .. } => vec![Some(*address)],
        Host::Tcp { name, address: None } => {
            let found = timeout(settings.connect_timeout, lookup_host((name.as_str(), place.port))).await;
            let (cause, message) = match found {
                Ok(Ok(found)) => {
                    let mut addresses: Vec<Option<IpAddr>> = found.map(|address| Some(address.ip())).collect();
                    addresses.dedup();
                    return try_all(settings, place, target, tls, &addresses, tries).await;
                }
                Ok(Err(error)) => (Cause::UnknownHost, format!("no address for the host {name:?}: {error}")),
                Err(_) => (Cause::Timeout, format!("no answer about the address of the host {name:?}")),
            };
            tries.push(Try { place: place.to_string(), cause, message, sqlstate: None });
            return None;
        }
    };
    try_all(settings, place, target, tls, &addresses, tries).await
}

async fn try_all(
    settings: &Settings,
    place: &Place,
    target: Target,
    tls: &MakeRustlsConnect,
    addresses: &[Option<IpAddr>],
    tries: &mut Vec<Try>,
) -> Option<Connected> {
    for address in addresses {
        let modes: &[Wire] = match (&place.host, settings.tls.mode) {
            (Host::Socket(_), _) | (_, SslMode::Disable) => &[Wire::Disable],
            (_, SslMode::Allow) => &[Wire::Disable, Wire::Require],
            (_, SslMode::Prefer) => &[Wire::Prefer, Wire::Disable],
            _ => &[Wire::Require],
        };
        for mode in modes {
            let mut answer = attempt(settings, place, *address, *mode, target, tls, Probe::Sent).await;
            if answer.as_ref().is_err_and(Try::refuses_options) {
                answer = attempt(settings, place, *address, *mode, target, tls, Probe::Left).await;
            }
            match answer {
                Ok(connected) => return Some(connected),
                Err(tried) => {
                    let again = tried.cause.may_be_the_encryption();
                    tries.push(tried);
                    if !again {
                        break;
                    }
                }
            }
        }
    }
    None
}

async fn attempt(
    settings: &Settings,
    place: &Place,
    address: Option<IpAddr>,
    mode: Wire,
    target: Target,
    tls: &MakeRustlsConnect,
    probe: Probe,
) -> Result<Connected, Try> {
    let tried = |cause: Cause, message: String, sqlstate: Option<String>| Try {
        place: place.to_string(),
        cause,
        message,
        sqlstate,
    };
    let config = config(settings, place, address, mode, probe);
    let opened = timeout(settings.connect_timeout, async {
        let (client, connection) = config.connect(tls.clone()).await?;
        let task = tokio::spawn(connection);
        let fits = fits(&client, target).await?;
        Ok::<_, tokio_postgres::Error>((client, task, fits))
    });
    match opened.await {
        Ok(Ok((client, task, None))) => Ok(Connected { client, task, tls: tls.clone(), place: place.to_string() }),
        Ok(Ok((_, _, Some(why)))) => Err(tried(Cause::Target, why.to_owned(), None)),
        Ok(Err(error)) => {
            let (cause, message) = cause::of(&error, place);
            Err(tried(cause, message, error.code().map(|code| code.code().to_owned())))
        }
        Err(_) => Err(tried(Cause::Timeout, format!("no answer within {:?}", settings.connect_timeout), None)),
    }
}

fn config(settings: &Settings, place: &Place, address: Option<IpAddr>, mode: Wire, probe: Probe) -> Config {
    let mut config = Config::new();
    match &place.host {
        Host::Socket(folder) => config.host_path(folder),
        Host::Tcp { name, .. } => config.host(name),
    };
    if let Some(address) = address {
        config.hostaddr(address);
    }
    config
        .port(place.port)
        .user(&settings.user)
        .dbname(&settings.database)
        .application_name(&settings.application_name)
        .connect_timeout(settings.connect_timeout)
        .ssl_mode(mode)
        .ssl_negotiation(if settings.tls.direct { SslNegotiation::Direct } else { SslNegotiation::Postgres })
        .channel_binding(match settings.channel_binding {
            Binding::Disable => ChannelBinding::Disable,
            Binding::Prefer => ChannelBinding::Prefer,
            Binding::Require => ChannelBinding::Require,
        });
    if let Some(password) = &place.password {
        config.password(password.reveal());
    }
    let mark = (probe == Probe::Sent).then(|| format!("-c {DIRECT}=on"));
    let options: Vec<&str> = settings.options.as_deref().into_iter().chain(mark.as_deref()).collect();
    if !options.is_empty() {
        config.options(options.join(" "));
    }
    let keepalive = &settings.keepalive;
    config.keepalives(keepalive.on);
    if let Some(idle) = keepalive.idle {
        config.keepalives_idle(idle);
    }
    if let Some(interval) = keepalive.interval {
        config.keepalives_interval(interval);
    }
    if let Some(count) = keepalive.count {
        config.keepalives_retries(count);
    }
    if let Some(limit) = keepalive.user_timeout {
        config.tcp_user_timeout(limit);
    }
    config
}

/// What is asked for `target_session_attrs`.
pub(super) const TARGET: [&str; 2] = ["SELECT pg_catalog.pg_is_in_recovery()", "SHOW transaction_read_only"];

/// Why the server is not what was asked for; `None` when it is.
async fn fits(client: &Client, target: Target) -> Result<Option<&'static str>, tokio_postgres::Error> {
    let (question, wanted, why) = match target {
        Target::Any | Target::PreferStandby => return Ok(None),
        Target::ReadWrite => ("transaction_read_only", "off", "the server is read-only, and read-write was asked for"),
        Target::ReadOnly => ("transaction_read_only", "on", "the server takes writes, and read-only was asked for"),
        Target::Primary => ("recovery", "f", "the server is a standby, and a primary was asked for"),
        Target::Standby => ("recovery", "t", "the server is a primary, and a standby was asked for"),
    };
    let sql = if question == "recovery" { TARGET[0] } else { TARGET[1] };
    let answer = client.simple_query(&marked(sql)).await?.into_iter().find_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    Ok((answer.as_deref() != Some(wanted)).then_some(why))
}
