//! A catalog in; the tables and columns that a rule about the schema may speak of, and findings about them, out.

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::bloat::Trust;
use crate::catalog::model::{Catalog, Column, ServerFacts, SourceLine, Table, TableKind, TableName};
use crate::report::model::{Confidence, RecommendationKind, Subject};
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink};
use crate::rules::server;

use super::index_pairs::location;

/// Tables in which migration tools keep their books: nobody designs them.
const OF_TOOLS: &[&str] = &[
    "__diesel_schema_migrations",
    "__drizzle_migrations",
    "_prisma_migrations",
    "_sqlx_migrations",
    "alembic_version",
    "ar_internal_metadata",
    "atlas_schema_revisions",
    "databasechangelog",
    "databasechangeloglock",
    "django_migrations",
    "flyway_schema_history",
    "goose_db_version",
    "gorp_migrations",
    "knex_migrations",
    "knex_migrations_lock",
    "pgmigrations",
    "refinery_schema_history",
    "schema_migrations",
];

/// A column with the table that it belongs to.
#[derive(Clone, Copy)]
pub struct ColumnOf<'c> {
    pub name: &'c TableName,
    pub table: &'c Table,
    pub column: &'c Column,
}

/// Ordinary and partitioned tables: of a partition or child its parent speaks.
pub fn tables<'c>(cx: &SchemaCx<'c>) -> impl Iterator<Item = (&'c TableName, &'c Table)> {
    cx.catalog.tables.iter().filter(|(name, table)| {
        matches!(table.kind, TableKind::Table | TableKind::Partitioned)
            && table.parent.is_none()
            && !OF_TOOLS.contains(&name.name.as_str())
    })
}

pub fn columns<'c>(cx: &SchemaCx<'c>) -> impl Iterator<Item = ColumnOf<'c>> {
    tables(cx).flat_map(|(name, table)| table.columns.iter().map(move |column| ColumnOf { name, table, column }))
}

impl ColumnOf<'_> {
    /// `orders.created_at`
    pub fn shown(&self) -> String {
        format!("{}.{}", self.name.name, self.column.name)
    }

    pub fn draft(&self, title: impl Into<String>, detail: impl Into<std::borrow::Cow<'static, str>>) -> Draft {
        let mut draft = Draft::new(Subject::Table(self.name.to_string()), title, detail);
        let at = self.column.defined_at.as_ref().or(self.table.defined_at.as_ref());
        draft.locations.extend(at.map(location));
        draft
    }

    /// `ALTER TABLE orders ALTER COLUMN created_at …`
    pub fn alter(&self, action: &str) -> String {
        format!("ALTER TABLE {} ALTER COLUMN {} {action}", quote_table(self.name), quote_ident(&self.column.name))
    }

    /// Advice to give the column another type.
    pub fn retype(&self, to: &str, using: &str, detail: &str) -> Ask {
        let using = if using.is_empty() {
            String::new()
        } else {
            format!(" USING {}", using.replace("{}", &quote_ident(&self.column.name)))
        };
        let detail = format!(
            "{detail} A table with rows is rewritten and locked meanwhile: on a large one add a column of the new \
             type, fill it in batches, and let it take the place of the old one."
        );
        change(format!("Make {} {to}", self.shown()), detail, self.alter(&format!("TYPE {to}{using}")))
    }
}

/// The facts of a server that counts what happens to tables; where that was not read, the rule has not run.
pub fn counted<'c>(cx: &SchemaCx<'c>, out: &mut Sink) -> Option<&'c ServerFacts> {
    const PART: &str = "tables";
    let facts = server::about::facts(cx)?;
    if facts.unread.contains_key(PART) {
        out.not_examined.push(facts.why(PART));
        return None;
    }
    Some(facts)
}

/// A finding about a table as a whole.
pub fn table(
    name: &TableName,
    table: &Table,
    title: impl Into<String>,
    detail: impl Into<std::borrow::Cow<'static, str>>,
) -> Draft {
    let mut draft = Draft::new(Subject::Table(name.to_string()), title, detail);
    draft.locations.extend(table.defined_at.as_ref().map(location));
    draft
}

