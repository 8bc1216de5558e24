//! A connection string and the surroundings (PG* variables, home folder, files) in; [`Settings`] out, and what to warn of.
//!
//! What the string leaves open comes from the service file, then from variables, then from defaults, in this order (libpq:
//! `conninfo_add_defaults`).

mod keyvalue;
mod layers;
mod params;
mod places;
mod url;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::DbError;
use super::secret::Secret;
use layers::Layers;
pub use params::PARAMS;

/// What the process was given: read once, in `cli`.
#[derive(Default)]
pub struct Surroundings {
    /// Variables that [`variables`] names and that are set.
    pub variables: BTreeMap<&'static str, String>,
    pub home: Option<PathBuf>,
    /// Name of the user at the operating system: the default role.
    pub user: Option<String>,
}

/// Every environment variable that is looked at.
pub fn variables() -> impl Iterator<Item = &'static str> {
    PARAMS.iter().filter_map(|param| param.variable).chain(["PGSYSCONFDIR", "PGREQUIRESSL"])
}

/// How to reach a server, complete.
#[derive(Clone, Debug)]
pub struct Settings {
    /// In the order in which they are tried; at least one.
    pub places: Vec<Place>,
    pub user: String,
    pub database: String,
    pub application_name: String,
    pub options: Option<String>,
    /// For one address.
    pub connect_timeout: Duration,
    pub target: Target,
    pub random_order: bool,
    pub tls: Tls,
    pub channel_binding: Binding,
    pub keepalive: Keepalive,
    /// What the user should know, e.g. a password file that was not read.
    pub warnings: Vec<String>,
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub host: Host,
    pub port: u16,
    pub password: Option<Secret>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// Folder of the socket.
    Socket(PathBuf),
    /// `address` saves the look-up of the name.
    Tcp { name: String, address: Option<std::net::IpAddr> },
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.host {
            Host::Socket(folder) => write!(f, "{}/.s.PGSQL.{}", folder.display(), self.port),
            Host::Tcp { name, .. } if name.contains(':') => write!(f, "[{name}]:{}", self.port),
            Host::Tcp { name, .. } => write!(f, "{name}:{}", self.port),
        }
    }
}

/// `target_session_attrs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SslMode {
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCa,
    VerifyFull,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    Disable,
    Prefer,
    Require,
}

/// Who signs for the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Roots {
    /// No file: the certificate is not checked.
    Unchecked,
    /// The operating system's.
    System,
    File(PathBuf),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    pub mode: SslMode,
    pub roots: Roots,
    /// Certificate and key of the client.
    pub own: Option<(PathBuf, PathBuf)>,
    /// Without the question whether the server speaks TLS.
    pub direct: bool,
    pub sni: bool,
    /// TLS 1.2 and 1.3.
    pub versions: (bool, bool),
}

/// Of the TCP connection; `None`: the operating system's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keepalive {
    pub on: bool,
    pub idle: Option<Duration>,
    pub interval: Option<Duration>,
    pub count: Option<u32>,
    pub user_timeout: Option<Duration>,
}

/// Long enough for another continent, short enough to wait for.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// # Errors
/// [`super::error::DbErrorKind::Settings`]; the message holds no password and nothing that may be a piece of one.
pub fn settings(dsn: &str, around: &Surroundings) -> Result<Settings, DbError> {
    let layers = Layers::new(dsn, around)?;
    let user = match layers.get("user").or(around.user.as_deref()) {
        Some(user) => user.to_owned(),
        None => return Err(DbError::settings("no user name: write user=… or set PGUSER".into())),
    };
    let database = layers.get("dbname").unwrap_or(&user).to_owned();
    let mut warnings = layers.warnings.clone();
    let places = places::places(&layers, around, &user, &database, &mut warnings)?;
    let tls = tls(&layers, around, &mut warnings)?;
    if tls.mode == SslMode::VerifyFull && layers.get("hostaddr").is_some() && layers.get("host").is_none() {
        return Err(DbError::settings(
            "sslmode=verify-full needs a host name to compare the certificate with: write host=…".into(),
        ));
    }
    Ok(Settings {
        places,
        user,
        database,
        application_name: layers
            .get("application_name")
            .or(layers.get("fallback_application_name"))
            .unwrap_or("sqlsift")
            .to_owned(),
        options: layers.get("options").map(str::to_owned),
        connect_timeout: match layers.whole("connect_timeout")? {
            // "Zero, negative, or not specified means wait indefinitely"; not specified is ours.
            Some(..=0) => Duration::from_secs(86_400),
            Some(seconds) => Duration::from_secs(seconds as u64),
            None => CONNECT_TIMEOUT,
        },
        target: layers.one_of(
            "target_session_attrs",
            &[
                ("any", Target::Any),
                ("read-write", Target::ReadWrite),
                ("read-only", Target::ReadOnly),
                ("primary", Target::Primary),
                ("standby", Target::Standby),
                ("prefer-standby", Target::PreferStandby),
            ],
            Target::Any,
        )?,
        random_order: layers.one_of("load_balance_hosts", &[("disable", false), ("random", true)], false)?,
        channel_binding: layers.one_of(
            "channel_binding",
            &[("disable", Binding::Disable), ("prefer", Binding::Prefer), ("require", Binding::Require)],
            Binding::Prefer,
        )?,
        keepalive: Keepalive {
            on: layers.whole("keepalives")? != Some(0),
            idle: layers.span("keepalives_idle", Duration::from_secs)?,
            interval: layers.span("keepalives_interval", Duration::from_secs)?,
            count: layers.whole("keepalives_count")?.filter(|count| *count > 0).map(|count| count.min(1000) as u32),
            user_timeout: layers.span("tcp_user_timeout", Duration::from_millis)?,
        },
        tls,
        warnings,
    })
}

