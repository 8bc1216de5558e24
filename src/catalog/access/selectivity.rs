//! What share of a table's rows a condition keeps, from the catalog's statistics.

use super::model::{Access, ConditionKind, Constant, ConstantKind, Key};
use crate::catalog::model::{Column, ColumnStats, ConstraintKind, Table};

/// Default share of a range with one bound and with two; the planner's own are 1/3 and 0.005 (`selfuncs.h`,
/// DEFAULT_INEQ_SEL and DEFAULT_RANGE_INEQ_SEL), the latter too hopeful for choosing an index.
const HALF_OPEN: f64 = 1.0 / 3.0;
const CLOSED: f64 = 0.05;

/// Fills the selectivities of an access whose table has statistics; without them they stay unknown.
pub fn estimate(access: &mut Access, table: Option<&Table>) {
    let Some(table) = table else { return };
    let conditions = access.equal.iter_mut().chain(&mut access.joined).chain(&mut access.ranges);
    for condition in conditions {
        let Key::Column(name) = &condition.key else { continue };
        let Some(distinct) = distinct_values(table, name) else { continue };
        let stats = column(table, name).and_then(|c| c.stats.as_ref());
        let nulls = stats.map_or(0.0, |s| s.null_fraction);
        let one = (1.0 - nulls) / distinct.max(1.0);
        condition.selectivity = Some(match condition.kind {
            ConditionKind::Equal | ConditionKind::Join(..) => one,
            ConditionKind::AnyOf(items) => (one * items.unwrap_or(10) as f64).min(1.0 - nulls),
            ConditionKind::IsNull => nulls,
            ConditionKind::Range { lower: true, upper: true } | ConditionKind::Prefix => CLOSED * (1.0 - nulls),
            ConditionKind::Range { .. } => HALF_OPEN * (1.0 - nulls),
        });
    }
    for constant in &mut access.constants {
        constant.selectivity = of_constant(constant, table);
    }
    let parts = access.equal.iter().chain(&access.ranges).filter_map(|c| c.selectivity);
    let known = access.equal.iter().chain(&access.ranges).any(|c| c.selectivity.is_some());
    access.selectivity = known.then(|| parts.product());
}

fn column<'t>(table: &'t Table, name: &str) -> Option<&'t Column> {
    table.columns.iter().find(|c| c.name == name)
}

/// Distinct values of a column: from its statistics, or the row count for a column that is unique by itself.
pub fn distinct_values(table: &Table, name: &str) -> Option<f64> {
    let unique = table.constraints.iter().any(|c| {
        matches!(c.kind, ConstraintKind::PrimaryKey | ConstraintKind::Unique)
            && c.columns.len() == 1
            && c.columns[0] == name
    });
    match (column(table, name)?.stats.as_deref(), table.rows) {
        (_, Some(rows)) if unique && rows > 0.0 => Some(rows),
        (Some(ColumnStats { n_distinct, .. }), _) if *n_distinct > 0.0 => Some(*n_distinct),
        (Some(ColumnStats { n_distinct, .. }), Some(rows)) if *n_distinct < 0.0 => Some(-n_distinct * rows),
        _ => None,
    }
}

/// Of `column = 'value'`, where the statistics tell the value's frequency.
fn of_value(constant: &Constant, stats: &ColumnStats) -> Option<f64> {
    let known = stats.values.as_ref()?;
    let (_, value) = constant.sql.split_once('=')?;
    let value = value.trim();
    let value = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(value).replace("''", "'");
    let at = known.most_common.iter().position(|common| common.trim_end() == value.trim_end())?;
    stats.most_common_frequencies.get(at).copied()
}

fn of_constant(constant: &Constant, table: &Table) -> Option<f64> {
    let [name] = constant.columns.as_slice() else { return None };
    let stats = column(table, name)?.stats.as_ref()?;
    let nulls = stats.null_fraction;
    match constant.kind {
        ConstantKind::IsNull => Some(nulls),
        ConstantKind::IsNotNull => Some(1.0 - nulls),
        ConstantKind::Equal => {
            of_value(constant, stats).or_else(|| Some((1.0 - nulls) / distinct_values(table, name)?))
        }
        // Whoever writes `<> x` means the value that most rows have.
        ConstantKind::NotEqual => Some(1.0 - nulls - stats.most_common_frequencies.first()?),
        ConstantKind::Other => None,
    }
}
