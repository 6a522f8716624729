//! One value of a vital sign.

use crate::dto::chart::vitals::SignDto;
use crate::view::visible_record::VisibleRecord;
use crate::view::words;
use keep_domain::UtcMillis;
use keep_fhir::lens::{Concept, Measured, ObservationLens, ReferenceRange};

/// One value of a sign, or the status of one that has no value.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'e> {
    /// The sign; [`SignDto::Other`] has a row by its own name.
    pub(crate) sign: SignDto,
    /// The Observation.
    pub(crate) entry: &'e VisibleRecord,
    pub(crate) lens: &'e ObservationLens,
    pub(crate) at: Option<UtcMillis>,
    /// The exact number in the unit of the chart; `None` for a value that is not drawn and not computed with.
    pub(crate) number: Option<f64>,
    pub(super) code: Option<&'e Concept>,
    pub(crate) value: Option<&'e Measured>,
    pub(super) judgement: Judgement<'e>,
}

/// What the record says of a value.
#[derive(Clone, Copy)]
pub(super) struct Judgement<'e> {
    /// Recorded interpretations.
    pub(super) said: &'e [Concept],
    pub(super) ranges: &'e [ReferenceRange],
    /// Whether a value that it was computed from was entered in error.
    pub(super) is_unfounded: bool,
}

impl Reading<'_> {
    /// The sign's name: the chart's own, or else as recorded.
    pub(super) fn name(&self) -> String {
        let own = self.sign.label();
        if own.is_empty() { words::observed(self.code).unwrap_or_default() } else { own.to_owned() }
    }
}
