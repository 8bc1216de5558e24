//! The list of all rules, and pages with overrides in, rules ready to run out.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::report::model::Severity;

use super::matching::Matching;
use super::page::{Page, PageError, Preset};
use super::{PlanRule, QueryRule, SchemaRule, ScriptRule, StatementRule, WorkloadRule};

/// A rule as it was compiled in.
pub struct Entry {
    /// `query/deep_offset`
    pub id: &'static str,
    /// The text of its page.
    pub page: &'static str,
    build: fn(toml::Table) -> Result<Check, toml::de::Error>,
}

/// What a rule looks at.
pub enum Check {
    Query(Box<dyn QueryRule>),
    Workload(Box<dyn WorkloadRule>),
    Schema(Box<dyn SchemaRule>),
    Plan(Box<dyn PlanRule>),
    Statement(Box<dyn StatementRule>),
    Script(Box<dyn ScriptRule>),
}

macro_rules! rules {
    ($($group:ident { $($name:ident: $kind:ident,)* })*) => {
        /// Sorted by group, then by name.
        pub static ENTRIES: &[Entry] = &[$($(Entry {
            id: concat!(stringify!($group), "/", stringify!($name)),
            page: include_str!(concat!("../../rules/", stringify!($group), "/", stringify!($name), ".md")),
            build: |options| Ok(Check::$kind(Box::new(options.try_into::<super::$group::$name::Rule>()?))),
        },)*)*];
    };
}

