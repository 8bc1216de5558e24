//! Conjuncts of WHERE and ON to the conditions that they put on one source.

use super::constants;
use super::expression::{Type, key_of};
use super::model::{Access, Condition, ConditionKind, Inverted, InvertedKind, Key};
use super::scope::{Scope, columns_of};
use crate::sql::facts::{self, CompareOp, Join, Operand, Predicate, Span, Test, Value};

/// One thing that a conjunct gives to an access.
#[derive(Clone, Debug)]
pub enum Part {
    Condition(Condition),
    Inverted(Inverted),
}

impl Part {
    pub fn add_to(self, access: &mut Access) {
        match self {
            Part::Inverted(inverted) => access.inverted.push(inverted),
            Part::Condition(condition) => match condition.kind {
                ConditionKind::Equal | ConditionKind::IsNull | ConditionKind::AnyOf(_) => access.equal.push(condition),
                ConditionKind::Join(..) => access.joined.push(condition),
                ConditionKind::Range { .. } | ConditionKind::Prefix => merge_range(&mut access.ranges, condition),
            },
        }
    }
}

/// `a > 1 AND a < 9` is one range.
fn merge_range(ranges: &mut Vec<Condition>, condition: Condition) {
    let same = ranges.iter_mut().find(|r| r.key == condition.key);
    match (same.map(|r| &mut r.kind), condition.kind) {
        (Some(ConditionKind::Range { lower, upper }), ConditionKind::Range { lower: l, upper: u }) => {
            *lower |= l;
            *upper |= u;
        }
        _ => ranges.push(condition),
    }
}

/// Fills the access's conditions; what comes back are the branches of an OR over this table alone.
pub fn fill(access: &mut Access, scope: &Scope<'_>) -> Vec<Vec<Part>> {
    let home = (access.block, access.source);
    let block = &scope.facts.blocks[access.block];
    let mut branches = Vec::new();
    let nullable = nullable(block, access.source);
    for predicate in &block.filters {
        // `b.id IS NULL` after a LEFT JOIN looks for the rows that have no partner, not for NULLs in the table.
        if nullable && matches!(predicate.test, Test::IsNull { negated: false, .. }) {
            continue;
        }
        add(predicate, access, scope, &mut branches);
    }
    for (s, source) in block.sources.iter().enumerate() {
        let applies = match source.join {
            Join::First | Join::Comma | Join::Cross | Join::Inner => s >= access.source,
            Join::Left => s == access.source,
            Join::Right => s > access.source,
            Join::Full => false,
        };
        if !applies {
            continue;
        }
        for predicate in &source.on {
            add(predicate, access, scope, &mut branches);
        }
        for name in &source.using {
            if let Some(partner) = using_partner(scope, home, s, name) {
                access.joined.push(Condition {
                    key: Key::Column(name.clone()),
                    columns: vec![name.clone()],
                    kind: ConditionKind::Join(partner.0, partner.1),
                    span: source.join_span,
                    selectivity: None,
                });
            }
        }
    }
    branches
}

/// The source stands on the side of an outer join that is filled with NULLs.
fn nullable(block: &facts::Block, source: usize) -> bool {
    let later = |s: &facts::Source| matches!(s.join, Join::Right | Join::Full);
    matches!(block.sources[source].join, Join::Left | Join::Full) || block.sources[source + 1..].iter().any(later)
}

fn using_partner(scope: &Scope<'_>, home: (usize, usize), joined: usize, name: &str) -> Option<(usize, usize)> {
    let (b, s) = home;
    if s == joined {
        let holds = |&p: &usize| scope.table(b, p).is_none() || scope.column(b, p, name).is_some();
        return (0..s).find(holds).map(|p| (b, p));
    }
    (scope.column(b, s, name).is_some() || joined == s + 1).then_some((b, joined))
}

fn add(predicate: &Predicate, access: &mut Access, scope: &Scope<'_>, branches: &mut Vec<Vec<Part>>) {
    let home = (access.block, access.source);
    constants::note(predicate, access, scope);
    if let Test::Or(alternatives) = &predicate.test {
        for common in common(alternatives, scope.text) {
            constants::note(common, access, scope);
            parts(common, home, scope).into_iter().for_each(|part| part.add_to(access));
        }
        let parts: Vec<Vec<Part>> = alternatives.iter().map(|all| branch(all, home, scope)).collect();
        if parts.iter().any(Vec::is_empty) {
            return;
        }
        match one_key(&parts) {
            Some(mut condition) => {
                condition.span = predicate.span;
                Part::Condition(condition).add_to(access);
            }
            None => branches.extend(parts),
        }
        return;
    }
    parts(predicate, home, scope).into_iter().for_each(|part| part.add_to(access));
}

