//! Row security, storage parameters, replica identity and comments of tables.

use super::{Applied, Complaint, Part, Replay};
use crate::catalog::expression::strip_parens;
use crate::catalog::model::{Policy, PolicyCommand, SourceLine, Table};
use crate::sql::ddl::model::{self as ddl, ActionKind, Comment, ObjectKind, Parameter, QualifiedName, ReplicaIdentity};

impl Replay {
    pub(super) fn create_policy(&mut self, def: &ddl::Policy, at: &SourceLine) -> Applied {
        let table = self.known_table(&def.table)?;
        let known = self.catalog.tables.get(&table).ok_or_else(|| Complaint::unknown(&table))?;
        if !self.full.has_room(&table, Part::Policy, known.policies.len(), &mut self.complaints) {
            return Ok(());
        }
        let policies = &mut self.table_mut(&table)?.policies;
        if let Some(present) = policies.iter().find(|policy| policy.name == def.name.text) {
            let message = format!("policy {} of {table} exists already", def.name.text);
            return Err(Complaint::exists(message, present.defined_at.as_ref()));
        }
        let command = match def.command {
            ddl::PolicyCommand::All => PolicyCommand::All,
            ddl::PolicyCommand::Select => PolicyCommand::Select,
            ddl::PolicyCommand::Insert => PolicyCommand::Insert,
            ddl::PolicyCommand::Update => PolicyCommand::Update,
            ddl::PolicyCommand::Delete => PolicyCommand::Delete,
        };
        policies.push(Policy {
            name: def.name.text.clone(),
            permissive: def.permissive,
            command,
            roles: roles(def),
            using: expression(def.using.as_ref()),
            check: expression(def.with_check.as_ref()),
            defined_at: Some(at.clone()),
        });
        Ok(())
    }

    pub(super) fn alter_policy(&mut self, def: &ddl::Policy, at: &SourceLine) -> Applied {
        let table = self.known_table(&def.table)?;
        let found = self.table_mut(&table)?.policies.iter_mut().find(|policy| policy.name == def.name.text);
        let Some(policy) = found else {
            if self.full.lacks(&table, Part::Policy) {
                return Ok(());
            }
            return Err(Complaint::new(format!("unknown policy {} of {table}", def.name.text)));
        };
        if !def.roles.is_empty() {
            policy.roles = roles(def);
        }
        policy.using = expression(def.using.as_ref()).or(policy.using.take());
        policy.check = expression(def.with_check.as_ref()).or(policy.check.take());
        if let Some(to) = &def.rename_to {
            policy.name.clone_from(&to.text);
        }
        policy.defined_at = Some(at.clone());
        Ok(())
    }

    pub(super) fn drop_policy(&mut self, table: &QualifiedName, name: &str) -> bool {
        let Some(table) = self.find_table(table) else { return false };
        let lacks = self.full.lacks(&table, Part::Policy);
        let Ok(table) = self.table_mut(&table) else { return false };
        let Some(policies) = table.policies.some_mut() else { return lacks };
        let before = policies.len();
        policies.retain(|policy| policy.name != name);
        policies.len() < before || lacks
    }

    pub(super) fn comment(&mut self, def: &Comment) -> Applied {
        let relation = matches!(
            def.kind,
            ObjectKind::Table | ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::ForeignTable
        );
        let Some(name) = def.name.as_ref().filter(|_| relation).and_then(|name| self.find_table(name)) else {
            return Ok(());
        };
        self.table_mut(&name)?.commented = def.text.is_some();
        Ok(())
    }

    pub(super) fn set_view_query(&mut self, name: &QualifiedName, query: &str) {
        let found = self.find_table(name).and_then(|name| self.catalog.tables.get_mut(&name));
        if let Some(view) = found {
            view.query = Some(query.into());
        }
    }
}

/// Those that are named; everybody is none.
fn roles(def: &ddl::Policy) -> Vec<String> {
    def.roles.iter().map(|role| role.text.clone()).filter(|role| role != "public").collect()
}

fn expression(written: Option<&ddl::Expr>) -> Option<String> {
    written.map(|expression| strip_parens(&expression.text).to_owned())
}

pub(super) fn set_parameters(table: &mut Table, parameters: &[Parameter]) {
    for parameter in parameters {
        let value = parameter.value.clone().unwrap_or_else(|| "true".to_owned());
        table.parameters.insert(parameter.name.clone(), value);
    }
}

/// Actions that change nothing but a property of the table itself.
pub(super) fn set_property(table: &mut Table, action: &ActionKind, at: &SourceLine) {
    let mut set = |what: &str| {
        table.set_at.insert(what.to_owned(), at.clone());
    };
    match action {
        ActionKind::EnableRowSecurity => set("row_security"),
        ActionKind::SetUnlogged => set("unlogged"),
        ActionKind::SetParameters(parameters) => parameters.iter().for_each(|parameter| set(&parameter.name)),
        _ => {}
    }
    match action {
        ActionKind::EnableRowSecurity => table.row_security = true,
        ActionKind::DisableRowSecurity => table.row_security = false,
        ActionKind::ForceRowSecurity => table.row_security_forced = true,
        ActionKind::NoForceRowSecurity => table.row_security_forced = false,
        ActionKind::SetLogged => table.unlogged = false,
        ActionKind::SetUnlogged => table.unlogged = true,
        ActionKind::SetParameters(parameters) => set_parameters(table, parameters),
        ActionKind::ResetParameters(parameters) => {
            for parameter in parameters {
                table.parameters.remove(&parameter.name);
            }
        }
        ActionKind::ReplicaIdentity(identity) => {
            table.replica_identity = match identity {
                ReplicaIdentity::Index(name) => Some(name.text.as_str().into()),
                _ => None,
            }
        }
        _ => {}
    }
}
