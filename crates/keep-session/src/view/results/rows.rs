//! One row of the results.

use super::panels::Panels;
use crate::dto::chart::flag::FlagDto;
use crate::dto::chart::mark::MarkDto;
use crate::dto::chart::results::{RangeDto, ResultDetailDto, ResultDetailKindDto as Kind, ResultDto, ResultPartDto};
use crate::view::clinic_clock::ClinicClock;
use crate::view::judge::{Population, StatusClass, interpreted, marks_of};
use crate::view::marks::{in_future, marks};
use crate::view::members::Observations;
use crate::view::visible_record::VisibleRecord;
use crate::view::{value, words};
use keep_clinical::{AbnormalFlag, Rounding};
use keep_domain::{Phi, ResourceKey, UtcMillis};
use keep_fhir::Raw;
use keep_fhir::lens::{self, Component, Concept, Measured, ObservationLens, Reference, ReferenceRange, ReportLens};
use std::collections::BTreeSet;

/// What every row depends on.
pub(crate) struct Rows<'a> {
    pub(crate) panels: &'a Panels,
    pub(crate) clinic_clock: &'a ClinicClock,
    pub(crate) population: &'a Population,
    /// What was computed from a value entered in error.
    pub(crate) unfounded: &'a BTreeSet<&'a ResourceKey>,
    pub(crate) observations: &'a Observations<'a>,
    /// The longest text of one detail, characters.
    pub(crate) longest: usize,
}

/// A value with what is said about it.
#[derive(Clone, Copy)]
struct Source<'o> {
    value: Option<&'o Measured>,
    said: &'o [Concept],
    ranges: &'o [ReferenceRange],
}

impl<'o> From<&'o ObservationLens> for Source<'o> {
    fn from(lens: &'o ObservationLens) -> Self {
        Self { value: lens.value.as_ref(), said: &lens.interpretation, ranges: &lens.ranges }
    }
}

impl<'o> From<&'o Component> for Source<'o> {
    fn from(part: &'o Component) -> Self {
        Self { value: part.value.as_ref(), said: &part.interpretation, ranges: &part.ranges }
    }
}

impl Rows<'_> {
    /// The row of an Observation or a DiagnosticReport.
    pub(crate) fn row(&self, entry: &VisibleRecord) -> Option<ResultDto> {
        let raw = entry.raw.as_ref()?;
        match entry.observation() {
            Some(lens) => Some(self.observation(entry, raw, lens)),
            None => Some(self.report(entry, raw, &lens::report(raw).ok()?)),
        }
    }

    /// Whether the latest of a test is shown however old it is.
    pub(crate) fn stands_out(&self, lens: &ObservationLens, at: Option<UtcMillis>) -> bool {
        let whole = std::iter::once(Source::from(lens)).chain(lens.components.iter().map(Source::from));
        let stands_out = |source: Source<'_>| {
            let (flag, _) = self.flag(source, lens, at);
            let codes = source.said.iter().flat_map(|c| &c.codings);
            let says = codes.filter(|c| AbnormalFlag::said_by(&c.code).is_none());
            flag.is_some() || says.into_iter().any(|c| !AbnormalFlag::is_ordinary(&c.code))
        };
        StatusClass::of(lens.status.as_deref()) != StatusClass::NoValue && whole.into_iter().any(stands_out)
    }

    /// The flag of a value and its interpretation in words.
    fn flag(
        &self,
        source: Source<'_>,
        lens: &ObservationLens,
        at: Option<UtcMillis>,
    ) -> (Option<FlagDto>, Vec<String>) {
        let class = StatusClass::of(lens.status.as_deref());
        if class == StatusClass::NoValue {
            return (None, Vec::new());
        }
        let (said, recorded) = interpreted(source.said);
        let may_judge = class == StatusClass::Final && lens.focus.is_empty();
        let judged = || self.population.flag(source.value.filter(|_| may_judge)?, source.ranges, at);
        (said.or_else(judged).and_then(FlagDto::of), recorded)
    }

    fn observation(&self, entry: &VisibleRecord, raw: &Raw, lens: &ObservationLens) -> ResultDto {
        let (id, at) = (entry.id(), entry.at());
        let counts = StatusClass::of(lens.status.as_deref()) != StatusClass::NoValue;
        let shown = |measured: Option<&Measured>| measured.filter(|_| counts).map(|v| value::value(v, words::RESULT));
        let (flag, interpretation) = self.flag(lens.into(), lens, at);
        let parts = lens.components.iter().filter(|_| counts).map(|c| {
            let (flag, interpretation) = self.flag(c.into(), lens, at);
            let (name, value) = (words::label(c.code.as_ref()), shown(c.value.as_ref()));
            ResultPartDto { name, value, flag, interpretation, ranges: ranges(&c.ranges) }
        });
        let details = lens::observation_details(raw).ok();
        let unfounded = self.unfounded.contains(&entry.record.key).then_some(MarkDto::Unfounded);
        ResultDto {
            is_report: false,
            name: words::label(lens.code.as_ref()),
            value: shown(lens.value.as_ref()),
            flag,
            interpretation,
            ranges: ranges(&lens.ranges),
            parts: parts.collect(),
            measured_at: words::when(lens.effective.as_ref().or(lens.issued.as_ref())),
            until: details.as_ref().and_then(|d| words::when(d.until.as_ref())),
            panel: self.panels.name_of(&id).cloned(),
            same: self.panels.same_as(&id),
            details: members(lens, self.observations)
                .chain(details.into_iter().flat_map(|d| details_of(lens, d, self.longest)))
                .collect(),
            marks: marks_of(entry, lens, self.clinic_clock).into_iter().chain(unfounded).collect(),
            may_mark_entered_in_error: false,
            corrected: None,
            record: entry.state(),
            id,
        }
    }

    fn report(&self, entry: &VisibleRecord, raw: &Raw, lens: &ReportLens) -> ResultDto {
        let mut list = self.list();
        // EXPOSE: the conclusion is what is shown.
        list.text(Kind::Conclusion, lens.conclusion.as_ref().map(|c| c.expose().clone()));
        if let Ok(d) = lens::report_details(raw) {
            d.conclusion_codes.iter().for_each(|c| list.add(Kind::ConclusionCode, Some(c)));
            for file in &d.files {
                match &file.text {
                    Some(text) => list.texts(Kind::Text, std::slice::from_ref(text)),
                    None => list.text(Kind::File, file.title.clone().or_else(|| file.content_type.clone())),
                }
            }
            list.texts(Kind::Narrative, d.narrative.as_slice());
            d.media.into_iter().for_each(|comment| list.text(Kind::Image, Some(comment)));
            list.references(Kind::Specimen, &d.specimens);
            list.references(Kind::Interpreter, &d.interpreters);
        }
        ResultDto {
            id: entry.id(),
            is_report: true,
            name: words::label(lens.code.as_ref()),
            value: None,
            flag: None,
            interpretation: Vec::new(),
            ranges: Vec::new(),
            parts: Vec::new(),
            measured_at: words::when(lens.effective.as_ref().or(lens.issued.as_ref())),
            until: None,
            panel: None,
            same: Vec::new(),
            details: list.found,
            marks: marks(entry).into_iter().chain(in_future(entry, self.clinic_clock)).collect(),
            may_mark_entered_in_error: false,
            corrected: None,
            record: entry.state(),
        }
    }

    const fn list(&self) -> Details {
        Details { longest: self.longest, found: Vec::new() }
    }
}