/// What stands in every branch holds for the whole, as the planner sees it too (`find_duplicate_ors` in prepqual.c).
fn common<'p>(branches: &'p [Vec<Predicate>], text: &str) -> Vec<&'p Predicate> {
    let Some((first, others)) = branches.split_first().filter(|(_, others)| !others.is_empty()) else {
        return Vec::new();
    };
    let written = |predicate: &Predicate| predicate.span.of(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let wanted = |predicate: &&Predicate| {
        let known = written(predicate);
        !known.is_empty() && others.iter().all(|branch| branch.iter().any(|other| written(other) == known))
    };
    first.iter().filter(wanted).collect()
}

fn branch(all: &[Predicate], home: (usize, usize), scope: &Scope<'_>) -> Vec<Part> {
    let local = |part: &Part| !matches!(part, Part::Condition(Condition { kind: ConditionKind::Join(..), .. }));
    all.iter().flat_map(|predicate| parts(predicate, home, scope)).filter(local).collect()
}

/// `status = 'a' OR status = 'b'` is an IN list.
fn one_key(branches: &[Vec<Part>]) -> Option<Condition> {
    let mut first: Option<Condition> = None;
    for branch in branches {
        let [Part::Condition(condition)] = branch.as_slice() else { return None };
        if condition.kind != ConditionKind::Equal || first.as_ref().is_some_and(|f| f.key != condition.key) {
            return None;
        }
        first.get_or_insert_with(|| condition.clone());
    }
    first.map(|condition| Condition { kind: ConditionKind::AnyOf(Some(branches.len())), ..condition })
}

