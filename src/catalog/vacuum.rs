//! Storage parameters of a table and settings of a server in; when autovacuum comes, out.

use crate::catalog::model::{ServerFacts, Table};

/// What autovacuum goes by for one table, in rows and in transactions (documentation, "The Autovacuum Daemon").
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vacuum {
    pub enabled: bool,
    pub threshold: f64,
    pub scale: f64,
    /// Dead rows at which it comes however large the table is (since 18).
    pub max_threshold: Option<f64>,
    pub insert_threshold: f64,
    pub insert_scale: f64,
    pub analyze_threshold: f64,
    pub analyze_scale: f64,
    pub freeze_max_age: f64,
    pub multixact_freeze_max_age: f64,
}

impl Vacuum {
    /// Of a table without parameters of its own. What the server did not say is taken from the documentation's defaults.
    pub fn of_server(facts: &ServerFacts) -> Self {
        let number = |name: &str, default: f64| facts.setting(name).and_then(|s| s.number()).unwrap_or(default);
        let maximum = facts.setting("autovacuum_vacuum_max_threshold").and_then(|setting| setting.number());
        Vacuum {
            enabled: facts.setting("autovacuum").is_none_or(|setting| setting.is_on()),
            threshold: number("autovacuum_vacuum_threshold", 50.0),
            scale: number("autovacuum_vacuum_scale_factor", 0.2),
            max_threshold: maximum.filter(|rows| *rows >= 0.0),
            insert_threshold: number("autovacuum_vacuum_insert_threshold", 1000.0),
            insert_scale: number("autovacuum_vacuum_insert_scale_factor", 0.2),
            analyze_threshold: number("autovacuum_analyze_threshold", 50.0),
            analyze_scale: number("autovacuum_analyze_scale_factor", 0.1),
            freeze_max_age: number("autovacuum_freeze_max_age", 200e6),
            multixact_freeze_max_age: number("autovacuum_multixact_freeze_max_age", 400e6),
        }
    }

    /// Of this table, with its own parameters.
    pub fn of_table(facts: &ServerFacts, table: &Table) -> Self {
        let mut found = Self::of_server(facts);
        let own = |name: &str| table.parameters.get(name)?.parse::<f64>().ok();
        for (name, value) in [
            ("autovacuum_vacuum_threshold", &mut found.threshold),
            ("autovacuum_vacuum_scale_factor", &mut found.scale),
            ("autovacuum_vacuum_insert_threshold", &mut found.insert_threshold),
            ("autovacuum_vacuum_insert_scale_factor", &mut found.insert_scale),
            ("autovacuum_analyze_threshold", &mut found.analyze_threshold),
            ("autovacuum_analyze_scale_factor", &mut found.analyze_scale),
        ] {
            *value = own(name).unwrap_or(*value);
        }
        if let Some(rows) = own("autovacuum_vacuum_max_threshold") {
            found.max_threshold = (rows >= 0.0).then_some(rows);
        }
        // A table can only lower the age at which it is frozen (relation_needs_vacanalyze in autovacuum.c takes the minimum).
        found.freeze_max_age =
            own("autovacuum_freeze_max_age").map_or(found.freeze_max_age, |age| age.min(found.freeze_max_age));
        found.multixact_freeze_max_age = own("autovacuum_multixact_freeze_max_age")
            .map_or(found.multixact_freeze_max_age, |age| age.min(found.multixact_freeze_max_age));
        let off = |value: &String| matches!(value.to_ascii_lowercase().as_str(), "false" | "off" | "no" | "0");
        found.enabled &= !table.parameters.get("autovacuum_enabled").is_some_and(off);
        found
    }

    /// Dead rows at which a table of so many rows is vacuumed.
    pub fn dead_rows(&self, rows: f64) -> f64 {
        let by_scale = self.threshold + self.scale * rows.max(0.0);
        self.max_threshold.map_or(by_scale, |most| by_scale.min(most))
    }

    /// Inserted rows at which it is; `None` when inserts alone never bring it (threshold -1).
    pub fn inserted_rows(&self, rows: f64) -> Option<f64> {
        (self.insert_threshold >= 0.0).then(|| self.insert_threshold + self.insert_scale * rows.max(0.0))
    }

    /// Changed rows at which it is analysed.
    pub fn changed_rows(&self, rows: f64) -> f64 {
        self.analyze_threshold + self.analyze_scale * rows.max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_last_word() {
        let mut table = Table::default();
        let facts = ServerFacts::default();
        // 50 + 0.2 * 1,000 and 50 + 0.1 * 1,000.
        let usual = Vacuum::of_table(&facts, &table);
        assert_eq!((usual.dead_rows(1000.0), usual.changed_rows(1000.0)), (250.0, 150.0));
        table.parameters.insert("autovacuum_vacuum_scale_factor".into(), "0.01".into());
        table.parameters.insert("autovacuum_vacuum_max_threshold".into(), "40".into());
        table.parameters.insert("autovacuum_freeze_max_age".into(), "900000000".into());
        table.parameters.insert("autovacuum_enabled".into(), "OFF".into());
        let own = Vacuum::of_table(&facts, &table);
        assert_eq!((own.dead_rows(1000.0), own.scale, own.freeze_max_age, own.enabled), (40.0, 0.01, 200e6, false));
        table.parameters.insert("autovacuum_vacuum_insert_threshold".into(), "-1".into());
        assert_eq!(Vacuum::of_table(&facts, &table).inserted_rows(10.0), None);
    }
}
