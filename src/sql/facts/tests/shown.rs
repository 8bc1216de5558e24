//! Facts as short text, so that an expectation is one line. Every span is shown by the text under it.

use super::super::*;

pub fn column(column: &ColumnRef, text: &str) -> String {
    let written = column.span.of(text);
    assert!(
        written.to_lowercase().replace('"', "").ends_with(&column.name.to_lowercase()),
        "the span of {column:?} covers {written:?}"
    );
    let qualifier = column.qualifier.as_ref().map(|q| format!("{q}.")).unwrap_or_default();
    let source = column.source.map_or("?".to_owned(), |(block, source)| format!("{block}.{source}"));
    format!("{qualifier}{}@{source}", column.name)
}

pub fn operand(it: &Operand, text: &str) -> String {
    let list = |items: &[Operand]| items.iter().map(|item| operand(item, text)).collect::<Vec<_>>().join(", ");
    match &it.value {
        Value::Column(it) => column(it, text),
        Value::Constant(Constant::Integer(number)) => number.to_string(),
        Value::Constant(Constant::Decimal) => "decimal".to_owned(),
        Value::Constant(Constant::String(text)) => format!("'{text}'"),
        Value::Constant(Constant::Bool(value)) => value.to_string(),
        Value::Constant(Constant::Null) => "null".to_owned(),
        Value::Constant(Constant::Typed(name)) => format!("{name} '…'"),
        Value::Parameter(number) => format!("${number}"),
        Value::Cast { operand: inner, to } => format!("{}::{to}", operand(inner, text)),
        Value::Function { name, args, distinct } => {
            format!("{name}({}{})", if *distinct { "distinct " } else { "" }, list(args))
        }
        Value::Row(items) => format!("({})", list(items)),
        Value::Subquery(block) => format!("select#{block}"),
        Value::Expression { columns } => {
            let columns: Vec<String> = columns.iter().map(|it| column(it, text)).collect();
            format!("`{}`[{}]", it.span.of(text), columns.join(", "))
        }
        Value::Star => "*".to_owned(),
    }
}

pub fn predicate(it: &Predicate, text: &str) -> String {
    let show = |it: &Operand| operand(it, text);
    let not = |negated: &bool| if *negated { "not " } else { "" };
    match &it.test {
        Test::Compare { left, op, right } => format!("{} {op:?} {}", show(left), show(right)),
        Test::InList { operand, items, negated } => {
            let items: Vec<String> = items.iter().map(show).collect();
            format!("{} {}in ({})", show(operand), not(negated), items.join(", "))
        }
        Test::InQuery { operand, block, negated } => {
            format!("{} {}in select#{block}", show(operand), not(negated))
        }
        Test::AnyArray { operand, op, array } => format!("{} {op:?} any {}", show(operand), show(array)),
        Test::Exists { block, negated } => format!("{}exists select#{block}", not(negated)),
        Test::Like { operand, pattern, case_insensitive, negated } => format!(
            "{} {}{} {}",
            show(operand),
            not(negated),
            if *case_insensitive { "ilike" } else { "like" },
            show(pattern)
        ),
        Test::Between { operand, low, high, negated } => {
            format!("{} {}between {} and {}", show(operand), not(negated), show(low), show(high))
        }
        Test::IsNull { operand, negated } => format!("{} is {}null", show(operand), not(negated)),
        Test::Or(branches) => {
            let branches: Vec<String> = branches.iter().map(|it| predicates(it, text)).collect();
            format!("or({})", branches.join(" | "))
        }
        Test::Not(inner) => format!("not({})", predicate(inner, text)),
        Test::Truth(operand) => show(operand),
        Test::Operator { left, op, right } => format!("{} {op} {}", show(left), show(right)),
        Test::Other { columns } => {
            let columns: Vec<String> = columns.iter().map(|it| column(it, text)).collect();
            format!("`{}`[{}]", it.span.of(text), columns.join(", "))
        }
    }
}

pub fn predicates(them: &[Predicate], text: &str) -> String {
    them.iter().map(|it| predicate(it, text)).collect::<Vec<_>>().join(" & ")
}

fn source(it: &Source, text: &str) -> String {
    let relation = match &it.relation {
        Relation::Table(name) => name.schema.as_ref().map_or(name.name.clone(), |s| format!("{s}.{}", name.name)),
        Relation::Cte(name) => format!("cte {name}"),
        Relation::Derived(block) => format!("select#{block}"),
        Relation::Function(name) => format!("{name}()"),
        Relation::Other => "other".to_owned(),
    };
    let mut shown = format!("{:?} {relation} as {}", it.join, it.alias);
    for (flag, word) in [(it.lateral, " lateral"), (it.natural, " natural"), (it.nested, " nested")] {
        if flag {
            shown.push_str(word);
        }
    }
    if !it.using.is_empty() {
        shown.push_str(&format!(" using {}", it.using.join(",")));
    }
    if !it.on.is_empty() {
        shown.push_str(&format!(" on {}", predicates(&it.on, text)));
    }
    if it.join_span != it.span {
        shown.push_str(&format!(" {{{}}}", it.join_span.of(text)));
    }
    shown
}

