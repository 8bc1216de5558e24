//! Servers that can be reached by TCP, and standbys. In: settings. Out: [`Server`]s with a port of their own.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::account::{Account, as_account};
use super::{PORT, SUPERUSER, Server, find_bin, new_folder, run, watchdog};

impl Server {
    /// A server on 127.0.0.1; `hba` is its pg_hba.conf, below a line that lets everybody in by the socket. `files` are put
    /// into its folder, where the settings may name them by `{folder}`.
    ///
    /// # Panics
    /// As [`Server::start`].
    #[must_use]
    pub fn on_tcp(conf: &[(&str, &str)], hba: &str, files: &[(&str, Vec<u8>)]) -> Self {
        match Self::try_on_tcp(conf, hba, files) {
            Ok(server) => server,
            Err(e) => panic!("cannot start a throw-away Postgres on TCP: {e:#}"),
        }
    }

    fn try_on_tcp(conf: &[(&str, &str)], hba: &str, files: &[(&str, Vec<u8>)]) -> Result<Self> {
        let server = Self::fresh(free_port()?)?;
        server.initdb()?;
        for (name, bytes) in files {
            server.install(name, bytes)?;
        }
        let hba = format!("local all all trust\nlocal replication all trust\n{hba}");
        let hba = server.install("hba.conf", hba.as_bytes())?.display().to_string();
        let folder = server.folder.display().to_string();
        let conf: Vec<(&str, String)> =
            conf.iter().map(|(key, value)| (*key, value.replace("{folder}", &folder))).collect();
        let own = [("listen_addresses", "127.0.0.1"), ("hba_file", hba.as_str())];
        let all: Vec<(&str, &str)> =
            own.into_iter().chain(conf.iter().map(|(key, value)| (*key, value.as_str()))).collect();
        server.configure(&all)?;
        server.run_pg_ctl(&["start"])?;
        Ok(server)
    }

    /// A hot standby of a server of [`Server::on_tcp`], on 127.0.0.1 too.
    ///
    /// # Panics
    /// As [`Server::start`].
    #[must_use]
    pub fn standby_of(primary: &Server) -> Self {
        let made = || -> Result<Self> {
            let server = Self::fresh(free_port()?)?;
            let mut copy = server.server_program("pg_basebackup");
            copy.args(["-R", "-X", "stream", "-c", "fast", "-U", SUPERUSER, "-h"]).arg(&primary.folder);
            copy.args(["-p", &primary.port.to_string(), "-D"]).arg(server.data());
            run(copy)?;
            server.configure(&[("listen_addresses", "127.0.0.1")])?;
            server.run_pg_ctl(&["start"])?;
            Ok(server)
        };
        made().unwrap_or_else(|e| panic!("cannot start a standby: {e:#}"))
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    fn fresh(port: u16) -> Result<Self> {
        let (bin, account) = (find_bin()?, Account::to_drop_to()?);
        let folder = new_folder(account.as_ref())?;
        let watchdog = watchdog(&bin, &folder, account.as_ref())?;
        Ok(Self { bin, folder, account, port, watchdog })
    }

    /// Another program, run as the server is.
    #[must_use]
    pub fn as_its_account(&self, program: &str) -> Command {
        as_account(self.account.as_ref(), program.as_ref())
    }

    /// Writes a file that the server's account alone may read.
    pub fn install(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.folder.join(name);
        fs::write(&path, bytes).with_context(|| path.display().to_string())?;
        own(&path, self.account.as_ref())?;
        Ok(path)
    }
}

fn own(path: &Path, account: Option<&Account>) -> Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    if let Some(account) = account {
        chown(path, Some(account.uid), Some(account.gid))?;
    }
    Ok(())
}

/// Somebody may take it before the server does; then the server says so.
pub fn free_port() -> Result<u16> {
    let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    assert_ne!(port, PORT);
    Ok(port)
}
