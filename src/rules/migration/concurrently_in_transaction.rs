//! `migration/concurrently_in_transaction`: a statement that the server refuses inside a transaction stands in one.

use serde::Deserialize;

use crate::catalog::model::TableKind;
use crate::report::model::RecommendationKind;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink, documented};
use crate::rules::lint::context::StatementCx;
use crate::script::model::{Framework, Kind, OpenedBy, Within};
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, ObjectKind, ReindexTarget, Transaction};
use crate::sql::facts::Span;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(what) = cx.ddl().and_then(|ddl| refusing(cx, ddl)) else { return };
        let framework = match cx.script.kind {
            Kind::Migration(framework) => framework,
            Kind::Dump | Kind::Queries => Framework::Plain,
        };
        let (place, way) = match (cx.within, cx.statement.transaction) {
            (Some(Within::DoBlock), _) => {
                ("a DO block", "Take it out of the DO block: it must be a statement of its own.")
            }
            (Some(Within::Routine), _) => ("a routine", "Take it out of the routine: it must be sent by a client."),
            (None, Some(transaction)) => (place(transaction.by), way_out(framework, transaction.by)),
            (None, None) => return,
        };
        let draft = cx.draft(
            head(cx.text),
            format!("{what} fails here: it stands in {place}"),
            format!(
                "The server refuses it (\"{what} cannot {}\"), and the migration stops.",
                if cx.within.is_some() { "be executed from a function" } else { "run inside a transaction block" }
            ),
        );
        let draft = draft.evidence(documented("error", "25001 active_sql_transaction"));
        let advice = Advice::new(
            RecommendationKind::SplitMigration,
            "Run it outside of a transaction",
            way,
            format!("{};", cx.text.trim_end()),
        );
        out.find(draft.ask(Ask::Ready(advice)));
    }
}

/// What the server calls the statement when it refuses it in a transaction block (callers of `PreventInTransactionBlock`).
fn refusing(cx: &StatementCx<'_>, ddl: &Ddl) -> Option<&'static str> {
    match ddl {
        Ddl::CreateIndex(index) if index.concurrently => Some("CREATE INDEX CONCURRENTLY"),
        Ddl::Drop(drop) => dropping(drop.kind, drop.concurrently),
        Ddl::Reindex(reindex) => match reindex.target {
            _ if reindex.concurrently => Some("REINDEX CONCURRENTLY"),
            ReindexTarget::Schema => Some("REINDEX SCHEMA"),
            ReindexTarget::Database => Some("REINDEX DATABASE"),
            ReindexTarget::System => Some("REINDEX SYSTEM"),
            ReindexTarget::Index | ReindexTarget::Table => None,
        },
        Ddl::AlterTable(alter) => alter.actions.iter().find_map(|action| match &action.kind {
            ActionKind::DetachPartition { concurrently: true, .. } => {
                Some("ALTER TABLE ... DETACH PARTITION CONCURRENTLY")
            }
            _ => None,
        }),
        Ddl::Vacuum(_) => Some("VACUUM"),
        Ddl::Cluster(cluster) => match &cluster.table {
            None => Some("CLUSTER"),
            Some(name) => {
                let kind = cx.replay.table(name).map(|(_, table)| table.kind);
                (kind == Some(TableKind::Partitioned)).then_some("CLUSTER")
            }
        },
        Ddl::AlterSystem(_) => Some("ALTER SYSTEM"),
        Ddl::Transaction(Transaction::CommitPrepared) => Some("COMMIT PREPARED"),
        Ddl::Transaction(Transaction::RollbackPrepared) => Some("ROLLBACK PREPARED"),
        Ddl::Other(other) if other.verb == "CREATE" => match other.kind? {
            ObjectKind::Database => Some("CREATE DATABASE"),
            ObjectKind::Tablespace => Some("CREATE TABLESPACE"),
            // It makes its replication slot at once unless it is told not to (`CreateSubscription`).
            ObjectKind::Subscription if !mentions(cx.text, &["create_slot", "connect"]) => {
                Some("CREATE SUBSCRIPTION ... WITH (create_slot = true)")
            }
            _ => None,
        },
        _ => None,
    }
}

fn mentions(text: &str, words: &[&str]) -> bool {
    let mut tokens = crate::sql::Lexer::new(text.as_bytes());
    tokens.any(|token| words.iter().any(|word| text[token.start..token.end].eq_ignore_ascii_case(word)))
}

fn dropping(kind: ObjectKind, concurrently: bool) -> Option<&'static str> {
    match kind {
        ObjectKind::Index if concurrently => Some("DROP INDEX CONCURRENTLY"),
        ObjectKind::Database => Some("DROP DATABASE"),
        ObjectKind::Tablespace => Some("DROP TABLESPACE"),
        _ => None,
    }
}

