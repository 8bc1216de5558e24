//! A catalog with statistics in; the same with the values of columns, which samples are drawn from, out.

use super::error::DbError;
use super::session::{Limits, Param, Session};
use crate::catalog::model::{Catalog, ColumnValues, TableName};

/// A longer value stands for no parameter that anybody types.
const LONGEST: i64 = 200;

/// Of documents the keys are wanted.
const LONGEST_DOCUMENT: i64 = 1_000;

pub(super) const READ: &str = "SELECT s.attname::text, \
        coalesce(s.most_common_vals::text::text[], '{}'), coalesce(s.histogram_bounds::text::text[], '{}') \
    FROM (SELECT DISTINCT ON (p.attname) p.* FROM pg_catalog.pg_stats p \
          WHERE p.schemaname = $1::text AND p.tablename = $2::text \
          ORDER BY p.attname, p.inherited DESC) s \
    WHERE s.avg_width <= $3::int8 \
       OR s.avg_width <= $4::int8 AND s.attname = ANY ($5::text[]::name[])";

/// Reads the values of these tables, as far as the role may see them; they stay in memory.
pub fn fill(session: &mut Session, limits: Limits, catalog: &mut Catalog, tables: &[TableName]) -> Result<(), DbError> {
    session.reading(limits, |reading| {
        for name in tables {
            let Some(table) = catalog.tables.get_mut(name) else { continue };
            let documents = table.columns.iter().filter(|column| column.type_name == "jsonb");
            let given = [
                Param::Text(name.schema.to_string()),
                Param::Text(name.name.to_string()),
                Param::Int(LONGEST),
                Param::Int(LONGEST_DOCUMENT),
                Param::Texts(documents.map(|column| column.name.to_string()).collect()),
            ];
            for row in reading.rows(READ, &given)? {
                let (column, most_common, histogram): (String, Vec<String>, Vec<String>) =
                    (row.get(0), row.get(1), row.get(2));
                if let Some(found) = table.columns.iter_mut().find(|found| found.name == column) {
                    found.stats.get_or_insert_default().values = Some(ColumnValues { most_common, histogram });
                }
            }
        }
        Ok(())
    })
}
