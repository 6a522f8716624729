//! Named checks, and the list of those that are known to fail.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// One `server: check` a line; a line that begins with `?` may go either way, since it depends on the time that a run takes.
const KNOWN_FAILURES: &str = include_str!("known_failures.txt");

/// The names of checks and how they ended.
pub(super) type Results = Vec<(String, Result<(), String>)>;

/// The checks at one server.
pub(super) struct Checks {
    server: String,
    results: Results,
}

impl Checks {
    pub(super) fn of(server: &str) -> Self {
        Self { server: server.to_owned(), results: Vec::new() }
    }

    /// Runs one check; a panic in it is its failure.
    pub(super) fn check<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T, String>) -> Option<T> {
        let result = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            Err(text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default())
        });
        match &result {
            Ok(_) => println!("  ok    {name}"),
            Err(why) => println!("  FAILS {name}: {why}"),
        }
        let (value, result) = match result {
            Ok(value) => (Some(value), Ok(())),
            Err(why) => (None, Err(why)),
        };
        self.results.push((format!("{}: {name}", self.server), result));
        value
    }

    pub(super) fn done(self) -> Results {
        self.results
    }
}

/// Compares the results with the list.
///
/// # Panics
/// Where a check fails that is not on it, or one that is on it succeeds or was not run.
pub(super) fn compare(results: &[(String, Result<(), String>)]) {
    let lines = || KNOWN_FAILURES.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'));
    let sometimes: Vec<&str> = lines().filter_map(|l| l.strip_prefix('?')).map(str::trim).collect();
    let known: Vec<&str> = lines().filter(|l| !l.starts_with('?')).collect();
    let failed: Vec<&str> = results.iter().filter(|(_, r)| r.is_err()).map(|(name, _)| name.as_str()).collect();
    println!("\n{} checks, {} fail; {} known failures:", results.len(), failed.len(), known.len());
    for line in lines() {
        println!("  {line}");
    }
    let new: Vec<&&str> = failed.iter().filter(|f| !known.contains(*f) && !sometimes.contains(*f)).collect();
    let mended: Vec<&&str> = known.iter().filter(|k| !failed.contains(*k)).collect();
    assert!(
        new.is_empty() && mended.is_empty(),
        "fail and are not listed: {new:#?}\nlisted and do not fail: {mended:#?}"
    );
}
