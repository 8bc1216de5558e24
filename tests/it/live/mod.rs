//! Tests that ask a real server, which the harness starts and stops.

mod advice;
mod catalog;
mod connect;
mod effect;
mod faults;
mod health;
mod index;
mod keyset;
mod read;
mod rights;
mod runs;
mod sent;
mod shop;
mod walk;
mod whatif;
