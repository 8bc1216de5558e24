//! `schema/missing_comment`: a table or view without a COMMENT. Says nothing of a catalog that did not come from DDL, where
//! comments are not known.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::model::{Origin, TableKind};

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        if cx.catalog.origin != Origin::Ddl {
            return;
        }
        let described = |kind: TableKind| !matches!(kind, TableKind::Partition);
        for (name, table) in cx
            .catalog
            .tables
            .iter()
            .filter(|(_, table)| !table.commented && described(table.kind) && table.parent.is_none())
        {
            out.find(about::table(
        name,
        table,
        format!("{} has no comment", name.name),
        "What a row of it stands for is known to whoever made it. COMMENT ON keeps it where tools that show the \
         schema find it.",
    ));
        }
    }
}
