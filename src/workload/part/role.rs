//! What part a statement plays in a session, told once per query and part: verb and text come in, flags go out.

use memchr::{memchr, memmem};

use crate::sql::Verb;

use super::super::memo::Known;

/// Flags of a query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Role(u8);

impl Role {
    /// Reads rows and takes part in units of work.
    pub const SELECT: Role = Role(1);
    /// INSERT, UPDATE, DELETE or MERGE: takes part in units of work.
    pub const WRITE: Role = Role(2);
    pub const BEGIN: Role = Role(4);
    pub const END: Role = Role(8);
    pub const DISCARD_ALL: Role = Role(16);
    /// Run by Postgres itself (referential integrity) or about the catalog: no work of the application.
    pub const INTERNAL: Role = Role(32);
    /// Has LIMIT or OFFSET.
    pub const PAGED: Role = Role(64);
    /// The text holds several statements, each of which may have a plan.
    pub const SEVERAL: Role = Role(128);

    pub fn has(self, flag: Role) -> bool {
        self.0 & flag.0 != 0
    }

    /// Takes part in units of work.
    pub fn works(self) -> bool {
        self.has(Role(Role::SELECT.0 | Role::WRITE.0)) && !self.has(Role::INTERNAL)
    }

    fn with(self, flag: Role) -> Role {
        Role(self.0 | flag.0)
    }
}

pub(super) fn role_of(known: &Known, text: &[u8]) -> Role {
    let base = match known.verb {
        Verb::Select | Verb::Values | Verb::Table | Verb::With | Verb::Declare => Role::SELECT,
        Verb::Insert | Verb::Update | Verb::Delete | Verb::Merge => Role::WRITE,
        Verb::Begin => return Role::BEGIN,
        Verb::Commit => return Role::END,
        Verb::Rollback if !has_word(text, b"to") => return Role::END,
        Verb::Discard if has_word(text, b"all") => return Role::DISCARD_ALL,
        _ => return Role::default(),
    };
    let base = if known.paged { base.with(Role::PAGED) } else { base };
    let end = text.iter().rposition(|byte| !byte.is_ascii_whitespace() && *byte != b';').map_or(0, |last| last + 1);
    let base = if memchr(b';', &text[..end]).is_some() { base.with(Role::SEVERAL) } else { base };
    if is_internal(text) || is_probe(text) { base.with(Role::INTERNAL) } else { base }
}

fn has_word(text: &[u8], word: &[u8]) -> bool {
    text.split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_').any(|found| found.eq_ignore_ascii_case(word))
}

/// Referential integrity checks and actions (they alone write `OPERATOR(pg_catalog.=)` and `FOR KEY SHARE OF x`, see
/// `ri_triggers.c`), and queries about the catalog.
fn is_internal(text: &[u8]) -> bool {
    const SIGNS: [&[u8]; 6] = [
        b"OPERATOR(pg_catalog.",
        b"FOR KEY SHARE OF x",
        b"FROM pg_",
        b"from pg_",
        b"pg_catalog.pg_",
        b"information_schema.",
    ];
    let head = &text[..text.len().min(8 << 10)];
    SIGNS.iter().any(|sign| memmem::find(head, sign).is_some())
}

/// What drivers and pools send to learn whether and where they are connected: a SELECT without FROM that is nothing but a
/// constant or a function of the session.
fn is_probe(text: &[u8]) -> bool {
    const PROBES: [&[u8]; 12] = [
        b"select1",
        b"select'x'",
        b"selectnull",
        b"select'ping'",
        b"selectversion()",
        b"selectcurrent_schema()",
        b"selectcurrent_database()",
        b"selectcurrent_schemas(true)",
        b"selectcurrent_user",
        b"selectpg_backend_pid()",
        b"selecttxid_current()",
        b"selectnow()",
    ];
    if text.len() > 120 {
        return false;
    }
    let bare: Vec<u8> =
        text.iter().filter(|byte| !byte.is_ascii_whitespace() && **byte != b';').map(u8::to_ascii_lowercase).collect();
    let bare = bare.strip_prefix(b"/*ping*/").unwrap_or(&bare);
    PROBES.contains(&bare)
        || bare.starts_with(b"selectset_config(")
        || bare.starts_with(b"selectpg_catalog.")
        || bare.starts_with(b"selectpg_advisory")
}

/// Programs whose statements are not the application's: shells, dumps, replication, monitoring.
pub(super) fn is_tool(application: &[u8]) -> bool {
    const NAMES: [&[u8]; 22] = [
        b"psql",
        b"pg_dump",
        b"pg_dumpall",
        b"pg_restore",
        b"pg_basebackup",
        b"pg_receivewal",
        b"pg_upgrade",
        b"vacuumdb",
        b"reindexdb",
        b"pg_repack",
        b"pg_cron",
        b"postgres_exporter",
        b"pgwatch",
        b"pgwatch2",
        b"pganalyze_collector",
        b"datadog-agent",
        b"check_postgres",
        b"telegraf",
        b"walreceiver",
        b"pgbackrest",
        b"barman",
        b"patroni",
    ];
    let lower = application.to_ascii_lowercase();
    NAMES.iter().any(|name| lower == *name)
        || [&b"pgadmin"[..], b"dbeaver", b"datagrip", b"pgbackrest ", b"sqlsift"]
            .iter()
            .any(|start| lower.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::super::super::memo::Memo;
    use super::*;

    fn role(text: &str) -> Role {
        role_of(Memo::default().get(text.as_bytes()), text.as_bytes())
    }

    #[test]
    fn work_and_what_is_none() {
        for work in [
            "SELECT * FROM orders WHERE id = 1",
            "insert into t values (1)",
            "WITH x AS (SELECT 1) UPDATE t SET a = 1",
            "DECLARE c CURSOR FOR SELECT * FROM t",
            "SELECT 1 AS one FROM users WHERE email = 'a' LIMIT 1",
        ] {
            assert!(role(work).works(), "{work}");
        }
        for none in [
            "SELECT 1",
            "select 1;",
            "BEGIN",
            "SET x = 1",
            "FETCH 10 FROM c",
            "SELECT pg_catalog.set_config('search_path', '', false)",
            "SELECT oid FROM pg_class",
            r#"SELECT 1 FROM ONLY "public"."customers" x WHERE "id" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x"#,
            "VACUUM t",
        ] {
            assert!(!role(none).works(), "{none}");
        }
    }

    #[test]
    fn transaction_marks() {
        assert!(role("start transaction").has(Role::BEGIN));
        assert!(role("COMMIT").has(Role::END));
        assert!(role("ROLLBACK").has(Role::END));
        assert!(!role("ROLLBACK TO SAVEPOINT a").has(Role::END));
        assert!(role("DISCARD ALL").has(Role::DISCARD_ALL));
        assert!(!role("DISCARD TEMP").has(Role::DISCARD_ALL));
    }
}
