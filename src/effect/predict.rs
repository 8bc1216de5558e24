//! The statement's kind decides which file knows its effect.

use crate::catalog::apply::Replay;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::CreateSchema;

use super::draft::Draft;
use super::model::{Effect, Version};
use super::{alter, create_index, create_table, drop, maintenance, object};

/// What `ddl` does to a database of that version whose catalog is the replay's. Tables that the catalog does not know are taken for
/// ordinary ones that exist and are large. AccessShare locks are left out: every statement that reads takes them.
pub fn predict(ddl: &Ddl, replay: &Replay, version: Version) -> Effect {
    let mut draft = Draft::new(replay, version);
    of(&mut draft, ddl);
    draft.finish()
}

fn of(draft: &mut Draft<'_>, ddl: &Ddl) {
    match ddl {
        Ddl::AlterTable(alter) => alter::predict(draft, alter),
        Ddl::CreateIndex(index) => create_index::predict(draft, index),
        Ddl::AlterIndex(index) => create_index::alter(draft, index),
        Ddl::Drop(drop) => drop::predict(draft, drop),
        Ddl::CreateTable(table) => create_table::predict(draft, table),
        Ddl::CreateView(view) => object::create_view(draft, view),
        Ddl::RefreshMaterializedView(refresh) => maintenance::refresh(draft, refresh),
        Ddl::AlterDomain(alter) => object::alter_domain(draft, alter),
        Ddl::CreateSchema(CreateSchema { elements, .. }) => elements.iter().for_each(|element| of(draft, element)),
        Ddl::CreateStatistics(statistics) => object::create_statistics(draft, statistics),
        Ddl::AlterObject(alter) => object::alter_object(draft, alter),
        Ddl::Comment(comment) => object::comment(draft, comment),
        Ddl::CreateTrigger(trigger) => object::create_trigger(draft, trigger),
        Ddl::AlterTrigger(trigger) => object::alter_trigger(draft, &trigger.table, &trigger.action),
        Ddl::CreateRule(rule) => object::create_rule(draft, rule),
        Ddl::CreatePolicy(policy) | Ddl::AlterPolicy(policy) => object::policy(draft, policy),
        Ddl::Truncate(truncate) => maintenance::truncate(draft, truncate),
        Ddl::Lock(lock) => maintenance::lock(draft, lock),
        Ddl::Reindex(reindex) => maintenance::reindex(draft, reindex),
        Ddl::Cluster(cluster) => maintenance::cluster(draft, cluster),
        Ddl::Vacuum(vacuum) => maintenance::vacuum(draft, vacuum),
        Ddl::Analyze(analyze) => maintenance::analyze(draft, analyze),
        // No table is locked beyond AccessShare, or none that is known: roles, functions, sequences, sessions.
        _ => {}
    }
}
