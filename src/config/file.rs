//! The text of `sqlsift.toml` in; overrides by rule, and allows, out. Every key is checked where it stands.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::report::model::Severity;
use crate::rules::allow::{Allow, Target, names};
use crate::rules::page::{Page, Preset};
use crate::rules::registry::{Override, pages};
use crate::workload::model::Micros;

use super::diagnose::{ConfigError, did_you_mean};
use super::lint::{Lint, Paths};
use super::value::{as_default, expected, plain};

mod lint;

#[derive(Debug, Default)]
pub struct File {
    pub lint: Lint,
    pub paths: Vec<Paths>,
    pub preset: Preset,
    pub overrides: BTreeMap<String, Override>,
    pub allows: Vec<Allow>,
}

/// What is being read, for messages.
struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    /// Pages of all rules, the user's own among them.
    pages: Vec<&'a Page>,
}

type Key<'a> = Spanned<std::borrow::Cow<'a, str>>;

pub fn parse(path: &str, text: &str, users: &[Page]) -> Result<File, ConfigError> {
    let root = DeTable::parse(text).map_err(|e| ConfigError::at(path, text, e.span().unwrap_or(0..0), e.message()))?;
    let reader = Reader { path, text, pages: pages().iter().chain(users).collect() };
    let mut file = File::default();
    for (key, value) in root.get_ref() {
        match key.get_ref().as_ref() {
            "preset" => file.preset = reader.preset(value)?,
            "rules" => reader.rules(value, &mut file)?,
            "allow" => reader.allows(value, &mut file)?,
            "lint" => reader.lint(value, &mut file)?,
            "paths" => reader.paths(value, &mut file)?,
            _ => return Err(reader.unknown(key, "key", ["preset", "rules", "allow", "lint", "paths"])),
        }
    }
    Ok(file)
}

impl<'a> Reader<'a> {
    fn at(&self, span: Range<usize>, message: &str) -> ConfigError {
        ConfigError::at(self.path, self.text, span, message)
    }

