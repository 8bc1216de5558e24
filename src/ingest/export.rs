//! Exports of pg_stat_statements (versions 1.6 to 1.12, Postgres 10 to 18) as CSV or JSON: owned rows go out.
//!
//! `total_time` and its kin until 1.7 are `total_exec_time` since 1.8; times are milliseconds.

use serde_json::{Map, Value};

use super::detect::ExportFormat;
use super::problem::Problem;

/// One row; `None` where the export has no such column or no value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExportRow {
    /// 1-based line (CSV) or position in the array (JSON) of the row.
    pub line: u64,
    pub query: String,
    pub query_id: Option<i64>,
    /// `datname` if the export was joined with pg_database, else the number of the database; empty when neither is there.
    pub database: String,
    /// `usename`/`rolname`, else the number of the role.
    pub user: String,
    /// `false` for statements inside functions (`pg_stat_statements.track = all`).
    pub toplevel: bool,
    pub calls: u64,
    /// Times are milliseconds, as exported.
    pub total_ms: f64,
    pub min_ms: Option<f64>,
    pub max_ms: Option<f64>,
    pub mean_ms: Option<f64>,
    pub stddev_ms: Option<f64>,
    pub rows: Option<u64>,
    pub shared_blocks_hit: Option<u64>,
    pub shared_blocks_read: Option<u64>,
    pub temp_blocks_read: Option<u64>,
    pub temp_blocks_written: Option<u64>,
}

/// Reads all rows; what cannot be read becomes a problem, the rest is kept.
pub fn read(format: ExportFormat, bytes: &[u8]) -> (Vec<ExportRow>, Vec<Problem>) {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match format {
        ExportFormat::Csv => csv(bytes),
        ExportFormat::Json => json(bytes),
    }
}

fn problem(line: u64, cause: impl Into<String>) -> Problem {
    Problem {
        line,
        cause: cause.into().into(),
        next_step: "the row was skipped; export it again with all columns".into(),
    }
}

/// Sets what the column means; `false` when the value does not fit it.
fn set(row: &mut ExportRow, column: &str, value: &str) -> bool {
    let whole = || value.parse::<u64>().ok();
    let real = || value.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
    // An empty value is SQL's NULL.
    if value.is_empty() {
        return true;
    }
    match column {
        "query" => row.query = value.to_owned(),
        "queryid" => row.query_id = value.parse().ok(),
        "datname" | "database" => row.database = value.to_owned(),
        "usename" | "rolname" | "username" => row.user = value.to_owned(),
        "dbid" if row.database.is_empty() => row.database = value.to_owned(),
        "userid" if row.user.is_empty() => row.user = value.to_owned(),
        "toplevel" => row.toplevel = !matches!(value, "f" | "false" | "0"),
        "calls" => match whole() {
            Some(calls) => row.calls = calls,
            None => return false,
        },
        "total_exec_time" | "total_time" => match real() {
            Some(total) => row.total_ms = total,
            None => return false,
        },
        "min_exec_time" | "min_time" => row.min_ms = real(),
        "max_exec_time" | "max_time" => row.max_ms = real(),
        "mean_exec_time" | "mean_time" => row.mean_ms = real(),
        "stddev_exec_time" | "stddev_time" => row.stddev_ms = real(),
        "rows" => row.rows = whole(),
        "shared_blks_hit" => row.shared_blocks_hit = whole(),
        "shared_blks_read" => row.shared_blocks_read = whole(),
        "temp_blks_read" => row.temp_blocks_read = whole(),
        "temp_blks_written" => row.temp_blocks_written = whole(),
        _ => {}
    }
    true
}

/// Names stand for numbers where both are there, whatever the order of the columns.
fn name_columns_first(columns: &[String]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|index| matches!(columns[*index].as_str(), "dbid" | "userid"));
    order
}

fn finish(row: ExportRow, rows: &mut Vec<ExportRow>, problems: &mut Vec<Problem>) {
    if row.query.is_empty() {
        problems.push(problem(row.line, "row of pg_stat_statements without a query text"));
    } else {
        rows.push(row);
    }
}

