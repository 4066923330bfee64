//! Parses arguments, calls the command, turns its result into an exit code.

use clap::Parser;
use faultbook::cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match cli::args::Cli::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    ExitCode::from(cli::run(&arguments) as u8)
}
