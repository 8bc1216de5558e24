//! `migration/drop_schema`: a schema goes.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ObjectKind, QualifiedName};

use super::compat::{comes_back, is_old, runs};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::Drop(drop)) = runs(cx) else { return };
        if drop.kind != ObjectKind::Schema || drop.cascade {
            return;
        }
        let goes = |name: &&QualifiedName| {
            is_old(cx, ObjectKind::Schema, name) && !comes_back(cx, ObjectKind::Schema, &name.name)
        };
        let Some(name) = drop.names.iter().find(goes) else { return };
        out.find(cx.draft(
            name.span,
            format!("Schema {} goes, with what was granted on it", name.name),
            "Without CASCADE Postgres refuses unless it is empty. Clients that make objects in it fail; those that have it first in their \
             search_path make them elsewhere.",
        ));
    }
}
