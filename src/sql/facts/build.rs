//! A parsed statement in, its facts out: the dispatch over kinds of statements, and what INSERT, UPDATE, DELETE and
//! MERGE write.

use sqlparser::ast;

use super::{Block, Distinct, Facts, InnerWrite, Level, RelationName, Role, Span, Write, fallback};
use crate::sql::keyword::Keyword as K;
use crate::sql::lexer::TokenKind;
use crate::sql::parse::{self, Lines, Parsed};
use crate::sql::tokens::Tokens;
use crate::sql::verb::Verb;

/// Collects the facts of one statement.
pub(super) struct Builder<'a, 't> {
    pub tokens: &'a Tokens<'t>,
    pub lines: &'a Lines,
    pub blocks: Vec<Block>,
    /// Parallel to `blocks`: the block whose sources can be named from it.
    pub outer: Vec<Option<usize>>,
    pub tables: Vec<(RelationName, Span)>,
    /// Names of the CTEs in scope.
    pub ctes: Vec<String>,
    pub write: Option<Write>,
    pub inner_writes: Vec<InnerWrite>,
    pub star: bool,
    pub set_operations: Vec<super::SetOperation>,
}

/// Facts of one statement; from its tokens if it holds no query or the parser refuses it.
pub(super) fn facts(tokens: &Tokens<'_>) -> Facts {
    let by_tokens = fallback::facts(tokens, "");
    let verb = fallback::verb(tokens);
    if !holds_query(tokens, verb) {
        // Nothing for the parser to add.
        return Facts { level: Level::Parsed, ..by_tokens };
    }
    if verb == Verb::Other {
        return fallback::facts(tokens, "it starts with no known keyword");
    }
    let Parsed { statement, lines, templated } = match parse::parse(tokens) {
        Ok(parsed) => parsed,
        Err(reason) => return fallback::facts(tokens, &reason),
    };
    let mut builder = Builder {
        tokens,
        lines: &lines,
        blocks: Vec::new(),
        outer: Vec::new(),
        tables: Vec::new(),
        ctes: Vec::new(),
        write: None,
        inner_writes: Vec::new(),
        star: false,
        set_operations: Vec::new(),
    };
    let mut top = Top::default();
    builder.statement(&statement, &Role::Root, None, None);
    builder.top(&statement, &mut top);
    builder.tables.sort_by_key(|(_, span)| *span);
    Facts {
        level: Level::Parsed,
        tables: builder.tables,
        blocks: builder.blocks,
        write: builder.write,
        inner_writes: builder.inner_writes,
        limit: top.limit,
        offset: top.offset,
        star: builder.star,
        set_operation: top.set_operation,
        set_operations: builder.set_operations,
        templated,
        notes: super::notes::notes(&statement, &lines),
        ..by_tokens
    }
}

fn holds_query(tokens: &Tokens<'_>, verb: Verb) -> bool {
    match verb {
        Verb::Explain | Verb::Prepare | Verb::Declare | Verb::Other => true,
        // `CREATE VIEW … AS SELECT`, `COPY (SELECT …) TO`: other DDL is told from its tokens elsewhere.
        Verb::Create => {
            let routine = (1..tokens.len().min(4)).any(|at| matches!(tokens.keyword(at), K::Function | K::Procedure));
            !routine && tokens.keywords.contains(&K::Select)
        }
        Verb::Copy => tokens.kind(1) == Some(TokenKind::LeftParen),
        verb => verb.is_query(),
    }
}

#[derive(Default)]
struct Top {
    limit: Option<super::Bound>,
    offset: Option<super::Bound>,
    set_operation: bool,
}

impl Builder<'_, '_> {
    fn top(&mut self, statement: &ast::Statement, top: &mut Top) {
        let Some(mut query) = query_of(statement) else {
            return;
        };
        // `(SELECT …)`: the bounds of the outermost level that has any.
        loop {
            let (limit, offset) = self.bounds(query);
            top.limit = top.limit.or(limit);
            top.offset = top.offset.or(offset);
            match query.body.as_ref() {
                ast::SetExpr::Query(inner) => query = inner,
                ast::SetExpr::SetOperation { .. } => {
                    top.set_operation = true;
                    return;
                }
                _ => return,
            }
        }
    }

