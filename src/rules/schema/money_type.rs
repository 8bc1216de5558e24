//! `schema/money_type`: the type `money`.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::Sink;

use super::about::columns;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        for of in columns(cx).filter(|of| of.column.type_name == "money") {
            let draft = of.draft(
                format!("{} is money: its meaning depends on lc_monetary", of.shown()),
                "The currency is not stored: the setting of the session decides how the number is read and shown, so \
                 a restored dump can turn dollars into yen. Fractions of a cent are rounded away with each write.",
            );
            out.find(draft.ask(of.retype(
                "numeric(19,4)",
                "{}::numeric",
                "With the currency in a column of its own if there is more than one.",
            )));
        }
    }
}
