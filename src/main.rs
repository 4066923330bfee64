//! Parses arguments, calls the command, turns its result into an exit code.

use clap::Parser;
use faultbook::cli;
use faultbook::text::untrusted::shown;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match cli::args::Cli::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            if error.use_stderr() {
                // It repeats arguments as they came, which may be names of files that somebody else chose.
                let _ = write!(std::io::stderr(), "{}", shown(&error.render().to_string()));
                return ExitCode::from(2);
            }
            let done = error.print().and_then(|()| std::io::stdout().flush());
            // A reader that left wanted no more; any other trouble is one.
            let failed = done.is_err_and(|e| e.kind() != std::io::ErrorKind::BrokenPipe);
            return ExitCode::from(if failed { 2 } else { 0 });
        }
    };
    ExitCode::from(cli::run(&arguments) as u8)
}
