//! Records of other systems, after public fault reports: what the session says of allergies, problems and prohibitions.
//! Each was shown wrong once.

use super::{Clinic, ok};
use crate::cases::chart;
use crate::dto::chart::TimelineWindowDto;
use crate::dto::chart::WindowDto;
use crate::dto::chart::alerts::DoNotKindDto;
use crate::dto::chart::allergies::{AbsenceClassDto, AbsenceDto, AllergyStateDto};
use crate::dto::chart::mark::MarkDto;
use crate::dto::chart::problems::ProblemGroupDto;
use crate::dto::chart::timeline::TimelineRowDto;
use crate::dto::chart::{ChartDto, ChartTabDto};
use crate::dto::record_title::RecordTitleDto;
use crate::testing::{import, nurse_amara};

fn clinic_with(lines: &str) -> Clinic {
    let clinic = Clinic::with(nurse_amara()).synced();
    ok(import(&clinic.workstation, lines.lines().map(str::to_owned).collect()));
    clinic
}

fn opened(clinic: &Clinic, patient: &str) -> ChartDto {
    ok(chart::open_chart(&clinic.workstation, patient))
}

fn allergens(chart: &ChartDto) -> Vec<&str> {
    chart.allergies.current.iter().map(|a| a.substance.as_deref().unwrap_or("?")).collect()
}

/// The only line of the timeline with this title.
fn line(clinic: &Clinic, patient: &str, title: &str) -> TimelineRowDto {
    let window = WindowDto { patient: patient.to_owned(), offset: 0, limit: 20 };
    let rows = ok(chart::chart_timeline(&clinic.workstation, TimelineWindowDto { tab: None, window })).rows;
    let is = |row: &TimelineRowDto| matches!(&row.title, RecordTitleDto::Recorded { text } if text == title);
    rows.into_iter().find(is).expect("a line")
}

fn verification(code: &str) -> Vec<MarkDto> {
    vec![MarkDto::Verification { code: code.to_owned() }]
}

#[test]
fn an_allergen_in_the_narrative_is_an_allergen() {
    let clinic = clinic_with(include_str!("../../../../../tests/fixtures/cases/allergen-in-narrative.ndjson"));
    let shown = opened(&clinic, "ck-a");
    assert_eq!((shown.allergies.state, allergens(&shown)), (AllergyStateDto::Known, vec!["Penicillin"]));
    let banner = shown.banner.allergies.expect("a nurse sees allergies");
    assert_eq!(banner.list[0].substance.as_deref(), Some("Penicillin"));
    assert_eq!(line(&clinic, "ck-a", "Penicillin").marks, []);
}

#[test]
fn no_known_allergy_is_no_allergy_and_only_of_its_kind() {
    use {AbsenceClassDto as C, AllergyStateDto as S};
    let clinic = clinic_with(include_str!("../../../../../tests/fixtures/cases/no-known-allergies.ndjson"));
    let expected = [
        ("ck-n0", S::PartlyNoneKnown, C::Latex),
        ("ck-n1", S::NoneKnown, C::Any),
        ("ck-n2", S::NoneKnown, C::Any),
        ("ck-n3", S::NotRecorded, C::NoInformation),
        ("ck-n4", S::PartlyNoneKnown, C::Drug),
        ("ck-n5", S::PartlyNoneKnown, C::Drug),
    ];
    for (patient, state, class) in expected {
        let shown = opened(&clinic, patient);
        assert_eq!((shown.allergies.state, allergens(&shown)), (state, Vec::new()), "{patient}");
        let said: Vec<_> = shown.allergies.statements.iter().filter_map(|s| s.absence.as_ref()).collect();
        assert!(matches!(said.as_slice(), [one] if one.class == class && one.words.is_none()), "{patient}");
        let banner = shown.banner.allergies.expect("a nurse sees allergies");
        assert!(banner.state == state && banner.list.is_empty(), "{patient}");
    }
}

#[test]
fn a_code_of_absence_without_words_is_named_by_what_it_is_about() {
    let record = r#"{"resourceType":"AllergyIntolerance","id":"bare","code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003"}]},"patient":{"reference":"Patient/maria"}}"#;
    let clinic = clinic_with(record);
    let window = WindowDto { patient: String::from("maria"), offset: 0, limit: 20 };
    let rows = ok(chart::chart_timeline(&clinic.workstation, TimelineWindowDto { tab: None, window })).rows;
    let absence = AbsenceDto { class: AbsenceClassDto::Any, words: None };
    let row = rows.into_iter().find(|row| row.reference == "AllergyIntolerance/bare").expect("a line");
    assert!(row.title == RecordTitleDto::NoAllergy { absence } && row.detail.is_none());
}

#[test]
fn a_differential_diagnosis_is_not_an_established_one() {
    let clinic = clinic_with(include_str!("../../../../../tests/fixtures/cases/suspected-problem.ndjson"));
    let problem = opened(&clinic, "ck-a").problems.remove(0);
    assert_eq!((problem.group, problem.marks), (ProblemGroupDto::Unconfirmed, verification("differential")));
    assert_eq!(line(&clinic, "ck-a", "Pulmonary embolism").marks, verification("differential"));
}

