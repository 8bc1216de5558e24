//! A statement that clients may notice in; what its script does with the same names before and after it out.

use crate::catalog::model::TableName;
use crate::rules::draft::Draft;
use crate::rules::lint::context::StatementCx;
use crate::rules::lint::lived::Newness;
use crate::script::model::{Statement, Within};
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{
    ActionKind, AlterTable, MoveTo, Name, ObjectAction, ObjectKind, QualifiedName, SequenceAction,
};

/// The statement, unless it stands in a routine's body and so does not run now.
pub fn runs<'a>(cx: &StatementCx<'a>) -> Option<&'a Ddl> {
    cx.ddl().filter(|_| cx.within != Some(Within::Routine))
}

/// Kinds that replace each other under one name are one kind.
fn space(kind: ObjectKind) -> ObjectKind {
    use ObjectKind as K;
    match kind {
        K::View | K::MaterializedView | K::ForeignTable => K::Table,
        K::Domain => K::Type,
        K::Procedure | K::Routine | K::Aggregate => K::Function,
        other => other,
    }
}

/// The object that the statement makes, or gives a name to.
fn gives(ddl: &Ddl) -> Option<(ObjectKind, &str)> {
    use ObjectKind as K;
    Some(match ddl {
        Ddl::CreateTable(table) => (K::Table, &table.name.name),
        Ddl::CreateView(view) => (K::Table, &view.name.name),
        Ddl::CreateType(def) => (K::Type, &def.name.name),
        Ddl::CreateSchema(schema) => (K::Schema, &schema.name.text),
        Ddl::CreateExtension(extension) => (K::Extension, &extension.name.text),
        Ddl::CreateSequence(sequence) => (K::Sequence, &sequence.name.name),
        Ddl::Routine(routine) => (K::Function, &routine.name.name),
        Ddl::CreateTrigger(trigger) => (K::Trigger, &trigger.name.text),
        Ddl::CreatePolicy(policy) => (K::Policy, &policy.name.text),
        Ddl::CreateRule(rule) => (K::Rule, &rule.name.text),
        Ddl::CreateEventTrigger(trigger) => (K::EventTrigger, &trigger.name.text),
        _ => {
            let (kind, _, to) = renames(ddl)?;
            (kind, &to.text)
        }
    })
}

/// What the statement renames: its kind (tables stand for views too), its old name and its new one.
pub fn renames(ddl: &Ddl) -> Option<(ObjectKind, &str, &Name)> {
    use ObjectKind as K;
    let (kind, name, to) = match ddl {
        Ddl::AlterTable(alter) => (K::Table, alter.name.name.as_str(), moved(alter)?),
        Ddl::MoveType { name, to } => (K::Type, name.name.as_str(), to),
        Ddl::RenameSchema { name, to } => return Some((K::Schema, name.text.as_str(), to)),
        Ddl::AlterSequence(alter) => match &alter.action {
            SequenceAction::Move(to) => (K::Sequence, alter.name.name.as_str(), to),
            _ => return None,
        },
        Ddl::AlterRoutine(alter) => match &alter.action {
            ObjectAction::Move(to) => (K::Function, alter.name.name.as_str(), to),
            _ => return None,
        },
        Ddl::AlterObject(alter) => match (&alter.action, &alter.name) {
            (ObjectAction::Move(to), Some(name)) => (space(alter.kind), name.name.as_str(), to),
            _ => return None,
        },
        Ddl::AlterTrigger(alter) => match &alter.action {
            ObjectAction::Move(to) => (K::Trigger, alter.name.text.as_str(), to),
            _ => return None,
        },
        _ => return None,
    };
    match to {
        MoveTo::Name(to) => Some((kind, name, to)),
        MoveTo::Schema(_) => None,
    }
}

fn moved(alter: &AlterTable) -> Option<&MoveTo> {
    alter.actions.iter().find_map(|action| match &action.kind {
        ActionKind::Move(to) => Some(to),
        _ => None,
    })
}

/// Statements of the script that go the same way as the one at hand, those of DO blocks among them, with where each begins.
fn all<'a>(cx: &StatementCx<'a>) -> impl Iterator<Item = (usize, &'a Statement, &'a Ddl)> {
    let direction = cx.statement.direction;
    let same = cx.script.statements.iter().filter(move |statement| statement.direction == direction);
    same.flat_map(|statement| {
        let inner = statement.inner.iter().filter(|inner| inner.within == Within::DoBlock);
        let inner = inner.map(|inner| (inner.span.start, &inner.content));
        let own = std::iter::once((statement.span.start, &statement.content));
        own.chain(inner).filter_map(move |(start, content)| Some((start, statement, content.ddl()?)))
    })
}

/// Statements of the script that come after the one at hand.
pub fn later<'a>(cx: &StatementCx<'a>) -> impl Iterator<Item = (&'a Statement, &'a Ddl)> {
    let here = cx.start;
    all(cx).filter(move |(start, ..)| *start > here).map(|(_, statement, ddl)| (statement, ddl))
}

