//! Change sets that are pending, rejected or in conflict, as the sync page lists them.

use crate::ctx::Ctx;
use crate::dto::sync::{RejectedRecordDto, SyncItemDto, SyncItemStateDto, WaitCauseDto, WaitDto};
use crate::error::SessionError;
use crate::records::author;
use crate::view::access_view::AccessView;
use crate::view::names::staff_name;
use keep_access::Group;
use keep_audit::{EventClass, EventDraft};
use keep_domain::{PatientId, Phi, ResourceKey};
use keep_fhir::lens;
use keep_store::{AuditTicket, AuthorBacklog, EntryState, OutgoingEntry, OutgoingSet, SetState, Store};
use keep_sync::{WaitCause, WaitingSet};
use std::collections::BTreeMap;

/// The most rows that the page shows.
const MOST_ITEMS: usize = 100;

pub(super) fn waiting(ctx: &Ctx<'_>) -> Result<Vec<SyncItemDto>, SessionError> {
    if backlog(ctx.store)? == (0, 0, 0) {
        return Ok(Vec::new());
    }
    let (sets, ticket) = read(ctx)?;
    let view = AccessView::of(ctx.session, author::stored(ctx.store));
    let mut people: BTreeMap<PatientId, Option<String>> = BTreeMap::new();
    for patient in sets.iter().filter_map(patient_of) {
        people.entry(patient).or_insert_with_key(|patient| patient_name(ctx, &view, patient, &ticket));
    }
    let authors = ctx.workstation.names();
    let waits = ctx.workstation.0.sync.waits.list();
    let knows_why = AccessView::of(ctx.session, None).sees_any(&[Group::AppointmentReason, Group::SafetyFlag]);
    let item = |set: OutgoingSet| {
        // The server's words may quote the record: they are shown to its author and to clinicians.
        let sees_words = set.author == ctx.session.user || knows_why;
        let patient = patient_of(&set);
        SyncItemDto {
            change_set: set.id.0,
            state: match set.state {
                SetState::Ready | SetState::WaitsForSet => SyncItemStateDto::Pending,
                SetState::WaitsForRank => SyncItemStateDto::WaitsForRank,
                SetState::Rejected => SyncItemStateDto::Rejected,
                SetState::Conflict => SyncItemStateDto::Conflict,
                SetState::Damaged => SyncItemStateDto::Damaged,
            },
            author: authors.get(&set.author).cloned(),
            saved: set.saved.to_rfc3339(),
            kinds: kinds(&set),
            patient_name: patient.as_ref().and_then(|p| people.get(p).cloned().flatten()),
            patient: patient.map(|p| p.to_string()),
            reason: set.entries.iter().find_map(|e| e.outcome.as_ref()).filter(|_| sees_words).map(exposed),
            rejected: set
                .entries
                .iter()
                .filter(|e| e.state == EntryState::Rejected && sees_words)
                .map(rejected)
                .collect(),
            waits_for: waits.iter().find(|w| w.change_set == set.id.0).map(wait_of),
            conflict: set.entries.iter().find_map(|e| e.conflict).map(|c| c.0.to_string()),
        }
    };
    Ok(sets.into_iter().map(item).collect())
}

/// The queue, under an event: it shows who wrote what kind of record about whom.
pub(super) fn read(ctx: &Ctx<'_>) -> Result<(Vec<OutgoingSet>, AuditTicket), SessionError> {
    let event = EventDraft::new(EventClass::Sync).by(ctx.session.actor()).with_cause("queue_shown");
    let ticket = ctx.workstation.enrolled_device()?.ledger.append(event)?;
    let sets = ctx.store.next_change_sets(&ticket, MOST_ITEMS)?;
    Ok((sets, ticket))
}

/// The name of a patient whom this role may see.
fn patient_name(ctx: &Ctx<'_>, view: &AccessView, patient: &PatientId, ticket: &AuditTicket) -> Option<String> {
    let record = ctx.store.record(&ResourceKey::new("Patient", patient.clone())).ok()?.release_under(ticket);
    // EXPOSE: read for the name.
    let (raw, facts) = keep_fhir::parse_and_extract(record.raw.expose().as_str());
    let name = raw.and_then(|raw| lens::person_name(&raw).ok().flatten());
    name.filter(|_| view.reads(&record, facts.as_ref()).is_visible()).map(|name| staff_name(&name))
}

/// The patient of a set's first record that has one.
pub(super) fn patient_of(set: &OutgoingSet) -> Option<PatientId> {
    // EXPOSE: read for whose record it is.
    set.entries.iter().find_map(|e| keep_fhir::extract(e.raw.expose()).ok()?.patient)
}

fn exposed(words: &Phi<String>) -> String {
    // EXPOSE: shown to those who may read the record.
    words.expose().clone()
}

fn rejected(entry: &OutgoingEntry) -> RejectedRecordDto {
    RejectedRecordDto {
        reference: entry.key.to_string(),
        kind: entry.key.resource_type.to_string(),
        words: entry.outcome.as_ref().map(exposed).unwrap_or_default(),
        fields: entry.fields.clone(),
    }
}

fn wait_of(wait: &WaitingSet) -> WaitDto {
    let cause = match wait.cause {
        WaitCause::Busy => WaitCauseDto::Busy,
        WaitCause::NotPermitted => WaitCauseDto::NotPermitted,
        WaitCause::NotOffered => WaitCauseDto::NotOffered,
        WaitCause::TooLarge => WaitCauseDto::TooLarge,
        WaitCause::ServerError => WaitCauseDto::ServerError,
        WaitCause::NotFhir => WaitCauseDto::NotFhir,
        WaitCause::Changing => WaitCauseDto::Changing,
    };
    WaitDto { cause, status: wait.status }
}

/// The types of record in a set, each once, in the order of the save; Provenance is left out.
fn kinds(set: &OutgoingSet) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    for key in set.entries.iter().map(|e| &e.key).chain(&set.damaged) {
        let kind = key.resource_type.as_str();
        if kind != "Provenance" && !kinds.iter().any(|known| known == kind) {
            kinds.push(kind.to_owned());
        }
    }
    kinds
}

/// Change sets of all authors: not confirmed yet, of these rejected, and in conflict.
pub(super) fn backlog(store: &Store) -> Result<(u32, u32, u32), SessionError> {
    let authors = store.backlog()?;
    let sum = |of: fn(&AuthorBacklog) -> u32| authors.iter().map(of).fold(0, u32::saturating_add);
    Ok((sum(|a| a.pending), sum(|a| a.rejected), sum(|a| a.conflicts)))
}
