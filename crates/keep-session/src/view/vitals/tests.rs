use super::*;
use crate::dto::chart::flag::FlagDto;
use crate::dto::chart::mark::MarkDto;
use crate::dto::chart::results::ResultDetailKindDto as Detail;
use crate::dto::chart::value::ValueDto;
use crate::dto::chart::vitals::{VitalPointDto, VitalSeriesDto};
use crate::dto::elapsed::ElapsedUnitDto;
use crate::view::access_view::AccessView;
use crate::view::clinic_clock::ClinicClock;
use crate::view::fixtures::{MARIA, NOON, nurse_amara_sees};
use crate::view::judge::Population;
use crate::view::members::Observations;
use keep_domain::Role;

fn vital(id: &str, loinc: &str, at: &str, quantity: &str, more: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","category":[{{"coding":[{{"code":"vital-signs"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"{loinc}"}}]}},"subject":{{"reference":"Patient/maria"}},"effectiveDateTime":"{at}","valueQuantity":{quantity}{more}}}"#
    )
}

fn pressure(id: &str, at: &str, high: &str, low: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","category":[{{"coding":[{{"code":"vital-signs"}}]}}],"code":{{"coding":[{{"code":"85354-9"}}]}},"subject":{{"reference":"Patient/maria"}},"effectiveDateTime":"{at}","component":[{{"code":{{"coding":[{{"code":"8480-6"}}]}},"valueQuantity":{{"value":{high},"unit":"mmHg","code":"mm[Hg]"}}}},{{"code":{{"coding":[{{"code":"8462-4"}}]}},"valueQuantity":{{"value":{low},"unit":"mmHg","code":"mm[Hg]"}}}}]}}"#
    )
}

/// The series of somebody born at a date.
pub(crate) fn series_of(birth_date: &str, texts: &[&str]) -> Vec<VitalSeriesDto> {
    let (clinic_clock, access_view) = (ClinicClock::utc(NOON), AccessView::for_tests(Role::Nurse));
    let person = MARIA.replace("1961-02-03", birth_date);
    let texts: Vec<&str> = texts.iter().copied().chain([person.as_str()]).collect();
    let entries = nurse_amara_sees(&texts);
    let population = Population::of(&entries, &clinic_clock.zone);
    let observations = Observations::of(&entries);
    let (population, clinic_clock, access_view) = (&population, &clinic_clock, &access_view);
    let ctx = SeriesContext { population, clinic_clock, access_view, observations: &observations };
    series(&readings(&entries, NOON), &ctx)
}

