//! Vital signs over time: one series per sign.

use super::access_view::AccessView;
use super::clinic_clock::ClinicClock;
use super::visible_record::{VisibleRecord, valid};
use super::words;
use crate::dto::chart::flag::FlagDto;
use crate::dto::chart::vitals::{SignDto, VitalPointDto, VitalSeriesDto};
use keep_clinical::{Point, Rounding, abnormal_flag, age_at, display_decimals, rounded_text, trend_points};
use keep_domain::{NEWS2_TOTAL, UtcMillis, VitalSign};
use keep_fhir::lens::{Concept, Measured, ObservationLens, Quantity, ReferenceRange};

/// The most points of one series.
const MOST_POINTS: usize = 200;
/// The most points of all series together; keeps a chart's reply below 256 kB.
const ALL_POINTS: usize = 1000;
/// The usual ranges of adults hold from this age on.
const ADULT_YEARS: u32 = 18;

/// One value of a sign.
#[derive(Clone)]
pub(crate) struct Reading<'e> {
    pub(crate) sign: SignDto,
    /// The Observation.
    pub(crate) entry: &'e VisibleRecord,
    pub(crate) at: UtcMillis,
    /// In the unit of the chart.
    pub(crate) value: f64,
    /// As shown, in the unit of the chart.
    pub(crate) text: String,
    /// As recorded, with the unit it was recorded in, where that differs from what is shown.
    pub(crate) recorded: Option<String>,
    interpretation: Vec<String>,
    limits: (Option<f64>, Option<f64>),
}

/// All valid values of all signs, oldest first.
pub(crate) fn readings(entries: &[VisibleRecord]) -> Vec<Reading<'_>> {
    let mut found = Vec::new();
    for (entry, _) in valid(entries, "Observation") {
        let Some(lens) = entry.observation() else { continue };
        found.extend(readings_of(entry, lens));
    }
    found.sort_by_key(|r| r.at);
    found
}

fn readings_of<'e>(entry: &'e VisibleRecord, lens: &ObservationLens) -> Vec<Reading<'e>> {
    let Some(at) = words::instant(lens.effective.as_ref().or(lens.issued.as_ref())) else { return Vec::new() };
    let read = |code: Option<&Concept>, value: Option<&Measured>, said: &[String], ranges: &[ReferenceRange]| {
        let sign = SignDto::of(code?)?;
        let Some(Measured::Quantity(quantity)) = value else { return None };
        let value = in_unit_of(sign, quantity)?;
        let (text, recorded) = texts(sign, quantity, value)?;
        let own_limits = words::limits(ranges);
        Some(Reading { sign, entry, at, value, text, recorded, interpretation: said.to_vec(), limits: own_limits })
    };
    let whole = read(lens.code.as_ref(), lens.value.as_ref(), &lens.interpretation, &lens.ranges);
    // The parts of an early warning score are points, not measurements.
    let is_score = lens.code.as_ref().is_some_and(|c| c.has_code(NEWS2_TOTAL));
    let parts = lens.components.iter().filter(|_| !is_score);
    let parts = parts.filter_map(|c| read(c.code.as_ref(), c.value.as_ref(), &c.interpretation, &c.ranges));
    whole.into_iter().chain(parts).collect()
}

/// The number in the unit of the chart; `None` for an unknown unit, which must not be mixed in.
fn in_unit_of(sign: SignDto, quantity: &Quantity) -> Option<f64> {
    let value = quantity.value.as_ref()?.to_f64();
    let Some(vital) = sign.vital() else { return Some(value) };
    let (shown, ucum) = (vital.unit(), vital.ucum());
    let unit = quantity.code.as_deref().or(quantity.unit.as_deref()).unwrap_or(ucum);
    let same = unit == ucum || unit == shown || quantity.unit.as_deref() == Some(shown);
    let per_minute = matches!(vital, VitalSign::HeartRate | VitalSign::RespiratoryRate)
        && matches!(unit, "{beats}/min" | "{breaths}/min" | "bpm" | "1/min");
    if same || per_minute || (vital == VitalSign::Bmi && unit == "kg/m2") {
        return Some(value);
    }
    Some(match (ucum, unit) {
        ("Cel", "[degF]") => (value - 32.0) / 1.8,
        ("kg", "g") => value / 1000.0,
        ("kg", "[lb_av]") => value * 0.453_592_37,
        ("cm", "m") => value * 100.0,
        ("cm", "mm") => value / 10.0,
        ("cm", "[in_i]") => value * 2.54,
        _ => return None,
    })
}

