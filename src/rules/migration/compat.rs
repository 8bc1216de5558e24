//! A statement that clients may notice in; what its script does with the same names before and after it out.

use crate::catalog::model::TableName;
use crate::rules::draft::Draft;
use crate::rules::lint::context::StatementCx;
use crate::rules::lint::lived::Newness;
use crate::rules::lint::names::{self, Place, space};
use crate::script::model::Within;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{AlterTable, ObjectKind, QualifiedName};

pub use crate::rules::lint::names::renames;

/// The statement, unless it stands in a routine's body and so does not run now.
pub fn runs<'a>(cx: &StatementCx<'a>) -> Option<&'a Ddl> {
    cx.ddl().filter(|_| cx.within != Some(Within::Routine))
}

/// Statements of the script that go the same way as the one at hand, those of DO blocks among them, with where each begins.
fn alike<'a>(cx: &StatementCx<'a>) -> impl Iterator<Item = (usize, &'a Ddl)> {
    let (script, direction) = (cx.script, cx.statement.direction);
    let same = names::all(script).filter(move |(place, _)| script.statements[place.statement].direction == direction);
    same.map(|(place, ddl)| (place.start, ddl))
}

/// Statements of the script that come before the one at hand.
pub fn earlier<'a>(cx: &StatementCx<'a>) -> impl Iterator<Item = &'a Ddl> {
    let here = cx.start;
    alike(cx).filter(move |(start, _)| *start < here).map(|(_, ddl)| ddl)
}

fn alter<'a>(cx: &StatementCx<'a>, place: Place) -> Option<&'a AlterTable> {
    match place.ddl(cx.script)? {
        Ddl::AlterTable(alter) => Some(alter),
        _ => None,
    }
}

/// ALTER TABLE of tables of that name, after the statement at hand.
pub fn altered_later<'a>(cx: &StatementCx<'a>, table: &str) -> impl Iterator<Item = &'a AlterTable> {
    cx.names().altered_after(cx.statement.direction, table, cx.start).filter_map(|place| alter(cx, place))
}

/// ALTER TABLE of tables of that name, before the statement at hand.
pub fn altered_earlier<'a>(cx: &StatementCx<'a>, table: &str) -> impl Iterator<Item = &'a AlterTable> {
    cx.names().altered_before(cx.statement.direction, table, cx.start).filter_map(|place| alter(cx, place))
}

/// Whether the script gives the name to something of the kind again.
pub fn comes_back(cx: &StatementCx<'_>, kind: ObjectKind, name: &str) -> bool {
    cx.names().given_after(cx.statement.direction, kind, name, cx.start).is_some()
}

/// As [`comes_back`], before anybody can see that it was gone.
pub fn comes_back_at_once(cx: &StatementCx<'_>, kind: ObjectKind, name: &str) -> bool {
    // Transactions follow each other: when the first one to come is of another, so are all.
    let next = cx.names().given_after(cx.statement.direction, kind, name, cx.start);
    next.is_some_and(|place| names::at_once(&cx.script.statements[place.statement], cx.statement))
}

/// Whether an earlier statement of the script made the object, or renamed it to this.
pub fn given_here(cx: &StatementCx<'_>, kind: ObjectKind, name: &str) -> bool {
    cx.names().is_given_before(cx.statement.direction, kind, name, cx.start)
}

/// Whether an earlier statement took the name from what had it: something else is put in its place.
pub fn freed_here(cx: &StatementCx<'_>, kind: ObjectKind, name: &str) -> bool {
    cx.names().is_freed_before(cx.statement.direction, kind, name, cx.start)
}

/// Whether a table made or deployed with this script brought the column: then nobody knows it yet.
pub fn is_new_column(cx: &StatementCx<'_>, table: &QualifiedName, column: &str) -> bool {
    let here = cx.names().adds_column_before(cx.statement.direction, table, column, cx.start);
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
    match space(kind) {
        K::Table => cx.replay.table(name).is_none(),
        K::Type => !cx.replay.has_type(&name.name),
        K::Function => !cx.replay.has_routine(&name.name),
        K::Sequence => !cx.replay.has_sequence(&name.name),
        K::Extension => !cx.replay.has_extension(&name.name),
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
