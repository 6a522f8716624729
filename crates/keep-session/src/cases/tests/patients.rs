//! Patients of other systems: names, dates, links, searches, and where imported records go.

use super::{Clinic, code_of, ok, vitals};
use crate::cases::import::{ListedRecord, NoChart, Place};
use crate::cases::{chart, entered_in_error, import as importing, notes, search, vitals as vital_signs, worklist};
use crate::dto::chart::banner::{BannerDto, NameUseDto, SexDto};
use crate::dto::chart::mark::MarkDto;
use crate::dto::failure::{FailureDto, FieldReasonDto};
use crate::dto::search::{PatientPageDto, SearchDto};
use crate::dto::visit::{MarkEnteredInErrorDto, NoteKindDto, SavedDto, SignNoteDto, VitalsDto};
use crate::dto::worklist::CheckInDto;
use crate::testing::{dr_jonas, import, leila_at_the_desk};
use keep_domain::ErrorCode;
use std::collections::BTreeSet;

const PARTIAL_BIRTH_DATES: &str = include_str!("../../../../../tests/fixtures/cases/partial-birth-dates.ndjson");
const NAMES: &str = include_str!("../../../../../tests/fixtures/cases/names-of-many-scripts.ndjson");
const RELATED_PERSON: &str = include_str!("../../../../../tests/fixtures/cases/link-to-related-person.ndjson");
const MERGED: &str = include_str!("../../../../../tests/fixtures/cases/merged-patient.ndjson");
const OLD_PHONE: &str = include_str!("../../../../../tests/fixtures/cases/old-phone-and-old-number.ndjson");
const WITHOUT_CHART: &str = include_str!("../../../../../tests/fixtures/cases/records-without-a-chart.ndjson");

/// A problem and a booking of the merged patient.
const PROBLEM: &str =
    r#"{"resourceType":"Condition","id":"ck-mc","code":{"text":"Gout"},"subject":{"reference":"Patient/ck-m1"}}"#;
const BOOKED: &str = r#"{"resourceType":"Appointment","id":"ck-ma","status":"booked","start":"2026-11-22T11:00:00Z","participant":[{"actor":{"reference":"Patient/ck-m1"},"status":"accepted"}]}"#;

fn clinic_with(lines: &str) -> Clinic {
    let clinic = Clinic::with(dr_jonas()).synced();
    ok(import(&clinic.workstation, lines.lines().map(str::to_owned).collect()));
    clinic
}

fn banner(clinic: &Clinic, patient: &str) -> BannerDto {
    ok(chart::open_chart(&clinic.workstation, patient)).banner
}

fn search(clinic: &Clinic, query: &str) -> PatientPageDto {
    let request = SearchDto { query: query.to_owned(), offset: 0, limit: 20 };
    ok(search::search_patients(&clinic.workstation, request))
}

fn save_at(clinic: &Clinic, patient: &str, at: Option<&str>) -> Result<SavedDto, crate::dto::failure::FailureDto> {
    // Possible at every age.
    let request = VitalsDto {
        patient: patient.to_owned(),
        measured_at: at.map(str::to_owned),
        systolic: String::new(),
        diastolic: String::new(),
        weight: String::new(),
        pulse: String::from("110"),
        respiration: String::from("24"),
        confirmed: true,
        ..vitals()
    };
    vital_signs::save_vitals(&clinic.workstation, request)
}

#[test]
fn a_birth_date_without_a_day_is_approximate_and_forbids_nothing() {
    let clinic = clinic_with(PARTIAL_BIRTH_DATES);
    let age = |patient: &str| banner(&clinic, patient).age;
    assert_eq!(age("ck-b0").as_deref(), Some("~46 w"));
    assert_eq!(age("ck-b1").as_deref(), Some("~21 d"));
    let timed = banner(&clinic, "ck-b2");
    assert_eq!((timed.birth_date.as_deref(), timed.age.as_deref()), (Some("1990-02-28"), Some("36 y")));
    for patient in ["ck-b0", "ck-b1", "ck-b2"] {
        for at in [Some("2026-03-15T09:00:00Z"), Some("2026-11-10T09:00:00Z"), None] {
            ok(save_at(&clinic, patient, at));
        }
    }
    let before = save_at(&clinic, "ck-b2", Some("1990-02-26T09:00:00Z")).err().map(|f| f.fields);
    assert!(before.is_some_and(|f| f.iter().any(|f| f.reason == FieldReasonDto::BeforeBirth)));
}

