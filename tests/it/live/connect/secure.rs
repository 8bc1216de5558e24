//! TLS, passwords and who is let in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use sqlsift::db::connect::Cause;

use super::{ask, open, open_in};
use crate::server::Server;

/// A server with TLS, and a folder with certificates: `ca.crt` signed `server.crt` (made out to localhost) and
/// `client.crt` (to the role by_cert); `old.crt` signs itself, has no alternative name, and is its own root.
struct Place {
    server: Server,
    folder: tempfile::TempDir,
}

const HBA: &str = "
hostssl all only_tls 127.0.0.1/32 scram-sha-256
hostnossl all only_plain 127.0.0.1/32 scram-sha-256
hostssl all by_cert 127.0.0.1/32 cert
host all md5er 127.0.0.1/32 md5
host all anyone,nologin,outsider 127.0.0.1/32 scram-sha-256
";

const ROLES: &str = "
CREATE ROLE only_tls LOGIN PASSWORD 's3cret';
CREATE ROLE only_plain LOGIN PASSWORD 's3cret';
CREATE ROLE by_cert LOGIN;
CREATE ROLE anyone LOGIN PASSWORD 's3cret';
CREATE ROLE outsider LOGIN PASSWORD 's3cret';
CREATE ROLE nologin PASSWORD 's3cret';
SET password_encryption = 'md5';
CREATE ROLE md5er LOGIN PASSWORD 's3cret';
CREATE DATABASE shop;
CREATE DATABASE closed;
REVOKE CONNECT ON DATABASE closed FROM PUBLIC;
";

fn openssl(folder: &Path, arguments: &str) {
    let status = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("openssl is installed");
    assert!(status.success(), "openssl {arguments}");
}

fn certificates(folder: &Path) {
    let authority = |name: &str| {
        openssl(
            folder,
            &format!("req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN={name} -keyout {name}.key -out {name}.crt"),
        );
    };
    ["ca", "other"].into_iter().for_each(authority);
    // As the documentation's recipe makes it ("Creating Certificates"): no alternative name, and it may sign others.
    openssl(folder, "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -keyout old.key -out old.crt");
    for (name, subject, extension) in [
        ("server", "db.example.com", "subjectAltName=DNS:localhost\n"),
        ("client", "by_cert", "basicConstraints=CA:FALSE\n"),
    ] {
        fs::write(folder.join("ext"), extension).unwrap();
        openssl(folder, &format!("req -newkey rsa:2048 -nodes -subj /CN={subject} -keyout {name}.key -out {name}.csr"));
        openssl(
            folder,
            &format!(
                "x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile ext -out {name}.crt"
            ),
        );
    }
}

fn place() -> &'static Place {
    static PLACE: OnceLock<Place> = OnceLock::new();
    PLACE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        certificates(folder.path());
        let files: Vec<(&str, Vec<u8>)> = ["server.crt", "server.key", "ca.crt", "old.crt", "old.key"]
            .map(|name| (name, fs::read(folder.path().join(name)).expect("openssl wrote it")))
            .into();
        let conf = [
            ("ssl", "on"),
            ("ssl_cert_file", "{folder}/server.crt"),
            ("ssl_key_file", "{folder}/server.key"),
            ("ssl_ca_file", "{folder}/ca.crt"),
        ];
        let server = Server::on_tcp(&conf, HBA, &files);
        let _ = server.psql("postgres", ROLES);
        Place { server, folder }
    })
}

impl Place {
    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `{ca}` and its like stand for files, the host for the server.
    fn dsn(&self, rest: &str) -> String {
        let files = ["ca.crt", "other.crt", "old.crt", "client.crt", "client.key"];
        let rest = files.iter().fold(rest.to_owned(), |rest, name| {
            rest.replace(&format!("{{{name}}}"), &self.file(name).display().to_string())
        });
        let host = if rest.contains("host") { "" } else { "host=localhost hostaddr=127.0.0.1 " };
        let password = if rest.contains("password") || rest.contains("by_cert") { "" } else { "password=s3cret " };
        format!("{host}port={} dbname=shop {password}{rest}", self.server.port())
    }
}

