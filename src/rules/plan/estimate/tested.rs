//! A scan in; what each of its conditions tests, out: the planner has statistics about columns, and guesses about everything else.

use crate::catalog::model::{Catalog, Table};
use crate::plan::model::{Key, Node};
use crate::rules::plan::scan::condition::{Names, conjuncts};
use crate::sql::facts::{CompareOp, Operand, Predicate, RelationName, Test, Value, facts};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tested {
    /// The column has one of some values.
    Equality(String),
    /// The column lies above or below a value.
    Range(String),
    /// Something that is computed from columns: the SQL of it.
    Expression(String),
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub tested: Tested,
    /// About the table alone, with bare column names.
    pub sql: String,
    /// It compares with what is not known when the plan is made: another table's column, a parameter.
    pub unknown_value: bool,
}

/// All AND-ed conditions that the scan itself checks, in the order printed. `None` stands for one that cannot be said of the table alone.
pub fn conditions(node: &Node, catalog: Option<&Catalog>) -> Vec<Option<Condition>> {
    let table = table(node, catalog);
    let relabels = |column: &str| {
        table.and_then(|t| t.column(column)).is_none_or(|c| c.type_name.starts_with("character varying"))
    };
    let Some(own) = node.name() else { return Vec::new() };
    let names = Names { own, relabels: &relabels };
    let texts = [Key::IndexCond, Key::RecheckCond, Key::Filter].into_iter().filter_map(|key| node.text(&key));
    let mut found: Vec<Option<Condition>> = Vec::new();
    for conjunct in texts.flat_map(|text| conjuncts(text, names)) {
        let condition = conjunct.map(|c| Condition {
            tested: tested(&c.sql),
            unknown_value: c.foreign || c.sql.contains('$'),
            sql: c.sql,
        });
        if condition.is_none() || !found.contains(&condition) {
            found.push(condition);
        }
    }
    found
}

pub fn table<'c>(node: &Node, catalog: Option<&'c Catalog>) -> Option<&'c Table> {
    let name = RelationName { schema: node.schema.clone().map(Into::into), name: node.relation.clone()?.into() };
    catalog?.table(&name).map(|(_, table)| table)
}

fn tested(sql: &str) -> Tested {
    let text = format!("SELECT 1 FROM t WHERE {sql}");
    let facts = facts(&text);
    match facts.blocks.first().map(|block| block.filters.as_slice()) {
        Some([predicate]) => of(&text, predicate),
        Some([_, ..]) => range(&text, &facts.blocks[0].filters),
        _ => Tested::Other,
    }
}

/// BETWEEN is printed as two comparisons; so are other conditions that the parser takes apart.
fn range(text: &str, predicates: &[Predicate]) -> Tested {
    let all: Vec<Tested> = predicates.iter().map(|predicate| of(text, predicate)).collect();
    let same = all.windows(2).all(|pair| pair[0] == pair[1]);
    all.into_iter().next().filter(|_| same).unwrap_or(Tested::Other)
}

fn of(text: &str, predicate: &Predicate) -> Tested {
    match &predicate.test {
        Test::Compare { left, op, right } => {
            let (subject, value) = if is_value(left) { (right, left) } else { (left, right) };
            if is_value(value) { compared(text, subject, *op) } else { Tested::Other }
        }
        Test::InList { operand, negated: false, .. } => compared(text, operand, CompareOp::Eq),
        Test::AnyArray { operand, op, .. } => compared(text, operand, *op),
        Test::Between { operand, .. } => compared(text, operand, CompareOp::Lt),
        Test::Truth(operand) => compared(text, operand, CompareOp::Eq),
        Test::Not(inner) if matches!(inner.test, Test::Truth(_)) => of(text, inner),
        _ => Tested::Other,
    }
}

fn compared(text: &str, subject: &Operand, op: CompareOp) -> Tested {
    match (column(subject), op) {
        (Some(column), CompareOp::Eq | CompareOp::NotDistinct) => Tested::Equality(column),
        (Some(column), CompareOp::Lt | CompareOp::LtEq | CompareOp::Gt | CompareOp::GtEq) => Tested::Range(column),
        (None, _) if computes(subject) => Tested::Expression(subject.span.of(text).to_owned()),
        _ => Tested::Other,
    }
}

fn column(operand: &Operand) -> Option<String> {
    match &operand.value {
        Value::Column(column) => Some(column.name.clone()),
        _ => None,
    }
}

fn computes(operand: &Operand) -> bool {
    match &operand.value {
        Value::Function { args, .. } => args.iter().any(|arg| column(arg).is_some() || computes(arg)),
        Value::Cast { operand, .. } => column(operand).is_some() || computes(operand),
        Value::Expression { columns } => !columns.is_empty(),
        _ => false,
    }
}

fn is_value(operand: &Operand) -> bool {
    match &operand.value {
        Value::Constant(_) | Value::Parameter(_) => true,
        Value::Cast { operand, .. } => is_value(operand),
        Value::Function { args, .. } => args.iter().all(is_value),
        Value::Expression { columns } => columns.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::model::{Kind, Property, Value as Printed};

    fn conditions_of(filter: &str) -> Vec<Option<Condition>> {
        let mut node = Node::new(Kind::SeqScan, 1);
        (node.relation, node.alias) = (Some("orders".into()), Some("o".into()));
        node.properties.push(Property { key: Key::Filter, value: Printed::Text(filter.into()) });
        conditions(&node, None)
    }

    fn tests_of(filter: &str) -> Vec<Tested> {
        conditions_of(filter).into_iter().map(|c| c.map_or(Tested::Other, |c| c.tested)).collect()
    }

    #[test]
    fn what_conditions_test() {
        let column = |name: &str| name.to_owned();
        let cases = [
            ("(status = 'open'::text)", vec![Tested::Equality(column("status"))]),
            (
                "((o.city = 'a'::text) AND ((o.zip)::text = 'b'::text))",
                vec![Tested::Equality(column("city")), Tested::Equality(column("zip"))],
            ),
            ("((score % 1000) > 998)", vec![Tested::Expression(column("(score % 1000)"))]),
            ("(lower(email) = 'x'::text)", vec![Tested::Expression(column("lower(email)"))]),
            (
                "(created_at >= '2026-05-01 00:00:00+00'::timestamp with time zone)",
                vec![Tested::Range(column("created_at"))],
            ),
            ("(status = ANY ('{a,b}'::text[]))", vec![Tested::Equality(column("status"))]),
            ("((a = 1) OR (b = 2))", vec![Tested::Other]),
            ("paid", vec![Tested::Equality(column("paid"))]),
            ("(NOT paid)", vec![Tested::Equality(column("paid"))]),
        ];
        for (filter, wanted) in cases {
            assert_eq!(tests_of(filter), wanted, "{filter}");
        }
    }

    #[test]
    fn values_that_the_planner_does_not_know() {
        let unknown = |filter| conditions_of(filter)[0].as_ref().map(|c| c.unknown_value);
        assert_eq!(unknown("(o.customer_id = c.id)"), Some(true));
        assert_eq!(unknown("(o.customer_id = $1)"), Some(true));
        assert_eq!(unknown("(o.customer_id = 5)"), Some(false));
    }
}
