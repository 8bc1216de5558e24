//! The same plan in three formats, with what its text showed.

use super::super::super::model::{Property, Role, Strategy};
use super::*;

fn each(files: [(Format, &str); 3], check: impl Fn(&Plan)) {
    for (format, text) in files {
        let plan = one(format, text);
        assert_eq!(plan.warnings, [], "{format:?}");
        assert_eq!(plan.format, format);
        check(&plan);
    }
}

#[test]
fn a_cte_and_the_scans_of_it() {
    each(captured!("cte_18"), |plan| {
        let kinds_expected = [Kind::HashJoin, Kind::IndexScan, Kind::CteScan, Kind::Hash, Kind::CteScan];
        assert_eq!(kinds(plan), kinds_expected.iter().collect::<Vec<_>>());
        let roles: Vec<Role> = plan.nodes.iter().map(|node| node.role).collect();
        assert_eq!(roles, [Role::Root, Role::Cte, Role::Outer, Role::Inner, Role::Outer]);
        assert_eq!(plan.nodes[1].subplan.as_deref(), Some("CTE x"));
        assert_eq!(plan.nodes[1].schema.as_deref(), Some("public"));
        assert_eq!((plan.nodes[1].relation.as_deref(), plan.nodes[1].alias.as_deref()), (Some("orders"), None));
        assert_eq!((plan.nodes[2].relation.as_deref(), plan.nodes[2].alias.as_deref()), (Some("x"), Some("a")));
        assert_eq!(plan.nodes[1].number(&Key::IndexSearches), Some(1.0));
        assert!(plan.has.costs && plan.has.analyze && plan.has.verbose && plan.has.fractional_rows);
        assert!(!plan.has.timing && !plan.has.buffers);
        let actual = plan.nodes[1].actual.expect("it ran");
        assert_eq!((actual.rows, actual.loops, actual.total_ms), (99.0, 1.0, None));
        assert_eq!(plan.settings[0], ("max_parallel_workers_per_gather".into(), "0".into()));
    });
}

#[test]
fn grouping_sets_in_the_order_of_the_text() {
    each(captured!("grouping_sets_18"), |plan| {
        let node = &plan.nodes[0];
        assert_eq!((&node.kind, node.strategy), (&Kind::Aggregate, Some(Strategy::Mixed)));
        assert_eq!(texts(node, &Key::HashKey), ["customers.region", "customers.name"]);
        assert_eq!(texts(node, &Key::GroupKey), ["()"]);
        assert_eq!(texts(node, &Key::Output), ["region, name, count(*)"]);
        assert_eq!(numbers(node, &[Key::HashAggBatches, Key::PeakMemoryUsage]), [Some(1.0), Some(225.0)]);
        // The text does not show them when they are 0, or when there is one batch.
        assert_eq!(numbers(node, &[Key::PlannedPartitions, Key::DiskUsage]), [None, None]);
    });
}

#[test]
fn groups_of_an_incremental_sort() {
    each(captured!("incremental_sort_18"), |plan| {
        let node = &plan.nodes[0];
        assert_eq!(texts(node, &Key::FullSortMethods), ["quicksort"]);
        let full = [Key::FullSortGroups, Key::FullSortAverageMemory, Key::FullSortPeakMemory, Key::FullSortPeakDisk];
        assert_eq!(numbers(node, &full), [Some(300.0), Some(27.0), Some(27.0), None]);
        let presorted = [Key::PresortedGroups, Key::PresortedAverageMemory, Key::PresortedPeakMemory];
        assert_eq!(numbers(node, &presorted), [Some(300.0), Some(32.0), Some(32.0)]);
    });
}

#[test]
fn tables_of_a_partitioned_update() {
    each(captured!("update_partitions_18"), |plan| {
        assert_eq!(plan.nodes[0].title(), "Update");
        assert_eq!(texts(&plan.nodes[0], &Key::TargetTable), ["public.part_1", "public.part_2", "public.part_3"]);
        assert_eq!(plan.nodes[1].number(&Key::SubplansRemoved), None);
        assert_eq!(plan.nodes[3].role, Role::Member);
        assert_eq!(plan.nodes[3].number(&Key::RowsRemovedByFilter), Some(2000.0));
    });
    each(captured!("foreign_update_15"), |plan| {
        assert_eq!(texts(&plan.nodes[0], &Key::TargetTable), ["public.pf pa_1", "public.pf2 pa_2"]);
        assert_eq!(plan.nodes[2].describe(), "Foreign Update on pf pa_1");
    });
}

