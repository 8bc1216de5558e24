//! A join and the catalog in; the constraint that proves it redundant, or nothing, out.
//!
//! Where the proof fails, with what was seen on a server: a foreign key that is NOT VALID or deferrable (rows without a
//! partner), row security on the parent (partners that this user does not see), any other condition on the parent, tables that others
//! inherit from (whose rows no key covers), a sample of the parent, a deferrable or partial unique key (more than one partner), outer joins around.

use crate::catalog::model::{Constraint, ConstraintKind, Table, TableKind};
use crate::catalog::text::Text;
use crate::catalog::text::listed;
use crate::rules::context::QueryCx;
use crate::rules::{scope, walk};
use crate::sql::facts::{Block, Join, Operand, Place, Predicate, Relation, Span, Value};

/// An inner join of a parent that a foreign key makes redundant.
#[derive(Clone, Debug)]
pub struct ByForeignKey<'a> {
    /// The child's source in the block.
    pub child: usize,
    /// `orders_customer_id_fkey: FOREIGN KEY (customer_id) REFERENCES customers (id)`
    pub statement: String,
    /// Columns of the foreign key that may be NULL: such rows have no partner.
    pub nullable: Vec<&'a str>,
    /// Spans of the join's equalities.
    pub links: Vec<Span>,
    /// Other uses of the parent's key, each with the child's column that takes its place.
    pub replaced: Vec<(Span, &'a str)>,
}

/// The unique key that gives a LEFT JOIN one partner at most, when nothing of the source is used.
pub fn by_unique_key(cx: &QueryCx<'_>, index: usize, block: &Block, source: usize) -> Option<String> {
    let joined = &block.sources[source];
    let (name, table) = scope::table_of(cx.catalog?, joined)?;
    if !matches!(table.kind, TableKind::Table | TableKind::Partitioned | TableKind::Partition)
        || scope::has_heirs(cx.catalog?, name)
        || is_used(cx, index, block, source)?
    {
        return None;
    }
    let equated: Vec<&str> = joined
        .on
        .iter()
        .filter_map(scope::equality)
        .filter_map(|(left, right)| {
            let own = |operand| {
                let column = scope::plain_column(operand)?;
                (scope::home(cx, index, column) == Some((index, source))).then_some(column.name.as_str())
            };
            // A sub-select or a function may give another value for each row of the source.
            let foreign = |operand: &Operand| match &operand.value {
                Value::Column(column) => scope::home(cx, index, column).is_some_and(|at| at != (index, source)),
                Value::Constant(_) | Value::Parameter(_) => true,
                _ => false,
            };
            own(left).filter(|_| foreign(right)).or_else(|| own(right).filter(|_| foreign(left)))
        })
        .collect();
    let key = table.key_within(&equated)?;
    Some(format!("{}: unique ({}) of {}", key.name, key.columns.join(", "), name.name))
}

/// Whether any column of the source is used outside its own ON; `None` when a name cannot be settled.
fn is_used(cx: &QueryCx<'_>, index: usize, block: &Block, source: usize) -> Option<bool> {
    for used in &block.uses {
        if used.place != Place::On(source) && scope::home(cx, index, &used.column)? == (index, source) {
            return Some(true);
        }
    }
    Some(false)
}

pub fn by_foreign_key<'a>(cx: &QueryCx<'a>, index: usize, block: &'a Block, source: usize) -> Option<ByForeignKey<'a>> {
    let catalog = cx.catalog?;
    let joined = &block.sources[source];
    let (name, table) = scope::table_of(catalog, joined)?;
    let parent_is_plain = matches!(table.kind, TableKind::Table | TableKind::Partitioned)
        && !table.row_security
        && !scope::has_heirs(catalog, name)
        && !scope::is_sample(cx, joined)
        && matches!(joined.join, Join::First | Join::Inner | Join::Comma);
    // Later outer joins onto this source, and outer joins that fill the child with NULLs, are another matter.
    let around = block.sources.iter().any(|other| matches!(other.join, Join::Right | Join::Full));
    if !parent_is_plain || around {
        return None;
    }
    let links = links(cx, index, block, source);
    for (child, other) in block.sources.iter().enumerate().filter(|(child, _)| *child != source) {
        if !matches!(other.join, Join::First | Join::Inner | Join::Comma | Join::Cross)
            || !matches!(other.relation, Relation::Table(_))
        {
            continue;
        }
        let Some((child_name, child_table)) = scope::table_of(catalog, other) else { continue };
        // Rows of heirs come along, and the foreign key does not speak of them (documentation, "Inheritance", caveats).
        if scope::has_heirs(catalog, child_name)
            || (child_table.parent.is_some() && child_table.kind != TableKind::Partition)
        {
            continue;
        }
        for constraint in &child_table.constraints {
            let ConstraintKind::ForeignKey { references, referenced_columns } = &constraint.kind else { continue };
            if references != name || !constraint.validated || constraint.deferrable {
                continue;
            }
            let pairs: Vec<(&str, &str)> =
                constraint.columns.iter().map(Text::as_str).zip(referenced_columns.iter().map(Text::as_str)).collect();
            let Some(used) = covered(&links, child, &pairs) else { continue };
            if !same_types(child_table, table, &pairs) {
                continue;
            }
            let replaced = replaced(cx, index, block, source, &pairs, &used)?;
            return Some(ByForeignKey {
                child,
                statement: statement(&child_name.name, constraint, &name.name, referenced_columns),
                nullable: nullable(child_table, constraint),
                links: used,
                replaced,
            });
        }
    }
    None
}

