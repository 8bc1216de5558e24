//! Expressions as index keys: which are immutable, how they are written, and when two are the same.

use super::model::Key;
use super::scope::{Scope, columns_of};
use crate::sql::facts::{Constant, Operand, Value};

/// Functions of text that are immutable whatever their arguments (`pg_proc.provolatile` = `i`).
const IMMUTABLE: &[&str] = &[
    "abs",
    "ascii",
    "btrim",
    "ceil",
    "ceiling",
    "char_length",
    "character_length",
    "floor",
    "initcap",
    "left",
    "length",
    "lower",
    "lpad",
    "ltrim",
    "md5",
    "mod",
    "octet_length",
    "regexp_replace",
    "replace",
    "reverse",
    "right",
    "round",
    "rpad",
    "rtrim",
    "split_part",
    "strpos",
    "substr",
    "substring",
    "translate",
    "trim",
    "trunc",
    "upper",
    "coalesce",
    "nullif",
    "greatest",
    "least",
    "jsonb_extract_path_text",
    "json_extract_path_text",
];

/// The key that an operand makes of one source's columns; `None` when no index could have it, because it is not
/// immutable (documentation, "CREATE INDEX": all functions and operators used must be) or that is not known.
pub fn key_of(operand: &Operand, home: (usize, usize), scope: &Scope<'_>) -> Option<Key> {
    match &operand.value {
        Value::Column(column) => Some(Key::Column(column.name.clone())),
        Value::Cast { operand: inner, to } => {
            if let Value::Column(column) = &inner.value
                && relabels(scope.column(home.0, home.1, &column.name).map(|c| c.type_name.as_str()), to)
            {
                return Some(Key::Column(column.name.clone()));
            }
            expression(operand, home, scope)
        }
        Value::Function { .. } | Value::Expression { .. } => expression(operand, home, scope),
        Value::Row(_) | Value::Constant(_) | Value::Parameter(_) | Value::Subquery(_) | Value::Star => None,
    }
}

fn expression(operand: &Operand, home: (usize, usize), scope: &Scope<'_>) -> Option<Key> {
    type_if_immutable(operand, home, scope)?;
    let columns = columns_of(operand);
    if columns.is_empty() {
        return None;
    }
    Some(Key::Expression(strip_parens(&super::bare_sql(scope.text, operand.span, &columns)).to_owned()))
}

/// A cast that changes the label and not the value: the index on the column still serves.
fn relabels(from: Option<&str>, to: &str) -> bool {
    let text = |name: &str| name == "text" || name.starts_with("character varying") || name.starts_with("varchar");
    from.is_some_and(|from| text(from) && text(to) || from == to || same_integer(from, to))
}

fn same_integer(from: &str, to: &str) -> bool {
    let canonical = |name: &str| match name {
        "int8" => "bigint".to_owned(),
        "int" | "int4" => "integer".to_owned(),
        "int2" => "smallint".to_owned(),
        other => other.to_owned(),
    };
    canonical(from) == canonical(to)
}

/// Coarse type of an immutable expression; `None` when it is not known to be immutable. The volatility of casts
/// follows `pg_cast` and the input/output functions: everything that depends on TimeZone, DateStyle or lc_monetary is
/// stable.
fn type_if_immutable(operand: &Operand, home: (usize, usize), scope: &Scope<'_>) -> Option<Type> {
    match &operand.value {
        Value::Column(column) => column_type(&column.name, home, scope),
        Value::Constant(Constant::Null) => None,
        Value::Constant(Constant::Integer(_) | Constant::Decimal) => Some(Type::Number),
        Value::Constant(Constant::String(_)) => Some(Type::Text),
        Value::Constant(Constant::Bool(_)) => Some(Type::Other),
        Value::Constant(Constant::Typed(name)) => Some(Type::of(name)),
        Value::Cast { operand, to } => {
            let (from, to) = (type_if_immutable(operand, home, scope)?, Type::of(to));
            let literal = matches!(operand.value, Value::Constant(_));
            let fixed = |t| matches!(t, Type::Number | Type::Text | Type::Uuid);
            let safe = (fixed(from) && fixed(to))
                || (from == to && from != Type::Unknown)
                || (from == Type::Json && to == Type::Text)
                || (literal && to == Type::Text)
                || matches!((from, to), (Type::Timestamp, Type::Date) | (Type::Date, Type::Timestamp));
            safe.then_some(to)
        }
        Value::Function { name, args, distinct: false } => function_type(name, args, home, scope),
        Value::Expression { columns } => {
            let sql = super::bare_sql(scope.text, operand.span, &columns.iter().collect::<Vec<_>>());
            operator_type(&sql, column_type(&columns.first()?.name, home, scope)?)
        }
        _ => None,
    }
}

/// Without any catalog a column may be of any type; what depends on it is not said to be immutable.
fn column_type(name: &str, home: (usize, usize), scope: &Scope<'_>) -> Option<Type> {
    match scope.column(home.0, home.1, name) {
        Some(column) => Some(Type::of(&column.type_name)),
        None => scope.catalog.is_none().then_some(Type::Unknown),
    }
}

fn function_type(name: &str, args: &[Operand], home: (usize, usize), scope: &Scope<'_>) -> Option<Type> {
    let types: Option<Vec<Type>> = args.iter().map(|arg| type_if_immutable(arg, home, scope)).collect();
    match name {
        "to_tsvector" => (args.len() == 2 && matches!(args[0].value, Value::Constant(_) | Value::Cast { .. }))
            .then_some(())
            .and(types)
            .map(|_| Type::Other),
        "date_trunc" | "date_part" | "extract" => {
            let on = *types?.last()?;
            let fixed = matches!(on, Type::Timestamp | Type::Date) && !(on == Type::Date && name == "date_trunc");
            fixed.then_some(if name == "date_trunc" { on } else { Type::Number })
        }
        "coalesce" | "nullif" | "greatest" | "least" | "abs" | "round" | "floor" | "ceil" | "trunc" => {
            types?.first().copied()
        }
        "length" | "char_length" | "octet_length" | "strpos" | "ascii" | "mod" => types.map(|_| Type::Number),
        name if IMMUTABLE.contains(&name) => types.map(|_| Type::Text),
        _ => None,
    }
}

