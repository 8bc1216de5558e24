//! The list of all rules, and pages with overrides in, rules ready to run out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::report::model::Severity;

pub use super::list::ENTRIES;
use super::matching::Matching;
use super::page::{Page, PageError, Preset};
use super::{PlanRule, QueryRule, SchemaRule, ScriptRule, StatementRule, WorkloadRule};

/// A rule as it was compiled in.
pub struct Entry {
    /// `query/deep_offset`
    pub id: &'static str,
    /// The text of its page.
    pub page: &'static str,
    pub(super) build: fn(toml::Table) -> Result<Check, toml::de::Error>,
}

/// What a rule looks at.
pub enum Check {
    Query(Box<dyn QueryRule>),
    Workload(Box<dyn WorkloadRule>),
    Schema(Box<dyn SchemaRule>),
    Plan(Box<dyn PlanRule>),
    Statement(Box<dyn StatementRule>),
    Script(Box<dyn ScriptRule>),
}

/// What `sqlsift.toml` says of one rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Override {
    /// `Some(None)` is `severity = "off"`.
    pub severity: Option<Option<Severity>>,
    pub options: toml::Table,
}

/// A rule with its page and its effective values.
pub struct Configured {
    pub page: Cow<'static, Page>,
    /// `None`: switched off.
    pub severity: Option<Severity>,
    /// The effective options, defaults included.
    pub options: toml::Table,
    pub check: Check,
}

/// All rules with their effective values, by id.
pub struct Registry {
    pub rules: Vec<Configured>,
}

#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    #[error(transparent)]
    Page(#[from] PageError),
    /// An option's value does not suit the rule.
    #[error("{rule}: {message}")]
    Options { rule: String, message: String },
}

/// The pages of all rules that are compiled in, in the order of [`ENTRIES`].
pub fn pages() -> &'static [Page] {
    static PAGES: OnceLock<Vec<Page>> = OnceLock::new();
    PAGES.get_or_init(|| {
        let read = |entry: &Entry| {
            Page::compiled_in(entry.id, entry.page).expect("the tests read every page that is compiled in")
        };
        ENTRIES.iter().map(read).collect()
    })
}

impl Registry {
    /// Every rule with its page's values; those of other presets than the first are off.
    pub fn defaults() -> Self {
        Self::preset(Preset::Default)
    }

    /// Every rule with its page's values; those beyond `preset` are off.
    pub fn preset(preset: Preset) -> Self {
        Self::new(preset, &BTreeMap::new(), Vec::new()).expect("the tests build every rule from its page")
    }

    /// Every rule with overrides by id, and the pages that users wrote. A rule that is given a severity is on, whatever its preset.
    pub fn new(
        preset: Preset,
        overrides: &BTreeMap<String, Override>,
        users: Vec<Page>,
    ) -> Result<Self, RegistryError> {
        let mut rules = Vec::with_capacity(ENTRIES.len() + users.len());
        for (entry, page) in ENTRIES.iter().zip(pages()) {
            rules.push(configure(page, preset, overrides.get(entry.id), entry.build)?);
        }
        for page in users {
            let matching = Matching {
                matching: page.matching.clone().unwrap_or_default(),
                title: page.title.clone(),
                summary: page.summary.clone(),
            };
            let severity = overrides.get(&page.id).and_then(|o| o.severity).unwrap_or(Some(page.severity));
            let options = page.defaults();
            rules.push(Configured {
                page: Cow::Owned(page),
                severity,
                options,
                check: Check::Query(Box::new(matching)),
            });
        }
        Ok(Self { rules })
    }

    pub fn get(&self, id: &str) -> Option<&Configured> {
        self.rules.iter().find(|rule| rule.page.id == id)
    }
}

fn configure(
    page: &'static Page,
    preset: Preset,
    overlay: Option<&Override>,
    build: fn(toml::Table) -> Result<Check, toml::de::Error>,
) -> Result<Configured, RegistryError> {
    let mut options = page.defaults();
    let mut severity = (page.preset <= preset).then_some(page.severity);
    if let Some(overlay) = overlay {
        options.extend(overlay.options.clone());
        severity = overlay.severity.unwrap_or(severity);
    }
    let check = build(options.clone())
        .map_err(|e| RegistryError::Options { rule: page.id.clone(), message: e.message().to_owned() })?;
    Ok(Configured { page: Cow::Borrowed(page), severity, options, check })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_read_and_builds_its_rule() {
        for entry in ENTRIES {
            let path = format!("rules/{}.md", entry.id);
            let page = Page::parse(entry.id, &path, entry.page).unwrap_or_else(|e| panic!("{e}"));
            assert!(page.matching.is_none(), "{path}: [match] is for pages that users write");
            for other in &page.yields_to {
                let known = |id: &str| other.strip_suffix('*').map_or(id == other, |group| id.starts_with(group));
                assert!(ENTRIES.iter().any(|entry| known(entry.id)), "{path} yields to {other}, which is no rule");
            }
            (entry.build)(page.defaults()).map(|_| ()).unwrap_or_else(|e| panic!("{path}: {e}"));
        }
    }

    #[test]
    fn an_override_reaches_the_rule_and_a_wrong_key_does_not() {
        let overlay = |key: &str| Override {
            severity: Some(None),
            options: [(key.to_owned(), toml::Value::Integer(7))].into_iter().collect(),
        };
        let good: BTreeMap<_, _> = [("query/deep_offset".to_owned(), overlay("min_rows"))].into();
        let registry = Registry::new(Preset::Default, &good, Vec::new()).unwrap();
        let rule = registry.get("query/deep_offset").unwrap();
        assert_eq!(rule.options["min_rows"].as_integer(), Some(7));
        assert_eq!(rule.severity, None);
        let bad: BTreeMap<_, _> = [("query/deep_offset".to_owned(), overlay("min_rowz"))].into();
        assert!(Registry::new(Preset::Default, &bad, Vec::new()).is_err());
    }
}
