//! The text of a logged plan in; a cast of a bare column in one of its filters out.

use crate::plan::scans;

/// `Filter: ((id)::numeric = '5'::numeric)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterCast {
    pub column: String,
    pub to: String,
    pub filter: String,
}

/// Casts that change a number's kind: others (varchar to text, say) are mere relabelling.
const KINDS: [&str; 3] = ["numeric", "double precision", "real"];

/// The first such cast in any filter of a plan.
pub fn in_filters(body: &str) -> Option<FilterCast> {
    scans(body).iter().filter_map(|scan| scan.filter.as_deref()).find_map(in_filter)
}

/// As [`in_filters`], for one filter.
pub fn in_filter(filter: &str) -> Option<FilterCast> {
    for kind in KINDS {
        let mark = format!(")::{kind} ");
        let Some(at) = filter.find(&mark) else { continue };
        let open = filter[..at].rfind('(')?;
        let name = &filter[open + 1..at];
        let column = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
        let plain = !column.is_empty()
            && !column.starts_with('$')
            && name.chars().all(|c| c.is_alphanumeric() || "_.\"$".contains(c));
        if plain && column.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return Some(FilterCast { column: column.to_owned(), to: kind.to_owned(), filter: filter.to_owned() });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cast_of_a_column_in_a_filter() {
        let text = "Seq Scan on orders  (cost=0.00..1 rows=1 width=9)\n  Filter: ((id)::numeric = '48211'::numeric)";
        let found = in_filters(text).unwrap();
        assert_eq!((found.column.as_str(), found.to.as_str()), ("id", "numeric"));
        assert_eq!(in_filter("((o.id)::double precision = $1)").unwrap().column, "id");
        assert_eq!(in_filter("((status)::text = 'x'::text)"), None);
        assert_eq!(in_filter("((sum(a))::numeric > '1'::numeric)"), None);
    }
}
