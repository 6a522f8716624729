//! A visit: vital signs, a note, a record entered in error.

use super::{Clinic, code_of, ok, vitals};
use crate::cases::{chart, entered_in_error, notes, vitals as cases};
use crate::dto::chart::allergies::AllergyStateDto;
use crate::dto::chart::correction::{CorrectableDto, CorrectionDto};
use crate::dto::chart::document::PieceDto;
use crate::dto::chart::flag::FlagDto;
use crate::dto::chart::mark::MarkDto;
use crate::dto::chart::notes::NoteStatusDto;
use crate::dto::chart::record_state::RecordStateDto;
use crate::dto::chart::timeline::{RecordRequestDto, TimelineRowDto};
use crate::dto::chart::vitals::SignDto;
use crate::dto::chart::{ChartTabDto, TimelineWindowDto, WindowDto};
use crate::dto::elapsed::ElapsedUnitDto;
use crate::dto::failure::FieldReasonDto;
use crate::dto::lock::PermissionDto;
use crate::dto::visit::{MarkEnteredInErrorDto, News2UnavailableDto, NoteKindDto, SignNoteDto, UndoEnteredInErrorDto};
use crate::testing::{dr_jonas, nurse_amara};
use keep_audit::EventClass;
use keep_domain::ErrorCode;

fn window() -> WindowDto {
    WindowDto { patient: String::from("maria"), offset: 0, limit: 50 }
}

#[test]
fn nurse_amara_opens_the_chart_of_maria() {
    let clinic = Clinic::with(nurse_amara()).synced();
    let shown = ok(chart::open_chart(&clinic.workstation, "maria"));
    assert_eq!((shown.banner.family.as_deref(), shown.banner.age.as_deref()), (Some("GONZÁLEZ"), Some("65 y")));
    let allergies = &shown.allergies;
    assert_eq!((allergies.state, allergies.incomplete), (AllergyStateDto::Known, false));
    assert_eq!(allergies.current[0].substance.as_deref(), Some("Penicillin"));
    let banner =
        shown.banner.allergies.as_ref().map(|a| a.list.iter().map(|l| l.substance.clone()).collect::<Vec<_>>());
    assert_eq!(banner, Some(vec![Some(String::from("Penicillin"))]));
    assert_eq!(
        (shown.problems.len(), shown.medicines[0].name.as_deref(), shown.results.len()),
        (1, Some("amLODIPine"), 1)
    );
    let missing: Vec<&str> = shown.completeness.missing.iter().map(String::as_str).collect();
    assert_eq!(missing[..4], ["Observation", "DiagnosticReport", "DocumentReference", "Immunization"]);
    assert!(missing.contains(&"MedicationStatement") && !missing.contains(&"Practitioner"), "{missing:?}");
    assert_eq!(
        ok(chart::chart_timeline(&clinic.workstation, TimelineWindowDto { tab: None, window: window() })).total,
        6
    );
    assert_eq!(ok(chart::chart_results(&clinic.workstation, window())).rows[0].flag, Some(FlagDto::High));
    assert_eq!(code_of(chart::open_chart(&clinic.workstation, "nobody")), ErrorCode::NotAvailable);
    ok(chart::close_chart(&clinic.workstation, "maria"));
}

#[test]
fn the_first_vitals_of_the_day_open_a_visit_and_the_next_join_it() {
    let clinic = Clinic::with(nurse_amara()).synced();
    ok(chart::open_chart(&clinic.workstation, "maria"));
    let check = ok(cases::check_vitals(&clinic.workstation, vitals()));
    assert_eq!((check.news2, check.bmi.as_deref()), (Some(0), Some("31.8 kg/m²")));
    let first = ok(cases::save_vitals(&clinic.workstation, vitals()));
    assert!(first.visit_started && first.resources[0].starts_with("Encounter/"));
    // Visit, pressure, pulse, temperature, respiration, saturation, weight, consciousness, oxygen, NEWS2, BMI, Provenance.
    assert_eq!(first.resources.len(), 12);
    let second = ok(cases::save_vitals(&clinic.workstation, vitals()));
    assert!(!second.visit_started && second.change_set > first.change_set);
    let shown = ok(chart::open_chart(&clinic.workstation, "maria"));
    let pressure = shown.vitals.iter().find(|s| s.key == SignDto::BloodPressure).expect("a series");
    let systolic = &pressure.latest.as_ref().expect("a value").values[0];
    assert_eq!((systolic.number, systolic.flag, pressure.points.len()), (Some(162.0), Some(FlagDto::High), 2));
    assert!(pressure.points[0].record == RecordStateDto::Pending);
    let bmi = shown.vitals.iter().find(|s| s.key == SignDto::Bmi).expect("a series");
    let value = bmi.latest.as_ref().and_then(|latest| latest.values[0].number);
    assert_eq!((value, bmi.age.map(|age| age.unit)), (Some(31.8), Some(ElapsedUnitDto::Minutes)));
}