    fn unknown<'n>(&self, key: &Key<'_>, what: &str, known: impl IntoIterator<Item = &'n str>) -> ConfigError {
        let hint = did_you_mean(key.get_ref(), known);
        self.at(key.span(), &format!("unknown {what} `{}`{hint}", key.get_ref()))
    }

    fn table<'v>(&self, value: &'v Spanned<DeValue<'a>>) -> Result<&'v DeTable<'a>, ConfigError> {
        value.get_ref().as_table().ok_or_else(|| self.at(value.span(), "expected a table"))
    }

    fn preset(&self, value: &Spanned<DeValue<'a>>) -> Result<Preset, ConfigError> {
        match value.get_ref().as_str() {
            Some("default") => Ok(Preset::Default),
            Some("strict") => Ok(Preset::Strict),
            Some("all") => Ok(Preset::All),
            _ => Err(self.at(value.span(), "`preset` takes \"default\", \"strict\" or \"all\"")),
        }
    }

    /// Groups first, whatever their place in the file, so that a single rule's entry wins.
    fn rules(&self, value: &Spanned<DeValue<'a>>, file: &mut File) -> Result<(), ConfigError> {
        let (groups, single): (Vec<_>, Vec<_>) =
            self.table(value)?.iter().partition(|(key, _)| key.get_ref().ends_with("/*"));
        for (key, value) in groups.into_iter().chain(single) {
            let pattern = key.get_ref();
            let matching: Vec<&Page> = self.pages.iter().copied().filter(|page| names(pattern, &page.id)).collect();
            if matching.is_empty() {
                return Err(self.unknown(key, "rule", self.pages.iter().map(|page| page.id.as_str())));
            }
            for (option, setting) in self.table(value)? {
                if option.get_ref() == "severity" {
                    let severity = self.severity(setting)?;
                    for page in &matching {
                        file.overrides.entry(page.id.clone()).or_default().severity = Some(severity);
                    }
                } else {
                    self.option(&matching, option, setting, file)?;
                }
            }
        }
        Ok(())
    }

    /// A group takes the options that any of its rules has, and sets them where they exist.
    fn option(
        &self,
        matching: &[&Page],
        option: &Key<'a>,
        setting: &Spanned<DeValue<'a>>,
        file: &mut File,
    ) -> Result<(), ConfigError> {
        let name = option.get_ref().as_ref();
        let mut found = false;
        for page in matching {
            let Some(known) = page.options.get(name) else { continue };
            found = true;
            let value = as_default(setting.get_ref(), &known.default)
                .ok_or_else(|| self.at(setting.span(), &format!("`{name}` takes {}", expected(&known.default))))?;
            file.overrides.entry(page.id.clone()).or_default().options.insert(name.to_owned(), value);
        }
        if found {
            return Ok(());
        }
        let known = matching.iter().flat_map(|page| page.options.keys().map(String::as_str)).chain(["severity"]);
        Err(self.unknown(option, "option", known))
    }

    fn severity(&self, value: &Spanned<DeValue<'a>>) -> Result<Option<Severity>, ConfigError> {
        match value.get_ref().as_str() {
            Some("off") => Ok(None),
            Some("info") => Ok(Some(Severity::Info)),
            Some("warning") => Ok(Some(Severity::Warning)),
            Some("error") => Ok(Some(Severity::Error)),
            _ => Err(self.at(value.span(), "`severity` takes \"off\", \"info\", \"warning\" or \"error\"")),
        }
    }

    fn allows(&self, value: &Spanned<DeValue<'a>>, file: &mut File) -> Result<(), ConfigError> {
        let list = value.get_ref().as_array().ok_or_else(|| self.at(value.span(), "write `[[allow]]`"))?;
        for entry in list.iter() {
            file.allows.push(self.allow(self.table(entry)?, entry.span())?);
        }
        Ok(())
    }

    fn allow(&self, table: &DeTable<'a>, span: Range<usize>) -> Result<Allow, ConfigError> {
        const KEYS: [&str; 5] = ["rule", "fingerprint", "table", "because", "until"];
        let mut texts: BTreeMap<&str, (String, Range<usize>)> = BTreeMap::new();
        let mut until = None;
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if !KEYS.contains(&name) {
                return Err(self.unknown(key, "key", KEYS));
            }
            if name == "until" {
                until = Some(self.until(value)?);
                continue;
            }
            let text = value.get_ref().as_str().filter(|text| !text.trim().is_empty());
            let text = text.ok_or_else(|| self.at(value.span(), &format!("`{name}` takes a text in quotes")))?;
            texts.insert(name, (text.trim().to_owned(), value.span()));
        }
        let rule = texts.remove("rule").ok_or_else(|| self.at(span.clone(), "an allow names its `rule`"))?;
        if !self.pages.iter().any(|page| names(&rule.0, &page.id)) {
            let hint = did_you_mean(&rule.0, self.pages.iter().map(|page| page.id.as_str()));
            return Err(self.at(rule.1, &format!("unknown rule `{}`{hint}", rule.0)));
        }
        let because = texts.remove("because").ok_or_else(|| self.at(span.clone(), "an allow needs a `because`"))?;
        let target = match (texts.remove("fingerprint"), texts.remove("table")) {
            (Some((fingerprint, at)), None) => {
                if fingerprint.parse::<crate::sql::Fingerprint>().is_err() {
                    return Err(self.at(at, "a fingerprint is 16 hexadecimal digits, as the report prints it"));
                }
                Target::Fingerprint(fingerprint)
            }
            (None, Some((table, _))) => Target::Table(table),
            _ => return Err(self.at(span, "an allow names a `fingerprint` or a `table`, one of the two")),
        };
        let line = self.text[..span.start.min(self.text.len())].matches('\n').count() as u64 + 1;
        Ok(Allow { rule: rule.0, target, because: because.0, until, path: self.path.to_owned(), line })
    }

    /// The last microsecond of the day, UTC.
    fn until(&self, value: &Spanned<DeValue<'a>>) -> Result<Micros, ConfigError> {
        let wrong = || self.at(value.span(), "`until` takes a date, as in 2027-01-31");
        let text = match plain(value.get_ref()) {
            Some(toml::Value::Datetime(at)) => at.to_string(),
            Some(toml::Value::String(text)) => text,
            _ => return Err(wrong()),
        };
        let date: jiff::civil::Date = text.parse().map_err(|_| wrong())?;
        let day = date.tomorrow().and_then(|next| next.to_zoned(jiff::tz::TimeZone::UTC)).map_err(|_| wrong())?;
        Ok(day.timestamp().as_microsecond() - 1)
    }
}
