//! A file, its folder and the markers around it in; what the file is for and what told it out.

use std::collections::BTreeMap;

use super::directive::{Directive, comment_lines, directive};
use super::markers::Markers;
use super::model::{Framework, Kind};
use super::name::FileName;
use super::query_file::{self, Style};

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub kind: Kind,
    pub told: &'static str,
    pub style: Style,
}

fn migration(framework: Framework, told: &'static str) -> Known {
    Known { kind: Kind::Migration(framework), told, style: Style::Plain }
}

fn other(kind: Kind, told: &'static str) -> Known {
    Known { kind, told, style: Style::Plain }
}

/// How far into a file its comments are looked at.
const HEAD: usize = 64 << 10;

/// Folders that hold migrations whatever is in them.
const MIGRATIONS: &[&str] = &["migrations", "migration", "migrate", "changelog", "changelogs", "versions", "updates"];

/// Folders and files that hold queries.
const QUERIES: &[&str] = &["queries", "query"];

/// What the file's own text says; the strongest evidence.
pub(super) fn by_text(text: &str) -> Option<Known> {
    let head = head(text);
    if let Some((style, told)) = query_file::tool(head) {
        return Some(Known { kind: Kind::Queries, told, style });
    }
    for (at, line) in comment_lines(head) {
        let told = match directive(line) {
            Some((Framework::Goose, _)) => migration(Framework::Goose, "it has `-- +goose` lines"),
            Some((Framework::SqlMigrate, _)) => migration(Framework::SqlMigrate, "it has `-- +migrate` lines"),
            Some((Framework::Dbmate, _)) => migration(Framework::Dbmate, "it has `-- migrate:` lines"),
            Some((Framework::NodePgMigrate, _)) => {
                migration(Framework::NodePgMigrate, "it has `-- Up Migration` lines")
            }
            Some((Framework::Drizzle, _)) => migration(Framework::Drizzle, "it has `--> statement-breakpoint` lines"),
            Some((Framework::Atlas, _)) => migration(Framework::Atlas, "it has `-- atlas:` lines"),
            Some((Framework::Liquibase, Directive::Formatted)) => {
                migration(Framework::Liquibase, "it begins with `--liquibase formatted sql`")
            }
            Some((Framework::Sqlx, _)) if at == 0 => migration(Framework::Sqlx, "it begins with `-- no-transaction`"),
            _ if is_dump(line) => other(Kind::Dump, "it is what pg_dump writes"),
            _ if is_django(head, at, line) => {
                migration(Framework::Django, "it has the comments that Django's sqlmigrate writes")
            }
            _ => continue,
        };
        return Some(told);
    }
    None
}

