//! Two people changed one record.

use super::{Clinic, code_of, ok};
use crate::cases::{chart, conflict, entered_in_error};
use crate::dto::chart::problems::ProblemGroupDto;
use crate::dto::chart::record_state::RecordStateDto;
use crate::dto::conflict::{ChoiceDto, DecideDto, Side};
use crate::dto::visit::MarkEnteredInErrorDto;
use crate::testing::{dr_jonas, import, leila_at_the_desk, nurse_amara};
use keep_domain::{ErrorCode, Phi, ResourceKey};

const THEIRS: &str = r#"{"resourceType":"Condition","id":"c1","meta":{"versionId":"2","lastUpdated":"2026-11-22T11:15:00Z"},"clinicalStatus":{"coding":[{"code":"active"}]},"code":{"text":"Hypertension, stage 2"},"subject":{"reference":"Patient/maria"},"onsetDateTime":"2014","recorder":{"display":"Dr S. Achieng"}}"#;

impl Clinic {
    /// Dr Jonas marks María's problem as entered in error while the server deletes it.
    fn with_a_deletion(self) -> (Self, String) {
        let (clinic, id) = self.in_conflict();
        let key: ResourceKey = "Condition/c1".parse().expect("key");
        let again = clinic.workstation.with_session(|unlocked| {
            let run = keep_audit::EventDraft::new(keep_audit::EventClass::Sync);
            let run = unlocked.store()?.ledger().append(run)?;
            let id = keep_store::ConflictId(id.parse().expect("id"));
            let set = unlocked.store()?.conflict(id)?.release(run).set;
            Ok(unlocked.store()?.write(|tx| tx.open_conflict(set, &key, None))?)
        });
        let id = again.expect("a conflict").0.to_string();
        (clinic, id)
    }

    /// Dr Jonas marks María's problem as entered in error while a colleague changes it on the server.
    pub(super) fn in_conflict(self) -> (Self, String) {
        let mark = MarkEnteredInErrorDto {
            reference: String::from("Condition/c1"),
            patient: String::from("maria"),
            reason: String::from("other patient"),
        };
        ok(entered_in_error::mark_entered_in_error(&self.workstation, mark));
        let report = ok(import(&self.workstation, vec![THEIRS.to_owned()]));
        let contested = report.contested.first().expect("contested");
        let key: ResourceKey = "Condition/c1".parse().expect("key");
        let id = self.workstation.with_session(|unlocked| {
            let theirs = Phi::new(THEIRS.to_owned());
            Ok(unlocked.store()?.write(|tx| tx.open_conflict(contested.set, &key, Some(&theirs)))?)
        });
        let id = id.expect("a conflict").0.to_string();
        (self, id)
    }
}

fn choose(conflict: &str, paths: &[String], side: Side) -> DecideDto {
    let choices = paths.iter().map(|p| ChoiceDto { path: p.clone(), side }).collect();
    DecideDto { conflict: conflict.to_owned(), choices }
}

#[test]
fn dr_jonas_sees_both_versions_and_chooses_the_servers() {
    let (clinic, id) = Clinic::with(dr_jonas()).synced().in_conflict();
    let shown = ok(conflict::conflict(&clinic.workstation, &id));
    assert_eq!((shown.banner.family.as_deref(), shown.reference.as_str()), (Some("GONZÁLEZ"), "Condition/c1"));
    assert_eq!(
        (shown.ours_who.as_deref(), shown.theirs_who.as_deref()),
        (Some("Dr Jonas Mbeki"), Some("Dr S. Achieng"))
    );
    assert_eq!(shown.theirs_when.as_deref(), Some("2026-11-22T11:15:00.000Z"));
    let paths: Vec<String> = shown.fields.iter().map(|f| f.path.clone()).collect();
    assert!(paths.contains(&String::from("code")) && paths.contains(&String::from("verificationStatus")));
    assert_eq!(
        code_of(conflict::decide_conflict(&clinic.workstation, choose(&id, &[], Side::Ours))),
        ErrorCode::Invalid
    );
    ok(conflict::decide_conflict(&clinic.workstation, choose(&id, &paths, Side::Theirs)));
    let problem = ok(chart::open_chart(&clinic.workstation, "maria")).problems;
    assert_eq!(problem[0].text.as_deref(), Some("Hypertension, stage 2"));
    assert!(problem[0].record == RecordStateDto::Synced);
    assert_eq!(
        code_of(conflict::decide_conflict(&clinic.workstation, choose(&id, &paths, Side::Theirs))),
        ErrorCode::Stale
    );
}