#[test]
fn vitals_find_the_visit_without_an_opened_chart() {
    let clinic = Clinic::with(nurse_amara()).synced();
    assert!(ok(cases::save_vitals(&clinic.workstation, vitals())).visit_started);
    assert!(!ok(cases::save_vitals(&clinic.workstation, vitals())).visit_started);
}

#[test]
fn impossible_values_are_not_saved() {
    let clinic = Clinic::with(nurse_amara()).synced();
    let mut form = vitals();
    form.pulse = String::from("900");
    form.measured_at = Some(String::from("2026-11-22T15:00:00Z"));
    let failure = match cases::save_vitals(&clinic.workstation, form) {
        Ok(_) => panic!("saved"),
        Err(failure) => failure,
    };
    let fields: Vec<_> = failure.fields.iter().map(|f| (f.field.as_str(), f.reason)).collect();
    assert_eq!(fields, [("pulse", FieldReasonDto::Impossible), ("taken", FieldReasonDto::InFuture)]);
    assert_eq!(ok(chart::open_chart(&clinic.workstation, "maria")).vitals.len(), 1);
}

#[test]
fn a_note_is_signed_and_read_back_with_its_author() {
    let clinic = Clinic::with(dr_jonas()).synced();
    let note = |text: &str| SignNoteDto {
        patient: String::from("maria"),
        kind: NoteKindDto::Progress,
        text: text.to_owned(),
        draft: None,
    };
    assert_eq!(code_of(notes::sign_note(&clinic.workstation, note("  "))), ErrorCode::Invalid);
    ok(notes::sign_note(&clinic.workstation, note("Pressure above target.")));
    let shown = ok(chart::open_chart(&clinic.workstation, "maria")).last_note.expect("a note");
    assert_eq!(shown.author.as_deref(), Some("Dr Jonas Mbeki"));
    let text = PieceDto::Text { text: String::from("Pressure above target.") };
    assert_eq!(shown.parts[0].body.as_ref().map(|body| body.pieces.as_slice()), Some([text].as_slice()));
    assert_eq!((shown.status, shown.kind.as_deref()), (NoteStatusDto::Signed, Some("Progress note")));
}