#[test]
fn names_of_every_script_are_found_and_shown_as_they_are_written() {
    let clinic = clinic_with(NAMES);
    for (patient, typed) in [
        ("ck-z1", ["王小明", "小明王", "王 小明"].as_slice()),
        ("ck-z2", &["YILMAZ", "yilmaz", "isik", "Işık"]),
        ("ck-z3", &["ΠΑΠΑΔΟΠΟΥΛΟΣ", "παπαδοπουλος"]),
        ("ck-z5", &["علي", "آدم علیرضا", "۱۹۷۴", "05-May-1974"]),
    ] {
        for typed in typed {
            let found = search(&clinic, typed);
            let ids: Vec<_> = found.rows.iter().map(|r| r.patient.as_str()).collect();
            assert_eq!((ids.as_slice(), found.exact), ([patient].as_slice(), 1), "{typed}");
        }
    }
    let family = |patient: &str| banner(&clinic, patient).family.unwrap_or_default();
    assert_eq!(family("ck-z1"), "王");
    assert_eq!(family("ck-z2"), "YILMAZ");
    assert_eq!(family("ck-z3"), "ΠΑΠΑΔΟΠΟΥΛΟΣ");
    assert_eq!(family("ck-z5"), "آدم علی‌رضا");
    // One slip: behind a divider, not as a match.
    let similar = search(&clinic, "yilnaz");
    assert_eq!((similar.rows.len(), similar.total, similar.exact), (1, 1, 0));
    let nothing = search(&clinic, "??");
    assert!(nothing.unusable && nothing.rows.is_empty() && nothing.total == 0);
    assert!(!search(&clinic, "qqqq").unusable);
}

#[test]
fn a_related_person_with_the_id_of_a_patient_brings_no_records() {
    let clinic = clinic_with(RELATED_PERSON);
    let shown = ok(chart::open_chart(&clinic.workstation, "7002"));
    assert!(shown.allergies.current.is_empty());
    assert!(shown.banner.replaced_by.is_empty() && shown.banner.replaces.is_empty());
    assert_eq!(ok(chart::open_chart(&clinic.workstation, "7001")).allergies.current.len(), 1);
}

#[test]
fn a_merged_record_leads_to_the_other_and_takes_no_entries() {
    let clinic = clinic_with(&format!("{MERGED}\n{PROBLEM}"));
    let (old, new) = (banner(&clinic, "ck-m1"), banner(&clinic, "ck-m2"));
    let linked = |list: &[crate::dto::chart::banner::LinkedDto]| {
        list.iter()
            .map(|l| (l.patient.clone().unwrap_or_default(), l.name.clone().unwrap_or_default()))
            .collect::<Vec<_>>()
    };
    assert_eq!(linked(&old.replaced_by), [(String::from("ck-m2"), String::from("MERGETEST, New"))]);
    assert_eq!(linked(&new.replaces), [(String::from("ck-m1"), String::from("MERGETEST, Old"))]);
    assert!(old.inactive && !new.inactive && new.replaced_by.is_empty());
    let rows = search(&clinic, "mergetest").rows;
    let replaced: Vec<_> = rows.iter().filter(|r| r.replaced && r.inactive).map(|r| r.patient.as_str()).collect();
    assert_eq!((rows.len(), replaced), (2, vec!["ck-m1"]));
    let note = |patient: &str| {
        let text = String::from("Seen today.");
        let request = SignNoteDto { patient: patient.to_owned(), kind: NoteKindDto::Progress, text, draft: None };
        notes::sign_note(&clinic.workstation, request)
    };
    assert_eq!(code_of(save_at(&clinic, "ck-m1", None)), ErrorCode::RecordReplaced);
    assert_eq!(code_of(note("ck-m1")), ErrorCode::RecordReplaced);
    assert!(save_at(&clinic, "ck-m2", None).is_ok() && note("ck-m2").is_ok());
    // No other save either, and each names the record that takes the entries.
    let named = |failure: FailureDto| {
        assert_eq!(failure.code, ErrorCode::RecordReplaced);
        linked(&failure.replaced_by)
    };
    let survivor = [(String::from("ck-m2"), String::from("MERGETEST, New"))];
    assert_eq!(save_at(&clinic, "ck-m1", None).err().map(named), Some(survivor.to_vec()));
    assert_eq!(note("ck-m1").err().map(named), Some(survivor.to_vec()));
    let mark = MarkEnteredInErrorDto {
        reference: String::from("Condition/ck-mc"),
        patient: String::from("ck-m1"),
        reason: String::from("wrong patient"),
    };
    let marked = entered_in_error::mark_entered_in_error(&clinic.workstation, mark);
    assert_eq!(marked.err().map(named), Some(survivor.to_vec()));
}

