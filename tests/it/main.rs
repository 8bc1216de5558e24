//! One integration binary; one file an area.

#![allow(clippy::unwrap_used)]

mod catalog;
mod exactness;
mod explain;
mod harness;
mod lint;
mod lint_runs;
mod live;
mod pgbench;
mod plans;
mod report;
mod shop;
mod tidy;

/// The shop's workload, as the fixtures are made with it.
#[path = "../../fixtures/capture/catalogue.rs"]
#[allow(dead_code)]
mod catalogue;
#[path = "../../fixtures/capture/session.rs"]
#[allow(dead_code)]
mod session;
#[path = "../../fixtures/capture/workload/mod.rs"]
mod workload;

#[path = "../support/server.rs"]
#[allow(dead_code)]
mod server;
