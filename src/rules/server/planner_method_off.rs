//! `server/planner_method_off`: a way of reading or joining that the planner may not use, for everybody or for a role or database.

use serde::Deserialize;

use crate::rules::SchemaRule;
use crate::rules::context::SchemaCx;
use crate::rules::draft::{Sink, seen};

use super::about::{alter_system, facts, finding, habit, part};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl SchemaRule for Rule {
    fn check(&self, cx: &SchemaCx<'_>, out: &mut Sink) {
        let Some(facts) = facts(cx) else { return };
        let Some(settings) = part(facts, "settings", &facts.settings, out) else { return };
        // Some are off by default: partition-wise joins cost planning time.
        let usual = |name: &str| settings.get(name).and_then(|setting| setting.default.as_deref()) == Some("on");
        for (name, known) in settings.iter().filter(|(name, _)| name.starts_with("enable_") && usual(name)) {
            if known.value == "off" {
                out.find(
                    finding(name.as_str(), format!("{name} is off for everybody"), DETAIL)
                        .evidence(seen(name.clone(), known.value.clone()))
                        .evidence(seen("set by", known.source.clone()))
                        .ask(alter_system(
                            name,
                            "on",
                            Some(known),
                            "Look at the plans of the statement for which it was switched off before and after.",
                        )),
                );
            }
        }
        for (place, value) in &facts.overrides {
            let Some((who, name)) = place.split_once(": ") else { continue };
            if name.starts_with("enable_") && usual(name) && value.eq_ignore_ascii_case("off") {
                out.find(
                    finding(place.as_str(), format!("{name} is off for {who}"), DETAIL)
                        .evidence(seen(place.clone(), value.clone()))
                        .ask(habit(format!("Reset {name} for {who}"), format!("ALTER ROLE or ALTER DATABASE … RESET {name}; use SET LOCAL around the one statement that needs it."))),
                );
            }
        }
    }
}

const DETAIL: &str = "It was switched off for one statement, and holds for all: where the method would be best by far the planner takes \
                      the next one, and where there is no other it is used anyway.";
