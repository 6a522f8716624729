//! Importing records from a file.

use super::{Clinic, code_of, ok};
use crate::cases::{chart, import, search};
use crate::dto::search::SearchDto;
use crate::testing::{dr_jonas, nurse_amara};
use keep_domain::ErrorCode;

const LINES: &str = concat!(
    r#"{"resourceType":"Patient","id":"baraka","meta":{"versionId":"1"},"name":[{"family":"Otieno","given":["Baraka"]}]}"#,
    "\n{\"resourceType\":\"Patient\",\n",
    r#"{"resourceType":"Condition","id":"c9","meta":{"versionId":"1"},"subject":{"reference":"Patient/baraka"},"code":{"text":"Measles"}}"#,
    "\n",
    r#"{"no":"resource"}"#,
    "\n",
);

#[test]
fn invalid_lines_are_reported_and_the_others_imported() {
    let clinic = Clinic::with(dr_jonas());
    let plain = clinic.folder.path().join("clinic.ndjson");
    std::fs::write(&plain, LINES).expect("written");
    let report = ok(import::import_file(&clinic.workstation, &plain, false));
    assert_eq!((report.read, report.imported, report.kept_unreadable), (3, 2, 1));
    assert_eq!((report.broken_lines.as_slice(), report.unchanged), ([2].as_slice(), 0));
    let found = SearchDto { query: String::from("otieno"), offset: 0, limit: 5 };
    assert_eq!(ok(search::search_patients(&clinic.workstation, found)).total, 1);
    let packed = clinic.folder.path().join("clinic.ndjson.zst");
    std::fs::write(&packed, zstd::encode_all(LINES.as_bytes(), 3).expect("packed")).expect("written");
    let again = ok(import::import_file(&clinic.workstation, &packed, false));
    assert_eq!((again.read, again.imported, again.unchanged), (3, 0, 3));
}

#[test]
fn a_truncated_file_and_an_unknown_extension_are_refused() {
    let clinic = Clinic::with(dr_jonas());
    let cut = clinic.folder.path().join("cut.ndjson.zst");
    let packed = zstd::encode_all(LINES.as_bytes(), 3).expect("packed");
    std::fs::write(&cut, &packed[..packed.len() / 2]).expect("written");
    assert_eq!(code_of(import::import_file(&clinic.workstation, &cut, false)), ErrorCode::ImportBroken);
    let other = clinic.folder.path().join("clinic.csv");
    std::fs::write(&other, LINES).expect("written");
    assert_eq!(code_of(import::import_file(&clinic.workstation, &other, false)), ErrorCode::Invalid);
    assert_eq!(
        code_of(import::import_file(&clinic.workstation, &clinic.folder.path().join("none.ndjson"), false)),
        ErrorCode::Io
    );
    let nurse = Clinic::with(nurse_amara());
    assert_eq!(code_of(import::import_file(&nurse.workstation, &other, false)), ErrorCode::Refused);
}

#[test]
fn the_order_of_a_long_file_decides_between_versions() {
    // Several blocks, read by two threads; each record appears again without a version in a later block, which wins.
    let clinic = Clinic::with(dr_jonas());
    let line = |n: usize, text: &str| {
        let subject = r#""subject":{"reference":"Patient/baraka"}"#;
        format!("{{\"resourceType\":\"Condition\",\"id\":\"c{n}\",{subject},\"code\":{{\"text\":\"{text}\"}}}}\n")
    };
    let patient = LINES.lines().next().expect("patient");
    let (first, second) = ("once ".repeat(400), "again ".repeat(400));
    let all: String = (0..900).map(|n| line(n, &first)).chain((0..900).map(|n| line(n, &second))).collect();
    assert!(all.len() > 3_000_000);
    let file = clinic.folder.path().join("long.ndjson");
    std::fs::write(&file, format!("{patient}\n{all}nonsense\n")).expect("written");
    let report = ok(import::import_file(&clinic.workstation, &file, false));
    assert_eq!((report.read, report.imported, report.broken_lines.as_slice()), (1801, 1801, [1802].as_slice()));
    let chart = ok(chart::open_chart(&clinic.workstation, "baraka"));
    assert!(
        chart.problems.iter().all(|p| p.text.as_ref().is_some_and(|text| text.starts_with("again"))),
        "the later line counts"
    );
}
