use super::*;
use crate::Raw;

/// One line an element, indented, as a reader of the tests would write it.
fn outline(details: &[Detail<'_>], indent: usize, out: &mut Vec<String>) {
    for d in details {
        let value = text_of(&d.value);
        let between = if value.is_empty() { "" } else { ": " };
        out.push(format!("{}{}{between}{value}", "  ".repeat(indent), d.name));
        outline(&d.parts, indent + 1, out);
    }
}

fn text_of(value: &DetailValue<'_>) -> String {
    let at = |w: &Option<When>| w.as_ref().map(|w| w.text.clone()).unwrap_or_default();
    let q = |q: &DetailQuantity<'_>| {
        let parts = [q.comparator.as_deref(), q.value, q.unit.as_deref(), q.code.as_deref(), q.system.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let side = |s: &Option<DetailQuantity<'_>>| s.as_ref().map(q).unwrap_or_default();
    match value {
        DetailValue::Group => String::new(),
        DetailValue::Text(t) | DetailValue::Markdown(t) | DetailValue::Code(t) => t.replace('\n', "/"),
        DetailValue::Number(n) => (*n).to_owned(),
        DetailValue::Boolean(b) => b.to_string(),
        DetailValue::Date(w) => w.text.clone(),
        DetailValue::Period(p) => format!("{}..{}", at(&p.start), at(&p.end)),
        DetailValue::Quantity(x) => q(x),
        DetailValue::Range(a, b) => format!("{} to {}", side(a), side(b)),
        DetailValue::Ratio(a, b) => format!("{} per {}", side(a), side(b)),
        DetailValue::Concept(text, codes) => {
            let code = |c: &DetailCode<'_>| {
                [&c.system, &c.code, &c.display].into_iter().flatten().map(AsRef::as_ref).collect::<Vec<_>>().join("|")
            };
            let codes: Vec<_> = codes.iter().map(code).collect();
            format!("{} [{}]", text.as_deref().unwrap_or_default(), codes.join(", "))
        }
        DetailValue::Reference(r) => {
            let key = r.key.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{key} {} {}", r.reference.as_deref().unwrap_or("-"), r.display.as_deref().unwrap_or("-"))
        }
        DetailValue::Bytes(n) => format!("{n} bytes"),
        DetailValue::Absent(reason) => format!("absent {}", reason.as_deref().unwrap_or_default()),
    }
}

fn check(json: &str, expected: &[&str]) {
    let raw = Raw::parse(json).expect("json");
    let mut out = Vec::new();
    outline(&details(&raw), 0, &mut out);
    assert_eq!(out, expected, "{json}");
}

#[test]
fn every_element_has_its_r4_name_and_its_value_verbatim() {
    check(
        r#"{"resourceType":"Observation","id":"o","meta":{"versionId":"7","security":[{"code":"R"}]},"status":"final",
        "code":{"coding":[{"system":"http://loinc.org","code":"8867-4","version":"2.7"}],"text":"Pulse"},
        "effectiveDateTime":"2026-11","valueQuantity":{"value":76.50,"comparator":"<","unit":"bpm","code":"/min","system":"http://unitsofmeasure.org"},
        "note":[{"text":"after rest","authorString":"Amara"}],
        "referenceRange":[{"low":{"value":60},"text":"adults"}],
        "component":[{"code":{"text":"n"},"valueRatio":{"numerator":{"value":1},"denominator":{"value":128}}}]}"#,
        &[
            "status: final",
            "code: Pulse [http://loinc.org|8867-4]",
            "  coding",
            "    version: 2.7",
            "effective: 2026-11",
            "value: < 76.50 bpm /min",
            "note",
            "  text: after rest",
            "  author: Amara",
            "referenceRange",
            "  low: 60",
            "  text: adults",
            "component",
            "  code: n []",
            "  value: 1 per 128",
            "security:  [R]",
        ],
    );
}

