//! DDL statements in, one after the other; the catalog that they leave behind out.
//!
//! What Postgres does without being told is done here too: names, backing indexes, NOT NULL of keys, columns, checks and
//! indexes of partitions. Statements that cannot be applied (an unknown table) are complaints; the rest goes on.

mod alter;
mod ask;
mod attached;
mod complaint;
mod counts;
mod dumped;
mod effort;
mod family;
mod full;
mod index;
mod lines;
mod names;
mod objects;
mod policies;
mod relations;
mod rename;
mod routines;
mod seen;
mod sequences;
mod session;
mod table;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::catalog::model::{Catalog, Column, Constraint, ConstraintKind, Index, Origin, SourceLine, Table, TableName};
use crate::catalog::text::Text;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{ActionKind, QualifiedName, Scope};

pub use complaint::{Complaint, ComplaintKind};
use complaint::{GIVE_BEFORE, shown};
use full::Part;

/// Schema in which temporary tables live while the files are replayed.
const TEMPORARY: &str = "pg_temp";

/// Adds one with little room for more: thousands of tables have few columns, constraints and indexes each.
fn grow<T>(list: &mut Vec<T>, one: T) {
    if list.len() == list.capacity() {
        list.reserve_exact(1 + list.len() / 8);
    }
    list.push(one);
}

/// Whether the statement changes a catalog, or may.
pub fn concerns(ddl: &Ddl) -> bool {
    matches!(
        ddl,
        Ddl::CreateTable(_)
            | Ddl::AlterTable(_)
            | Ddl::CreateIndex(_)
            | Ddl::AlterIndex(_)
            | Ddl::Drop(_)
            | Ddl::CreateView(_)
            | Ddl::CreateType(_)
            | Ddl::MoveType { .. }
            | Ddl::CreateExtension(_)
            | Ddl::CreateSchema(_)
            | Ddl::RenameSchema { .. }
            | Ddl::CreateSequence(_)
            | Ddl::SearchPath(..)
    )
}

/// Whether all names that were taken still are.
fn only_adds(ddl: &Ddl) -> bool {
    match ddl {
        Ddl::CreateTable(_) | Ddl::CreateIndex(_) => true,
        Ddl::AlterTable(alter) => alter
            .actions
            .iter()
            .all(|action| matches!(action.kind, ActionKind::AddConstraint(_) | ActionKind::AddColumn { .. })),
        _ => false,
    }
}

/// A schema's name, if there is such a text; nearly all tables are in one schema.
fn schema_text(schema: &str) -> Option<Text> {
    static PUBLIC: LazyLock<Text> = LazyLock::new(|| Text::new("public"));
    if schema == "public" { Some(PUBLIC.clone()) } else { Text::known(schema) }
}

type Applied = Result<(), Complaint>;

/// The catalog in the making, with the session's state.
#[derive(Debug)]
pub struct Replay {
    catalog: Catalog,
    search_path: Vec<String>,
    session: session::Session,
    /// Tables that have another name than in the catalog that the replay began with, by the name that they have now.
    renamed: BTreeMap<TableName, TableName>,
    attached: attached::Attached,
    /// A temporary table was made: without one their schema need not be searched for tables.
    temporary: bool,
    /// Of names in that schema, as long as none becomes free.
    passes: Option<(Text, names::Passes)>,
    complaints: Vec<Complaint>,
    /// What is left out of tables that have too much of it.
    full: full::Full,
    routines: routines::Routines,
    extensions: BTreeSet<String>,
    /// Of types and sequences, without schemas.
    type_names: counts::Counts<String>,
    sequence_names: counts::Counts<Text>,
    /// Where the lines of the statement at hand begin.
    lines: lines::Lines,
    seen: seen::Seen,
}

impl Default for Replay {
    fn default() -> Self {
        let catalog = Catalog { origin: Origin::Ddl, search_path: vec!["public".into()], ..Catalog::default() };
        Replay {
            catalog,
            search_path: vec!["public".into()],
            session: session::Session::default(),
            renamed: BTreeMap::new(),
            attached: attached::Attached::default(),
            temporary: false,
            passes: None,
            complaints: Vec::new(),
            full: full::Full::default(),
            routines: routines::Routines::default(),
            extensions: BTreeSet::new(),
            type_names: counts::Counts::default(),
            sequence_names: counts::Counts::default(),
            lines: lines::Lines::default(),
            seen: seen::Seen::default(),
        }
    }
}

