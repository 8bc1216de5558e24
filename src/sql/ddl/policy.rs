//! CREATE and ALTER POLICY.

use super::cursor::{Cursor, Parsed};
use super::model::{Policy, PolicyCommand};

/// The cursor stands after POLICY; the clauses of both statements are taken.
pub(super) fn policy(c: &mut Cursor<'_>) -> Parsed<Policy> {
    const COMMANDS: &[(&[&str], PolicyCommand)] = &[
        (&["all"], PolicyCommand::All),
        (&["select"], PolicyCommand::Select),
        (&["insert"], PolicyCommand::Insert),
        (&["update"], PolicyCommand::Update),
        (&["delete"], PolicyCommand::Delete),
    ];
    c.eat(&["if", "exists"]);
    let name = c.name()?;
    c.need(&["on"], "ON")?;
    let mut policy = Policy {
        name,
        table: c.qualified()?,
        permissive: true,
        command: PolicyCommand::All,
        roles: Vec::new(),
        using: None,
        with_check: None,
        rename_to: None,
    };
    if c.eat(&["rename", "to"]) {
        policy.rename_to = Some(c.name()?);
    }
    if c.eat(&["as"]) {
        policy.permissive = !c.is("restrictive");
        if !c.eat_any(&["permissive", "restrictive"]) {
            return c.refuse("PERMISSIVE or RESTRICTIVE");
        }
    }
    if c.eat(&["for"]) {
        policy.command = match c.choose(COMMANDS) {
            Some(command) => command,
            None => return c.refuse("ALL, SELECT, INSERT, UPDATE or DELETE"),
        };
    }
    if c.eat(&["to"]) {
        policy.roles = c.names()?;
    }
    if c.eat(&["using"]) {
        policy.using = Some(c.parenthesised()?);
    }
    if c.eat(&["with", "check"]) {
        policy.with_check = Some(c.parenthesised()?);
    }
    c.end("the end of the policy")?;
    Ok(policy)
}
