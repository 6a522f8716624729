use super::*;
use crate::dto::chart::flag::FlagDto;
use crate::dto::chart::mark::MarkDto;
use crate::dto::chart::results::ResultDetailKindDto as Detail;
use crate::dto::chart::value::ValueDto;
use crate::view::fixtures::{MARIA, NOON, nurse_amara_sees, seen_by};
use keep_domain::Role;

/// A laboratory result; `more` is added to it or replaces an element of it.
fn test(id: &str, name: &str, at: &str, value: &str, more: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","category":[{{"coding":[{{"code":"laboratory"}}]}}],"code":{{"coding":[{{"code":"x-{name}"}}],"text":"{name}"}},"subject":{{"reference":"Patient/maria"}},"effectiveDateTime":"{at}","valueQuantity":{{"value":{value},"unit":"mmol/L"}}{more}}}"#
    )
}

const RANGE: &str =
    r#","referenceRange":[{"low":{"value":3.5,"unit":"mmol/L"},"high":{"value":5.10,"unit":"mmol/L"}}]"#;

fn seen(texts: &[String]) -> Vec<VisibleRecord> {
    let texts: Vec<&str> = texts.iter().map(String::as_str).chain([MARIA]).collect();
    nurse_amara_sees(&texts)
}

fn rows(texts: &[String]) -> Vec<ResultDto> {
    window(&seen(texts), &ClinicClock::utc(NOON), 0, 100).rows
}

fn summary(texts: &[String]) -> Vec<ResultDto> {
    let (entries, clinic_clock) = (seen(texts), ClinicClock::utc(NOON));
    recent_and_abnormal(&entries, &Population::of(&entries, &clinic_clock.zone), &clinic_clock)
}

/// A quantity as the page joins it.
pub(crate) fn text_of(value: Option<&ValueDto>) -> String {
    match value {
        Some(ValueDto::Quantity { quantity: q }) => {
            words::joined([&q.comparator, &q.number, &q.unit].into_iter().flatten(), " ")
        }
        Some(ValueDto::Text { text }) => text.clone(),
        Some(other) => format!("{other:?}"),
        None => String::new(),
    }
}

