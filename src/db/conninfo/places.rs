//! The lists of hosts, addresses and ports in; the places to try, each with its password, out.

use std::path::{Path, PathBuf};

use super::super::error::DbError;
use super::super::passfile::{self, Passfile};
use super::super::secret::Secret;
use super::layers::Layers;
use super::{Host, Place, Surroundings};

const PORT: u16 = 5432;

/// Where packages put the socket: Debian and Red Hat, then Postgres's own default.
const SOCKETS: [&str; 3] = ["/var/run/postgresql", "/run/postgresql", "/tmp"];

pub fn places(
    layers: &Layers,
    around: &Surroundings,
    user: &str,
    database: &str,
    warnings: &mut Vec<String>,
) -> Result<Vec<Place>, DbError> {
    let list = |name: &str| -> Vec<String> {
        layers.get(name).map(|text| text.split(',').map(|part| part.trim().to_owned()).collect()).unwrap_or_default()
    };
    let (hosts, addresses, ports) = (list("host"), list("hostaddr"), list("port"));
    if !hosts.is_empty() && !addresses.is_empty() && hosts.len() != addresses.len() {
        return Err(DbError::settings(format!("{} hosts but {} values of hostaddr", hosts.len(), addresses.len())));
    }
    let count = hosts.len().max(addresses.len()).max(1);
    if ports.len() > 1 && ports.len() != count {
        return Err(DbError::settings(format!(
            "{} ports for {count} hosts: give one for all, or one each",
            ports.len()
        )));
    }
    let password = layers.get("password").map(Secret::new);
    let passfile = match (&password, passfile_path(layers, around)) {
        (None, Some((path, asked))) => passfile::read(&path, asked, warnings),
        _ => Passfile::default(),
    };
    let empty = String::new();
    (0..count)
        .map(|index| {
            let port = match ports.get(index).or(ports.first()).map_or("", String::as_str) {
                "" => PORT,
                text => text
                    .parse()
                    .ok()
                    .filter(|port| *port > 0)
                    .ok_or_else(|| DbError::settings(format!("{text:?} is no port: 1 to 65535")))?,
            };
            let host = hosts.get(index).unwrap_or(&empty);
            let address = addresses.get(index).unwrap_or(&empty);
            let folder = (host.is_empty() && address.is_empty()).then(|| default_socket(port));
            let host = match folder {
                Some(folder) => Host::Socket(folder),
                None if host.starts_with('/') => Host::Socket(PathBuf::from(host)),
                None => tcp(host, address)?,
            };
            let asked = match &host {
                Host::Socket(folder) if SOCKETS.iter().any(|default| folder == Path::new(default)) => {
                    "localhost".into()
                }
                Host::Socket(folder) => folder.display().to_string(),
                Host::Tcp { name, .. } => name.clone(),
            };
            let password = password.clone().or_else(|| passfile.password(&asked, port, database, user));
            Ok(Place { host, port, password })
        })
        .collect()
}

fn tcp(name: &str, address: &str) -> Result<Host, DbError> {
    let address: Option<std::net::IpAddr> =
        match address {
            "" => None,
            text => Some(text.parse().map_err(|_| {
                DbError::settings(format!("hostaddr {text:?} is no IP address; for names there is host"))
            })?),
        };
    let name = match (name, &address) {
        ("", Some(address)) => address.to_string(),
        (name, _) => name.to_owned(),
    };
    Ok(Host::Tcp { name, address })
}

/// The first folder with a socket of that port; the first of all when there is none, for the message.
fn default_socket(port: u16) -> PathBuf {
    let folder = SOCKETS.iter().find(|folder| Path::new(folder).join(format!(".s.PGSQL.{port}")).exists());
    PathBuf::from(folder.unwrap_or(&SOCKETS[0]))
}

/// The password file, and whether somebody named it.
fn passfile_path(layers: &Layers, around: &Surroundings) -> Option<(PathBuf, passfile::Asked)> {
    match layers.get("passfile") {
        Some(path) => Some((path.into(), passfile::Asked::Named)),
        None => around.home.as_deref().map(|home| (home.join(".pgpass"), passfile::Asked::Default)),
    }
}
