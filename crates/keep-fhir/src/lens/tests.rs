use super::*;
use crate::{FhirError, Raw};
use keep_domain::Phi;

fn raw(text: &str) -> Raw {
    Raw::parse(text).expect("valid")
}

fn family(name: &HumanName) -> String {
    // EXPOSE: a test compares the name.
    name.family.as_ref().map(|f| f.expose().clone()).unwrap_or_default()
}

#[test]
fn the_official_name_is_first() {
    let p = patient(&raw(
        r#"{"resourceType":"Patient","id":"p1","name":[{"use":"old","family":"Smith"},{"use":"nickname","given":["Lulu"]},{"use":"official","family":"Gonzalez","given":["Ada","Luz"]}],
        "identifier":[{"system":"x","value":"1"},{"type":{"coding":[{"code":"SS"}],"text":"Social"},"value":"2"},{"type":{"coding":[{"code":"MR","display":"Medical Record Number"}]},"value":"K-42"}],
        "telecom":[{"system":"email","value":"a@b"},{"system":"phone","value":"555","use":"mobile"}],
        "birthDate":"1958-03","gender":"female","address":[{"use":"old","city":"A"},{"line":["1 Row"],"city":"B","postalCode":"01940","country":"US"}],
        "communication":[{"language":{"text":"English"}},{"language":{"text":"Spanish"},"preferred":true}],"deceasedBoolean":false}"#,
    ))
    .expect("a patient");
    assert_eq!(p.names.first().map(family).as_deref(), Some("Gonzalez"));
    // EXPOSE: a test compares the values.
    assert_eq!(p.identifiers[0].value.expose(), "K-42");
    assert_eq!(p.identifiers[0].label.as_deref(), Some("Medical Record Number"));
    assert_eq!((p.phones.len(), p.phones[0].usage.as_deref()), (1, Some("mobile")));
    // EXPOSE: a test compares the values.
    let lines: Vec<_> = p.addresses[0].lines.iter().map(|l| l.expose().as_str()).collect();
    assert_eq!(lines, ["1 Row", "B, 01940", "US"]);
    assert_eq!(p.languages, ["Spanish", "English"]);
    assert!(p.faults.is_empty() && !p.deceased && p.active);
}

