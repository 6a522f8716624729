//! From records to what the page shows: pure functions of records, a clock value and what the role may see.

pub(crate) mod access_view;
pub(crate) mod alerts;
pub(crate) mod allergies;
pub(crate) mod clinic_clock;
pub(crate) mod completeness;
pub(crate) mod conflict;
pub(crate) mod corrections;
pub(crate) mod detail_pages;
pub(crate) mod details;
pub(crate) mod dosage;
pub(crate) mod immunisations;
pub(crate) mod judge;
pub(crate) mod marks;
pub(crate) mod medicine_name;
pub(crate) mod medicines;
pub(crate) mod members;
pub(crate) mod moment;
pub(crate) mod names;
pub(crate) mod notes;
pub(crate) mod person;
pub(crate) mod person_name;
pub(crate) mod pregnancy;
pub(crate) mod problems;
pub(crate) mod results;
pub(crate) mod sign;
pub(crate) mod tabs;
pub(crate) mod timeline;
pub(crate) mod unfounded;
pub(crate) mod value;
pub(crate) mod visible_record;
pub(crate) mod vitals;
pub(crate) mod words;
pub(crate) mod work;

#[cfg(test)]
mod element_table;
#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod official_examples;
#[cfg(test)]
mod other_systems;

use crate::error::SessionError;
use clinic_clock::ClinicClock;
use keep_domain::{ResourceKey, UtcMillis};
use keep_fhir::{Raw, lens};
use keep_store::{AuditTicket, Record, Store};

/// "GONZÁLEZ, María Fernanda · 03-Feb-1961" for each of these who is on this workstation.
pub(crate) fn patient_lines(
    store: &Store,
    keys: &[ResourceKey],
    ticket: AuditTicket,
) -> Result<Vec<String>, SessionError> {
    let records = store.records(keys)?.release(ticket);
    let line = |record: &Record| {
        // EXPOSE: read for the line, which the ticket covers.
        let raw = Raw::parse(record.raw.expose().as_str()).ok()?;
        Some(person::line(&lens::patient(&raw).ok()?, &ClinicClock::at(UtcMillis(0))))
    };
    let known = |key: &ResourceKey| records.iter().find(|r| r.key == *key).and_then(line);
    Ok(keys.iter().filter_map(known).collect())
}
