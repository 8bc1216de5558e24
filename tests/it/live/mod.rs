//! Tests that ask a real server, which the harness starts and stops.

mod catalog;
mod connect;
mod effect;
mod faults;
mod index;
mod keyset;
mod rights;
mod shop;
mod walk;
mod whatif;
