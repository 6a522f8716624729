//! A visit: vital signs, a note, a record entered in error.

use super::{Clinic, code_of, ok, vitals};
use crate::cases::{chart, entered_in_error, notes, vitals as cases};
use crate::dto::chart::{AllergiesDto, RecordStateDto, WindowDto};
use crate::dto::visit::{MarkEnteredInErrorDto, SignNoteDto};
use crate::testing::{dr_jonas, nurse_amara};
use keep_domain::ErrorCode;

fn window() -> WindowDto {
    WindowDto { patient: String::from("maria"), offset: 0, limit: 50 }
}

#[test]
fn nurse_amara_opens_the_chart_of_maria() {
    let clinic = Clinic::with(nurse_amara()).synced();
    let shown = ok(chart::open_chart(&clinic.workstation, "maria"));
    assert_eq!((shown.banner.family.as_str(), shown.banner.age.as_str()), ("GONZÁLEZ", "65 y"));
    assert!(
        matches!(shown.allergies, AllergiesDto::Known { ref list, incomplete: false } if list[0].substance == "Penicillin")
    );
    assert_eq!((shown.problems.len(), shown.medicines[0].name.as_str(), shown.results.len()), (1, "amLODIPine", 1));
    assert_eq!(shown.completeness.missing, ["Observation", "DiagnosticReport", "DocumentReference", "Immunization"]);
    assert_eq!(ok(chart::chart_timeline(&clinic.workstation, window())).total, 6);
    assert_eq!(ok(chart::chart_results(&clinic.workstation, window())).rows[0].flag, "H");
    assert_eq!(code_of(chart::open_chart(&clinic.workstation, "nobody")), ErrorCode::NotAvailable);
    ok(chart::close_chart(&clinic.workstation, "maria"));
}

#[test]
fn the_first_vitals_of_the_day_open_a_visit_and_the_next_join_it() {
    let clinic = Clinic::with(nurse_amara()).synced();
    ok(chart::open_chart(&clinic.workstation, "maria"));
    let check = ok(cases::check_vitals(&clinic.workstation, vitals()));
    assert_eq!((check.news2, check.bmi.as_str()), (Some(0), "31.8 kg/m²"));
    let first = ok(cases::save_vitals(&clinic.workstation, vitals()));
    assert!(first.visit_started && first.resources[0].starts_with("Encounter/"));
    // Visit, pressure, pulse, temperature, respiration, saturation, weight, consciousness, oxygen, NEWS2, BMI, Provenance.
    assert_eq!(first.resources.len(), 12);
    let second = ok(cases::save_vitals(&clinic.workstation, vitals()));
    assert!(!second.visit_started && second.change_set > first.change_set);
    let shown = ok(chart::open_chart(&clinic.workstation, "maria"));
    let systolic = shown.vitals.iter().find(|s| s.key == "systolic").expect("a series");
    assert_eq!((systolic.value.as_str(), systolic.flag.as_str(), systolic.points.len()), ("162", "H", 2));
    assert!(systolic.points[0].record == RecordStateDto::Pending);
    let bmi = shown.vitals.iter().find(|s| s.key == "bmi").expect("a series");
    assert_eq!((bmi.value.as_str(), bmi.age.as_str()), ("31.8", "today"));
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
    form.taken = String::from("2026-11-22T15:00:00Z");
    let failure = match cases::save_vitals(&clinic.workstation, form) {
        Ok(_) => panic!("saved"),
        Err(failure) => failure,
    };
    let fields: Vec<_> = failure.fields.iter().map(|f| (f.field.as_str(), f.reason.as_str())).collect();
    assert_eq!(fields, [("pulse", "impossible"), ("taken", "in_future")]);
    assert_eq!(ok(chart::open_chart(&clinic.workstation, "maria")).vitals.len(), 1);
}

#[test]
fn a_note_is_signed_and_read_back_with_its_author() {
    let clinic = Clinic::with(dr_jonas()).synced();
    let note = |text: &str| SignNoteDto {
        patient: String::from("maria"),
        kind: String::from("progress"),
        text: text.to_owned(),
        draft: None,
    };
    assert_eq!(code_of(notes::sign_note(&clinic.workstation, note("  "))), ErrorCode::Invalid);
    ok(notes::sign_note(&clinic.workstation, note("Pressure above target.")));
    let shown = ok(chart::open_chart(&clinic.workstation, "maria")).last_note.expect("a note");
    assert_eq!((shown.author.as_str(), shown.text.as_str()), ("Dr Jonas Mbeki", "Pressure above target."));
    assert_eq!((shown.status.as_str(), shown.kind.as_str()), ("signed", "Progress note"));
}

#[test]
fn a_record_entered_in_error_stays_readable() {
    let clinic = Clinic::with(nurse_amara()).synced();
    assert!(
        ok(crate::cases::unlock::session(&clinic.workstation))
            .permissions
            .iter()
            .any(|name| name == "mark_entered_in_error")
    );
    let saved = ok(cases::save_vitals(&clinic.workstation, vitals()));
    let shown = ok(chart::open_chart(&clinic.workstation, "maria"));
    let point = shown.vitals.iter().find(|s| s.key == "pulse").expect("a series").points[0].id.clone();
    let ask = |reference: String, reason: &str| MarkEnteredInErrorDto {
        reference,
        patient: String::from("maria"),
        reason: reason.to_owned(),
    };
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
    let shown = ok(chart::open_chart(&clinic.workstation, "maria"));
    assert!(shown.vitals.iter().all(|s| s.key != "pulse"));
    let rows = ok(chart::chart_timeline(&clinic.workstation, window())).rows;
    assert!(rows.iter().any(|r| r.reference == mine && r.entered_in_error));
}
