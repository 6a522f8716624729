use super::*;
use keep_fhir::{Raw, lens};

/// The parts of a dosage in an order.
fn read(json: &str) -> DosageDto {
    let order = format!(
        r#"{{"resourceType":"MedicationRequest","status":"active","medicationCodeableConcept":{{"text":"x"}},"dosageInstruction":[{json}]}}"#
    );
    let raw = Raw::parse(order).expect("valid");
    dosage(&lens::medication(&raw, None).expect("a medicine").dosages[0])
}

#[test]
fn every_part_crosses_the_boundary() {
    let d = read(
        r#"{"sequence":2,"additionalInstruction":[{"text":"with food"}],"patientInstruction":"drink","timing":{"event":["2026-11-22"],"repeat":{"boundsPeriod":{"start":"2026-11-01","end":"2026-11-07"},"count":3,"countMax":4,"duration":30,"durationMax":60,"durationUnit":"min","frequency":1,"frequencyMax":2,"period":1.0,"periodMax":2,"periodUnit":"d","dayOfWeek":["mon"],"timeOfDay":["08:00:00"],"when":["ACM"],"offset":10}},"asNeededCodeableConcept":{"text":"pain"},"site":{"text":"arm"},"route":{"text":"oral"},"method":{"text":"swallow"},"doseAndRate":[{"type":{"coding":[{"code":"calculated"}]},"doseRange":{"low":{"value":0.50,"unit":"{tbl}"},"high":{"value":1000,"unit":"{tbl}"}},"rateRatio":{"numerator":{"value":100,"unit":"ml"},"denominator":{"value":1,"unit":"h"}}}],"maxDosePerPeriod":{"numerator":{"value":8},"denominator":{"value":1,"unit":"d"}},"maxDosePerAdministration":{"value":50},"maxDosePerLifetime":{"value":400}}"#,
    );
    let timing = &d.timing;
    let number = |l: &LimitsDto| (l.low.clone().unwrap_or_default(), l.high.clone().unwrap_or_default());
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(timing.frequency.as_ref().map(number), Some(pair("1", "2")));
    assert_eq!(timing.count.as_ref().map(number), Some(pair("3", "4")));
    assert_eq!(timing.period.as_ref().map(|p| (number(&p.limits), p.unit)), Some((pair("1", "2"), TimeUnitDto::Day)));
    assert_eq!(
        timing.duration.as_ref().map(|p| (number(&p.limits), p.unit)),
        Some((pair("30", "60"), TimeUnitDto::Minute))
    );
    assert_eq!(
        (&timing.days[..], &timing.events[..]),
        (&[WeekdayDto::Monday][..], &[DayEventDto::BeforeBreakfast][..])
    );
    assert_eq!(
        (timing.times.join(" "), timing.offset.as_deref(), timing.moments.join(" ")),
        ("08:00".into(), Some("10"), "2026-11-22".into())
    );
    assert!(matches!(&timing.bounds, Some(ValueDto::Period { end: Some(end), .. }) if end == "2026-11-07"));
    let Some(ValueDto::Range { low: Some(low), high: Some(high) }) = &d.doses[0].dose else { panic!("a range") };
    assert_eq!(
        (low.number.as_deref(), high.number.as_deref(), high.unit.as_deref()),
        (Some("0.5"), Some("1,000"), Some("tbl"))
    );
    assert_eq!((d.doses[0].kind.as_deref(), d.doses[0].rate.is_some(), d.maxima.len()), (Some("calculated"), true, 3));
    assert_eq!(
        (d.as_needed, d.as_needed_for.as_deref(), d.instructions.join("; ")),
        (true, Some("pain"), "with food; drink".into())
    );
    assert_eq!(
        (d.route.as_deref(), d.site.as_deref(), d.method.as_deref(), d.sequence.as_deref()),
        (Some("oral"), Some("arm"), Some("swallow"), Some("2"))
    );
    assert!(d.words.is_none() && d.unread.is_empty());
}

#[test]
fn what_has_no_form_is_there_as_recorded() {
    let left = |json: &str| -> Vec<String> {
        read(json).unread.into_iter().map(|u| format!("{} {}", u.element, u.recorded)).collect()
    };
    let repeat = |json: &str| left(&format!(r#"{{"timing":{{"repeat":{{{json}}}}}}}"#));
    assert_eq!(repeat(r#""dayOfWeek":["mon","montag"]"#), ["dayOfWeek montag"]);
    assert_eq!(repeat(r#""when":["XX"]"#), ["when XX"]);
    assert_eq!(repeat(r#""timeOfDay":["8 Uhr"]"#), ["timeOfDay 8 Uhr"]);
    assert_eq!(repeat(r#""frequency":1,"period":1,"periodUnit":"fortnight""#), ["period 1 fortnight"]);
    assert_eq!(left(r#"{"modifierExtension":[{"url":"urn:not"}]}"#), ["modifierExtension urn:not"]);
    let both = read(r#"{"text":"10 mg","doseAndRate":[{"doseQuantity":{"value":"ten"}}]}"#);
    assert!(both.words.as_deref() == Some("10 mg") && both.unread.len() == 1);
    let extended =
        read(r#"{"text":"10 mg","extension":[{"url":"u"}],"doseAndRate":[{"doseQuantity":{"value":10,"unit":"mg"}}]}"#);
    assert_eq!(extended.words.as_deref(), Some("10 mg"));
}

#[test]
fn a_timing_code_is_read_and_one_that_disagrees_is_shown() {
    let timing = |json: &str| read(&format!(r#"{{"timing":{json}}}"#)).timing;
    let times = |t: &DoseTimingDto| t.frequency.as_ref().and_then(|f| f.low.clone());
    let bid = timing(r#"{"code":{"coding":[{"code":"BID"}]}}"#);
    assert_eq!((times(&bid).as_deref(), bid.code.as_deref()), (Some("2"), None));
    let agrees = timing(
        r#"{"code":{"coding":[{"code":"BID"}],"text":"BID"},"repeat":{"frequency":2,"period":1,"periodUnit":"d"}}"#,
    );
    assert_eq!(agrees.code, None);
    let differs =
        timing(r#"{"code":{"coding":[{"code":"BID"}]},"repeat":{"frequency":3,"period":1,"periodUnit":"d"}}"#);
    assert_eq!((times(&differs).as_deref(), differs.code.as_deref()), (Some("3"), Some("BID")));
    let says_more = timing(r#"{"code":{"coding":[{"code":"BID"}],"text":"twice a day with food"}}"#);
    assert_eq!(says_more.code.as_deref(), Some("twice a day with food"));
    assert_eq!(timing(r#"{"code":{"text":"with dialysis"}}"#).code.as_deref(), Some("with dialysis"));
}