#[test]
fn extensions_of_primitives_stay_with_their_value() {
    check(
        r#"{"resourceType":"Patient","id":"p","birthDate":"1961-02-03",
        "_birthDate":{"extension":[{"url":"http://x/time","valueDateTime":"1961-02-03T04:05:00Z"}]},
        "_gender":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]},
        "name":[{"given":["Ada",null],"_given":[null,{"extension":[{"url":"u","valueString":"v"}]}],"use":"old"}],
        "deceasedBoolean":false,"favourite":{"colour":"blue","n":[1,2.0]}}"#,
        &[
            "birthDate: 1961-02-03",
            "  extension",
            "    url: http://x/time",
            "    value: 1961-02-03T04:05:00Z",
            "gender: absent masked",
            "name",
            "  given: Ada",
            "  given",
            "    extension",
            "      url: u",
            "      value: v",
            "  use: old",
            "deceased: false",
            "favourite",
            "  colour: blue",
            "  n: 1",
            "  n: 2.0",
        ],
    );
}

#[test]
fn contained_resources_are_shown_once_and_never_without_end() {
    check(
        r##"{"resourceType":"MedicationRequest","id":"m",
        "contained":[{"resourceType":"Medication","id":"a","manufacturer":{"reference":"#b"},"status":"inactive"},
        {"resourceType":"Organization","id":"b","name":"Acme","partOf":{"reference":"#b"}},
        {"resourceType":"Organization","id":"c","name":"Unused"}],
        "medicationReference":{"reference":"#a"},"requester":{"reference":"Practitioner/1","display":"Dr J"},
        "insurance":[{"reference":"#a"}]}"##,
        &[
            "medication:  #a -",
            "  contained",
            "    manufacturer:  #b -",
            "      contained",
            "        name: Acme",
            "        partOf:  #b -",
            "    status: inactive",
            "requester: Practitioner/1 Practitioner/1 Dr J",
            "insurance:  #a -",
            "contained",
            "  name: Unused",
        ],
    );
}

#[test]
fn a_narrative_is_shown_where_it_says_more_than_the_elements() {
    let of = |status: &str, code: &str| {
        format!(
            r#"{{"resourceType":"AllergyIntolerance","id":"x","text":{{"status":"{status}","div":"<div>Penicillin<br/>severe</div>"}}{code}}}"#
        )
    };
    let code = r#","code":{"text":"Penicillin"}"#;
    check(&of("generated", code), &["code: Penicillin []"]);
    check(&of("additional", code), &["code: Penicillin []", "text: Penicillin/severe"]);
    check(&of("generated", ""), &["text: Penicillin/severe"]);
    let silent = r#","code":{"coding":[{"code":"91936005"}]}"#;
    check(&of("generated", silent), &["code:  [91936005]", "text: Penicillin/severe"]);
}

#[test]
fn values_of_another_kind_than_r4_has_are_shown_all_the_same() {
    check(
        r#"{"resourceType":"Observation","id":"o","status":7,"code":"8867-4","valueQuantity":{"value":"5","unit":"mg","code":"ug","system":"urn:x"},
        "valueFoo":{"value":5,"unit":"mg"},"component":{"code":[{"coding":{"code":"a"}}]},"subject":null,"effectivePeriod":{"start":"yesterday"}}"#,
        &[
            "status: 7",
            "code: 8867-4",
            "value",
            "  value: 5",
            "  unit: mg",
            "  code: ug",
            "  system: urn:x",
            "valueFoo: 5 mg",
            "component",
            "  code",
            "    coding:  [a]",
            "subject: absent ",
            "effective: yesterday..",
        ],
    );
    check(
        r#"{"resourceType":"Binary","id":"b","contentType":"text/plain","data":"SGVsbG8="}"#,
        &["contentType: text/plain", "data: 5 bytes"],
    );
    check(r#"{"resourceType":"Unknown","id":"b","x":[[{"y":"z"}]]}"#, &["x", "  x", "    y: z"]);
}
