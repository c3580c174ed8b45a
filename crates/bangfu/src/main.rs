//! bangfu: the doors. Pages, command line, nightly jobs.

mod app;
mod checkup;
mod cli;
mod clock;
mod intake;
mod log;
mod notify;
mod openid;
mod persona;
mod system;
mod texts;
mod tls;
mod web;
mod words;

use std::process::ExitCode;

fn main() -> ExitCode {
    // The child that parses a file from outside: no arguments but its limits, no database, and nothing
    // of its parent's environment.
    if std::env::args_os().nth(1).is_some_and(|verb| verb == intake::CHILD_VERB) {
        return ExitCode::from(u8::try_from(intake::child(std::env::args_os().skip(2))).unwrap_or(1));
    }
    cli::main()
}