#[test]
fn a_merged_patient_is_not_checked_in() {
    let clinic = Clinic::with(leila_at_the_desk()).synced();
    ok(import(&clinic.workstation, MERGED.lines().chain([BOOKED]).map(str::to_owned).collect()));
    let arrive = CheckInDto { appointment: String::from("ck-ma"), arrived: true };
    let failure = worklist::check_in(&clinic.workstation, arrive).err().expect("refused");
    assert_eq!(failure.code, ErrorCode::RecordReplaced);
    let named: Vec<_> = failure.replaced_by.iter().map(|l| (l.patient.as_deref(), l.name.as_deref())).collect();
    assert_eq!(named, [(Some("ck-m2"), Some("MERGETEST, New"))]);
}

#[test]
fn the_banner_shows_what_is_current() {
    let clinic = clinic_with(OLD_PHONE);
    let shown = banner(&clinic, "nq4");
    assert_eq!((shown.family.as_deref(), shown.given.as_deref()), (Some("NEWOFFICIAL"), Some("Ida Maria Jr")));
    assert_eq!((shown.phone.as_deref(), shown.number.as_deref()), (Some("222222222"), Some("NEW-1")));
    assert_eq!((shown.address.as_deref(), shown.sex), (Some("New road 5"), SexDto::Other));
    assert_eq!((shown.preferred.as_deref(), shown.name_use), (Some("Idi"), None));
    let others: Vec<_> = shown.other_names.iter().map(|n| (n.name_use, n.name.as_str())).collect();
    assert_eq!(others, [(NameUseDto::Nickname, "Idi"), (NameUseDto::Old, "NEWOLDNAME, Ida")]);
    let row = search(&clinic, "NEW-1").rows.remove(0);
    assert_eq!((row.number.as_deref(), row.phone.as_deref()), (Some("NEW-1"), Some("222222222")));
}

#[test]
fn what_is_not_recorded_and_what_is_odd_is_said() {
    let clinic = clinic_with(concat!(
        r#"{"resourceType":"Patient","id":"bare","identifier":[{"value":"77"}]}"#,
        "\n",
        r#"{"resourceType":"Patient","id":"odd","name":[{"use":"old","family":"Once"}],"gender":"X","birthDate":"spring 1950","deceasedDateTime":"2025-04","modifierExtension":[{"url":"x","valueBoolean":true}]}"#,
        "\n",
        r#"{"resourceType":"Patient","id":"later","name":[{"family":"Later"}],"gender":"unknown","birthDate":"2031"}"#,
    ));
    let bare = banner(&clinic, "bare");
    assert!(bare.unnamed && bare.number.as_deref() == Some("77") && bare.sex == SexDto::NotRecorded);
    assert!(search(&clinic, "77").rows[0].unnamed && bare.marks.is_empty() && !bare.inactive);
    let odd = banner(&clinic, "odd");
    assert_eq!((odd.name_use, odd.birth_date.as_deref(), odd.age), (Some(NameUseDto::Old), Some("spring 1950"), None));
    assert_eq!((odd.deceased, odd.died.as_deref()), (true, Some("2025-04")));
    let elements = ["modifierExtension", "gender"].map(str::to_owned).to_vec();
    assert_eq!((odd.marks, odd.sex), (vec![MarkDto::Unsafe { elements }], SexDto::Unknown));
    let row = search(&clinic, "once").rows.remove(0);
    assert!(row.deceased && row.died.as_deref() == Some("2025-04"));
    assert_eq!(banner(&clinic, "later").marks, [MarkDto::InFuture]);
}

