//! The text of a condition in; the InitPlans that it asks for, out.
//!
//! Up to 16 an InitPlan is known by the parameters it fills (`InitPlan 1 (returns $0,$1)`, used as `$0`), from 17 on by its
//! name (`(InitPlan 1).col1`), which 19 makes a word (`InitPlan expr_1`) (`ruleutils.c`, `get_parameter`).

/// How a plan's texts call an InitPlan or a CTE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Name<'a> {
    /// With its dollar sign.
    Parameter(&'a str),
    InitPlan(&'a str),
    Cte(&'a str),
}

/// The names under which the expressions of a plan may ask for a sub-plan of this label.
pub(super) fn names(label: &str) -> Vec<Name<'_>> {
    if let Some(name) = label.strip_prefix("CTE ") {
        return vec![Name::Cte(name.trim())];
    }
    let Some(rest) = label.strip_prefix("InitPlan ") else { return Vec::new() };
    let (name, returns) = rest.split_once(" (returns ").unwrap_or((rest, ""));
    let parameters = returns.trim_end_matches(')').split(',').map(str::trim).filter(|p| p.starts_with('$'));
    std::iter::once(Name::InitPlan(name.trim())).chain(parameters.map(Name::Parameter)).collect()
}

/// Calls `found` for each reference; what stands in a literal or in a quoted identifier is none.
pub(super) fn references<'a>(text: &'a str, mut found: impl FnMut(Name<'a>)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(next) = bytes[at.min(bytes.len())..].iter().position(|&byte| BEGINS[usize::from(byte)]) {
        at += next;
        match bytes[at] {
            quote @ (b'\'' | b'"') => at = after_quoted(bytes, at, quote),
            b'$' => {
                let end = at + 1 + bytes[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
                if end > at + 1 {
                    found(Name::Parameter(&text[at..end]));
                }
                at = end;
            }
            b'I' if bytes[at..].starts_with(b"InitPlan ") => {
                let start = at + "InitPlan ".len();
                let end = start + bytes[start..].iter().take_while(|&&b| is_word(b)).count();
                found(Name::InitPlan(&text[start..end]));
                at = end;
            }
            _ => at += 1,
        }
    }
}

/// What quotes and references begin with.
static BEGINS: [bool; 256] = {
    let mut begins = [false; 256];
    (begins[b'\'' as usize], begins[b'"' as usize]) = (true, true);
    (begins[b'$' as usize], begins[b'I' as usize]) = (true, true);
    begins
};

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// A doubled quote inside reads as the end of one text and the beginning of the next.
fn after_quoted(bytes: &[u8], open: usize, quote: u8) -> usize {
    bytes[open + 1..].iter().position(|&b| b == quote).map_or(bytes.len(), |length| open + length + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Name<'_>> {
        let mut found = Vec::new();
        references(text, |name| found.push(name));
        found
    }

    #[test]
    fn labels_give_names() {
        assert_eq!(names("InitPlan 1 (returns $0)"), [Name::InitPlan("1"), Name::Parameter("$0")]);
        assert_eq!(
            names("InitPlan 12 (returns $3,$14)"),
            [Name::InitPlan("12"), Name::Parameter("$3"), Name::Parameter("$14")]
        );
        assert_eq!(names("InitPlan 2"), [Name::InitPlan("2")]);
        assert_eq!(names("InitPlan expr_1"), [Name::InitPlan("expr_1")]);
        assert_eq!(names("CTE recent orders"), [Name::Cte("recent orders")]);
        assert_eq!(names("SubPlan 1"), []);
    }

    #[test]
    fn whole_tokens_outside_literals_count() {
        assert_eq!(all("((a > $1) AND (b = $12))"), [Name::Parameter("$1"), Name::Parameter("$12")]);
        assert_eq!(all("(a > (InitPlan 12).col1)"), [Name::InitPlan("12")]);
        assert_eq!(all("(a > (InitPlan expr_1).col1)"), [Name::InitPlan("expr_1")]);
        assert_eq!(all("(c = 'it''s $0 (InitPlan 1)'::text)"), []);
        assert_eq!(all("(\"InitPlan 1\" = '$1')"), []);
        assert_eq!(all("a$ = $x"), []);
        assert_eq!(all("'unclosed $0"), []);
    }
}
