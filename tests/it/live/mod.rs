//! Tests that ask a real server, which the harness starts and stops.

mod advice;
mod catalog;
mod connect;
mod constants;
mod effect;
mod faults;
mod health;
mod index;
mod joined;
mod keyset;
mod newer_syntax;
mod read;
mod rights;
mod runs;
mod secrets;
mod sent;
mod shop;
mod walk;
mod whatif;
