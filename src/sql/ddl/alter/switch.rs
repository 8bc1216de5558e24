//! ENABLE and DISABLE of triggers, rules and row security; REPLICA IDENTITY.

use crate::sql::ddl::cursor::{Cursor, Parsed};
use crate::sql::ddl::model::{ActionKind, Firing, ReplicaIdentity, TriggerChoice};

pub(super) fn action(c: &mut Cursor<'_>) -> Parsed<Option<ActionKind>> {
    const TRIGGERS: &[(&[&str], Firing)] = &[
        (&["enable", "trigger"], Firing::Origin),
        (&["enable", "always", "trigger"], Firing::Always),
        (&["enable", "replica", "trigger"], Firing::Replica),
        (&["disable", "trigger"], Firing::Never),
    ];
    const RULES: &[(&[&str], Firing)] = &[
        (&["enable", "rule"], Firing::Origin),
        (&["enable", "always", "rule"], Firing::Always),
        (&["enable", "replica", "rule"], Firing::Replica),
        (&["disable", "rule"], Firing::Never),
    ];
    if let Some(firing) = c.choose(TRIGGERS) {
        let which = if c.eat(&["all"]) {
            TriggerChoice::All
        } else if c.eat(&["user"]) {
            TriggerChoice::User
        } else {
            TriggerChoice::Named(c.name()?)
        };
        return Ok(Some(ActionKind::SetTrigger { which, firing }));
    }
    if let Some(firing) = c.choose(RULES) {
        return Ok(Some(ActionKind::SetRule { rule: c.name()?, firing }));
    }
    if c.eat(&["replica", "identity"]) {
        return Ok(Some(ActionKind::ReplicaIdentity(identity(c)?)));
    }
    Ok(if c.eat(&["enable", "row", "level", "security"]) {
        Some(ActionKind::EnableRowSecurity)
    } else if c.eat(&["disable", "row", "level", "security"]) {
        Some(ActionKind::DisableRowSecurity)
    } else if c.eat(&["force", "row", "level", "security"]) {
        Some(ActionKind::ForceRowSecurity)
    } else if c.eat(&["no", "force", "row", "level", "security"]) {
        Some(ActionKind::NoForceRowSecurity)
    } else if c.eat(&["not", "of"]) {
        Some(ActionKind::NotOf)
    } else {
        None
    })
}

fn identity(c: &mut Cursor<'_>) -> Parsed<ReplicaIdentity> {
    Ok(if c.eat(&["default"]) {
        ReplicaIdentity::Default
    } else if c.eat(&["full"]) {
        ReplicaIdentity::Full
    } else if c.eat(&["nothing"]) {
        ReplicaIdentity::Nothing
    } else if c.eat(&["using", "index"]) {
        ReplicaIdentity::Index(c.name()?)
    } else {
        return c.refuse("DEFAULT, FULL, NOTHING or USING INDEX");
    })
}
