use super::*;
use crate::dto::chart::mark::MarkDto;
use crate::dto::chart::value::ValueDto;
use crate::view::fixtures::{nurse_amara_sees, seen_by};
use keep_domain::Role;

fn problem(id: &str, text: &str, status: &str, since: &str, more: &str) -> String {
    format!(
        r#"{{"resourceType":"Condition","id":"{id}","clinicalStatus":{{"coding":[{{"code":"{status}"}}]}},"code":{{"text":"{text}"}},"subject":{{"reference":"Patient/maria"}},"onsetDateTime":"{since}"{more}}}"#
    )
}

fn verified(status: &str) -> String {
    format!(r#","verificationStatus":{{"text":"{status}"}}"#)
}

fn date(at: &str) -> Option<ValueDto> {
    Some(ValueDto::Date { at: at.to_owned() })
}

#[test]
fn problems_are_listed_by_what_is_known_of_them() {
    use ProblemGroupDto as G;
    let texts = [
        problem("p1", "Pneumonia", "resolved", "2018-11-02", r#","abatementDateTime":"2018-12""#),
        problem("p2", "Essential hypertension", "active", "2014", ""),
        problem("p3", "Chronic kidney disease, stage 3a", "active", "2023-05", ""),
        problem("p4", "Gout", "active", "2020", r#","verificationStatus":{"coding":[{"code":"entered-in-error"}]}"#),
        problem("p5", "Asthma", "active", "2020", &verified("Refuted")),
        problem("p6", "Pulmonary embolism", "active", "2026", &verified("differential")),
        problem("p7", "Smouldering myeloma", "smouldering", "2020", ""),
        problem("p8", "No known problems", "active", "2019", ""),
    ];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let found = problems(&nurse_amara_sees(&texts));
    let shown: Vec<_> = found.iter().map(|p| (p.text.as_deref().unwrap_or("?"), p.group)).collect();
    assert_eq!(
        shown,
        [
            ("Chronic kidney disease, stage 3a", G::Active),
            ("Smouldering myeloma", G::Active),
            ("Essential hypertension", G::Active),
            ("Pulmonary embolism", G::Unconfirmed),
            ("No known problems", G::Statement),
            ("Pneumonia", G::Past),
            ("Asthma", G::Void),
            ("Gout", G::Void),
        ]
    );
    assert_eq!((&found[5].onset, &found[5].abatement), (&date("2018-11-02"), &date("2018-12")));
    let marks = |name: &str| found.iter().find(|p| p.text.as_deref() == Some(name)).map(|p| p.marks.clone());
    let verification = |code: &str| MarkDto::Verification { code: code.to_owned() };
    assert_eq!(marks("Pulmonary embolism"), Some(vec![verification("differential")]));
    assert_eq!(marks("Asthma"), Some(vec![verification("Refuted")]));
    assert_eq!(marks("Gout"), Some(vec![MarkDto::EnteredInError]));
    assert_eq!(
        marks("Smouldering myeloma"),
        Some(vec![
            MarkDto::Status { code: String::from("smouldering"), reason: None },
            MarkDto::Unsafe { elements: vec![String::from("clinicalStatus")] }
        ])
    );
    assert!(problems(&seen_by(Role::FrontDesk, &texts)).is_empty());
}

#[test]
fn an_onset_and_an_abatement_have_every_form() {
    let of = |elements: &str| {
        let text = format!(
            r#"{{"resourceType":"Condition","id":"p","code":{{"text":"x"}},"subject":{{"reference":"Patient/maria"}},{elements}}}"#
        );
        problems(&nurse_amara_sees(&[&text])).remove(0)
    };
    let onset = of(r#""onsetAge":{"value":12,"unit":"years","code":"a"}"#).onset;
    assert!(
        matches!(onset, Some(ValueDto::Quantity { quantity }) if quantity.number.as_deref() == Some("12") && quantity.unit.as_deref() == Some("years"))
    );
    let range = of(r#""onsetRange":{"low":{"value":3,"unit":"a"},"high":{"value":5,"unit":"a"}}"#).onset;
    assert!(matches!(range, Some(ValueDto::Range { low: Some(_), high: Some(_) })));
    let words = Some(ValueDto::Text { text: String::from("in childhood") });
    assert_eq!(of(r#""onsetString":"in childhood""#).onset, words);
    let period = Some(ValueDto::Period { start: Some(String::from("2019")), end: Some(String::from("2020-02")) });
    assert_eq!(of(r#""onsetPeriod":{"start":"2019","end":"2020-02"}"#).onset, period);
    assert_eq!(
        of(r#""onsetDateTime":"last week""#).onset,
        Some(ValueDto::Unreadable { text: Some(String::from("last week")) })
    );
    for end in [
        r#""abatementDateTime":"2020""#,
        r#""abatementAge":{"value":40,"unit":"a"}"#,
        r#""abatementRange":{"low":{"value":3,"unit":"a"}}"#,
        r#""abatementPeriod":{"end":"2020"}"#,
        r#""abatementString":"in spring""#,
        r#""abatementBoolean":true"#,
    ] {
        assert_eq!(of(end).group, ProblemGroupDto::Past, "{end}");
        let active = of(&format!(r#"{end},"clinicalStatus":{{"coding":[{{"code":"recurrence"}}]}}"#));
        assert_eq!(active.group, ProblemGroupDto::Active, "{end}");
    }
}

#[test]
fn every_part_of_a_problem_is_handed_over() {
    let text = r#"{"resourceType":"Condition","id":"p","text":{"status":"additional","div":"<div>seen by Dr Bo</div>"},"category":[{"coding":[{"code":"encounter-diagnosis","display":"Encounter Diagnosis"}]}],"severity":{"text":"Severe"},"code":{"coding":[{"system":"http://snomed.info/sct","code":"39065001"}]},"bodySite":[{"text":"Left forearm"}],"subject":{"reference":"Patient/maria"},"stage":[{"summary":{"text":"III"},"type":{"text":"Clinical"}}],"evidence":[{"code":[{"text":"blisters"}]}],"note":[{"text":"cool it"}]}"#;
    let found = problems(&nurse_amara_sees(&[text])).remove(0);
    assert_eq!(found.text.as_deref(), Some("39065001 (SNOMED CT)"));
    assert_eq!((found.severity.as_deref(), found.body_sites), (Some("Severe"), vec![String::from("Left forearm")]));
    assert_eq!((found.stages[0].summary.as_deref(), found.stages[0].kind.as_deref()), (Some("III"), Some("Clinical")));
    assert_eq!((found.evidence, found.notes), (vec![String::from("blisters")], vec![String::from("cool it")]));
    assert_eq!(found.categories, ["Encounter Diagnosis"]);
    assert_eq!(found.narrative.as_deref(), Some("seen by Dr Bo"));
}
