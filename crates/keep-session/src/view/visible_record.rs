//! A record that this role may see, read once.

use super::access_view::{AccessView, unowned};
use crate::dto::chart::record_state::RecordStateDto;
use keep_access::{Action, Decision, PolicyResource};
use keep_domain::{Phi, UtcMillis};
use keep_fhir::lens::{self, ConditionLens, ObservationLens, PatientLens};
use keep_fhir::write::can_be_entered_in_error;
use keep_fhir::{Extracted, ParsedRecord, Raw};
use keep_store::{Record, RecordState};
use std::cell::OnceCell;

/// One record of a chart. INVARIANT: one that the role may not see never becomes an entry.
pub(crate) struct VisibleRecord {
    /// Without its text, which is in `raw`.
    pub(crate) record: Record,
    /// `None` where the text is not a readable resource.
    pub(crate) raw: Option<Raw>,
    /// `None` where the text is not a readable resource.
    pub(crate) facts: Option<Box<Extracted>>,
    /// Whether only its existence may be shown.
    pub(crate) masked: bool,
    /// Read on first use, for the types of which several parts of the chart need it.
    lens: OnceCell<Option<Lens>>,
    /// Whether it is a vital sign; found on first use.
    pub(super) vital: OnceCell<bool>,
}

/// What was read of a record.
enum Lens {
    Observation(Box<ObservationLens>),
    Condition(Box<ConditionLens>),
    Patient(Box<PatientLens>),
}

impl VisibleRecord {
    /// Whether the user may mark this record as entered in error: what the page offers is what will be permitted.
    pub(crate) fn may_mark_entered_in_error(&self, view: &AccessView) -> bool {
        !self.is_entered_in_error() && can_be_entered_in_error(self.kind()) && self.may_correct(view)
    }

    /// Whether the user may mark this record as entered in error, or undo that.
    pub(crate) fn may_correct(&self, view: &AccessView) -> bool {
        let Some(raw) = self.raw.as_ref().filter(|_| !self.masked) else { return false };
        let resource = unowned(&self.record, self.facts.as_deref());
        let may = |resource: &PolicyResource| view.may(Action::MarkEnteredInError, resource).is_allowed();
        // The author is looked for only where it decides: this runs for hundreds of values of a chart.
        may(&resource) || (may(&resource.own()) && view.wrote(raw))
    }

    /// Reads a record; `None` where the role may not see it.
    pub(crate) fn of(record: Record, access_view: &AccessView) -> Option<Self> {
        Self::read(record, access_view, false)
    }

    /// The same, with an Observation's values read in the same pass.
    pub(crate) fn with_values(record: Record, access_view: &AccessView) -> Option<Self> {
        Self::read(record, access_view, true)
    }

    fn read(mut record: Record, access_view: &AccessView, values: bool) -> Option<Self> {
        if !record.unreadable && record.labels.is_empty() {
            // EXPOSE: moved from the record to its reading, which is for the screen.
            let text = std::mem::replace(&mut record.raw, Phi::new(String::new())).into_exposed();
            match keep_fhir::parse_record(text, values) {
                Ok(ParsedRecord { raw, facts, observation }) => {
                    let masked = Self::is_masked(access_view.reads(&record, Some(&facts)))?;
                    let raw = shown(raw, &record, access_view);
                    let lens =
                        observation.map(|lens| OnceCell::from(Some(Lens::Observation(lens)))).unwrap_or_default();
                    let (facts, vital) = (Some(facts), OnceCell::new());
                    return Some(Self { record, raw: Some(raw), facts, masked, lens, vital });
                }
                Err(text) => record.raw = Phi::new(text),
            }
        }
        // EXPOSE: read for the screen; the author of a labelled record may matter, so it keeps its text until that is decided.
        let (raw, facts) = keep_fhir::parse_and_extract(record.raw.expose().as_str());
        let masked = Self::is_masked(access_view.reads(&record, facts.as_ref()))?;
        record.raw = Phi::new(String::new());
        let raw = raw.map(|raw| shown(raw, &record, access_view));
        let (lens, vital) = (OnceCell::new(), OnceCell::new());
        Some(Self { record, raw, facts: facts.map(Box::new), masked, lens, vital })
    }