#[test]
fn workers_with_jit() {
    each(captured!("parallel_jit_15"), |plan| {
        assert_eq!(plan.nodes[0].title(), "Finalize Aggregate");
        assert_eq!(plan.nodes[3].title(), "Parallel Seq Scan");
        let workers = &plan.nodes[2].workers;
        assert_eq!(workers.iter().map(|worker| worker.number).collect::<Vec<_>>(), [0, 1]);
        let jit = workers[0].jit.as_ref().expect("the worker compiled");
        assert_eq!((jit.functions, jit.expressions, jit.inlining), (3.0, true, false));
        let jit = plan.jit.as_ref().expect("the plan has it too");
        assert_eq!((jit.functions, jit.deforming, jit.inlining_ms, jit.deform_ms), (11.0, true, Some(0.0), None));
        assert!(jit.total_ms > jit.emission_ms);
        assert_eq!(plan.nodes[1].number(&Key::WorkersLaunched), Some(2.0));
        assert_eq!(plan.nodes[1].value(&Key::SingleCopy), None);
        assert!(plan.has.timing && plan.has.buffers && plan.has.wal && !plan.has.fractional_rows);
        assert_eq!(plan.nodes[3].usage.buffers.shared.hit, 568.0);
        assert!(plan.planning_ms.is_some() && plan.execution_ms > plan.planning_ms);
    });
}

#[test]
fn sorts_of_workers_and_temporary_blocks() {
    each(captured!("parallel_sort_13"), |plan| {
        let sort = &plan.nodes[1];
        assert_eq!(sort.text(&Key::SortMethod).is_some(), sort.text(&Key::SortSpaceType).is_some());
        let method = Property { key: Key::SortMethod, value: Value::Text("quicksort".into()) };
        assert_eq!(sort.workers.len(), 2);
        assert!(sort.workers.iter().all(|worker| worker.properties[0] == method));
        assert!(sort.workers.iter().all(|worker| worker.usage.buffers.shared.hit > 0.0 && worker.actual.is_some()));
        assert_eq!(sort.usage.buffers.temp_read, plan.nodes[0].usage.buffers.temp_read);
    });
}

#[test]
fn triggers_and_what_stands_below_the_tree() {
    each(captured!("delete_trigger_17"), |plan| {
        let [trigger] = plan.triggers.as_slice() else { panic!("{:?}", plan.triggers) };
        assert_eq!(trigger.constraint.as_deref(), Some("orders_customer_id_fkey"));
        assert_eq!((trigger.relation.as_deref(), trigger.calls), (Some("customers"), 2.0));
        assert!(trigger.name.starts_with("RI_ConstraintTrigger_a_") && trigger.ms > Some(0.0));
        assert!(plan.planning_memory_kb.is_some_and(|(used, allocated)| 0.0 < used && used <= allocated));
        let serialization = plan.serialization.as_ref().expect("it was asked for");
        assert_eq!((serialization.format.as_str(), serialization.output_kb), ("text", 0.0));
        assert_eq!(plan.nodes[0].usage.wal().records, 2.0);
        assert_eq!(plan.nodes[0].usage.wal().bytes, 108.0);
    });
}

#[test]
fn what_auto_explain_logs() {
    each(captured!("auto_explain_16"), |plan| {
        let query =
            "PREPARE p(int,text) AS SELECT name\nFROM customers WHERE id < $1 AND name <> $2; EXECUTE p(3, 'a''b\"c')";
        assert_eq!(plan.query.as_deref(), Some(query));
        assert_eq!(plan.parameters.as_deref(), Some("$1 = '3', $2 = 'a''b\"c'"));
        assert_eq!(plan.nodes[0].text(&Key::Filter), Some("(customers.name <> 'a''b\"c'::text)"));
        // It is no number that a double could hold.
        let identifier = Value::Text("-4885829941423303912".into());
        assert_eq!(plan.properties, [Property { key: Key::QueryIdentifier, value: identifier }]);
    });
}
