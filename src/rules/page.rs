//! A rule page: Markdown with TOML front matter in, [`Page`] out. The page is the rule's data, its documentation and its
//! test, so everything that a rule says of itself is read from here.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::report::model::{Confidence, Severity};

use super::matching::Match;

/// One rule page, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// `query/deep_offset`: also the path below `rules/`, the config key and, with `::`, the module.
    pub id: String,
    pub title: String,
    pub severity: Severity,
    pub confidence: Confidence,
    /// The least demanding set of rules in which it is on.
    pub preset: Preset,
    pub summary: String,
    /// What other tools call it (`soar:CLA.003`).
    pub aliases: Vec<String>,
    pub links: Vec<String>,
    pub needs: Vec<Need>,
    /// Rules that say the same from better evidence: when one of them speaks of a query, this one is silent about it. `plan/*` is
    /// all others of a group. What a rule of another group says of plan rules is turned round where the plans stand in a log.
    pub yields_to: Vec<String>,
    pub options: BTreeMap<String, PageOption>,
    /// Only in pages that users write: what the rule looks for.
    pub matching: Option<Match>,
    /// Everything below the title, Markdown.
    pub body: Cow<'static, str>,
    /// Line of the body's first line in the page, 1-based.
    first_line: usize,
    fences: OnceLock<Vec<Fence>>,
}

/// A threshold or switch of a rule.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageOption {
    pub default: toml::Value,
    #[serde(default)]
    pub unit: String,
    pub help: String,
}

/// Without this the rule cannot say anything, and the report says that it did not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// Tables, types and keys.
    Catalog,
    /// Every statement of a session, in order and with its time: a log whose threshold is 0.
    Sessions,
    /// Durations of single statements, or their sums.
    Durations,
    /// Records that only a log carries: errors, lock waits, temporary files.
    Log,
    /// What a live server, or a snapshot of one, says of itself: counters, sessions, settings.
    Server,
}

/// A set of rules, each with all of the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// What a team with a running product wants to hear of.
    #[default]
    Default,
    /// Also what is right but costs work: types, names, guards.
    Strict,
    /// Also matters of taste and policy.
    All,
}

/// A fenced block of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// Line of its first line of text in the page, 1-based.
    pub line: u32,
    /// `sql`, `ddl`, `log`, `toml`, …
    pub language: String,
    /// `setup`, `bad`, `good`, `fixed`, `proof`; `None` for plain illustrations.
    pub role: Option<String>,
    /// `key=value` after the role, in order; a word without `=` has an empty value.
    pub facts: Vec<(String, String)>,
    pub text: String,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{path}:{line}: {message}")]
pub struct PageError {
    pub path: String,
    pub line: u32,
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    severity: Severity,
    confidence: Confidence,
    #[serde(default)]
    preset: Preset,
    summary: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    links: Vec<String>,
    #[serde(default)]
    needs: Vec<Need>,
    #[serde(default)]
    yields_to: Vec<String>,
    #[serde(default)]
    options: BTreeMap<String, PageOption>,
    #[serde(default, rename = "match")]
    matching: Option<Match>,
}

impl Page {
    /// Reads the text of a page; `path` is only for messages.
    pub fn parse(id: &str, path: &str, text: &str) -> Result<Self, PageError> {
        let page = Self::parse_keeping(id, path, text, |body| Cow::Owned(body.to_owned()))?;
        let open = |line| PageError { path: path.to_owned(), line, message: "the fence has no end".to_owned() };
        fences(&page.body, page.first_line).map_err(open)?;
        Ok(page)
    }

    /// Reads a page of which the text need not be copied. Tests see to it that all fences have an end.
    pub fn compiled_in(id: &str, text: &'static str) -> Result<Self, PageError> {
        Self::parse_keeping(id, &format!("rules/{id}.md"), text, Cow::Borrowed)
    }

    fn parse_keeping<'t>(
        id: &str,
        path: &str,
        text: &'t str,
        keep: impl Fn(&'t str) -> Cow<'static, str>,
    ) -> Result<Self, PageError> {
        let error = |line: u32, message: String| PageError { path: path.to_owned(), line, message };
        let Some(rest) = text.strip_prefix("+++\n") else {
            return Err(error(1, "a rule page begins with a line `+++` and TOML".to_owned()));
        };
        let Some((front, body)) = rest.split_once("\n+++\n") else {
            return Err(error(1, "the front matter has no closing line `+++`".to_owned()));
        };
        let matter: FrontMatter = toml::from_str(front).map_err(|e| {
            let before = e.span().map_or(0, |span| front[..span.start].matches('\n').count());
            error(to_line(before + 2), e.message().to_owned())
        })?;
        let first_line = front.matches('\n').count() + 4;
        let (title, below, title_line) =
            title(body, first_line).ok_or_else(|| error(to_line(first_line), "no `# Title` line".to_owned()))?;
        let trimmed = below.trim_start_matches('\n');
        Ok(Self {
            id: id.to_owned(),
            title: title.to_owned(),
            severity: matter.severity,
            confidence: matter.confidence,
            preset: matter.preset,
            summary: matter.summary,
            aliases: matter.aliases,
            links: matter.links,
            needs: matter.needs,
            yields_to: matter.yields_to,
            options: matter.options,
            matching: matter.matching,
            body: keep(trimmed.trim_end_matches('\n')),
            first_line: title_line + 1 + below.len() - trimmed.len(),
            fences: OnceLock::new(),
        })
    }