fn chart(texts: &[String]) -> Vec<VitalSeriesDto> {
    series_of("1961-02-03", &texts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A measurement as the page joins it: `162/98 mmHg H`.
pub(crate) fn text_of(point: &VitalPointDto) -> String {
    let quantity = |value: &ValueDto| match value {
        ValueDto::Quantity { quantity: q } => {
            words::joined([&q.comparator, &q.number, &q.unit].into_iter().flatten(), " ")
        }
        ValueDto::Text { text } => text.clone(),
        other => format!("{other:?}"),
    };
    let flagged = |v: &crate::dto::chart::vitals::VitalValueDto| {
        words::joined([quantity(&v.value).as_str(), v.flag.map_or("", FlagDto::name)], " ")
    };
    point.values.iter().map(flagged).collect::<Vec<_>>().join(" / ")
}

/// The latest of a series.
pub(crate) fn latest_text(series: &VitalSeriesDto) -> String {
    series.latest.as_ref().map(text_of).unwrap_or_default()
}

fn points(series: &VitalSeriesDto) -> Vec<String> {
    series.points.iter().map(text_of).collect()
}

#[test]
fn a_blood_pressure_is_one_row_of_one_measurement() {
    let found = chart(&[
        pressure("o2", "2026-10-24T10:30:00+03:00", "158", "88"),
        pressure("o1", "2025-12-01T10:30:00+03:00", "138.0", "84"),
    ]);
    assert_eq!((found.len(), found[0].key), (1, SignDto::BloodPressure));
    assert_eq!(points(&found[0]), ["138 mmHg / 84 mmHg", "158 mmHg H / 88 mmHg"]);
    let numbers: Vec<_> = found[0].points[1].values.iter().map(|v| (v.sign, v.number)).collect();
    assert_eq!(numbers, [(SignDto::Systolic, Some(158.0)), (SignDto::Diastolic, Some(88.0))]);
    let ranges: Vec<_> = found[0].ranges.iter().map(|r| (r.sign, r.low, r.high, r.source.is_some())).collect();
    assert_eq!(ranges, [(SignDto::Systolic, 90.0, 139.0, false), (SignDto::Diastolic, 60.0, 89.0, false)]);
}

#[test]
fn single_pressures_of_one_time_are_one_measurement_and_of_two_times_are_two() {
    let mm = |value: u32| format!(r#"{{"value":{value},"unit":"mmHg","code":"mm[Hg]"}}"#);
    let high = |at: &str, value| vital("s", "8480-6", at, &mm(value), "");
    let low = |at: &str, value| vital("d", "8462-4", at, &mm(value), "");
    let (eight, nine) = ("2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z");
    let found = chart(&[low(eight, 70), high(eight, 120)]);
    assert_eq!(points(&found[0]), ["120 mmHg / 70 mmHg"]);
    assert_eq!(found[0].points[0].values.iter().map(|v| v.id.as_str()).collect::<Vec<_>>(), ["s", "d"]);
    assert_eq!(points(&chart(&[low(eight, 70), high(nine, 120)])[0]), ["70 mmHg", "120 mmHg"]);
    // The same again as a panel is the same measurement; other values are another.
    let panel = pressure("p", eight, "120", "70");
    assert_eq!(points(&chart(&[panel.clone(), low(eight, 70), high(eight, 120)])[0]), ["120 mmHg / 70 mmHg"]);
    assert_eq!(points(&chart(&[panel.clone(), high(eight, 121)])[0]).len(), 2);
    assert_eq!(chart(&[low(eight, 70), panel.clone(), high(eight, 120)])[0].points[0].same, ["d", "s"]);
    assert_eq!(points(&chart(&[low(eight, 70), high(eight, 120), panel])[0]), ["120 mmHg / 70 mmHg"]);
}

#[test]
fn a_missing_side_says_why() {
    let text = pressure("p", "2026-11-20T08:00:00Z", "120", "70").replace(
        r#""valueQuantity":{"value":70,"unit":"mmHg","code":"mm[Hg]"}"#,
        r#""dataAbsentReason":{"coding":[{"code":"not-performed","display":"Not Performed"}]}"#,
    );
    let found = chart(&[text]);
    let value = &found[0].points[0].values[1].value;
    assert_eq!(value, &ValueDto::Absent { reason: Some(String::from("Not Performed")) });
}

#[test]
fn other_units_are_converted_and_unknown_ones_stay_beside_them() {
    let found = chart(&[
        vital("o1", "8310-5", "2026-11-01T08:00:00Z", r#"{"value":98.6,"unit":"degF","code":"[degF]"}"#, ""),
        vital("o2", "29463-7", "2026-11-01T08:00:00Z", r#"{"value":12,"unit":"stone","code":"[stone_av]"}"#, ""),
        vital("o3", "29463-7", "2026-10-01T08:00:00Z", r#"{"value":80.50,"unit":"kg","code":"kg"}"#, ""),
        vital("o4", "29463-7", "2026-10-02T08:00:00Z", r#"{"value":5,"unit":"bags"}"#, ""),
    ]);
    assert_eq!(points(&found[0]), ["37.0 °C"]);
    assert_eq!(points(&found[1]), ["80.5 kg", "5 bags", "76.2 kg"]);
    let numbers: Vec<bool> = found[1].points.iter().map(|p| p.values[0].number.is_some()).collect();
    assert_eq!(numbers, [true, false, true]);
}

#[test]
fn a_value_is_read_rounded_and_drawn_as_recorded() {
    let weight = r#"{"value":86.30271828182845,"unit":"kg","code":"kg"}"#;
    let found = chart(&[
        vital("o1", "29463-7", "2026-11-01T08:00:00Z", weight, ""),
        vital("o2", "8867-4", "2026-11-01T08:00:00Z", r#"{"value":71.5,"code":"/min"}"#, ""),
        vital("o3", "8310-5", "2026-11-01T08:00:00Z", r#"{"value":37.0,"code":"Cel"}"#, ""),
    ]);
    let number = |n: usize| found[n].points[0].values[0].number;
    let recorded = |n: usize| match &found[n].points[0].values[0].value {
        ValueDto::Quantity { quantity } => quantity.recorded.clone(),
        _ => panic!("a quantity"),
    };
    let shown: Vec<_> = (0..3).map(|n| (latest_text(&found[n]), recorded(n), number(n))).collect();
    let text = |t: &str| t.to_owned();
    assert_eq!(
        shown,
        [
            (text("72 /min"), Some(text("71.5 /min")), Some(71.5)),
            (text("37.0 °C"), None, Some(37.0)),
            (text("86.3 kg"), Some(text("86.30271828182845 kg")), Some(86.302_718_281_828_45)),
        ]
    );
}

#[test]
fn what_has_no_value_is_marked_and_neither_drawn_nor_the_latest() {
    let fever = |status: &str, at: &str| {
        vital("o1", "8310-5", at, r#"{"value":41.5,"code":"Cel"}"#, "").replace("final", status)
    };
    let well = vital("o2", "8310-5", "2026-11-01T08:00:00Z", r#"{"value":37.0,"code":"Cel"}"#, "");
    let (now, later) = ("2026-11-22T08:00:00Z", "2026-11-23T08:00:00Z");
    for status in ["cancelled", "registered"] {
        let found = chart(&[fever(status, now), well.clone()]);
        assert_eq!((latest_text(&found[0]).as_str(), found[0].points.len()), ("37.0 °C", 2), "{status}");
        let point = &found[0].points[1];
        assert!(point.values.is_empty() && point.marks == [MarkDto::Status { code: status.to_owned(), reason: None }]);
        let only = chart(&[fever(status, now)]);
        assert!(only[0].latest.is_none() && only[0].points[0].values.is_empty(), "{status}");
    }
    assert_eq!(chart(&[fever("entered-in-error", now), well.clone()])[0].points.len(), 1);
    let found = chart(&[fever("final", later), well.clone()]);
    assert_eq!(latest_text(&found[0]), "37.0 °C");
    assert!(found[0].points[1].marks == [MarkDto::InFuture] && found[0].points[1].values[0].number.is_none());
    let found = chart(&[fever("preliminary", now), well]);
    assert!(latest_text(&found[0]) == "41.5 °C" && !found[0].points[1].marks.is_empty());
}

#[test]
fn a_recorded_interpretation_wins_over_the_range() {
    let more = r#","interpretation":[{"coding":[{"code":"HH"}]}]"#;
    let said = vital("o2", "8867-4", "2026-11-01T08:00:00Z", r#"{"value":76,"code":"/min"}"#, more);
    assert_eq!(latest_text(&chart(&[said])[0]), "76 /min HH");
    // A range of the record is used instead of that of adults, or nothing is judged.
    let own = |range: &str| {
        let more = format!(r#","referenceRange":[{range}]"#);
        latest_text(&chart(&[vital("o", "8867-4", "2026-11-01T08:00:00Z", r#"{"value":95,"code":"/min"}"#, &more)])[0])
    };
    assert_eq!(own(r#"{"high":{"value":100,"code":"/min"}}"#), "95 /min");
    assert_eq!(own(r#"{"high":{"value":80,"code":"/min"}}"#), "95 /min H");
    assert_eq!(own(r#"{"high":{"value":80,"code":"kg"}}"#), "95 /min");
}

#[test]
fn only_what_she_wrote_may_be_marked() {
    let by = |id: &str, loinc: &str, author: &str| {
        let more = format!(r#","performer":[{{"reference":"Practitioner/{author}"}}]"#);
        vital(id, loinc, "2026-11-01T08:00:00Z", r#"{"value":76}"#, &more)
    };
    let found = chart(&[by("o1", "8867-4", "amara"), by("o2", "9279-1", "jonas")]);
    let may: Vec<_> = found.iter().map(|s| (s.key, s.points[0].may_mark_entered_in_error)).collect();
    assert_eq!(may, [(SignDto::Pulse, true), (SignDto::Respiration, false)]);
}

#[test]
fn a_child_has_the_range_of_its_age_with_its_source() {
    let text = vital("o1", "8867-4", "2026-11-01T08:00:00Z", r#"{"value":160,"code":"/min"}"#, "");
    let found = series_of("2025-08-14", &[&text]);
    let range = &found[0].ranges[0];
    assert!((range.low, range.high) == (91.0, 119.0) && range.source.is_some());
    assert_eq!(latest_text(&found[0]), "160 /min H");
    let saturation = vital("o1", "59408-5", "2026-11-01T08:00:00Z", r#"{"value":93,"code":"%"}"#, "");
    let found = series_of("2025-08-14", &[&saturation]);
    assert!(found[0].ranges.is_empty() && latest_text(&found[0]) == "93 %");
    // Without a birth date nothing is known of the range.
    assert!(series_of("unknown", &[&text])[0].ranges.is_empty());
}

#[test]
fn a_sign_without_a_place_has_a_row_by_its_own_name() {
    let at = "2026-11-10T08:00:00Z";
    let named = |id: &str, code: &str, name: &str, value: &str| {
        vital(id, code, at, "{}", "")
            .replace(r#""valueQuantity":{}"#, value)
            .replace(r#""}]},"subject"#, &format!(r#""}}],"text":"{name}"}},"subject"#))
    };
    let found = chart(&[
        named("a", "72514-3", "Pain", r#""valueQuantity":{"value":9,"unit":"{score}"}"#),
        named("b", "80288-4", "Consciousness", r#""valueCodeableConcept":{"text":"Responds to pain"}"#),
        named("c", "local", "Skin", r#""valueString":"clammy""#),
        vital("d", "8867-4", at, r#"{"value":80,"code":"/min"}"#, ""),
    ]);
    let mut rows: Vec<_> = found.iter().map(|s| (s.name.as_deref().unwrap_or_default(), latest_text(s))).collect();
    rows.sort();
    let text = |t: &str| t.to_owned();
    assert_eq!(
        rows,
        [
            ("", text("80 /min")),
            ("Consciousness", text("Responds to pain")),
            ("Pain", text("9 {score}")),
            ("Skin", text("clammy")),
        ]
    );
}

#[test]
fn a_panel_has_a_row_with_its_members() {
    let at = "2026-11-22T11:40:00Z";
    let list = |code: &str, name: &str| {
        let members = r#","hasMember":[{"reference":"Observation/a"},{"reference":"Observation/x","display":"Mood"}]"#;
        let text = vital("p", code, at, "{}", members).replace(r#","valueQuantity":{}"#, "");
        text.replace(r#""}]},"subject"#, &format!(r#""}}],"text":"{name}"}},"subject"#))
    };
    let pulse = vital("a", "8867-4", at, r#"{"value":80,"code":"/min"}"#, "");
    let found = chart(&[list("85353-1", "Routine set"), pulse.clone()]);
    assert_eq!((latest_text(&found[0]).as_str(), found[1].name.as_deref()), ("80 /min", Some("Routine set")));
    let point = &found[1].points[0];
    let members: Vec<_> = point.details.iter().map(|d| (d.kind, d.text.as_str())).collect();
    assert_eq!(members, [(Detail::Member, "Heart rate"), (Detail::Member, "Mood")]);
    assert!(point.values.is_empty() && found[1].latest.is_none());
    assert_eq!(chart(&[list("85354-9", "Pressures"), pulse])[0].key, SignDto::BloodPressure);
}

#[test]
fn one_measurement_of_two_records_names_both_and_has_the_notes_of_both() {
    let at = "2026-11-22T11:40:00Z";
    let score = |id: &str, more: &str| vital(id, "9269-2", at, r#"{"value":13,"code":"{score}"}"#, more);
    let part = r#","component":[{"code":{"text":"Eyes"},"valueInteger":4}],"note":[{"text":"sedated"}]"#;
    let found = chart(&[score("plain", ""), score("parts", part)]);
    let whole = found.iter().find(|s| latest_text(s) == "13 {score}").expect("the score");
    assert_eq!((whole.points.len(), &whole.points[0].same[..]), (1, &[String::from("parts")][..]));
    assert_eq!(whole.points[0].details[0].text, "sedated");
}

#[test]
fn ages_are_in_minutes_then_hours_and_an_older_sign_says_so() {
    let pulse = vital("a", "8867-4", "2026-11-22T11:40:00Z", r#"{"value":80,"code":"/min"}"#, "");
    let heat = vital("b", "8310-5", "2026-11-22T09:00:00Z", r#"{"value":37,"code":"Cel"}"#, "");
    let weight = vital("c", "29463-7", "2026-10-22T09:00:00Z", r#"{"value":80,"code":"kg"}"#, "");
    let found = chart(&[pulse, heat, weight]);
    let ages: Vec<_> = found.iter().map(|s| (s.age.map(|a| (a.unit, a.count)), s.older)).collect();
    assert_eq!(
        ages,
        [(Some((ElapsedUnitDto::Minutes, 20)), false), (Some((ElapsedUnitDto::Hours, 3)), true), (None, false),]
    );
    let day = vital("a", "8867-4", "2026-11-22", r#"{"value":80,"code":"/min"}"#, "");
    assert_eq!(chart(&[day])[0].age, None);
}

#[test]
fn a_vital_sign_without_a_time_or_category_has_a_row() {
    let text = vital("a", "8867-4", "2026-11-22T11:40:00Z", r#"{"value":80,"code":"/min"}"#, "");
    let timeless = text.replace(r#""effectiveDateTime":"2026-11-22T11:40:00Z","#, "");
    let found = chart(&[timeless]);
    assert!(found[0].points[0].at.is_none() && text_of(&found[0].points[0]) == "80 /min");
    let uncategorised = text.replace(r#""category":[{"coding":[{"code":"vital-signs"}]}],"#, "");
    assert_eq!(latest_text(&chart(&[uncategorised])[0]), "80 /min");
}

#[test]
fn a_value_about_a_fetus_is_not_the_mothers() {
    let at = "2026-11-22T11:40:00Z";
    let mother = vital("a", "8867-4", at, r#"{"value":80,"code":"/min"}"#, "");
    let fetus = vital("b", "8867-4", at, r#"{"value":150,"code":"/min"}"#, r#","focus":[{"display":"Fetus"}]"#);
    let found = chart(&[fetus, mother]);
    let rows: Vec<_> = found.iter().map(|s| (s.key, latest_text(s))).collect();
    assert_eq!(rows, [(SignDto::Pulse, String::from("80 /min")), (SignDto::Other, String::from("150 /min"))]);
    assert!(found[1].points[0].marks == [MarkDto::Focus { whom: Some(String::from("Fetus")) }]);
}

#[test]
fn long_series_are_cut_to_what_is_drawn() {
    let texts: Vec<String> = (0..300)
        .map(|n| {
            let at = UtcMillis(NOON.0 - n * 86_400_000).to_rfc3339();
            vital(&format!("o{n}"), "8867-4", &at, r#"{"value":70,"code":"/min"}"#, "")
        })
        .collect();
    let drawn = chart(&texts)[0].points.len();
    assert!((100..=200).contains(&drawn), "{drawn}");
}

#[test]
fn one_moment_reads_as_a_line() {
    let texts = [
        pressure("o1", "2026-11-22T10:00:00Z", "162", "98"),
        vital("o2", "8867-4", "2026-11-22T10:00:00Z", r#"{"value":76,"code":"/min"}"#, ""),
    ];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let entries = nurse_amara_sees(&texts);
    assert_eq!(summary(&readings(&entries, NOON)), "162/98 mmHg, Heart rate 76 /min");
}