/// What each sslmode lets through: the line is encrypted, or not, or does not come about.
#[test]
fn every_sslmode_means_what_libpq_means() {
    let (yes, no) = (Ok("true"), Ok("false"));
    let cases: &[(&str, Result<&str, Cause>)] = &[
        ("user=anyone sslmode=disable", no),
        ("user=anyone sslmode=allow", no),
        ("user=anyone sslmode=prefer", yes),
        ("user=anyone", yes),
        ("user=anyone sslmode=require", yes),
        ("user=only_tls sslmode=disable", Err(Cause::Encryption)),
        ("user=only_tls sslmode=allow", yes),
        ("user=only_plain sslmode=prefer", no),
        ("user=only_plain sslmode=require", Err(Cause::Encryption)),
        ("user=anyone sslmode=verify-ca sslrootcert={ca.crt}", yes),
        ("user=anyone sslmode=verify-ca sslrootcert={other.crt}", Err(Cause::Certificate)),
        ("user=anyone sslmode=verify-ca sslrootcert={ca.crt} host=127.0.0.1", yes),
        ("user=anyone sslmode=verify-full sslrootcert={ca.crt}", yes),
        ("user=anyone sslmode=verify-full sslrootcert={ca.crt} host=127.0.0.1", Err(Cause::Certificate)),
        // The common name does not count beside an alternative one.
        (
            "user=anyone sslmode=verify-full sslrootcert={ca.crt} host=db.example.com hostaddr=127.0.0.1",
            Err(Cause::Certificate),
        ),
        // `require` with a root file is verify-ca; `prefer` falls back to no encryption.
        ("user=anyone sslmode=require sslrootcert={other.crt}", Err(Cause::Certificate)),
        ("user=anyone sslmode=prefer sslrootcert={other.crt}", no),
        ("user=anyone sslmode=verify-full sslrootcert=system", Err(Cause::Certificate)),
        ("user=by_cert sslmode=require sslcert={client.crt} sslkey={client.key}", yes),
        ("user=by_cert sslmode=require", Err(Cause::NotLetIn)),
        (
            "user=by_cert sslmode=require sslcertmode=disable sslcert={client.crt} sslkey={client.key}",
            Err(Cause::NotLetIn),
        ),
        ("user=anyone ssl_max_protocol_version=TLSv1.2", yes),
        ("user=anyone channel_binding=require", yes),
        ("user=anyone channel_binding=require sslmode=disable", Err(Cause::Answer)),
        ("user=md5er", yes),
        ("user=md5er sslmode=disable", no),
    ];
    let place = place();
    for (rest, expected) in cases {
        let dsn = place.dsn(rest);
        let given = open(&dsn)
            .map(|mut session| {
                ask(
                    &mut session,
                    "SELECT ssl::text FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()",
                )
            })
            .map_err(|error| error.telling().cause);
        assert_eq!(given.as_deref().map_err(|cause| *cause), *expected, "{rest}: {:?}", open(&dsn).err());
    }
}

#[test]
fn who_is_not_let_in_learns_why() {
    let place = place();
    for (rest, cause) in [
        ("user=anyone password=wrong-one", Cause::WrongPassword),
        ("user=anyone password=''", Cause::NoPassword),
        ("user=nobody_at_all", Cause::Encryption),
        ("user=nologin", Cause::NotLetIn),
        ("user=anyone dbname=nowhere", Cause::NoDatabase),
        ("user=anyone dbname=closed", Cause::Denied),
    ] {
        let error = open(&place.dsn(rest)).expect_err(rest);
        assert_eq!(error.telling().cause, cause, "{rest}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("wrong-one"));
    }
}

#[test]
fn a_server_that_is_its_own_root_is_known_by_its_common_name() {
    let folder = tempfile::tempdir().unwrap();
    certificates(folder.path());
    let files = ["old.crt", "old.key"].map(|name| (name, fs::read(folder.path().join(name)).unwrap()));
    let conf = [("ssl", "on"), ("ssl_cert_file", "{folder}/old.crt"), ("ssl_key_file", "{folder}/old.key")];
    let server = Server::on_tcp(&conf, "host all all 127.0.0.1/32 trust", &files);
    let root = folder.path().join("old.crt");
    let dsn = |host: &str| {
        format!(
            "host={host} hostaddr=127.0.0.1 port={} dbname=postgres user=postgres sslmode=verify-full sslrootcert={}",
            server.port(),
            root.display()
        )
    };
    open(&dsn("localhost")).expect("its common name");
    assert_eq!(open(&dsn("db.example.com")).err().unwrap().telling().cause, Cause::Certificate);
}

#[test]
fn a_server_without_tls_is_said_to_have_none() {
    let server = Server::on_tcp(&[], "host all all 127.0.0.1/32 trust", &[]);
    let dsn = |mode: &str| format!("postgres://postgres@127.0.0.1:{}/postgres?sslmode={mode}", server.port());
    assert_eq!(open(&dsn("require")).err().unwrap().telling().cause, Cause::NoTls);
    for mode in ["prefer", "allow", "disable"] {
        open(&dsn(mode)).expect(mode);
    }
}

#[test]
fn passwords_come_from_a_file_or_a_service() {
    let place = place();
    let home = tempfile::tempdir().unwrap();
    let port = place.server.port();
    let pass = home.path().join(".pgpass");
    fs::write(&pass, format!("localhost:{port}:*:anyone:s3cret\n")).unwrap();
    let bare = format!("host=localhost hostaddr=127.0.0.1 port={port} dbname=shop user=anyone");
    let permit = |mode: u32| {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&pass, fs::Permissions::from_mode(mode)).unwrap();
    };
    permit(0o600);
    open_in(&bare, &[], Some(home.path())).expect("from ~/.pgpass");
    permit(0o644);
    assert_eq!(open_in(&bare, &[], Some(home.path())).err().unwrap().telling().cause, Cause::NoPassword);
    open_in(&bare, &[("PGPASSWORD", "s3cret")], None).expect("from PGPASSWORD");

    fs::write(home.path().join(".pg_service.conf"), format!("[shop]\n{}\npassword=s3cret\n", bare.replace(' ', "\n")))
        .unwrap();
    let mut session = open_in("service=shop", &[], Some(home.path())).expect("from ~/.pg_service.conf");
    assert_eq!(ask(&mut session, "SELECT current_user::text"), "anyone");
    let mut session = open_in("", &[("PGSERVICE", "shop")], Some(home.path())).expect("from PGSERVICE");
    assert_eq!(ask(&mut session, "SHOW application_name"), "sqlsift");
}
