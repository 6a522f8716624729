//! The demo clinic: a deterministic generator over the seed lists in `assets/demo`.
//!
//! Everyone in it is made up. The same seed and the same moment make the same bytes.

mod catalogue;
mod chart;
mod child;
mod day;
mod dice;
mod history;
mod orders;
mod results;
mod roster;
mod staff;
mod today;
mod visits;
mod vitals;

pub(crate) use staff::users_file;
pub use staff::{DemoPerson, STAFF};
pub use today::Today;

use crate::BackendError;
use catalogue::Catalogue;
use chart::Chart;
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
    let catalogue = Catalogue::read()?;
    let mut lines = Vec::new();
    staff::add(&mut lines);
    for (place, (patient, story)) in roster::make_roster(&catalogue, seed, today).into_iter().enumerate() {
        let mut chart = Chart::open(&mut lines, &catalogue, today, seed, patient, story);
        let problems = history::add_history(&mut chart);
        visits::add_visits(&mut chart, &problems);
        child::add_childhood(&mut chart);
        day::add_appointments(&mut chart, place);
        orders::add_orders(&mut chart, place);
    }
    let mut out = String::new();
    for line in lines {
        out.push_str(&line.to_string());
        out.push('\n');
    }
    Ok(out)
}

#[cfg(test)]
mod tests;
