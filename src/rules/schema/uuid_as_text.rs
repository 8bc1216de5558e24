//! `schema/uuid_as_text`: a text column that holds UUIDs: by its length, its default or its name.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::about::{ColumnOf, columns, length, plain, words};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for of in columns(cx).filter(holds_uuids) {
            let draft = of.draft(
        format!("{} holds UUIDs as {}", of.shown(), of.column.type_name),
        "A UUID is 16 bytes; as text it is 37, in the table, in each index and in each column that refers to it, and \
         it is compared by the rules of a language. Two spellings of the same UUID are different, and anything else \
         fits as well.",
    );
            out.find(draft.ask(of.retype(
        "uuid",
        "{}::uuid",
        "A default must be changed too, and columns that refer to it need the same type. A value that is no UUID \
         stops the change.",
    )));
        }
    }
}

fn holds_uuids(of: &ColumnOf<'_>) -> bool {
    let text = matches!(plain(&of.column.type_name).as_str(), "text" | "character varying" | "character");
    let named = words(&of.column.name).iter().any(|word| matches!(word.as_str(), "uuid" | "guid"));
    let id = of.column.name == "id" || of.column.name.ends_with("_id");
    let made = of.column.default.as_deref().is_some_and(|default| {
        let default = default.to_ascii_lowercase();
        default.contains("gen_random_uuid(") || default.contains("uuid_generate_v") || default.contains("uuidv7(")
    });
    let long = matches!(length(&of.column.type_name), Some(36 | 32));
    text && (made
        || named && length(&of.column.type_name).is_none_or(|length| (32..=38).contains(&length))
        || id && long)
}