fn csv(bytes: &[u8]) -> (Vec<ExportRow>, Vec<Problem>) {
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    let header_end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let separator =
        [b',', b';', b'\t'].into_iter().max_by_key(|byte| memchr::memchr_iter(*byte, &bytes[..header_end]).count());
    let mut records = Records { bytes, at: 0, line: 1, separator: separator.unwrap_or(b',') };
    let Some((_, columns)) = records.next() else { return (rows, problems) };
    let columns: Vec<String> = columns.iter().map(|column| column.trim().to_ascii_lowercase()).collect();
    let order = name_columns_first(&columns);
    for (line, values) in records {
        // psql ends with "(12 rows)".
        if values.len() == 1 && (values[0].trim().is_empty() || values[0].ends_with(" rows)")) {
            continue;
        }
        if values.len() != columns.len() {
            problems.push(problem(
                line,
                format!("row with {} columns under a header with {}", values.len(), columns.len()),
            ));
            continue;
        }
        let mut row = ExportRow { line, toplevel: true, ..ExportRow::default() };
        match order.iter().find(|index| !set(&mut row, &columns[**index], &values[**index])) {
            Some(index) => problems.push(problem(line, format!("column {} is not a number", columns[*index]))),
            None => finish(row, &mut rows, &mut problems),
        }
    }
    (rows, problems)
}

/// Records of a CSV text: quotes doubled, line breaks inside of quotes.
struct Records<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
    separator: u8,
}

impl Iterator for Records<'_> {
    type Item = (u64, Vec<String>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let (line, mut values, mut value, mut quoted) = (self.line, Vec::new(), Vec::new(), false);
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += 1;
            self.line += u64::from(byte == b'\n');
            match byte {
                b'"' if quoted && self.bytes.get(self.at) == Some(&b'"') => {
                    value.push(b'"');
                    self.at += 1;
                }
                b'"' => quoted = !quoted,
                b'\n' if !quoted => break,
                b'\r' if !quoted => {}
                byte if byte == self.separator && !quoted => values.push(text(std::mem::take(&mut value))),
                byte => value.push(byte),
            }
        }
        values.push(text(value));
        Some((line, values))
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn json(bytes: &[u8]) -> (Vec<ExportRow>, Vec<Problem>) {
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    let mut number = 0;
    let mut objects = Vec::new();
    for value in serde_json::Deserializer::from_slice(bytes).into_iter::<Value>() {
        match value {
            Ok(Value::Array(values)) => objects.extend(values),
            Ok(value) => objects.push(value),
            Err(error) => {
                problems.push(problem(error.line() as u64, format!("broken JSON: {error}")));
                break;
            }
        }
    }
    for object in objects {
        number += 1;
        let Value::Object(object) = object else {
            problems.push(problem(number, "not a JSON object"));
            continue;
        };
        match json_row(number, &object) {
            Ok(row) => finish(row, &mut rows, &mut problems),
            Err(column) => problems.push(problem(number, format!("key {column} is not a number"))),
        }
    }
    (rows, problems)
}

fn json_row(line: u64, object: &Map<String, Value>) -> Result<ExportRow, String> {
    let columns: Vec<String> = object.keys().cloned().collect();
    let mut row = ExportRow { line, toplevel: true, ..ExportRow::default() };
    for index in name_columns_first(&columns) {
        let column = &columns[index];
        let value = match &object[column] {
            Value::Null => continue,
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if !set(&mut row, &column.to_ascii_lowercase(), &value) {
            return Err(column.clone());
        }
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_and_json_give_the_same_rows() {
        let csv = b"userid,dbid,queryid,query,calls,total_time,rows\n10,5,-7,\"select \"\"a\"\",\n b\",3,1.5,9\n10,5,8,x,no,1,1\n";
        let (rows, problems) = read(ExportFormat::Csv, csv);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].query, "select \"a\",\n b");
        assert_eq!((rows[0].query_id, rows[0].calls, rows[0].total_ms, rows[0].rows), (Some(-7), 3, 1.5, Some(9)));
        assert_eq!((rows[0].database.as_str(), rows[0].line), ("5", 2));
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].line, 4);
        let json = br#"[{"datname":"shop","dbid":"5","userid":10,"queryid":-7,"query":"select \"a\",\n b","calls":3,"total_exec_time":1.5,"rows":9}]"#;
        let (from_json, problems) = read(ExportFormat::Json, json);
        assert!(problems.is_empty());
        assert_eq!(from_json[0].database, "shop");
        let same = ExportRow { database: "5".into(), line: 2, ..from_json[0].clone() };
        assert_eq!(same, rows[0]);
    }
}
