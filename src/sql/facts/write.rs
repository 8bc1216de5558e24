//! INSERT, UPDATE, DELETE and MERGE: what they write, and the block of their conditions.

use sqlparser::ast;

use super::build::{Builder, last_name};
use super::{Assigned, Assignment, InnerWrite, Join, Place, Relation, Role, Source, Write};
use crate::sql::StatementKind;
use crate::sql::keyword::Keyword as K;
use crate::sql::lexer::TokenKind;

impl Builder<'_, '_> {
    fn note_write(&mut self, role: &Role, write: Write) {
        if *role == Role::Root && self.write.is_none() {
            self.write = Some(write);
        }
    }

    pub(super) fn insert(
        &mut self,
        insert: &ast::Insert,
        role: &Role,
        parent: Option<usize>,
        outer: Option<usize>,
    ) -> Option<usize> {
        let ast::TableObject::TableName(name) = &insert.table else {
            return None;
        };
        let (target, target_span) = self.relation_name(name);
        self.tables.push((target.clone(), target_span));
        let start = self.token(insert.insert_token.0.span).unwrap_or(0);
        let values_rows = self.values_rows(start);
        self.note_write(
            role,
            Write {
                target,
                target_span,
                columns: insert.columns.iter().filter_map(last_name).collect(),
                has_where: false,
                values_rows,
                values_width: self.values_width(start),
                assignments: Vec::new(),
                on_conflict: insert.on.is_some(),
                returning: insert.returning.is_some(),
                changes_matched: false,
            },
        );
        let source = insert.source.as_deref()?;
        self.query(source, role, parent, outer)
    }

    /// The keyword VALUES of an INSERT.
    fn values(&self, start: usize) -> Option<usize> {
        let tokens = self.tokens;
        tokens
            .level(&(start..tokens.len()))
            .take_while(|&at| tokens.keyword(at) != K::Select)
            .find(|&at| tokens.keyword(at) == K::Values)
    }

    fn values_width(&self, start: usize) -> Option<usize> {
        let open = self.values(start)? + 1;
        let row = self.tokens.inside(open);
        (self.tokens.kind(open) == Some(TokenKind::LeftParen)).then(|| self.tokens.split_commas(&row).len())
    }

    /// Rows of the VALUES list of an INSERT, counted from the tokens: the parsed copy may have fewer.
    fn values_rows(&self, start: usize) -> Option<usize> {
        let tokens = self.tokens;
        let first = self.values(start)?;
        let mut rows = 0;
        let mut at = first + 1;
        while tokens.kind(at) == Some(TokenKind::LeftParen) {
            rows += 1;
            at = tokens.next_at_level(at);
            if tokens.kind(at) != Some(TokenKind::Comma) {
                break;
            }
            at += 1;
        }
        Some(rows)
    }

    pub(super) fn update(
        &mut self,
        update: &ast::Update,
        role: &Role,
        parent: Option<usize>,
        outer: Option<usize>,
    ) -> Option<usize> {
        let block = self.push_block(role, parent, outer);
        let start = self.token(update.update_token.0.span);
        let clauses = self.clauses(start, &[K::Set, K::From, K::Where, K::Returning]);
        self.blocks[block].span = clauses.span(self.tokens);
        let target_range = clauses.head();
        self.from(block, std::slice::from_ref(&update.table), &target_range);
        if let Some(ast::UpdateTableFromKind::AfterSet(from) | ast::UpdateTableFromKind::BeforeSet(from)) = &update.from
        {
            self.from(block, from, &clauses.range(K::From));
        }
        self.write_of(role, block, StatementKind::Update, |write| {
            write.columns = update.assignments.iter().flat_map(assigned).collect();
            write.has_where = update.selection.is_some();
            write.returning = update.returning.is_some();
        });
        let assignments = self.assignments(block, &update.assignments, &clauses.range(K::Set));
        if let Some(write) = self.write.as_mut().filter(|write| *role == Role::Root && write.assignments.is_empty()) {
            write.assignments = assignments;
        }
        self.filter(block, update.selection.as_ref(), &clauses);
        self.returning(block, update.returning.as_deref(), &clauses);
        Some(block)
    }