#[test]
fn a_record_entered_in_error_stays_readable() {
    let clinic = Clinic::with(nurse_amara()).synced();
    assert!(
        ok(crate::cases::unlock::session(&clinic.workstation)).permissions.contains(&PermissionDto::MarkEnteredInError)
    );
    let saved = ok(cases::save_vitals(&clinic.workstation, vitals()));
    let shown = ok(chart::open_chart(&clinic.workstation, "maria"));
    let point = shown.vitals.iter().find(|s| s.key == SignDto::Pulse).expect("a series").points[0].id.clone();
    let ask = |reference: String, reason: &str| MarkEnteredInErrorDto {
        reference,
        patient: String::from("maria"),
        reason: reason.to_owned(),
    };
    let other = TimelineWindowDto { tab: Some(ChartTabDto::Other), window: window() };
    let others = ok(chart::chart_timeline(&clinic.workstation, other)).rows;
    let others: Vec<&str> = others.iter().map(|row| row.reference.as_str()).collect();
    assert_eq!(others, ["Patient/maria"], "a save adds no line of its own");
    assert!(shown.counts.iter().any(|count| count.tab == ChartTabDto::Other && count.count == 1));
    let mine = format!("Observation/{point}");
    assert!(saved.resources.contains(&mine));
    assert_eq!(
        code_of(entered_in_error::mark_entered_in_error(&clinic.workstation, ask(mine.clone(), ""))),
        ErrorCode::Invalid
    );
    // She may not mark the laboratory's result.
    assert_eq!(
        code_of(entered_in_error::mark_entered_in_error(
            &clinic.workstation,
            ask(String::from("Observation/l1"), "wrong")
        )),
        ErrorCode::Refused
    );
    ok(entered_in_error::mark_entered_in_error(&clinic.workstation, ask(mine.clone(), "other patient")));
    assert_eq!(
        code_of(entered_in_error::mark_entered_in_error(&clinic.workstation, ask(mine.clone(), "again"))),
        ErrorCode::Stale
    );
    let before = clinic.events(EventClass::ChartRead);
    let shown = ok(chart::open_chart(&clinic.workstation, "maria"));
    assert_eq!(clinic.events(EventClass::ChartRead), before + 1);
    let pulse = shown.vitals.iter().find(|s| s.key == SignDto::Pulse).expect("it stays listed");
    assert!(pulse.points.is_empty() && pulse.latest.is_none());
    let listed = &pulse.entered_in_error[0];
    assert!(listed.point.id == point && listed.point.values.iter().all(|v| v.number.is_none() && v.flag.is_none()));
    let said = |c: &CorrectionDto| {
        let when = c.when.as_deref().and_then(|w| w.get(..10)).map(str::to_owned);
        (c.who.clone(), when, c.why.clone(), c.may_undo)
    };
    let expected = [Some("Amara Okafor"), Some("2026-11-22"), Some("other patient")].map(|t| t.map(str::to_owned));
    let [who, when, why] = expected.clone();
    assert_eq!(said(&listed.corrected), (who, when, why, true));
    let ask = RecordRequestDto { patient: String::from("maria"), reference: mine.clone(), part: 0 };
    let whole = ok(chart::chart_record(&clinic.workstation, ask)).row;
    let [who, when, why] = expected;
    assert_eq!(whole.corrected.as_ref().map(said), Some((who, when, why, true)));
    assert!(!whole.may_mark_entered_in_error);
    let rows = ok(chart::chart_timeline(&clinic.workstation, TimelineWindowDto { tab: None, window: window() })).rows;
    assert!(rows.iter().any(|r| r.reference == mine && r.marks.contains(&MarkDto::EnteredInError)));
}

#[test]
fn a_marking_is_undone_by_its_author_until_it_is_sent() {
    let clinic = Clinic::with(nurse_amara()).synced();
    let saved = ok(cases::save_vitals(&clinic.workstation, vitals()));
    let (pulse, listed) = pulses(&clinic);
    let reference = format!("Observation/{}", pulse[0]);
    let undo = |reference: &str| {
        let (reference, patient) = (reference.to_owned(), String::from("maria"));
        entered_in_error::undo_entered_in_error(&clinic.workstation, UndoEnteredInErrorDto { reference, patient })
    };
    let mark = || MarkEnteredInErrorDto {
        reference: reference.clone(),
        patient: String::from("maria"),
        reason: String::from("other patient"),
    };
    assert_eq!(code_of(undo(&reference)), ErrorCode::Stale);
    let marked = ok(entered_in_error::mark_entered_in_error(&clinic.workstation, mark()));
    assert_eq!(pulses(&clinic), (vec![], pulse.clone()));
    ok(undo(&reference));
    assert_eq!(pulses(&clinic), (pulse.clone(), listed));
    assert_eq!((clinic.events(EventClass::MarkedInError), clinic.events(EventClass::MarkingUndone)), (1, 1));
    let made = marked.resources.iter().find(|r| r.starts_with("Provenance/")).expect("its Provenance");
    let ask = RecordRequestDto { patient: String::from("maria"), reference: made.clone(), part: 0 };
    assert_eq!(code_of(chart::chart_record(&clinic.workstation, ask)), ErrorCode::NotAvailable);
    assert_eq!(code_of(undo(&reference)), ErrorCode::Stale);
    assert_eq!(code_of(undo("Observation/l1")), ErrorCode::Refused);
    ok(entered_in_error::mark_entered_in_error(&clinic.workstation, mark()));
    let sent = clinic.workstation.with_session(|unlocked| {
        Ok(unlocked.store()?.write(|tx| tx.mark_in_flight(keep_store::ChangeSetId(saved.change_set)))?)
    });
    assert!(sent.is_ok());
    assert_eq!(code_of(undo(&reference)), ErrorCode::Stale);
    let shown = ok(chart::open_chart(&clinic.workstation, "maria"));
    let series = shown.vitals.iter().find(|s| s.key == SignDto::Pulse).expect("listed");
    assert!(!series.entered_in_error[0].corrected.may_undo);
}