rules! {
    migration {
        add_column_rewrite: Statement,
        attach_partition_scan: Statement,
        blocking_refresh: Statement,
        check_validated: Statement,
        collation_change: Statement,
        concurrently_in_transaction: Statement,
        concurrently_on_partitioned: Statement,
        ddl_with_backfill: Script,
        default_changed: Statement,
        default_dropped: Statement,
        default_partition_scan: Statement,
        detach_partition_not_concurrent: Statement,
        domain_constraint_scan: Statement,
        drop_cascade: Statement,
        drop_column: Statement,
        drop_constraint: Statement,
        drop_database: Statement,
        drop_index_not_concurrent: Statement,
        enum_value_used_at_once: Script,
        exclusion_constraint: Statement,
        foreign_key_validated: Statement,
        drop_index_of_constraint: Statement,
        drop_not_null: Statement,
        drop_object: Statement,
        drop_schema: Statement,
        drop_table: Statement,
        drop_view: Statement,
        enum_value_added: Statement,
        function_replaced: Statement,
        index_not_concurrent: Statement,
        index_on_partitioned: Statement,
        invalid_index_left: Statement,
        lock_table: Statement,
        missing_lock_timeout: Script,
        narrowing_type: Statement,
        nested_transaction: Statement,
        not_null_scan: Statement,
        primary_key_on_nullable_index: Statement,
        primary_key_without_index: Statement,
        reindex_not_concurrent: Statement,
        rename_column: Statement,
        rename_enum_value: Statement,
        rename_object: Statement,
        rename_table: Statement,
        replica_identity: Statement,
        required_column_without_default: Statement,
        set_schema: Statement,
        storage_rewrite: Statement,
        trigger_disabled: Statement,
        trigger_created: Statement,
        truncate: Statement,
        type_change_rewrite: Statement,
        unbatched_backfill: Statement,
        uncommitted_transaction: Script,
        unique_without_index: Statement,
        vacuum_full_or_cluster: Statement,
        validate_in_same_transaction: Statement,
        view_replaced: Statement,
        work_under_exclusive_lock: Script,
    }
    plan {
        bloat: Plan,
        cartesian_join: Plan,
        cold_cache: Plan,
        composite_index: Plan,
        correlated_columns: Plan,
        correlated_subplan: Plan,
        cte_fence: Plan,
        disabled_node: Plan,
        disk_sort: Plan,
        foreign_key_trigger: Plan,
        foreign_scan_filter: Plan,
        function_cost: Plan,
        hash_aggregate_spill: Plan,
        hash_batches: Plan,
        heap_fetches: Plan,
        incremental_sort_groups: Plan,
        index_searches: Plan,
        inefficient_index: Plan,
        infix_like: Plan,
        jit_overhead: Plan,
        join_filter_removed: Plan,
        jsonb_filter: Plan,
        large_offset: Plan,
        lossy_bitmap: Plan,
        memoize_thrash: Plan,
        misestimate: Plan,
        missing_data: Plan,
        nested_loop_blowup: Plan,
        nested_loop_seq_scan: Plan,
        non_sargable: Plan,
        nothing_to_gain: Plan,
        or_join_filter: Plan,
        order_by_index: Plan,
        parallel_skew: Plan,
        parallelism_possible: Plan,
        partitions_not_pruned: Plan,
        planning_time: Plan,
        slow_scan: Plan,
        stale_statistics: Plan,
        suspicious_settings: Plan,
        temp_io: Plan,
        time_outside_plan: Plan,
        top_n_sort: Plan,
        unhashed_not_in: Plan,
        user_trigger: Plan,
        waits_for_row_lock: Plan,
        wal_heavy: Plan,
        wide_output: Plan,
        workers_missing: Plan,
    }
    query {
        between_midnight: Query,
        cartesian_join: Query,
        comma_join: Query,
        condition_in_set: Query,
        constant_condition: Query,
        count_for_existence: Query,
        count_of_column: Query,
        deep_offset: Query,
        distinct_on_order: Query,
        duplicate_column: Query,
        duplicate_condition: Query,
        endless_recursion: Query,
        frozen_date_word: Query,
        function_on_column: Query,
        having_without_aggregate: Query,
        huge_in_list: Query,
        implicit_cast: Query,
        insert_without_columns: Query,
        join_type_mismatch: Query,
        leading_wildcard: Query,
        like_without_wildcard: Query,
        many_rows_insert: Query,
        missing_where: Query,
        natural_join: Query,
        needless_union: Query,
        not_in_nullable: Query,
        null_comparison: Query,
        nullable_sum: Query,
        or_across_columns: Query,
        order_by_parameter: Query,
        ordinal_key: Query,
        outer_column_in_subquery: Query,
        outer_join_nullified: Query,
        per_row_subquery: Query,
        primary_key_update: Query,
        queue_without_skip_locked: Query,
        random_order: Query,
        redundant_join: Query,
        select_star: Query,
        timezone_dependent: Query,
        unknown_column: Query,
        unstable_page_order: Query,
    }
    schema {
        all_columns_nullable: Schema,
        autovacuum_disabled: Schema,
        boolean_index: Schema,
        btree_on_container: Schema,
        char_n: Schema,
        cross_schema_foreign_key: Schema,
        duplicate_foreign_key: Schema,
        duplicate_index: Schema,
        extension_in_public: Statement,
        float_for_money: Schema,
        foreign_key_type_mismatch: Schema,
        foreign_key_without_index: Schema,
        identifier_too_long: Statement,
        inconsistent_column_type: Schema,
        integer_primary_key: Schema,
        json_column: Schema,
        missing_comment: Schema,
        missing_foreign_key: Schema,
        money_type: Schema,
        needless_not_null_predicate: Schema,
        no_primary_key: Schema,
        not_valid_constraint: Schema,
        nullable_composite_reference: Schema,
        nullable_unique: Schema,
        numbered_columns: Schema,
        overlapping_index: Schema,
        partition_key_not_in_key: Schema,
        quoted_identifier: Schema,
        reg_type_column: Schema,
        repeated_index_column: Schema,
        required_columns: Schema,
        sequence_smaller_than_column: Schema,
        serial_column: Schema,
        single_column_table: Schema,
        table_inheritance: Schema,
        time_with_time_zone: Schema,
        timestamp_before_last_column: Schema,
        timestamp_without_time_zone: Schema,
        too_many_columns: Schema,
        too_many_indexes: Schema,
        unlogged_table: Schema,
        uuid_as_text: Schema,
        varchar_with_length: Schema,
        volatile_check: Schema,
        wide_index: Schema,
    }
    security {
        definer_without_search_path: Schema,
        grant_all: Statement,
        grant_to_public: Statement,
        injectable_execute: Statement,
        multiple_permissive_policies: Schema,
        outside_access: Statement,
        plaintext_password: Statement,
        policy_always_true: Schema,
        policy_evaluated_per_row: Schema,
        policy_on_user_metadata: Schema,
        policy_without_rls: Schema,
        rls_without_policy: Schema,
        superuser_role: Statement,
        view_bypasses_rls: Schema,
        weak_password_hash: Statement,
    }
    workload {
        count_with_page: Workload,
        duplicate_query: Workload,
        error_storm: Workload,
        growing_offset: Workload,
        lock_waits: Workload,
        missing_index: Workload,
        n_plus_one: Workload,
        slow_outlier: Workload,
        temp_files: Workload,
        write_loop: Workload,
    }
}

/// What `sqlsift.toml` says of one rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Override {
    /// `Some(None)` is `severity = "off"`.
    pub severity: Option<Option<Severity>>,
    pub options: toml::Table,
}

/// A rule with its page and its effective values.
pub struct Configured {
    pub page: Page,
    /// `None`: switched off.
    pub severity: Option<Severity>,
    /// The effective options, defaults included.
    pub options: toml::Table,
    pub check: Check,
}

