//! Everything in order of time, newest first.

use super::access_view::AccessView;
use super::clinic_clock::ClinicClock;
use super::corrections::{Corrections, is_of_a_save};
use super::judge::StatusClass;
use super::names::{Names, unnamed};
use super::results;
use super::sign::is_vital;
use super::tabs::tab_of;
use super::visible_record::VisibleRecord;
use super::vitals::{Reading, readings, recorded, summary};
use super::words;
use super::{allergies, marks, medicines, notes};
use crate::dto::chart::ChartTabDto;
use crate::dto::chart::mark::MarkDto;
use crate::dto::chart::timeline::{TimelineDetailDto, TimelineDto, TimelineKindDto, TimelineRowDto};
use crate::dto::record_title::RecordTitleDto;
use keep_clinical::AbnormalFlag;
use keep_domain::{ResourceKey, UtcMillis};
use keep_fhir::{Raw, lens};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Types that do not record an event: identities, authors, insurance.
const NO_EVENTS: [&str; 6] = ["Patient", "RelatedPerson", "Provenance", "Coverage", "Account", "Consent"];
/// The longest text of a column, characters; the whole of it is in its own tab.
const LONGEST: usize = 300;

/// One line, not yet formatted: one record, or all vital signs of one moment.
struct Line<'e> {
    at: Option<UtcMillis>,
    entries: Vec<&'e VisibleRecord>,
}

/// The records of a tab, or of the timeline, newest first.
fn lines(entries: &[VisibleRecord], tab: Option<ChartTabDto>) -> Vec<Line<'_>> {
    let belongs = |entry: &&VisibleRecord| match tab {
        Some(tab) => tab_of(entry) == tab && !is_of_a_save(entry),
        None => !NO_EVENTS.contains(&entry.kind()),
    };
    let mut sorted: Vec<&VisibleRecord> = entries.iter().filter(belongs).collect();
    sorted.sort_by_key(|e| (Reverse(e.at()), !joins(e)));
    if tab.is_some() {
        return sorted.into_iter().map(|entry| Line { at: entry.at(), entries: vec![entry] }).collect();
    }
    let mut lines: Vec<Line<'_>> = Vec::new();
    for entry in sorted {
        match lines.last_mut() {
            Some(last) if joins(entry) && last.at == entry.at() && last.entries.iter().all(|e| joins(e)) => {
                last.entries.push(entry);
            }
            _ => lines.push(Line { at: entry.at(), entries: vec![entry] }),
        }
    }
    lines
}

/// Whether an entry shares its line with the other vital signs of the same moment.
fn joins(entry: &VisibleRecord) -> bool {
    let status = entry.facts.as_ref().and_then(|f| f.status.as_deref());
    // A value that is not final has a line of its own, with its status.
    is_vital(entry) && StatusClass::of(status) == StatusClass::Final && entry.at().is_some() && !entry.is_unreadable()
}

/// The lines of one window.
pub(crate) struct Window<'e> {
    lines: Vec<Line<'e>>,
    total: usize,
}

impl<'e> Window<'e> {
    /// The lines of a tab, or of the timeline, from the one at `offset`.
    pub(crate) fn of(entries: &'e [VisibleRecord], tab: Option<ChartTabDto>, (offset, limit): (usize, usize)) -> Self {
        let lines = lines(entries, tab);
        let total = lines.len();
        Self { lines: lines.into_iter().skip(offset).take(limit).collect(), total }
    }

    /// Resources that the lines name only by reference.
    pub(crate) fn unnamed(&self, base: Option<&str>) -> Vec<ResourceKey> {
        self.lines.iter().flat_map(|l| &l.entries).filter_map(|e| reference_in(e, base)).collect()
    }

    /// The records of the lines.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &'e VisibleRecord> {
        self.lines.iter().flat_map(|l| l.entries.iter().copied())
    }

    /// The rows for the page.
    pub(crate) fn rows(&self, ctx: &RowContext<'_>) -> TimelineDto {
        let rows = self.lines.iter().filter_map(|l| row(l, ctx)).collect();
        TimelineDto { rows, total: u32::try_from(self.total).unwrap_or(u32::MAX) }
    }
}