    /// Its fenced blocks, in order. Few callers look at them, so that they are read when one does.
    pub fn fences(&self) -> &[Fence] {
        self.fences.get_or_init(|| fences(&self.body, self.first_line).unwrap_or_default())
    }

    /// The options' defaults, as the rule's own struct reads them.
    pub fn defaults(&self) -> toml::Table {
        self.options.iter().map(|(name, option)| (name.clone(), option.default.clone())).collect()
    }

    /// `query` of `query/deep_offset`.
    pub fn group(&self) -> &str {
        self.id.split_once('/').map_or(&self.id, |(group, _)| group)
    }

    /// The prose without its test fences: what a reader is shown first.
    pub fn prose(&self) -> String {
        let mut out = String::new();
        let mut hidden = false;
        let mut inside = false;
        for line in self.body.lines() {
            if let Some(info) = line.strip_prefix("```") {
                if inside {
                    inside = false;
                    if std::mem::take(&mut hidden) {
                        continue;
                    }
                } else {
                    inside = true;
                    hidden = info.split_whitespace().nth(1).is_some();
                }
            }
            if !hidden {
                out.push_str(line);
                out.push('\n');
            }
        }
        out.trim_matches('\n').to_owned()
    }
}

impl Fence {
    pub fn fact(&self, key: &str) -> Option<&str> {
        self.facts.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// Title, the text after its line, and the line that the title stands in.
fn title(body: &str, first_line: usize) -> Option<(&str, &str, usize)> {
    let mut offset = 0;
    for (index, line) in body.split_inclusive('\n').enumerate() {
        offset += line.len();
        if let Some(title) = line.strip_prefix("# ") {
            return Some((title.trim(), &body[offset..], first_line + index));
        }
    }
    None
}

/// The fences of a text whose first line has this number; the line of a fence that is never closed as error.
fn fences(text: &str, first_line: usize) -> Result<Vec<Fence>, u32> {
    let mut found = Vec::new();
    let mut open: Option<Fence> = None;
    for (index, line) in text.lines().enumerate() {
        let number = first_line + index;
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some(opening(info, to_line(number + 1))),
            (Some(_), Some("")) => found.extend(open.take()),
            (Some(fence), _) => {
                fence.text.push_str(line);
                fence.text.push('\n');
            }
            (None, None) => {}
        }
    }
    match open {
        Some(fence) => Err(fence.line),
        None => Ok(found),
    }
}

fn opening(info: &str, line: u32) -> Fence {
    let mut words = info.split_whitespace();
    let language = words.next().unwrap_or_default().to_owned();
    let role = words.next().map(str::to_owned);
    let facts = words
        .map(|word| {
            let (key, value) = word.split_once('=').unwrap_or((word, ""));
            (key.to_owned(), value.to_owned())
        })
        .collect();
    Fence { line, language, role, facts, text: String::new() }
}

fn to_line(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "+++\nseverity = \"warning\"\nconfidence = \"high\"\nsummary = \"s\"\n[options.min_rows]\n\
                        default = 10\nunit = \"rows\"\nhelp = \"h\"\n+++\n# A title\nWhy.\n\n```sql bad also=a/b x\n\
                        SELECT 1\n```\n```sql\nplain\n```\nEnd.\n";

    #[test]
    fn front_matter_title_and_fences_with_their_lines() {
        let page = Page::parse("query/a", "rules/query/a.md", TEXT).unwrap();
        assert_eq!(page.title, "A title");
        assert_eq!(page.group(), "query");
        assert_eq!(page.defaults()["min_rows"].as_integer(), Some(10));
        let bad = &page.fences()[0];
        assert_eq!(TEXT.lines().nth(bad.line as usize - 1), Some("SELECT 1"));
        assert_eq!(bad.role.as_deref(), Some("bad"));
        assert_eq!(bad.facts, [("also".to_owned(), "a/b".to_owned()), ("x".to_owned(), String::new())]);
        assert_eq!(page.fences()[1].role, None);
        assert_eq!(page.prose(), "Why.\n\n```sql\nplain\n```\nEnd.");
    }

    #[test]
    fn mistakes_are_placed() {
        let unknown = TEXT.replace("summary", "sumary");
        let error = Page::parse("query/a", "p.md", &unknown).unwrap_err();
        assert_eq!(error.line, 4);
        let open = TEXT.replace("plain\n```", "plain");
        assert!(Page::parse("query/a", "p.md", &open).is_err());
        assert!(Page::parse("query/a", "p.md", "# no front matter").is_err());
    }
}
