//! A throw-away Postgres for tests and fixture capture.
//!
//! In: server settings. Out: a running server on a unix socket in its own temporary folder, stopped and removed when the
//! value is dropped, when the process ends and when it is killed. Used through `#[path]`; nothing here is skipped when
//! no Postgres is installed: the error says what was looked for.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, bail, ensure};

#[path = "account.rs"]
mod account;
#[path = "binaries.rs"]
mod binaries;
#[path = "network.rs"]
pub mod network;

use account::{Account, as_account};

pub use binaries::find_bin;

/// The superuser that `initdb` makes; the socket trusts everybody.
pub const SUPERUSER: &str = "postgres";

/// Of the socket, where there is no network to share it with.
const PORT: u16 = 5432;

/// A running server. Dropping it stops the server and removes its folder.
#[derive(Debug)]
pub struct Server {
    bin: PathBuf,
    folder: PathBuf,
    account: Option<Account>,
    port: u16,
    watchdog: Child,
}

impl Server {
    /// Starts a server with these settings on top of the harness's own (socket only, fsync off).
    ///
    /// # Panics
    /// If there is no Postgres or it does not start; the message names what was looked for, or quotes the server.
    #[must_use]
    pub fn start(conf: &[(&str, &str)]) -> Self {
        match find_bin().and_then(|bin| Self::start_in(&bin, conf)) {
            Ok(server) => server,
            Err(e) => panic!("cannot start a throw-away Postgres: {e:#}"),
        }
    }