impl Replay {
    /// As [`Self::apply`] with the statement's text, of which the spans in `ddl` are offsets: columns and constraints then have
    /// lines of their own.
    pub fn apply_text(&mut self, ddl: &Ddl, text: &str, at: &SourceLine) -> Vec<Complaint> {
        if matches!(ddl, Ddl::CreateTable(_) | Ddl::AlterTable(_)) {
            self.lines = lines::Lines::of(text, at);
        }
        let complaints = self.apply(ddl, at);
        if let Ddl::CreateView(view) = ddl {
            self.note_reads(view, text);
        }
        self.lines = lines::Lines::default();
        if let Ddl::CreateView(view) = ddl {
            self.set_view_query(&view.name, view.query.of(text));
        }
        complaints
    }

    /// Applies one statement that stands at `at`; gives what could not be applied of it.
    pub fn apply(&mut self, ddl: &Ddl, at: &SourceLine) -> Vec<Complaint> {
        let result = match ddl {
            Ddl::CreateTable(table) => self.create_table(table, at),
            Ddl::AlterTable(alter) => self.alter_table(alter, at),
            Ddl::CreateIndex(index) => self.create_index(index, at),
            Ddl::AlterIndex(alter) => self.alter_index(alter),
            Ddl::Drop(drop) => self.drop(drop),
            Ddl::CreateView(view) => self.create_view(view, at),
            Ddl::RefreshMaterializedView(refresh) => self.refresh(refresh),
            Ddl::CreateType(def) => self.create_type(def),
            Ddl::AlterDomain(alter) => self.alter_domain(alter),
            Ddl::MoveType { name, to } => self.move_type(name, to),
            Ddl::CreateExtension(extension) => self.create_extension(&extension.name.text),
            Ddl::RenameSchema { name, to } => self.rename_schema(&name.text, &to.text),
            Ddl::SearchPath(path, scope) => self.set_search_path(path, *scope),
            Ddl::CreateSchema(schema) => self.create_schema(schema, at),
            Ddl::Reset(None) => self.set_search_path(&["public".into()], Scope::Session),
            Ddl::CreatePolicy(policy) => self.create_policy(policy, at),
            Ddl::AlterPolicy(policy) => self.alter_policy(policy, at),
            Ddl::Routine(routine) => self.create_routine(routine, at),
            Ddl::AlterRoutine(alter) => self.alter_routine(alter),
            Ddl::CreateSequence(def) => self.create_sequence(def, at),
            Ddl::AlterSequence(alter) => self.alter_sequence(alter),
            Ddl::Comment(comment) => self.comment(comment),
            Ddl::Transaction(control) => self.control(control),
            // What leaves tables, columns, constraints, indexes and types as they are.
            _ => Ok(()),
        };
        self.seen.catch_up(&self.catalog);
        if !only_adds(ddl) {
            self.passes = None;
        }
        let mut complaints = std::mem::take(&mut self.complaints);
        complaints.extend(result.err());
        complaints.extend(self.seen.complaint().map(Complaint::new));
        complaints
    }

    /// Goes on from a catalog that was read elsewhere.
    pub fn from(mut catalog: Catalog) -> Self {
        let routines = std::mem::take(&mut catalog.routines).into_iter().collect();
        let extensions = std::mem::take(&mut catalog.extensions).into_iter().collect();
        let search_path =
            if catalog.search_path.is_empty() { vec!["public".into()] } else { catalog.search_path.clone() };
        let session = session::Session::of(&search_path);
        let temporary = catalog.tables.keys().any(|name| name.schema == TEMPORARY);
        let mut replay = Replay { catalog, search_path, session, temporary, routines, extensions, ..Replay::default() };
        replay.seen.read(&replay.catalog);
        replay.catalog.types.keys().for_each(|name| replay.type_names.add(&objects::last_part(name).to_owned()));
        replay.catalog.sequences.keys().for_each(|name| replay.sequence_names.add(&name.name));
        replay
    }