/// JSON access, arithmetic of numbers, concatenation of texts, and AT TIME ZONE with a literal zone.
fn operator_type(sql: &str, first: Type) -> Option<Type> {
    let lower = strip_parens(sql).to_ascii_lowercase();
    let calls = lower.as_bytes().windows(2).any(|w| w[1] == b'(' && (w[0].is_ascii_alphanumeric() || w[0] == b'_'));
    if calls || lower.contains('$') || lower.contains('?') {
        return None;
    }
    match first {
        // Only json and jsonb have `->>` and `#>>` (documentation, "JSON Functions and Operators").
        Type::Json | Type::Unknown if lower.contains("->>") || lower.contains("#>>") => Some(Type::Text),
        Type::Json if lower.contains("->") || lower.contains("#>") => Some(Type::Json),
        Type::TimestampTz if lower.ends_with('\'') && lower.contains(" at time zone '") => Some(Type::Timestamp),
        Type::Number if lower.chars().all(|c| c.is_ascii_alphanumeric() || " +-*/%().,_\"".contains(c)) => {
            (!lower.contains(" case")).then_some(Type::Number)
        }
        Type::Text if lower.contains("||") => Some(Type::Text),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Number,
    Text,
    Uuid,
    Json,
    Date,
    Timestamp,
    TimestampTz,
    Array,
    TsVector,
    Range,
    /// What GiST knows of `pg_catalog`: points, boxes, polygons, circles.
    Geometric,
    Other,
    /// There is no catalog.
    Unknown,
}

impl Type {
    /// From a canonical or an abbreviated type name.
    pub fn of(name: &str) -> Self {
        let base = name.split('(').next().unwrap_or(name).trim().to_ascii_lowercase();
        if name.ends_with("[]") {
            return Type::Array;
        }
        let zoned = name.to_ascii_lowercase().contains("with time zone");
        match base.as_str() {
            "bigint" | "integer" | "smallint" | "int" | "int2" | "int4" | "int8" | "numeric" | "decimal" | "real"
            | "double precision" | "float4" | "float8" | "bigserial" | "serial" => Type::Number,
            "text" | "character varying" | "varchar" | "character" | "char" | "bpchar" | "citext" | "name" => {
                Type::Text
            }
            "uuid" => Type::Uuid,
            "json" | "jsonb" => Type::Json,
            "date" => Type::Date,
            "timestamptz" => Type::TimestampTz,
            "timestamp with time zone" => Type::TimestampTz,
            "timestamp" if zoned => Type::TimestampTz,
            "timestamp" | "timestamp without time zone" => Type::Timestamp,
            "tsvector" => Type::TsVector,
            "point" | "box" | "polygon" | "circle" => Type::Geometric,
            other if other.ends_with("range") => Type::Range,
            _ => Type::Other,
        }
    }
}

/// One spelling for expressions that mean the same: without the parentheses around the whole, white space outside
/// strings, the casts that Postgres adds to string literals, and quotes that a name does not need; lower case.
pub fn normal_expression(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut quote = None;
    for c in strip_parens(sql.trim()).chars() {
        match quote {
            Some(q) => {
                if c == q {
                    quote = None;
                }
                if c != '"' {
                    out.push(c);
                }
            }
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                if c == '\'' {
                    out.push(c);
                }
            }
            None if c.is_whitespace() => {}
            None => out.extend(c.to_lowercase()),
        }
    }
    for cast in ["::text", "::charactervarying", "::jsonb", "::bpchar", "::regconfig", "::numeric"] {
        for before in ["'", ")"] {
            out = out.replace(&format!("{before}{cast}"), before);
        }
    }
    unwrap_names(&out.replace("!=", "<>"))
}

/// `(status)` as `status`: Postgres prints `(status)::text` for a varchar column.
fn unwrap_names(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(open) = rest.find('(') {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let inside = rest[open + 1..].find(|c| !word(c)).unwrap_or(rest.len() - open - 1);
        let call = rest[..open].ends_with(word);
        if !call && inside > 0 && rest[open + 1 + inside..].starts_with(')') {
            out.push_str(&rest[..open]);
            out.push_str(&rest[open + 1..open + 1 + inside]);
            rest = &rest[open + inside + 2..];
        } else {
            out.push_str(&rest[..=open]);
            rest = &rest[open + 1..];
        }
    }
    out + rest
}

/// Without the parentheses that enclose the whole text.
pub fn strip_parens(sql: &str) -> &str {
    let mut sql = sql.trim();
    while sql.starts_with('(') && closes_at_end(sql) {
        sql = sql[1..sql.len() - 1].trim();
    }
    sql
}

fn closes_at_end(sql: &str) -> bool {
    let (mut depth, mut quoted) = (0i32, false);
    for (i, b) in sql.bytes().enumerate() {
        match b {
            b'\'' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i + 1 == sql.len();
        }
    }
    false
}

/// `name(…)` from start to end.
pub fn is_call(sql: &str) -> bool {
    let Some(open) = sql.find('(') else { return false };
    let named = open > 0 && sql[..open].bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.');
    // These look like calls and are grammar of their own, which CREATE INDEX takes without parentheses as well
    // (gram.y, func_expr_windowless), but for CASE and CAST written as operators.
    named && closes_at_end(&sql[open..])
}