fn place(by: OpenedBy) -> &'static str {
    match by {
        OpenedBy::Tool => "the transaction that the migration tool opens",
        OpenedBy::Script => "the transaction that the script opens",
        OpenedBy::Message => "the implicit transaction of several statements that are sent at once",
    }
}

/// How the tool is told to leave the transaction away, or how else the statement gets out of it.
fn way_out(framework: Framework, by: OpenedBy) -> &'static str {
    use Framework as F;
    match (framework, by) {
        (_, OpenedBy::Script) => "Put it before BEGIN or after COMMIT, or into a file of its own without them.",
        (F::Goose, _) => "Write `-- +goose NO TRANSACTION` at the top of the file.",
        (F::Dbmate, _) => {
            "Give it a migration of its own that begins with `-- migrate:up transaction:false`: dbmate sends the whole section \
             at once, so it must be the only statement in it."
        }
        (F::Diesel, _) => {
            "Give it a migration of its own with `run_in_transaction = false` in the metadata.toml beside it: diesel sends the \
             whole file at once, so it must be the only statement in it."
        }
        (F::Flyway, _) => {
            "Write `executeInTransaction=false` into a file beside the migration that has its name and .conf behind it; without \
             other statements in the file Flyway leaves the transaction away by itself."
        }
        (F::Sqlx, _) => {
            "Give it a migration of its own whose first line is `-- no-transaction`: sqlx sends the whole file at once, so it \
             must be the only statement in it."
        }
        (F::Atlas, _) => "Write `-- atlas:txmode none` as the file's first line, with an empty line behind it.",
        (F::Liquibase, _) => "Give it a changeset of its own with `runInTransaction:false` in the changeset's line.",
        (F::SqlMigrate, _) => "Write `-- +migrate Up notransaction`.",
        (F::GolangMigrate, _) => {
            "Give it a file of its own: golang-migrate sends a file at once, and a single statement stands in no transaction."
        }
        (F::Prisma, _) => {
            "Give it a migration of its own: Prisma sends a file at once, and a single statement stands in no transaction."
        }
        (F::Django, _) => "Set `atomic = False` on the Migration class.",
        (F::Rails, _) => "Write `disable_ddl_transaction!` in the migration class.",
        (F::Ecto, _) => {
            "Set `@disable_ddl_transaction true` and `@disable_migration_lock true` in the migration module."
        }
        (F::NodePgMigrate, _) => {
            "Write this migration in JavaScript with `pgm.noTransaction()`: one in SQL always stands in a transaction unless all \
             are run with --no-single-transaction."
        }
        (F::Drizzle, _) => {
            "Drizzle runs all pending migrations in one transaction and has no way around it: run this statement apart, before \
             the deploy."
        }
        (F::Refinery, _) => {
            "Refinery sends a file at once in a transaction: run this statement apart, before the deploy."
        }
        (F::Plain, OpenedBy::Tool) => {
            "Give it a migration of its own, and tell the tool to run that one without a transaction."
        }
        (F::Plain, OpenedBy::Message) => "Send it alone: several statements in one message are one transaction.",
    }
}

/// The statement's first line.
fn head(text: &str) -> Span {
    Span { start: 0, end: text.find('\n').unwrap_or(text.len()) }
}
