//! `postgres://user:password@host:port,host2/database?name=value` in; names and values out.
//!
//! As in libpq-connect, "Connection URIs" (libpq: `conninfo_uri_parse_options`), but for an `@` inside of a password, which is
//! taken for what it is.

use super::super::error::DbError;

const SCHEMES: [&str; 2] = ["postgresql://", "postgres://"];

/// The text behind `postgres://`.
pub fn body(text: &str) -> Option<&str> {
    SCHEMES.iter().find_map(|scheme| text.strip_prefix(scheme))
}

/// No message of this module repeats a value: it may be half a password.
pub fn parse(body: &str) -> Result<Vec<(String, String)>, DbError> {
    let (before, query) = body.split_once('?').unwrap_or((body, ""));
    let (authority, database) = before.split_once('/').unwrap_or((before, ""));
    let mut found = Vec::new();
    let hosts = match authority.rsplit_once('@') {
        Some((who, hosts)) => {
            user(who, &mut found)?;
            hosts
        }
        None if body
            .split_once('/')
            .is_some_and(|(_, path)| path.split('?').next().unwrap_or_default().contains('@'))
            || (before.len() < body.len()
                && query.split('&').next().is_some_and(|first| !first.contains('=') && first.contains('@'))) =>
        {
            return Err(DbError::settings(ENCODE.into()));
        }
        None => authority,
    };
    places(hosts, &mut found)?;
    if !database.is_empty() {
        found.push(("dbname".into(), decoded(database)?));
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let Some((name, value)) = pair.split_once('=') else {
            return Err(DbError::settings("a parameter behind the `?` of the URL has no `=`".into()));
        };
        let (name, value) = (decoded(name)?, decoded(value)?);
        // Of JDBC; libpq takes it too.
        let (name, value) =
            if name == "ssl" && value == "true" { ("sslmode".into(), "require".into()) } else { (name, value) };
        found.push((name, value));
    }
    Ok(found)
}

const ENCODE: &str = "the URL cannot be taken apart: in a user name or password write / as %2F, @ as %40, : as %3A, ? as %3F, \
                      # as %23 and % as %25";

fn user(who: &str, found: &mut Vec<(String, String)>) -> Result<(), DbError> {
    let (name, password) = who.split_once(':').map_or((who, None), |(name, password)| (name, Some(password)));
    if !name.is_empty() {
        found.push(("user".into(), decoded(name)?));
    }
    if let Some(password) = password.filter(|password| !password.is_empty()) {
        found.push(("password".into(), decoded(password)?));
    }
    Ok(())
}

/// `a:1,b,[::1]:3` as the lists `a,b,::1` and `1,,3`.
fn places(text: &str, found: &mut Vec<(String, String)>) -> Result<(), DbError> {
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for part in text.split(',') {
        let (host, port) = if let Some(rest) = part.strip_prefix('[') {
            let (address, rest) = rest
                .split_once(']')
                .ok_or_else(|| DbError::settings("an IPv6 address in the URL has no `]`".into()))?;
            (address, rest.strip_prefix(':').unwrap_or(rest))
        } else {
            part.split_once(':').unwrap_or((part, ""))
        };
        if !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(DbError::settings(format!("a port in the URL is not a number; {ENCODE}")));
        }
        hosts.push(decoded(host)?);
        ports.push(port);
    }
    if hosts.iter().any(|host| !host.is_empty()) {
        found.push(("host".into(), hosts.join(",")));
    }
    if ports.iter().any(|port| !port.is_empty()) {
        found.push(("port".into(), ports.join(",")));
    }
    Ok(())
}

fn decoded(text: &str) -> Result<String, DbError> {
    let wrong = || DbError::settings(format!("a % in the URL is not followed by two hexadecimal digits; {ENCODE}"));
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16)).ok_or_else(wrong);
        let value = (digit()? * 16 + digit()?) as u8;
        if value == 0 {
            return Err(DbError::settings("the URL holds a %00".into()));
        }
        bytes.push(value);
    }
    String::from_utf8(bytes).map_err(|_| DbError::settings("the URL is not UTF-8 once decoded".into()))
}
