//! The name of a new rule in, the text of its page and of its Rust file out.

/// The two files of a rule that does not exist yet, and where they go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scaffold {
    pub page_path: String,
    pub page: String,
    pub code_path: String,
    pub code: String,
    /// The line to add to the list in `src/rules/list.rs`, and the one for the group's `mod.rs`.
    pub registry_line: String,
    pub module_line: String,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ScaffoldError {
    #[error(
        "`{0}` is no rule name: it must be `group/name` in lower case, with underscores, as in `query/deep_offset`"
    )]
    Name(String),
    #[error("there is no group `{0}`: choose migration, query, schema, security, server or workload")]
    Group(String),
    #[error("the rule `{0}` exists")]
    Exists(String),
}

/// What a person fills in to add a rule.
pub fn scaffold(id: &str) -> Result<Scaffold, ScaffoldError> {
    let id = id.replace('-', "_");
    let good = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let Some((group, name)) = id.split_once('/').filter(|(group, name)| good(group) && good(name)) else {
        return Err(ScaffoldError::Name(id));
    };
    let (trait_name, context, kind) = match group {
        "query" => ("QueryRule", "QueryCx", "Query"),
        "workload" => ("WorkloadRule", "WorkloadCx", "Workload"),
        "schema" | "server" => ("SchemaRule", "SchemaCx", "Schema"),
        "migration" | "security" => ("StatementRule", "StatementCx", "Statement"),
        other => return Err(ScaffoldError::Group(other.to_owned())),
    };
    let (module, fence) = match kind {
        "Statement" => ("lint::context", "script"),
        "Schema" if group == "server" => ("context", "snapshot"),
        "Schema" => ("context", "ddl"),
        _ => ("context", "sql"),
    };
    if super::registry::ENTRIES.iter().any(|entry| entry.id == id) {
        return Err(ScaffoldError::Exists(id));
    }
    let title = name.replace('_', " ");
    let mut letters = title.chars();
    let title: String = letters.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(letters).collect();
    Ok(Scaffold {
        page_path: format!("rules/{id}.md"),
        page: PAGE.replace("{title}", &title).replace("{fence}", fence),
        code_path: format!("src/rules/{id}.rs"),
        code: CODE
            .replace("{id}", &id)
            .replace("{trait}", trait_name)
            .replace("{context}", context)
            .replace("{module}", module),
        registry_line: format!("{name}: {kind},"),
        module_line: format!("pub mod {name};"),
    })
}

/// The page of a rule of the user's own, `user/<name>`, which needs no code. Gives its path beside `sqlsift.toml`.
pub fn user_page(name: &str) -> (String, String) {
    let title = name.replace(['_', '-'], " ");
    (format!("sqlsift.rules/{name}.md"), USER_PAGE.replace("{title}", &title))
}

const USER_PAGE: &str = r#"+++
severity = "warning"
confidence = "medium"
summary = "one sentence: what it costs"

# All that is given must hold; leave out what does not matter.
[match]
kind = "select"          # select, insert, update, delete, merge, copy or utility
table = "audit_log"      # a table that the statement names
contains = "order by"    # occurs in the query as reports show it, its literals being `?`
without = "limit"        # does not occur in it
min_calls = 10           # fewer calls are left alone
min_mean_ms = 1.0        # and so are cheaper ones
+++
# {title}

Why it hurts, how to tell, what to do.
"#;

const PAGE: &str = r#"+++
severity = "warning"
confidence = "medium"
summary = "one sentence: what it costs"
links = []
[options.min_calls]
default = 10
unit = "calls"
help = "Fewer calls than this are left alone."
+++
# {title}

Why it hurts, how to tell, what to do: for the person who has the problem.

```{fence} bad
```

```{fence} good
```
"#;

const CODE: &str = r#"//! `{id}`: what it looks at, and what it must be silent about.

use serde::Deserialize;

use crate::rules::{trait};
use crate::rules::{module}::{context};
use crate::rules::draft::Sink;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    min_calls: u64,
}

impl {trait} for Rule {
    fn check(&self, cx: &{context}<'_>, out: &mut Sink) {}
}
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_rule_has_a_page_that_reads() {
        let new = scaffold("query/too-clever").unwrap();
        assert_eq!(new.page_path, "rules/query/too_clever.md");
        let page = crate::rules::page::Page::parse("query/too_clever", &new.page_path, &new.page).unwrap();
        assert_eq!(page.title, "Too clever");
        assert!(matches!(scaffold("query/deep_offset"), Err(ScaffoldError::Exists(_))));
        assert!(matches!(scaffold("deep"), Err(ScaffoldError::Name(_))));
        assert!(matches!(scaffold("cloud/deep"), Err(ScaffoldError::Group(_))));
    }
}
