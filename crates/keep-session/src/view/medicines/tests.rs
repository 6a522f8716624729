use super::*;
use crate::dto::chart::medicines::EndedByDto;
use crate::view::fixtures::{nurse_amara_sees, record, seen_by, time};
use MedicineGroupDto::{Current, DoNotGive, OnHold, Past, Planned, Unknown, WithoutOrder};
use keep_domain::Role;

/// 30-Nov-2026 12:00 UTC.
fn clock() -> ClinicClock {
    ClinicClock::utc(time("2026-11-30T12:00:00Z"))
}

fn listed(texts: &[&str], names: &Names) -> Vec<MedicineDto> {
    let base = Some("https://fhir.example/r4");
    medicines(&seen_by(Role::Physician, texts), MedicineContext { names, clock: &clock(), base })
}

/// Medicines of a case file.
fn case(text: &str) -> Vec<MedicineDto> {
    listed(&text.lines().collect::<Vec<_>>(), &Names::default())
}

fn order(id: &str, more: &str) -> String {
    format!(
        r#"{{"resourceType":"MedicationRequest","id":"{id}","medicationCodeableConcept":{{"text":"Warfarin 3 mg"}},"subject":{{"reference":"Patient/maria"}},"authoredOn":"2026-11-01",{more}}}"#
    )
}

fn record_of(kind: &str, id: &str, more: &str) -> String {
    order(id, more).replacen("MedicationRequest", kind, 1)
}

fn one(text: &str) -> MedicineDto {
    let mut found = listed(&[text], &Names::default());
    assert_eq!(found.len(), 1, "{text}");
    found.remove(0)
}

#[test]
fn the_words_of_a_dosage_are_shown_where_the_parts_say_less() {
    let found = case(include_str!("../../../../../tests/fixtures/cases/dosage-text-says-more.ndjson"));
    let find = |id: &str| found.iter().find(|m| m.reference.ends_with(id)).expect("there");
    let words = |id: &str| find(id).dosages.iter().map(|d| d.words.as_deref()).collect::<Vec<_>>();
    assert_eq!(words("c01-mtx"), [Some("10 mg ONCE WEEKLY, on Mondays")]);
    assert_eq!(words("c01-mtx2"), [Some("four tablets on Monday of each week only")]);
    assert_eq!(words("c01-oxy"), [None]);
    assert_eq!(words("c01-ins"), [None, Some("15 units before lunch")]);
    assert_eq!(words("c01-cef"), [Some("500 mg IM as a SINGLE dose")]);
    assert_eq!(words("c01-two"), [None]);
    let oxycodone = &find("c01-oxy").dosages[0];
    assert!(oxycodone.as_needed && oxycodone.maxima.len() == 1);
    assert_eq!(find("c01-two").dosages[0].doses.len(), 2);
    assert!(found.iter().all(|m| m.group == Current && m.marks.is_empty()));
}