/// What an Observation says beside its value, each text at most `longest` characters.
pub(crate) fn details_of(lens: &ObservationLens, d: lens::ObservationDetails, longest: usize) -> Vec<ResultDetailDto> {
    let mut list = Details { longest, found: Vec::new() };
    // A reason that is the value itself is shown there, unless the value does not count.
    let shown = StatusClass::of(lens.status.as_deref()) != StatusClass::NoValue;
    let is_value = shown && matches!(lens.value, Some(Measured::Absent(_)));
    list.add(Kind::Absent, d.absent.as_ref().filter(|_| !is_value));
    list.texts(Kind::Note, &d.notes);
    list.add(Kind::Method, d.method.as_ref());
    list.add(Kind::BodySite, d.body_site.as_ref());
    list.references(Kind::Specimen, d.specimen.as_ref());
    list.references(Kind::Device, d.device.as_ref());
    list.text(Kind::Narrative, d.narrative);
    list.found
}

/// The members of a panel.
pub(crate) fn members(lens: &ObservationLens, among: &Observations<'_>) -> impl Iterator<Item = ResultDetailDto> {
    among.names(lens).into_iter().map(|text| ResultDetailDto { kind: Kind::Member, text })
}

/// The details of one row.
struct Details {
    longest: usize,
    found: Vec<ResultDetailDto>,
}

impl Details {
    fn text(&mut self, kind: Kind, text: Option<String>) {
        let text = text.and_then(words::some).map(|text| words::cut(text.trim(), self.longest));
        self.found.extend(text.map(|text| ResultDetailDto { kind, text }));
    }

    fn texts(&mut self, kind: Kind, texts: &[Phi<String>]) {
        // EXPOSE: the text is what is shown.
        texts.iter().for_each(|text| self.text(kind, Some(text.expose().clone())));
    }

    fn add(&mut self, kind: Kind, concept: Option<&Concept>) {
        self.text(kind, words::label(concept));
    }

    fn references<'r>(&mut self, kind: Kind, references: impl IntoIterator<Item = &'r Reference>) {
        for reference in references {
            // EXPOSE: the name is what is shown.
            let name = reference.display.as_ref().map(|d| d.expose().clone());
            self.text(kind, name.or_else(|| reference.key.as_ref().map(ToString::to_string)));
        }
    }
}

/// Reference ranges as recorded.
pub(crate) fn ranges(ranges: &[ReferenceRange]) -> Vec<RangeDto> {
    let side = |q: &Option<lens::Quantity>| q.as_ref().map(|q| value::quantity(q, Rounding::AsRecorded));
    let dto = |range: &ReferenceRange| RangeDto {
        low: side(&range.low),
        high: side(&range.high),
        text: range.text.as_deref().and_then(words::some),
        meaning: range.kind.as_ref().filter(|k| !k.has_code("normal")).and_then(|k| words::label(Some(k))),
        applies_to: range.applies.iter().filter_map(|a| words::label(Some(a))).collect(),
        age_from: range.age.as_ref().and_then(|(from, _)| side(from)),
        age_to: range.age.as_ref().and_then(|(_, to)| side(to)),
    };
    ranges.iter().map(dto).collect()
}
