//! `migration/drop_view`: a view goes, and whoever reads it fails.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ObjectKind, QualifiedName};

use super::compat::{comes_back, held, is_old, is_refused, is_unknown, runs};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::Drop(drop)) = runs(cx) else { return };
        if !matches!(drop.kind, ObjectKind::View | ObjectKind::MaterializedView) || drop.cascade || is_refused(cx) {
            return;
        }
        let goes = |name: &&QualifiedName| {
            let absent = drop.if_exists && is_unknown(cx, drop.kind, name);
            !absent && is_old(cx, drop.kind, name) && !comes_back(cx, drop.kind, &name.name)
        };
        let gone: Vec<&QualifiedName> = drop.names.iter().filter(goes).collect();
        let Some(first) = gone.first() else { return };
        let names: Vec<&str> = gone.iter().map(|name| name.name.as_str()).collect();
        let draft = cx.draft(
            first.span,
            format!("Whoever reads {} fails from now on", names.join(", ")),
            "Reports, jobs and other services read views without the application's code knowing it; what was granted on the view goes with it.",
        );
        out.find(held(cx, &cx.replay.name(first), draft));
    }
}
