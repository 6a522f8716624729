//! Alerts are findings until an entitled user has signed them off.

use super::*;
use crate::{Explanation, SignOff};

fn ingrid() -> Actor {
    Actor::new(UserId::of("iss", "amara"), Role::PrivacyOfficer)
}

fn finding() -> EventDraft {
    EventDraft::new(EventClass::IntegrityFinding).ended(Outcome::SeriousFailure).with("finding", "log_rolled_back")
}

/// Writes two findings and the event that `about` makes from the first one.
fn with(about: impl Fn(&LedgerEntry) -> EventDraft) -> Vec<LedgerEntry> {
    let first = [EventDraft::new(EventClass::LogStart), finding(), finding()];
    let (entries, _) = write_all(&first);
    let second = about(&entries[1]);
    write_all(&[first.as_slice(), &[second]].concat()).0
}

fn sign_off(entry: &LedgerEntry) -> SignOff {
    let explanation = Explanation::BackupRestored;
    SignOff { sequence: entry.header.sequence, event: entry.header.event, explanation }
}

fn sequences(findings: &[crate::Finding]) -> Vec<Option<u64>> {
    findings.iter().map(|f| f.sequence).collect()
}

/// `audit verify` used to exit with 0 for a finding that the program itself had recorded.
#[test]
fn a_recorded_finding_is_reported_until_it_is_signed_off() {
    let entries = with(|alert| sign_off(alert).draft(ingrid()));
    let before = check(&entries[..3], None, &[], false);
    assert_eq!((sequences(&before.findings), sequences(&before.signed_off)), (vec![Some(1), Some(2)], vec![]));
    assert!(before.findings[0].text.contains("integrity_finding (log_rolled_back) at 2026-"), "{before:?}");
    let after = check(&entries, None, &[], false);
    assert_eq!((sequences(&after.findings), sequences(&after.signed_off)), (vec![Some(2)], vec![Some(1)]));
    assert!(after.signed_off[0].text.ends_with("signed off by sequence 3 as backup_restored"), "{after:?}");
}

#[test]
fn only_an_entitled_role_signs_off_and_only_the_named_event() {
    let nurse = with(|alert| sign_off(alert).draft(Actor::new(UserId::of("iss", "amara"), Role::Nurse)));
    assert_eq!(sequences(&check(&nurse, None, &[], false).findings), [Some(1), Some(2)]);
    let another = with(|alert| SignOff { sequence: 2, ..sign_off(alert) }.draft(ingrid()));
    assert_eq!(sequences(&check(&another, None, &[], false).findings), [Some(1), Some(2)]);
}

#[test]
fn an_event_without_a_user_signature_signs_nothing_off() {
    let (mut state, mut written) = (crate::fixtures::empty_log(), Vec::new());
    for n in 0..3 {
        let draft = match written.get(1) {
            Some(alert) => sign_off(alert).draft(ingrid()),
            None if n == 0 => EventDraft::new(EventClass::LogStart),
            None => finding(),
        };
        let (entry, next) = state.append(&draft, &metadata(n), None, None).expect("written");
        written.push(entry);
        state = next;
    }
    let report = check(&written, Some(&state), &[], false);
    assert_eq!((sequences(&report.findings), report.signed_off.len()), (vec![Some(1)], 0));
}

#[test]
fn a_checkpoint_of_the_continued_log_is_not_a_finding() {
    let (_, states) = write_all(&drafts(5));
    let old = Checkpoint { log: LogId::from_bytes([4; 16]), ..Checkpoint::of(&states[4]) };
    let note = old.sign(&device_key()).expect("note");
    let origin = LogOrigin { previous: Some(ClosedLog::from(&old)), change_set_base: 0 };
    let (entries, states) = write_all(&[origin.first_event()]);
    assert_eq!(kinds(&check(&entries, states.last(), std::slice::from_ref(&note), false)), []);
    let (others, states) = write_all(&[EventDraft::new(EventClass::LogStart)]);
    assert_eq!(kinds(&check(&others, states.last(), &[note], false)), [FindingKind::CheckpointRefused]);
}