    /// As it stands now; temporary tables are in schema `pg_temp`. Routines and extensions are in it from [`Self::end`] on.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The table, view or the like that a name means in this session.
    pub fn table(&self, name: &QualifiedName) -> Option<(TableName, &Table)> {
        let found = self.find_table(name)?;
        let table = self.catalog.tables.get(&found)?;
        Some((found, table))
    }

    /// What a table was called in the catalog that the replay began with.
    pub fn called_at_first<'n>(&'n self, table: &'n TableName) -> &'n TableName {
        self.renamed.get(table).unwrap_or(table)
    }

    /// Tables that have another name than at first, with that.
    pub fn renamed(&self) -> BTreeMap<TableName, TableName> {
        let others = self.renamed.iter().filter(|(now, at_first)| now != at_first);
        others.map(|(now, at_first)| (now.clone(), at_first.clone())).collect()
    }

    /// The index that a name means, with its table.
    pub fn index(&self, name: &QualifiedName) -> Option<(TableName, &Index)> {
        let (table, at) = self.find_index(name)?;
        let index = self.catalog.tables.get(&table)?.indexes.get(at)?;
        Some((table, index))
    }

    /// What a name means when no such relation is known: it stands where a new one would.
    pub fn name(&self, name: &QualifiedName) -> TableName {
        self.find_table(name).unwrap_or_else(|| self.new_name(name))
    }

    /// Whether everything that the database holds is known from here on: nothing was left out or not understood.
    pub fn say_complete(&mut self, complete: bool) {
        self.catalog.complete = complete && !self.catalog.tables.is_empty();
    }

    /// Nothing is applied any more: what only that needs goes.
    pub fn end(&mut self) {
        self.seen = seen::Seen::default();
        self.attached = attached::Attached::default();
        self.passes = None;
        self.hand_over();
    }

    /// What is kept apart while statements are applied.
    fn hand_over(&mut self) {
        self.catalog.routines.extend(std::mem::take(&mut self.routines));
        self.catalog.extensions.extend(std::mem::take(&mut self.extensions));
    }

    /// The catalog, without what was temporary.
    pub fn finish(mut self) -> Catalog {
        self.hand_over();
        self.catalog.tables.retain(|name, _| name.schema != TEMPORARY);
        self.catalog
    }

    /// The name that a new relation gets.
    fn new_name(&self, name: &QualifiedName) -> TableName {
        let schema = match &name.schema {
            Some(schema) => schema.clone(),
            None => self.search_path.first().cloned().unwrap_or_else(|| "public".into()),
        };
        TableName { schema: schema_text(&schema).unwrap_or_else(|| schema.into()), name: name.name.as_str().into() }
    }

    /// The schemas in which an unqualified name is looked for: temporary tables come first (documentation, "The Schema
    /// Search Path").
    fn schemas<'s>(&'s self, name: &'s QualifiedName) -> impl Iterator<Item = &'s str> {
        let path = self.search_path.iter().map(String::as_str);
        let public =
            ["public"].into_iter().filter(move |public| self.search_path.iter().all(|schema| schema != public));
        let unqualified = [TEMPORARY].into_iter().chain(path).chain(public);
        name.schema.as_deref().into_iter().chain(unqualified).take(if name.schema.is_some() { 1 } else { usize::MAX })
    }

    fn find_table(&self, name: &QualifiedName) -> Option<TableName> {
        let wanted = Text::known(&name.name)?;
        let mut schemas = self.schemas(name).filter(|schema| self.temporary || *schema != TEMPORARY);
        schemas.find_map(|schema| {
            let found = TableName { schema: schema_text(schema)?, name: wanted.clone() };
            self.catalog.tables.contains_key(&found).then_some(found)
        })
    }

    fn known_table(&self, name: &QualifiedName) -> Result<TableName, Complaint> {
        self.find_table(name).ok_or_else(|| Complaint::unknown_table(name))
    }