/// Defaults of libpq-ssl, "Client Verification of Server Certificates": `require` checks the chain if a root file is there.
fn tls(layers: &Layers, around: &Surroundings, warnings: &mut Vec<String>) -> Result<Tls, DbError> {
    let modes = [
        ("disable", SslMode::Disable),
        ("allow", SslMode::Allow),
        ("prefer", SslMode::Prefer),
        ("require", SslMode::Require),
        ("verify-ca", SslMode::VerifyCa),
        ("verify-full", SslMode::VerifyFull),
    ];
    let system = layers.get("sslrootcert") == Some("system");
    let mut default = if system { SslMode::VerifyFull } else { SslMode::Prefer };
    if around.variables.get("PGREQUIRESSL").is_some_and(|value| value == "1") && default < SslMode::Require {
        default = SslMode::Require;
    }
    let mode = layers.one_of("sslmode", &modes, default)?;
    if system && mode != SslMode::VerifyFull {
        return Err(DbError::settings(
            "sslrootcert=system is only safe with sslmode=verify-full: leave sslmode out".into(),
        ));
    }
    let of_home = |name: &str| around.home.as_deref().map(|home| home.join(".postgresql").join(name));
    let roots = match layers.get("sslrootcert") {
        Some("system") => Roots::System,
        Some(path) => Roots::File(path.into()),
        None => of_home("root.crt").filter(|path| path.exists()).map_or(Roots::Unchecked, Roots::File),
    };
    let roots = match roots {
        Roots::File(path) if !path.exists() && mode < SslMode::VerifyCa => {
            warnings.push(format!(
                "sslrootcert {}: there is no such file; the server's certificate is not checked",
                path.display()
            ));
            Roots::Unchecked
        }
        Roots::Unchecked if mode >= SslMode::VerifyCa => {
            return Err(DbError::settings(
                "sslmode verify-ca and verify-full need the certificates of who signs for the server: sslrootcert=FILE, \
                 sslrootcert=system, or the file ~/.postgresql/root.crt"
                    .into(),
            ));
        }
        other => other,
    };
    let path = |name: &str| layers.get(name).map(PathBuf::from);
    let cert = path("sslcert").or_else(|| of_home("postgresql.crt").filter(|path| path.exists()));
    let key = path("sslkey").or_else(|| of_home("postgresql.key")).unwrap_or_default();
    let own = match layers.one_of("sslcertmode", &[("disable", false), ("allow", true), ("require", true)], true)? {
        true => cert.map(|cert| (cert, key)),
        false => None,
    };
    let direct = layers.one_of("sslnegotiation", &[("postgres", false), ("direct", true)], false)?;
    if direct && mode < SslMode::Require {
        return Err(DbError::settings("sslnegotiation=direct needs sslmode=require or stronger".into()));
    }
    let versions = [("TLSv1", 10), ("TLSv1.1", 11), ("TLSv1.2", 12), ("TLSv1.3", 13)];
    let least = layers.one_of("ssl_min_protocol_version", &versions, 12)?;
    let most = layers.one_of("ssl_max_protocol_version", &versions, 13)?;
    if most < 12 || least > most {
        return Err(DbError::settings(
            "TLS 1.2 and 1.3 are what there is: see ssl_min_ and ssl_max_protocol_version".into(),
        ));
    }
    let sni = layers.one_of("sslsni", &[("0", false), ("1", true)], true)?;
    Ok(Tls { mode, roots, own, direct, sni, versions: (least <= 12, most >= 13) })
}

/// Whether others than the owner may read it, as libpq asks of password files.
#[cfg(unix)]
pub(super) fn open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
pub(super) fn open_to_others(_: &Path) -> bool {
    false
}
