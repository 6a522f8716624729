//! The demo clinic: a deterministic generator over the seed lists in `assets/demo`.
//!
//! Everyone in it is made up. The same seed and the same day make the same bytes.

mod dice;
mod staff;
mod today;

pub use staff::{DemoPerson, STAFF};
pub(crate) use staff::users_file;
pub use today::Today;

use crate::BackendError;
use std::path::Path;

/// Writes the clinic as NDJSON, one resource a line, referenced ones first.
///
/// # Errors
/// [`BackendError::Io`] when the file cannot be written, [`BackendError::Demo`] when a seed list is broken.
pub fn write_clinic(out: &Path, seed: u64, today: &Today) -> Result<(), BackendError> {
    std::fs::write(out, make_clinic(seed, today)?).map_err(BackendError::io(format!("writing {}", out.display())))
}

/// The clinic as NDJSON.
///
/// # Errors
/// [`BackendError::Demo`] when a seed list is broken.
pub(crate) fn make_clinic(seed: u64, today: &Today) -> Result<String, BackendError> {
    let mut lines = Vec::new();
    let _ = (seed, today);
    staff::add(&mut lines);
    let mut out = String::new();
    for line in lines {
        out.push_str(&line.to_string());
        out.push('\n');
    }
    Ok(out)
}
