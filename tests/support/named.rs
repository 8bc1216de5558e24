//! A finding in; the tables and lock modes that its evidence names out.

use sqlsift::report::model::{Evidence, EvidenceValue, Finding};

#[derive(Debug, Default)]
pub struct Named {
    /// Table and mode.
    pub locks: Vec<(String, String)>,
    /// Some are left out (`and 3 more`).
    pub more: bool,
}

/// After a mode come all tables on which it is held: `ShareLock on a, b, RowShareLock on c`.
pub fn locks(finding: &Finding) -> Named {
    let of = |one: &Evidence| match &one.value {
        EvidenceValue::Text(text) if matches!(&*one.label, "lock" | "locks too") => text.to_string(),
        _ => String::new(),
    };
    let mut named = Named::default();
    for text in finding.evidence.iter().map(of) {
        let mut mode = String::new();
        for part in text.split(", ").filter(|part| !part.is_empty()) {
            let table = match part.split_once(" on ") {
                Some((held, table)) => {
                    mode = held.to_owned();
                    table
                }
                None => part,
            };
            named.more |= table.ends_with(" more");
            named.locks.push((table.split(' ').next().unwrap_or_default().to_owned(), mode.clone()));
        }
    }
    named
}
