//! Who runs the server's programs. In: the caller's user. Out: the command as a user whom Postgres accepts.

use std::ffi::OsStr;
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use super::binaries::in_path;

/// The account the server's programs run as when the caller is root, which `initdb` and `postgres` refuse.
#[derive(Debug)]
pub struct Account {
    pub uid: u32,
    pub gid: u32,
    name: &'static str,
}

impl Account {
    /// `None` when the caller is not root.
    pub fn to_drop_to() -> Result<Option<Self>> {
        if id(&["-u"])? != 0 {
            return Ok(None);
        }
        for name in ["postgres", "nobody"] {
            if let (Ok(uid), Ok(gid)) = (id(&["-u", name]), id(&["-g", name])) {
                return Ok(Some(Self { uid, gid, name }));
            }
        }
        bail!(
            "running as root, which Postgres refuses, and there is neither a user `postgres` nor `nobody` to run it as"
        )
    }
}

fn id(arguments: &[&str]) -> Result<u32> {
    let output = Command::new("id").args(arguments).output().context("id")?;
    ensure!(output.status.success(), "id {arguments:?} failed");
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// A command as that account, through the first of setpriv, runuser and su that is installed.
pub fn as_account(account: Option<&Account>, program: &OsStr) -> Command {
    let Some(account) = account else {
        let mut command = Command::new(program);
        command.current_dir("/");
        return command;
    };
    let Account { uid, gid, name } = account;
    let mut command;
    if in_path("setpriv").is_some() {
        command = Command::new("setpriv");
        command.args([
            format!("--reuid={uid}"),
            format!("--regid={gid}"),
            "--clear-groups".to_owned(),
            "--".to_owned(),
        ]);
        command.arg(program);
    } else if in_path("runuser").is_some() {
        command = Command::new("runuser");
        command.args(["-u", name, "--"]).arg(program);
    } else {
        command = Command::new("su");
        command.args([name, "-s", "/bin/sh", "-c", "exec \"$0\" \"$@\""]).arg(program);
    }
    command.current_dir("/");
    command
}