#[test]
fn a_malformed_patient_is_read_and_flagged() {
    let p = patient(&raw(r#"{"resourceType":"Patient","name":[{"family":"Okoro"},7],"birthDate":"14/03/1958","gender":1,"identifier":[{"system":"x"}]}"#)).expect("a patient");
    assert_eq!(p.names.first().map(family).as_deref(), Some("Okoro"));
    // EXPOSE: a test compares the value.
    assert_eq!(p.birth_date.as_ref().map(|b| b.expose().text.as_str()), Some("14/03/1958"));
    assert_eq!(p.faults, ["name", "identifier", "birthDate", "gender"]);
    assert!(patient(&raw(r#"{"resourceType":"Observation"}"#)).err() == Some(FhirError::WrongType));
}

#[test]
fn what_is_old_comes_last_and_a_rank_orders_telephones() {
    let p = patient(&raw(
        r#"{"resourceType":"Patient","name":[{"use":"old","family":"O"},{"use":"maiden","family":"M"},{"use":"anonymous","family":"A"},{"family":"N"},{"use":"usual","family":"U"},{"use":"official","family":"F","suffix":["Jr"],"period":{"end":"2020"}}],
        "telecom":[{"system":"phone","use":"old","value":"1","rank":1},{"system":"phone","value":"2"},{"system":"sms","value":"3","rank":2},{"system":"phone","value":"4","rank":1},{"system":"fax","value":"5"}],
        "address":[{"use":"old","text":"a"},{"use":"billing","text":"b"},{"use":"home","text":"c","period":{"end":"2019-01-01"}}],
        "identifier":[{"use":"old","type":{"coding":[{"code":"MR"}]},"value":"1"},{"use":"official","value":"2"},{"use":"secondary","type":{"coding":[{"code":"MR"}]},"value":"3"},{"use":"usual","type":{"coding":[{"code":"MR"}]},"value":"4"}]}"#,
    ))
    .expect("a patient");
    assert_eq!(p.names.iter().map(family).collect::<String>(), "FUNAMO");
    let shown = |list: &mut dyn Iterator<Item = &Phi<String>>| {
        // EXPOSE: a test compares the values.
        list.map(|v| v.expose().as_str()).collect::<String>()
    };
    assert_eq!(shown(&mut p.phones.iter().map(|p| &p.number)), "4321");
    assert_eq!(shown(&mut p.addresses.iter().flat_map(|a| &a.lines)), "cba");
    assert_eq!(shown(&mut p.identifiers.iter().map(|i| &i.value)), "4321");
    assert!(p.names[0].period.is_some() && p.addresses[0].period.is_some() && p.faults.is_empty());
}

#[test]
fn a_death_without_a_readable_time_is_a_death() {
    let died = |member: &str| patient(&raw(&format!(r#"{{"resourceType":"Patient",{member}}}"#))).expect("a patient");
    assert!(died(r#""deceasedDateTime":"2014""#).deceased && died(r#""deceasedBoolean":true"#).deceased);
    assert!(died(r#""deceasedDateTime":"last year""#).deceased);
    assert!(died(r#""_deceasedDateTime":{"extension":[{"url":"x","valueCode":"unknown"}]}"#).deceased);
    assert!(!died(r#""deceasedBoolean":false"#).deceased && !died(r#""active":true"#).deceased);
}

#[test]
fn a_link_to_a_related_person_replaces_nothing() {
    let linked = |other: &str, kind: &str| {
        let text =
            format!(r#"{{"resourceType":"Patient","link":[{{"other":{{"reference":"{other}"}},"type":"{kind}"}}]}}"#);
        patient(&raw(&text)).expect("a patient")
    };
    assert!(linked("Patient/2", "replaced-by").is_replaced());
    assert!(linked("https://elsewhere.example/Patient/2", "replaced-by").is_replaced());
    assert!(!linked("RelatedPerson/2", "replaced-by").is_replaced());
    assert!(!linked("Patient/2", "replaces").is_replaced() && !linked("Patient/2", "seealso").is_replaced());
    assert_eq!(linked("Patient/2", "replaces").linked("replaces").count(), 1);
}

#[test]
fn the_onset_of_a_problem_has_many_forms() {
    let c = condition(&raw(r#"{"resourceType":"Condition","code":{"text":"Asthma"},"onsetAge":{"value":12,"unit":"a"},"clinicalStatus":{"coding":[{"code":"active"}]},"category":[{"coding":[{"code":"problem-list-item"}]}],"abatementString":"in spring"}"#)).expect("a condition");
    assert!(matches!(&c.onset, Some(Moment::Age(q)) if q.value.as_ref().is_some_and(|v| v.as_str() == "12")));
    assert!(matches!(&c.abatement, Some(Moment::Words(_))) && c.is_active());
    assert_eq!(c.categories.iter().filter_map(Concept::code).collect::<Vec<_>>(), ["problem-list-item"]);
    assert!(c.faults.is_empty());
}

#[test]
fn observations_are_read_in_every_form() {
    let o = observation(&raw(
        r#"{"resourceType":"Observation","status":"final","category":[{"coding":[{"code":"laboratory"}]}],"code":{"coding":[{"code":"2823-3"}],"text":"Potassium"},"valueQuantity":{"value":5.90,"comparator":">","unit":"mmol/L"},
        "interpretation":[{"coding":[{"code":"H"}]}],"referenceRange":[{"low":{"value":3.5},"high":{"value":5.1},"text":"3.5-5.1"}],"effectivePeriod":{"start":"2026-11-22T09:00:00Z"}}"#,
    ))
    .expect("an observation");
    let Some(Measured::Quantity(q)) = &o.value else { panic!("a quantity") };
    assert_eq!((q.value.as_ref().map(crate::Decimal::as_str), q.comparator.as_deref()), (Some("5.90"), Some(">")));
    assert_eq!((o.interpretation[0].code(), o.ranges[0].text.as_deref()), (Some("H"), Some("3.5-5.1")));
    assert_eq!(o.effective.as_ref().map(|w| w.text.as_str()), Some("2026-11-22T09:00:00Z"));
    assert!(o.faults.is_empty());

    let value = |part: &str| {
        let text = format!(r#"{{"resourceType":"Observation","code":{{"text":"x"}},{part}}}"#);
        let o = observation(&raw(&text)).expect("an observation");
        (o.value, o.faults)
    };
    assert!(matches!(value(r#""valueCodeableConcept":{"text":"yes"}"#).0, Some(Measured::Concept(_))));
    assert!(matches!(value(r#""valueString":"yes""#).0, Some(Measured::Text(_))));
    assert!(matches!(value(r#""dataAbsentReason":{"text":"refused"}"#).0, Some(Measured::Absent(_))));
    assert!(matches!(value(r#""valueInteger":3"#), (Some(Measured::Integer(_)), f) if f.is_empty()));
    assert!(
        matches!(value(r#""valueSampledData":{"data":"1 2 E"}"#).0, Some(Measured::Samples(s)) if s.data.as_deref() == Some("1 2 E"))
    );
    assert!(matches!(value(r#""valueTime":"08:30:00""#).0, Some(Measured::Time(t)) if t == "08:30:00"));
    assert!(matches!(value(r#""valuePeriod":{"start":"2026"}"#).0, Some(Measured::Period(_))));
    assert!(matches!(
        value(r#""valueRatio":{"numerator":{"value":1},"denominator":{"value":128}}"#).0,
        Some(Measured::Ratio(..))
    ));
    assert!(
        matches!(value(r#""valueAttachment":{"contentType":"text/plain","data":"WA=="}"#).0, Some(Measured::File(f)) if f.text == Some(keep_domain::Phi::new("X".into())))
    );
    let url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Observation.value";
    let extended = format!(r#""extension":[{{"url":"{url}","valueAttachment":{{"title":"ECG"}}}}]"#);
    assert!(matches!(value(&extended).0, Some(Measured::File(f)) if f.title.as_deref() == Some("ECG")));
    assert!(matches!(value(r#""valueMoney":{}"#), (Some(Measured::Unreadable("value")), f) if f == ["value"]));
    assert!(
        matches!(value(r#""valueQuantity":{"value":"5"}"#), (Some(Measured::Quantity(_)), f) if f == ["valueQuantity"])
    );
    assert!(value(r#""component":[{"code":{"text":"a"},"valueQuantity":{}}]"#).1 == ["component"]);
}

#[test]
fn documents_are_read_with_their_circumstances() {
    let n = document(&raw(
        r#"{"resourceType":"DocumentReference","status":"superseded","description":"no contrast","category":[{"text":"Letter"}],"securityLabel":[{"coding":[{"code":"R"}]}],"authenticator":{"display":"Dr X"},"content":[{"attachment":{"contentType":"text/plain","data":"Q291Z2g=","title":"Triage"}}],"relatesTo":[{"code":"appends","target":{"reference":"DocumentReference/n0"}}],"context":{"encounter":[{"reference":"Encounter/v1"}],"event":[{"text":"CT"}],"period":{"start":"2026-11-01"},"facilityType":{"text":"Hospital"},"practiceSetting":{"text":"Surgery"},"sourcePatientInfo":{"reference":"Patient/other"}}}"#,
    ))
    .expect("a document");
    assert!(n.status.as_deref() == Some("superseded") && n.doc_status.is_none() && n.faults.is_empty());
    assert_eq!(n.related[0].target.key.as_ref().map(ToString::to_string).as_deref(), Some("DocumentReference/n0"));
    assert_eq!(n.context.encounters[0].key.as_ref().map(ToString::to_string).as_deref(), Some("Encounter/v1"));
    let labels = [&n.categories[0], &n.context.events[0], n.context.facility.as_ref().expect("a facility")];
    assert_eq!(labels.map(|c| c.label()), [Some("Letter"), Some("CT"), Some("Hospital")]);
    assert!(n.attachments.len() == 1 && n.authenticator.is_some() && n.context.source_patient.is_some());
    let damaged =
        document(&raw(r#"{"resourceType":"DocumentReference","content":7,"context":7}"#)).expect("a document");
    assert_eq!(damaged.faults, ["content", "context"]);
}

#[test]
fn compositions_are_read_with_sections_inside_sections() {
    let text = r#"{"resourceType":"Composition","status":"final","title":"Discharge letter","type":{"text":"Letter"},"attester":[{"mode":"legal","time":"2026-11-28","party":{"display":"Dr X"}}],"relatesTo":[{"code":"replaces","targetReference":{"reference":"Composition/c0"}}],"section":[{"title":"Plan","focus":{"display":"the newborn"},"text":{"status":"generated","div":"<div>Stop warfarin today.</div>"},"entry":[{"display":"Warfarin"}],"section":[{"code":{"text":"Diet"},"emptyReason":{"text":"not asked"}}]}]}"#;
    let c = composition(&raw(text)).expect("a composition");
    assert!(c.faults.is_empty() && c.attesters[0].mode.as_deref() == Some("legal") && c.related.len() == 1);
    let plan = &c.sections[0];
    // EXPOSE: a test reads the section.
    assert_eq!(plan.narrative.as_ref().map(|n| n.expose().as_str()), Some("<div>Stop warfarin today.</div>"));
    assert!(plan.focus.is_some() && plan.entries.len() == 1);
    assert_eq!(plan.sections[0].empty_reason.as_ref().and_then(Concept::label), Some("not asked"));
}

#[test]
fn assessments_are_read() {
    let text = r#"{"resourceType":"ClinicalImpression","status":"completed","summary":"Likely embolism","description":"Dyspnoea","date":"2026-11-28","finding":[{"itemCodeableConcept":{"text":"DVT"},"basis":"ultrasound"}],"prognosisCodeableConcept":[{"text":"good"}],"investigation":[{"code":{"text":"Imaging"},"item":[{"display":"CT"}]}],"note":[{"text":"call family"}]}"#;
    let i = impression(&raw(text)).expect("an assessment");
    assert!(i.faults.is_empty() && i.findings.len() == 1 && i.prognoses.len() == 1 && i.notes.len() == 1);
    assert!(i.investigations[0].1.len() == 1 && i.summary.is_some());
}

#[test]
fn answers_of_every_kind_are_read() {
    let answers = r#"{"valueBoolean":false},{"valueDecimal":1.50},{"valueString":"no"},{"valueCoding":{"code":"a","display":"A"}},{"valueCoding":{"display":"B"}},{"valueQuantity":{"value":5,"unit":"mg"}},{"valueDate":"2026-11"},{"valueReference":{"display":"Dr X"}},{"valueTime":"08:00:00"},{"valueAttachment":{"title":"scan"}},{"valueBoolean":"x"},{}"#;
    let text = format!(
        r#"{{"resourceType":"QuestionnaireResponse","status":"completed","item":[{{"linkId":"1","text":"Group","item":[{{"linkId":"1.1","answer":[{answers}]}}]}}]}}"#
    );
    let q = questionnaire_response(&raw(&text)).expect("a response");
    let found = &q.items[0].items[0].answers;
    assert!(found.len() == 12 && q.faults.is_empty());
    assert!(
        found[0].0 == AnswerValue::Boolean(false)
            && found[1].0 == AnswerValue::Text(keep_domain::Phi::new("1.50".into()))
    );
    let unreadable = found.iter().filter(|(answer, _)| *answer == AnswerValue::Unreadable).count();
    assert_eq!(unreadable, 2);
}

#[test]
fn the_other_types_are_read() {
    let a = appointment(&raw(r#"{"resourceType":"Appointment","status":"booked","start":"2026-11-22T08:00:00Z","reasonCode":[{"text":"cough"}],"participant":[{"actor":{"reference":"Patient/p","display":"Ada"},"status":"accepted"},{"type":[]}]}"#)).expect("an appointment");
    assert_eq!((a.participants.len(), a.reasons[0].label(), a.faults.len()), (1, Some("cough"), 0));
    let e = encounter(&raw(r#"{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},"type":[{"text":"check up"}],"period":{"start":"2026"},"participant":[{"individual":{"display":"Bo"}}]}"#)).expect("an encounter");
    assert_eq!((e.class.map(|c| c.code).as_deref(), e.participants.len()), (Some("AMB"), 1));
    let i = immunization(&raw(r#"{"resourceType":"Immunization","vaccineCode":{"text":"flu"},"occurrenceDateTime":"2011-10-14T23:37:54+00:00","lotNumber":"A1"}"#)).expect("an immunization");
    assert_eq!((i.lot.as_deref(), i.faults.len()), (Some("A1"), 0));
    let f = flag(&raw(r#"{"resourceType":"Flag","status":"active","category":[{"coding":[{"code":"safety"}]}],"code":{"text":"falls"}}"#)).expect("a flag");
    assert_eq!(f.categories.first().and_then(Concept::code), Some("safety"));
    let p = procedure(&raw(r#"{"resourceType":"Procedure","code":{"text":"x"},"performedDateTime":"2020"}"#))
        .expect("a procedure");
    assert!(p.performed.is_some_and(|p| p.end.is_none()));
    let c = care_plan(&raw(
        r#"{"resourceType":"CarePlan","status":"active","activity":[{"detail":{"code":{"text":"rest"}}},{}]}"#,
    ))
    .expect("a care plan");
    assert_eq!(c.activities.len(), 1);
    let g = goal(&raw(r#"{"resourceType":"Goal","lifecycleStatus":"active","description":{"text":"A1c"}}"#))
        .expect("a goal");
    assert_eq!(g.description.as_ref().and_then(Concept::label), Some("A1c"));
    let r = report(&raw(r#"{"resourceType":"DiagnosticReport","status":"final","code":{"text":"Lipids"},"result":[{"reference":"Observation/1"}],"conclusion":"fine","presentedForm":[{}]}"#)).expect("a report");
    assert_eq!((r.results.len(), r.conclusion.is_some()), (1, true));
}

#[test]
fn what_stands_beside_a_value_is_read() {
    let text = raw(
        r#"{"resourceType":"Observation","text":{"status":"additional","div":"<div>and more</div>"},"code":{"text":"x"},"subject":{"reference":"Patient/p"},"focus":[{"reference":"Patient/p"},{"display":"Fetus"}],"hasMember":[{"reference":"Observation/m"}],"method":{"text":"cuff"},"bodySite":{"text":"arm"},"specimen":{"display":"blood"},"device":{"display":"monitor"},"note":[{"text":"haemolysed"}],"dataAbsentReason":{"text":"lost"},"effectiveTiming":{"event":["2026-11-01"]},
        "referenceRange":[{"type":{"text":"normal"},"appliesTo":[{"text":"a"},{"text":"b"}],"age":{"low":{"value":18,"code":"a"}},"high":{"value":4,"code":"1","system":"http://example.org"}}]}"#,
    );
    let o = observation(&text).expect("an observation");
    assert!(o.focus.len() == 1 && o.members.len() == 1 && o.faults.is_empty());
    assert_eq!(o.effective.as_ref().map(|w| w.text.as_str()), Some("2026-11-01"));
    let range = &o.ranges[0];
    assert!(range.kind.is_some() && range.applies.len() == 2 && range.age.is_some());
    assert!(range.high.as_ref().is_some_and(|q| q.ucum().is_none()));
    let d = observation_details(&text).expect("details");
    assert!(d.notes.len() == 1 && d.method.is_some() && d.body_site.is_some() && d.specimen.is_some());
    assert!(d.device.is_some() && d.absent.is_some() && d.narrative.as_deref() == Some("and more"));
}

#[test]
fn a_report_says_more_than_its_results() {
    let d = report_details(&raw(
        r#"{"resourceType":"DiagnosticReport","conclusionCode":[{"text":"c"}],"presentedForm":[{"contentType":"text/plain","data":"TGFyZ2U="},{"contentType":"application/pdf"}],"media":[{"comment":"left"},{}],"specimen":[{"display":"s"}],"resultsInterpreter":[{"display":"i"}],"text":{"status":"generated","div":"<div>x</div>"}}"#,
    ))
    .expect("details");
    assert!(d.files[0].text == Some(keep_domain::Phi::new("Large".into())) && d.files[1].text.is_none());
    assert!(d.conclusion_codes.len() == 1 && d.media == ["left"] && d.specimens.len() == 1);
    assert!(d.interpreters.len() == 1 && d.narrative.is_none());
    let d = report_details(&raw(
        r#"{"resourceType":"DiagnosticReport","text":{"status":"generated","div":"<div>all of it</div>"}}"#,
    ))
    .expect("details");
    assert!(d.narrative == Some(keep_domain::Phi::new("all of it".into())));
}

#[test]
fn a_booking_has_no_reason() {
    let whole = raw(
        r#"{"resourceType":"Appointment","id":"a","text":{"div":"Antenatal"},"contained":[{"code":{"text":"Antenatal"}}],"extension":[{"valueString":"Antenatal"}],"status":"booked","serviceType":[{"text":"Clinic visit"}],"appointmentType":{"text":"Routine"},"reasonCode":[{"text":"Antenatal visit, 28 weeks"}],"reasonReference":[{"display":"Antenatal"}],"basedOn":[{"display":"Antenatal"}],"description":"Antenatal","_description":{"extension":[{"valueString":"Antenatal"}]},"start":"2026-11-22T08:00:00Z","comment":"Antenatal","patientInstruction":"Antenatal","supportingInformation":[{"display":"Antenatal"}],"notYetInvented":"Antenatal","participant":[{"actor":{"reference":"Patient/p"},"status":"accepted"}]}"#,
    );
    let booking = booking_of(&whole);
    assert!(!booking.as_str().contains("Antenatal"), "{}", booking.as_str());
    let a = appointment(&booking).expect("an appointment");
    assert_eq!((a.status.as_deref(), a.reasons.len(), a.participants.len()), (Some("booked"), 0, 1));
    assert_eq!(a.service.first().and_then(Concept::label), Some("Clinic visit"));
    assert_eq!(a.kind.as_ref().and_then(Concept::label), Some("Routine"));
}

#[test]
fn authors_are_found_in_every_type() {
    let amara: keep_domain::ResourceKey = "Practitioner/amara".parse().expect("key");
    let check = |element: &str, expected: bool| {
        let record = raw(&format!(r#"{{"resourceType":"X",{element}}}"#));
        assert_eq!(is_authored_by(&record, &amara), expected, "{element}");
        assert_eq!(author(&record).and_then(|a| a.key) == Some(amara.clone()), expected, "{element}");
    };
    check(r#""recorder":{"reference":"Practitioner/amara"}"#, true);
    check(r#""performer":[{"reference":"Practitioner/amara"},{"reference":"Practitioner/bo"}]"#, true);
    check(r#""performer":[{"reference":"Practitioner/amara-2"}]"#, false);
    check(r#""subject":{"reference":"Practitioner/amara"}"#, false);
}

#[test]
fn organizations_and_other_types_have_a_name() {
    let part = r#"{"resourceType":"Organization","name":"Ward 2","partOf":{"reference":"Organization/o"}}"#;
    let o = organization(&raw(part)).expect("an organization");
    assert_eq!((o.name.as_deref(), o.is_part, o.active), (Some("Ward 2"), true, true));
    let order = raw(
        r#"{"resourceType":"ServiceRequest","status":"active","code":{"coding":[{"display":"Full blood count"}]}}"#,
    );
    assert_eq!(code_text(&order).as_deref(), Some("Full blood count"));
    assert_eq!((other(&order).title, other(&order).status), (code_text(&order), Some(String::from("active"))));
    let person = raw(r#"{"resourceType":"Practitioner","identifier":[{"value":"a"},{"system":"x","value":"b"}]}"#);
    assert!(has_identifier(&person, "b") && !has_identifier(&person, "x"));
}

#[test]
fn an_element_is_read_by_its_shape() {
    let object = |json| match Element::parse(json) {
        Some(Element::Object(object)) => object,
        _ => panic!("an object"),
    };
    let q = object(r#"{"value":4.20,"unit":"mmol/L","comparator":"<"}"#);
    assert!(q.display().is_none());
    let q = q.quantity().expect("a quantity");
    assert_eq!((q.comparator.as_ref(), q.value, q.unit.as_ref()), ("<", "4.20", "mmol/L"));
    let part = object(r#"{"code":{"coding":[{"code":"8480-6"}]},"valueQuantity":{"value":162}}"#);
    let (code, value) = part.coded_value().expect("a coded value");
    assert_eq!(
        (code.codes().collect::<Vec<_>>(), code.first_code().as_deref()),
        (vec!["8480-6".into()], Some("8480-6"))
    );
    assert!(matches!(value, Element::Object(o) if o.quantity().is_some_and(|q| q.value == "162")));
    assert_eq!(object(r#"{"system":"urn:x","code":"R"}"#).display().as_deref(), Some("R"));
    assert_eq!(object(r#"{"id":"1","start":"2026"}"#).members().count(), 1);
    let nested = Element::parse(r#"[{"actor":{"reference":"Practitioner/bo"}},{"reference":"Patient/p"}]"#);
    assert_eq!(nested.map(|e| e.references().len()), Some(2));
    assert!(Element::parse("{").is_none());
}
