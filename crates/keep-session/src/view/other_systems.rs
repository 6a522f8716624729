//! Records as other systems make them, and what the page gets of them.

use super::access_view::AccessView;
use super::clinic_clock::ClinicClock;
use super::fixtures::{nurse_amara_sees, time};
use super::judge::Population;
use super::members::Observations;
use super::results;
use super::visible_record::VisibleRecord;
use super::vitals::{SeriesContext, readings, series};
use crate::dto::chart::flag::FlagDto;
use crate::dto::chart::mark::MarkDto;
use crate::dto::chart::results::ResultDto;
use crate::dto::chart::value::ValueDto;
use crate::dto::chart::vitals::{SignDto, VitalSeriesDto};
use keep_domain::Role;

fn clinic_clock() -> ClinicClock {
    ClinicClock::utc(time("2026-11-30T12:00:00Z"))
}

/// The records of one patient in a fixture.
fn records(fixture: &str, patient: &str) -> Vec<VisibleRecord> {
    let of = |line: &&str| {
        line.contains(&format!(r#""reference": "Patient/{patient}""#))
            || line.contains(&format!(r#""id": "{patient}""#))
    };
    nurse_amara_sees(&fixture.lines().filter(of).collect::<Vec<_>>())
}

fn rows(entries: &[VisibleRecord]) -> Vec<ResultDto> {
    results::window(entries, &clinic_clock(), 0, 100).rows
}

fn summary(entries: &[VisibleRecord]) -> Vec<ResultDto> {
    let population = Population::of(entries, &clinic_clock().zone);
    results::recent_and_abnormal(entries, &population, &clinic_clock())
}

fn vitals(entries: &[VisibleRecord]) -> Vec<VitalSeriesDto> {
    let (clinic_clock, access_view) = (clinic_clock(), AccessView::for_tests(Role::Nurse));
    let population = Population::of(entries, &clinic_clock.zone);
    let observations = Observations::of(entries);
    let ctx = SeriesContext {
        population: &population,
        clinic_clock: &clinic_clock,
        access_view: &access_view,
        observations: &observations,
    };
    series(&readings(entries, clinic_clock.now), &ctx)
}

/// Number and unit as shown, and as recorded.
fn quantity(value: &ValueDto) -> (String, Option<String>) {
    match value {
        ValueDto::Quantity { quantity: q } => {
            let parts = [&q.comparator, &q.number, &q.unit];
            (super::words::joined(parts.into_iter().flatten(), " "), q.recorded.clone())
        }
        _ => panic!("a quantity"),
    }
}

/// Degrees Fahrenheit, pounds and inches without codes were shown as if they were the units of the chart, or lost.
#[test]
fn us_units_are_converted_and_said_as_recorded() {
    let entries = records(include_str!("../../../../tests/fixtures/cases/vital-signs-in-us-units.ndjson"), "ck-a");
    let found = vitals(&entries);
    let shown = |key: SignDto| {
        let series = found.iter().find(|s| s.key == key).expect("a series");
        series.latest.as_ref().expect("a value").values.iter().map(|v| quantity(&v.value)).collect::<Vec<_>>()
    };
    let one = |text: &str, recorded: &str| vec![(text.to_owned(), Some(recorded.to_owned()))];
    assert_eq!(shown(SignDto::Temperature), one("39.5 °C", "103.1 F"));
    assert_eq!(shown(SignDto::Weight), one("69.9 kg", "154 lbs"));
    assert_eq!(shown(SignDto::Height), one("165.1 cm", "65 inches"));
    assert_eq!(shown(SignDto::BloodPressure), [("120 mmHg".to_owned(), None), ("70 mmHg".to_owned(), None)]);
}

/// A cancelled troponin looked like a final one.
#[test]
fn the_status_of_a_result_is_said() {
    let entries = records(include_str!("../../../../tests/fixtures/cases/results-with-every-status.ndjson"), "ck-a");
    let found = rows(&entries);
    let row = |id: &str| found.iter().find(|r| r.id == id).expect("a row");
    for status in ["preliminary", "corrected", "cancelled", "registered"] {
        let row = row(&format!("c08-{status}"));
        assert_eq!(row.marks, [MarkDto::Status { code: status.to_owned(), reason: None }], "{status}");
        assert_eq!(row.value.is_some(), matches!(status, "preliminary" | "corrected"), "{status}");
    }
    assert!(row("c08-final").marks.is_empty());
}

/// A result without a category was nowhere, and the chart said that nothing was out of range.
#[test]
fn a_critical_result_and_the_conclusion_of_a_report_are_in_results_and_summary() {
    for (fixture, reports) in [
        (include_str!("../../../../tests/fixtures/cases/result-without-category.ndjson"), 0),
        (include_str!("../../../../tests/fixtures/cases/critical-result-and-report.ndjson"), 1),
    ] {
        let entries = records(fixture, "m7");
        for found in [rows(&entries), summary(&entries)] {
            let result = found.iter().find(|r| r.id == "m7-hb").expect("the result");
            assert_eq!(result.value.as_ref().map(quantity).map(|(text, _)| text).as_deref(), Some("5.1 g/dL"));
            assert_eq!((result.name.as_deref(), result.flag), (Some("Haemoglobin"), Some(FlagDto::CriticalLow)));
            let texts: Vec<_> = found.iter().filter(|r| r.is_report).map(|r| r.details[0].text.as_str()).collect();
            assert_eq!(texts.len(), reports);
            assert!(texts.iter().all(|t| *t == "Large pulmonary embolism, both main arteries."));
        }
    }
}

/// The text form and the conclusion of a report were shown nowhere.
#[test]
fn the_texts_of_reports_are_shown() {
    let fixture = include_str!("../../../../tests/fixtures/cases/report-texts.ndjson");
    let texts = |patient: &str| {
        let found = summary(&records(fixture, patient));
        found.into_iter().flat_map(|r| r.details).map(|d| d.text).collect::<Vec<_>>()
    };
    assert_eq!(texts("nx"), ["Large pneumothorax on the right.", "Conclusion final"]);
    assert_eq!(texts("m7"), ["Large pulmonary embolism, both main arteries."]);
}

/// Of the signs of one moment only the pulse was shown.
#[test]
fn no_sign_of_a_moment_is_lost() {
    let entries = records(include_str!("../../../../tests/fixtures/cases/vital-signs-of-one-moment.ndjson"), "nv");
    let found = vitals(&entries);
    let mut shown: Vec<(String, String)> = found
        .iter()
        .map(|s| {
            let value = &s.latest.as_ref().expect("a value").values[0].value;
            (s.name.clone().unwrap_or_default(), quantity(value).0)
        })
        .collect();
    shown.sort();
    let expected = [
        ("", "80 /min"),
        ("Capillary glucose", "1.9 mmol/L"),
        ("Glasgow coma score", "7 {score}"),
        ("Inhaled oxygen flow rate", "10 L/min"),
        ("Mean blood pressure", "45 mmHg"),
        ("Pain severity 0-10", "9 {score}"),
    ];
    let expected: Vec<_> = expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    assert_eq!(shown, expected);
}

/// A pregnant woman got a score that does not hold in pregnancy.
#[test]
fn a_pregnancy_is_known_from_its_status() {
    let entries = records(include_str!("../../../../tests/fixtures/cases/pregnant.ndjson"), "ck-p");
    let found = super::pregnancy::pregnancy(&entries, clinic_clock().now);
    assert_eq!(found.map(|key| key.to_string()).as_deref(), Some("Observation/ck-preg"));
}