fn sample() -> Vec<String> {
    vec![
        test("o1", "Potassium", "2026-11-11T08:00:00Z", "4.60", RANGE),
        test("o2", "Potassium", "2026-02-11T08:00:00Z", "5.5", RANGE),
        test("o3", "Sodium", "2026-01-11T08:00:00Z", "140", r#","referenceRange":[{"text":"as usual"}]"#),
        test("o4", "Calcium", "2025-01-11T08:00:00Z", "3.2", RANGE),
        String::from(
            r#"{"resourceType":"DiagnosticReport","id":"r","status":"final","category":[{"coding":[{"code":"LAB"}]}],"code":{"text":"Basic metabolic panel"},"subject":{"reference":"Patient/maria"},"effectiveDateTime":"2026-11-11","result":[{"reference":"Observation/o1"}]}"#,
        ),
    ]
}

#[test]
fn the_summary_shows_recent_and_abnormal_results() {
    let rows = summary(&sample());
    let shown: Vec<_> = rows.iter().map(|r| (r.id.as_str(), text_of(r.value.as_ref()), r.flag)).collect();
    assert_eq!(
        shown,
        [("o1", String::from("4.60 mmol/L"), None), ("o4", String::from("3.2 mmol/L"), Some(FlagDto::Low))]
    );
    assert_eq!(rows[0].panel.as_deref(), Some("Basic metabolic panel"));
    let range = &rows[0].ranges[0];
    let number = |q: &Option<crate::dto::chart::value::QuantityDto>| q.as_ref().and_then(|q| q.number.clone());
    assert_eq!((number(&range.low).as_deref(), number(&range.high).as_deref()), (Some("3.5"), Some("5.10")));
}

#[test]
fn a_value_with_more_digits_than_are_shown_keeps_its_recorded_form() {
    let row = |value: &str| rows(&[test("o1", "Glucose", "2026-11-11T08:00:00Z", value, RANGE)]).remove(0);
    let quantity = |row: &ResultDto| match &row.value {
        Some(ValueDto::Quantity { quantity }) => quantity.clone(),
        _ => panic!("a quantity"),
    };
    let found = quantity(&row("5.123456789012345"));
    assert_eq!(
        (found.number.as_deref(), found.recorded.as_deref()),
        (Some("5.1235"), Some("5.123456789012345 mmol/L"))
    );
    let found = quantity(&row("4.20"));
    assert_eq!((found.number.as_deref(), found.recorded.as_deref()), (Some("4.20"), None));
}

#[test]
fn a_window_counts_all_and_the_front_desk_sees_none() {
    let texts = sample();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (entries, clinic_clock) = (nurse_amara_sees(&texts), ClinicClock::utc(NOON));
    let part = window(&entries, &clinic_clock, 1, 2);
    assert_eq!((part.total, part.rows.iter().map(|r| r.id.as_str()).collect::<Vec<_>>()), (4, vec!["o2", "o3"]));
    assert_eq!(part.rows[1].ranges[0].text.as_deref(), Some("as usual"));
    assert_eq!(window(&seen_by(Role::FrontDesk, &texts), &clinic_clock, 0, 10).total, 0);
}

#[test]
fn a_result_of_every_category_and_of_none_is_a_row() {
    let at = "2026-11-11T08:00:00Z";
    let lab = r#""category":[{"coding":[{"code":"laboratory"}]}],"#;
    let mut texts = vec![test("none", "A", at, "1", "").replace(lab, "")];
    for category in ["laboratory", "imaging", "procedure", "survey", "exam", "therapy", "activity", "social-history"] {
        let own = lab.replace("laboratory", category);
        texts.push(test(category, category, at, "1", "").replace(lab, &own));
    }
    assert_eq!(rows(&texts).len(), texts.len());
    assert_eq!(summary(&texts).len(), texts.len());
    assert!(rows(&[test("v", "V", at, "1", "").replace("laboratory", "vital-signs")]).is_empty());
}

#[test]
fn what_is_not_final_is_marked_and_what_is_cancelled_has_no_value() {
    let of = |status: &str| {
        let more = r#","interpretation":[{"coding":[{"code":"HH"}]}]"#;
        let text = test("o", "Potassium", "2026-11-11T08:00:00Z", "9", &format!("{RANGE}{more}"));
        rows(&[text.replace("final", status)]).remove(0)
    };
    let status = |code: &str| vec![MarkDto::Status { code: code.to_owned(), reason: None }];
    for code in ["preliminary", "amended", "corrected", "unknown"] {
        let row = of(code);
        assert!(row.marks == status(code) && row.value.is_some(), "{code}");
        assert_eq!(row.flag, Some(FlagDto::CriticalHigh), "{code}: the laboratory says so");
    }
    for code in ["cancelled", "registered"] {
        let row = of(code);
        assert!(row.marks == status(code) && row.value.is_none() && row.flag.is_none(), "{code}");
    }
    let row = of("entered-in-error");
    assert!(row.marks == [MarkDto::EnteredInError] && row.value.is_none() && row.flag.is_none());
    let row = of("done");
    assert!(row.marks.contains(&MarkDto::Unsafe { elements: vec![String::from("status")] }));
    assert!(of("final").marks.is_empty());
    // A computed flag needs a final value.
    let text = test("o", "Potassium", "2026-11-11T08:00:00Z", "9", RANGE);
    assert_eq!(rows(std::slice::from_ref(&text))[0].flag, Some(FlagDto::High));
    assert_eq!(rows(&[text.replace("final", "preliminary")])[0].flag, None);
}

#[test]
fn a_value_about_somebody_else_a_later_time_and_an_unknown_modifier_are_marked() {
    let row =
        |more: &str| rows(&[test("o", "Potassium", "2026-11-23T08:00:00Z", "9", &format!("{RANGE}{more}"))]).remove(0);
    let found = row(r#","focus":[{"display":"Fetus 1"}],"modifierExtension":[{"url":"x"}]"#);
    assert_eq!(
        found.marks,
        [
            MarkDto::Element { element: String::from("modifierExtension"), recorded: vec![String::from("x")] },
            MarkDto::Focus { whom: Some(String::from("Fetus 1")) },
            MarkDto::Unsafe { elements: vec![String::from("modifierExtension")] },
            MarkDto::InFuture,
        ]
    );
    assert_eq!(found.flag, None);
    assert_eq!(row(r#","focus":[{"reference":"Patient/maria"}]"#).marks, [MarkDto::InFuture]);
}

#[test]
fn a_panel_its_parts_and_its_members_are_shown_once() {
    let at = "2026-11-11T08:00:00Z";
    let panel = |more: &str| {
        format!(
            r#"{{"resourceType":"Observation","id":"p","status":"final","code":{{"text":"Electrolytes"}},"subject":{{"reference":"Patient/maria"}},"effectiveDateTime":"{at}"{more}}}"#
        )
    };
    let ids = |texts: &[String]| rows(texts).into_iter().map(|r| r.id).collect::<Vec<_>>();
    let single = test("o1", "Potassium", at, "4.60", "");
    let members = r#","hasMember":[{"reference":"Observation/o1"}]"#;
    let found = rows(&[panel(members), single.clone()]);
    let details = |row: &ResultDto| row.details.iter().map(|d| (d.kind, d.text.clone())).collect::<Vec<_>>();
    let named = |name: &str| vec![(Detail::Member, name.to_owned())];
    assert_eq!((found[0].name.as_deref(), details(&found[0])), (Some("Electrolytes"), named("Potassium")));
    assert_eq!((found[1].panel.as_deref(), details(&found[1])), (Some("Electrolytes"), Vec::new()));
    assert_eq!((found.len(), details(&rows(&[panel(members)])[0])), (2, named("Observation/o1")));
    // In the summary a panel has a row where it says more than its members, or where one is missing.
    let in_summary = |texts: &[String]| summary(texts).into_iter().map(|r| r.id).collect::<Vec<_>>();
    let with_note = format!(r#"{members},"note":[{{"text":"haemolysed"}}]"#);
    assert_eq!(in_summary(&[panel(members), single.clone()]), ["o1"]);
    assert_eq!(in_summary(&[panel(&with_note), single.clone()]).len(), 2);
    assert_eq!(in_summary(&[panel(members)]), ["p"]);
    // A single observation of the same measurement as a part.
    let part = r#","component":[{"code":{"coding":[{"code":"x-Potassium"}],"text":"Potassium"},"valueQuantity":{"value":4.60,"unit":"mmol/L"}}]"#;
    let found = rows(&[panel(part), single.clone()]);
    assert_eq!((found.len(), found[0].parts[0].name.as_deref()), (1, Some("Potassium")));
    assert_eq!(found[0].same, ["o1"]);
    // A panel that does not count hides nothing.
    for status in ["cancelled", "entered-in-error", "preliminary"] {
        assert_eq!(ids(&[panel(part).replace("final", status), single.clone()]).len(), 2, "{status}");
    }
    assert_eq!(ids(&[panel(part), test("o1", "Potassium", at, "4.7", "")]).len(), 2);
}

#[test]
fn a_row_has_the_notes_method_and_specimen_of_its_record() {
    let more = r#","note":[{"text":"haemolysed"}],"method":{"text":"ISE"},"bodySite":{"text":"left arm"},"specimen":{"display":"Serum"},"device":{"reference":"Device/d1"}"#;
    let row = rows(&[test("o", "Potassium", "2026-11-11T08:00:00Z", "9", more)]).remove(0);
    let found: Vec<_> = row.details.iter().map(|d| (d.kind, d.text.as_str())).collect();
    assert_eq!(
        found,
        [
            (Detail::Note, "haemolysed"),
            (Detail::Method, "ISE"),
            (Detail::BodySite, "left arm"),
            (Detail::Specimen, "Serum"),
            (Detail::Device, "Device/d1"),
        ]
    );
}

#[test]
fn a_report_is_a_row_for_what_its_results_do_not_say() {
    let report = |more: &str| {
        format!(
            r#"{{"resourceType":"DiagnosticReport","id":"r","status":"final","code":{{"text":"Chest CT"}},"subject":{{"reference":"Patient/maria"}},"effectiveDateTime":"2026-11-11"{more}}}"#
        )
    };
    let details = |more: &str| {
        let row = summary(&[report(more)]).remove(0);
        row.details.into_iter().map(|d| (d.kind, d.text)).collect::<Vec<_>>()
    };
    let text = |t: &str| t.to_owned();
    assert_eq!(details(r#","conclusion":"Embolism.""#), [(Detail::Conclusion, text("Embolism."))]);
    assert_eq!(
        details(r#","conclusionCode":[{"text":"Embolism"}],"media":[{"comment":"left"}]"#),
        [(Detail::ConclusionCode, text("Embolism")), (Detail::Image, text("left"))]
    );
    assert_eq!(
        details(
            r#","presentedForm":[{"contentType":"text/plain","data":"RW1ib2xpc20="},{"contentType":"application/pdf"}]"#
        ),
        [(Detail::Text, text("Embolism")), (Detail::File, text("application/pdf"))]
    );
    assert_eq!(
        details(r#","text":{"status":"generated","div":"<div>Embolism</div>"}"#),
        [(Detail::Narrative, text("Embolism"))]
    );
    let member = r#","result":[{"reference":"Observation/o1"}]"#;
    let single = test("o1", "Potassium", "2026-11-11T08:00:00Z", "4.60", "");
    let ids = |text: String| rows(&[text, single.clone()]).into_iter().map(|r| r.id).collect::<Vec<_>>();
    assert_eq!(ids(report(member)), ["o1"]);
    assert_eq!(ids(report(member).replace("final", "preliminary")), ["o1", "r"]);
    let cancelled = rows(&[report("").replace("final", "cancelled")]).remove(0);
    assert_eq!(cancelled.marks, [MarkDto::Status { code: text("cancelled"), reason: None }]);
}