/// Found in the window: the score of a set stayed the latest one after a sign of it was marked.
#[test]
fn a_score_does_not_outlive_a_sign_that_it_was_computed_from() {
    let clinic = Clinic::with(nurse_amara()).synced();
    ok(cases::save_vitals(&clinic.workstation, vitals()));
    let news2 = || {
        let shown = ok(chart::open_chart(&clinic.workstation, "maria"));
        shown.vitals.into_iter().find(|s| s.key == SignDto::News2).expect("a score")
    };
    assert!(news2().latest.is_some_and(|latest| latest.marks.is_empty()));
    let pulse = pulses(&clinic).0.remove(0);
    let reference = format!("Observation/{pulse}");
    let (patient, reason) = (String::from("maria"), String::from("other patient"));
    ok(entered_in_error::mark_entered_in_error(
        &clinic.workstation,
        MarkEnteredInErrorDto { reference, patient, reason },
    ));
    let score = news2();
    assert!(score.latest.is_none() && score.points[0].marks == [MarkDto::Unfounded]);
    assert!(score.points[0].values.iter().all(|v| v.number.is_none() && v.flag.is_none()));
    let window = WindowDto { patient: String::from("maria"), offset: 0, limit: 20 };
    let rows = ok(chart::chart_timeline(&clinic.workstation, TimelineWindowDto { tab: None, window })).rows;
    let (id, of_set) = (&score.points[0].id, |r: &&TimelineRowDto| !r.others.is_empty());
    let set = rows.iter().find(of_set).expect("a line of several");
    let all: Vec<&String> = std::iter::once(&set.reference).chain(&set.others).collect();
    assert!(all.iter().any(|r| r.ends_with(id.as_str())) && set.marks == [MarkDto::Unfounded]);
}

/// The lists of a chart offer what will be permitted, and say of what was marked that it can be undone.
#[test]
fn a_record_of_a_list_can_be_marked_by_its_author() {
    let clinic = Clinic::with(nurse_amara()).synced();
    let allergy = |id: &str, recorder: &str| {
        format!(
            r#"{{"resourceType":"AllergyIntolerance","id":"{id}","code":{{"text":"{id}"}},"patient":{{"reference":"Patient/maria"}},"recorder":{{"reference":"Practitioner/{recorder}"}}}}"#
        )
    };
    ok(crate::testing::import(&clinic.workstation, vec![allergy("mine", "amara-1"), allergy("other", "jonas")]));
    let offered = || {
        let found = ok(chart::open_chart(&clinic.workstation, "maria")).correctable;
        let may_undo = |c: &CorrectableDto| c.corrected.as_ref().is_some_and(|c| c.may_undo);
        let of_two = found.into_iter().filter(|c| ["/mine", "/other"].iter().any(|id| c.reference.ends_with(id)));
        of_two.map(|c| (c.reference.clone(), c.may_mark, may_undo(&c))).collect::<Vec<_>>()
    };
    let mine = String::from("AllergyIntolerance/mine");
    assert_eq!(offered(), [(mine.clone(), true, false)]);
    let (patient, reason) = (String::from("maria"), String::from("other patient"));
    let request = MarkEnteredInErrorDto { reference: mine.clone(), patient, reason };
    ok(entered_in_error::mark_entered_in_error(&clinic.workstation, request));
    assert_eq!(offered(), [(mine, false, true)]);
}

