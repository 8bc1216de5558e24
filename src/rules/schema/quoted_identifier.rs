//! `schema/quoted_identifier`: names that must be quoted wherever they are written. One finding a table.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use crate::catalog::access::quote_ident;

use super::about;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for (name, table) in about::tables(cx) {
            let needs = |name: &str| quote_ident(name) != name;
            let names = [name.name.as_str()].into_iter().chain(table.columns.iter().map(|column| column.name.as_str()));
            let quoted: Vec<String> = names.filter(|name| needs(name)).map(quote_ident).collect();
            let Some(first) = quoted.first() else { continue };
            let more = if quoted.len() > 1 { format!(" and {} more names", quoted.len() - 1) } else { String::new() };
            let draft = about::table(
                name,
                table,
                format!("{}: {first}{more} must be quoted in every statement", name.name),
                "Without quotes Postgres folds a name to lower case, and reads a reserved word as what it means: \
                 whoever forgets them gets \"column does not exist\", or an answer to another question.",
            );
            out.find(draft.evidence(crate::rules::draft::seen("names", quoted.join(", "))));
        }
    }
}
