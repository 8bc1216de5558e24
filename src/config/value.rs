//! Values of the spanned TOML tree in, plain [`toml::Value`]s out.

use toml::de::DeValue;

/// `None` for numbers out of range and for tables, which no option takes.
pub fn plain(value: &DeValue<'_>) -> Option<toml::Value> {
    Some(match value {
        DeValue::String(text) => toml::Value::String(text.to_string()),
        DeValue::Integer(number) => toml::Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()?),
        DeValue::Float(number) => toml::Value::Float(number.as_str().parse().ok()?),
        DeValue::Boolean(flag) => toml::Value::Boolean(*flag),
        DeValue::Datetime(at) => toml::Value::Datetime(*at),
        DeValue::Array(items) => {
            toml::Value::Array(items.iter().map(|item| plain(item.get_ref())).collect::<Option<Vec<_>>>()?)
        }
        DeValue::Table(_) => return None,
    })
}

/// The value as an option with this default takes it: a whole number will do for a fraction.
pub fn as_default(value: &DeValue<'_>, default: &toml::Value) -> Option<toml::Value> {
    let value = plain(value)?;
    match (&value, default) {
        (toml::Value::Integer(whole), toml::Value::Float(_)) => Some(toml::Value::Float(*whole as f64)),
        (toml::Value::Integer(negative), toml::Value::Integer(_)) if *negative < 0 => None,
        _ => value.same_type(default).then_some(value),
    }
}

/// How a person says what a default of this type takes.
pub fn expected(default: &toml::Value) -> &'static str {
    match default {
        toml::Value::Integer(_) => "a whole number, 0 or more",
        toml::Value::Float(_) => "a number",
        toml::Value::Boolean(_) => "true or false",
        toml::Value::String(_) => "a text in quotes",
        toml::Value::Array(_) => "a list",
        toml::Value::Datetime(_) => "a date",
        toml::Value::Table(_) => "a table",
    }
}
