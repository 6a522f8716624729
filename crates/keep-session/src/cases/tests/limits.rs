//! A reply is at most 256 kB: what is cut says so, and nothing is lost.

use super::{Clinic, ok};
use crate::cases::chart;
use crate::dto::chart::detail::DetailDto;
use crate::dto::chart::timeline::{RecordDto, RecordRequestDto};
use crate::dto::chart::{ChartTabDto, CutListDto};
use crate::testing::{dr_jonas, import};
use serde::Serialize;

const LIMIT: usize = 256 * 1024;

fn size(reply: &impl Serialize) -> usize {
    serde_json::to_vec(reply).expect("json").len()
}

fn clinic_with(texts: Vec<String>) -> Clinic {
    let clinic = Clinic::with(dr_jonas()).synced();
    ok(import(&clinic.workstation, texts));
    clinic
}

/// The characters of all values, in their order.
fn recorded(details: &[DetailDto]) -> String {
    let mut found = String::new();
    for detail in details {
        found.push_str(&serde_json::to_string(&detail.value).expect("json"));
        found.push_str(&recorded(&detail.parts));
    }
    found
}

#[test]
fn a_record_of_two_megabytes_comes_in_parts_and_whole() {
    let component = |n: usize| {
        format!(
            r#"{{"code":{{"text":"Part {n} {}"}},"valueQuantity":{{"value":{n},"unit":"mg","comparator":"~"}}}}"#,
            "x".repeat(400)
        )
    };
    let components: Vec<String> = (0..2500).map(component).collect();
    let text = format!(
        r#"{{"resourceType":"Observation","id":"long","status":"final","statusReason":{{"text":"{reason}"}},"code":{{"text":"{name}"}},"subject":{{"reference":"Patient/maria"}},"effectiveDateTime":"2026-11-20","valueString":"{value}","modifierExtension":[{{"url":"urn:{name}","valueString":"{name}"}}],"component":[{}],"note":[{{"text":"{note}"}}]}}"#,
        components.join(","),
        reason = "r".repeat(50_000),
        name = "n".repeat(50_000),
        value = "v".repeat(300_000),
        note = "w\\n".repeat(200_000),
    );
    assert!(text.len() > 2_000_000);
    let clinic = clinic_with(vec![text]);
    let part = |part: u32| -> RecordDto {
        let reference = String::from("Observation/long");
        let shown = ok(chart::chart_record(
            &clinic.workstation,
            RecordRequestDto { patient: String::from("maria"), reference, part },
        ));
        assert!(size(&shown) < LIMIT, "part {part}: {}", size(&shown));
        shown
    };
    let first = part(0);
    assert!(first.parts > 8, "{}", first.parts);
    let all: String = (0..first.parts).map(|n| recorded(&part(n).details)).collect();
    for (c, count) in [('v', 300_000), ('w', 200_000), ('r', 50_000)] {
        assert!(all.matches(c).count() >= count, "{c}");
    }
    for n in 0..2500 {
        assert!(all.contains(&format!("Part {n} x")), "{n}");
    }
    assert!(part(first.parts).details.is_empty());
}

#[test]
fn a_list_that_is_cut_says_how_long_it_is() {
    let problem = |n: usize| {
        format!(
            r#"{{"resourceType":"Condition","id":"p{n}","clinicalStatus":{{"coding":[{{"code":"active"}}]}},"code":{{"text":"Problem {n}"}},"subject":{{"reference":"Patient/maria"}}}}"#
        )
    };
    let medicine = |n: usize| {
        format!(
            r#"{{"resourceType":"MedicationRequest","id":"m{n}","status":"active","intent":"order","medicationCodeableConcept":{{"text":"Medicine {n}"}},"subject":{{"reference":"Patient/maria"}}}}"#
        )
    };
    let allergy = |n: usize| {
        format!(
            r#"{{"resourceType":"AllergyIntolerance","id":"x{n}","clinicalStatus":{{"coding":[{{"code":"active"}}]}},"code":{{"text":"Substance {n}"}},"patient":{{"reference":"Patient/maria"}}}}"#
        )
    };
    let texts = (0..339).map(problem).chain((100..250).map(medicine)).chain((0..130).map(allergy));
    let clinic = clinic_with(texts.collect());
    let shown = ok(chart::open_chart(&clinic.workstation, "maria"));
    let cut = |tab, total| CutListDto { tab, shown: 120, total };
    // María has a problem, a medicine and an allergy already.
    assert_eq!(
        shown.cut,
        [cut(ChartTabDto::Allergies, 131), cut(ChartTabDto::Problems, 340), cut(ChartTabDto::Medicines, 151)]
    );
    assert_eq!((shown.problems.len(), shown.medicines.len(), shown.allergies.current.len()), (120, 120, 120));
    assert!(size(&shown) < LIMIT, "{}", size(&shown));
    let whole = ok(chart::open_chart(&Clinic::with(dr_jonas()).synced().workstation, "maria"));
    assert_eq!(whole.cut, []);
}
