//! Logs: to standard error, own crates only.

use std::io::Write;
use tracing_subscriber::EnvFilter;

/// Starts logging. `CHARTKEEP_LOG` changes the levels.
///
/// Other crates are silent by default: their debug output may carry addresses and values.
pub(crate) fn start() {
    let filter =
        EnvFilter::try_from_env("CHARTKEEP_LOG").unwrap_or_else(|_| EnvFilter::new("off,chartkeep_desktop=info"));
    let _already_set = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    std::panic::set_hook(Box::new(|info| {
        // The message may carry a value; the place is enough to find the defect.
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        say(&format!("a defect stopped a thread at {place}"));
    }));
}

/// One line for the person who started the program from a terminal.
pub(crate) fn say(line: &str) {
    let _nobody_reads = writeln!(std::io::stderr(), "chartkeep: {line}");
}
