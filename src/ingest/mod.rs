//! Bytes to [`event::Event`]s: sources and compression, format detection, line prefixes, one file a format.
//!
//! The way of a log: [`source::expand`] and [`source::Input`] give decompressed bytes, [`detect::detect`] tells what they
//! are, [`chunk::Chunks`] cuts them at record boundaries, [`parse::events`] turns a chunk into events. Chunks may be parsed
//! on any thread and in any order: the events do not depend on where the log was cut.

pub mod chunk;
pub mod cut;
pub mod detect;
pub mod event;
pub mod export;
pub mod filter;
pub mod format;
pub mod parse;
pub mod prefix;
pub mod problem;
pub mod source;
pub mod time;

mod csvlog;
mod json_string;
mod jsonlog;
mod language;
mod message;
mod pending;
mod plan_text;
mod prepared;
mod record;
mod severity;
mod stderr;
mod syslog;
mod wrapper;
mod zones;

#[cfg(test)]
mod tests;
