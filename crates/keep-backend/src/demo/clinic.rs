//! The whole clinic as NDJSON.

use super::catalogue::Catalogue;
use super::chart::{Chart, Clinic};
use super::today::Today;
use super::{appointments, childhood, history, orders, roster, staff, visits};
use crate::error::BackendError;
use std::path::Path;

/// Writes the clinic as NDJSON: one resource per line, each after the resources that it refers to.
///
/// # Errors
/// [`BackendError::Io`] if the file cannot be written, [`BackendError::Demo`] if a seed list is invalid.
pub fn write_clinic(out: &Path, seed: u64, today: &Today) -> Result<(), BackendError> {
    std::fs::write(out, make_clinic(seed, today)?).map_err(BackendError::io(format!("writing {}", out.display())))
}

/// The clinic as NDJSON.
pub(crate) fn make_clinic(seed: u64, today: &Today) -> Result<String, BackendError> {
    let clinic = Clinic { catalogue: Catalogue::load()?, today: *today, seed };
    let mut lines = Vec::new();
    staff::add_staff(&mut lines);
    for (index, (patient, scenario)) in roster::make_roster(&clinic).into_iter().enumerate() {
        let mut chart = Chart::open(&clinic, &mut lines, patient, scenario);
        let problems = history::add_history(&mut chart);
        visits::add_visits(&mut chart, &problems);
        childhood::add_childhood(&mut chart);
        if index < roster::PATIENTS {
            appointments::add_appointments(&mut chart, index);
            orders::add_orders(&mut chart, index);
        }
    }
    let mut out = String::new();
    for line in lines {
        out.push_str(&line.to_string());
        out.push('\n');
    }
    Ok(out)
}
