//! `schema/extension_in_public`: an extension whose objects go into schema public. Silent about those that choose a schema
//! of their own.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;

use crate::sql::ddl::Ddl;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::CreateExtension(extension)) = cx.ddl() else { return };
        let path = cx.replay.catalog().search_path.first().map_or("public", String::as_str);
        let schema = extension.schema.as_ref().map_or(path, |schema| schema.text.as_str());
        if schema != "public" || OWN_SCHEMA.contains(&extension.name.text.as_str()) {
            return;
        }
        out.find(cx.draft(
    extension.name.span,
    format!("{} goes into schema public", extension.name.text),
    "Its functions, types and operators stand among your tables: a schema browser shows hundreds of functions, an \
     API over public offers them, and a dump of the schema does not go without the extension. CREATE EXTENSION … \
     SCHEMA extensions keeps them apart.",
));
    }
}

/// Extensions that bring a schema of their own or have no objects elsewhere.
const OWN_SCHEMA: &[&str] = &[
    "pg_cron",
    "pg_partman",
    "pglogical",
    "plpgsql",
    "plpython3u",
    "plperl",
    "plv8",
    "postgis_tiger_geocoder",
    "postgis_topology",
    "timescaledb",
];