#[test]
fn a_role_of_a_mother_with_the_id_of_a_patient_does_not_join_their_charts() {
    let clinic = clinic_with(include_str!("../../../../../tests/fixtures/cases/link-to-related-person.ndjson"));
    let (mother, stranger) = (opened(&clinic, "7002"), opened(&clinic, "7001"));
    assert_eq!((mother.allergies.state, allergens(&mother)), (AllergyStateDto::NotRecorded, Vec::new()));
    assert_eq!(allergens(&stranger), ["Peanut"]);
}

#[test]
fn what_was_refuted_is_refuted_in_the_timeline_too() {
    let clinic = clinic_with(include_str!("../../../../../tests/fixtures/cases/refuted-records.ndjson"));
    let problem = opened(&clinic, "np").problems.remove(0);
    assert_eq!((problem.group, problem.marks), (ProblemGroupDto::Void, verification("refuted")));
    assert_eq!(line(&clinic, "np", "Refuted HIV").marks, verification("refuted"));
    let shown = opened(&clinic, "nr");
    assert_eq!((shown.allergies.state, allergens(&shown)), (AllergyStateDto::NotRecorded, Vec::new()));
    assert_eq!(shown.allergies.void[0].substance.as_deref(), Some("Penicillin"));
    let inactive = MarkDto::Status { code: String::from("inactive"), reason: None };
    let marks: Vec<MarkDto> = [inactive].into_iter().chain(verification("refuted")).collect();
    assert_eq!(line(&clinic, "nr", "Penicillin").marks, marks);
}

#[test]
fn an_order_not_to_resuscitate_is_in_the_banner() {
    let clinic = clinic_with(include_str!("../../../../../tests/fixtures/cases/order-not-to-resuscitate.ndjson"));
    let found = opened(&clinic, "md").banner.do_not;
    assert_eq!(found.len(), 1);
    let text = found[0].text.as_deref();
    assert_eq!((found[0].kind, text), (DoNotKindDto::Perform, Some("Cardiopulmonary resuscitation")));
    assert_eq!(line(&clinic, "md", "Cardiopulmonary resuscitation").marks, [MarkDto::DoNot]);
}

/// Codes of SNOMED CT, LOINC and HL7 as other systems record the decision.
#[test]
fn the_decision_not_to_resuscitate_is_in_the_banner_whatever_records_it() {
    let records = [
        r#"{"resourceType":"Procedure","id":"d","status":"completed","code":{"coding":[{"system":"http://snomed.info/sct","code":"304253006","display":"Not for resuscitation"}]},"subject":{"reference":"Patient/maria"},"performedDateTime":"2026-11-20"}"#,
        r#"{"resourceType":"Procedure","id":"d","status":"completed","code":{"coding":[{"system":"urn:local","code":"P7"},{"system":"http://snomed.info/sct","code":"450476008"}]},"subject":{"reference":"Patient/maria"}}"#,
        r#"{"resourceType":"Observation","id":"d","status":"final","code":{"coding":[{"system":"urn:local","code":"CS"}],"text":"Code status"},"subject":{"reference":"Patient/maria"},"valueCodeableConcept":{"text":"DNR"}}"#,
        r#"{"resourceType":"Procedure","id":"d","status":"completed","code":{"text":"DNAR"},"subject":{"reference":"Patient/maria"}}"#,
        r#"{"resourceType":"Consent","id":"d","status":"active","scope":{"coding":[{"code":"adr"}]},"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentcategorycodes","code":"dnr"}]}],"patient":{"reference":"Patient/maria"},"dateTime":"2026-11-20"}"#,
        r#"{"resourceType":"Observation","id":"d","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"81351-9"}]},"subject":{"reference":"Patient/maria"},"effectiveDateTime":"2026-11-20","valueBoolean":true}"#,
        r#"{"resourceType":"Observation","id":"d","status":"final","code":{"text":"Code status"},"subject":{"reference":"Patient/maria"},"effectiveDateTime":"2026-11-20","valueString":"DNR"}"#,
    ];
    for record in records {
        let kinds: Vec<_> = opened(&clinic_with(record), "maria").banner.do_not.iter().map(|d| d.kind).collect();
        assert_eq!(kinds, [DoNotKindDto::Resuscitate], "{record}");
    }
}

#[test]
fn a_decision_that_arrives_while_the_chart_is_open_is_in_the_banner() {
    let procedure = |id: &str, name: &str| {
        format!(
            r#"{{"resourceType":"Procedure","id":"{id}","status":"completed","code":{{"text":"{name}"}},"subject":{{"reference":"Patient/maria"}}}}"#
        )
    };
    let clinic = clinic_with(&[procedure("a", "Appendectomy"), procedure("b", "Dressing")].join("\n"));
    let seen = || {
        let shown = opened(&clinic, "maria");
        let procedures = shown.counts.iter().find(|count| count.tab == ChartTabDto::Procedures);
        (shown.banner.do_not.len(), procedures.expect("a tab").count)
    };
    // The second time those that say nothing are not read again.
    assert_eq!([seen(), seen()], [(0, 2), (0, 2)]);
    ok(import(&clinic.workstation, vec![procedure("b", "Not for resuscitation")]));
    assert_eq!([seen(), seen()], [(1, 2), (1, 2)]);
}
