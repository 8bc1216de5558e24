//! Parameters of a statement that lost its OFFSET and got a cursor: the query's own first, then the cursor's, without a
//! gap (Postgres cannot tell the type of a parameter that is not used).

use crate::sql::lexer::{Lexer, TokenKind};

pub struct Numbered {
    pub sql: String,
    /// New number of each key's value, where it is used.
    pub cursor: Vec<Option<usize>>,
    /// (old, new) numbers of the query's own.
    pub kept: Vec<(u16, usize)>,
}

/// Numbers what stands in `text`, in which the value of key `i` is written as [`super::predicate::placeholder`].
pub fn renumber(text: &str, keys: usize) -> Numbered {
    let own = own_parameters(text);
    let mut old: Vec<u16> = own.iter().map(|(_, _, number)| *number).collect();
    old.sort_unstable();
    old.dedup();
    let kept: Vec<(u16, usize)> = old.into_iter().zip(1..).collect();
    let mut sql = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end, number) in own {
        let new = kept.iter().find(|(old, _)| *old == number).map_or(0, |(_, new)| *new);
        sql.push_str(&text[at..start]);
        sql.push_str(&format!("${new}"));
        at = end;
    }
    sql.push_str(&text[at..]);
    let mut next = kept.len();
    let mut cursor = Vec::new();
    for i in 0..keys {
        let mark = super::predicate::placeholder(i);
        cursor.push(sql.contains(&mark).then(|| {
            next += 1;
            sql = sql.replace(&mark, &format!("${next}"));
            next
        }));
    }
    Numbered { sql, cursor, kept }
}

/// (start, end, number) of each `$n`, in order.
fn own_parameters(text: &str) -> Vec<(usize, usize, u16)> {
    let tokens = Lexer::new(text.as_bytes()).filter(|token| token.kind == TokenKind::Parameter);
    tokens
        .filter_map(|token| {
            let number = text.get(token.start + 1..token.end)?.parse().ok()?;
            Some((token.start, token.end, number))
        })
        .collect()
}
