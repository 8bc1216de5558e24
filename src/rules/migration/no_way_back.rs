//! `migration/no_way_back`: a migration whose tool keeps the way back in the same file, and that has none.

use serde::Deserialize;

use crate::rules::ScriptRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::ScriptCx;
use crate::script::model::{Direction, Framework, Kind};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl ScriptRule for Rule {
    fn check(&self, cx: &ScriptCx<'_>, out: &mut Sink) {
        let section = match cx.script.kind {
            Kind::Migration(Framework::Goose) => "-- +goose Down",
            Kind::Migration(Framework::SqlMigrate) => "-- +migrate Down",
            Kind::Migration(Framework::Dbmate) => "-- migrate:down",
            Kind::Migration(Framework::Liquibase) => "--rollback",
            _ => return,
        };
        let statements = &cx.script.statements;
        let Some(first) = statements.iter().position(|statement| statement.direction == Direction::Up) else { return };
        if statements.iter().any(|statement| statement.direction == Direction::Down) {
            return;
        }
        out.find(cx.draft(
            first,
            "Nothing takes this migration back",
            format!(
                "There is no statement under {section}. If the deploy goes wrong, the way back has to be written then, in a hurry. Where there is \
                 none because data goes, say so with an allow."
            ),
        ));
    }
}
