//! Logs: to standard error, own crates only.

use std::io::Write;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// The crates that keep to the rule that no log carries a value of a patient, a secret or an address with a query.
const OURS: [&str; 10] = [
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

/// Starts logging. `CHARTKEEP_LOG` is a level: `error`, `warn`, `info` (which is the default), `debug` or `trace`.
///
/// INVARIANT: other crates are silent at every level: their debug output may carry addresses and values.
pub(crate) fn start() {
    let asked = std::env::var("CHARTKEEP_LOG").ok().and_then(|text| text.parse().ok());
    let filter = EnvFilter::new(directives(asked.unwrap_or(LevelFilter::INFO)));
    let _already_set = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    std::panic::set_hook(Box::new(|info| {
        // The message may carry a value; the place is enough to find the defect.
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        say(&format!("a defect stopped a thread at {place}"));
    }));
}

fn directives(level: LevelFilter) -> String {
    OURS.iter().fold(String::from("off"), |all, ours| format!("{all},{ours}={level}"))
}

/// One line for the person who started the program from a terminal.
pub(crate) fn say(line: &str) {
    let _nobody_reads = writeln!(std::io::stderr(), "chartkeep: {line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::sync::{Arc, Mutex, PoisonError};

    /// Where the lines of a test go.
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
            tracing::error!(target: "reqwest::connect", "address of a patient");
            tracing::trace!(target: "hyper", "body of a patient");
            tracing::trace!(target: "keep_session::cases", "ours");
        });
        let mut text = String::new();
        let bytes = lines.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        bytes.as_slice().read_to_string(&mut text).expect("text");
        assert!(text.contains("ours") && !text.contains("patient"), "{text}");
    }
}