/// The ids of the pulses that count, and of those entered in error.
fn pulses(clinic: &Clinic) -> (Vec<String>, Vec<String>) {
    let shown = ok(chart::open_chart(&clinic.workstation, "maria"));
    let series = shown.vitals.into_iter().find(|s| s.key == SignDto::Pulse).expect("a series");
    let listed = series.entered_in_error.into_iter().map(|e| e.point.id).collect();
    (series.points.into_iter().map(|p| p.id).collect(), listed)
}

#[test]
fn a_note_entered_in_error_stays_listed_until_that_is_undone() {
    let clinic = Clinic::with(dr_jonas()).synced();
    let note = SignNoteDto {
        patient: String::from("maria"),
        kind: NoteKindDto::Progress,
        text: String::from("Of another patient."),
        draft: None,
    };
    let reference = ok(notes::sign_note(&clinic.workstation, note)).resources.remove(0);
    let (patient, reason) = (String::from("maria"), String::from("wrong chart"));
    let mark = MarkEnteredInErrorDto { reference: reference.clone(), patient: patient.clone(), reason };
    ok(entered_in_error::mark_entered_in_error(&clinic.workstation, mark));
    let shown = ok(chart::chart_notes(&clinic.workstation, window())).rows.remove(0);
    assert!(shown.status == NoteStatusDto::EnteredInError && shown.corrected.is_some_and(|c| c.may_undo));
    let rows = ok(chart::chart_timeline(&clinic.workstation, TimelineWindowDto { tab: None, window: window() })).rows;
    let row = rows.into_iter().find(|r| r.reference == reference).expect("its line");
    assert!(row.corrected.is_some_and(|c| c.may_undo));
    ok(entered_in_error::undo_entered_in_error(&clinic.workstation, UndoEnteredInErrorDto { reference, patient }));
    let shown = ok(chart::chart_notes(&clinic.workstation, window())).rows.remove(0);
    assert!(shown.status == NoteStatusDto::Signed && shown.corrected.is_none() && shown.may_mark_entered_in_error);
}

#[test]
fn one_record_is_shown_in_full_and_its_event_names_it() {
    let clinic = Clinic::with(nurse_amara()).synced();
    let row = ok(chart::chart_timeline(&clinic.workstation, TimelineWindowDto { tab: None, window: window() }))
        .rows
        .remove(0);
    let ask =
        |reference: &str| RecordRequestDto { patient: String::from("maria"), reference: reference.to_owned(), part: 0 };
    let before = clinic.events(EventClass::ChartRead);
    let shown = ok(chart::chart_record(&clinic.workstation, ask(&row.reference)));
    assert_eq!(shown.row.reference, row.reference);
    assert!(shown.details.iter().any(|d| d.element == "status"), "{:?}", shown.details);
    assert_eq!(clinic.events(EventClass::ChartRead), before + 1);
    for missing in ["Observation/none", "Patient/nobody", "nothing"] {
        assert_eq!(
            code_of(chart::chart_record(&clinic.workstation, ask(missing))),
            ErrorCode::NotAvailable,
            "{missing}"
        );
    }
}

/// The score was offered to a pregnant woman (case 21).
#[test]
fn a_pregnant_patient_has_no_early_warning_score_and_the_reason_is_said() {
    let clinic = Clinic::with(nurse_amara()).synced();
    let pregnant = include_str!("../../../../../tests/fixtures/cases/pregnant.ndjson");
    ok(crate::testing::import(&clinic.workstation, pregnant.lines().map(str::to_owned).collect()));
    clinic.clock.advance(std::time::Duration::from_secs(60));
    ok(chart::open_chart(&clinic.workstation, "ck-p"));
    let form = || crate::dto::visit::VitalsDto { patient: String::from("ck-p"), ..vitals() };
    let check = ok(cases::check_vitals(&clinic.workstation, form()));
    assert_eq!((check.news2, check.news2_unavailable), (None, Some(News2UnavailableDto::Pregnant)));
    // No score is saved: visit, pressure, four signs, weight, consciousness, oxygen, Provenance.
    assert_eq!(ok(cases::save_vitals(&clinic.workstation, form())).resources.len(), 10);
    let answered = crate::dto::visit::VitalsDto { pregnant: Some(false), ..form() };
    assert_eq!(ok(cases::check_vitals(&clinic.workstation, answered)).news2, Some(0));
}