/// An equality of a column of the source with a column of another: (own column, other source, its column, where).
struct Link<'a> {
    own: &'a str,
    other: usize,
    column: &'a str,
    span: Span,
}

fn links<'a>(cx: &QueryCx<'_>, index: usize, block: &'a Block, source: usize) -> Vec<Link<'a>> {
    let inner =
        |s: &&crate::sql::facts::Source| matches!(s.join, Join::First | Join::Inner | Join::Comma | Join::Cross);
    let predicates = block.filters.iter().chain(block.sources.iter().filter(inner).flat_map(|s| &s.on));
    let mut found = Vec::new();
    for predicate in predicates {
        let Some((left, right)) = scope::equality(predicate) else { continue };
        let (Some(left), Some(right)) = (scope::plain_column(left), scope::plain_column(right)) else { continue };
        let (Some(l), Some(r)) = (scope::home(cx, index, left), scope::home(cx, index, right)) else { continue };
        if l.0 != index || r.0 != index || l.1 == r.1 {
            continue;
        }
        let span = predicate.span;
        if l.1 == source {
            found.push(Link { own: &left.name, other: r.1, column: &right.name, span });
        } else if r.1 == source {
            found.push(Link { own: &right.name, other: l.1, column: &left.name, span });
        }
    }
    found
}

/// The spans of the equalities, if there is one for every pair of (child column, parent column) and no other equality
/// with this child.
fn covered(links: &[Link<'_>], child: usize, pairs: &[(&str, &str)]) -> Option<Vec<Span>> {
    let with_child: Vec<&Link<'_>> = links.iter().filter(|link| link.other == child).collect();
    let is_pair = |link: &&Link<'_>| pairs.contains(&(link.column, link.own));
    let complete = pairs.iter().all(|(fk, pk)| with_child.iter().any(|link| link.column == *fk && link.own == *pk));
    (complete && with_child.iter().all(is_pair)).then(|| with_child.iter().map(|link| link.span).collect())
}

/// Uses of the parent outside the links: all of them must be of its key, in places where the child's column can stand.
fn replaced<'a>(
    cx: &QueryCx<'_>,
    index: usize,
    block: &Block,
    source: usize,
    pairs: &[(&'a str, &'a str)],
    links: &[Span],
) -> Option<Vec<(Span, &'a str)>> {
    let mut found = Vec::new();
    for used in &block.uses {
        let at = scope::home(cx, index, &used.column)?;
        if at != (index, source) {
            continue;
        }
        let span = used.column.span;
        if links.iter().any(|link| link.start <= span.start && span.end <= link.end) {
            continue;
        }
        let movable =
            matches!(used.place, Place::Projection | Place::Where | Place::GroupBy | Place::Having | Place::OrderBy);
        let (fk, _) = pairs.iter().find(|(_, pk)| *pk == used.column.name)?;
        if !movable {
            return None;
        }
        found.push((span, *fk));
    }
    // A bare column as output names the result's column, which must stay.
    let renamed = |span: &Span, fk: &str| {
        block.projection.iter().any(|output| match output {
            crate::sql::facts::Output::Expr { operand, alias: None } => {
                scope::plain_column(operand).is_some_and(|column| column.span == *span && column.name != fk)
            }
            _ => false,
        })
    };
    if found.iter().any(|(span, fk)| renamed(span, fk)) || mentions_whole_row(block, source) {
        return None;
    }
    Some(found)
}

/// Nothing but the links may stand in a condition that is not made of resolved columns: a predicate that the facts could not
/// take apart and that names the source by text is left alone by `uses` already; what is left are whole-row references.
fn mentions_whole_row(block: &Block, source: usize) -> bool {
    let alias = &block.sources[source].alias;
    let is_row = |predicate: &Predicate| matches!(&predicate.test, crate::sql::facts::Test::Other { columns } if columns.iter().any(|c| c.name == *alias));
    walk::conjuncts(block).any(is_row)
        || block.uses.iter().any(|used| used.column.qualifier.is_none() && used.column.name == *alias)
}

fn same_types(child: &Table, parent: &Table, pairs: &[(&str, &str)]) -> bool {
    pairs.iter().all(|(fk, pk)| match (child.column(fk), parent.column(pk)) {
        (Some(a), Some(b)) => a.type_name == b.type_name && a.collation == b.collation,
        _ => false,
    })
}

fn nullable<'a>(child: &'a Table, constraint: &'a Constraint) -> Vec<&'a str> {
    let can_be_null = |column: &&Text| !child.column(column).is_some_and(|known| known.not_null);
    constraint.columns.iter().filter(can_be_null).map(Text::as_str).collect()
}

fn statement(child: &str, constraint: &Constraint, parent: &str, referenced: &[Text]) -> String {
    format!(
        "{} of {child}: FOREIGN KEY ({}) REFERENCES {parent} ({})",
        constraint.name,
        listed(&constraint.columns),
        listed(referenced)
    )
}
