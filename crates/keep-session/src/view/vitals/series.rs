//! Vital signs over time: one series per sign.

use super::chart_value::{in_chart_unit, value_of};
use super::moments::{Moment, ORDER, Row, moments, row_of, shown_sign};
use super::reading::Reading;
use crate::dto::chart::flag::FlagDto;
use crate::dto::chart::mark::MarkDto;
use crate::dto::chart::results::ResultDetailDto;
use crate::dto::chart::vitals::{
    SignDto, VitalInErrorDto, VitalPointDto, VitalRangeDto, VitalSeriesDto, VitalValueDto,
};
use crate::view::access_view::AccessView;
use crate::view::clinic_clock::ClinicClock;
use crate::view::corrections::Corrections;
use crate::view::judge::{Population, StatusClass, interpreted, marks_of};
use crate::view::members::Observations;
use crate::view::results::rows::{details_of, members, ranges};
use crate::view::words;
use keep_clinical::{CHILD_RANGE_SOURCE, Point, child_range, flag_by_range, trend_points};
use keep_domain::UtcMillis;
use keep_fhir::Precision;
use keep_fhir::lens::{Measured, Quantity, observation_details};
use std::collections::BTreeMap;

/// The most points of one series.
const MOST_POINTS: usize = 200;
/// The most points of all series together; keeps a chart's reply below 256 kB.
const ALL_POINTS: usize = 500;
/// The longest text of one detail, characters.
const LONGEST: usize = 300;
/// The most measurements entered in error of one sign.
const MOST_IN_ERROR: usize = 20;
/// The usual ranges of adults hold from this age on.
const ADULT_YEARS: u32 = 18;
/// Signs measured within this time belong to one set: 30 minutes.
const SET_MILLIS: i64 = 30 * 60 * 1000;

/// The signs that are measured once in a while, not in sets.
const RARE: [SignDto; 4] = [SignDto::Weight, SignDto::Height, SignDto::Bmi, SignDto::HeadCircumference];

/// Everything that a series depends on except the values.
pub(crate) struct SeriesContext<'a> {
    pub(crate) population: &'a Population,
    pub(crate) clinic_clock: &'a ClinicClock,
    pub(crate) access_view: &'a AccessView,
    pub(crate) observations: &'a Observations<'a>,
}

