//! The JSON of an EXPLAIN in; its cost and the hypothetical indexes in it, out, without a parse.

use memchr::memmem;

use crate::advise::whatif::{IndexId, Planned, WhatIfError};

/// `known` tells which offered index an object id is.
pub(super) fn planned(json: String, known: impl Fn(u32) -> Option<IndexId>) -> Result<Planned, WhatIfError> {
    let none = || WhatIfError::Statement("EXPLAIN gave no plan".into());
    let total_cost = total_cost(&json).ok_or_else(none)?;
    let mut used: Vec<IndexId> = hypothetical(&json).filter_map(known).collect();
    used.sort_unstable();
    used.dedup();
    Ok(Planned { total_cost, used, json })
}

/// Of the root, which the server writes before its children (`src/backend/commands/explain.c`, `ExplainNode`).
fn total_cost(json: &str) -> Option<f64> {
    const KEY: &str = "\"Total Cost\": ";
    let after = &json[json.find(KEY)? + KEY.len()..];
    after.split([',', '\n', '}']).next()?.trim().parse().ok()
}

/// HypoPG names its indexes `<13556>btree_orders_customer_id`.
fn hypothetical(json: &str) -> impl Iterator<Item = u32> + '_ {
    const KEY: &[u8] = b"\"Index Name\": \"<";
    memmem::find_iter(json.as_bytes(), KEY).filter_map(|at| {
        let (number, _) = json.get(at + KEY.len()..)?.split_once('>')?;
        number.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_is_that_of_the_root_and_only_offered_indexes_count() {
        let json = r#"[{"Plan": {"Node Type": "Nested Loop", "Startup Cost": 0.04, "Total Cost": 12.5e2,
            "Plans": [{"Index Name": "<7>btree_t_a", "Total Cost": 8.06}, {"Index Name": "<9>btree_t_b"},
            {"Index Name": "<8>mine"}, {"Index Name": "t_pkey"}, {"Filter": "(a = '\"Index Name\": \"<9>'::text)"}]}}]"#;
        let given = planned(json.to_owned(), |oid| [(9, 0), (7, 1)].iter().find(|(o, _)| *o == oid).map(|(_, id)| *id))
            .unwrap();
        assert_eq!((given.total_cost, given.used), (1250.0, vec![0, 1]));
        assert!(planned("[]".into(), |_| None).is_err());
    }
}