    /// `None` where nothing of it may be shown.
    fn is_masked(decision: Decision) -> Option<bool> {
        decision.is_visible().then_some(decision == Decision::Masked)
    }

    /// The FHIR type.
    pub(crate) fn kind(&self) -> &str {
        &self.record.key.resource_type
    }

    fn lens(&self) -> Option<&Lens> {
        let read = || {
            let raw = self.raw.as_ref()?;
            match self.kind() {
                "Observation" => lens::observation(raw).ok().map(|lens| Lens::Observation(Box::new(lens))),
                "Condition" => lens::condition(raw).ok().map(|lens| Lens::Condition(Box::new(lens))),
                "Patient" => lens::patient(raw).ok().map(|lens| Lens::Patient(Box::new(lens))),
                _ => None,
            }
        };
        self.lens.get_or_init(read).as_ref()
    }

    /// The values of an Observation; `None` for any other type.
    pub(crate) fn observation(&self) -> Option<&ObservationLens> {
        if let Some(Lens::Observation(lens)) = self.lens() { Some(lens) } else { None }
    }

    /// The parts of a Condition; `None` for any other type.
    pub(crate) fn condition(&self) -> Option<&ConditionLens> {
        if let Some(Lens::Condition(lens)) = self.lens() { Some(lens) } else { None }
    }

    /// The person of a Patient; `None` for any other type.
    pub(crate) fn person(&self) -> Option<&PatientLens> {
        if let Some(Lens::Patient(lens)) = self.lens() { Some(lens) } else { None }
    }

    /// The values of an Observation, where they were read already.
    pub(crate) fn read_observation(&self) -> Option<Option<&ObservationLens>> {
        self.lens.get().map(|_| self.observation())
    }

    /// The resource id.
    pub(crate) fn id(&self) -> String {
        self.record.key.id.to_string()
    }

    /// Whether it was entered in error.
    pub(crate) fn is_entered_in_error(&self) -> bool {
        self.facts.as_ref().is_some_and(|f| f.entered_in_error)
    }

    /// Whether it, or an element of it that the index needs, could not be read.
    pub(crate) fn is_unreadable(&self) -> bool {
        self.record.unreadable || self.raw.is_none() || self.facts.as_ref().is_none_or(|f| !f.faults.is_empty())
    }

    /// When it happened.
    pub(crate) fn at(&self) -> Option<UtcMillis> {
        self.facts.as_ref().and_then(|f| f.clinical_time)
    }

    /// Whether one of its categories has this code.
    pub(crate) fn has_category(&self, code: &str) -> bool {
        self.facts.as_ref().is_some_and(|f| f.categories.iter().any(|c| c.code.eq_ignore_ascii_case(code)))
    }

    /// Sync state.
    pub(crate) const fn state(&self) -> RecordStateDto {
        state_of(self.record.state)
    }
}

/// The text of a record without the parts that the role may not know, so that nothing can show them.
fn shown(raw: Raw, record: &Record, access_view: &AccessView) -> Raw {
    let hides = record.key.resource_type == "Appointment" && !access_view.knows_why(record);
    if hides { lens::booking_of(&raw) } else { raw }
}

/// The state as it crosses to the page.
pub(crate) const fn state_of(state: RecordState) -> RecordStateDto {
    match state {
        RecordState::Synced => RecordStateDto::Synced,
        RecordState::Pending => RecordStateDto::Pending,
        RecordState::Conflict => RecordStateDto::Conflict,
        RecordState::Rejected => RecordStateDto::Rejected,
    }
}

/// The readable records of one type that are not masked, with their texts.
pub(crate) fn readable<'e>(
    entries: &'e [VisibleRecord],
    kind: &'static str,
) -> impl Iterator<Item = (&'e VisibleRecord, &'e Raw)> {
    let of_kind = entries.iter().filter(move |e| e.kind() == kind && !e.masked);
    of_kind.filter_map(|e| Some((e, e.raw.as_ref()?)))
}

/// Those of them that are not entered in error.
pub(crate) fn valid<'e>(
    entries: &'e [VisibleRecord],
    kind: &'static str,
) -> impl Iterator<Item = (&'e VisibleRecord, &'e Raw)> {
    readable(entries, kind).filter(|(e, _)| !e.is_entered_in_error())
}
