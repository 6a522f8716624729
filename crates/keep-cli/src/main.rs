//! Binary `chartkeep`: for IT and auditors.

use clap::Parser;
use keep_cli::answer::Answer;
use keep_cli::args::DESCRIPTORS;
use keep_domain::ErrorCode;
use keep_hardening::InheritedDescriptors;
use std::io::Write;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: keep_hardening::WipingAllocator = keep_hardening::WipingAllocator;

fn main() -> ExitCode {
    let protected = keep_hardening::protect_process();
    let callers = InheritedDescriptors::find(DESCRIPTORS);
    let args = match keep_cli::args::Args::try_parse() {
        Ok(args) => args,
        Err(wrong) => return refuse(&wrong),
    };
    let json = args.json;
    let answer = match protected {
        Ok(()) => keep_cli::run(args, callers),
        Err(_) => Answer::failed(ErrorCode::Internal),
    };
    keep_hardening::wipe_stack();
    let text = if json { answer.to_json() } else { answer.to_text() };
    // A closed pipe must not hide the exit code.
    let _ = writeln!(std::io::stdout(), "{text}");
    ExitCode::from(u8::try_from(answer.exit as i32).unwrap_or(1))
}

/// Wrong use, or help and version, which are no failure. A program that asked for JSON gets its object, too.
fn refuse(wrong: &clap::Error) -> ExitCode {
    // A closed pipe must not hide the exit code.
    let _ = wrong.print();
    if !wrong.use_stderr() {
        return ExitCode::SUCCESS;
    }
    if std::env::args_os().any(|a| a == "--json") {
        let _ = writeln!(std::io::stdout(), "{}", Answer::failed(ErrorCode::Invalid).to_json());
    }
    ExitCode::from(2)
}