#[test]
fn our_chosen_fields_are_queued_for_sending() {
    let (clinic, id) = Clinic::with(dr_jonas()).synced().in_conflict();
    let shown = ok(conflict::conflict(&clinic.workstation, &id));
    let paths: Vec<String> = shown.fields.iter().map(|f| f.path.clone()).collect();
    ok(conflict::decide_conflict(&clinic.workstation, choose(&id, &paths, Side::Ours)));
    let shown = ok(chart::open_chart(&clinic.workstation, "maria")).problems;
    assert!(shown.iter().all(|p| p.group == ProblemGroupDto::Void));
    let status = ok(crate::cases::sync::sync_status(&clinic.workstation));
    assert_eq!((status.conflicts, status.pending > 0), (0, true));
}

#[test]
fn dr_jonas_accepts_the_servers_deletion() {
    let (clinic, id) = Clinic::with(dr_jonas()).synced().with_a_deletion();
    let shown = ok(conflict::conflict(&clinic.workstation, &id));
    assert!(shown.theirs_deleted);
    assert_eq!(shown.fields.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["record"]);
    ok(conflict::decide_conflict(&clinic.workstation, choose(&id, &[String::from("record")], Side::Theirs)));
    let shown = ok(chart::open_chart(&clinic.workstation, "maria")).problems;
    assert!(shown.iter().all(|p| p.group == ProblemGroupDto::Void));
    assert_eq!(ok(crate::cases::sync::sync_status(&clinic.workstation)).conflicts, 0);
    assert_eq!(code_of(conflict::decide_conflict(&clinic.workstation, choose(&id, &[], Side::Ours))), ErrorCode::Stale);
}

/// María's appointment, changed to `ours` by a colleague here and to `theirs` on the server.
fn appointment_in_conflict(clinic: &Clinic, ours: [&str; 2], theirs: [&str; 2]) -> String {
    let text = super::records().into_iter().find(|r| r.contains("\"ap1\"")).expect("booked");
    let (ours, theirs) = (text.replace(ours[0], ours[1]), text.replace(theirs[0], theirs[1]));
    assert!(ours != text && theirs != text);
    let theirs = theirs.replace(r#""versionId":"1""#, r#""versionId":"2","lastUpdated":"2026-11-22T11:15:00Z""#);
    let key: ResourceKey = "Appointment/ap1".parse().expect("key");
    let id = clinic.workstation.with_session(|unlocked| {
        Ok(unlocked.store()?.write(|tx| {
            let ticket =
                tx.append(&keep_audit::EventDraft::new(keep_audit::EventClass::Update).by(unlocked.actor()))?;
            let entry = keep_store::EntryDraft {
                operation: keep_store::Operation::Update,
                base_version: Some(String::from("1")),
                raw: Phi::new(ours.clone()),
            };
            let draft = keep_store::ChangeSetDraft { author: unlocked.user, entries: vec![entry] };
            let set = tx.save_change_set(&ticket, draft)?;
            tx.open_conflict(set, &key, Some(&Phi::new(theirs.clone())))
        })?)
    });
    id.expect("a conflict").0.to_string()
}

#[test]
fn leila_decides_conflicts_about_times_and_not_about_reasons() {
    let reasons = (["Follow-up, hypertension", "Falls"], ["Follow-up, hypertension", "Gout"]);
    let times = (["11:00:00", "11:30:00"], ["11:00:00", "12:00:00"]);
    let leila = Clinic::with(leila_at_the_desk()).synced();
    let id = appointment_in_conflict(&leila, times.0, times.1);
    let shown = ok(conflict::conflict(&leila.workstation, &id));
    assert_eq!(shown.fields.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["start"]);
    let leila = Clinic::with(leila_at_the_desk()).synced();
    let id = appointment_in_conflict(&leila, reasons.0, reasons.1);
    assert_eq!(code_of(conflict::conflict(&leila.workstation, &id)), ErrorCode::Refused);
    let all = [String::from("reasonCode")];
    assert_eq!(
        code_of(conflict::decide_conflict(&leila.workstation, choose(&id, &all, Side::Ours))),
        ErrorCode::Refused
    );
    let amara = Clinic::with(nurse_amara()).synced();
    let id = appointment_in_conflict(&amara, reasons.0, reasons.1);
    let shown = ok(conflict::conflict(&amara.workstation, &id));
    assert_eq!(shown.fields.iter().map(|f| f.path.as_str()).collect::<Vec<_>>(), ["reasonCode"]);
}
