//! The full-size shop of the fixtures in a database of its own.

use std::path::PathBuf;

use crate::server::Server;

pub fn fixture(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)
}

pub fn read(path: &str) -> String {
    std::fs::read_to_string(fixture(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// A server with the shop's schema and rows in the database `shop`.
pub fn server() -> Server {
    let server = Server::start(&[("shared_preload_libraries", "pg_stat_statements"), ("max_wal_size", "4GB")]);
    let _ = server.psql("postgres", "CREATE DATABASE shop");
    let _ = server.psql("shop", &read("capture/shop_schema.sql"));
    let _ = server.psql("shop", &read("capture/shop_data.sql"));
    server
}