/// The value as shown, and as recorded where that differs.
///
/// INVARIANT: rounding is for reading only; what is drawn, computed with and sent is the recorded value.
fn texts(sign: SignDto, quantity: &Quantity, value: f64) -> Option<(String, Option<String>)> {
    let digits = quantity.value.as_ref()?;
    let exact = words::number(digits.as_str());
    let Some(vital) = sign.vital() else { return Some((exact, None)) };
    let places = display_decimals(vital);
    #[expect(clippy::float_cmp, reason = "a value that was not converted is the same bits")]
    let text = if value == digits.to_f64() {
        rounded_text(digits.as_str(), Rounding::Decimals(places)).unwrap_or_else(|| exact.clone())
    } else {
        format!("{value:.places$}")
    };
    let recorded = (text != exact).then(|| words::quantity(quantity, Rounding::AsRecorded));
    Some((text, recorded))
}

/// The latest value of one sign.
pub(crate) fn latest<'r, 'e>(readings: &'r [Reading<'e>], sign: SignDto) -> Option<&'r Reading<'e>> {
    readings.iter().rev().find(|r| r.sign == sign)
}

/// Everything that a series depends on except the values.
pub(crate) struct SeriesContext<'a> {
    /// Birth date, ISO, possibly partial.
    pub(crate) birth_date: Option<&'a str>,
    pub(crate) clinic_clock: &'a ClinicClock,
    pub(crate) access_view: &'a AccessView,
}