/// Statements of the script that come before the one at hand.
pub fn earlier<'a>(cx: &StatementCx<'a>) -> impl Iterator<Item = (&'a Statement, &'a Ddl)> {
    let here = cx.start;
    all(cx).filter(move |(start, ..)| *start < here).map(|(_, statement, ddl)| (statement, ddl))
}

/// Whether two statements become visible to others at the same moment.
fn at_once(one: &Statement, other: &Statement) -> bool {
    one.span == other.span || one.transaction.is_some() && one.transaction == other.transaction
}

fn is_given(ddl: &Ddl, kind: ObjectKind, name: &str) -> bool {
    gives(ddl).is_some_and(|(given, called)| space(given) == space(kind) && called == name)
}

/// Whether the script gives the name to something of the kind again.
pub fn comes_back(cx: &StatementCx<'_>, kind: ObjectKind, name: &str) -> bool {
    later(cx).any(|(_, ddl)| is_given(ddl, kind, name))
}

/// As [`comes_back`], before anybody can see that it was gone.
pub fn comes_back_at_once(cx: &StatementCx<'_>, kind: ObjectKind, name: &str) -> bool {
    later(cx).any(|(statement, ddl)| at_once(statement, cx.statement) && is_given(ddl, kind, name))
}

/// Whether an earlier statement of the script made the object, or renamed it to this.
pub fn given_here(cx: &StatementCx<'_>, kind: ObjectKind, name: &str) -> bool {
    earlier(cx).any(|(_, ddl)| is_given(ddl, kind, name))
}

/// Whether an earlier statement took the name from what had it: something else is put in its place.
pub fn freed_here(cx: &StatementCx<'_>, kind: ObjectKind, name: &str) -> bool {
    earlier(cx).any(|(_, ddl)| match ddl {
        Ddl::Drop(drop) => space(drop.kind) == space(kind) && drop.names.iter().any(|gone| gone.name == name),
        _ => renames(ddl).is_some_and(|(moved, from, _)| space(moved) == space(kind) && from == name),
    })
}

/// Whether a table made or deployed with this script brought the column: then nobody knows it yet.
pub fn is_new_column(cx: &StatementCx<'_>, table: &QualifiedName, column: &str) -> bool {
    let added = earlier(cx).filter_map(|(_, ddl)| match ddl {
        Ddl::AlterTable(alter) if alter.name.name == table.name => Some(alter),
        _ => None,
    });
    let mut actions = added.flat_map(|alter| &alter.actions);
    let here = actions
        .any(|action| matches!(&action.kind, ActionKind::AddColumn { column: def, .. } if def.name.text == column));
    let found = cx.replay.table(table).and_then(|(_, table)| table.column(column)?.defined_at.clone());
    here || found.is_some_and(|at| *at.path == *cx.script.path || cx.target.is_deployed(&at.path))
}

/// Whether a catalog in which there is something does not know the object; `false` also where a catalog does not keep such objects.
pub fn is_unknown(cx: &StatementCx<'_>, kind: ObjectKind, name: &QualifiedName) -> bool {
    use ObjectKind as K;
    let catalog = cx.replay.catalog();
    if catalog.tables.is_empty() {
        return false;
    }
    let is_type = |known: &String| *known == name.name || known.rsplit('.').next() == Some(name.name.as_str());
    match space(kind) {
        K::Table => cx.replay.table(name).is_none(),
        K::Type => !catalog.types.keys().any(is_type),
        K::Function => !catalog.routines.iter().any(|routine| routine.name.name == name.name),
        K::Sequence => !catalog.sequences.keys().any(|known| known.name == name.name),
        K::Extension => !catalog.extensions.contains(&name.name),
        _ => false,
    }
}

/// Whether clients can be using what is called so: it is no relation that this script made, nor a temporary one.
pub fn is_old(cx: &StatementCx<'_>, kind: ObjectKind, name: &QualifiedName) -> bool {
    !given_here(cx, kind, &name.name)
        && (space(kind) != ObjectKind::Table || cx.newness(&cx.replay.name(name)) == Newness::Old)
}

/// Whether the server is known to refuse the statement: then nothing is lost, and nobody waits.
pub fn is_refused(cx: &StatementCx<'_>) -> bool {
    !cx.effect.fails.is_empty() && !is_conditional(cx)
}

/// Whether it stands in a branch of a DO block, and so may not run.
pub fn is_conditional(cx: &StatementCx<'_>) -> bool {
    let all = &cx.statement.inner;
    let inner = all.get(all.partition_point(|inner| inner.span.start < cx.start));
    inner.is_some_and(|inner| inner.span.start == cx.start && inner.conditional)
}

/// Adds the lock that the statement takes on the table.
pub fn held(cx: &StatementCx<'_>, table: &TableName, draft: Draft) -> Draft {
    cx.effect.lock_on(table).into_iter().fold(draft, Draft::under)
}
