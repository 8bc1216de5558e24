//! The names of parameters in; what each means to us out: used, without effect here, or beyond us.
//!
//! Names and variables: libpq-connect (34.1.2) and libpq-envars (34.15) of the Postgres documentation, up to version 18.

use super::super::error::DbError;

/// What becomes of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Used,
    /// It changes nothing for a client like this one.
    Idle,
    /// A demand that we cannot keep, unless it has one of these values.
    Beyond(&'static [&'static str]),
}

/// A parameter of libpq.
#[derive(Debug)]
pub struct Param {
    pub name: &'static str,
    /// The variable that stands for it.
    pub variable: Option<&'static str>,
    pub becomes: Use,
}

const fn used(name: &'static str, variable: &'static str) -> Param {
    Param { name, variable: Some(variable), becomes: Use::Used }
}

const fn bare(name: &'static str, becomes: Use) -> Param {
    Param { name, variable: None, becomes }
}

const fn beyond(name: &'static str, variable: Option<&'static str>, harmless: &'static [&'static str]) -> Param {
    Param { name, variable, becomes: Use::Beyond(harmless) }
}

pub const PARAMS: &[Param] = &[
    used("service", "PGSERVICE"),
    used("servicefile", "PGSERVICEFILE"),
    used("host", "PGHOST"),
    used("hostaddr", "PGHOSTADDR"),
    used("port", "PGPORT"),
    used("dbname", "PGDATABASE"),
    used("user", "PGUSER"),
    used("password", "PGPASSWORD"),
    used("passfile", "PGPASSFILE"),
    used("channel_binding", "PGCHANNELBINDING"),
    used("connect_timeout", "PGCONNECT_TIMEOUT"),
    used("options", "PGOPTIONS"),
    used("application_name", "PGAPPNAME"),
    bare("fallback_application_name", Use::Used),
    used("sslmode", "PGSSLMODE"),
    used("sslnegotiation", "PGSSLNEGOTIATION"),
    used("sslrootcert", "PGSSLROOTCERT"),
    used("sslcert", "PGSSLCERT"),
    used("sslkey", "PGSSLKEY"),
    used("sslcertmode", "PGSSLCERTMODE"),
    used("sslsni", "PGSSLSNI"),
    used("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"),
    used("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"),
    used("target_session_attrs", "PGTARGETSESSIONATTRS"),
    used("load_balance_hosts", "PGLOADBALANCEHOSTS"),
    bare("keepalives", Use::Used),
    bare("keepalives_idle", Use::Used),
    bare("keepalives_interval", Use::Used),
    bare("keepalives_count", Use::Used),
    bare("tcp_user_timeout", Use::Used),
    bare("client_encoding", Use::Idle),
    bare("sslcompression", Use::Idle),
    bare("krbsrvname", Use::Idle),
    bare("gsslib", Use::Idle),
    bare("gssdelegation", Use::Idle),
    bare("sslkeylogfile", Use::Idle),
    bare("min_protocol_version", Use::Beyond(&["3.0"])),
    bare("max_protocol_version", Use::Idle),
    beyond("gssencmode", Some("PGGSSENCMODE"), &["disable", "prefer"]),
    beyond("require_auth", Some("PGREQUIREAUTH"), &[]),
    beyond("requirepeer", Some("PGREQUIREPEER"), &[]),
    beyond("sslcrl", Some("PGSSLCRL"), &[]),
    beyond("sslcrldir", Some("PGSSLCRLDIR"), &[]),
    bare("sslpassword", Use::Beyond(&[])),
    bare("replication", Use::Beyond(&["false", "off", "no", "0"])),
    bare("scram_client_key", Use::Beyond(&[])),
    bare("scram_server_key", Use::Beyond(&[])),
];

/// What other clients take in a URL; here it changes nothing, and the user is told.
const FOREIGN: [&str; 14] = [
    "connection_limit",
    "connectTimeout",
    "currentSchema",
    "max_conns",
    "pgbouncer",
    "pool_max_conns",
    "pool_min_conns",
    "pool_mode",
    "pool_size",
    "pool_timeout",
    "schema",
    "single_use_connections",
    "socket_timeout",
    "statement_cache_size",
];

/// What a name turned out to be.
#[derive(Debug)]
pub enum Named {
    Known(&'static Param),
    /// Of another client.
    Foreign,
}

/// # Errors
/// An unknown name, with the nearest known one.
pub fn named(name: &str) -> Result<Named, DbError> {
    if let Some(param) = PARAMS.iter().find(|param| param.name == name) {
        return Ok(Named::Known(param));
    }
    if FOREIGN.contains(&name) {
        return Ok(Named::Foreign);
    }
    let short: String = name.chars().take(40).collect();
    let near = PARAMS
        .iter()
        .map(|param| (strsim::damerau_levenshtein(&name.to_lowercase(), param.name), param.name))
        .min()
        .filter(|(distance, _)| *distance <= 3)
        .map(|(_, near)| format!("; did you mean `{near}`?"));
    Err(DbError::settings(format!("unknown parameter `{short}`{}", near.unwrap_or_default())))
}
