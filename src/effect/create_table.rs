//! CREATE TABLE: what it locks beside itself.

use crate::catalog::model::TableName;
use crate::sql::ddl::model::{ConstraintBody, CreateTable};

use super::LockMode;
use super::draft::Draft;
use super::partition;

pub(super) fn predict(draft: &mut Draft<'_>, table: &CreateTable) {
    let name = draft.name(&table.name);
    let exists = table.if_not_exists && draft.table(&name).is_some();
    if exists {
        return;
    }
    draft.lock(&name, LockMode::AccessExclusive, table.name.span);
    if let Some(parent) = &table.partition_of {
        let parent_name = draft.name(parent);
        // `DefineRelation`.
        draft.lock(&parent_name, LockMode::AccessExclusive, parent.span);
        partition::default_partition(draft, &parent_name, None, table.bound.as_ref(), parent.span);
        partition::inherited_references(draft, &parent_name, parent.span);
    }
    for parent in &table.inherits {
        draft.lock(&draft.name(parent), LockMode::ShareUpdateExclusive, parent.span);
    }
    for constraint in &table.constraints {
        if let ConstraintBody::ForeignKey(key) = &constraint.body {
            let references = &key.references;
            let referenced = draft.name(references);
            if referenced != name {
                let all: Vec<TableName> = draft.partitions(&referenced);
                draft.lock_all(&all, LockMode::ShareRowExclusive, references.span);
            }
        }
    }
}
