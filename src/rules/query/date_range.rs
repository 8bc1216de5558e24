//! A predicate on `date_trunc(…, col)` or `col::date` in; the same as a range of the bare column out.

use crate::catalog::types::family;
use crate::sql::facts::{CompareOp, Constant, Operand, Predicate, Test, Value};

/// `None` where there is no range that means the same. `type_name` is the column's.
pub fn rewritten(text: &str, predicate: &Predicate, wrapped: &Operand, type_name: &str) -> Option<String> {
    let base = family(type_name)?;
    if !matches!(base.as_str(), "timestamp with time zone" | "timestamp without time zone") {
        return None;
    }
    let (column, unit) = bucket(wrapped)?;
    let range = Range { text, column: column.span.of(text), unit, base: &base };
    match &predicate.test {
        Test::Compare { left, op, right } => {
            let (operand, op) = if std::ptr::eq(left, wrapped) { (right, *op) } else { (left, mirrored(*op)?) };
            range.compared(&range.value(operand)?, op)
        }
        // SYMMETRIC, which the facts do not tell apart, stands where the lower bound begins.
        Test::Between { low, high, negated: false, .. } if !starts_with_word(low.span.of(text), "symmetric") => {
            let (low, high) = (range.value(low)?, range.value(high)?);
            Some(format!("{} AND {}", range.compared(&low, CompareOp::GtEq)?, range.compared(&high, CompareOp::LtEq)?))
        }
        _ => None,
    }
}

/// A value that buckets are compared with.
struct Bound {
    sql: String,
    /// It is known to stand where a bucket begins.
    aligned: bool,
    /// It stands for another value in each run.
    varies: bool,
}

struct Range<'a> {
    text: &'a str,
    column: &'a str,
    unit: Unit,
    /// The column's type.
    base: &'a str,
}

impl Range<'_> {
    /// `bucket(column) <op> bound` without the bucket. A bound inside a bucket (`date_trunc('day', c) >= '… 10:00'`) moves the
    /// edge to the next bucket, so `>=` and `<` are only written for bounds on the edge.
    fn compared(&self, bound: &Bound, op: CompareOp) -> Option<String> {
        let (column, at) = (self.column, &bound.sql);
        let next = self.next(bound);
        match op {
            CompareOp::Eq if bound.aligned => Some(format!("{column} >= {at} AND {column} < {next}")),
            // No bucket begins elsewhere: such values find nothing.
            CompareOp::Eq if bound.varies => {
                let start = self.truncated(at);
                let next = self.next(&Bound { sql: at.clone(), aligned: true, varies: true });
                Some(format!("{column} >= {at} AND {column} < {next} AND {start} = {at}"))
            }
            CompareOp::GtEq if bound.aligned => Some(format!("{column} >= {at}")),
            CompareOp::Lt if bound.aligned => Some(format!("{column} < {at}")),
            CompareOp::Gt => Some(format!("{column} >= {next}")),
            CompareOp::LtEq => Some(format!("{column} < {next}")),
            _ => None,
        }
    }

    fn truncated(&self, sql: &str) -> String {
        match self.unit {
            Unit::Date => format!("{sql}::date"),
            Unit::Trunc(step) => format!("date_trunc('{step}', {sql})"),
        }
    }

    /// Where the bucket after the bound's begins. Days of a time zone may begin at one o'clock, where clocks are put forward
    /// at midnight, so a day later need not be the next day's beginning.
    fn next(&self, bound: &Bound) -> String {
        let at = &bound.sql;
        match self.unit {
            Unit::Date => format!("{at} + 1"),
            Unit::Trunc(step) => {
                let later = format!("{at} + interval '1 {step}'");
                let even = !self.base.contains("with time zone") || matches!(step, "second" | "minute" | "hour");
                if even && bound.aligned { later } else { self.truncated(&later) }
            }
        }
    }

    fn value(&self, operand: &Operand) -> Option<Bound> {
        let shown = operand.span.of(self.text);
        let varies = matches!(operand.value, Value::Parameter(_));
        match self.unit {
            Unit::Date => Some(Bound { sql: date(shown, &operand.value)?, aligned: true, varies }),
            Unit::Trunc(unit) => {
                let own = |name: &str| family(name).as_deref() == Some(self.base);
                let aligned = is_edge(shown, &operand.value, unit);
                let sql = match &operand.value {
                    Value::Constant(Constant::Typed(name)) if own(name) => shown.to_owned(),
                    Value::Cast { to, .. } if own(to) => shown.to_owned(),
                    Value::Function { .. } => shown.to_owned(),
                    Value::Constant(_) | Value::Parameter(_) => format!("{shown}::{}", short(self.base)),
                    _ => format!("({shown})::{}", short(self.base)),
                };
                Some(Bound { sql, aligned, varies })
            }
        }
    }
}

