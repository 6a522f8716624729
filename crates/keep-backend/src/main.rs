//! Entry point: runs the library with the arguments and turns an error into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    if keep_hardening::protect_process().is_err() {
        return ExitCode::FAILURE;
    }
    match keep_backend::run(std::env::args_os()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The error contains no PHI and no secrets: only paths, line numbers and categories.
            tracing::error!(%error, "keep-backend failed");
            ExitCode::FAILURE
        }
    }
}
