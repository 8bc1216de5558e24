//! `migration/drop_index_of_constraint`: DROP INDEX of what belongs to a constraint, which Postgres refuses.

use serde::Deserialize;

use crate::catalog::access::{quote_ident, quote_table};
use crate::report::model::RecommendationKind;
use crate::rules::StatementRule;
use crate::rules::draft::{Advice, Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::ObjectKind;

use super::compat::runs;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::Drop(drop)) = runs(cx) else { return };
        if drop.kind != ObjectKind::Index {
            return;
        }
        for name in &drop.names {
            let Some((table, index)) = cx.replay.index(name).filter(|(_, index)| index.constraint) else { continue };
            let draft = cx.draft(
                name.span,
                format!("This fails: {} belongs to a constraint of {}", index.name, table.name),
                "Postgres does not drop the index of a primary key, UNIQUE or EXCLUDE constraint, with CASCADE or without, as long as the constraint \
                 stands.",
            );
            out.find(draft.ask(Ask::Ready(Advice::new(
                RecommendationKind::DropIndex,
                "Drop the constraint",
                "The index goes with it. Rows that collide can come in from then on.",
                format!("ALTER TABLE {} DROP CONSTRAINT {};", quote_table(&table), quote_ident(&index.name)),
            ))));
        }
    }
}
