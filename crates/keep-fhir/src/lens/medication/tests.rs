use super::*;
use crate::lens::{Amount, AsNeeded, Bounds, Concept};

fn read(json: &str) -> MedicationLens {
    medication(&Raw::parse(json).expect("valid"), Some("https://fhir.example/r4")).expect("a medicine")
}

/// An order with this one dosage.
fn dosage_of(json: &str) -> Dosage {
    let order = format!(
        r#"{{"resourceType":"MedicationRequest","medicationCodeableConcept":{{"text":"x"}},"dosageInstruction":[{json}]}}"#
    );
    read(&order).dosages.remove(0)
}

fn digits(amount: Option<&Amount>) -> String {
    let side = |q: &Option<Quantity>| {
        q.as_ref().and_then(|q| q.value.as_ref()).map_or_else(|| String::from("-"), ToString::to_string)
    };
    match amount {
        Some(Amount::Exactly(q)) => side(&Some(q.clone())),
        Some(Amount::Between(low, high)) => format!("{}..{}", side(low), side(high)),
        Some(Amount::Per(above, below)) => format!("{}/{}", side(above), side(below)),
        None => String::new(),
    }
}

#[test]
fn every_element_of_a_dosage_is_read() {
    let d = dosage_of(
        r#"{"sequence":2,"text":"t","additionalInstruction":[{"text":"with food"},{"coding":[{"code":"1","display":"Do not drive"}]}],"patientInstruction":"p",
        "timing":{"event":["2026-11-22"],"code":{"coding":[{"code":"BID"}]},"repeat":{"boundsRange":{"low":{"value":5,"unit":"d"},"high":{"value":7,"unit":"d"}},"count":3,"countMax":4,"duration":30,"durationMax":60,"durationUnit":"min","frequency":1,"frequencyMax":2,"period":1.0,"periodMax":2,"periodUnit":"d","dayOfWeek":["mon","fri"],"timeOfDay":["08:00:00"],"when":["ACM"],"offset":10}},
        "asNeededCodeableConcept":{"text":"pain"},"site":{"text":"left arm"},"route":{"text":"oral"},"method":{"text":"swallow"},
        "doseAndRate":[{"type":{"text":"ordered"},"doseRange":{"low":{"value":0.50},"high":{"value":1}},"rateRange":{"low":{"value":2},"high":{"value":5}}},{"doseQuantity":{"value":425},"rateRatio":{"numerator":{"value":100},"denominator":{"value":1}}},{"rateQuantity":{"value":7}}],
        "maxDosePerPeriod":{"numerator":{"value":8},"denominator":{"value":1,"unit":"d"}},"maxDosePerAdministration":{"value":50},"maxDosePerLifetime":{"value":400}}"#,
    );
    assert_eq!((d.sequence.as_deref(), d.additional.len()), (Some("2"), 2));
    let amounts: Vec<_> = d.doses.iter().map(|a| (digits(a.dose.as_ref()), digits(a.rate.as_ref()))).collect();
    let expected = [("0.50..1", "2..5"), ("425", "100/1"), ("", "7")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(amounts, expected);
    assert!(matches!(&d.as_needed, AsNeeded::For(reason) if reason.label() == Some("pain")));
    assert_eq!(
        [&d.site, &d.route, &d.method].map(|c| c.as_ref().and_then(Concept::label)),
        [Some("left arm"), Some("oral"), Some("swallow")]
    );
    assert_eq!(digits(d.maximum.per_period.as_ref()), "8/1");
    assert!(d.maximum.per_administration.is_some() && d.maximum.per_lifetime.is_some());
    let timing = d.timing.expect("timing");
    let repeat = timing.repeat;
    let spans = [&repeat.count, &repeat.duration, &repeat.frequency, &repeat.period];
    let shown: Vec<_> =
        spans.map(|s| [&s.low, &s.high, &s.unit].map(|p| p.as_deref().unwrap_or("-")).join(" ")).to_vec();
    assert_eq!(shown, ["3 4 -", "30 60 min", "1 2 -", "1.0 2 d"]);
    assert_eq!(
        (repeat.days.len(), repeat.times.len(), repeat.when.len(), repeat.offset.as_deref()),
        (2, 1, 1, Some("10"))
    );
    assert!(matches!(repeat.bounds, Some(Bounds::Range(Some(_), Some(_)))));
    assert!((timing.events.len(), timing.code.is_some()) == (1, true) && d.unread.is_empty());
}

