//! `sqlsift`: see the library's documentation for the architecture, and [`sqlsift::cli`] for what happens here.

use std::process::ExitCode;

fn main() -> ExitCode {
    sqlsift::cli::main()
}
