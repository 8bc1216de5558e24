//! Takes an auto_explain record apart: format, statement text, parameters, and the plan itself.
//!
//! auto_explain prints the query text as the plan's first property (`auto_explain.c`, `explain_ExecutorEnd`), in 16 and
//! later followed by `Query Parameters`. The text format runs on without a mark between the statement and the plan; the
//! first line of a plan always carries `  (cost=`, for auto_explain never turns costs off.

use std::sync::LazyLock;

use memchr::memmem::{self, Finder};

use super::event::{LoggedPlan, Micros, PlanFormat};
use super::json_string;

/// Made once: making a searcher costs more than most searches.
static COST: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("  (cost="));
static PARAMETERS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\nQuery Parameters: "));

/// `body` is what follows the line `duration: … ms  plan:`.
#[inline]
pub(crate) fn logged_plan<'a>(
    body: &'a [u8],
    duration_us: Micros,
    nested: bool,
    buffer: &'a mut Vec<u8>,
) -> LoggedPlan<'a> {
    let plan = LoggedPlan { format: PlanFormat::Text, duration_us, query: b"", parameters: b"", body, nested };
    match body {
        [b'{', ..] => json(plan, buffer),
        [b'<', ..] => xml(plan, buffer),
        _ => match body.strip_prefix(b"Query Text: ") {
            Some([b'"', ..]) if is_yaml(body) => yaml(plan, buffer),
            Some(rest) => text(plan, rest),
            None => plan,
        },
    }
}

/// YAML quotes the statement on one line, and then `Plan: ` stands at the beginning of a line.
fn is_yaml(body: &[u8]) -> bool {
    memmem::find(body, b"\nPlan: ").is_some()
}

#[inline]
fn text<'a>(mut plan: LoggedPlan<'a>, rest: &'a [u8]) -> LoggedPlan<'a> {
    let line_of = |at: usize| memchr::memrchr(b'\n', &rest[..at]).map_or(0, |newline| newline + 1);
    // A plan begins in column 0; a statement may hold lines that look like one.
    let is_root = |at: &usize| is_cost(&rest[at + "  (cost=".len()..]) && !rest[line_of(*at)].is_ascii_whitespace();
    let start = match COST.find_iter(rest).find(is_root) {
        Some(at) => line_of(at),
        // A record cut at the end of the file: what there is of it is the statement.
        None => {
            plan.query = rest;
            plan.body = b"";
            return plan;
        }
    };
    plan.body = &rest[start..];
    let mut query = rest[..start].strip_suffix(b"\n").unwrap_or(&rest[..start]);
    query = query.strip_suffix(b"\r").unwrap_or(query);
    if let Some(at) = PARAMETERS.find_iter(query).last() {
        plan.parameters = &query[at + "\nQuery Parameters: ".len()..];
        query = &query[..at];
    }
    plan.query = query;
    plan
}

/// `0.29..8.30 rows=1 …`
fn is_cost(text: &[u8]) -> bool {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0 && text.get(digits) == Some(&b'.') && text.get(digits + 3..digits + 5) == Some(b"..")
}

/// The document is left whole: it is one JSON value.
fn json<'a>(mut plan: LoggedPlan<'a>, buffer: &'a mut Vec<u8>) -> LoggedPlan<'a> {
    plan.format = PlanFormat::Json;
    let head = plan.body;
    let Some((query, rest)) = json_property(head, b"\"Query Text\": \"") else { return plan };
    let parameters = json_property(rest, b"\"Query Parameters\": \"").map_or(&b""[..], |(raw, _)| raw);
    buffer.clear();
    json_string::unescape(query, buffer);
    let middle = buffer.len();
    json_string::unescape(parameters, buffer);
    (plan.query, plan.parameters) = buffer.split_at(middle);
    plan
}

/// The raw inside of a string that must be the next property, and what follows it.
fn json_property<'a>(text: &'a [u8], key: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let skipped = text.iter().take_while(|byte| matches!(byte, b'{' | b',' | b'\n' | b' ')).count();
    let rest = text[skipped..].strip_prefix(key)?;
    let end = json_string::end(rest).unwrap_or(rest.len());
    Some((&rest[..end], rest.get(end + 1..).unwrap_or(b"")))
}

/// `escape_yaml` quotes as JSON does.
fn yaml<'a>(mut plan: LoggedPlan<'a>, buffer: &'a mut Vec<u8>) -> LoggedPlan<'a> {
    let rest = &plan.body["Query Text: \"".len()..];
    let end = json_string::end(rest).unwrap_or(rest.len());
    let after = rest.get(end + 1..).unwrap_or(b"");
    let after = after.strip_prefix(b"\n").unwrap_or(after);
    let (parameters, body) = match after.strip_prefix(b"Query Parameters: \"") {
        Some(inside) => {
            let end = json_string::end(inside).unwrap_or(inside.len());
            let body = inside.get(end + 1..).unwrap_or(b"");
            (&inside[..end], body.strip_prefix(b"\n").unwrap_or(body))
        }
        None => (&b""[..], after),
    };
    plan.format = PlanFormat::Yaml;
    plan.body = body;
    buffer.clear();
    json_string::unescape(&rest[..end], buffer);
    let middle = buffer.len();
    json_string::unescape(parameters, buffer);
    (plan.query, plan.parameters) = buffer.split_at(middle);
    plan
}

fn xml<'a>(mut plan: LoggedPlan<'a>, buffer: &'a mut Vec<u8>) -> LoggedPlan<'a> {
    plan.format = PlanFormat::Xml;
    buffer.clear();
    xml_element(plan.body, b"<Query-Text>", b"</Query-Text>", buffer);
    let middle = buffer.len();
    xml_element(plan.body, b"<Query-Parameters>", b"</Query-Parameters>", buffer);
    (plan.query, plan.parameters) = buffer.split_at(middle);
    plan
}

/// Appends the unescaped content of the first such element (`escape_xml` writes `&lt; &gt; &amp; &#x0d;`).
fn xml_element(body: &[u8], open: &[u8], close: &[u8], out: &mut Vec<u8>) {
    let Some(at) = memmem::find(body, open) else { return };
    let inside = &body[at + open.len()..];
    let mut inside = &inside[..memmem::find(inside, close).unwrap_or(inside.len())];
    while let Some(at) = memchr::memchr(b'&', inside) {
        out.extend_from_slice(&inside[..at]);
        inside = &inside[at..];
        let entity: &[(&[u8], u8)] =
            &[(b"&lt;", b'<'), (b"&gt;", b'>'), (b"&amp;", b'&'), (b"&quot;", b'"'), (b"&#x0d;", b'\r')];
        let (len, byte) = entity
            .iter()
            .find(|(name, _)| inside.starts_with(name))
            .map_or((1, b'&'), |(name, byte)| (name.len(), *byte));
        out.push(byte);
        inside = &inside[len..];
    }
    out.extend_from_slice(inside);
}
