//! Bytes to [`event::Event`]s: sources and compression, format detection, line prefixes, one file a format.

pub mod event;