    fn assignments(
        &mut self,
        block: usize,
        assignments: &[ast::Assignment],
        range: &std::ops::Range<usize>,
    ) -> Vec<Assignment> {
        let ranges = self.item_ranges(assignments.len(), range);
        let mut found = Vec::with_capacity(assignments.len());
        for (assignment, range) in assignments.iter().zip(ranges) {
            let tokens = self.tokens;
            let equals = tokens.level(&range).find(|&at| tokens.str(at) == "=").unwrap_or(range.start);
            let value = (equals + 1).min(range.end)..range.end;
            let value = match &assignment.value {
                expr @ ast::Expr::BinaryOp { op: ast::BinaryOperator::And, .. } => {
                    Assigned::Condition(self.conjuncts(block, Place::Other, expr, &value))
                }
                expr => Assigned::Value(self.operand(block, Place::Other, expr, &value)),
            };
            found.push(Assignment { columns: assigned(assignment), span: tokens.span(&range), value });
        }
        found
    }

    pub(super) fn delete(
        &mut self,
        delete: &ast::Delete,
        role: &Role,
        parent: Option<usize>,
        outer: Option<usize>,
    ) -> Option<usize> {
        let block = self.push_block(role, parent, outer);
        let start = self.token(delete.delete_token.0.span);
        let clauses = self.clauses(start, &[K::From, K::Using, K::Where, K::Returning]);
        self.blocks[block].span = clauses.span(self.tokens);
        let (ast::FromTable::WithFromKeyword(from) | ast::FromTable::WithoutKeyword(from)) = &delete.from;
        self.from(block, from, &clauses.range(K::From));
        if let Some(using) = &delete.using {
            self.from(block, using, &clauses.range(K::Using));
        }
        self.write_of(role, block, StatementKind::Delete, |write| {
            write.has_where = delete.selection.is_some();
            write.returning = delete.returning.is_some();
        });
        self.filter(block, delete.selection.as_ref(), &clauses);
        self.returning(block, delete.returning.as_deref(), &clauses);
        Some(block)
    }

    pub(super) fn merge(
        &mut self,
        merge: &ast::Merge,
        role: &Role,
        parent: Option<usize>,
        outer: Option<usize>,
    ) -> Option<usize> {
        let block = self.push_block(role, parent, outer);
        let start = self.token(merge.merge_token.0.span);
        let clauses = self.clauses(start, &[K::Into, K::Using, K::On, K::When, K::Returning]);
        self.blocks[block].span = clauses.span(self.tokens);
        self.factor(block, &merge.table, Join::First, &clauses.range(K::Into));
        let joined = self.blocks[block].sources.len();
        self.factor(block, &merge.source, Join::Inner, &clauses.range(K::Using));
        let changes = |clause: &ast::MergeClause| {
            matches!(clause.action, ast::MergeAction::Update(_) | ast::MergeAction::Delete { .. })
        };
        let changes_matched = merge.clauses.iter().any(changes);
        self.write_of(role, block, StatementKind::Merge, |write| write.changes_matched = changes_matched);
        let on = self.conjuncts(block, Place::On(joined), &merge.on, &clauses.range(K::On));
        if let Some(source) = self.blocks[block].sources.get_mut(joined) {
            source.on = on;
        }
        Some(block)
    }

    /// Notes what the first source of a block is written with.
    fn write_of(&mut self, role: &Role, block: usize, kind: StatementKind, fill: impl FnOnce(&mut Write)) {
        let Some(Source { relation: Relation::Table(target), span, .. }) = self.blocks[block].sources.first() else {
            return;
        };
        let target_span = self
            .tables
            .iter()
            .find(|(name, at)| name == target && span.start <= at.start && at.end <= span.end)
            .map_or(*span, |(_, at)| *at);
        let mut write = Write {
            target: target.clone(),
            target_span,
            columns: Vec::new(),
            has_where: false,
            values_rows: None,
            values_width: None,
            assignments: Vec::new(),
            on_conflict: false,
            returning: false,
            changes_matched: false,
        };
        fill(&mut write);
        if *role != Role::Root && (kind != StatementKind::Merge || write.changes_matched) {
            self.inner_writes.push(InnerWrite { kind, target: write.target.clone(), target_span, block });
        }
        self.note_write(role, write);
    }
}

fn assigned(assignment: &ast::Assignment) -> Vec<String> {
    match &assignment.target {
        ast::AssignmentTarget::ColumnName(name) => last_name(name).into_iter().collect(),
        ast::AssignmentTarget::Tuple(names) => names.iter().filter_map(last_name).collect(),
    }
}