/// One series for each sign that was ever measured, in the order of the chart.
pub(crate) fn series(all: &[Reading<'_>], ctx: &SeriesContext<'_>) -> Vec<VitalSeriesDto> {
    let mut rows: BTreeMap<Row, Vec<Moment<'_, '_>>> = BTreeMap::new();
    for moment in moments(all) {
        let row = row_of(moment.first);
        rows.entry(row).or_default().push(moment);
    }
    let newest = all.iter().filter(|r| !RARE.contains(&r.sign) && is_counted(r, ctx.clinic_clock));
    let newest = newest.filter_map(|r| r.at).max();
    let most = (ALL_POINTS / rows.len().max(1)).clamp(2, MOST_POINTS);
    rows.into_values().filter_map(|moments| ctx.series_of(&moments, newest, most)).collect()
}

/// Adds the measurements entered in error to the series of their signs; a sign without any other gets a series of its own.
pub(crate) fn add_in_error(
    series: &mut Vec<VitalSeriesDto>,
    all: &[Reading<'_>],
    ctx: &SeriesContext<'_>,
    corrections: &Corrections,
) {
    let mut rows: BTreeMap<Row, Vec<Moment<'_, '_>>> = BTreeMap::new();
    for moment in moments(all) {
        rows.entry(row_of(moment.first)).or_default().push(moment);
    }
    for (row, moments) in rows {
        let Some(first) = moments.first().map(|m| m.first) else { continue };
        let listed = moments.iter().rev().take(MOST_IN_ERROR).rev().filter_map(|m| {
            let reference = m.first.entry.record.key.to_string();
            let mut point = ctx.point(m, None)?;
            point.values.iter_mut().for_each(|v| (v.number, v.flag) = (None, None));
            Some(VitalInErrorDto { point, corrected: corrections.of(&reference).unwrap_or_default() })
        });
        let (key, name) = (shown_sign(first.sign), own_name(first));
        let known = series.iter_mut().find(|s| s.key == key && s.name == name);
        let listed = listed.collect();
        if let Some(known) = known {
            known.entered_in_error = listed;
            continue;
        }
        let place = |s: &VitalSeriesDto| ORDER.iter().position(|o| *o == s.key).unwrap_or(ORDER.len());
        let at = series.iter().position(|s| place(s) > row.place).unwrap_or(series.len());
        series.insert(
            at,
            VitalSeriesDto {
                key,
                name,
                unit: None,
                latest: None,
                age: None,
                older: false,
                ranges: Vec::new(),
                points: Vec::new(),
                entered_in_error: listed,
            },
        );
    }
}

/// The recorded name of a sign that the chart has no name for.
fn own_name(reading: &Reading<'_>) -> Option<String> {
    (shown_sign(reading.sign) == SignDto::Other).then(|| reading.name()).and_then(words::some)
}

/// Whether a reading is a candidate for the latest one.
fn is_counted(reading: &Reading<'_>, clinic_clock: &ClinicClock) -> bool {
    reading.value.is_some()
        && !reading.judgement.is_unfounded
        && reading.at.is_some_and(|at| !clinic_clock.is_future(at))
        && StatusClass::of(reading.lens.status.as_deref()) != StatusClass::NoValue
}

impl SeriesContext<'_> {
    /// The series of one sign, cut to `most` points.
    fn series_of(&self, moments: &[Moment<'_, '_>], newest: Option<UtcMillis>, most: usize) -> Option<VitalSeriesDto> {
        let last = moments.last()?;
        let sign = shown_sign(last.first.sign);
        let latest = moments.iter().rev().find(|m| is_counted(m.first, self.clinic_clock));
        let at = latest.and_then(|m| m.first.at);
        let unit = self.unit_of(sign, latest.unwrap_or(last));
        let drawn = chosen(moments, most);
        let points: Vec<VitalPointDto> =
            drawn.into_iter().filter_map(|i| moments.get(i)).filter_map(|m| self.point(m, unit.as_deref())).collect();
        let older = at.zip(newest).is_some_and(|(at, newest)| at < newest.plus_millis(-SET_MILLIS));
        Some(VitalSeriesDto {
            key: sign,
            name: own_name(latest.unwrap_or(last).first),
            age: at.filter(|_| latest.is_some_and(|m| has_time(m.first))).and_then(|at| self.clinic_clock.since(at)),
            older: older && !RARE.contains(&sign),
            ranges: self.ranges(sign),
            latest: latest.and_then(|m| self.point(m, unit.as_deref())),
            unit,
            points,
            entered_in_error: Vec::new(),
        })
    }

    /// The unit of the drawn points: the chart's, or that of the latest value.
    fn unit_of(&self, sign: SignDto, latest: &Moment<'_, '_>) -> Option<String> {
        if sign == SignDto::BloodPressure {
            return words::some(SignDto::Systolic.unit());
        }
        if sign != SignDto::Other {
            return words::some(sign.unit());
        }
        match latest.first.value {
            Some(Measured::Quantity(q)) => recorded_unit(q),
            _ => None,
        }
    }

    fn point(&self, moment: &Moment<'_, '_>, unit: Option<&str>) -> Option<VitalPointDto> {
        let parts = moment.parts();
        let first = *parts.first()?;
        let (entry, lens) = (first.entry, first.lens);
        let mut found = marks_of(entry, lens, self.clinic_clock);
        for other in parts.iter().skip(1).filter(|r| r.entry.record.key != entry.record.key) {
            let more = marks_of(other.entry, other.lens, self.clinic_clock);
            found.extend(more.into_iter().filter(|m| !found.contains(m)).collect::<Vec<_>>());
        }
        found.extend(first.judgement.is_unfounded.then_some(MarkDto::Unfounded));
        Some(VitalPointDto {
            id: entry.id(),
            at: first.at.map(|at| at.0),
            measured_at: words::when(lens.effective.as_ref().or(lens.issued.as_ref())),
            values: parts.iter().filter_map(|r| self.value(r, unit)).collect(),
            same: other_records(moment),
            marks: found,
            details: self.details(moment),
            may_mark_entered_in_error: parts.iter().all(|r| r.entry.may_mark_entered_in_error(self.access_view)),
            record: parts.iter().map(|r| r.entry.record.state).max().map(crate::view::visible_record::state_of)?,
        })
    }

    fn value(&self, reading: &Reading<'_>, unit: Option<&str>) -> Option<VitalValueDto> {
        let measured = reading.value?;
        let (flag, interpretation) = self.flag(reading, measured);
        // Another sign is drawn only in the unit of its latest value.
        let same_unit = match measured {
            Measured::Quantity(q) if reading.sign == SignDto::Other => recorded_unit(q).as_deref() == unit,
            _ => true,
        };
        Some(VitalValueDto {
            id: reading.entry.id(),
            sign: reading.sign,
            number: reading.number.filter(|_| same_unit),
            value: value_of(reading.sign, measured),
            flag,
            interpretation,
            ranges: ranges(reading.judgement.ranges),
        })
    }

    /// What the records of a measurement say beside their values.
    fn details(&self, moment: &Moment<'_, '_>) -> Vec<ResultDetailDto> {
        let mut records: Vec<&Reading<'_>> = moment.parts();
        records.extend(&moment.same);
        records.dedup_by_key(|r| &r.entry.record.key);
        let read = |r: &Reading<'_>| {
            let details = || observation_details(r.entry.raw.as_ref()?).ok();
            r.lens.has_details.then(details).flatten().map(|d| details_of(r.lens, d, LONGEST)).unwrap_or_default()
        };
        records.iter().flat_map(|r| members(r.lens, self.observations).chain(read(r))).collect()
    }

    fn flag(&self, reading: &Reading<'_>, measured: &Measured) -> (Option<FlagDto>, Vec<String>) {
        let (said, recorded) = interpreted(reading.judgement.said);
        let lens = reading.lens;
        let is_final = StatusClass::of(lens.status.as_deref()) == StatusClass::Final;
        let may_judge = is_final && lens.focus.is_empty() && !reading.judgement.is_unfounded;
        let judged = || {
            if !reading.judgement.ranges.is_empty() {
                return self.population.flag(measured, reading.judgement.ranges, reading.at);
            }
            let Measured::Quantity(q) = measured else { return None };
            let (low, high, _) = self.range_at(reading.sign, reading.at?)?;
            flag_by_range(in_chart_unit(reading.sign, q)?, q.comparator.as_deref(), Some(low), Some(high))
        };
        let flag = said.or_else(|| may_judge.then(judged).flatten());
        (flag.and_then(FlagDto::of), recorded)
    }

    /// The usual range of this patient's age, and where it is from if that is not the one of adults.
    fn range_at(&self, sign: SignDto, at: UtcMillis) -> Option<(f64, f64, Option<&'static str>)> {
        let age = self.population.age_at(at)?;
        if age.years >= ADULT_YEARS {
            return sign.adult_range().map(|(low, high)| (low, high, None));
        }
        child_range(sign.vital()?, &age).map(|(low, high)| (low, high, Some(CHILD_RANGE_SOURCE)))
    }

    fn ranges(&self, sign: SignDto) -> Vec<VitalRangeDto> {
        let signs = match sign {
            SignDto::BloodPressure => vec![SignDto::Systolic, SignDto::Diastolic],
            other => vec![other],
        };
        let range = |sign| {
            let (low, high, source) = self.range_at(sign, self.clinic_clock.now)?;
            Some(VitalRangeDto { sign, low, high, source: source.map(str::to_owned) })
        };
        signs.into_iter().filter_map(range).collect()
    }
}

