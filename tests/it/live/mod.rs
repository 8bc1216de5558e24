//! Tests that ask a real server, which the harness starts and stops.

mod catalog;
mod effect;
mod health;
mod index;
mod keyset;
mod shop;
mod walk;
