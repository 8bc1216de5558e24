//! `schema/repeated_index_column`: a column that stands twice in one index.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::rules::draft::documented;

use super::about;
use super::index_pairs::shown;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            for index in &table.indexes {
                let keys =
                    index.keys.iter().map(|key| (key.text.as_str(), key.opclass.as_deref(), key.collation.as_deref()));
                let keys: Vec<_> =
                    keys.chain(index.include.iter().map(|column| (column.as_str(), None, None))).collect();
                let twice = keys.iter().enumerate().find(|(at, key)| {
                    keys[..*at].contains(key)
                        || (*at >= index.keys.len() && keys[..index.keys.len()].iter().any(|other| other.0 == key.0))
                });
                let Some((_, (column, ..))) = twice else { continue };
                let detail = "The second one sorts what is sorted already and tells nothing: each entry is larger by \
                              the column, and so is the index.";
                let title = format!("{} holds {column} twice", index.name);
                out.find(about::index(name, index, title, detail).evidence(documented("columns", shown(index))));
            }
        }
    }
}