#[test]
fn a_medicine_that_must_not_be_given_is_in_a_group_of_its_own() {
    let found = case(include_str!("../../../../../tests/fixtures/cases/medicine-not-to-be-given.ndjson"));
    assert_eq!((found[0].group, &found[0].marks[..]), (DoNotGive, &[MarkDto::DoNot][..]));
    assert_eq!(found[0].dosages[0].words.as_deref(), Some("Do not give"));
    let over = one(&order("m", r#""status":"cancelled","intent":"order","doNotPerform":true"#));
    assert!(over.group == Past && over.marks.contains(&MarkDto::DoNot));
}

#[test]
fn what_is_not_in_force_is_not_current() {
    let found = case(include_str!("../../../../../tests/fixtures/cases/medicines-not-in-force.ndjson"));
    let groups: Vec<_> = found.iter().map(|m| (m.reference.rsplit_once('-').expect("an id").1, m.group)).collect();
    let expected = [
        ("hold", OnHold),
        ("proposal", Planned),
        ("option", Planned),
        ("plan", Planned),
        ("past", Past),
        ("taper", Past),
    ];
    for pair in expected {
        assert!(groups.contains(&pair), "{pair:?} {groups:?}");
    }
    let find = |id: &str| found.iter().find(|m| m.reference.ends_with(id)).expect("there");
    let hold = MarkDto::Status { code: "on-hold".into(), reason: Some("INR 7.8, bleeding".into()) };
    assert_eq!(find("hold").marks, [hold]);
    assert_eq!(find("plan").marks, [MarkDto::Intent { code: "plan".into() }]);
    let ended = find("past").ended.clone().expect("ended");
    assert_eq!((ended.by, ended.at.as_deref()), (EndedByDto::Course, Some("2024-03-10")));
    let steps: Vec<_> = find("taper").dosages.iter().map(|d| (d.sequence.as_deref(), d.words.is_none())).collect();
    assert_eq!(steps, [(Some("1"), true), (Some("2"), true)]);
}

#[test]
fn ingredients_are_the_name_where_there_is_no_other() {
    let found = case(include_str!("../../../../../tests/fixtures/cases/medicine-by-ingredients.ndjson"));
    assert_eq!((found[0].name.as_deref(), found[0].product.as_deref()), (Some("gentamicin"), Some("80 mg/2 mL")));
    assert_eq!(found[0].dosages[0].words.as_deref(), Some("80 mg IV"));
}

#[test]
fn a_medicine_that_was_handed_out_without_an_order_is_listed() {
    let found = case(include_str!("../../../../../tests/fixtures/cases/medicine-dispensed-without-order.ndjson"));
    assert_eq!((found.len(), found[0].group, found[0].kind), (1, WithoutOrder, MedicineRecordDto::Dispense));
    assert_eq!(found[0].name.as_deref(), Some("apixaban"));
    assert_eq!(found[0].dosages[0].words.as_deref(), Some("1 twice a day"));
}

#[test]
fn every_status_and_intent_has_its_group() {
    let mut table = vec![
        ("MedicationRequest", "active", Current),
        ("MedicationRequest", "on-hold", OnHold),
        ("MedicationRequest", "cancelled", Past),
        ("MedicationRequest", "completed", Past),
        ("MedicationRequest", "stopped", Past),
        ("MedicationRequest", "draft", Planned),
        ("MedicationRequest", "unknown", Unknown),
        ("MedicationRequest", "foo", Unknown),
        ("MedicationStatement", "active", Current),
        ("MedicationStatement", "completed", Past),
        ("MedicationStatement", "intended", Planned),
        ("MedicationStatement", "stopped", Past),
        ("MedicationStatement", "on-hold", OnHold),
        ("MedicationStatement", "unknown", Unknown),
        ("MedicationStatement", "not-taken", Past),
        ("MedicationDispense", "preparation", WithoutOrder),
        ("MedicationDispense", "in-progress", WithoutOrder),
        ("MedicationDispense", "cancelled", Past),
        ("MedicationDispense", "on-hold", OnHold),
        ("MedicationDispense", "completed", WithoutOrder),
        ("MedicationDispense", "stopped", Past),
        ("MedicationDispense", "declined", Past),
        ("MedicationDispense", "unknown", Unknown),
        ("MedicationAdministration", "in-progress", Current),
        ("MedicationAdministration", "not-done", Past),
        ("MedicationAdministration", "on-hold", OnHold),
        ("MedicationAdministration", "completed", WithoutOrder),
        ("MedicationAdministration", "stopped", Past),
        ("MedicationAdministration", "unknown", Unknown),
    ];
    for (kind, status, group) in table.drain(..) {
        let intent = if kind == "MedicationRequest" { r#","intent":"order""# } else { "" };
        let shown = one(&record_of(kind, "m", &format!(r#""status":"{status}"{intent}"#)));
        assert_eq!(shown.group, group, "{kind} {status}");
        let event = matches!(kind, "MedicationDispense" | "MedicationAdministration");
        let ordinary = status == if event { "completed" } else { "active" };
        assert_eq!(shown.marks.is_empty(), ordinary, "{kind} {status}");
    }
    for (intent, group) in [
        ("order", Current),
        ("original-order", Current),
        ("reflex-order", Current),
        ("filler-order", Current),
        ("instance-order", Current),
        ("plan", Planned),
        ("proposal", Planned),
        ("option", Planned),
        ("directive", Planned),
        ("bar", Unknown),
    ] {
        let shown = one(&order("m", &format!(r#""status":"active","intent":"{intent}""#)));
        assert_eq!(shown.group, group, "{intent}");
        let is_r4 = !matches!(intent, "directive" | "bar");
        let unsafe_mark = shown.marks.iter().any(|m| matches!(m, MarkDto::Unsafe { .. }));
        assert_eq!(unsafe_mark, !is_r4, "{intent}");
    }
    assert_eq!(one(&order("m", r#""status":"active""#)).group, Unknown);
}

#[test]
fn a_medicine_whose_time_is_over_or_has_not_come_is_not_current() {
    let active = |more: &str| one(&order("m", &format!(r#""status":"active","intent":"order",{more}"#)));
    let bounds = |json: &str| active(&format!(r#""dosageInstruction":[{{"timing":{{"repeat":{{{json}}}}}}}]"#));
    let ended = |m: &MedicineDto| m.ended.as_ref().map(|e| e.by);
    let length = r#""boundsDuration":{"value":7,"unit":"days","code":"d"}"#;
    assert_eq!(ended(&bounds(length)), Some(EndedByDto::Course));
    assert_eq!(bounds(&length.replace('7', "60")).group, Current);
    let range = r#""boundsRange":{"low":{"value":2,"code":"wk"},"high":{"value":3,"code":"wk"}}"#;
    assert_eq!(ended(&bounds(range)), Some(EndedByDto::Course));
    assert_eq!(bounds(r#""boundsPeriod":{"start":"2026-11-01","end":"2026-11-30"}"#).group, Current, "through today");
    assert_eq!(bounds(r#""boundsPeriod":{"end":"2026-10"}"#).group, Past);
    assert_eq!(bounds(r#""boundsPeriod":{"end":"2026-11"}"#).group, Current);
    assert_eq!(bounds(r#""boundsPeriod":{"start":"2026-12-24"}"#).group, Planned);
    assert_eq!(active(r#""dosageInstruction":[{"timing":{"event":["2024-03-03"]}}]"#).group, Past);
    let one_open = r#""dosageInstruction":[{"timing":{"repeat":{"boundsPeriod":{"end":"2024-03-10"}}}},{"text":"after that 1 a day"}]"#;
    assert_eq!(active(one_open).group, Current);
    let expired = active(r#""dispenseRequest":{"validityPeriod":{"end":"2026-06-01"}}"#);
    assert_eq!((expired.group, ended(&expired)), (Current, None), "what was handed out may still be taken");
    assert!(expired.supply.is_some_and(|s| s.validity.is_some()));
    let statement = |period: &str| {
        one(&record_of("MedicationStatement", "s", &format!(r#""status":"active","effectivePeriod":{period}"#)))
    };
    assert_eq!(ended(&statement(r#"{"start":"2020","end":"2026-11-29"}"#)), Some(EndedByDto::Period));
    assert_eq!(statement(r#"{"start":"2027"}"#).group, Planned);
    let stopped =
        one(&record_of("MedicationStatement", "s", r#""status":"stopped","effectivePeriod":{"end":"2026-05-04"}"#));
    assert_eq!(stopped.ended.and_then(|e| e.at).as_deref(), Some("2026-05-04"));
    let used_up = one(&record_of(
        "MedicationDispense",
        "d",
        r#""status":"completed","whenHandedOver":"2026-10-01","daysSupply":{"value":30,"code":"d"}"#,
    ));
    assert_eq!((used_up.group, ended(&used_up)), (Past, Some(EndedByDto::Supply)));
    let given =
        one(&record_of("MedicationAdministration", "a", r#""status":"completed","effectiveDateTime":"2026-09-01""#));
    assert_eq!((given.group, ended(&given)), (Past, Some(EndedByDto::Given)));
}

#[test]
fn an_order_and_what_followed_from_it_are_one_line() {
    let order = order("m", r#""status":"active","intent":"order","dosageInstruction":[{"text":"1 a day"}]"#);
    let statement = record_of(
        "MedicationStatement",
        "s",
        r#""status":"active","basedOn":[{"reference":"MedicationRequest/m"}],"dosage":[{"text":"takes 2 a day"}]"#,
    );
    let dispense = record_of(
        "MedicationDispense",
        "d",
        r#""status":"completed","whenHandedOver":"2026-11-10","quantity":{"value":30,"unit":"tablet"},"authorizingPrescription":[{"reference":"https://fhir.example/r4/MedicationRequest/m"}],"dosageInstruction":[{"text":"1 a day"}]"#,
    );
    let given = record_of(
        "MedicationAdministration",
        "a",
        r#""status":"not-done","statusReason":[{"text":"vomiting"}],"effectiveDateTime":"2026-11-20","request":{"reference":"MedicationRequest/m/_history/1"}"#,
    );
    let found = listed(&[&order, &statement, &dispense, &given], &Names::default());
    assert_eq!((found.len(), found[0].reference.as_str(), found[0].group), (1, "MedicationRequest/m", Current));
    let history: Vec<_> = found[0].history.iter().map(|h| h.reference.as_str()).collect();
    assert_eq!(history, ["MedicationAdministration/a", "MedicationDispense/d", "MedicationStatement/s"]);
    assert_eq!(found[0].history[2].dosages[0].words.as_deref(), Some("takes 2 a day"));
    assert!(found[0].history[1].dosages.is_empty() && found[0].history[1].quantity.is_some());
    assert!(matches!(&found[0].history[0].marks[..], [MarkDto::Status { reason: Some(r), .. }] if r == "vomiting"));
}

#[test]
fn a_line_is_marked_by_the_record_that_stops_it() {
    let linked = |status: &str| {
        record_of(
            "MedicationStatement",
            "s",
            &format!(r#""status":"{status}","basedOn":[{{"reference":"MedicationRequest/m"}}]"#),
        )
    };
    let order = |status: &str| order("m", &format!(r#""status":"{status}","intent":"order""#));
    let both = |a: &str, b: &str| listed(&[&order(a), &linked(b)], &Names::default()).remove(0);
    let status = |code: &str| MarkDto::Status { code: code.into(), reason: None };
    let held = both("on-hold", "active");
    assert_eq!((held.group, held.marks), (OnHold, vec![status("on-hold")]));
    let stopped = both("stopped", "active");
    assert_eq!((stopped.group, stopped.marks), (Current, vec![status("stopped")]));
    let not_taken = both("active", "not-taken");
    assert_eq!((not_taken.group, not_taken.marks), (Current, vec![status("not-taken")]));
}

#[test]
fn a_replaced_order_is_history_only_when_it_is_over() {
    let new =
        order("new", r#""status":"active","intent":"order","priorPrescription":{"reference":"MedicationRequest/old"}"#);
    let old = |status: &str| order("old", &format!(r#""status":"{status}","intent":"order""#));
    assert_eq!(listed(&[&new, &old("completed")], &Names::default()).len(), 1);
    assert_eq!(listed(&[&new, &old("active")], &Names::default()).len(), 2);
    let ban = order(
        "ban",
        r#""status":"active","intent":"order","doNotPerform":true,"basedOn":[{"reference":"MedicationRequest/old"}]"#,
    );
    assert_eq!(listed(&[&ban, &old("active")], &Names::default()).len(), 2);
}

#[test]
fn a_medicine_is_named_by_what_is_recorded() {
    let name = |element: &str, names: &Names| {
        let text = format!(
            r#"{{"resourceType":"MedicationStatement","id":"s","status":"active","subject":{{"reference":"Patient/maria"}},{element}}}"#
        );
        let shown = listed(&[&text], names).remove(0);
        words::joined(shown.name.into_iter().chain(shown.product), " ")
    };
    let none = Names::default();
    let coded = r#""medicationCodeableConcept":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"310965"}]}"#;
    assert_eq!(name(coded, &none), "[RxNorm 310965]");
    assert_eq!(
        name(r#""medicationReference":{"identifier":{"system":"http://hl7.org/fhir/sid/ndc","value":"0409"}}"#, &none),
        "[NDC 0409]"
    );
    assert_eq!(name(r#""medicationReference":{"display":"Sertraline 50 MG"}"#, &none), "sertraline 50 mg");
    assert_eq!(name(r#""medicationReference":{"reference":"Medication/gone"}"#, &none), "[Medication/gone]");
    let names = Names::of(&[record(
        r#"{"resourceType":"Medication","id":"x","code":{"text":"Gentamicin"},"form":{"text":"Injection"},"ingredient":[{"itemCodeableConcept":{"text":"Gentamicin"},"strength":{"numerator":{"value":80,"unit":"mg"},"denominator":{"value":2,"unit":"mL"}}}]}"#,
    )]);
    for reference in ["Medication/x", "Medication/x/_history/1", "https://fhir.example/r4/Medication/x"] {
        let element = format!(r#""medicationReference":{{"reference":"{reference}"}}"#);
        assert_eq!(name(&element, &names), "gentamicin 80 mg/2 mL injection", "{reference}");
    }
    let entries = nurse_amara_sees(&[
        r#"{"resourceType":"MedicationRequest","id":"m","status":"active","medicationReference":{"reference":"https://fhir.example/r4/Medication/x"},"subject":{"reference":"Patient/maria"}}"#,
    ]);
    assert_eq!(unnamed_medicines(&entries, Some("https://fhir.example/r4")).len(), 1);
}

#[test]
fn a_name_is_safe_and_a_combination_is_not_split() {
    let split = |recorded: &str| name_and_product(recorded);
    assert_eq!(split("metformin 500 MG tablet"), ("metFORMIN".into(), "500 mg tablet".into()));
    assert_eq!(split("amoxicillin 250 MG / clavulanate 125 MG Oral Tablet").1, "");
    assert_eq!(split("24 HR metformin hydrochloride 500 MG").1, "500 mg");
}

#[test]
fn a_strength_that_only_the_code_names_is_shown() {
    let recorded = |text: &str, display: &str| {
        let concept = format!(r#"{{"coding":[{{"code":"1","display":"{display}"}}],"text":"{text}"}}"#);
        let text = order("m", r#""status":"active","intent":"order""#);
        one(&text.replace(r#"{"text":"Warfarin 3 mg"}"#, &concept)).recorded
    };
    assert_eq!(recorded("ASA 81 mg", "Aspirin 75 mg oral tablet"), ["Aspirin 75 mg oral tablet"]);
    assert_eq!(recorded("Amoxicillin", "Amoxicillin 500 MG Oral Capsule"), ["Amoxicillin 500 MG Oral Capsule"]);
    assert_eq!(recorded("Methotrexate 2.5 mg weekly", "Methotrexate 25 mg"), ["Methotrexate 25 mg"]);
    // The same strength in other words.
    assert!(recorded("Warfarin 3 mg", "Warfarin sodium 3.0 MG Oral Tablet").is_empty());
    assert!(recorded("Heparin 5,000 units", "Heparin 5000 UNT").is_empty());
    assert!(recorded("Aspirin", "Acetylsalicylic acid").is_empty());
    let names =
        Names::of(&[record(r#"{"resourceType":"Medication","id":"x","code":{"text":"Warfarin 5 mg tablet"}}"#)]);
    let referring = |display: &str| {
        let text = order("m", r#""status":"active","intent":"order""#);
        let reference = format!(r#""medicationReference":{{"reference":"Medication/x","display":"{display}"}}"#);
        let text = text.replace(r#""medicationCodeableConcept":{"text":"Warfarin 3 mg"}"#, &reference);
        assert_eq!(unnamed_medicines(&nurse_amara_sees(&[&text]), None).len(), 1);
        listed(&[&text], &names).remove(0).recorded
    };
    assert_eq!(referring("Warfarin 1 mg"), ["Warfarin 5 mg tablet"]);
    assert!(referring("Warfarin 5 mg").is_empty());
}

#[test]
fn the_recorded_words_are_shown_where_the_name_is_another() {
    let recorded = |element: &str| {
        let text = order("m", r#""status":"active","intent":"order""#)
            .replace(r#""medicationCodeableConcept":{"text":"Warfarin 3 mg"}"#, element);
        one(&text).recorded
    };
    let of_text = |text: &str| recorded(&format!(r#""medicationCodeableConcept":{{"text":"{text}"}}"#));
    assert_eq!(of_text("Nasonex 0.05mg/ACTUAT Nasal Inhaler"), ["Nasonex 0.05mg/ACTUAT Nasal Inhaler"]);
    // Spacing, capital letters and zeros at the end of a number are the same words.
    for same in ["Warfarin 3mg", "METFORMIN 500.0 MG", "penicillin G 1000000 units", "Paracetamol [Panadol] .5 g"] {
        assert!(of_text(same).is_empty(), "{same}");
    }
    let inside = |more: &str| {
        format!(
            r##""contained":[{{"resourceType":"Medication","id":"x","ingredient":[{{"itemCodeableConcept":{{"text":"Dopamine"}}}}]}}],"medicationReference":{{"reference":"#x"{more}}}"##
        )
    };
    assert_eq!(recorded(&inside(r#","display":"Dopamine in D5W""#)), ["Dopamine in D5W"]);
    assert!(recorded(&inside("")).is_empty() && recorded(&inside(r#","display":"dopamine""#)).is_empty());
}