    /// One server for the whole process, for tests that need no settings of their own: give each test its own database.
    #[must_use]
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(|| Self::start(&[]))
    }

    /// Starts a server from the programs in `bin` (of any major version).
    pub fn start_in(bin: &Path, conf: &[(&str, &str)]) -> Result<Self> {
        let account = Account::to_drop_to()?;
        let folder = new_folder(account.as_ref())?;
        let watchdog = watchdog(bin, &folder, account.as_ref())?;
        let server = Self { bin: bin.to_owned(), folder, account, port: PORT, watchdog };
        server.initdb()?;
        server.configure(conf)?;
        server.run_pg_ctl(&["start"])?;
        Ok(server)
    }

    /// Stops the server in order, empties its log folder, applies more settings and starts it again.
    pub fn restart(&self, conf: &[(&str, &str)]) -> Result<()> {
        self.run_pg_ctl(&["stop", "-m", "fast"])?;
        for entry in fs::read_dir(self.log_dir())? {
            fs::remove_file(entry?.path())?;
        }
        self.configure(conf)?;
        self.run_pg_ctl(&["start"])
    }

    /// Stops the server in order, so that its log is complete; the folder stays until the value is dropped.
    pub fn stop(&self) -> Result<()> {
        self.run_pg_ctl(&["stop", "-m", "fast"])
    }

    /// Folder of the unix socket, to be given as `host`.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        &self.folder
    }

    /// Folder in which `logging_collector` writes.
    #[must_use]
    pub fn log_dir(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// Folder of the server's programs (`psql`, `pg_dump`, …).
    #[must_use]
    pub fn bin_dir(&self) -> &Path {
        &self.bin
    }

    /// Connection string of a database of this server for the superuser.
    #[must_use]
    pub fn dsn(&self, database: &str) -> String {
        format!("postgresql://{SUPERUSER}@/{database}?host={}&port={}", self.folder.display(), self.port)
    }

    /// Runs a script with `psql` as the superuser; unaligned rows without header, or the error `psql` printed.
    pub fn try_psql(&self, database: &str, sql: &str) -> Result<String> {
        self.try_psql_as(SUPERUSER, database, sql)
    }

    /// As [`Server::try_psql`], as another role.
    pub fn try_psql_as(&self, role: &str, database: &str, sql: &str) -> Result<String> {
        let mut child = self
            .client("psql")
            .args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-U", role, "-d", database, "-f", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("psql")?;
        let mut stdin = child.stdin.take().context("psql has no stdin")?;
        let script = sql.to_owned();
        // A script longer than the pipe must be written while the output is being read.
        let writer = std::thread::spawn(move || stdin.write_all(script.as_bytes()));
        let output = child.wait_with_output()?;
        let written = writer.join();
        ensure!(output.status.success(), "psql: {}", String::from_utf8_lossy(&output.stderr).trim());
        if let Ok(result) = written {
            result.context("psql did not read its script")?;
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// As [`Server::try_psql`], for tests.
    ///
    /// # Panics
    /// With the error of `psql`.
    #[must_use]
    pub fn psql(&self, database: &str, sql: &str) -> String {
        match self.try_psql(database, sql) {
            Ok(out) => out,
            Err(e) => panic!("{e:#}"),
        }
    }

    /// A client program of this server with its socket set.
    #[must_use]
    pub fn client(&self, program: &str) -> Command {
        let mut command = Command::new(binaries::client(&self.bin, program));
        command
            .env("PGHOST", &self.folder)
            .env("PGPORT", self.port.to_string())
            .env_remove("PGSERVICE")
            .env("PGCLIENTENCODING", "UTF8");
        command
    }

    /// Client settings for this server: its socket, this database, the superuser. Change them before connecting.
    #[must_use]
    pub fn client_config(&self, database: &str) -> tokio_postgres::Config {
        let mut config = tokio_postgres::Config::new();
        config.host_path(&self.folder).port(self.port).user(SUPERUSER).dbname(database);
        config
    }

    /// A connection, driven by a task of the current tokio runtime (which needs I/O and time enabled).
    pub async fn connect(&self, database: &str) -> Result<tokio_postgres::Client> {
        drive(self.client_config(database)).await
    }

    fn initdb(&self) -> Result<()> {
        let mut arguments = vec!["-N", "-A", "trust", "-U", SUPERUSER, "-E", "UTF8"];
        let locale = locale_option();
        arguments.push(&locale);
        let data = self.data();
        let mut command = self.server_program("initdb");
        command.args(arguments).arg("-D").arg(&data);
        run(command)
    }

    fn configure(&self, conf: &[(&str, &str)]) -> Result<()> {
        let (folder, log) = (self.folder.to_string_lossy(), self.log_dir());
        let log = log.to_string_lossy();
        let own = [
            ("listen_addresses", ""),
            ("unix_socket_directories", &*folder),
            ("fsync", "off"),
            ("synchronous_commit", "off"),
            ("full_page_writes", "off"),
            ("log_directory", &*log),
            ("log_file_mode", "0644"),
        ];
        let text: String =
            own.iter().chain(conf).map(|(key, value)| format!("{key} = '{}'\n", value.replace('\'', "''"))).collect();
        fs::OpenOptions::new()
            .append(true)
            .open(self.data().join("postgresql.conf"))
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .context("postgresql.conf")
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn run_pg_ctl(&self, arguments: &[&str]) -> Result<()> {
        let output = self.folder.join("log").join("startup.txt");
        let mut command = self.server_program("pg_ctl");
        command.args(arguments).args(["-w", "-t", "60", "-D"]).arg(self.data());
        if arguments.first() == Some(&"start") {
            command.arg("-l").arg(&output).args(["-o", &format!("-p {}", self.port)]);
        }
        run(command).with_context(|| fs::read_to_string(&output).unwrap_or_default())
    }

    fn server_program(&self, program: &str) -> Command {
        as_account(self.account.as_ref(), self.bin.join(program).as_os_str())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Closing the pipe is the signal: the watchdog stops the server and removes the folder.
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

/// Connects with these settings and drives the connection on the current tokio runtime.
pub async fn drive(config: tokio_postgres::Config) -> Result<tokio_postgres::Client> {
    let (client, connection) = config.connect(tokio_postgres::NoTls).await?;
    tokio::spawn(async move {
        // The client's own calls report what goes wrong; the task has nobody to tell.
        let _ = connection.await;
    });
    Ok(client)
}

/// A new folder whose name is short: a socket's path holds 107 bytes at most (unix(7), `sun_path`).
fn new_folder(account: Option<&Account>) -> Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let usual = std::env::temp_dir();
    let parent = if usual.as_os_str().len() > 60 { PathBuf::from("/tmp") } else { usual };
    let folder = parent.join(format!("sqlsift-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
    fs::create_dir(&folder).with_context(|| folder.display().to_string())?;
    fs::create_dir(folder.join("log"))?;
    for path in [&folder, &folder.join("log")] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
        if let Some(account) = account {
            chown(path, Some(account.uid), Some(account.gid))?;
        }
    }
    ensure!(fs::metadata(&folder)?.is_dir() && fs::metadata(&folder)?.mode() & 0o700 == 0o700);
    Ok(folder)
}

/// A shell that waits for the end of a pipe whose other end this process holds, then stops the server and removes its
/// folder. The kernel closes the pipe however this process ends, so nothing is left behind by a test that was killed.
fn watchdog(bin: &Path, folder: &Path, account: Option<&Account>) -> Result<Child> {
    let stop = as_account(account, bin.join("pg_ctl").as_os_str());
    let script = "trap '' INT HUP TERM; read _; folder=$1; shift; \
                  \"$@\" stop -m immediate -w -D \"$folder/data\"; rm -rf \"$folder\"";
    Command::new("sh")
        .args(["-c", script, "sh"])
        .arg(folder)
        .arg(stop.get_program())
        .args(stop.get_args())
        .current_dir("/")
        // Its own process group: an interrupt from the keyboard must not reach it.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("sh")
}

fn run(mut command: Command) -> Result<()> {
    let name = format!("{command:?}");
    // pg_ctl's server inherits these: a pipe would never end.
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let status = output.with_context(|| name.clone())?;
    if status.success() {
        return Ok(());
    }
    if name.contains("initdb") {
        let again = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output()?;
        bail!("{name}: {}", String::from_utf8_lossy(&again.stderr).trim());
    }
    bail!("{name}: {status}")
}

fn locale_option() -> String {
    let known = Command::new("locale").arg("-a").output().map(|o| String::from_utf8_lossy(&o.stdout).into_owned());
    let known = known.unwrap_or_default();
    let wanted = ["C.utf8", "C.UTF-8", "en_US.utf8", "en_US.UTF-8"];
    match wanted.iter().find(|name| known.lines().any(|line| line == **name)) {
        Some(name) => format!("--locale={name}"),
        None => "--no-locale".to_owned(),
    }
}
