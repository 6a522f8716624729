//! The program `chartkeep`, for IT and auditors.

use clap::Parser;
use keep_cli::args::{Args, DESCRIPTORS};
use keep_cli::report::Report;
use keep_domain::ErrorCode;
use keep_hardening::InheritedDescriptors;
use std::io::Write;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: keep_hardening::WipingAllocator = keep_hardening::WipingAllocator;

fn main() -> ExitCode {
    let protected = keep_hardening::protect_process();
    let inherited = InheritedDescriptors::find(DESCRIPTORS);
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return end_without_verb(&error),
    };
    let json = args.json;
    let report = match protected {
        Ok(()) => keep_cli::run(args, inherited),
        Err(_) => ErrorCode::Internal.into(),
    };
    keep_hardening::wipe_stack();
    let text = if json { report.to_json() } else { report.to_text() };
    // A closed pipe must not hide the exit code.
    let _ = writeln!(std::io::stdout(), "{text}");
    ExitCode::from(report.exit_code() as u8)
}

/// Prints the help, the version or an error in the arguments; for an error with `--json` also the JSON object.
fn end_without_verb(error: &clap::Error) -> ExitCode {
    // A closed pipe must not hide the exit code.
    let _ = error.print();
    if !error.use_stderr() {
        return ExitCode::SUCCESS;
    }
    if std::env::args_os().any(|a| a == "--json") {
        let _ = writeln!(std::io::stdout(), "{}", Report::from(ErrorCode::Invalid).to_json());
    }
    ExitCode::from(2)
}
