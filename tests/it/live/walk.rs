//! Walks the pages of a keyset rewrite on a server, forwards and back, with cursor values taken from the rows.

use sqlsift::advise::keyset::{CursorSql, PageKey, Pages};
use tokio_postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

/// A row as text, NULLs kept apart, with its column names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    names: Vec<String>,
    values: Vec<Option<String>>,
}

impl Row {
    fn new(row: &SimpleQueryRow) -> Self {
        let names = row.columns().iter().map(|c| c.name().to_owned()).collect();
        let values = (0..row.len()).map(|i| row.get(i).map(str::to_owned)).collect();
        Row { names, values }
    }

    fn value(&self, name: &str) -> Option<&str> {
        let mut at = self.names.iter().enumerate().filter(|(_, n)| *n == name);
        let (Some((i, _)), None) = (at.next(), at.next()) else {
            panic!("{name} is not one column of {:?}", self.names)
        };
        self.values[i].as_deref()
    }

    /// The first `n` columns: without those that the rewrite added behind them.
    fn first(&self, n: usize) -> Vec<Option<String>> {
        self.values[..n].to_vec()
    }
}

pub async fn rows(client: &Client, sql: &str) -> Vec<Row> {
    let messages = client.simple_query(sql).await.unwrap_or_else(|e| panic!("{e}\n{sql}"));
    messages
        .iter()
        .filter_map(|m| match m {
            SimpleQueryMessage::Row(row) => Some(Row::new(row)),
            _ => None,
        })
        .collect()
}

/// The values of the query's own parameters, by number; they go in as literals of the type that the server infers.
pub struct Own<'a>(pub &'a [(u16, &'a str)]);

/// PREPARE, EXECUTE with these values, DEALLOCATE: the server infers the parameters' types as it does for a driver.
async fn run(client: &Client, page: &CursorSql, own: &Own<'_>, cursor: &[Option<&str>]) -> Vec<Row> {
    let mut values: Vec<(usize, String)> = Vec::new();
    for (old, new) in &page.kept {
        let (_, value) = own.0.iter().find(|(n, _)| n == old).unwrap_or_else(|| panic!("no value for ${old}"));
        values.push((*new, literal(value)));
    }
    for (number, value) in page.parameters.iter().zip(cursor) {
        if let Some(number) = number {
            values.push((*number, literal(value.expect("a NULL has no parameter"))));
        }
    }
    values.sort();
    let list: Vec<String> = values.into_iter().map(|(_, value)| value).collect();
    let arguments = if list.is_empty() { String::new() } else { format!("({})", list.join(", ")) };
    rows(client, &format!("PREPARE page AS {}", page.sql)).await;
    let found = rows(client, &format!("EXECUTE page{arguments}")).await;
    rows(client, "DEALLOCATE page").await;
    found
}

fn literal(value: &str) -> String {
    // E'' because a backslash must stay one whatever standard_conforming_strings says.
    format!("E'{}'", value.replace('\\', "\\\\").replace('\'', "''"))
}

async fn turn(client: &Client, keys: &[PageKey], pages: &[CursorSql], own: &Own<'_>, row: &Row) -> Vec<Row> {
    let cursor: Vec<Option<&str>> = keys.iter().map(|key| row.value(&key.output)).collect();
    let nulls: Vec<bool> = cursor.iter().map(Option::is_none).collect();
    let page = pages.iter().find(|p| p.nulls == nulls).unwrap_or_else(|| panic!("no SQL for {nulls:?} of {keys:?}"));
    run(client, page, own, &cursor).await
}

/// Forwards from the first page to the end, then back to the start: every page must be what the OFFSET version, whose
/// rows in their total order are `expected`, shows. Returns how many pages there were.
pub async fn walk(client: &Client, pages: &Pages, own: &Own<'_>, size: usize, expected: &[Row], about: &str) -> usize {
    let width = expected.first().map_or(0, |row| row.values.len());
    let shown = |rows: &[Row]| rows.iter().map(|row| row.first(width)).collect::<Vec<_>>();
    let chunks: Vec<&[Row]> = expected.chunks(size).collect();
    let mut seen: Vec<Vec<Row>> = vec![run(client, &pages.first, own, &[]).await];
    while let Some(last) = seen.last().and_then(|page| page.last()).cloned() {
        let next = turn(client, &pages.keys, &pages.next, own, &last).await;
        assert!(seen.len() <= chunks.len() + 1, "the pages do not end: {about}");
        seen.push(next);
    }
    seen.pop_if(|page| page.is_empty());
    assert_eq!(seen.len(), chunks.len(), "pages forwards: {about}\n{}", pages.next[0].sql);
    for (i, (page, chunk)) in seen.iter().zip(&chunks).enumerate() {
        assert_eq!(shown(page), shown(chunk), "page {i} forwards: {about}\n{}", pages.next[0].sql);
    }
    let Some(mut page) = seen.last().cloned() else { return 0 };
    // Back from the last page, whose first row has whole pages before it.
    for (i, chunk) in chunks.iter().enumerate().rev().skip(1) {
        let mut before = turn(client, &pages.keys, &pages.previous, own, &page[0]).await;
        before.reverse();
        assert_eq!(shown(&before), shown(chunk), "page {i} backwards: {about}\n{}", pages.previous[0].sql);
        page = before;
    }
    let before_first = turn(client, &pages.keys, &pages.previous, own, &page[0]).await;
    assert!(before_first.is_empty(), "rows before the first page: {about}\n{}", pages.previous[0].sql);
    chunks.len()
}
