//! What is read of a statement beyond its kind.

use super::one;
use crate::sql::ddl::model::*;

#[track_caller]
fn action(text: &str) -> ActionKind {
    let Ddl::AlterTable(alter) = one(&format!("ALTER TABLE t {text}")) else { panic!("{text}") };
    let [only] = alter.actions.as_slice() else { panic!("{text}") };
    only.kind.clone()
}

use crate::sql::ddl::Ddl;

fn texts(names: &[Name]) -> Vec<&str> {
    names.iter().map(|name| name.text.as_str()).collect()
}

#[test]
fn foreign_keys_with_their_actions() {
    let ActionKind::AddConstraint(def) = action(
        "ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES s.u (x, y) MATCH FULL ON DELETE SET NULL (b) ON UPDATE CASCADE \
         DEFERRABLE INITIALLY DEFERRED NOT VALID",
    ) else {
        panic!()
    };
    let ConstraintBody::ForeignKey(key) = &def.body else { panic!() };
    assert_eq!((key.on_delete, key.on_update), (Referential::SetNull, Referential::Cascade));
    assert_eq!((texts(&key.columns), texts(&key.referenced_columns)), (vec!["a", "b"], vec!["x", "y"]));
    assert_eq!(texts(&key.set_columns), ["b"]);
    assert!(key.match_full && !key.period && def.deferrable && def.initially_deferred && def.not_valid.is_some());
}

#[test]
fn stored_is_told_from_virtual() {
    for (text, kind) in
        [("STORED", GeneratedKind::Stored), ("VIRTUAL", GeneratedKind::Virtual), ("", GeneratedKind::Unsaid)]
    {
        let ActionKind::AddColumn { column, .. } = action(&format!("ADD b int GENERATED ALWAYS AS (a + 1) {text}"))
        else {
            panic!()
        };
        assert_eq!(column.generated_kind, Some(kind));
        assert_eq!(column.generated.map(|one| one.text), Some("a + 1".into()));
    }
}

#[test]
fn named_not_null_and_storage_of_a_column() {
    let ActionKind::AddColumn { column, constraints, .. } = action(
        "ADD a text STORAGE external COMPRESSION lz4 CONSTRAINT nn NOT NULL CONSTRAINT ch CHECK (a <> '') NOT ENFORCED",
    ) else {
        panic!()
    };
    assert_eq!(column.not_null_name.map(|name| name.text), Some("nn".into()));
    assert_eq!(column.storage.map(|name| name.text), Some("external".into()));
    assert_eq!(column.compression.map(|name| name.text), Some("lz4".into()));
    assert!(constraints[0].not_enforced.is_some());
}

#[test]
fn parameters_have_names_and_values() {
    let ActionKind::SetParameters(found) =
        action("SET (fillfactor = 70, toast.autovacuum_enabled = 'off', user_catalog_table)")
    else {
        panic!()
    };
    let pairs: Vec<(&str, Option<&str>)> = found.iter().map(|one| (one.name.as_str(), one.value.as_deref())).collect();
    assert_eq!(
        pairs,
        [("fillfactor", Some("70")), ("toast.autovacuum_enabled", Some("off")), ("user_catalog_table", None)]
    );
}

#[test]
fn settings_have_a_scope_and_a_value() {
    let set = |text| match one(text) {
        Ddl::Set(setting) => (setting.name, setting.value, setting.scope),
        other => panic!("{other:?}"),
    };
    let (session, local) = (Scope::Session, Scope::Local);
    for (text, name, value, scope) in [
        ("SET lock_timeout = '5s'", "lock_timeout", Some("5s"), session),
        ("SET LOCAL Lock_Timeout TO 500", "lock_timeout", Some("500"), local),
        ("SET SESSION work_mem TO DEFAULT", "work_mem", None, session),
        ("SET datestyle = ISO, MDY", "datestyle", Some("iso, mdy"), session),
        ("SET TIME ZONE LOCAL", "timezone", None, session),
        ("SET ROLE joe", "role", Some("joe"), session),
        ("SELECT set_config('lock_timeout', '2s', true)", "lock_timeout", Some("2s"), local),
        ("SELECT pg_catalog.set_config('lock_timeout', '2s', false)", "lock_timeout", Some("2s"), session),
        ("SET x.y = -1.5", "x.y", Some("-1.5"), session),
    ] {
        assert_eq!(set(text), (name.to_owned(), value.map(str::to_owned), scope), "{text}");
    }
}