#[cfg(test)]
impl Window<'_> {
    /// The rows as nurse Amara sees them on 22-Nov-2026.
    pub(crate) fn rows_at_noon(&self) -> TimelineDto {
        let (names, clinic_clock) = (&Names::default(), &ClinicClock::utc(super::fixtures::NOON));
        let (access_view, corrections) = (&AccessView::for_tests(keep_domain::Role::Nurse), &Corrections::default());
        self.rows(&RowContext { names, clinic_clock, access_view, corrections, unfounded: &BTreeSet::new() })
    }
}

fn reference_in(entry: &VisibleRecord, base: Option<&str>) -> Option<ResourceKey> {
    let raw = entry.raw.as_ref()?;
    match entry.kind() {
        "DocumentReference" => unnamed(lens::document(raw).ok()?.authors.first()),
        "MedicationRequest" | "MedicationStatement" | "MedicationDispense" | "MedicationAdministration" => {
            medicines::unnamed_medicine(raw, base)
        }
        _ => None,
    }
}

/// Everything that a line depends on except its records.
pub(crate) struct RowContext<'a> {
    pub(crate) names: &'a Names,
    pub(crate) clinic_clock: &'a ClinicClock,
    pub(crate) access_view: &'a AccessView,
    pub(crate) corrections: &'a Corrections,
    /// What was computed from a value entered in error.
    pub(crate) unfounded: &'a BTreeSet<&'a ResourceKey>,
}

/// The line of one record.
pub(crate) fn row_of(entry: &VisibleRecord, ctx: &RowContext<'_>) -> Option<TimelineRowDto> {
    row(&Line { at: entry.at(), entries: vec![entry] }, ctx)
}

fn row(line: &Line<'_>, ctx: &RowContext<'_>) -> Option<TimelineRowDto> {
    let first = *line.entries.first()?;
    let (kind, said) = match first.raw.as_ref().filter(|_| !first.masked) {
        Some(_) if joins(first) => (TimelineKindDto::Vitals, vitals(&line.entries)),
        Some(raw) => (kind_of(first), texts_of(first.kind(), raw, ctx.names).unwrap_or_default()),
        None => (kind_of(first), Texts::default()),
    };
    let reference = first.record.key.to_string();
    // The state of a line is the one that most needs attention.
    let state = line.entries.iter().map(|e| e.record.state).max()?;
    Some(TimelineRowDto {
        may_mark_entered_in_error: line.entries.len() == 1 && first.may_mark_entered_in_error(ctx.access_view),
        corrected: ctx.corrections.of(&reference),
        reference,
        others: line.entries.iter().skip(1).map(|e| e.record.key.to_string()).collect(),
        kind,
        at: line_time(first),
        title: said.title_or_type(first.kind()),
        detail: said.detail.map(shortened),
        recorded: said.recorded.map(|text| words::cut(&text, LONGEST)),
        unreadable: first.is_unreadable(),
        marks: line_marks(line, ctx),
        record: super::visible_record::state_of(state),
    })
}

/// The marks of the records of a line, each once.
fn line_marks(line: &Line<'_>, ctx: &RowContext<'_>) -> Vec<MarkDto> {
    let mut found: Vec<MarkDto> = Vec::new();
    let of = |entry: &VisibleRecord| {
        let unfounded = ctx.unfounded.contains(&entry.record.key).then_some(MarkDto::Unfounded);
        marks::marks(entry).into_iter().chain(marks::in_future(entry, ctx.clinic_clock)).chain(unfounded)
    };
    for mark in line.entries.iter().flat_map(|e| of(e)) {
        if !found.contains(&mark) {
            found.push(mark);
        }
    }
    found
}

fn shortened(detail: TimelineDetailDto) -> TimelineDetailDto {
    match detail {
        TimelineDetailDto::Text { text } => TimelineDetailDto::Text { text: words::cut(&text, LONGEST) },
        other => other,
    }
}

