//! Runs one command of the program.

use crate::arguments::{Arguments, Verb};
use crate::demo::{STAFF, StaffMember, write_clinic};
use crate::error::BackendError;
use crate::serve::serve;
use crate::totp::code_at;
use clap::Parser;
use keep_domain::{Clock, SystemClock};
use std::ffi::OsString;
use std::io::Write;
use tracing_subscriber::EnvFilter;

/// Runs the program with its command-line arguments.
///
/// # Errors
/// The error that ended it; clap has already printed its own messages.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Result<(), BackendError> {
    let filter = EnvFilter::try_from_env("KEEP_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).try_init().ok();
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let printed = error.print();
            return if error.use_stderr() || printed.is_err() { Err(BackendError::Usage) } else { Ok(()) };
        }
    };
    match arguments.verb {
        Verb::Serve(arguments) => serve(&arguments),
        Verb::Code { otpauth, json } => {
            let current = code_at(&otpauth, SystemClock.now())?;
            let line = if json { serde_json::json!(current).to_string() } else { current.code };
            print_line(&line)
        }
        Verb::Demo { out, demo } => write_clinic(&out, demo.seed, &demo.today(&SystemClock)?),
        Verb::People { json } => print_people(json),
    }
}

fn print_people(json: bool) -> Result<(), BackendError> {
    if json {
        let people: Vec<_> = STAFF.iter().map(StaffMember::credentials).collect();
        return print_line(&serde_json::json!(people).to_string());
    }
    for person in &STAFF {
        print_line(&format!(
            "{:<8} {:<18} {:<18} {:<22} {}",
            person.user,
            person.name(),
            person.role.name(),
            person.password,
            person.otpauth()
        ))?;
    }
    Ok(())
}

fn print_line(line: &str) -> Result<(), BackendError> {
    writeln!(std::io::stdout(), "{line}").map_err(BackendError::io("writing to standard output"))
}