#[test]
fn bodies_are_found_without_their_quotes() {
    for (text, body, form) in [
        ("CREATE FUNCTION f() RETURNS int AS $x$ SELECT 1 $x$ LANGUAGE sql", " SELECT 1 ", BodyForm::Dollar),
        ("CREATE FUNCTION f() RETURNS int AS 'SELECT 1' LANGUAGE sql", "SELECT 1", BodyForm::Quoted),
        ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END", "SELECT 1; ", BodyForm::Atomic),
        ("CREATE FUNCTION f() RETURNS int RETURN 1 + 2", "1 + 2", BodyForm::Return),
    ] {
        let Ddl::Routine(routine) = one(text) else { panic!("{text}") };
        let found = routine.body.expect("a body");
        assert_eq!((found.span.of(text), found.form), (body, form), "{text}");
    }
    let text = "DO LANGUAGE 'plpgsql' $$ BEGIN END $$";
    let Ddl::Do(block) = one(text) else { panic!() };
    assert_eq!((block.body.span.of(text), block.language.as_str()), (" BEGIN END ", "plpgsql"));
}

#[test]
fn security_of_routines() {
    let text =
        "CREATE FUNCTION f(a int) RETURNS SETOF t SECURITY DEFINER STABLE SET search_path = '' LANGUAGE plpgsql AS ''";
    let Ddl::Routine(routine) = one(text) else { panic!() };
    assert_eq!(routine.options.security_definer.map(|span| span.of(text)), Some("SECURITY DEFINER"));
    assert!(routine.options.sets_search_path());
    assert_eq!(routine.options.volatility, Some(Volatility::Stable));
    assert_eq!(routine.returns.map(|returns| returns.text), Some("SETOF t".into()));
    assert_eq!(routine.arguments.text, "a int");
    let Ddl::AlterRoutine(altered) = one("ALTER FUNCTION s.f(int) SET search_path FROM CURRENT") else { panic!() };
    assert!(altered.options.sets_search_path() && altered.name.schema.as_deref() == Some("s"));
}

#[test]
fn maintenance_in_both_syntaxes() {
    for (text, concurrently) in [
        ("REINDEX TABLE CONCURRENTLY t", true),
        ("REINDEX (VERBOSE, CONCURRENTLY) TABLE t", true),
        ("REINDEX (CONCURRENTLY off) TABLE t", false),
        ("REINDEX (CONCURRENTLY 0) TABLE t", false),
        ("REINDEX TABLE t", false),
    ] {
        let Ddl::Reindex(found) = one(text) else { panic!("{text}") };
        assert_eq!(found.concurrently, concurrently, "{text}");
    }
    for (text, full, analyze) in [
        ("VACUUM FULL ANALYZE t", true, true),
        ("VACUUM (FULL false, ANALYZE) a, b", false, true),
        ("VACUUM (FULL) t", true, false),
        ("VACUUM t", false, false),
    ] {
        let Ddl::Vacuum(found) = one(text) else { panic!("{text}") };
        assert_eq!((found.full, found.analyze), (full, analyze), "{text}");
    }
    let Ddl::Lock(lock) = one("LOCK TABLE a, b IN SHARE ROW EXCLUSIVE MODE NOWAIT") else { panic!() };
    assert_eq!((lock.mode, lock.tables.len(), lock.nowait), ("ShareRowExclusiveLock", 2, true));
}

