//! `migration/domain_constraint_scan`: a domain's constraint, for which all tables with a column of the domain are read.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::effect::model::Cause;
use crate::rules::StatementRule;
use crate::rules::draft::{Ask, Sink};
use crate::rules::lint::context::StatementCx;
use crate::rules::lint::lived::Newness;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{AlterDomain, DomainAction};

use super::hurting::hurting;
use super::steps::{LATER, added, named, spelled, split};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let Some(Ddl::AlterDomain(domain)) = cx.ddl() else { return };
        for work in hurting(cx, &[Cause::DomainConstraint, Cause::Validate]) {
            if !work.under.blocks_writes() {
                continue;
            }
            let works = cx.effect.works.iter().filter(|work| cx.newness(&work.on) == Newness::Old);
            let tables: BTreeSet<&str> = works.map(|work| work.on.name.as_str()).collect();
            let draft = cx.working(
                work,
                format!("All rows of {} are read while writes wait", tables.into_iter().collect::<Vec<_>>().join(", ")),
                "Every table with a column of the domain is locked with SHARE and read to its end, all in one transaction.",
            );
            let ask = not_valid(cx, domain).map(Ask::Ready);
            out.find(ask.into_iter().fold(draft, crate::rules::draft::Draft::ask));
        }
    }
}

/// VALIDATE of a domain holds writes up as well: it is NOT VALID that gains something.
fn not_valid(cx: &StatementCx<'_>, domain: &AlterDomain) -> Option<crate::rules::draft::Advice> {
    let DomainAction::AddConstraint(def) = &domain.action else { return None };
    let name = match &def.name {
        Some(name) => name.span.of(cx.text).to_owned(),
        None => named(&[&domain.name.name, "check"]),
    };
    let spelled = spelled(cx, &domain.name);
    let first = format!("ALTER DOMAIN {spelled} {} NOT VALID;", added(cx.text, def, &name));
    let validate = vec![(LATER, format!("ALTER DOMAIN {spelled} VALIDATE CONSTRAINT {name};"))];
    let detail = "NOT VALID binds new values alone and takes a moment. VALIDATE reads the tables while writes wait: leave it for a quiet \
                  hour, or for ever.";
    Some(split("Add it NOT VALID, then validate", detail, first, validate))
}
