//! Two indexes of a table in; whether one does all that the other does, out.

use std::borrow::Cow;

use crate::catalog::access::indexes_of;
use crate::catalog::cover::covers;
use crate::catalog::model::{Index, IndexKey, SourceLine, Table, TableName};
use crate::report::model::{Location, Subject};
use crate::rules::draft::{Ask, Draft, documented, estimated, measured};

/// How an index stands to another one that does all its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covered {
    /// The same keys and columns.
    Duplicate,
    /// The other one has more.
    Overlap,
}

/// `None` when `other` does not do all that `index` does.
pub fn covered(other: &Index, index: &Index) -> Option<Covered> {
    let same = other.keys.len() == index.keys.len() && other.include.len() == index.include.len();
    covers(other, index).then_some(if same { Covered::Duplicate } else { Covered::Overlap })
}

/// The valid indexes of a table without duplicates, and the duplicates with the index that stays for each. The strongest
/// stays (of a constraint, unique, the replica identity, most used); of equals the first defined.
pub fn distinct(table: &Table) -> (Indexes<'_>, Twins<'_>) {
    let mut indexes = indexes_of(table);
    indexes.retain(|index| index.valid);
    let identity = |index: &Index| table.replica_identity.as_ref() == Some(&index.name);
    indexes.sort_by_key(|index| (!index.constraint, !index.unique, !identity(index), std::cmp::Reverse(index.scans())));
    let (mut kept, mut twice): (Indexes<'_>, _) = (Vec::with_capacity(indexes.len()), Vec::new());
    for index in indexes {
        match kept.iter().find(|other| covered(other, &index) == Some(Covered::Duplicate)) {
            Some(other) if !index.constraint && !identity(&index) => twice.push((index, other.clone())),
            _ => kept.push(index),
        }
    }
    (kept, twice)
}

type Indexes<'t> = Vec<Cow<'t, Index>>;
/// A duplicate, and the index that stays.
type Twins<'t> = Vec<(Cow<'t, Index>, Cow<'t, Index>)>;

/// `(customer_id, created_at DESC)`
pub fn shown(index: &Index) -> String {
    let key = |key: &IndexKey| format!("{}{}", key.text, if key.descending { " DESC" } else { "" });
    let keys: Vec<String> = index.keys.iter().map(key).collect();
    format!("({})", keys.join(", "))
}

/// A finding about an index that another one makes superfluous.
pub fn superfluous(table: &TableName, needless: &Index, other: &Index, title: String, detail: &str) -> Draft {
    let name = TableName { schema: table.schema.clone(), name: needless.name.clone() };
    let mut draft = Draft::new(Subject::Index(name.to_string()), title, detail.to_owned())
        .evidence(documented("superfluous", format!("{} {}", needless.name, shown(needless))))
        .evidence(documented("does its work", format!("{} {}", other.name, shown(other))));
    if let Some(bytes) = needless.bytes() {
        draft = draft.evidence(estimated("size", bytes as f64, "bytes"));
    }
    if let Some(scans) = needless.scans() {
        draft = draft.evidence(measured("scans", scans, "scans"));
    }
    draft.locations.extend(needless.defined_at.as_ref().map(location));
    draft.beside.extend(other.defined_at.as_ref().map(location));
    draft.ask(Ask::DropIndex { table: table.clone(), index: needless.name.to_string() })
}

pub fn location(at: &SourceLine) -> Location {
    Location { path: at.path.as_str().into(), line: u64::from(at.line), ..Location::default() }
}
