//! `schema/btree_on_container`: a btree on an array or jsonb column. Silent about unique indexes and constraints, which
//! need it.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::{indexes_of, quote_ident, quote_table};
use crate::report::model::RecommendationKind;
use crate::rules::draft::{Advice, Ask, documented};

use super::about::{self, base};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            for index in
                indexes_of(table).iter().filter(|index| !index.constraint && !index.unique && index.method == "btree")
            {
                let container =
                    index.keys.iter().filter(|key| !key.expression).filter_map(|key| table.column(&key.text)).find(
                        |column| {
                            let type_name = base(cx.catalog, &column.type_name);
                            type_name == "jsonb" || type_name.ends_with("[]")
                        },
                    );
                let Some(column) = container else { continue };
                let operators = if column.type_name == "jsonb" { "@>, ? and @?" } else { "@>, && and = ANY" };
                let draft = about::index(
                    name,
                    index,
                    format!(
                        "{} is a btree on {}, {}: it does not find what is inside",
                        index.name, column.name, column.type_name
                    ),
                    &format!(
                        "A btree compares whole values: it serves = with the whole container, and none of \
                         {operators}. Values larger than a third of a page cannot be put into it, so one day an \
                         insert fails."
                    ),
                );
                let mut advice = Advice::new(
                    RecommendationKind::CreateIndex,
                    format!("Index {} with GIN", column.name),
                    "If queries look for what is inside; for @> alone on jsonb, jsonb_path_ops makes a smaller one. \
                     Then drop the btree.",
                    format!(
                        "CREATE INDEX CONCURRENTLY ON {} USING gin ({})",
                        quote_table(name),
                        quote_ident(&column.name)
                    ),
                );
                advice.lock = Some("ShareUpdateExclusiveLock".to_owned());
                out.find(draft.evidence(documented("type", column.type_name.clone())).ask(Ask::Ready(advice)));
            }
        }
    }
}
