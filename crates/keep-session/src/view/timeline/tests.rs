use super::*;
use crate::dto::chart::record_state::RecordStateDto;
use crate::view::access_view::AccessView;
use crate::view::fixtures::{MARIA, nurse_amara_sees, record};
use keep_domain::Role;
use keep_store::RecordState;

fn vital(id: &str, loinc: &str, value: &str) -> String {
    let unit = match loinc {
        "29463-7" => r#","unit":"kg""#,
        "8302-2" => r#","unit":"cm""#,
        _ => "",
    };
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","category":[{{"coding":[{{"code":"vital-signs"}}]}}],"code":{{"coding":[{{"code":"{loinc}"}}]}},"subject":{{"reference":"Patient/maria"}},"effectiveDateTime":"2026-11-22T10:00:00Z","valueQuantity":{{"value":{value}{unit}}}}}"#
    )
}

fn window(entries: &[VisibleRecord], offset: usize, limit: usize) -> TimelineDto {
    Window::of(entries, None, (offset, limit)).rows_at_noon()
}

fn detail(row: &TimelineRowDto) -> &str {
    match &row.detail {
        Some(TimelineDetailDto::Text { text }) => text,
        _ => panic!("a text"),
    }
}

#[test]
fn vital_signs_of_one_moment_are_one_line() {
    let texts = [
        vital("o1", "8867-4", "76"),
        vital("o2", "59408-5", "97"),
        vital("o3", "29463-7", "81.4").replace("final", "entered-in-error"),
        String::from(
            r#"{"resourceType":"Condition","id":"c","clinicalStatus":{"coding":[{"code":"active"}]},"code":{"text":"Gout"},"subject":{"reference":"Patient/maria"},"onsetDateTime":"2020"}"#,
        ),
        MARIA.to_owned(),
    ];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let all = window(&nurse_amara_sees(&texts), 0, 10);
    assert_eq!(all.total, 3);
    let shown: Vec<_> = all.rows.iter().map(|r| (r.kind, r.at.as_deref(), detail(r))).collect();
    assert_eq!(
        shown,
        [
            (TimelineKindDto::Vitals, Some("2026-11-22T10:00:00.000Z"), "Heart rate 76 /min, Oxygen saturation 97 %"),
            (TimelineKindDto::Vitals, Some("2026-11-22T10:00:00.000Z"), "81.4 kg"),
            (TimelineKindDto::Problem, Some("2020"), "active"),
        ]
    );
    assert_eq!(
        all.rows.iter().map(|r| r.marks.contains(&MarkDto::EnteredInError)).collect::<Vec<_>>(),
        [false, true, false]
    );
    assert_eq!(window(&nurse_amara_sees(&texts), 2, 5).rows.len(), 1);
}

#[test]
fn a_line_with_rounded_values_has_the_recorded_ones_too() {
    let texts = [
        vital("o1", "8867-4", "76"),
        vital("o2", "29463-7", "86.30271828182845"),
        vital("o3", "8302-2", "171.512345678"),
    ];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let row = window(&nurse_amara_sees(&texts), 0, 1).rows.remove(0);
    assert_eq!(detail(&row), "Heart rate 76 /min, Weight 86.3 kg, Height 171.5 cm");
    assert_eq!(row.recorded.as_deref(), Some("Weight 86.30271828182845 kg, Height 171.512345678 cm"));
}

#[test]
fn what_cannot_be_read_is_shown_as_such() {
    let broken = r#"{"resourceType":"Observation","id":"#;
    let halved = r#"{"resourceType":"Observation","id":"o9","status":7,"subject":{"reference":"Patient/maria"}}"#;
    let all = window(&nurse_amara_sees(&[broken, halved]), 0, 10);
    assert!(all.rows.len() == 2 && all.rows.iter().all(|r| r.unreadable));
}

#[test]
fn a_line_shows_what_needs_attention_most() {
    let access_view = AccessView::for_tests(Role::Nurse);
    let mut second = record(&vital("o2", "59408-5", "97"));
    second.state = RecordState::Pending;
    let entries: Vec<VisibleRecord> = [record(&vital("o1", "8867-4", "76")), second]
        .into_iter()
        .filter_map(|r| VisibleRecord::of(r, &access_view))
        .collect();
    assert!(window(&entries, 0, 1).rows[0].record == RecordStateDto::Pending);
}

/// Found in the window: the tab of reports said "final" where the report says what was found.
#[test]
fn a_report_says_its_conclusion_or_else_its_text() {
    let said = |more: &str| {
        let text = format!(
            r#"{{"resourceType":"DiagnosticReport","id":"r","status":"final","code":{{"text":"CT"}},"subject":{{"reference":"Patient/maria"}},"result":[{{"reference":"Observation/o"}}]{more}}}"#
        );
        window(&nurse_amara_sees(&[&text]), 0, 10).rows.remove(0).detail
    };
    let text = |text: &str| Some(TimelineDetailDto::Text { text: text.to_owned() });
    let form = r#","presentedForm":[{"contentType":"text/plain","data":"TGFyZ2UgcG5ldW1vdGhvcmF4Lg=="}]"#;
    let found = [
        said(&format!(r#"{form},"conclusion":"Embolism.""#)),
        said(form),
        said(r#","conclusionCode":[{"text":"Embolus"}]"#),
        said(""),
    ];
    let results = Some(TimelineDetailDto::Results { count: 1 });
    let expected = [text("final · Embolism."), text("final · Large pneumothorax."), text("final · Embolus"), results];
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(
            format!("{:?}", serde_json::to_value(found).ok()),
            format!("{:?}", serde_json::to_value(expected).ok())
        );
    }
}
