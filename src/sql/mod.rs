//! Text of statements to tokens, fingerprints and facts. The only user of sqlparser.

pub mod facts;
pub mod fingerprint;

pub use facts::StatementKind;
pub use fingerprint::Fingerprint;
