//! The access review.

use super::{Clinic, code_of, ok};
use crate::cases::audit;
use crate::dto::audit::{AuditAskDto, AuditRowDto, UnmaskDto};
use crate::testing::{import, ingrid_of_privacy};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{ErrorCode, Phi, ResourceKey};

const ADA: &str = r#"{"resourceType":"Patient","id":"ada","meta":{"versionId":"1"},"name":[{"family":"Njoroge","given":["Ada"]}],"birthDate":"1990-05-01"}"#;

impl Clinic {
    fn note(&self, event: EventDraft) -> u64 {
        self.workstation.enrolled_device().expect("device").ledger.append(event).expect("appended").sequence()
    }

    fn row(&self, sequence: u64) -> AuditRowDto {
        let ask = AuditAskDto { offset: 0, limit: 50, class: None, open_alerts: false, before: None };
        let mut rows = ok(audit::audit_events(&self.workstation, ask)).rows.into_iter();
        rows.find(|r| r.sequence == sequence).expect("in the table")
    }
}

fn unmask(sequence: u64, reason: &str) -> UnmaskDto {
    UnmaskDto { sequence, reason: reason.to_owned() }
}

fn patients(ids: &[&str]) -> Vec<ResourceKey> {
    ids.iter().map(|id| ResourceKey::new("Patient", id.parse().expect("id"))).collect()
}

#[test]
fn an_event_of_a_list_names_every_patient_and_is_unmasked_as_one() {
    let clinic = Clinic::with(ingrid_of_privacy());
    ok(import(&clinic.workstation, vec![ADA.to_owned()]));
    let listed = EventDraft::new(EventClass::ChartRead).with_resources(&patients(&["maria", "ada", "elsewhere"]));
    let sequence = clinic.note(listed);
    assert_eq!(clinic.row(sequence).patients, 3);
    assert_eq!(code_of(audit::unmask(&clinic.workstation, unmask(sequence, " "))), ErrorCode::Invalid);
    assert_eq!(clinic.events(EventClass::Unmask), 0);
    let shown = ok(audit::unmask(&clinic.workstation, unmask(sequence, "complaint 14")));
    assert_eq!(shown.patients, ["GONZÁLEZ, María Fernanda · 03-Feb-1961", "NJOROGE, Ada · 01-May-1990"]);
    assert_eq!((shown.unknown, clinic.events(EventClass::Unmask)), (1, 1));
}

#[test]
fn the_patients_of_an_event_are_counted_once_and_other_records_not_at_all() {
    let clinic = Clinic::with(ingrid_of_privacy());
    let note: ResourceKey = "DocumentReference/n1".parse().expect("key");
    let read =
        EventDraft::new(EventClass::ChartRead).about(Phi::new("maria".parse().expect("id"))).with_resources([&note]);
    let sequence = clinic.note(read);
    assert_eq!(clinic.row(sequence).patients, 1);
    assert_eq!(ok(audit::unmask(&clinic.workstation, unmask(sequence, "complaint 14"))).patients.len(), 1);
    let nobody = clinic.note(EventDraft::new(EventClass::Lock));
    assert_eq!(clinic.row(nobody).patients, 0);
    assert_eq!(code_of(audit::unmask(&clinic.workstation, unmask(nobody, "complaint 14"))), ErrorCode::NotAvailable);
}

#[test]
fn a_typed_reason_is_never_shown_as_a_cause() {
    let clinic = Clinic::with(ingrid_of_privacy());
    let typed = clinic.note(EventDraft::new(EventClass::Unmask).with_reason(Phi::new(String::from("sleep"))));
    let caused = clinic.note(EventDraft::new(EventClass::Lock).with_cause("sleep"));
    let said = |sequence| (clinic.row(sequence).cause, clinic.row(sequence).reason);
    assert_eq!(said(typed), (None, Some(String::from("sleep"))));
    assert_eq!(said(caused), (Some(String::from("sleep")), None));
}
