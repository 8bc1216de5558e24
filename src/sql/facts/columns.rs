//! Column references: what they resolve to, where they are used, and those inside any expression.

use std::ops::ControlFlow;

use sqlparser::ast::{self, Visit, Visitor};

use super::build::{Builder, folded};
use super::{ColumnRef, ColumnUse, Operand, Place, Role, Span, Value};

impl Builder<'_, '_> {
    /// Resolves a column reference and notes its use.
    pub fn column(&mut self, block: usize, place: Place, idents: &[ast::Ident]) -> ColumnRef {
        let mut names = idents.iter().rev().map(folded);
        let name = names.next().unwrap_or_default();
        let qualifier = names.next();
        let spans = idents
            .first()
            .zip(idents.last())
            .and_then(|(first, last)| self.lines.span(first.span).zip(self.lines.span(last.span)));
        let span = spans.map_or(Span::default(), |(first, last)| Span { start: first.start, end: last.end });
        let source = self.resolve(block, qualifier.as_deref());
        let column = ColumnRef { qualifier, name, span, source };
        self.note_use(block, place, column.clone());
        column
    }

    /// The (block, source) that a qualifier names, or the only source there is.
    fn resolve(&self, block: usize, qualifier: Option<&str>) -> Option<(usize, usize)> {
        let mut at = Some(block);
        while let Some(block) = at {
            let sources = &self.blocks[block].sources;
            let found = match qualifier {
                Some(qualifier) => sources.iter().position(|source| source.alias == qualifier),
                None => match sources.len() {
                    0 => None,
                    1 => Some(0),
                    _ => return None,
                },
            };
            if let Some(source) = found {
                return Some((block, source));
            }
            at = self.outer[block];
        }
        None
    }

    pub fn note_use(&mut self, block: usize, place: Place, column: ColumnRef) {
        if let Some((owner, _)) = column.source
            && owner != block
        {
            self.blocks[owner].uses.push(ColumnUse { column: column.clone(), place: Place::Nested });
        }
        self.blocks[block].uses.push(ColumnUse { column, place });
    }

    /// Notes and gives every column of an expression, and adds the blocks of the queries in it.
    pub fn collect(&mut self, block: usize, place: Place, expr: &ast::Expr) -> Vec<ColumnRef> {
        self.collect_from(block, place, expr)
    }

    pub(super) fn collect_from(&mut self, block: usize, place: Place, node: &impl Visit) -> Vec<ColumnRef> {
        let mut collector =
            Collector { builder: self, block, place, columns: Vec::new(), nested: 0, role: Role::Scalar };
        let _: ControlFlow<()> = node.visit(&mut collector);
        collector.columns
    }
}

/// Walks an expression; what is inside a sub-select belongs to that one's block.
struct Collector<'b, 'a, 't> {
    builder: &'b mut Builder<'a, 't>,
    block: usize,
    place: Place,
    columns: Vec<ColumnRef>,
    nested: usize,
    /// Of the next sub-select.
    role: Role,
}

impl Visitor for Collector<'_, '_, '_> {
    type Break = ();

    fn pre_visit_query(&mut self, query: &ast::Query) -> ControlFlow<()> {
        if self.nested == 0 {
            let role = std::mem::replace(&mut self.role, Role::Scalar);
            self.builder.query(query, &role, Some(self.block), Some(self.block));
        }
        self.nested += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &ast::Query) -> ControlFlow<()> {
        self.nested -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &ast::Expr) -> ControlFlow<()> {
        if self.nested > 0 {
            return ControlFlow::Continue(());
        }
        let column = match expr {
            ast::Expr::Identifier(ident) if !is_default(ident) => {
                self.builder.column(self.block, self.place, std::slice::from_ref(ident))
            }
            ast::Expr::CompoundIdentifier(idents) => self.builder.column(self.block, self.place, idents),
            ast::Expr::Function(function) => {
                self.builder.note_function(self.block, self.place, function);
                return ControlFlow::Continue(());
            }
            ast::Expr::Exists { .. } => {
                self.role = Role::Exists;
                return ControlFlow::Continue(());
            }
            ast::Expr::InSubquery { expr, .. } => {
                // The operand comes before the query; only a query in the operand would take this role.
                let plain = !matches!(**expr, ast::Expr::Subquery(_));
                self.role = if plain { Role::InSubquery } else { Role::Scalar };
                return ControlFlow::Continue(());
            }
            _ => return ControlFlow::Continue(()),
        };
        self.columns.push(column);
        ControlFlow::Continue(())
    }
}

/// `DEFAULT` in VALUES and SET.
pub(super) fn is_default(ident: &ast::Ident) -> bool {
    ident.quote_style.is_none() && ident.value.eq_ignore_ascii_case("default")
}

/// Every column in an operand.
pub(super) fn columns_of(operand: &Operand) -> Vec<super::ColumnRef> {
    match &operand.value {
        Value::Column(column) => vec![column.clone()],
        Value::Cast { operand, .. } => columns_of(operand),
        Value::Function { args, .. } | Value::Row(args) => args.iter().flat_map(columns_of).collect(),
        Value::Expression { columns } => columns.clone(),
        Value::Constant(_) | Value::Parameter(_) | Value::Subquery(_) | Value::Star => Vec::new(),
    }
}