/// All rules with their effective values, by id.
pub struct Registry {
    pub rules: Vec<Configured>,
}

#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    #[error(transparent)]
    Page(#[from] PageError),
    /// An option's value does not suit the rule.
    #[error("{rule}: {message}")]
    Options { rule: String, message: String },
}

/// The pages of all rules that are compiled in, in the order of [`ENTRIES`].
pub fn pages() -> &'static [Page] {
    static PAGES: OnceLock<Vec<Page>> = OnceLock::new();
    PAGES.get_or_init(|| {
        let read = |entry: &Entry| {
            Page::parse(entry.id, &format!("rules/{}.md", entry.id), entry.page)
                .expect("the tests read every page that is compiled in")
        };
        ENTRIES.iter().map(read).collect()
    })
}

impl Registry {
    /// Every rule with its page's values; those of other presets than the first are off.
    pub fn defaults() -> Self {
        Self::preset(Preset::Default)
    }

    /// Every rule with its page's values; those beyond `preset` are off.
    pub fn preset(preset: Preset) -> Self {
        Self::new(preset, &BTreeMap::new(), Vec::new()).expect("the tests build every rule from its page")
    }

    /// Every rule with overrides by id, and the pages that users wrote. A rule that is given a severity is on, whatever its preset.
    pub fn new(
        preset: Preset,
        overrides: &BTreeMap<String, Override>,
        users: Vec<Page>,
    ) -> Result<Self, RegistryError> {
        let mut rules = Vec::with_capacity(ENTRIES.len() + users.len());
        for (entry, page) in ENTRIES.iter().zip(pages()) {
            rules.push(configure(page.clone(), preset, overrides.get(entry.id), entry.build)?);
        }
        for page in users {
            let matching = Matching {
                matching: page.matching.clone().unwrap_or_default(),
                title: page.title.clone(),
                summary: page.summary.clone(),
            };
            let severity = overrides.get(&page.id).and_then(|o| o.severity).unwrap_or(Some(page.severity));
            let options = page.defaults();
            rules.push(Configured { page, severity, options, check: Check::Query(Box::new(matching)) });
        }
        Ok(Self { rules })
    }

    pub fn get(&self, id: &str) -> Option<&Configured> {
        self.rules.iter().find(|rule| rule.page.id == id)
    }
}

fn configure(
    page: Page,
    preset: Preset,
    overlay: Option<&Override>,
    build: fn(toml::Table) -> Result<Check, toml::de::Error>,
) -> Result<Configured, RegistryError> {
    let mut options = page.defaults();
    let mut severity = (page.preset <= preset).then_some(page.severity);
    if let Some(overlay) = overlay {
        options.extend(overlay.options.clone());
        severity = overlay.severity.unwrap_or(severity);
    }
    let check = build(options.clone())
        .map_err(|e| RegistryError::Options { rule: page.id.clone(), message: e.message().to_owned() })?;
    Ok(Configured { page, severity, options, check })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_read_and_builds_its_rule() {
        for entry in ENTRIES {
            let path = format!("rules/{}.md", entry.id);
            let page = Page::parse(entry.id, &path, entry.page).unwrap_or_else(|e| panic!("{e}"));
            assert!(page.matching.is_none(), "{path}: [match] is for pages that users write");
            for other in &page.yields_to {
                let known = |id: &str| other.strip_suffix('*').map_or(id == other, |group| id.starts_with(group));
                assert!(ENTRIES.iter().any(|entry| known(entry.id)), "{path} yields to {other}, which is no rule");
            }
            (entry.build)(page.defaults()).map(|_| ()).unwrap_or_else(|e| panic!("{path}: {e}"));
        }
    }

    #[test]
    fn an_override_reaches_the_rule_and_a_wrong_key_does_not() {
        let overlay = |key: &str| Override {
            severity: Some(None),
            options: [(key.to_owned(), toml::Value::Integer(7))].into_iter().collect(),
        };
        let good: BTreeMap<_, _> = [("query/deep_offset".to_owned(), overlay("min_rows"))].into();
        let registry = Registry::new(Preset::Default, &good, Vec::new()).unwrap();
        let rule = registry.get("query/deep_offset").unwrap();
        assert_eq!(rule.options["min_rows"].as_integer(), Some(7));
        assert_eq!(rule.severity, None);
        let bad: BTreeMap<_, _> = [("query/deep_offset".to_owned(), overlay("min_rowz"))].into();
        assert!(Registry::new(Preset::Default, &bad, Vec::new()).is_err());
    }
}
