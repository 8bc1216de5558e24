//! Where an error is born in; what makes the next estimate better, out.

use crate::catalog::access::{quote_ident, quote_table};
use crate::catalog::model::TableName;
use crate::plan::model::{Key, Kind, Node, NodeId, Plan};
use crate::report::model::{Applicability, RecommendationKind};
use crate::rules::context::PlanCx;
use crate::rules::draft::Advice;

use super::birth::Birth;
use super::tested::{Condition, Tested, conditions, table};

/// As a statement names the scan's table.
pub fn table_sql(node: &Node) -> String {
    let name = node.relation.as_deref().unwrap_or_default();
    match &node.schema {
        Some(schema) => quote_table(&TableName { schema: schema.as_str().into(), name: name.into() }),
        None => quote_ident(name),
    }
}

/// `CREATE STATISTICS … ; ANALYZE …`
pub fn create_statistics(node: &Node, kinds: &str, on: &[String], suffix: &str, why: &str) -> Advice {
    let table = table_sql(node);
    let mut name = format!("{}_{suffix}_stats", node.relation.as_deref().unwrap_or_default());
    // NAMEDATALEN - 1
    while name.len() > 63 {
        name.pop();
    }
    let name = quote_ident(&name);
    let sql = format!("CREATE STATISTICS {name}{kinds} ON {} FROM {table};\nANALYZE {table}", on.join(", "));
    Advice {
        applicability: Applicability::Machine,
        lock: Some("SHARE UPDATE EXCLUSIVE".to_owned()),
        undo: Some(format!("DROP STATISTICS {name}")),
        ..Advice::new(
            RecommendationKind::Analyze,
            format!("Let ANALYZE count {} of {}", on.join(" and "), node.relation.as_deref().unwrap_or_default()),
            why.to_owned(),
            sql,
        )
    }
}

pub fn analyze(node: &Node, why: &str) -> Advice {
    let table = table_sql(node);
    Advice {
        applicability: Applicability::Machine,
        lock: Some("SHARE UPDATE EXCLUSIVE".to_owned()),
        ..Advice::new(
            RecommendationKind::Analyze,
            format!("Analyze {}", node.relation.as_deref().unwrap_or_default()),
            why.to_owned(),
            format!("ANALYZE {table}"),
        )
    }
}

/// What to do about an error whose cause is neither columns that depend on each other nor old statistics.
pub fn remedy(cx: &PlanCx<'_>, birth: &Birth) -> Advice {
    let node = &cx.plan.nodes[birth.at];
    match &node.kind {
        Kind::ForeignScan => application(
            "Let the foreign server estimate",
            "Statistics of a foreign table are as old as its last ANALYZE on this side: run ANALYZE on it, or set use_remote_estimate \
             for the table, which asks the other server once for each plan.",
        ),
        kind if kind.is_table_scan() => of_scan(cx, node),
        Kind::Aggregate | Kind::Group | Kind::Unique => of_groups(cx.plan, birth.at),
        kind if kind.is_join() => application(
            "Take the join's estimate out of the planner's hands",
            "No statistics reach over two tables. What helps: keep a copy of the deciding column in the table that is joined, so that a plain \
             condition can test it; or compute the small side first in a CTE that is MATERIALIZED, or in a temporary table that is analysed.",
        ),
        _ => application(
            "Filter where the table is read",
            "The planner has no statistics about what a sub-query or a CTE gives: put the condition inside it, where it meets a column.",
        ),
    }
}

fn of_scan(cx: &PlanCx<'_>, node: &Node) -> Advice {
    let known: Vec<Condition> = conditions(node, cx.catalog).into_iter().flatten().collect();
    let expression = known.iter().find_map(|condition| match &condition.tested {
        Tested::Expression(sql) => Some(sql.clone()),
        _ => None,
    });
    if let Some(sql) = expression {
        let suffix = suffix(&sql);
        let on = if sql.starts_with('(') { sql } else { format!("({sql})") };
        return create_statistics(
            node,
            "",
            &[on],
            &suffix,
            "The planner knows columns, not what is computed from them: without statistics on the expression (Postgres 14 and later) it \
             takes a fixed share of the table. An index on the expression has the same effect.",
        );
    }
    let mut columns: Vec<String> = Vec::new();
    for condition in &known {
        if let Tested::Equality(column) | Tested::Range(column) = &condition.tested
            && !columns.contains(column)
        {
            columns.push(column.clone());
        }
    }
    match columns.as_slice() {
        [] => analyze(node, "The condition cannot be taken apart; fresh statistics are the first thing to try."),
        [column] => finer(cx, node, column),
        several => {
            let on: Vec<String> = several.iter().map(|column| quote_ident(column)).collect();
            create_statistics(
                node,
                " (dependencies, mcv)",
                &on,
                &several.join("_"),
                "Common combinations of the columns are counted, instead of being guessed from each column alone.",
            )
        }
    }
}

fn finer(cx: &PlanCx<'_>, node: &Node, column: &str) -> Advice {
    let table = table_sql(node);
    let column = quote_ident(column);
    let known = self::table(node, cx.catalog).is_some();
    Advice {
        applicability: if known { Applicability::Machine } else { Applicability::Review },
        lock: Some("SHARE UPDATE EXCLUSIVE".to_owned()),
        undo: Some(format!("ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS -1")),
        ..Advice::new(
            RecommendationKind::Analyze,
            format!("Keep finer statistics of {column} in {}", node.relation.as_deref().unwrap_or_default()),
            "More values and finer bounds are kept than the default of 100, from a sample ten times as large; planning takes a little longer. If \
             many rows were written since the last ANALYZE, ANALYZE alone is enough.",
            format!("ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 1000;\nANALYZE {table}"),
        )
    }
}

/// Groups are the distinct values of their columns.
fn of_groups(plan: &Plan, id: NodeId) -> Advice {
    let keys = plan.nodes[id].text(&Key::GroupKey).unwrap_or_default();
    let columns: Vec<&str> = keys.split(", ").filter(|key| !key.is_empty()).collect();
    let mut tables = plan.subtree(id).filter(|below| plan.nodes[*below].kind.is_table_scan());
    let only = tables.next().filter(|_| tables.next().is_none()).map(|scan| &plan.nodes[scan]);
    let plain =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.');
    match only {
        Some(node) if columns.len() >= 2 && columns.iter().all(|column| plain(column)) => {
            let on: Vec<String> = columns.iter().map(|c| c.rsplit('.').next().unwrap_or(c).to_owned()).collect();
            create_statistics(
                node,
                " (ndistinct)",
                &on,
                &on.join("_"),
                "The number of different combinations is counted, instead of being multiplied from the columns.",
            )
        }
        _ => application(
            "Tell the planner how many groups there are",
            "The number of groups comes from the number of distinct values of each column, which a sample sees badly: set it with ALTER TABLE … ALTER \
             COLUMN … SET (n_distinct = …) and ANALYZE the table, or raise the column's statistics target.",
        ),
    }
}

fn application(title: &'static str, detail: &'static str) -> Advice {
    Advice { applicability: Applicability::Sketch, ..Advice::new(RecommendationKind::Application, title, detail, "") }
}

/// Words of an expression, for a name.
fn suffix(sql: &str) -> String {
    let words = sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_").to_ascii_lowercase()
}
