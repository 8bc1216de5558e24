//! The facts of a server in; the part that a rule looks at, findings and advice about it, out.

use crate::catalog::access::quote_ident;
use crate::catalog::model::ServerFacts;
use crate::catalog::model::server::{ServerSession, ServerSetting};
use crate::report::model::{Applicability, RecommendationKind, SqlPart, Subject};
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Advice, Ask, Draft, Sink};

/// What the server said of itself. The runner keeps rules that need it from running without.
pub fn facts<'c>(cx: &SchemaCx<'c>) -> Option<&'c ServerFacts> {
    cx.catalog.server.as_deref()
}

/// A part of it; what is missing is said not to have been examined.
pub fn part<'c, T>(facts: &'c ServerFacts, name: &str, value: &'c Option<T>, out: &mut Sink) -> Option<&'c T> {
    if value.is_none() {
        out.not_examined.push(facts.why(name));
    }
    value.as_ref()
}

/// The sessions that the role may look into; those that it may not are said not to have been examined.
pub fn sessions<'c>(facts: &'c ServerFacts, out: &mut Sink) -> Option<&'c Vec<ServerSession>> {
    let sessions = part(facts, "sessions", &facts.sessions, out)?;
    if facts.hidden_sessions > 0 {
        out.not_examined.push(format!(
            "{} sessions of other roles are hidden: GRANT pg_monitor to this role",
            facts.hidden_sessions
        ));
    }
    Some(sessions)
}

/// A setting, as sessions begin with it.
pub fn setting<'c>(facts: &'c ServerFacts, name: &str, out: &mut Sink) -> Option<&'c ServerSetting> {
    part(facts, "settings", &facts.settings, out)?.get(name)
}

pub fn finding(
    subject: impl Into<String>,
    title: impl Into<String>,
    detail: impl Into<std::borrow::Cow<'static, str>>,
) -> Draft {
    Draft::new(Subject::Server(subject.into()), title, detail)
}

/// `ALTER SYSTEM SET name = 'value'`, with what makes it so. To be read first: a managed server has its own way.
pub fn alter_system(name: &str, value: &str, known: Option<&ServerSetting>, detail: &str) -> Ask {
    let restart = known.is_some_and(|setting| setting.context == "postmaster");
    // What is given there wins over the files (documentation, "Parameter Interaction via the Command Line").
    let elsewhere =
        known.is_some_and(|setting| matches!(setting.source.as_str(), "command line" | "environment variable"));
    let then = match (elsewhere, restart) {
        (true, _) => "It is given where the server is started, which wins over this: change it there.",
        (false, true) => "It takes effect after a restart.",
        (false, false) => "It takes effect with the reload.",
    };
    let shown = quoted_setting(name);
    let mut advice = Advice::new(
        RecommendationKind::Setting,
        format!("Set {name} to {value}"),
        format!("{detail} {then} Where the provider keeps the settings, change it there."),
        format!("ALTER SYSTEM SET {shown} = {}", literal(value)),
    );
    if !restart {
        advice
            .more_sql
            .push(SqlPart { label: "reload".to_owned(), sql: "SELECT pg_catalog.pg_reload_conf()".to_owned() });
    }
    advice.undo = Some(match known {
        Some(setting) if setting.source == "configuration file" => {
            format!("ALTER SYSTEM SET {shown} = {}", literal(&with_unit(setting)))
        }
        _ => format!("ALTER SYSTEM RESET {shown}"),
    });
    Ask::Ready(advice)
}

/// `pg_stat_statements.max`: each part by itself is an identifier.
fn quoted_setting(name: &str) -> String {
    name.split('.').map(quote_ident).collect::<Vec<_>>().join(".")
}

/// `8192` in units of 8 kB is `65536kB`: the setting's own unit cannot be written.
pub fn with_unit(setting: &ServerSetting) -> String {
    match (setting.unit.as_deref(), setting.bytes()) {
        (None, _) => setting.value.clone(),
        (Some("B"), _) => format!("{}B", setting.value),
        (Some(_), Some(bytes)) if bytes >= 0.0 => format!("{}kB", (bytes / 1024.0).round()),
        (Some("ms" | "s" | "min"), _) if setting.number().is_some_and(|n| n > 0.0) => {
            format!("{}{}", setting.value, setting.unit.as_deref().unwrap_or_default())
        }
        _ => setting.value.clone(),
    }
}

/// A text as SQL.
pub fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if text.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

/// SQL that does something to the server, to be read first.
pub fn statement(
    kind: RecommendationKind,
    title: impl Into<std::borrow::Cow<'static, str>>,
    detail: impl Into<std::borrow::Cow<'static, str>>,
    sql: String,
) -> Ask {
    Ask::Ready(Advice::new(kind, title, detail, sql))
}

/// Advice that no SQL can carry out.
pub fn habit(
    title: impl Into<std::borrow::Cow<'static, str>>,
    detail: impl Into<std::borrow::Cow<'static, str>>,
) -> Ask {
    let mut advice = Advice::new(RecommendationKind::Application, title, detail, "");
    advice.applicability = Applicability::Sketch;
    Ask::Ready(advice)
}
