//! Reports to text, one file a format.

pub mod checkstyle;
mod facts;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
pub mod markdown;
mod order;
pub mod palette;
mod path;
pub mod sarif;
pub mod short;
pub mod sql;
pub mod table;
mod tally;
pub mod text;
pub mod wrap;
mod xml;

#[cfg(test)]
mod lint_tests;