pub fn sources(block: &Block, text: &str) -> String {
    block.sources.iter().map(|it| source(it, text)).collect::<Vec<_>>().join("; ")
}

pub fn projection(block: &Block, text: &str) -> String {
    let items = block.projection.iter().map(|output| match output {
        Output::Star { qualifier, .. } => qualifier.as_ref().map_or("*".to_owned(), |q| format!("{q}.*")),
        Output::Expr { operand: it, alias } => {
            let alias = alias.as_ref().map(|alias| format!(" as {alias}")).unwrap_or_default();
            format!("{}{alias}", operand(it, text))
        }
    });
    items.collect::<Vec<_>>().join(", ")
}

pub fn order(block: &Block, text: &str) -> String {
    let keys = block.order_by.iter().map(|key| {
        let direction = if key.descending { " desc" } else { "" };
        let nulls = match key.nulls_first {
            Some(true) => " nulls first",
            Some(false) => " nulls last",
            None => "",
        };
        format!("{}{direction}{nulls}", operand(&key.operand, text))
    });
    keys.collect::<Vec<_>>().join(", ")
}

pub fn tables(facts: &Facts, text: &str) -> String {
    let tables = facts.tables.iter().map(|(name, span)| {
        assert!(span.of(text).to_lowercase().contains(&name.name.to_lowercase()), "{name:?} in {text}");
        name.schema.as_ref().map_or(name.name.clone(), |schema| format!("{schema}.{}", name.name))
    });
    tables.collect::<Vec<_>>().join(", ")
}

fn clauses(block: &Block, text: &str) -> String {
    let mut shown = String::new();
    let keys: Vec<String> = block.group_by.iter().map(|it| operand(it, text)).collect();
    if !keys.is_empty() {
        shown.push_str(&format!(" group {}", keys.join(", ")));
    }
    for (bound, span) in [(block.limit, block.limit_span), (block.offset, block.offset_span)] {
        if let (Some(bound), Some(span)) = (bound, span) {
            shown.push_str(&format!(" {bound:?} {{{}}}", span.of(text)));
        }
    }
    for (flag, word) in [
        (block.distinct == Distinct::All, "distinct"),
        (block.distinct == Distinct::On, "distinct on"),
        (block.has_having, "having"),
        (block.has_window, "window"),
        (block.has_aggregate, "aggregate"),
        (block.with_ties, "ties"),
        (block.locking.is_some(), "locks"),
        (block.locking.is_some_and(|it| it.skip_locked), "skips locked"),
        (block.in_set_operation, "member"),
    ] {
        if flag {
            shown.push_str(&format!(" +{word}"));
        }
    }
    shown
}

fn uses(block: &Block) -> String {
    let uses = block.uses.iter().map(|it| format!("{}:{:?}", it.column.name, it.place));
    uses.collect::<Vec<_>>().join(" ")
}

/// The whole statement: a line of its own, then one for each block.
pub fn lines(facts: &Facts, text: &str) -> Vec<String> {
    let level = match &facts.level {
        Level::Parsed => "parsed".to_owned(),
        Level::Tokens { .. } => "tokens".to_owned(),
    };
    let mut head = format!("{:?} {level} [{}]", facts.kind, tables(facts, text));
    for (label, bound) in [("limit", facts.limit), ("offset", facts.offset)] {
        if let Some(bound) = bound {
            head.push_str(&format!(" {label} {bound:?}"));
        }
    }
    for (flag, word) in [(facts.star, "star"), (facts.set_operation, "set operation")] {
        if flag {
            head.push_str(&format!(" +{word}"));
        }
    }
    if facts.parameters > 0 {
        head.push_str(&format!(" ${}", facts.parameters));
    }
    if let Some(it) = &facts.write {
        head.push_str(&format!(" writes {}({})", it.target_span.of(text), it.columns.join(", ")));
        if let Some(rows) = it.values_rows {
            head.push_str(&format!(" {rows} rows"));
        }
        for (flag, word) in [(it.has_where, "where"), (it.on_conflict, "conflict"), (it.returning, "returning")] {
            if flag {
                head.push_str(&format!(" +{word}"));
            }
        }
    }
    let mut lines = vec![head];
    for (index, block) in facts.blocks.iter().enumerate() {
        let mut line = format!("#{index} {:?}", block.role);
        if let Some(parent) = block.parent {
            line.push_str(&format!(" in {parent}"));
        }
        for (label, shown) in [
            ("select", projection(block, text)),
            ("from", sources(block, text)),
            ("where", predicates(&block.filters, text)),
            ("order", order(block, text)),
        ] {
            if !shown.is_empty() {
                line.push_str(&format!(" {label} {shown}"));
            }
        }
        line.push_str(&clauses(block, text));
        lines.push(line);
        if !block.uses.is_empty() {
            lines.push(format!("   uses {}", uses(block)));
        }
    }
    lines
}