/// The start of a text, cut at a character.
fn head(text: &str) -> &str {
    let mut end = HEAD.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn is_dump(line: &str) -> bool {
    matches!(line.trim(), "-- PostgreSQL database dump" | "-- PostgreSQL database cluster dump")
}

/// `--`, then what the operation does, then `--` (`BaseDatabaseSchemaEditor`, `Migration.apply`: `collect_sql`).
fn is_django(head: &str, at: usize, line: &str) -> bool {
    const OPERATIONS: &[&str] = &[
        "Create model",
        "Add field",
        "Alter field",
        "Remove field",
        "Rename field",
        "Delete model",
        "Rename model",
        "Create index",
        "Remove index",
        "Rename index",
        "Create constraint",
        "Remove constraint",
        "Alter unique_together",
        "Raw SQL operation",
        "Raw Python operation",
        "Alter index_together",
        "Custom state/database change",
        "Concurrently",
    ];
    let text = line.trim_start_matches('-').trim_start_matches([' ', '+', '~', 's', 'p']);
    let named =
        OPERATIONS.iter().any(|operation| line[2..].trim_start().starts_with(operation) || text.starts_with(operation));
    let before = head[..at].trim_end_matches(['\n', '\r']);
    named && (before.ends_with("\n--") || before == "--")
}

/// What the file's name and its markers say.
pub(super) fn by_name(path: &str, markers: &Markers<'_>) -> Option<Known> {
    let name = FileName::of(path);
    let cargo = |what| markers.names(name.folder, "Cargo.toml", what);
    if name.is("structure.sql") || name.is("schema.sql") {
        return Some(other(Kind::Dump, "its name is that of a whole schema"));
    }
    if name.is("migration.sql") && name.folder_number().is_some() {
        return Some(migration(Framework::Prisma, "it is called migration.sql, in a folder with a number"));
    }
    if name.is("up.sql") || name.is("down.sql") {
        return Some(migration(Framework::Diesel, "it is called up.sql or down.sql"));
    }
    if name.flyway().is_some() {
        return Some(if cargo("refinery") {
            migration(Framework::Refinery, "its name is V1__x.sql, and Cargo.toml names refinery")
        } else {
            migration(Framework::Flyway, "its name is V1__x.sql, R__x.sql or U1__x.sql")
        });
    }
    if name.without_direction().is_some() {
        return Some(if cargo("sqlx") {
            migration(Framework::Sqlx, "its name ends in .up.sql or .down.sql, and Cargo.toml names sqlx")
        } else {
            migration(Framework::GolangMigrate, "its name ends in .up.sql or .down.sql")
        });
    }
    let beside = |file: &str| markers.at(&joined(name.folder, file)).is_some();
    if beside("atlas.sum") {
        return Some(migration(Framework::Atlas, "atlas.sum lies beside it"));
    }
    if beside("meta/_journal.json") {
        return Some(migration(Framework::Drizzle, "meta/_journal.json lies beside it"));
    }
    name.number()?;
    if cargo("sqlx") {
        return Some(migration(Framework::Sqlx, "its name has a number, and Cargo.toml names sqlx"));
    }
    if markers.names(name.folder, "package.json", "node-pg-migrate") {
        return Some(migration(
            Framework::NodePgMigrate,
            "its name has a number, and package.json names node-pg-migrate",
        ));
    }
    None
}

fn joined(folder: &str, file: &str) -> String {
    if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") }
}

/// What the text or the name says, else what most of the folder's files say of themselves; `None` if nothing tells.
pub(super) fn all(paths: &[&str], markers: &Markers<'_>, texts: &[Option<Known>]) -> Vec<Option<Known>> {
    let mut folders: BTreeMap<&str, BTreeMap<Framework, usize>> = BTreeMap::new();
    for (path, known) in paths.iter().zip(texts) {
        // Only what has sections of its own passes to files without them.
        if let Some(Known { kind: Kind::Migration(framework), .. }) = known
            && matches!(
                framework,
                Framework::Goose
                    | Framework::Dbmate
                    | Framework::SqlMigrate
                    | Framework::NodePgMigrate
                    | Framework::Drizzle
                    | Framework::Liquibase
                    | Framework::Sqlx
                    | Framework::Django
            )
        {
            *folders.entry(FileName::of(path).folder).or_default().entry(*framework).or_default() += 1;
        }
    }
    let siblings = |path: &str| {
        let found = folders.get(FileName::of(path).folder)?;
        let (framework, _) = found.iter().max_by_key(|(_, count)| **count)?;
        Some(migration(*framework, "the files beside it say it"))
    };
    let known =
        |(path, text): (&&str, &Option<Known>)| text.or_else(|| by_name(path, markers)).or_else(|| siblings(path));
    paths.iter().zip(texts).map(known).collect()
}

/// What the statements of a file do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    /// They only read and change rows, and take parameters or read.
    Query,
    /// None changes the schema.
    Other,
    ChangeSchema,
}

