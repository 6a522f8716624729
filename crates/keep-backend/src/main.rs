//! Entry point: hands the arguments to the library and turns its error into an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    if keep_hardening::protect_process().is_err() {
        return ExitCode::FAILURE;
    }
    match keep_backend::run(std::env::args_os()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The error enum carries no PHI and no secret: paths, line numbers and kinds only.
            tracing::error!(%error, "keep-backend stops");
            ExitCode::FAILURE
        }
    }
}
