//! Drafts.

use super::{Clinic, code_of, ok, vitals};
use crate::cases::{chart, drafts, vitals as cases};
use crate::dto::draft::{DraftKindDto, SaveDraftDto};
use crate::testing::{leila_at_the_desk, nurse_amara};
use keep_domain::{ErrorCode, Phi};

pub(super) fn half() -> SaveDraftDto {
    SaveDraftDto {
        draft: None,
        kind: DraftKindDto::Vitals,
        patient: String::from("maria"),
        content: String::from(r#"{"systolic":"162"}"#),
    }
}

#[test]
fn a_draft_stays_until_its_form_is_saved() {
    let clinic = Clinic::with(nurse_amara()).synced();
    assert!(!drafts::any_kept(&clinic.workstation));
    let kept = ok(drafts::save_draft(&clinic.workstation, half()));
    assert!(drafts::any_kept(&clinic.workstation) && clinic.folder.path().join("personal").exists());
    let mine = ok(drafts::drafts(&clinic.workstation));
    assert_eq!((mine.len(), mine[0].patient_name.as_deref()), (1, Some("GONZÁLEZ, María Fernanda")));
    assert_eq!(ok(chart::open_chart(&clinic.workstation, "maria")).drafts[0].content, half().content);
    let mut form = vitals();
    form.draft = Some(kept.draft);
    ok(cases::save_vitals(&clinic.workstation, form));
    assert!(ok(drafts::drafts(&clinic.workstation)).is_empty() && !drafts::any_kept(&clinic.workstation));
}

#[test]
fn an_invalid_draft_is_refused() {
    let clinic = Clinic::with(nurse_amara());
    let mut long = half();
    long.content = "x".repeat(70_000);
    assert_eq!(code_of(drafts::save_draft(&clinic.workstation, long)), ErrorCode::Invalid);
    let kept = ok(drafts::save_draft(&clinic.workstation, half()));
    ok(drafts::discard_draft(&clinic.workstation, &kept.draft));
    ok(drafts::discard_draft(&clinic.workstation, &kept.draft));
    assert_eq!(code_of(drafts::discard_draft(&clinic.workstation, "no id")), ErrorCode::NotAvailable);
}

#[test]
fn drafts_that_a_role_may_no_longer_finish_are_not_shown() {
    let clinic = Clinic::with(leila_at_the_desk());
    // As she saved it while she was a nurse.
    let kept = clinic.workstation.with_session(|unlocked| {
        let content = Phi::new(half().content);
        let patient = half().patient.parse().expect("id");
        Ok(unlocked.store()?.personal()?.save_draft(None, "vitals", &patient, &content)?)
    });
    assert!(kept.is_ok());
    assert!(ok(drafts::drafts(&clinic.workstation)).is_empty());
    assert!(ok(chart::open_chart(&clinic.workstation, "maria")).drafts.is_empty());
}