fn parts(predicate: &Predicate, home: (usize, usize), scope: &Scope<'_>) -> Vec<Part> {
    let span = predicate.span;
    let one = |key, kind| condition(key, kind, span).into_iter().collect();
    let keyed = |operand: &Operand| own_key(operand, home, scope);
    match &predicate.test {
        Test::Compare { left, op, right } => compare(left, *op, right, span, home, scope),
        Test::InList { operand, items, negated: false } => {
            if items.iter().any(|item| !value_fits(operand, item, home, scope)) {
                return Vec::new();
            }
            let kind = if items.len() == 1 { ConditionKind::Equal } else { ConditionKind::AnyOf(Some(items.len())) };
            one(keyed(operand), kind)
        }
        Test::AnyArray { operand, op: CompareOp::Eq, array } if independent(array, home, scope) => {
            one(keyed(operand), ConditionKind::AnyOf(None))
        }
        Test::InQuery { operand, block, negated: false } => one(keyed(operand), ConditionKind::Join(*block, 0)),
        Test::Between { operand, low, high, negated: false }
            if value_fits(operand, low, home, scope) && value_fits(operand, high, home, scope) =>
        {
            one(keyed(operand), ConditionKind::Range { lower: true, upper: true })
        }
        Test::IsNull { operand, negated: false } => one(keyed(operand), ConditionKind::IsNull),
        Test::Like { operand, pattern, case_insensitive, negated: false } => {
            like(operand, pattern, *case_insensitive, span, home, scope)
        }
        Test::Operator { left, op, right } => operator(left, op, right, span, home, scope),
        Test::Truth(operand) => match &operand.value {
            Value::Column(_) => one(keyed(operand), ConditionKind::Equal),
            _ => Vec::new(),
        },
        Test::Not(inner) => match &inner.test {
            Test::Truth(operand) if matches!(operand.value, Value::Column(_)) => {
                one(keyed(operand), ConditionKind::Equal)
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn condition(key: Option<(Key, Vec<String>)>, kind: ConditionKind, span: Span) -> Option<Part> {
    let (key, columns) = key?;
    Some(Part::Condition(Condition { key, columns, kind, span, selectivity: None }))
}

/// The key that an operand stands for, if all its columns are of the source `home`.
fn own_key(operand: &Operand, home: (usize, usize), scope: &Scope<'_>) -> Option<(Key, Vec<String>)> {
    let columns = columns_of(operand);
    if columns.is_empty() || columns.iter().any(|c| scope.home(c, home.0) != Some(home)) {
        return None;
    }
    let names = columns.iter().map(|c| c.name.clone()).collect();
    key_of(operand, home, scope).map(|key| (key, names))
}

/// No column of the source itself, and nothing volatile that is evaluated per row.
fn independent(operand: &Operand, home: (usize, usize), scope: &Scope<'_>) -> bool {
    columns_of(operand).iter().all(|c| scope.home(c, home.0).is_some_and(|h| h != home)) && !volatile(operand)
}

fn volatile(operand: &Operand) -> bool {
    match &operand.value {
        Value::Function { name, args, .. } => {
            matches!(name.as_str(), "random" | "clock_timestamp" | "nextval" | "gen_random_uuid" | "timeofday")
                || args.iter().any(volatile)
        }
        Value::Cast { operand, .. } => volatile(operand),
        Value::Row(items) => items.iter().any(volatile),
        _ => false,
    }
}

/// The value does not force a cast of the column: an integer column compared with a numeric or float is cast itself
/// (documentation, "Operator Type Resolution").
fn value_fits(key: &Operand, value: &Operand, home: (usize, usize), scope: &Scope<'_>) -> bool {
    if !independent(value, home, scope) {
        return false;
    }
    let Value::Column(column) = &key.value else { return true };
    let Some(known) = scope.column(home.0, home.1, &column.name) else { return true };
    if !matches!(known.type_name.as_str(), "bigint" | "integer" | "smallint") {
        return true;
    }
    match &value.value {
        Value::Constant(facts::Constant::Decimal) => false,
        Value::Cast { to, .. } => {
            !matches!(to.as_str(), "numeric" | "decimal" | "real" | "float4" | "float8" | "double precision")
        }
        _ => true,
    }
}

fn compare(
    left: &Operand,
    op: CompareOp,
    right: &Operand,
    span: Span,
    home: (usize, usize),
    scope: &Scope<'_>,
) -> Vec<Part> {
    if let (Value::Row(keys), Value::Row(values)) = (&left.value, &right.value) {
        let pairs = keys.iter().zip(values);
        return match op {
            CompareOp::Eq => pairs.flat_map(|(k, v)| compare(k, op, v, span, home, scope)).collect(),
            // A row comparison is a range on its first column (documentation, "Row and Array Comparisons").
            CompareOp::Lt | CompareOp::LtEq | CompareOp::Gt | CompareOp::GtEq => {
                pairs.take(1).flat_map(|(k, v)| compare(k, op, v, span, home, scope)).collect()
            }
            _ => Vec::new(),
        };
    }
    let mut found = side(left, op, right, span, home, scope);
    if found.is_empty() {
        found = side(right, mirrored(op), left, span, home, scope);
    }
    found
}

fn mirrored(op: CompareOp) -> CompareOp {
    match op {
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::LtEq => CompareOp::GtEq,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::GtEq => CompareOp::LtEq,
        other => other,
    }
}

fn side(
    key: &Operand,
    op: CompareOp,
    value: &Operand,
    span: Span,
    home: (usize, usize),
    scope: &Scope<'_>,
) -> Vec<Part> {
    let Some((own, columns)) = own_key(key, home, scope) else { return Vec::new() };
    if matches!(value.value, Value::Constant(facts::Constant::Null)) || !value_fits(key, value, home, scope) {
        return Vec::new();
    }
    let partner = columns_of(value).first().and_then(|c| scope.home(c, home.0));
    let range = |lower, upper| ConditionKind::Range { lower, upper };
    let kind = match (op, partner) {
        (CompareOp::Eq, Some((b, s))) => ConditionKind::Join(b, s),
        (CompareOp::Eq, None) => ConditionKind::Equal,
        (CompareOp::Lt | CompareOp::LtEq, None) => range(false, true),
        (CompareOp::Gt | CompareOp::GtEq, None) => range(true, false),
        _ => return Vec::new(),
    };
    condition(Some((own, columns)), kind, span).into_iter().collect()
}

fn like(
    operand: &Operand,
    pattern: &Operand,
    case_insensitive: bool,
    span: Span,
    home: (usize, usize),
    scope: &Scope<'_>,
) -> Vec<Part> {
    let Some((key, columns)) = own_key(operand, home, scope) else { return Vec::new() };
    let literal = match &pattern.value {
        Value::Constant(facts::Constant::String(literal)) => Some(literal.as_str()),
        Value::Parameter(_) | Value::Expression { .. } | Value::Cast { .. } | Value::Function { .. } => None,
        _ => return Vec::new(),
    };
    if let Some(literal) = literal {
        let stem = literal.find(['%', '_', '\\']).unwrap_or(literal.len());
        if stem == literal.len() && !case_insensitive {
            return condition(Some((key, columns)), ConditionKind::Equal, span).into_iter().collect();
        }
        if stem > 0 && !case_insensitive {
            return condition(Some((key, columns)), ConditionKind::Prefix, span).into_iter().collect();
        }
        // pg_trgm needs a run of three characters to look for (documentation, "pg_trgm", "Index Support").
        if !literal.split(['%', '_']).any(|run| run.chars().filter(|c| c.is_alphanumeric()).count() >= 3) {
            return Vec::new();
        }
    }
    let operator = if case_insensitive { "ILIKE" } else { "LIKE" };
    inverted(key, columns, InvertedKind::Trigram, operator, span, literal.is_none())
}

fn inverted(
    key: Key,
    columns: Vec<String>,
    kind: InvertedKind,
    operator: &str,
    span: Span,
    unknown_pattern: bool,
) -> Vec<Part> {
    vec![Part::Inverted(Inverted { key, columns, kind, operator: operator.to_owned(), span, unknown_pattern })]
}

/// Without a catalog the other operand may tell the column's type: `meta @> '{"a": 1}'::jsonb`.
fn told_by(right: &Operand, op: &str) -> Option<Type> {
    match &right.value {
        Value::Cast { to, .. } if to == "tsquery" => Some(Type::TsVector),
        Value::Cast { to, .. } => Some(Type::of(to)).filter(|to| !matches!(to, Type::Text | Type::Other)),
        Value::Constant(facts::Constant::String(_)) if matches!(op, "~" | "~*") => Some(Type::Text),
        Value::Constant(facts::Constant::String(_)) if matches!(op, "?" | "?|" | "?&") => Some(Type::Json),
        _ => None,
    }
}

fn operator(
    left: &Operand,
    op: &str,
    right: &Operand,
    span: Span,
    home: (usize, usize),
    scope: &Scope<'_>,
) -> Vec<Part> {
    let Some((key, columns)) = own_key(left, home, scope) else { return Vec::new() };
    if !independent(right, home, scope) {
        return Vec::new();
    }
    let of = match &key {
        Key::Column(_) if scope.catalog.is_none() => told_by(right, op),
        Key::Column(name) => scope.column(home.0, home.1, name).map(|c| Type::of(&c.type_name)),
        Key::Expression(sql) if sql.starts_with("to_tsvector") => Some(Type::TsVector),
        Key::Expression(_) => Some(Type::Other),
    };
    // The operators that these kinds are told by do not exist for json.
    let jsonb = |name: &str| {
        scope.catalog.is_none() || scope.column(home.0, home.1, name).is_some_and(|c| c.type_name == "jsonb")
    };
    let kind = match (op, of) {
        ("@>" | "@?" | "@@", Some(Type::Json)) if columns.iter().all(|c| jsonb(c)) => InvertedKind::JsonPath,
        ("?" | "?|" | "?&", Some(Type::Json)) if columns.iter().all(|c| jsonb(c)) => InvertedKind::JsonKeys,
        ("@>" | "&&" | "<@", Some(Type::Array)) => InvertedKind::Array,
        ("@@", Some(Type::TsVector)) => InvertedKind::TextSearch,
        ("@>" | "&&" | "<@" | "-|-", Some(Type::Range)) => InvertedKind::RangeType,
        // Documentation, "Built-in GiST Operator Classes": what the classes of all four types have.
        ("<@" | "<<" | ">>" | "~=" | "<<|" | "|>>", Some(Type::Geometric)) => InvertedKind::RangeType,
        ("@>" | "&&" | "&<" | "&>", Some(Type::Geometric)) => InvertedKind::RangeType,
        ("~" | "~*" | "%", Some(Type::Text)) => InvertedKind::Trigram,
        _ => return Vec::new(),
    };
    let unknown = kind == InvertedKind::Trigram && !matches!(right.value, Value::Constant(_));
    inverted(key, columns, kind, op, span, unknown)
}
