//! Whether a line's parentheses and quotes are closed: by this a line that goes on in the next one is known.

/// State at the end of a line, carried over to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    open: u32,
    /// Inside `'…'` or `"…"`.
    quote: Option<u8>,
}

impl Balance {
    pub fn of(text: &str) -> Self {
        Self::default().then(text)
    }

    pub fn then(mut self, text: &str) -> Self {
        for &byte in text.as_bytes() {
            match (self.quote, byte) {
                (Some(quote), _) if byte == quote => self.quote = None,
                (Some(_), _) => {}
                (None, b'\'' | b'"') => self.quote = Some(byte),
                (None, b'(' | b'[') => self.open += 1,
                (None, b')' | b']') => self.open = self.open.saturating_sub(1),
                _ => {}
            }
        }
        self
    }

    pub fn is_closed(self) -> bool {
        self == Self::default()
    }

    pub fn in_quote(self) -> bool {
        self.quote.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hide_parentheses() {
        assert!(Balance::of("Filter: ((a)::text = '(it''s'::text)").is_closed());
        assert!(Balance::of("Filter: (a = 'x").in_quote());
        assert!(Balance::of("Filter: (a = 'x").then("  -> y'::text)").is_closed());
        assert!(!Balance::of("Seq Scan on a  (cost=0.00..1.00 rows=1").is_closed());
        assert!(Balance::of("Sort Key: \"it's\"").is_closed());
    }
}
