//! SQL text in; tokens, fingerprints, statements and facts out. The only user of `sqlparser`.
//!
//! | what | in | out |
//! |---|---|---|
//! | [`scan`] | a statement, any bytes | fingerprint, kind, hash of its literals, LIMIT and OFFSET, in one pass without a parse |
//! | [`normalize`] | a statement | the text that is shown of a fingerprint, without literals |
//! | [`split()`] | a script | its statements with spans and lines |
//! | [`tags()`] | a statement | what applications say of themselves in its comments |
//! | [`facts()`], [`facts_of_many`] | a statement | relations, predicates, order, limits: from the parse, else from the tokens |
//! | [`ddl`] | a statement | the DDL it is, told from its tokens |
//!
//! All of it takes hostile and cut-off text: nothing here panics, and time is linear in the length of the text.

pub mod ddl;
pub mod facts;
pub mod fingerprint;
pub mod guard;
mod keyword;
pub mod lexer;
mod parse;
pub mod split;
pub mod tags;
mod tokens;
pub mod verb;

pub use facts::{Bound, Facts, StatementKind, facts, facts_of_many};
pub use fingerprint::{FINGERPRINT_VERSION, Fingerprint, Scan, Scratch, normalize, scan};
pub use lexer::{Lexer, Token, TokenKind};
pub use split::split;
pub use tags::tags;
pub use verb::Verb;
