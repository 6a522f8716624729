//! From records to what the interface shows: pure functions of records, a clock value and what the role may see.

pub(crate) mod allergies;
pub(crate) mod completeness;
pub(crate) mod conflict;
pub(crate) mod entry;
pub(crate) mod glance;
pub(crate) mod immunisations;
pub(crate) mod medicines;
pub(crate) mod names;
pub(crate) mod notes;
pub(crate) mod person;
pub(crate) mod problems;
pub(crate) mod results;
pub(crate) mod sight;
pub(crate) mod timeline;
pub(crate) mod vitals;
pub(crate) mod words;
pub(crate) mod work;

#[cfg(test)]
pub(crate) mod fixtures;

use crate::fault::Fault;
use glance::Glance;
use keep_domain::{ErrorCode, PatientId, Phi, ResourceKey, UtcMillis};
use keep_fhir::{Raw, lens};
use keep_store::{AuditTicket, Store};

/// One patient in one line, "GONZÁLEZ, María Fernanda · 03-Feb-1961"; the ticket is that of the event that shows it.
pub(crate) fn patient_line(store: &Store, patient: &Phi<PatientId>, ticket: AuditTicket) -> Result<String, Fault> {
    // EXPOSE: the id finds the record; what is shown is covered by the ticket.
    let key = ResourceKey::new("Patient", patient.expose().clone());
    let record = store.record(&key)?.release(ticket);
    // EXPOSE: read for the line.
    let raw = Raw::parse(record.raw.expose().as_str()).map_err(|_| Fault::of(ErrorCode::NotAvailable))?;
    let person = lens::patient(&raw).map_err(|_| Fault::of(ErrorCode::NotAvailable))?;
    Ok(person::line(&person, &Glance::at(UtcMillis(0))))
}
