//! auto_explain's messages in csvlog and jsonlog records that somebody pasted: the message stands in one quoted field.

use super::margin::is_plan_message;
use super::row::Row;

/// In auto_explain's message (`auto_explain.c`, `explain_ExecutorEnd`).
const PLAN: &str = "ms  plan:";

/// Puts the lines of such messages in the place of their records.
pub fn open(rows: &mut Vec<Row<'_>>) {
    let has = |row: &Row<'_>| row.text.len() > PLAN.len() && row.text.contains('"') && row.text.contains(PLAN);
    if !rows.iter().any(has) {
        return;
    }
    let mut opened = Vec::with_capacity(rows.len());
    let mut at = 0;
    while let Some(row) = rows.get(at) {
        at += 1;
        if let Some(message) = json(&row.text) {
            opened.extend(message.split('\n').map(|line| row.with(line.to_owned())));
        } else if let Some(from) = csv(&row.text) {
            opened.push(row.slice(from..row.text.len()));
            while let Some(row) = rows.get(at) {
                at += 1;
                let end = closing(&row.text);
                let text = &row.text[..end.unwrap_or(row.text.len())];
                opened.push(row.with(text.replace("\"\"", "\"")));
                if end.is_some() {
                    break;
                }
            }
        } else {
            opened.push(row.clone());
        }
    }
    *rows = opened;
}

/// The message of a jsonlog record (`jsonlog.c`, `write_jsonlog`).
fn json(text: &str) -> Option<String> {
    let field = text.strip_prefix('{')?.split_once("\"message\":\"")?.1;
    if !field.starts_with("duration: ") {
        return None;
    }
    let mut out = String::new();
    let mut chars = field.chars();
    loop {
        match chars.next()? {
            '"' => break,
            '\\' => match chars.next()? {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                'r' => {}
                'u' => {
                    let code = u32::from_str_radix(&chars.by_ref().take(4).collect::<String>(), 16).ok()?;
                    out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                other => out.push(other),
            },
            other => out.push(other),
        }
    }
    out.contains("ms  plan:\n").then_some(out)
}

/// Where the message begins in the first line of a csvlog record (`csvlog.c`, `write_csvlog`).
fn csv(text: &str) -> Option<usize> {
    let at = text.find(",\"duration: ")?;
    is_plan_message(&text[at..]).then_some(at + 2)
}

/// Where a quoted field ends: at a quote that is not doubled.
fn closing(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'"', &bytes[at..]) {
        at += found;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::tests::documents;

    #[test]
    fn records_of_both_kinds_hold_the_plan() {
        let plan = "Seq Scan on a  (cost=0.00..1.00 rows=1 width=4)\n  Filter: (b = '\"x\"'::text)\n";
        let message = format!("duration: 12.345 ms  plan:\nQuery Text: select \"b\"\n{}", plan.trim_end());
        let csv = message.replace('"', "\"\"");
        let json = message.replace('"', "\\\"").replace('\n', "\\n");
        for input in [
            format!(
                "2024-01-01 00:00:00.000 UTC,\"u\",\"d\",1,,65,1,\"SELECT\",,3/4,0,LOG,00000,\"{csv}\",,,,,,,,,\"psql\"\n"
            ),
            format!("{{\"pid\":1,\"error_severity\":\"LOG\",\"message\":\"{json}\",\"query_id\":0}}\n"),
        ] {
            let (documents, warnings) = documents(&input);
            assert_eq!(warnings, [], "{input}");
            assert_eq!(documents[0].text, plan);
            assert_eq!(documents[0].query.as_deref(), Some("select \"b\""));
        }
    }
}
