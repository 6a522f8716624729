//! What one person does at the workstation, and what it answers, as JSON.

use super::records::{ADA, OMAR, PATIENTS};
use super::worn_profile::{Enrolled, Station};
use crate::people::vitals_form;
use keep_domain::Role;
use keep_session::Workstation;
use keep_session::cases::{chart, drafts, entered_in_error, lock, notes, search, sync, unlock, vitals, worklist};
use keep_session::dto::chart::{TimelineWindowDto, WindowDto};
use keep_session::dto::draft::{DraftKindDto, SaveDraftDto};
use keep_session::dto::failure::FailureDto;
use keep_session::dto::search::SearchDto;
use keep_session::dto::visit::{MarkEnteredInErrorDto, NoteKindDto, SavedDto, SignNoteDto, VitalsDto};
use keep_session::dto::worklist::{CheckInDto, WorklistAskDto};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What was asked of the program and what it answered, in order of the names.
pub(super) type Answers = BTreeMap<String, Value>;

/// One of the staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Person {
    pub(super) user: &'static str,
    pub(super) role: Role,
}

pub(super) const AMARA: Person = Person { user: "amara", role: Role::Nurse };
pub(super) const GRACE: Person = Person { user: "grace", role: Role::Nurse };
pub(super) const LEILA: Person = Person { user: "leila", role: Role::FrontDesk };
pub(super) const JONAS: Person = Person { user: "jonas", role: Role::Physician };
pub(super) const WANJIRU: Person = Person { user: "wanjiru", role: Role::Pharmacist };
/// All people with a slot.
pub(super) const PEOPLE: [Person; 5] = [AMARA, GRACE, LEILA, JONAS, WANJIRU];

/// Search terms, with and without a match.
const QUERIES: [&str; 4] = ["gonz", "said", "0700000003", "nobody of that name"];

impl Person {
    const fn lists(self) -> &'static [&'static str] {
        match self.role {
            Role::Nurse => &["queue", "vitals_due", "my_patients", "drafts"],
            Role::FrontDesk => &["today"],
            Role::Pharmacist => &["dispensing"],
            _ => &["my_patients", "queue", "drafts"],
        }
    }
}

fn answer<T: Serialize>(reply: Result<T, FailureDto>) -> Value {
    match reply {
        Ok(reply) => serde_json::to_value(reply).expect("json"),
        Err(failure) => json!({"failed": failure.code.name()}),
    }
}

/// The code that a call failed with.
pub(super) fn failed(answer: &Value) -> Option<&str> {
    answer.get("failed").and_then(Value::as_str)
}

/// The first part: what the locked screen shows, and whether it opens.
pub(super) fn unlock(station: &Station, app: &Workstation, who: &Enrolled, answers: &mut Answers) -> bool {
    answers.insert(String::from("lock screen"), answer(lock::lock_screen(app)));
    let opened = answer(who.unlock(station, app));
    let is_open = failed(&opened).is_none();
    answers.insert(String::from("unlock"), opened);
    is_open
}

/// Reads all that the role reads.
pub(super) fn read(app: &Workstation, person: Person, answers: &mut Answers) {
    for list in person.lists() {
        let named = serde_json::from_value(json!(list)).expect("a list");
        let ask = WorklistAskDto { list: named, offset: 0, limit: 100 };
        answers.insert(format!("list {list}"), answer(worklist::worklist(app, ask)));
    }
    for query in QUERIES {
        let ask = SearchDto { query: query.to_owned(), offset: 0, limit: 20 };
        answers.insert(format!("search {query}"), answer(search::search_patients(app, ask)));
    }
    for patient in PATIENTS {
        let window = || WindowDto { patient: patient.to_owned(), offset: 0, limit: 200 };
        answers.insert(format!("chart {patient}"), answer(chart::open_chart(app, patient)));
        answers.insert(
            format!("timeline {patient}"),
            answer(chart::chart_timeline(app, TimelineWindowDto { tab: None, window: window() })),
        );
        answers.insert(format!("results {patient}"), answer(chart::chart_results(app, window())));
        answers.insert(format!("notes {patient}"), answer(chart::chart_notes(app, window())));
    }
    answers.insert(String::from("drafts"), answer(drafts::drafts(app)));
    answers.insert(String::from("chip"), answer(sync::sync_status(app)));
}

/// Saves what the role saves.
pub(super) fn save(app: &Workstation, person: Person, answers: &mut Answers) {
    let saved = match person.role {
        Role::Nurse => save_vitals(app, ADA, "88"),
        Role::FrontDesk => worklist::check_in(app, CheckInDto { appointment: String::from("ap-omar"), arrived: true }),
        _ => {
            let text = String::from("Seen and well.");
            let kind = NoteKindDto::Progress;
            notes::sign_note(app, SignNoteDto { patient: ADA.to_owned(), kind, text, draft: None })
        }
    };
    answers.insert(String::from("save"), answer(saved));
}

/// Syncs to the end, and what the chip says then.
pub(super) fn synchronize(app: &Workstation, answers: &mut Answers) {
    let ended = sync::run_to_end(app).map(|e| {
        let complete = e.complete_as_of.map(|time| time.to_rfc3339()).unwrap_or_default();
        json!({"pending": e.pending, "failed": e.rejected, "conflicts": e.conflicts, "complete": complete})
    });
    answers.insert(String::from("sync"), answer(ended));
    answers.insert(String::from("chip after sync"), answer(sync::sync_status(app)));
}

/// Locks; what an open session would still answer.
pub(super) fn lock(app: &Workstation, answers: &mut Answers) {
    lock::lock_session(app, "user");
    answers.insert(String::from("behind the lock"), behind_the_lock(app));
}

/// What is open although the program is locked.
pub(super) fn behind_the_lock(app: &Workstation) -> Value {
    json!({"open": app.is_open(), "session": answer(unlock::session(app))})
}

pub(super) fn save_vitals(app: &Workstation, patient: &str, pulse: &str) -> Result<SavedDto, FailureDto> {
    let form = serde_json::from_value::<VitalsDto>(vitals_form(patient, pulse));
    vitals::save_vitals(app, form.expect("form"))
}

pub(super) fn draft() -> SaveDraftDto {
    let content = json!({"text": "Half a thought"}).to_string();
    SaveDraftDto { draft: None, kind: DraftKindDto::Note, patient: OMAR.to_owned(), content }
}

/// Marks the observations among `saved` as entered in error.
pub(super) fn mark_entered_in_error(app: &Workstation, saved: &[String]) {
    for reference in saved.iter().filter(|r| r.starts_with("Observation/")) {
        let reason = String::from("Typing error");
        let request = MarkEnteredInErrorDto { reference: reference.clone(), patient: ADA.to_owned(), reason };
        chartkeep_tests::ok(entered_in_error::mark_entered_in_error(app, request));
    }
}
