//! `sqlsift`: see the library's documentation for the architecture, and [`sqlsift::cli`] for what happens here.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Reading plans and migrations makes many small strings: with the C library's allocator `lint` takes a fifth longer, `explain`
/// a seventh.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    sqlsift::cli::main()
}