    /// Adds the blocks of a statement; gives its first one.
    pub fn statement(
        &mut self,
        statement: &ast::Statement,
        role: &Role,
        parent: Option<usize>,
        outer: Option<usize>,
    ) -> Option<usize> {
        use ast::Statement as S;
        match statement {
            S::Query(query) => self.query(query, role, parent, outer),
            S::Insert(insert) => self.insert(insert, role, parent, outer),
            S::Update(update) => self.update(update, role, parent, outer),
            S::Delete(delete) => self.delete(delete, role, parent, outer),
            S::Merge(merge) => self.merge(merge, role, parent, outer),
            other => {
                if let Some(inner) = statement_of(other) {
                    return self.statement(inner, role, parent, outer);
                }
                query_of(other).and_then(|query| self.query(query, role, parent, outer))
            }
        }
    }

    /// The token at which something of sqlparser starts.
    pub fn token(&self, span: sqlparser::tokenizer::Span) -> Option<usize> {
        self.tokens.at_byte(self.lines.span(span)?.start)
    }

    pub fn push_block(&mut self, role: &Role, parent: Option<usize>, outer: Option<usize>) -> usize {
        self.blocks.push(Block {
            role: role.clone(),
            parent,
            in_set_operation: false,
            span: Span::default(),
            sources: Vec::new(),
            filters: Vec::new(),
            where_span: None,
            projection: Vec::new(),
            projection_span: Span::default(),
            distinct: Distinct::No,
            distinct_on: Vec::new(),
            group_by: Vec::new(),
            has_having: false,
            having: Vec::new(),
            having_span: None,
            has_window: false,
            has_aggregate: false,
            order_by: Vec::new(),
            order_span: None,
            limit: None,
            limit_span: None,
            offset: None,
            offset_span: None,
            with_ties: false,
            locking: None,
            uses: Vec::new(),
        });
        self.outer.push(outer);
        self.blocks.len() - 1
    }

    pub fn relation_name(&self, name: &ast::ObjectName) -> (RelationName, Span) {
        let idents: Vec<&ast::Ident> = name.0.iter().filter_map(|part| part.as_ident()).collect();
        let mut names = idents.iter().rev().map(|ident| folded(ident));
        let relation = RelationName { name: names.next().unwrap_or_default(), schema: names.next() };
        let spans = idents
            .first()
            .zip(idents.last())
            .and_then(|(first, last)| self.lines.span(first.span).zip(self.lines.span(last.span)));
        let span = spans.map_or(Span::default(), |(first, last)| Span { start: first.start, end: last.end });
        (relation, span)
    }
}

/// An identifier as Postgres stores it.
pub(super) fn folded(ident: &ast::Ident) -> String {
    match ident.quote_style {
        Some(_) => ident.value.clone(),
        None => ident.value.to_ascii_lowercase(),
    }
}

pub(super) fn last_name(name: &ast::ObjectName) -> Option<String> {
    name.0.last().and_then(|part| part.as_ident()).map(folded)
}

fn statement_of(statement: &ast::Statement) -> Option<&ast::Statement> {
    match statement {
        ast::Statement::Explain { statement, .. } | ast::Statement::Prepare { statement, .. } => Some(statement),
        _ => None,
    }
}

/// The query that a statement is or wraps.
fn query_of(statement: &ast::Statement) -> Option<&ast::Query> {
    use ast::Statement as S;
    match statement {
        S::Query(query) => Some(query),
        S::CreateView(view) => Some(&view.query),
        S::CreateTable(table) => table.query.as_deref(),
        S::Copy { source: ast::CopySource::Query(query), .. } => Some(query),
        S::Declare { stmts } => stmts.first().and_then(|declared| declared.for_query.as_deref()),
        other => statement_of(other).and_then(query_of),
    }
}