#[test]
fn an_import_says_where_each_record_went() {
    let clinic = Clinic::with(dr_jonas());
    let file = clinic.folder.path().join("odd.ndjson");
    let more = concat!(
        r#"{"resourceType":"Condition","id":"x1","code":{"text":"A"},"subject":{"reference":"Patient/absent"}}"#,
        "\n\n",
        r#"{"resourceType":"Condition","id":"x2","code":{"text":"A"},"subject":{"reference":"Group/g"}}"#,
        "\r\n",
        r#"{"resourceType":"ValueSet","id":"x3"}"#,
        "\nnonsense\n",
        r#"{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:22222222-2222-4222-8222-222222222222","resource":{"resourceType":"Flag","status":"active","code":{"text":"B"},"subject":{"reference":"urn:uuid:33333333-3333-4333-8333-333333333333"}}},{"fullUrl":"urn:uuid:33333333-3333-4333-8333-333333333333","resource":{"resourceType":"Patient","id":"late","name":[{"family":"Late"}]}},{"request":{"method":"DELETE","url":"Flag/1"}}]}"#,
    );
    std::fs::write(&file, format!("\u{feff}{WITHOUT_CHART}\n{more}\n")).expect("written");
    let report = ok(importing::import_file(&clinic.workstation, &file, true));
    assert_eq!((report.read, report.imported, report.places.in_charts, report.bundles), (8, 8, 4, 2));
    let no_chart = |kind: &str, why| (kind.to_owned(), why, 1);
    assert_eq!(
        report.places.no_chart,
        [
            no_chart("AllergyIntolerance", NoChart::PatientElsewhere),
            no_chart("Condition", NoChart::NoPatient),
            no_chart("Condition", NoChart::PatientMissing),
            no_chart("ValueSet", NoChart::TypeWithoutPatient),
        ]
    );
    assert_eq!(
        (report.places.refused.as_slice(), report.broken_lines.as_slice()),
        ([("no_resource", 1), ("syntax", 1)].as_slice(), [9].as_slice())
    );
    assert_eq!(report.places.records.len(), 10);
    let flag = report.places.records.iter().find(|r| r.key.as_deref().is_some_and(|k| k.starts_with("Flag/")));
    assert_eq!(
        flag,
        Some(&ListedRecord {
            line: 10,
            key: Some("Flag/22222222-2222-4222-8222-222222222222".to_owned()),
            place: Place::Chart("late".parse().expect("id")),
        })
    );
    assert_eq!(search(&clinic, "bundled").total, 1);
    let flags: Vec<_> = banner(&clinic, "late").flags.into_iter().map(|flag| flag.text).collect();
    assert_eq!(flags, [Some(String::from("B"))]);
    // Again, with the patient who was missing, from a file in another encoding.
    let absent = r#"{"resourceType":"Patient","id":"absent"}"#;
    let first = more.lines().next().expect("a line");
    let utf16: Vec<u8> = format!("\u{feff}{absent}\r\n{first}\r\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(&file, utf16).expect("written");
    let again = ok(importing::import_file(&clinic.workstation, &file, false));
    assert_eq!(
        (again.read, again.places.in_charts, again.places.no_chart.len(), again.places.records.len()),
        (2, 2, 0, 0)
    );
}

/// HL7's examples and everything else that other systems made: each record has a place, and each chart opens.
#[test]
fn every_official_example_has_a_place_and_every_chart_opens() {
    let file =
        std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/hl7-r4-examples.ndjson.zst"));
    if !file.exists() {
        eprintln!("skipped: {} is not on this machine", file.display());
        return;
    }
    let clinic = Clinic::with(dr_jonas());
    let report = ok(importing::import_file(&clinic.workstation, file, true));
    let none: u64 = report.places.no_chart.iter().map(|(.., count)| count).sum();
    let refused: u64 = report.places.refused.iter().map(|(_, count)| count).sum();
    let listed = u64::try_from(report.places.records.len()).expect("few");
    assert_eq!((listed, report.broken_lines.len()), (report.places.in_charts + none + refused, 0));
    assert!(report.places.in_charts > 200, "{report:?}");
    let patient = |record: &ListedRecord| match &record.place {
        Place::Chart(patient) => Some(patient.clone()),
        Place::None(_) | Place::Refused(_) => None,
    };
    let patients: BTreeSet<_> = report.places.records.iter().filter_map(patient).collect();
    assert!(patients.len() > 10);
    for patient in patients {
        assert!(chart::open_chart(&clinic.workstation, patient.as_str()).is_ok(), "{patient}");
    }
}