#[test]
fn what_a_dosage_has_beyond_the_definitions_is_kept_as_recorded() {
    let d = dosage_of(
        r#"{"doseAndRate":[{"doseQuantity":{"value":"two"},"dosage":1}],"timing":{"repeat":{"frequency":"2","weekday":"mon"}},"extension":[{"url":"u"}],"modifierExtension":[{"url":"urn:not"}]}"#,
    );
    let left: Vec<_> = d.unread.elements.iter().map(|(name, text)| format!("{name} {text}")).collect();
    assert_eq!(left, [r#"frequency "2""#, r#"weekday "mon""#, r#"doseQuantity {"value":"two"}"#, "dosage 1"]);
    assert_eq!((d.unread.modifiers, d.unread.extended), (vec![String::from("urn:not")], true));
    let broken = read(
        r#"{"resourceType":"MedicationRequest","dosageInstruction":[{"doseAndRate":[{"doseQuantity":{"value":"two"}}]}]}"#,
    );
    assert_eq!(broken.faults, ["medicationCodeableConcept", "dosageInstruction"]);
}

#[test]
fn steps_are_read_in_their_order() {
    let json = r#"{"resourceType":"MedicationStatement","status":"active","medicationCodeableConcept":{"text":"x"},"dosage":[{"sequence":2,"text":"b"},{"sequence":1,"text":"a"}]}"#;
    // EXPOSE: an invented instruction.
    let texts: Vec<_> = read(json).dosages.iter().filter_map(|d| Some(d.text.as_ref()?.expose().clone())).collect();
    assert_eq!(texts, ["a", "b"]);
}

#[test]
fn a_medicine_is_named_in_every_form() {
    let name =
        |element: &str| read(&format!(r#"{{"resourceType":"MedicationStatement","status":"active",{element}}}"#)).name;
    let key = |name: MedicineName| match name {
        MedicineName::Reference { key, .. } => key.map(|k| k.to_string()),
        _ => panic!("a reference"),
    };
    let reference = |r: &str| key(name(&format!(r#""medicationReference":{{"reference":"{r}"}}"#)));
    assert_eq!(reference("Medication/m"), Some(String::from("Medication/m")));
    assert_eq!(reference("Medication/m/_history/3"), Some(String::from("Medication/m")));
    assert_eq!(reference("https://fhir.example/r4/Medication/m"), Some(String::from("Medication/m")));
    assert_eq!(reference("https://other.example/r4/Medication/m"), None);
    let MedicineName::Reference { identifier, .. } =
        name(r#""medicationReference":{"identifier":{"system":"urn:x","value":"77"}}"#)
    else {
        panic!("a reference")
    };
    assert_eq!(identifier, Some((Some(String::from("urn:x")), String::from("77"))));
    let MedicineName::Product(product) = name(
        r##""contained":[{"resourceType":"Medication","id":"m","form":{"text":"ampoule"},"ingredient":[{"itemCodeableConcept":{"text":"Gentamicin"},"strength":{"numerator":{"value":80,"unit":"mg"},"denominator":{"value":2,"unit":"mL"}}}]}],"medicationReference":{"reference":"#m"}"##,
    ) else {
        panic!("a product")
    };
    assert!(product.code.is_none() && product.form.is_some());
    assert!(matches!(&product.ingredients[0].name, MedicineName::Concept(c) if c.label() == Some("Gentamicin")));
    assert!(product.ingredients[0].strength.1.as_ref().is_some_and(|q| q.unit.as_deref() == Some("mL")));
    assert!(name(r##""medicationReference":{"reference":"#gone"}"##) != MedicineName::Missing);
    assert!(name(r#""note":[]"#) == MedicineName::Missing);
}

#[test]
fn what_changes_the_meaning_of_a_medicine_is_read_in_all_four_types() {
    let order = read(
        r#"{"resourceType":"MedicationRequest","status":"on-hold","statusReason":{"text":"bleeding"},"intent":"plan","doNotPerform":true,"priority":"stat","reportedBoolean":true,"medicationCodeableConcept":{"text":"x"},"basedOn":[{"reference":"CarePlan/c"}],"priorPrescription":{"reference":"MedicationRequest/old"},"dispenseRequest":{"validityPeriod":{"end":"2026-01-01"},"numberOfRepeatsAllowed":3,"quantity":{"value":30},"expectedSupplyDuration":{"value":10,"unit":"d"}},"substitution":{"allowedBoolean":false},"modifierExtension":[{"url":"urn:z"}],"implicitRules":"urn:i","note":[{"text":"n"}]}"#,
    );
    assert!(order.do_not_perform && order.reported && order.record == MedicineRecord::Order);
    assert_eq!(order.status_reasons[0].label(), Some("bleeding"));
    assert_eq!((order.intent.as_deref(), order.priority.as_deref()), (Some("plan"), Some("stat")));
    assert_eq!((order.supply.repeats.as_deref(), order.supply.substitution), (Some("3"), Some(false)));
    assert!(order.supply.validity.is_some() && order.supply.duration.is_some() && order.supply.quantity.is_some());
    assert_eq!(order.prior.map(|k| k.to_string()).as_deref(), Some("MedicationRequest/old"));
    assert_eq!((order.modifiers, order.links.len()), (vec![String::from("urn:z"), String::from("implicitRules")], 1));
    let statement = read(
        r#"{"resourceType":"MedicationStatement","status":"not-taken","statusReason":[{"text":"a"},{"text":"b"}],"medicationCodeableConcept":{"text":"x"},"basedOn":[{"reference":"MedicationRequest/m"}],"derivedFrom":[{"reference":"Observation/o"}],"partOf":[{"reference":"Procedure/p"}],"effectivePeriod":{"end":"2026-02"}}"#,
    );
    assert_eq!((statement.status_reasons.len(), statement.links.len()), (2, 3));
    assert!(statement.taken.is_some_and(|t| t.end.is_some()));
    let dispense = read(
        r#"{"resourceType":"MedicationDispense","status":"declined","statusReasonCodeableConcept":{"text":"c"},"medicationCodeableConcept":{"text":"x"},"authorizingPrescription":[{"reference":"https://fhir.example/r4/MedicationRequest/m/_history/2"}],"whenHandedOver":"2026-11-28","daysSupply":{"value":30},"quantity":{"value":60}}"#,
    );
    assert_eq!(dispense.links.iter().map(ToString::to_string).collect::<Vec<_>>(), ["MedicationRequest/m"]);
    assert!(dispense.taken.is_some() && dispense.supply.duration.is_some() && dispense.status_reasons.len() == 1);
    let given = read(
        r#"{"resourceType":"MedicationAdministration","status":"not-done","statusReason":[{"text":"vomiting"}],"medicationCodeableConcept":{"text":"x"},"request":{"reference":"MedicationRequest/m"},"effectiveDateTime":"2026-11-28","dosage":{"text":"t","dose":{"value":5,"unit":"mg"},"rateQuantity":{"value":2}},"performer":[{"actor":{"display":"Amara"}}]}"#,
    );
    assert!(given.dosages.len() == 1 && given.requester.is_some() && given.links.len() == 1);
    assert_eq!((digits(given.dosages[0].doses[0].dose.as_ref()), given.status_reasons.len()), (String::from("5"), 1));
}

#[test]
fn all_official_examples_are_read_without_a_fault_of_this_reader() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/hl7-r4-examples.ndjson.zst");
    let Ok(file) = std::fs::File::open(path) else {
        println!("skipped: the official examples are not available");
        return;
    };
    let mut decoder = zstd::stream::read::Decoder::new(file).expect("a zstd file");
    decoder.window_log_max(31).expect("a window");
    let mut read = 0;
    for line in crate::Lines::new(std::io::BufReader::new(decoder)) {
        let Ok(raw) = line.expect("readable file") else { continue };
        let Ok(lens) = medication(&raw, None) else { continue };
        assert!(lens.faults.is_empty(), "{:?} {:?}", lens.id, lens.faults);
        for dosage in &lens.dosages {
            assert!(dosage.unread.elements.is_empty(), "{:?} {:?}", lens.id, dosage.unread.elements);
        }
        read += 1;
    }
    assert!(read > 90, "{read}");
}