#[test]
fn grants_and_passwords() {
    let Ddl::Grant(grant) = one("GRANT SELECT (a, b), ALL PRIVILEGES ON s.t, u TO PUBLIC, joe WITH GRANT OPTION")
    else {
        panic!()
    };
    assert_eq!(grant.kind, ObjectKind::Table);
    assert_eq!(grant.privileges.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["select", "all"]);
    assert!(matches!(grant.grantees.as_slice(), [Grantee::Public(_), Grantee::Role(_)]) && grant.grant_option);
    let text = "CREATE USER joe WITH SUPERUSER PASSWORD 'secret'";
    let Ddl::Role(role) = one(text) else { panic!() };
    assert_eq!(role.password.map(|span| span.of(text)), Some("'secret'"));
    assert_eq!(texts(&role.attributes), ["superuser", "password"]);
    let Ddl::AlterDefaultPrivileges(found) = one("ALTER DEFAULT PRIVILEGES IN SCHEMA a GRANT ALL ON TABLES TO joe")
    else {
        panic!()
    };
    assert_eq!((texts(&found.in_schemas), found.grant.names.len()), (vec!["a"], 0));
}

#[test]
fn drops_know_what_and_on_what() {
    let Ddl::Drop(drop) = one("DROP TRIGGER IF EXISTS x ON s.t CASCADE") else { panic!() };
    assert_eq!((drop.kind, drop.on.map(|on| on.name)), (ObjectKind::Trigger, Some("t".into())));
    assert!(drop.if_exists && drop.cascade);
    let Ddl::Drop(drop) = one("DROP FUNCTION f(int, text), g") else { panic!() };
    assert_eq!(drop.names.len(), 2);
    assert_eq!(drop.arguments[0].as_ref().map(|one| one.text.as_str()), Some("int, text"));
    assert!(drop.arguments[1].is_none());
    let Ddl::Comment(comment) = one("COMMENT ON COLUMN s.t.a IS NULL") else { panic!() };
    let on = comment.on.expect("its table");
    assert_eq!((on.schema.as_deref(), on.name.as_str(), comment.text), (Some("s"), "t", None));
    assert_eq!(comment.name.map(|name| name.name), Some("a".into()));
}

#[test]
fn queries_of_views_and_tables_end_before_with_data() {
    let text = "CREATE MATERIALIZED VIEW v AS SELECT 1 WITH NO DATA";
    let Ddl::CreateView(view) = one(text) else { panic!() };
    assert_eq!((view.query.of(text), view.with_data), ("SELECT 1", false));
    let text = "CREATE TABLE t AS SELECT 1 WITH DATA";
    let Ddl::CreateTable(table) = one(text) else { panic!() };
    assert_eq!((table.as_query.map(|query| query.of(text)), table.with_no_data), (Some("SELECT 1"), false));
}

#[test]
fn schema_elements_have_their_own_places() {
    let text = "CREATE SCHEMA s CREATE TABLE t (a int) CREATE INDEX ON t (a) GRANT CREATE, USAGE ON SCHEMA s TO joe";
    let Ddl::CreateSchema(schema) = one(text) else { panic!() };
    let [Ddl::CreateTable(table), Ddl::CreateIndex(_), Ddl::Grant(_)] = schema.elements.as_slice() else {
        panic!("{:?}", schema.elements)
    };
    assert_eq!(table.name.span.of(text), "t");
}

#[test]
fn sequences_and_identities() {
    let Ddl::AlterSequence(AlterSequence { action: SequenceAction::Options(found), .. }) =
        one("ALTER SEQUENCE q AS bigint MAXVALUE 9223372036854775807 INCREMENT -1 RESTART OWNED BY s.t.a NO CYCLE")
    else {
        panic!()
    };
    assert_eq!((found.max_value, found.increment, found.cycle), (Some(i64::MAX), Some(-1), Some(false)));
    assert_eq!(found.restart, Some(Restart::AtStart));
    assert!(matches!(found.owned_by, Some(OwnedBy::Column { column, .. }) if column == "a"));
}