/// The time as recorded: a partial date stays partial.
fn line_time(entry: &VisibleRecord) -> Option<String> {
    let text = entry.facts.as_ref().and_then(|f| f.clinical_time_text.as_ref())?;
    // EXPOSE: the time is a column of the timeline.
    let text = text.expose().clone();
    let date = keep_fhir::FhirDate::parse(&text);
    words::when(Some(&lens::When { text, date }))
}

/// What a line says.
#[derive(Default)]
struct Texts {
    title: Option<RecordTitleDto>,
    detail: Option<TimelineDetailDto>,
    /// The values of the detail as recorded, where less of them is shown.
    recorded: Option<String>,
}

impl Texts {
    fn titled(title: RecordTitleDto, detail: Option<String>) -> Self {
        Self { title: Some(title), detail: detail.map(|text| TimelineDetailDto::Text { text }), recorded: None }
    }

    fn recorded(title: Option<String>, detail: Option<String>) -> Self {
        let title = title.map(|text| RecordTitleDto::Recorded { text: words::cut(&text, LONGEST) });
        Self { title, ..Self::titled(RecordTitleDto::Visit, detail) }
    }

    fn title_or_type(&self, kind: &str) -> RecordTitleDto {
        self.title.clone().unwrap_or_else(|| RecordTitleDto::Untitled { resource_type: kind.to_owned() })
    }
}

fn vitals(entries: &[&VisibleRecord]) -> Texts {
    let now = UtcMillis(i64::MAX / 2);
    let all: Vec<Reading<'_>> = entries.iter().flat_map(|e| readings(std::slice::from_ref(*e), now)).collect();
    if all.is_empty() {
        let lenses: Vec<_> = entries.iter().filter_map(|e| lens::observation(e.raw.as_ref()?).ok()).collect();
        let named = |value: &dyn Fn(&lens::ObservationLens) -> Option<String>| {
            let name = |l: &lens::ObservationLens| words::observed(l.code.as_ref()).unwrap_or_default();
            let texts = lenses.iter().filter_map(|l| Some(words::joined([name(l), value(l)?], " ")));
            words::some(words::joined(texts, ", "))
        };
        let shown = named(&|l| words::some(results::value_text(l, words::RESULT)));
        return Texts { recorded: named(&results::recorded), ..Texts::titled(RecordTitleDto::Observations, shown) };
    }
    Texts { recorded: recorded(&all), ..Texts::titled(RecordTitleDto::VitalSigns, words::some(summary(&all))) }
}

fn kind_of(entry: &VisibleRecord) -> TimelineKindDto {
    use TimelineKindDto as K;
    match entry.kind() {
        "Encounter" => K::Encounter,
        "DocumentReference" | "Composition" | "ClinicalImpression" => K::Note,
        "Observation" if is_vital(entry) => K::Vitals,
        "Observation" => K::Result,
        "MedicationRequest" | "MedicationStatement" | "MedicationAdministration" | "MedicationDispense" => K::Medicine,
        "Condition" => K::Problem,
        "AllergyIntolerance" => K::Allergy,
        "Procedure" => K::Procedure,
        "Immunization" => K::Immunisation,
        "DiagnosticReport" => K::Report,
        _ => K::Other,
    }
}

/// The title of a record, or its type where it has none.
pub(crate) fn title_of(kind: &str, raw: &Raw, names: &Names) -> RecordTitleDto {
    texts_of(kind, raw, names).unwrap_or_default().title_or_type(kind)
}

