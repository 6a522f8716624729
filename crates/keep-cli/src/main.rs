//! Binary `chartkeep`: for IT and auditors.

use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = keep_cli::args::Args::parse();
    let json = args.json;
    let answer = keep_cli::run(args);
    let text = if json { answer.to_json() } else { answer.to_text() };
    // A closed pipe must not hide the exit code.
    let _ = writeln!(std::io::stdout(), "{text}");
    ExitCode::from(u8::try_from(answer.exit as i32).unwrap_or(1))
}
