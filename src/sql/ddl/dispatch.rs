//! The first words of a statement decide who reads the rest.

use super::cursor::{Cursor, Parsed};
use super::model::{Ddl, GrantVerb, MoveAll, Name, ObjectKind, Other, Persistence, RelationKind, RoutineKind};
use super::view::ViewHead;
use super::{
    alter, copy, definition, drop, grant, index, maintenance, object, policy, role, routine, sequence, session,
};
use super::{table, trigger, user_types, view};

type Reader = fn(&mut Cursor<'_>) -> Parsed<Ddl>;

/// Statements of which more than the verb is read.
const HEADS: &[(&[&str], Reader)] = &[
    (&["create"], create),
    (&["alter"], alter),
    (&["drop"], drop::drop),
    (&["comment", "on"], definition::comment),
    (&["set"], session::set),
    (&["begin"], session::begin),
    (&["commit"], session::commit),
    (&["grant"], |c| grant::grant(c, GrantVerb::Grant)),
    (&["revoke"], |c| grant::grant(c, GrantVerb::Revoke)),
    (&["do"], routine::anonymous),
    (&["copy"], copy::copy),
    (&["reset"], session::reset),
    (&["truncate"], maintenance::truncate),
    (&["lock"], maintenance::lock),
    (&["reindex"], maintenance::reindex),
    (&["cluster"], maintenance::cluster),
    (&["vacuum"], maintenance::vacuum),
    (&["analyze"], maintenance::analyze),
    (&["analyse"], maintenance::analyze),
    (&["refresh"], maintenance::refresh),
    (&["start", "transaction"], session::begin),
    (&["end"], session::commit),
    (&["rollback"], session::rollback),
    (&["abort"], session::rollback),
    (&["savepoint"], session::savepoint),
    (&["release"], session::release),
    (&["prepare", "transaction"], session::prepare_transaction),
    (&["prepare"], copy::prepare),
    (&["execute"], copy::execute),
    (&["explain"], copy::explain),
    (&["call"], copy::call),
    (&["reassign"], role::reassign),
    (&["security", "label"], definition::security_label),
    (&["checkpoint"], checkpoint),
];

/// Statements of which the verb and a name are enough.
const PLAIN: &[(&[&str], &str)] = &[
    (&["deallocate"], "DEALLOCATE"),
    (&["declare"], "DECLARE"),
    (&["fetch"], "FETCH"),
    (&["move"], "MOVE"),
    (&["close"], "CLOSE"),
    (&["listen"], "LISTEN"),
    (&["notify"], "NOTIFY"),
    (&["unlisten"], "UNLISTEN"),
    (&["discard"], "DISCARD"),
    (&["show"], "SHOW"),
    (&["load"], "LOAD"),
    (&["import", "foreign", "schema"], "IMPORT FOREIGN SCHEMA"),
    // Postgres 19.
    (&["repack"], "REPACK"),
    (&["wait", "for"], "WAIT"),
];

/// The statement at the cursor; `None` for queries and for nothing at all.
pub(super) fn statement(c: &mut Cursor<'_>) -> Parsed<Option<Ddl>> {
    if let Some(read) = c.choose(HEADS) {
        return read(c).map(Some);
    }
    if let Some(verb) = c.choose(PLAIN) {
        let name = if c.is_name() { c.qualified().ok() } else { None };
        c.skip_to_end();
        return Ok(Some(Ddl::Other(Other { verb, kind: None, name })));
    }
    if c.eat(&["select"]) {
        return Ok(session::set_config(c));
    }
    // A template may stand where a statement should.
    let word = c.is_name() && !c.token_text(0).starts_with([':', '$', '{', '"']);
    if word && !c.is_any(&["with", "insert", "update", "delete", "merge", "values", "table"]) {
        return c.refuse("a statement");
    }
    Ok(None)
}

fn checkpoint(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    c.skip_to_end();
    Ok(Ddl::Checkpoint)
}

fn create(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    let or_replace = c.eat(&["or", "replace"]);
    c.eat_any(&["global", "local"]);
    let persistence = if c.eat_any(&["temporary", "temp"]) {
        Persistence::Temporary
    } else if c.eat(&["unlogged"]) {
        Persistence::Unlogged
    } else {
        Persistence::Permanent
    };
    let view = |materialized, recursive| ViewHead {
        materialized,
        or_replace,
        temporary: persistence == Persistence::Temporary,
        recursive,
    };
    Ok(if c.eat(&["table"]) {
        Ddl::CreateTable(table::create_table(c, persistence, false)?)
    } else if c.eat(&["index"]) {
        Ddl::CreateIndex(index::create_index(c, false)?)
    } else if c.eat(&["unique", "index"]) {
        Ddl::CreateIndex(index::create_index(c, true)?)
    } else if c.eat(&["function"]) {
        Ddl::Routine(routine::create(c, RoutineKind::Function, or_replace)?)
    } else if c.eat(&["procedure"]) {
        Ddl::Routine(routine::create(c, RoutineKind::Procedure, or_replace)?)
    } else if c.eat(&["foreign", "table"]) {
        Ddl::CreateTable(table::create_table(c, persistence, true)?)
    } else if c.eat(&["view"]) {
        Ddl::CreateView(view::create_view(c, view(false, false))?)
    } else if c.eat(&["recursive", "view"]) {
        Ddl::CreateView(view::create_view(c, view(false, true))?)
    } else if c.eat(&["materialized", "view"]) {
        Ddl::CreateView(view::create_view(c, view(true, false))?)
    } else if c.eat(&["trigger"]) {
        Ddl::CreateTrigger(trigger::create(c, or_replace, false)?)
    } else if c.eat(&["constraint", "trigger"]) {
        Ddl::CreateTrigger(trigger::create(c, or_replace, true)?)
    } else if c.eat(&["sequence"]) {
        Ddl::CreateSequence(sequence::create(c, persistence)?)
    } else if c.eat(&["rule"]) {
        Ddl::CreateRule(trigger::create_rule(c, or_replace)?)
    } else {
        return create_other(c);
    })
}

fn create_other(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    use ObjectKind as K;
    let Some(kind) = object::kind(c) else {
        return c.refuse("what to create");
    };
    match kind {
        K::Type => Ok(Ddl::CreateType(user_types::create_type(c)?)),
        K::Domain => Ok(Ddl::CreateType(user_types::create_domain(c)?)),
        K::Extension => definition::create_extension(c),
        K::Schema => definition::create_schema(c),
        K::Policy => Ok(Ddl::CreatePolicy(policy::policy(c)?)),
        K::EventTrigger => Ok(Ddl::CreateEventTrigger(trigger::create_event_trigger(c)?)),
        K::Statistics => definition::create_statistics(c),
        K::Publication => definition::create_publication(c),
        K::Role => role::create(c),
        K::Column | K::Constraint | K::LargeObject | K::Parameter | K::Routine => c.refuse("what to create"),
        _ => definition::create_object(c, kind),
    }
}

fn alter(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    use ObjectKind as K;
    if c.eat(&["default", "privileges"]) {
        return grant::default_privileges(c);
    }
    if c.eat(&["system"]) {
        return role::alter_system(c);
    }
    let Some(kind) = object::kind(c) else {
        return c.refuse("what to alter");
    };
    let relation = match kind {
        K::Table => Some(RelationKind::Table),
        K::ForeignTable => Some(RelationKind::ForeignTable),
        K::View => Some(RelationKind::View),
        K::MaterializedView => Some(RelationKind::MaterializedView),
        _ => None,
    };
    if (relation.is_some() || kind == K::Index) && c.eat(&["all", "in", "tablespace"]) {
        return move_all(c, kind);
    }
    if let Some(relation) = relation {
        return Ok(Ddl::AlterTable(alter::alter_table(c, relation)?));
    }
    match kind {
        K::Index => Ok(Ddl::AlterIndex(index::alter_index(c)?)),
        K::Type => user_types::alter_type(c),
        K::Domain => user_types::alter_domain(c),
        K::Sequence => Ok(Ddl::AlterSequence(sequence::alter(c)?)),
        K::Schema => alter_schema(c),
        K::Extension => definition::alter_extension(c),
        K::Function | K::Procedure | K::Routine | K::Aggregate => Ok(Ddl::AlterRoutine(routine::alter(c, kind)?)),
        K::Trigger => Ok(Ddl::AlterTrigger(trigger::alter(c)?)),
        K::Policy => Ok(Ddl::AlterPolicy(policy::policy(c)?)),
        K::Publication => definition::alter_publication(c),
        K::Role => role::alter(c),
        K::Database => role::alter_database(c),
        K::Column | K::Constraint | K::Parameter | K::Cast | K::Transform => c.refuse("what to alter"),
        _ => definition::alter_object(c, kind),
    }
}

fn alter_schema(c: &mut Cursor<'_>) -> Parsed<Ddl> {
    if c.is_at(1, "rename") {
        let name: Name = c.name()?;
        c.need(&["rename", "to"], "TO")?;
        let to = c.name()?;
        c.end("the end of ALTER SCHEMA")?;
        return Ok(Ddl::RenameSchema { name, to });
    }
    definition::alter_object(c, ObjectKind::Schema)
}

/// The cursor stands after ALL IN TABLESPACE.
fn move_all(c: &mut Cursor<'_>, kind: ObjectKind) -> Parsed<Ddl> {
    let from = c.name()?;
    if c.eat(&["owned", "by"]) {
        c.names()?;
    }
    c.need(&["set", "tablespace"], "SET TABLESPACE")?;
    let to = c.name()?;
    let nowait = c.eat(&["nowait"]);
    c.end("the end of the statement")?;
    Ok(Ddl::MoveAllInTablespace(MoveAll { kind, from, to, nowait }))
}
