//! The identity of a query without its literals.

/// xxh3 of the normalised token stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub u64);