    /// The table of that index, and its place there.
    fn find_index(&self, name: &QualifiedName) -> Option<(TableName, usize)> {
        let wanted = Text::known(&name.name)?;
        let candidates = self.seen.tables_with(&name.name);
        self.schemas(name).find_map(|schema| {
            candidates.iter().filter(|table| table.schema == schema).find_map(|table_name| {
                let table = self.catalog.tables.get(table_name)?;
                let at = table.indexes.iter().position(|index| index.name == wanted)?;
                Some(((*table_name).clone(), at))
            })
        })
    }

    /// Tables of the schema that may have an index or a constraint of that name.
    fn having<'s>(&'s self, schema: &'s Text, name: &str) -> impl Iterator<Item = &'s Table> {
        let candidates = self.seen.tables_with(name).into_iter().filter(move |table| table.schema == *schema);
        candidates.filter_map(|table| self.catalog.tables.get(table))
    }

    /// Whether a table or an index of the schema is called so.
    pub fn relation_exists(&self, schema: &Text, name: &str) -> bool {
        // What has no number is no name of anything.
        let Some(text) = Text::known(name) else { return false };
        self.having(schema, name).any(|table| table.indexes.iter().any(|index| index.name == text))
            || self.catalog.tables.contains_key(&TableName { schema: schema.clone(), name: text })
    }

    fn constraint_exists(&self, schema: &Text, name: &str) -> bool {
        let Some(text) = Text::known(name) else { return false };
        self.having(schema, name).any(|table| table.constraints.iter().any(|constraint| constraint.name == text))
    }

    /// For what gives it no name, key, parent or view that [`seen::Seen`] would have to know.
    fn table_mut(&mut self, name: &TableName) -> Result<&mut Table, Complaint> {
        self.catalog.tables.get_mut(name).ok_or_else(|| Complaint::unknown(name))
    }

    /// For any change.
    fn touched_mut(&mut self, name: &TableName) -> Result<&mut Table, Complaint> {
        self.seen.touch(name);
        self.table_mut(name)
    }

    /// Its columns; what else it has stays as it is.
    fn columns_mut(&mut self, table: &TableName) -> Result<&mut Vec<Column>, Complaint> {
        let table = self.catalog.tables.get_mut(table).ok_or_else(|| Complaint::unknown(table))?;
        Ok(&mut table.columns)
    }

    fn columns(&self, table: &TableName) -> Result<&[Column], Complaint> {
        let table = self.catalog.tables.get(table).ok_or_else(|| Complaint::unknown(table))?;
        Ok(&table.columns)
    }

    /// Unless it has one of that name.
    fn add_to_constraints(&mut self, table: &TableName, made: &Constraint) -> Applied {
        let may_have = self.seen.may_have(table, &made.name);
        let known = self.catalog.tables.get(table).ok_or_else(|| Complaint::unknown(table))?;
        if !self.full.has_room(table, Part::Constraint, known.constraints.len(), &mut self.complaints) {
            return Ok(());
        }
        let found = self.table_mut(table)?;
        if may_have && found.constraints.iter().any(|present| present.name == made.name) {
            return Ok(());
        }
        grow(&mut found.constraints, made.clone());
        self.seen.named(table, &made.name);
        if let ConstraintKind::ForeignKey { references, .. } = &made.kind {
            self.seen.refers(table, references);
        }
        Ok(())
    }

    fn add_to_indexes(&mut self, table: &TableName, made: Index) -> Applied {
        let known = self.catalog.tables.get(table).ok_or_else(|| Complaint::unknown(table))?;
        if !self.full.has_room(table, Part::Index, known.indexes.len(), &mut self.complaints) {
            return Ok(());
        }
        self.seen.named(table, &made.name);
        grow(&mut self.table_mut(table)?.indexes, made);
        Ok(())
    }

    fn insert_table(&mut self, name: &TableName, table: Table) {
        self.temporary |= name.schema == TEMPORARY;
        self.seen.note(name, &table);
        self.catalog.tables.insert(name.clone(), table);
    }

    fn index_key(&self, table: &TableName, index: &Index) -> TableName {
        TableName { schema: table.schema.clone(), name: index.name.clone() }
    }
}
