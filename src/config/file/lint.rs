//! `[lint]` and `[[paths]]`.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::DeValue;

use super::{File, Reader};
use crate::config::diagnose::{ConfigError, did_you_mean};
use crate::config::lint::Paths;
use crate::config::value::plain;
use crate::rules::allow::names;

const KEYS: [&str; 5] = ["pg_version", "framework", "fail_on", "exclude", "small_table_rows"];

impl<'a> Reader<'a> {
    pub(super) fn lint(&self, value: &Spanned<DeValue<'a>>, file: &mut File) -> Result<(), ConfigError> {
        for (key, value) in self.table(value)? {
            match key.get_ref().as_ref() {
                "pg_version" => file.lint.pg_version = Some(self.version(value)?),
                "framework" => {
                    let known = crate::script::model::Framework::ALL.iter().map(|(_, name)| *name);
                    file.lint.framework = Some(self.one_of(value, known)?);
                }
                "fail_on" => file.lint.fail_on = Some(self.one_of(value, ["none", "info", "warning", "error"])?),
                "small_table_rows" => file.lint.small_table_rows = Some(self.rows(value)?),
                "exclude" => file.lint.exclude = self.patterns(value)?,
                _ => return Err(self.unknown(key, "key", KEYS)),
            }
        }
        Ok(())
    }

    pub(super) fn paths(&self, value: &Spanned<DeValue<'a>>, file: &mut File) -> Result<(), ConfigError> {
        let list = value.get_ref().as_array().ok_or_else(|| self.at(value.span(), "write `[[paths]]`"))?;
        for entry in list.iter() {
            let mut paths = Paths { files: Vec::new(), severities: BTreeMap::new() };
            for (key, value) in self.table(entry)? {
                match key.get_ref().as_ref() {
                    "files" => paths.files = self.patterns(value)?,
                    "rules" => {
                        for (rule, severity) in self.table(value)? {
                            if !self.pages.iter().any(|page| names(rule.get_ref(), &page.id)) {
                                return Err(self.unknown(rule, "rule", self.pages.iter().map(|page| page.id.as_str())));
                            }
                            paths.severities.insert(rule.get_ref().to_string(), self.severity(severity)?);
                        }
                    }
                    _ => return Err(self.unknown(key, "key", ["files", "rules"])),
                }
            }
            if paths.files.is_empty() {
                return Err(self.at(entry.span(), "an entry of `[[paths]]` names its `files`"));
            }
            file.paths.push(paths);
        }
        Ok(())
    }

    fn version(&self, value: &Spanned<DeValue<'a>>) -> Result<u32, ConfigError> {
        match plain(value.get_ref()) {
            Some(toml::Value::Integer(major @ 13..=19)) => Ok(major as u32),
            _ => Err(self.at(value.span(), "`pg_version` takes a major version, 13 to 19")),
        }
    }

    fn rows(&self, value: &Spanned<DeValue<'a>>) -> Result<u64, ConfigError> {
        match plain(value.get_ref()) {
            Some(toml::Value::Integer(rows @ 0..)) => Ok(rows as u64),
            _ => Err(self.at(value.span(), "`small_table_rows` takes a number of rows, 0 for no table")),
        }
    }

    fn one_of<'n>(
        &self,
        value: &Spanned<DeValue<'a>>,
        known: impl IntoIterator<Item = &'n str> + Clone,
    ) -> Result<String, ConfigError> {
        let text = value.get_ref().as_str().unwrap_or_default();
        if known.clone().into_iter().any(|one| one == text) {
            return Ok(text.to_owned());
        }
        let all: Vec<&str> = known.clone().into_iter().collect();
        let hint = did_you_mean(text, known);
        Err(self.at(value.span(), &format!("`{text}` is none of {}{hint}", all.join(", "))))
    }

    /// One pattern, or a list of them.
    fn patterns(&self, value: &Spanned<DeValue<'a>>) -> Result<Vec<glob::Pattern>, ConfigError> {
        let one = |value: &Spanned<DeValue<'a>>| {
            let text = value.get_ref().as_str().ok_or_else(|| self.at(value.span(), "expected a pattern in quotes"))?;
            glob::Pattern::new(text).map_err(|e| self.at(value.span(), &format!("the pattern is not valid: {}", e.msg)))
        };
        match value.get_ref().as_array() {
            Some(list) => list.iter().map(one).collect(),
            None => Ok(vec![one(value)?]),
        }
    }
}
