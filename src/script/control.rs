//! A statement in; what it does to transactions out.

use super::model::Content;
use crate::sql::ddl::Ddl;
use crate::sql::ddl::model::Transaction;

/// Transaction control (documentation, "BEGIN", "COMMIT", "ROLLBACK", "PREPARE TRANSACTION").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    Begin,
    /// COMMIT, ROLLBACK, PREPARE TRANSACTION.
    End,
    /// COMMIT AND CHAIN, ROLLBACK AND CHAIN.
    EndAndChain,
}

/// `None` for a statement that neither begins nor ends one.
pub(super) fn control(content: &Content) -> Option<Control> {
    let Ddl::Transaction(transaction) = content.ddl()? else { return None };
    match transaction {
        Transaction::Begin => Some(Control::Begin),
        Transaction::Commit { chain: true } | Transaction::Rollback { chain: true } => Some(Control::EndAndChain),
        Transaction::Commit { .. } | Transaction::Rollback { .. } | Transaction::Prepare => Some(Control::End),
        _ => None,
    }
}