/// The value as a date, if it is one; any other type would be compared as a moment.
fn date(shown: &str, value: &Value) -> Option<String> {
    match value {
        Value::Constant(Constant::String(_)) | Value::Parameter(_) => Some(format!("{shown}::date")),
        Value::Constant(Constant::Typed(name)) if name == "date" => Some(shown.to_owned()),
        Value::Cast { to, .. } if to == "date" => Some(shown.to_owned()),
        _ => {
            let words: Vec<String> = shown.split_whitespace().map(str::to_ascii_lowercase).collect();
            match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["current_date"] => Some(shown.to_owned()),
                ["current_date", "+" | "-", days] if days.bytes().all(|b| b.is_ascii_digit()) => Some(shown.to_owned()),
                _ => None,
            }
        }
    }
}

/// The value stands where a bucket begins: `date_trunc` of the same unit, or a literal whose smaller parts are zero.
fn is_edge(shown: &str, value: &Value, unit: &str) -> bool {
    match value {
        Value::Function { name, args, .. } if name == "date_trunc" && args.len() == 2 => {
            matches!(&args[0].value, Value::Constant(Constant::String(own)) if own.eq_ignore_ascii_case(unit))
        }
        Value::Constant(Constant::String(text)) => literal_edge(text, unit),
        Value::Constant(Constant::Typed(_)) => shown.split('\'').nth(1).is_some_and(|text| literal_edge(text, unit)),
        Value::Cast { operand, .. } => match &operand.value {
            Value::Constant(Constant::String(text)) => literal_edge(text, unit),
            _ => false,
        },
        _ => unit == "day" && shown.eq_ignore_ascii_case("current_date"),
    }
}

/// `2026-05-19`, `2026-05-19 10:00`, `2026-05-19 10:00:00`, without a zone: where it stands depends on the session's.
fn literal_edge(text: &str, unit: &str) -> bool {
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00:00"));
    let numbers = |text: &str, mark: char| -> Option<Vec<u32>> {
        text.split(mark).map(|part| part.parse().ok().filter(|_| part.bytes().all(|b| b.is_ascii_digit()))).collect()
    };
    let (Some(day), Some(time)) = (numbers(day, '-'), numbers(time, ':')) else { return false };
    let ([year, month, day], [hour, minute, rest @ ..]) = (day.as_slice(), time.as_slice()) else { return false };
    if *year < 1000 {
        return false;
    }
    let second = match rest {
        [] => 0,
        [second] => *second,
        _ => return false,
    };
    let midnight = (*hour, *minute, second) == (0, 0, 0);
    match unit {
        "second" => true,
        "minute" => second == 0,
        "hour" => (*minute, second) == (0, 0),
        "day" => midnight,
        "week" => midnight && is_monday(*year, *month, *day),
        "month" => midnight && *day == 1,
        "year" => midnight && (*month, *day) == (1, 1),
        _ => false,
    }
}

/// Sakamoto's method, Sunday = 0.
fn is_monday(year: u32, month: u32, day: u32) -> bool {
    const SHIFT: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let year = if month < 3 { year - 1 } else { year };
    let shift = (month as usize).checked_sub(1).and_then(|month| SHIFT.get(month));
    shift.is_some_and(|shift| (year + year / 4 - year / 100 + year / 400 + shift + day) % 7 == 1)
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Date,
    Trunc(&'static str),
}

fn bucket(wrapped: &Operand) -> Option<(&Operand, Unit)> {
    // Not `quarter`, which no interval has (documentation, "Interval Input").
    const STEPS: [&str; 7] = ["second", "minute", "hour", "day", "week", "month", "year"];
    let is_column = |operand: &Operand| matches!(operand.value, Value::Column(_));
    match &wrapped.value {
        Value::Cast { operand, to } if to == "date" && is_column(operand) => Some((operand, Unit::Date)),
        Value::Function { name, args, .. } => match (name.as_str(), args.as_slice()) {
            ("date", [column]) if is_column(column) => Some((column, Unit::Date)),
            // With a third argument the boundary is another time zone's.
            ("date_trunc", [unit, column]) if is_column(column) => {
                let Value::Constant(Constant::String(unit)) = &unit.value else { return None };
                let step = STEPS.into_iter().find(|step| step.eq_ignore_ascii_case(unit))?;
                Some((column, Unit::Trunc(step)))
            }
            _ => None,
        },
        _ => None,
    }
}

fn short(base: &str) -> &'static str {
    if base == "timestamp with time zone" { "timestamptz" } else { "timestamp" }
}

fn mirrored(op: CompareOp) -> Option<CompareOp> {
    Some(match op {
        CompareOp::Eq => CompareOp::Eq,
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::LtEq => CompareOp::GtEq,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::GtEq => CompareOp::LtEq,
        _ => return None,
    })
}
