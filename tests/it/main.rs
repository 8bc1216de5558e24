//! One integration binary; one file an area.

#![allow(clippy::unwrap_used)]

mod catalog;
mod exactness;
mod harness;
mod live;
mod pgbench;
mod report;
mod shop;
mod tidy;

#[path = "../support/server.rs"]
#[allow(dead_code)]
mod server;
