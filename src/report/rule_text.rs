//! What formats that carry rules with them (SARIF) say of a rule: a page of `rules/`, without what only the program needs.

use super::model::{Confidence, Severity};

#[derive(Clone, Debug, PartialEq)]
pub struct RuleText {
    /// `migration/index_not_concurrent`
    pub id: String,
    pub title: String,
    /// One line, Markdown.
    pub summary: String,
    /// The page below its title, Markdown.
    pub body: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub links: Vec<String>,
}