/// A finding about an index.
pub fn index(table: &TableName, index: &crate::catalog::model::Index, title: String, detail: &str) -> Draft {
    let name = TableName { schema: table.schema.clone(), name: index.name.clone() };
    let mut draft = Draft::new(Subject::Index(name.to_string()), title, detail.to_owned());
    draft.locations.extend(index.defined_at.as_ref().map(location));
    draft
}

/// The place of a finding, where the catalog knows it.
pub fn at(mut draft: Draft, at: Option<&SourceLine>) -> Draft {
    if let Some(at) = at {
        draft.locations = vec![location(at)];
    }
    draft
}

/// Where else something stands without which the finding would not be there.
pub fn beside(mut draft: Draft, at: Option<&SourceLine>) -> Draft {
    draft.beside.extend(at.map(location));
    draft
}

/// A change of the schema, to be read before it is made.
pub fn change(
    title: impl Into<std::borrow::Cow<'static, str>>,
    detail: impl Into<std::borrow::Cow<'static, str>>,
    sql: impl Into<String>,
) -> Ask {
    let mut advice = Advice::new(RecommendationKind::ChangeSchema, title, detail, sql);
    advice.lock = Some("AccessExclusiveLock".to_owned());
    Ask::Ready(advice)
}

/// A type's name without length, precision or scale: `timestamp without time zone` of `timestamp(3) without time zone`.
pub fn plain(type_name: &str) -> String {
    match (type_name.find('('), type_name.find(')')) {
        (Some(open), Some(close)) if open < close => format!("{}{}", &type_name[..open], &type_name[close + 1..]),
        _ => type_name.to_owned(),
    }
}

/// An estimate of a size is never certain.
pub fn confidence(trust: Trust) -> Confidence {
    match trust {
        Trust::Fair => Confidence::Medium,
        Trust::Little => Confidence::Low,
    }
}

/// The number in parentheses.
pub fn length(type_name: &str) -> Option<u32> {
    type_name.split_once('(')?.1.split_once(')')?.0.trim().parse().ok()
}

/// What a domain stands for; any other type is itself.
pub fn base<'c>(catalog: &'c Catalog, type_name: &'c str) -> &'c str {
    let mut name = type_name;
    // A domain over a domain over …: as deep as anybody goes.
    for _ in 0..8 {
        match catalog.types.get(name) {
            Some(base) if base != "enum" && base != name => name = base,
            _ => break,
        }
    }
    name
}

/// Whether values of the column come from a sequence.
pub fn is_generated_key(column: &Column) -> bool {
    column.identity || sequence_of(column).is_some()
}

/// The text within `nextval('…'::regclass)`.
pub fn sequence_of(column: &Column) -> Option<&str> {
    let default = column.default.as_deref()?.trim_start();
    let rest = default.strip_prefix("nextval(").or_else(|| default.strip_prefix("pg_catalog.nextval("))?;
    rest.trim_start_matches('(').strip_prefix('\'')?.split_once('\'').map(|(name, _)| name)
}

/// The words of a name: `totalPrice` and `total_price` alike, in lower case.
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_lower = false;
    for letter in name.chars() {
        if letter == '_' || letter == ' ' || letter == '-' || (letter.is_uppercase() && before_lower) {
            words.push(String::new());
        }
        before_lower = letter.is_lowercase() || letter.is_ascii_digit();
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_types() {
        assert_eq!(words("totalPrice"), ["total", "price"]);
        assert_eq!(words("total_price_EUR"), ["total", "price", "eur"]);
        assert_eq!(plain("timestamp(3) without time zone"), "timestamp without time zone");
        assert_eq!((plain("character(2)").as_str(), length("character(2)")), ("character", Some(2)));
        let column = |default: &str| Column { default: Some(default.into()), ..Column::default() };
        assert_eq!(sequence_of(&column("nextval('public.a_id_seq'::regclass)")), Some("public.a_id_seq"));
        assert_eq!(sequence_of(&column("0")), None);
    }
}
