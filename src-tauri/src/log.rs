//! Logs to standard error, from Chartkeep's own crates only.

use std::io::Write;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// The crates whose logs contain no patient data, no secret and no URL with a query.
const OWN_CRATES: [&str; 10] = [
    "chartkeep_desktop",
    "keep_access",
    "keep_audit",
    "keep_clinical",
    "keep_domain",
    "keep_fhir",
    "keep_keys",
    "keep_session",
    "keep_store",
    "keep_sync",
];

/// Starts logging. `CHARTKEEP_LOG` is a level: `error`, `warn`, `info` (the default), `debug` or `trace`.
///
/// INVARIANT: other crates are silent at every level: their debug output may contain URLs and patient data.
pub(crate) fn start() {
    let level = std::env::var("CHARTKEEP_LOG").ok().and_then(|text| text.parse().ok());
    let filter = EnvFilter::new(directives(level.unwrap_or(LevelFilter::INFO)));
    let _already_set = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    std::panic::set_hook(Box::new(|info| {
        // The message may contain patient data; the location is enough to find the defect.
        let location = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        print_line(&format!("a defect stopped a thread at {location}"));
    }));
}

fn directives(level: LevelFilter) -> String {
    OWN_CRATES.iter().fold(String::from("off"), |all, name| format!("{all},{name}={level}"))
}

/// Prints one line for a user who started the program from a terminal.
pub(crate) fn print_line(line: &str) {
    let _no_terminal = writeln!(std::io::stderr(), "chartkeep: {line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::sync::{Arc, Mutex, PoisonError};

    /// The log lines of a test.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn other_crates_are_silent_at_every_level() {
        let lines = Lines::default();
        let sink = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(directives(LevelFilter::TRACE)))
            .with_writer(move || sink.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            tracing::error!(target: "reqwest::connect", "URL of a patient");
            tracing::trace!(target: "hyper", "body of a patient");
            tracing::trace!(target: "keep_session::cases", "ours");
        });
        let mut text = String::new();
        let bytes = lines.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        bytes.as_slice().read_to_string(&mut text).expect("text");
        assert!(text.contains("ours") && !text.contains("patient"), "{text}");
    }
}
