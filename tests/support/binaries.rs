//! Where Postgres's server programs are. In: the environment. Out: the folder that holds `initdb`, `pg_ctl`, `postgres`.

use std::cmp::Reverse;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

/// The folder with a server's programs: `PG_BIN`, then `pg_config --bindir`, then PATH, then the usual folders (the
/// newest major first).
pub fn find_bin() -> Result<PathBuf> {
    let mut looked = Vec::new();
    if let Some(set) = env::var_os("PG_BIN") {
        let folder = PathBuf::from(set);
        if is_server_bin(&folder) {
            return Ok(folder);
        }
        bail!("PG_BIN is {}, which holds no initdb and pg_ctl", folder.display());
    }
    let candidates = pg_config().into_iter().chain(in_path("initdb")).chain(usual());
    for folder in candidates {
        if is_server_bin(&folder) {
            return Ok(folder);
        }
        looked.push(folder.display().to_string());
    }
    bail!(
        "found no initdb and pg_ctl: looked at PG_BIN (not set), `pg_config --bindir`, PATH, /usr/lib/postgresql/*/bin, \
         /usr/pgsql-*/bin, /opt/homebrew/opt/postgresql*/bin, /usr/local/opt/postgresql*/bin, /usr/local/pgsql/bin{}. \
         Run tests/run, or install a Postgres server and set PG_BIN to the folder with its programs",
        if looked.is_empty() { String::new() } else { format!(" (not a server: {})", looked.join(", ")) }
    )
}

/// A client program: beside the server's, or (a package may hold the server alone) that of another server, newest first, or of PATH.
pub fn client(bin: &Path, program: &str) -> PathBuf {
    let elsewhere = || usual().into_iter().chain(in_path(program)).find(|folder| folder.join(program).is_file());
    let own = bin.join(program);
    if own.is_file() { own } else { elsewhere().map_or(own, |folder| folder.join(program)) }
}

/// The folder of PATH that holds this program.
pub fn in_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).find(|folder| folder.join(program).is_file())
}

fn is_server_bin(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "postgres"].iter().all(|program| folder.join(program).is_file())
}

fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| PathBuf::from(text.trim()))
}

fn usual() -> Vec<PathBuf> {
    let parents = [
        ("/usr/lib/postgresql", "", "bin"),
        ("/usr", "pgsql-", "bin"),
        ("/opt/homebrew/opt", "postgresql", "bin"),
        ("/usr/local/opt", "postgresql", "bin"),
    ];
    let mut found: Vec<(Reverse<u32>, PathBuf)> = Vec::new();
    for (parent, prefix, bin) in parents {
        let Ok(entries) = std::fs::read_dir(parent) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(rest) = name.strip_prefix(prefix) {
                let digits: String = rest.chars().filter(char::is_ascii_digit).take(2).collect();
                if let Ok(major) = digits.parse() {
                    found.push((Reverse(major), entry.path().join(bin)));
                }
            }
        }
    }
    found.sort();
    found.into_iter().map(|(_, folder)| folder).chain([PathBuf::from("/usr/local/pgsql/bin")]).collect()
}
