//! A record that this role may see, read once.

use super::sight::Sight;
use crate::dto::chart::RecordStateDto;
use keep_access::Decision;
use keep_domain::UtcMillis;
use keep_fhir::lens::{self, ObservationLens};
use keep_fhir::{Extracted, Raw};
use keep_store::{Record, RecordState};
use std::cell::OnceCell;

/// One record of a chart. INVARIANT: one that the role may not see never becomes an entry.
pub(crate) struct Entry {
    pub(crate) record: Record,
    /// `None` where the text is no readable resource.
    pub(crate) raw: Option<Raw>,
    /// `None` where the text is no readable resource.
    pub(crate) facts: Option<Extracted>,
    /// Only that it is there, not what it says.
    pub(crate) masked: bool,
    /// Read when the first list asks for it: vital signs and results both do.
    observation: OnceCell<Option<ObservationLens>>,
}

impl Entry {
    /// Reads a record; `None` where the role may not see it.
    pub(crate) fn of(record: Record, sight: &Sight) -> Option<Self> {
        // EXPOSE: read for the screen.
        let text = record.raw.expose().as_str();
        let (raw, facts) = keep_fhir::read(text);
        let decision = sight.reads(&record, facts.as_ref());
        if !decision.is_visible() {
            return None;
        }
        Some(Self { record, raw, facts, masked: decision == Decision::Masked, observation: OnceCell::new() })
    }

    /// The FHIR type.
    pub(crate) fn kind(&self) -> &str {
        &self.record.key.resource_type
    }

    /// What it says as an Observation; `None` for any other type.
    pub(crate) fn observation(&self) -> Option<&ObservationLens> {
        self.observation.get_or_init(|| lens::observation(self.raw.as_ref()?).ok()).as_ref()
    }

    /// Reads what [`Entry::observation`] will be asked for.
    pub(crate) fn read_ahead(&self) {
        let _kept = self.observation();
    }

    /// The resource id.
    pub(crate) fn id(&self) -> String {
        self.record.key.id.to_string()
    }

    /// Whether it was entered in error.
    pub(crate) fn is_struck(&self) -> bool {
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

    /// Where it stands with the server.
    pub(crate) const fn state(&self) -> RecordStateDto {
        state_of(self.record.state)
    }
}

/// The state in the interface's words.
pub(crate) const fn state_of(state: RecordState) -> RecordStateDto {
    match state {
        RecordState::Synced => RecordStateDto::Synced,
        RecordState::Pending => RecordStateDto::Pending,
        RecordState::Conflict => RecordStateDto::Conflict,
        RecordState::Rejected => RecordStateDto::Rejected,
    }
}

/// The readable entries of one type that count: not struck out, not masked, as raw texts.
pub(crate) fn valid<'e>(entries: &'e [Entry], kind: &'static str) -> impl Iterator<Item = (&'e Entry, &'e Raw)> {
    let of_kind = entries.iter().filter(move |e| e.kind() == kind && !e.is_struck() && !e.masked);
    of_kind.filter_map(|e| Some((e, e.raw.as_ref()?)))
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Entry({})", self.kind())
    }
}