/// One series for each sign that was ever measured, in the order of the chart.
pub(crate) fn series(all: &[Reading<'_>], ctx: &SeriesContext<'_>) -> Vec<VitalSeriesDto> {
    let measured = SignDto::ALL.into_iter().filter(|s| all.iter().any(|r| r.sign == *s)).count();
    let most = (ALL_POINTS / measured.max(1)).min(MOST_POINTS);
    SignDto::ALL.into_iter().filter_map(|sign| ctx.series_of(sign, all, most)).collect()
}

impl SeriesContext<'_> {
    /// The series of one sign, cut to `most` points; `None` where it was never measured.
    fn series_of(&self, sign: SignDto, all: &[Reading<'_>], most: usize) -> Option<VitalSeriesDto> {
        let of_sign: Vec<&Reading<'_>> = all.iter().filter(|r| r.sign == sign).collect();
        let (first, last) = (of_sign.first()?, of_sign.last()?);
        let drawn: Vec<Point> = of_sign.iter().map(|r| Point { at: r.at, value: r.value }).collect();
        let points = trend_points(&drawn, first.at, last.at, most);
        let points = points.into_iter().filter_map(|i| of_sign.get(i)).map(|r| self.point(r));
        let range = sign.adult_range().filter(|_| self.is_adult_at(self.clinic_clock.now));
        Some(VitalSeriesDto {
            key: sign,
            unit: words::some(sign.unit()),
            value: last.text.clone(),
            recorded: last.recorded.clone(),
            flag: self.flag(last),
            measured_at: last.at.to_rfc3339(),
            age: self.clinic_clock.elapsed(last.at),
            low: range.map(|(low, _)| low),
            high: range.map(|(_, high)| high),
            points: points.collect(),
        })
    }

    fn point(&self, reading: &Reading<'_>) -> VitalPointDto {
        VitalPointDto {
            id: reading.entry.id(),
            at: reading.at.0,
            value: reading.value,
            text: reading.text.clone(),
            recorded: reading.recorded.clone(),
            flag: self.flag(reading),
            may_mark_entered_in_error: reading.entry.may_mark_entered_in_error(self.access_view),
            record: reading.entry.state(),
        }
    }

    fn flag(&self, reading: &Reading<'_>) -> Option<FlagDto> {
        let (low, high) = match reading.limits {
            (None, None) if self.is_adult_at(reading.at) => {
                reading.sign.adult_range().map_or((None, None), |(l, h)| (Some(l), Some(h)))
            }
            own => own,
        };
        abnormal_flag(&reading.interpretation, Some(reading.value), low, high).and_then(FlagDto::of)
    }

    fn is_adult_at(&self, at: UtcMillis) -> bool {
        let age = self.birth_date.and_then(|born| age_at(born, at, &self.clinic_clock.zone));
        age.is_some_and(|a| a.years >= ADULT_YEARS)
    }
}

/// Values of one moment as a line: "162/98 mmHg, pulse 76 /min".
pub(crate) fn summary(readings: &[&Reading<'_>]) -> String {
    let find = |sign: SignDto| readings.iter().find(|r| r.sign == sign).map(|r| r.text.as_str());
    let pressure = match (find(SignDto::Systolic), find(SignDto::Diastolic)) {
        (None, None) => String::new(),
        (high, low) => format!("{}/{} mmHg", high.unwrap_or("–"), low.unwrap_or("–")),
    };
    let others = readings.iter().filter(|r| !matches!(r.sign, SignDto::Systolic | SignDto::Diastolic));
    let others = others.map(|r| words::joined([r.sign.label(), r.text.as_str(), r.sign.unit()], " "));
    words::joined(std::iter::once(pressure).chain(others), ", ")
}

/// The values among these that are shown rounded or in another unit, as they were recorded.
pub(crate) fn recorded(readings: &[&Reading<'_>]) -> Option<String> {
    let rounded = readings.iter().filter_map(|r| Some(words::joined([r.sign.label(), r.recorded.as_deref()?], " ")));
    words::some(words::joined(rounded, ", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dto::elapsed::ElapsedUnitDto;
    use crate::view::fixtures::{NOON, nurse_amara_sees};
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

    fn series_of(birth_date: &str, texts: &[&str]) -> Vec<VitalSeriesDto> {
        let (clinic_clock, access_view) = (ClinicClock::utc(NOON), AccessView::for_tests(Role::Nurse));
        let birth_date = Some(birth_date);
        let ctx = SeriesContext { birth_date, clinic_clock: &clinic_clock, access_view: &access_view };
        series(&readings(&nurse_amara_sees(texts)), &ctx)
    }

    fn chart(texts: &[String]) -> Vec<VitalSeriesDto> {
        series_of("1961-02-03", &texts.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[test]
    fn a_panel_gives_two_series_with_flags_and_age() {
        let found = chart(&[
            pressure("o2", "2026-10-24T10:30:00+03:00", "158", "88"),
            pressure("o1", "2025-12-01T10:30:00+03:00", "138.0", "84"),
        ]);
        let keys: Vec<_> =
            found.iter().map(|s| (s.key, s.value.as_str(), s.flag, s.age.map(|a| (a.unit, a.count)))).collect();
        let weeks = Some((ElapsedUnitDto::Weeks, 4));
        let flag = Some(FlagDto::High);
        assert_eq!(keys, [(SignDto::Systolic, "158", flag, weeks), (SignDto::Diastolic, "88", None, weeks)]);
        assert_eq!((found[0].low, found[0].high), (Some(90.0), Some(139.0)));
        assert_eq!(found[0].points.iter().map(|p| p.text.as_str()).collect::<Vec<_>>(), ["138", "158"]);
        assert_eq!(found[0].points[0].recorded.as_deref(), Some("138.0 mmHg"));
    }

    #[test]
    fn other_units_are_converted_or_left_out() {
        let found = chart(&[
            vital("o1", "8310-5", "2026-11-01T08:00:00Z", r#"{"value":98.6,"unit":"degF","code":"[degF]"}"#, ""),
            vital("o2", "29463-7", "2026-11-01T08:00:00Z", r#"{"value":12,"unit":"stone","code":"[stone_av]"}"#, ""),
            vital("o3", "29463-7", "2026-10-01T08:00:00Z", r#"{"value":80.50,"unit":"kg","code":"kg"}"#, ""),
        ]);
        let values: Vec<_> = found.iter().map(|s| (s.key, s.value.as_str(), s.points.len())).collect();
        assert_eq!(values, [(SignDto::Temperature, "37.0", 1), (SignDto::Weight, "80.5", 1)]);
        assert_eq!((found[0].recorded.as_deref(), found[1].recorded.as_deref()), (Some("98.6 degF"), Some("80.50 kg")));
    }

    #[test]
    fn a_value_is_read_rounded_and_drawn_as_recorded() {
        let found = chart(&[
            vital(
                "o1",
                "29463-7",
                "2026-11-01T08:00:00Z",
                r#"{"value":86.30271828182845,"unit":"kg","code":"kg"}"#,
                "",
            ),
            vital("o2", "8867-4", "2026-11-01T08:00:00Z", r#"{"value":71.5,"code":"/min"}"#, ""),
            vital("o3", "8310-5", "2026-11-01T08:00:00Z", r#"{"value":37.0,"code":"Cel"}"#, ""),
        ]);
        let point = |n: usize| &found[n].points[0];
        let shown = |n: usize| (point(n).text.as_str(), point(n).recorded.as_deref(), point(n).value);
        assert_eq!(shown(0), ("72", Some("71.5 /min"), 71.5));
        assert_eq!(shown(1), ("37.0", None, 37.0));
        assert_eq!(shown(2), ("86.3", Some("86.30271828182845 kg"), 86.302_718_281_828_45));
        assert_eq!((found[2].value.as_str(), found[2].recorded.as_deref()), ("86.3", Some("86.30271828182845 kg")));
    }

    #[test]
    fn values_entered_in_error_are_left_out_and_a_recorded_interpretation_wins() {
        let retracted = vital("o1", "8867-4", "2026-11-02T08:00:00Z", r#"{"value":300,"code":"/min"}"#, "")
            .replace("final", "entered-in-error");
        let said = vital(
            "o2",
            "8867-4",
            "2026-11-01T08:00:00Z",
            r#"{"value":76,"code":"/min"}"#,
            r#","interpretation":[{"coding":[{"code":"HH"}]}]"#,
        );
        let found = chart(&[retracted, said]);
        assert_eq!((found[0].value.as_str(), found[0].flag), ("76", Some(FlagDto::CriticalHigh)));
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
    fn a_child_has_no_adult_range() {
        let text = vital("o1", "8867-4", "2026-11-01T08:00:00Z", r#"{"value":130,"code":"/min"}"#, "");
        let found = series_of("2025-08-14", &[&text]);
        assert_eq!((found[0].flag, found[0].low), (None, None));
    }

    #[test]
    fn long_series_are_cut_to_what_is_drawn() {
        let texts: Vec<String> = (0..300)
            .map(|n| {
                let at = UtcMillis(NOON.0 - n * 86_400_000).to_rfc3339();
                vital(&format!("o{n}"), "8867-4", &at, r#"{"value":70,"code":"/min"}"#, "")
            })
            .collect();
        assert!(chart(&texts)[0].points.len() <= MOST_POINTS);
    }

    #[test]
    fn one_moment_reads_as_a_line() {
        let texts = [
            pressure("o1", "2026-11-22T10:00:00Z", "162", "98"),
            vital("o2", "8867-4", "2026-11-22T10:00:00Z", r#"{"value":76,"code":"/min"}"#, ""),
        ];
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let entries = nurse_amara_sees(&texts);
        let all = readings(&entries);
        assert_eq!(summary(&all.iter().collect::<Vec<_>>()), "162/98 mmHg, Heart rate 76 /min");
    }
}
