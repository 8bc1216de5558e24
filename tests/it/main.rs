//! One integration binary; one file an area.

#![allow(clippy::unwrap_used)]

mod catalog;
mod exactness;
mod explain;
mod harness;
mod lint;
mod live;
mod pgbench;
mod plans;
mod report;
mod shop;
mod tidy;

#[path = "../support/server.rs"]
#[allow(dead_code)]
mod server;
