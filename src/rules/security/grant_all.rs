//! `security/grant_all`: `GRANT ALL` on a table, schema or database to a role. Of PUBLIC speaks `security/grant_to_public`.

use serde::Deserialize;

use crate::rules::StatementRule;
use crate::rules::draft::Sink;
use crate::rules::lint::context::StatementCx;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::{GrantVerb, Grantee, ObjectKind};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {}

impl StatementRule for Rule {
    fn check(&self, cx: &StatementCx<'_>, out: &mut Sink) {
        let grant = match cx.ddl() {
            Some(Ddl::Grant(grant)) => grant,
            Some(Ddl::AlterDefaultPrivileges(defaults)) => &defaults.grant,
            _ => return,
        };
        let wide = matches!(grant.kind, ObjectKind::Table | ObjectKind::Schema | ObjectKind::Database);
        let public = grant.grantees.iter().any(|grantee| matches!(grantee, Grantee::Public(_)));
        let Some(all) = grant.privileges.iter().find(|one| one.name == "all") else { return };
        if grant.verb != GrantVerb::Grant || !wide || public {
            return;
        }
        out.find(cx.draft(
            all.span,
            "ALL gives rights that an application does not need",
            "On a table ALL holds TRUNCATE, REFERENCES and TRIGGER besides the four that an application uses: with \
             TRIGGER its role can have code of its own run by whoever writes to the table. On a schema it holds \
             CREATE. Name the rights.",
        ));
    }
}