/// What is left when nothing told a framework: queries if the folder is called so, or the file and it changes no schema, or by what
/// its statements do; else a plain migration.
pub(super) fn plain(path: &str, does: impl FnOnce() -> Does) -> Known {
    let name = FileName::of(path);
    let lower = name.name.to_ascii_lowercase();
    if name.below(QUERIES) && !name.below(MIGRATIONS) {
        return other(Kind::Queries, "it lies in a folder of queries");
    }
    if name.number().is_some() || name.below(MIGRATIONS) || lower.contains("migrat") {
        return migration(Framework::Plain, "nothing speaks for a tool");
    }
    let named = lower.split(['.', '_', '-']).any(|part| QUERIES.contains(&part));
    match does() {
        Does::Query => other(Kind::Queries, "its statements read and change rows only"),
        Does::Other if named => other(Kind::Queries, "its name says it"),
        Does::Other | Does::ChangeSchema => migration(Framework::Plain, "nothing speaks for a tool"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::Source;
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    #[track_caller]
    fn known(path: &str, text: &str, markers: &[Source], expected: Kind) {
        let texts = [by_text(text)];
        let found =
            all(&[path], &Markers::new(markers), &texts)[0].unwrap_or_else(|| plain(path, || Does::ChangeSchema));
        assert_eq!(found.kind, expected, "{path}: {}", found.told);
    }

    #[test]
    fn frameworks_are_known_by_layout_and_markers() {
        use Framework::*;
        let rust = |what: &str| [source("app/Cargo.toml", &format!("[dependencies]\n{what} = \"1\""))];
        let m = Kind::Migration;
        known("m/V1.2__x.sql", "", &[], m(Flyway));
        known("app/migrations/V1__x.sql", "", &rust("refinery"), m(Refinery));
        known("m/7_x.up.sql", "", &[], m(GolangMigrate));
        known("app/migrations/7_x.up.sql", "", &rust("sqlx"), m(Sqlx));
        known("app/migrations/20240101_x.sql", "", &rust("sqlx"), m(Sqlx));
        known("m/20240101_x.sql", "-- no-transaction\nvacuum;", &[], m(Sqlx));
        known("m/20240101_x/migration.sql", "", &[], m(Prisma));
        known("m/20240101_x/migration.sql", "a\n--> statement-breakpoint\nb", &[], m(Drizzle));
        known("m/2024-01-01-000000_x/up.sql", "", &[], m(Diesel));
        known("m/1_x.sql", "", &[source("m/atlas.sum", "")], m(Atlas));
        known("drizzle/0000_x.sql", "", &[source("drizzle/meta/_journal.json", "{}")], m(Drizzle));
        known("m/1_x.sql", "-- +goose Up\n", &[], m(Goose));
        known("m/1_x.sql", "-- +migrate Up\n", &[], m(SqlMigrate));
        known("m/1_x.sql", "-- migrate:up\n", &[], m(Dbmate));
        known("m/1_x.sql", "-- Up Migration\n", &[], m(NodePgMigrate));
        known("m/1_x.sql", "--liquibase formatted sql\n", &[], m(Liquibase));
        known("m/1_x.sql", "-- atlas:txmode none\n", &[], m(Atlas));
        known("f/0001_x.sql", "BEGIN;\n--\n-- Create model A\n--\nCREATE TABLE a ();", &[], m(Django));
        known("m/1_x.sql", "-- adds things\n", &[], m(Plain));
        known("db/structure.sql", "", &[], Kind::Dump);
        known("x.sql", "--\n-- PostgreSQL database dump\n--\n", &[], Kind::Dump);
        known("q/a.sql", "-- name: A :one\nselect 1", &[], Kind::Queries);
        known("sql/queries/a.sql", "select 1", &[], Kind::Queries);
        assert_eq!(plain("sql/queries.sql", || Does::Other).kind, Kind::Queries);
        assert_eq!(plain("sql/queries.sql", || Does::ChangeSchema).kind, Kind::Migration(Framework::Plain));
    }

    #[test]
    fn files_without_markers_follow_their_folder() {
        let sources = [source("m/1_a.sql", "-- +goose Up\n"), source("m/2_b.sql", "alter table a add b int;")];
        let paths: Vec<&str> = sources.iter().map(|source| source.path.as_str()).collect();
        let texts: Vec<_> = sources.iter().map(|source| by_text(&source.text)).collect();
        let found = all(&paths, &Markers::default(), &texts);
        assert_eq!(found[1].map(|known| known.kind), Some(Kind::Migration(Framework::Goose)));
    }
}