/// The ids of the other records of a measurement, each once.
fn other_records(moment: &Moment<'_, '_>) -> Vec<String> {
    let mut ids: Vec<String> = moment.same.iter().map(|r| r.entry.id()).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// The unit of a quantity as one name.
fn recorded_unit(quantity: &Quantity) -> Option<String> {
    let code = quantity.ucum().or(quantity.unit.as_deref()).or(quantity.code.as_deref());
    code.and_then(words::some)
}

fn has_time(reading: &Reading<'_>) -> bool {
    let when = reading.lens.effective.as_ref().or(reading.lens.issued.as_ref());
    when.and_then(|w| w.date).is_some_and(|d| d.precision == Precision::Instant)
}

/// The indices of at most `most` measurements, oldest first: extremes are drawn, and the latest without a number are
/// listed.
fn chosen(moments: &[Moment<'_, '_>], most: usize) -> Vec<usize> {
    if moments.len() <= most {
        return (0..moments.len()).collect();
    }
    let numbered: Vec<usize> =
        moments.iter().enumerate().filter(|(_, m)| m.first.number.is_some()).map(|(i, _)| i).collect();
    let others = moments.iter().enumerate().filter(|(_, m)| m.first.number.is_none()).map(|(i, _)| i);
    let others: Vec<usize> = others.rev().take(most / 4).collect();
    let points: Vec<Point> = numbered
        .iter()
        .filter_map(|i| moments.get(*i))
        .filter_map(|m| Some(Point { at: m.first.at.unwrap_or(UtcMillis(0)), value: m.first.number? }))
        .collect();
    let ends = points
        .iter()
        .map(|p| p.at)
        .fold((UtcMillis(i64::MAX), UtcMillis(i64::MIN)), |(low, high), at| (low.min(at), high.max(at)));
    let drawn = trend_points(&points, ends.0, ends.1, most.saturating_sub(others.len()));
    let mut found: Vec<usize> = drawn.into_iter().filter_map(|i| numbered.get(i).copied()).chain(others).collect();
    found.sort_unstable();
    found
}
