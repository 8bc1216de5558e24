use super::*;

fn around(variables: &[(&'static str, &str)]) -> Surroundings {
    Surroundings {
        variables: variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
        home: None,
        user: Some("me".into()),
    }
}

fn of(dsn: &str) -> Settings {
    settings(dsn, &around(&[])).unwrap_or_else(|error| panic!("{dsn}: {error}"))
}

fn refused(dsn: &str) -> String {
    settings(dsn, &around(&[])).expect_err(dsn).message
}

fn shown(settings: &Settings) -> String {
    let places: Vec<String> = settings.places.iter().map(ToString::to_string).collect();
    format!("{} {} {}", places.join(","), settings.user, settings.database)
}

fn password(settings: &Settings) -> Option<&str> {
    settings.places[0].password.as_ref().map(Secret::reveal)
}

#[test]
fn both_spellings_say_the_same() {
    // The examples of libpq-connect, "Connection URIs".
    for (dsn, expected) in [
        ("postgresql://localhost", "localhost:5432 me me"),
        ("postgresql://localhost:5433", "localhost:5433 me me"),
        ("postgresql://localhost/mydb", "localhost:5432 me mydb"),
        ("postgresql://user@localhost", "localhost:5432 user user"),
        ("postgresql://user:secret@localhost", "localhost:5432 user user"),
        ("postgresql://other@localhost/otherdb?connect_timeout=10&application_name=x", "localhost:5432 other otherdb"),
        ("postgresql://host1:123,host2:456/somedb?target_session_attrs=any", "host1:123,host2:456 me somedb"),
        ("postgresql:///mydb?host=localhost&port=5433", "localhost:5433 me mydb"),
        ("postgresql://[2001:db8::1234]/database", "[2001:db8::1234]:5432 me database"),
        ("postgresql:///dbname?host=/var/lib/postgresql", "/var/lib/postgresql/.s.PGSQL.5432 me dbname"),
        ("postgresql://%2Fvar%2Flib%2Fpostgresql/dbname", "/var/lib/postgresql/.s.PGSQL.5432 me dbname"),
        ("postgresql://user@localhost:5433/mydb?options=-c%20synchronous_commit%3Doff", "localhost:5433 user mydb"),
        ("postgres://a,b:1,[::1]:2/d", "a:5432,b:1,[::1]:2 me d"),
        ("host=a,b port=1,2 dbname=d", "a:1,b:2 me d"),
        ("host=a,b port=7", "a:7,b:7 me me"),
        ("host = 'a' user='o\\'neil' dbname = my\\ shop", "a:5432 o'neil my shop"),
        ("host=a dbname='' user=u", "a:5432 u u"),
        ("host=db.example.com hostaddr=192.0.2.1", "db.example.com:5432 me me"),
        ("hostaddr=192.0.2.1 port=1", "192.0.2.1:1 me me"),
    ] {
        assert_eq!(shown(&of(dsn)), expected, "{dsn}");
    }
    assert_eq!(of("postgres://h?options=-c%20a%3Db").options.as_deref(), Some("-c a=b"));
    assert_eq!(of("shop").database, "shop");
}

#[test]
fn a_password_is_decoded_and_never_shown() {
    for (dsn, expected) in [
        ("postgres://u:p%40ss%3A%2F@h/d", "p@ss:/"),
        ("postgres://u:p@ss:w@h/d", "p@ss:w"),
        ("postgres://h/d?password=%C3%A4", "ä"),
        ("host=h password='a b\\'c\\\\'", "a b'c\\"),
        ("host=h password=a password=second", "second"),
    ] {
        let settings = of(dsn);
        assert_eq!(password(&settings), Some(expected), "{dsn}");
        assert!(!format!("{settings:?}").contains(expected), "{settings:?}");
    }
}

#[test]
fn what_cannot_be_read_is_told_without_repeating_it() {
    for dsn in [
        "postgres://u:s3/cret@h/d",
        "postgres://u:12/s3cret@h/d",
        "postgres://u:s3?cret@h/d",
        "postgres://u:s3cret%@h/d",
        "postgres://u:s3cret%zz@h/d",
        "postgres://u:s3cret%00@h/d",
        "host=h password=a s3cret",
        "host=h password='s3cret",
        "postgres://h:s3cret/d",
    ] {
        let told = refused(dsn);
        assert!(!told.contains("s3") && !told.contains("cret@"), "{dsn}: {told}");
    }
}

#[test]
fn mistakes_name_the_cure() {
    for (dsn, part) in [
        ("host=h sslmod=require", "did you mean `sslmode`?"),
        ("host=h databse=x", "unknown parameter `databse`"),
        ("postgres://h/d?aplication_name=x", "did you mean `application_name`?"),
        ("host=h sslmode=strict", "sslmode is one of disable, allow, prefer, require, verify-ca, verify-full"),
        ("host=h port=0", "no port"),
        ("host=h port=70000", "no port"),
        ("host=a,b,c port=1,2", "2 ports for 3 hosts"),
        ("host=a,b hostaddr=1.2.3.4", "2 hosts but 1"),
        ("hostaddr=db.example.com", "no IP address"),
        ("hostaddr=1.2.3.4 sslmode=verify-full sslrootcert=system", "needs a host name"),
        ("host=h connect_timeout=soon", "whole number"),
        ("host=h require_auth=md5", "does not support `require_auth`"),
        ("host=h gssencmode=require", "does not support `gssencmode`"),
        ("host=h sslmode=require sslrootcert=system", "leave sslmode out"),
        ("host=h sslmode=verify-ca", "sslrootcert"),
        ("host=h sslnegotiation=direct", "needs sslmode=require"),
        ("mysql://h/d", "sqlsift reads Postgres"),
        ("postgresql+psycopg2://h/d", "write postgres://"),
        ("jdbc:postgresql://h/d", "write postgres://"),
        ("service=nowhere", "no service \"nowhere\""),
    ] {
        let told = refused(dsn);
        assert!(told.contains(part), "{dsn}: {told}");
    }
}

#[test]
fn the_string_comes_before_the_service_and_the_service_before_variables() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("services");
    std::fs::write(&file, "[shop]\nhost=of-service\nport=1\nuser=of-service\n").unwrap();
    let path = file.display().to_string();
    let around = around(&[
        ("PGSERVICEFILE", &path),
        ("PGSERVICE", "shop"),
        ("PGPORT", "2"),
        ("PGUSER", "of-variable"),
        ("PGDATABASE", "of-variable"),
        ("PGAPPNAME", ""),
        ("PGPASSWORD", "s3cret"),
    ]);
    let settings = settings("user=of-string", &around).unwrap();
    assert_eq!(shown(&settings), "of-service:1 of-string of-variable");
    assert_eq!((settings.application_name.as_str(), password(&settings)), ("sqlsift", Some("s3cret")));
}

#[test]
fn a_wrong_variable_is_named() {
    let told = settings("host=h", &around(&[("PGREQUIREAUTH", "md5")])).unwrap_err().message;
    assert!(told.starts_with("PGREQUIREAUTH: "), "{told}");
}

#[cfg(unix)]
#[test]
fn the_password_file_knows_each_place() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(".pgpass");
    std::fs::write(&file, "a:1:*:me:one\nb:*:shop:*:two\nlocalhost:*:*:*:socket\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let around = Surroundings { home: Some(home.path().into()), ..around(&[]) };
    let settings = |dsn: &str| settings(dsn, &around).unwrap();
    let of = |settings: &Settings| -> Vec<Option<String>> {
        settings.places.iter().map(|place| place.password.as_ref().map(|secret| secret.reveal().to_owned())).collect()
    };
    assert_eq!(of(&settings("host=a,b,c port=1,2,3 dbname=shop")), [Some("one".into()), Some("two".into()), None]);
    assert_eq!(of(&settings("host=/var/run/postgresql")), [Some("socket".into())]);
    assert_eq!(of(&settings("host=/elsewhere")), [None]);
    assert_eq!(of(&settings("host=a port=1 password=typed")), [Some("typed".into())]);
}

#[test]
fn a_root_file_decides_what_require_means() {
    let home = tempfile::tempdir().unwrap();
    let around = Surroundings { home: Some(home.path().into()), ..around(&[]) };
    let roots = |dsn: &str| settings(dsn, &around).unwrap().tls.roots;
    assert_eq!(roots("host=h sslmode=require"), Roots::Unchecked);
    std::fs::create_dir(home.path().join(".postgresql")).unwrap();
    let file = home.path().join(".postgresql").join("root.crt");
    std::fs::write(&file, "").unwrap();
    assert_eq!(roots("host=h sslmode=require"), Roots::File(file.clone()));
    assert_eq!(roots("host=h"), Roots::File(file));
    assert_eq!(roots("host=h sslrootcert=system"), Roots::System);
    assert_eq!(settings("host=h sslrootcert=system", &around).unwrap().tls.mode, SslMode::VerifyFull);
    assert_eq!(settings("postgres://h?ssl=true", &around).unwrap().tls.mode, SslMode::Require);
}

#[test]
fn other_clients_parameters_are_said_to_have_no_effect() {
    let settings = of("postgres://h/d?schema=public&pgbouncer=true");
    assert_eq!(settings.warnings.len(), 2);
    assert!(settings.warnings[0].contains("schema"), "{:?}", settings.warnings);
}
