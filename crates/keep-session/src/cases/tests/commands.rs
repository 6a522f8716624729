//! Every command of the page, and the event that it records.

mod charts;

use super::drafts::half;
use super::{Clinic, code_of, ok, vitals};
use crate::cases::{
    audit, chart, conflict, device, drafts, entered_in_error, lock, notes, search, sync, unlock, vitals as cases,
    worklist,
};
use crate::dto::audit::{AuditAskDto, Explanation, SignOffDto, UnmaskDto};
use crate::dto::conflict::{ChoiceDto, DecideDto, Side};
use crate::dto::draft::SaveDraftDto;
use crate::dto::search::SearchDto;
use crate::dto::visit::{MarkEnteredInErrorDto, NoteKindDto, SignNoteDto, UndoEnteredInErrorDto};
use crate::dto::worklist::{CheckInDto, WorklistAskDto, WorklistNameDto};
use crate::testing::{TestPerson, dr_jonas, ingrid_of_privacy, leila_at_the_desk, nurse_amara};
use keep_audit::{EventClass as E, EventDraft};
use keep_domain::{ErrorCode, Phi};
use keep_store::HeaderFilter;

/// What a command records in the log.
enum Leaves {
    /// At least these events, by this user.
    Events(fn() -> TestPerson, fn(Clinic) -> Done, &'static [E]),
    /// Nothing, for the given reason.
    Nothing(&'static str),
}

use Leaves::{Events, Nothing};

/// The clinic, and its number of events before the command.
struct Done(Clinic, u64);

fn count(clinic: &Clinic) -> u64 {
    clinic.workstation.enrolled_device().map_err(|f| f.code).expect("device").ledger.event_count().expect("count")
}

/// Runs one command and nothing else.
fn run<T>(clinic: Clinic, command: impl FnOnce(&Clinic) -> T) -> Done {
    let before = count(&clinic);
    let _reply = command(&clinic);
    Done(clinic, before)
}

impl Done {
    fn classes(&self) -> Vec<E> {
        let device = self.0.workstation.enrolled_device().map_err(|f| f.code).expect("device");
        let headers = device.ledger.headers(&HeaderFilter::default(), 500).expect("headers").headers;
        headers.iter().filter(|h| h.sequence >= self.1).map(|h| h.class).collect()
    }
}

fn finding(clinic: &Clinic) -> u64 {
    let device = clinic.workstation.enrolled_device().map_err(|f| f.code).expect("device");
    device.ledger.append(EventDraft::new(E::IntegrityFinding)).expect("appended").sequence()
}

const ENROLLING: &str =
    "no record is reached: whoever enrols is nobody yet, and its own events are `enrol` and `sign_in`";
const NO_RECORD: &str = "names, counts and states of the program; no record";
const OWN_PLACE: &str =
    "where this person is, in the person's own file; the chart that it names was an event when it opened";

fn commands() -> Vec<(&'static str, Leaves)> {
    let mut commands = vec![
        (
            "audit_events",
            Events(
                ingrid_of_privacy,
                |c| {
                    let ask = AuditAskDto { offset: 0, limit: 5, class: None, open_alerts: false, before: None };
                    run(c, |c| ok(audit::audit_events(&c.workstation, ask)).total)
                },
                &[E::AuditRead],
            ),
        ),
        (
            "sign_off_alerts",
            Events(
                ingrid_of_privacy,
                |c| {
                    finding(&c);
                    let ask = SignOffDto { sequences: Vec::new(), explanation: Explanation::Maintenance };
                    run(c, |c| ok(audit::sign_off_alerts(&c.workstation, ask)).sequences)
                },
                &[E::AlertSignedOff],
            ),
        ),
        (
            "unmask",
            Events(
                ingrid_of_privacy,
                |c| {
                    let read = EventDraft::new(E::ChartRead).about(Phi::new("maria".parse().expect("id")));
                    let device = c.workstation.enrolled_device().map_err(|f| f.code).expect("device");
                    let sequence = device.ledger.append(read).expect("appended").sequence();
                    run(c, |c| {
                        ok(audit::unmask(&c.workstation, UnmaskDto { sequence, reason: String::from("complaint 14") }))
                            .unknown
                    })
                },
                &[E::Unmask],
            ),
        ),
        ("text_size", Nothing(NO_RECORD)),
        ("set_text_size", Nothing(NO_RECORD)),
        ("set_single_keys", Nothing("a preference in the person's own file")),
        (
            "conflict",
            Events(
                dr_jonas,
                |c| {
                    let (c, id) = c.in_conflict();
                    run(c, |c| drop(ok(conflict::conflict(&c.workstation, &id))))
                },
                &[E::ChartRead],
            ),
        ),
        (
            "decide_conflict",
            Events(
                dr_jonas,
                |c| {
                    let (c, id) = c.in_conflict();
                    let paths: Vec<String> =
                        ok(conflict::conflict(&c.workstation, &id)).fields.iter().map(|f| f.path.clone()).collect();
                    let choices = paths.into_iter().map(|path| ChoiceDto { path, side: Side::Ours }).collect();
                    let decided = DecideDto { conflict: id, choices };
                    run(c, |c| drop(ok(conflict::decide_conflict(&c.workstation, decided))))
                },
                &[E::ConflictDecided],
            ),
        ),
        ("device", Nothing(NO_RECORD)),
        (
            "discard_draft",
            Events(
                nurse_amara,
                |c| {
                    let kept = ok(drafts::save_draft(&c.workstation, half()));
                    run(c, |c| ok(drafts::discard_draft(&c.workstation, &kept.draft)))
                },
                &[E::DraftDiscarded],
            ),
        ),
        (
            "drafts",
            Events(
                nurse_amara,
                |c| {
                    ok(drafts::save_draft(&c.workstation, half()));
                    run(c, |c| ok(drafts::drafts(&c.workstation)).len())
                },
                &[E::Search],
            ),
        ),
        (
            "save_draft",
            Events(nurse_amara, |c| run(c, |c| ok(drafts::save_draft(&c.workstation, half())).draft), &[E::DraftSaved]),
        ),
        ("enrol_begin", Nothing(ENROLLING)),
        ("enrol_cancel", Nothing(ENROLLING)),
        ("enrol_code", Nothing(ENROLLING)),
        ("enrol_password", Nothing(ENROLLING)),
        ("enrol_state", Nothing(ENROLLING)),
        ("lock", Events(nurse_amara, |c| run(c, |c| lock::lock_session(&c.workstation, "user")), &[E::Lock])),
        ("lock_screen", Nothing(NO_RECORD)),
        (
            "search_patients",
            Events(
                nurse_amara,
                |c| {
                    let ask = SearchDto { query: String::from("gonz"), offset: 0, limit: 5 };
                    run(c, |c| ok(search::search_patients(&c.workstation, ask)).total)
                },
                &[E::Search],
            ),
        ),
        ("keep_place", Nothing(OWN_PLACE)),
        ("session", Nothing(OWN_PLACE)),
        ("touch", Nothing(NO_RECORD)),
        (
            "unlock",
            Events(
                nurse_amara,
                |c| {
                    c.lock();
                    run(c, |c| drop(ok(c.unlock_well())))
                },
                &[E::Unlock],
            ),
        ),
        ("sign_in_again", Nothing("its events are `sign_in` and `sign_in_failed`, when it has ended")),
        ("sign_in_cancel", Nothing(NO_RECORD)),
        ("sign_in_state", Nothing(NO_RECORD)),
        ("sync_cancel", Nothing(NO_RECORD)),
        ("sync_chip", Nothing(NO_RECORD)),
        ("sync_now", Nothing("the run itself leaves `sync` or `sync_failed`")),
        (
            "sync_page",
            Events(
                dr_jonas,
                |c| {
                    let (c, _) = c.in_conflict();
                    run(c, |c| ok(sync::sync_page(&c.workstation)).items.len())
                },
                &[E::Sync],
            ),
        ),
        (
            "sync_retry",
            Nothing("only what the server refused can be sent again: `a_rejected_set_can_be_sent_again` has one"),
        ),
        (
            "sync_give_up",
            Nothing("only what the server refused can be given up: `a_rejected_set_can_be_given_up` has one"),
        ),
        (
            "check_vitals",
            Events(
                nurse_amara,
                |c| run(c, |c| ok(cases::check_vitals(&c.workstation, vitals())).news2),
                &[E::ChartRead],
            ),
        ),
        (
            "save_vitals",
            Events(
                nurse_amara,
                |c| run(c, |c| ok(cases::save_vitals(&c.workstation, vitals())).change_set),
                &[E::Create],
            ),
        ),
        (
            "sign_note",
            Events(
                dr_jonas,
                |c| {
                    let (patient, kind, text) =
                        (String::from("maria"), NoteKindDto::Progress, String::from("Feels well."));
                    run(c, |c| {
                        ok(notes::sign_note(&c.workstation, SignNoteDto { patient, kind, text, draft: None }))
                            .change_set
                    })
                },
                &[E::NoteSigned],
            ),
        ),
        (
            "mark_entered_in_error",
            Events(
                dr_jonas,
                |c| {
                    let (reference, patient) = (String::from("Condition/c1"), String::from("maria"));
                    let mark = MarkEnteredInErrorDto { reference, patient, reason: String::from("other patient") };
                    run(c, |c| ok(entered_in_error::mark_entered_in_error(&c.workstation, mark)).change_set)
                },
                &[E::MarkedInError],
            ),
        ),
        (
            "undo_entered_in_error",
            Events(
                dr_jonas,
                |c| {
                    let of = || (String::from("Condition/c1"), String::from("maria"));
                    let ((reference, patient), reason) = (of(), String::from("other patient"));
                    let mark = MarkEnteredInErrorDto { reference, patient, reason };
                    ok(entered_in_error::mark_entered_in_error(&c.workstation, mark));
                    let (reference, patient) = of();
                    let undo = UndoEnteredInErrorDto { reference, patient };
                    run(c, |c| ok(entered_in_error::undo_entered_in_error(&c.workstation, undo)))
                },
                &[E::MarkingUndone],
            ),
        ),
        (
            "check_in",
            Events(
                leila_at_the_desk,
                |c| {
                    let ask = CheckInDto { appointment: String::from("ap1"), arrived: true };
                    run(c, |c| ok(worklist::check_in(&c.workstation, ask)).change_set)
                },
                &[E::Update],
            ),
        ),
        (
            "worklist",
            Events(
                leila_at_the_desk,
                |c| {
                    let ask = WorklistAskDto { list: WorklistNameDto::Today, offset: 0, limit: 50 };
                    run(c, |c| ok(worklist::worklist(&c.workstation, ask)).total)
                },
                &[E::Search],
            ),
        ),
    ];
    commands.extend(charts::commands());
    commands
}

/// Once saving and discarding a draft recorded no event, and no test would have noticed.
#[test]
fn every_command_that_reaches_a_record_leaves_its_event() {
    for (name, leaves) in commands() {
        let Events(person, work, expected) = leaves else { continue };
        let done = work(Clinic::with(person()).synced());
        let left = done.classes();
        assert!(expected.iter().all(|class| left.contains(class)), "{name}: {left:?}");
    }
}

#[test]
fn the_list_has_every_command_of_the_interface() {
    let start = concat!(env!("CARGO_MANIFEST_DIR"), "/../../src-tauri/src/start.rs");
    let start = std::fs::read_to_string(start).expect("the shell's list");
    let (_, list) = start.split_once("generate_handler![").expect("list");
    let (list, _) = list.split_once(']').expect("end");
    let mut declared: Vec<&str> = list.split(',').filter_map(|c| c.trim().rsplit("::").next()).collect();
    declared.retain(|name| !name.is_empty());
    declared.sort_unstable();
    let mut listed: Vec<&str> = commands().into_iter().map(|(name, _)| name).collect();
    listed.sort_unstable();
    assert_eq!(listed, declared);
    let said = |l: &Leaves| matches!(l, Nothing(why) if why.is_empty());
    assert!(!commands().iter().any(|(_, leaves)| said(leaves)));
}

#[test]
fn commands_that_reach_no_record_leave_nothing() {
    let clinic = Clinic::with(nurse_amara()).synced();
    ok(chart::open_chart(&clinic.workstation, "maria"));
    let done = run(clinic, |c| {
        ok(chart::close_chart(&c.workstation, "maria"));
        ok(unlock::touch(&c.workstation));
        drop(ok(unlock::session(&c.workstation)));
        drop(ok(sync::sync_status(&c.workstation)));
        drop(ok(lock::lock_screen(&c.workstation)));
        drop(ok(device::look(&c.workstation)));
    });
    assert_eq!(done.classes(), []);
}

#[test]
fn a_draft_is_one_event_per_session_however_often_it_is_saved() {
    let clinic = Clinic::with(nurse_amara()).synced();
    let kept = ok(drafts::save_draft(&clinic.workstation, half()));
    for n in 0..20 {
        let content = format!("{{\"systolic\":\"{n}\"}}");
        ok(drafts::save_draft(
            &clinic.workstation,
            SaveDraftDto { draft: Some(kept.draft.clone()), content, ..half() },
        ));
    }
    assert_eq!(clinic.events(E::DraftSaved), 1);
    clinic.lock();
    ok(clinic.unlock_well());
    ok(drafts::save_draft(&clinic.workstation, SaveDraftDto { draft: Some(kept.draft.clone()), ..half() }));
    assert_eq!(clinic.events(E::DraftSaved), 2, "written on in another session");
    ok(drafts::discard_draft(&clinic.workstation, &kept.draft));
    ok(drafts::discard_draft(&clinic.workstation, &kept.draft));
    assert_eq!(clinic.events(E::DraftDiscarded), 1);
}

/// Once 400 searches of 20 kB each used 15 MB of the ledger.
#[test]
fn long_texts_are_refused_before_they_reach_the_log() {
    let clinic = Clinic::with(nurse_amara()).synced();
    let before = count(&clinic);
    let ask = |length: usize| SearchDto { query: "ö".repeat(length), offset: 0, limit: 5 };
    assert_eq!(code_of(search::search_patients(&clinic.workstation, ask(201))), ErrorCode::Invalid);
    let mark = MarkEnteredInErrorDto {
        reference: String::from("Condition/c1"),
        patient: String::from("maria"),
        reason: "x".repeat(1001),
    };
    assert_eq!(code_of(entered_in_error::mark_entered_in_error(&clinic.workstation, mark)), ErrorCode::Invalid);
    assert_eq!(count(&clinic), before);
    assert_eq!(ok(search::search_patients(&clinic.workstation, ask(200))).total, 0);
}