fn texts_of(kind: &str, raw: &Raw, names: &Names) -> Option<Texts> {
    let (title, detail) = match kind {
        "Encounter" => {
            let l = lens::encounter(raw).ok()?;
            let reason = words::label(l.reasons.first());
            match words::label(l.types.first()) {
                Some(kind) => (Some(kind), reason),
                None => return Some(Texts::titled(RecordTitleDto::Visit, reason)),
            }
        }
        "DocumentReference" => notes::headline(raw, names),
        "Observation" => {
            let l = lens::observation(raw).ok()?;
            let flag = results::recorded_flag(&l).map_or("", AbnormalFlag::mark);
            let value = words::joined([results::value_text(&l, words::RESULT).as_str(), flag], " ");
            let status = l.status.as_deref();
            // What was entered in error is read crossed out.
            let counts = StatusClass::of(status) != StatusClass::NoValue || status == Some("entered-in-error");
            let value = if counts { value } else { String::new() };
            let recorded = results::recorded(&l);
            return Some(Texts { recorded, ..Texts::recorded(words::observed(l.code.as_ref()), words::some(value)) });
        }
        "MedicationRequest" | "MedicationStatement" | "MedicationDispense" | "MedicationAdministration" => {
            let (title, dosages) = medicines::headline(raw, names);
            let detail = (!dosages.is_empty()).then_some(TimelineDetailDto::Dosages { dosages });
            return Some(Texts { detail, ..Texts::recorded(title, None) });
        }
        "Condition" => {
            let l = lens::condition(raw).ok()?;
            (words::label(l.code.as_ref()), l.clinical_status.map(|s| s.recorded))
        }
        "AllergyIntolerance" => {
            let l = lens::allergy(raw).ok()?;
            let is_bare = l.substance.as_ref().is_some_and(|s| s.bare_code().is_some());
            if let Some(absence) = l.absence.as_ref().filter(|_| is_bare) {
                return Some(Texts::titled(RecordTitleDto::NoAllergy { absence: allergies::absence(absence) }, None));
            }
            let detail = l.absence.is_none().then(|| TimelineDetailDto::Reaction { reaction: allergies::reaction(&l) });
            return Some(Texts { detail, ..Texts::recorded(words::label(l.substance.as_ref()), None) });
        }
        "Procedure" => {
            let l = lens::procedure(raw).ok()?;
            (words::label(l.code.as_ref()), l.status)
        }
        "Immunization" => {
            let l = lens::immunization(raw).ok()?;
            (words::label(l.vaccine.as_ref()), l.status)
        }
        "DiagnosticReport" => {
            let l = lens::report(raw).ok()?;
            let said = results::report_text(raw, &l);
            let detail = words::joined(l.status.iter().chain(&said), " · ");
            let texts = Texts::recorded(words::label(l.code.as_ref()), words::some(detail));
            let count = u32::try_from(l.results.len()).unwrap_or(u32::MAX);
            return Some(if count > 0 && said.is_none() {
                Texts { detail: Some(TimelineDetailDto::Results { count }), ..texts }
            } else {
                texts
            });
        }
        "Appointment" => {
            let l = lens::appointment(raw).ok()?;
            let reason = words::label(l.reasons.first().or(l.service.first()).or(l.kind.as_ref()));
            // EXPOSE: what the appointment is for is what its line shows.
            let described = l.description.as_ref().map(|d| d.expose().clone());
            let detail = words::joined(reason.into_iter().chain(described).chain(l.status), " · ");
            return Some(Texts::titled(RecordTitleDto::Appointment, words::some(detail)));
        }
        "Flag" => {
            let l = lens::flag(raw).ok()?;
            (words::label(l.code.as_ref()), l.status)
        }
        "CarePlan" => {
            let l = lens::care_plan(raw).ok()?;
            // EXPOSE: the plan's title, or else its description, is what is shown.
            let title = l.title.as_ref().or(l.description.as_ref()).map(|t| t.expose().clone());
            (words::some(words::joined(title.into_iter().chain(words::label(l.categories.last())), " · ")), l.status)
        }
        "Goal" => {
            let l = lens::goal(raw).ok()?;
            (words::label(l.description.as_ref()), l.status)
        }
        _ => {
            let l = lens::other(raw);
            (l.title, l.status)
        }
    };
    Some(Texts::recorded(title.and_then(words::some), detail.and_then(words::some)))
}

#[cfg(test)]
mod tests;
