//! What another role sees of the same chart.

use super::{Clinic, code_of, ok, vitals};
use crate::cases::{chart, notes, search, vitals as cases};
use crate::dto::chart::AllergiesDto;
use crate::dto::search::SearchDto;
use crate::dto::visit::SignNoteDto;
use crate::testing::{leila_at_the_desk, nurse_amara};
use keep_domain::ErrorCode;

fn ask(query: &str) -> SearchDto {
    SearchDto { query: query.to_owned(), offset: 0, limit: 20 }
}

#[test]
fn leila_at_the_desk_identifies_and_sees_nothing_clinical() {
    let clinic = Clinic::with(leila_at_the_desk()).synced();
    let shown = ok(chart::open_chart(&clinic.app, "maria"));
    assert_eq!(shown.banner.number, "CH-004471");
    assert!(matches!(shown.allergies, AllergiesDto::Unavailable));
    assert!(
        shown.problems.is_empty() && shown.medicines.is_empty() && shown.vitals.is_empty() && shown.results.is_empty()
    );
    assert_eq!(shown.tabs, ["summary"]);
    let may = ok(crate::cases::unlock::session(&clinic.app)).permissions;
    assert!(["strike", "sign_note", "record_vitals"].iter().all(|name| !may.iter().any(|m| m == name)), "{may:?}");
    assert_eq!(code_of(cases::save_vitals(&clinic.app, vitals())), ErrorCode::Refused);
    let note = SignNoteDto {
        patient: String::from("maria"),
        kind: String::from("progress"),
        text: String::from("x"),
        draft: None,
    };
    assert_eq!(code_of(notes::sign_note(&clinic.app, note)), ErrorCode::Refused);
}

#[test]
fn a_patient_is_found_and_says_whether_the_chart_is_here() {
    let clinic = Clinic::with(nurse_amara());
    let page = ok(search::search_patients(&clinic.app, ask("gonz fern")));
    assert_eq!((page.total, page.rows[0].family.as_str(), page.rows[0].ready), (1, "GONZÁLEZ", false));
    assert!(!page.rows[0].opened_today);
    let clinic = clinic.synced();
    ok(chart::open_chart(&clinic.app, "maria"));
    let page = ok(search::search_patients(&clinic.app, ask("CH-004471")));
    assert!(page.rows[0].ready && page.rows[0].opened_today);
    assert_eq!(ok(search::search_patients(&clinic.app, ask("zzz"))).total, 0);
}

#[test]
fn nothing_answers_while_locked() {
    let clinic = Clinic::with(nurse_amara());
    crate::cases::lock::lock(&clinic.app, "user");
    assert_eq!(code_of(chart::open_chart(&clinic.app, "maria")), ErrorCode::Locked);
    assert_eq!(code_of(search::search_patients(&clinic.app, ask("gonz"))), ErrorCode::Locked);
    assert_eq!(code_of(cases::save_vitals(&clinic.app, vitals())), ErrorCode::Locked);
}
