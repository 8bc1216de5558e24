//! `server/pending_restart`: the configuration file says something that the running server does not do yet.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, seen};

use super::about::{facts, finding, habit, part, with_unit};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(settings) = part(facts, "settings", &facts.settings, out) else { return };
        let waiting: Vec<_> = settings.iter().filter(|(_, setting)| setting.pending_restart).collect();
        let Some((first, _)) = waiting.first() else { return };
        let title = match waiting.len() {
            1 => format!("{first} was changed and waits for a restart"),
            many => format!("{many} settings were changed and wait for a restart"),
        };
        let detail = "Whoever changed them believes that they hold, and the next restart, perhaps after a crash at night, brings them all at once.";
        let mut draft = finding("restart", title, detail);
        for (name, setting) in &waiting {
            draft = draft.evidence(seen((*name).clone(), format!("still {}", with_unit(setting))));
        }
        out.find(draft.ask(habit(
            "Restart at a time of your choice, or take the change back",
            "pg_file_settings shows what the files say.",
        )));
    }
}
