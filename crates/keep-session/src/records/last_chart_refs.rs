//! References into the chart that was opened last, for the forms: its latest height and its visit of today.
//!
//! Only references are stored, in the user's own encrypted file; the values are read when they are used.

use super::chart::Chart;
use crate::dto::chart::vitals::SignDto;
use crate::error::SessionError;
use crate::own_file;
use crate::view::pregnancy::pregnancy;
use crate::view::visible_record::valid;
use crate::view::vitals::{Reading, latest};
use keep_domain::{PatientId, ResourceId, ResourceKey};
use keep_fhir::lens;
use keep_store::Store;
use serde::{Deserialize, Serialize};

/// The preference that holds them.
const NAME: &str = "chart.memo";

/// References into one chart.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastChartRefs {
    patient: PatientId,
    /// The Observation with the latest height.
    pub(crate) height: Option<ResourceId>,
    /// The visit that is open today.
    pub(crate) visit: Option<ResourceId>,
    /// The record that says that the patient is pregnant.
    #[serde(default)]
    pub(crate) pregnancy: Option<ResourceKey>,
}

impl LastChartRefs {
    /// The references of a chart that was just read.
    pub(crate) fn of_chart(chart: &Chart, readings: &[Reading<'_>]) -> Self {
        let height = latest(readings, SignDto::Height).map(|r| r.entry.record.key.id.clone());
        let open = valid(&chart.entries, "Encounter").filter(|(e, raw)| {
            let today = e.at().is_some_and(|at| chart.clinic_clock.is_today(at));
            today && lens::encounter(raw).ok().and_then(|l| l.status).as_deref() == Some("in-progress")
        });
        let visit = open.max_by_key(|(e, _)| e.at()).map(|(e, _)| e.record.key.id.clone());
        let pregnancy = pregnancy(&chart.entries, chart.clinic_clock.now);
        Self { patient: chart.patient.clone(), height, visit, pregnancy }
    }

    /// Stores them as those of the chart opened last, and notes that the chart was opened.
    pub(crate) fn note_opened(&self, store: &Store) -> Result<(), SessionError> {
        let text = self.text()?;
        if let Ok(own) = store.personal() {
            own.record_opened(&self.patient, NAME, text);
        }
        Ok(())
    }

    fn text(&self) -> Result<String, SessionError> {
        serde_json::to_string(self).map_err(|_| SessionError::of(keep_domain::ErrorCode::Internal))
    }
}

/// The references of this patient; `None` where another chart was opened last.
pub(crate) fn of(store: &Store, patient: &PatientId) -> Result<Option<LastChartRefs>, SessionError> {
    let text = own_file::preference(store, NAME);
    let refs: Option<LastChartRefs> = text.and_then(|t| serde_json::from_str(&t).ok());
    Ok(refs.filter(|m| m.patient == *patient))
}

/// Notes the visit that was opened for this patient, and a height that was taken in it.
pub(crate) fn note_visit(
    store: &Store,
    patient: &PatientId,
    visit: &ResourceKey,
    height: Option<&ResourceKey>,
) -> Result<(), SessionError> {
    let known = of(store, patient)?;
    let (known, pregnancy) = known.map(|m| (m.height, m.pregnancy)).unwrap_or_default();
    let height = height.map(|k| k.id.clone()).or(known);
    let text = LastChartRefs { patient: patient.clone(), height, visit: Some(visit.id.clone()), pregnancy }.text()?;
    if own_file::preference(store, NAME).as_deref() != Some(text.as_str()) {
        own_file::set_preference(store, NAME, &text);
    }
    Ok(())
}
