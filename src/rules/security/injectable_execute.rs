//! `security/injectable_execute`: a parameter of a function, or a value of a row, that becomes SQL without being quoted. DO
//! blocks take nothing from strangers.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;

use crate::report::model::Severity;
use crate::rules::words::Words;
use crate::sql::facts::Span;

use super::dynamic::{Routine, injected};
use crate::sql::ddl::Ddl;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        // Cheaper than words.
        if !matches!(cx.ddl(), Some(Ddl::Routine(_))) {
            return;
        }
        if !cx.text.to_ascii_lowercase().contains("execute") {
            return;
        }
        let words = Words::of(cx.text);
        let Some(routine) = Routine::of(&words) else { return };
        let body = Words::of(routine.body);
        for found in injected(&body, &routine.texts) {
            let at = Span { start: routine.offset + found.span.start, end: routine.offset + found.span.end };
            let draft = cx.draft(
        at,
        format!("{} becomes a part of the statement that is executed", found.name),
        "Whoever chooses the value chooses the SQL, which runs with the rights of the function. A value belongs in \
         USING, a name in format's %I or quote_ident, a constant in %L or quote_literal.",
    );
            out.find(if routine.definer { draft.severity(Severity::Error) } else { draft });
        }
    }
}
