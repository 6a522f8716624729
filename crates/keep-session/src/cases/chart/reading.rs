//! Reading a chart: the event and the store go side by side, and the ticket releases what was read.

use crate::error::SessionError;
use crate::unlocked::Unlocked;
use crate::view::access_view::AccessView;
use crate::view::clinic_clock::ClinicClock;
use crate::view::names::Names;
use crate::view::visible_record::VisibleRecord;
use crate::workstation::Workstation;
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_domain::{PatientId, Phi, ResourceKey, UtcMillis};
use keep_store::{Finding, Store, StoreError};

/// What the role sees of one person's records.
pub(crate) struct Chart {
    pub(crate) patient: PatientId,
    pub(crate) entries: Vec<VisibleRecord>,
    pub(crate) access_view: AccessView,
    pub(crate) clinic_clock: ClinicClock,
}

impl std::fmt::Debug for Chart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Chart")
    }
}

/// Reads a chart, or some types of it; recorded as one event.
pub(crate) fn read_chart(
    workstation: &Workstation,
    unlocked: &Unlocked,
    store: &Store,
    patient: &PatientId,
    types: &[&'static str],
) -> Result<Chart, SessionError> {
    view_chart(
        workstation,
        unlocked,
        store,
        patient,
        Part { name: types.first().copied(), types, every_value: false },
        Ok,
    )
}

/// What is read of a chart.
pub(crate) struct Part<'a> {
    /// As the event names it; `None` for the chart as such.
    pub(crate) name: Option<&'static str>,
    /// The types; empty means all.
    pub(crate) types: &'a [&'static str],
    /// Whether every Observation will be looked at, not only those of one window.
    pub(crate) every_value: bool,
}

/// Reads a chart and makes a view of it while the event is on its way to the disk; recorded as one event.
pub(crate) fn view_chart<T>(
    workstation: &Workstation,
    unlocked: &Unlocked,
    store: &Store,
    patient: &PatientId,
    part: Part<'_>,
    view: impl FnOnce(Chart) -> Result<T, SessionError>,
) -> Result<T, SessionError> {
    let mut event = EventDraft::new(EventClass::ChartRead).by(unlocked.actor()).about(Phi::new(patient.clone()));
    if let Some(name) = part.name {
        event = event.with("part", name);
    }
    let access_view = AccessView::of(unlocked, crate::cases::vitals::author::known(unlocked, store)?);
    let clinic_clock = ClinicClock::at(workstation.trusted_now()?);
    let pending = store.ledger().begin_append(event);
    let of = if part.every_value { VisibleRecord::with_values } else { VisibleRecord::of };
    let found = store.open_chart_by(patient, part.types, |record| of(record, &access_view));
    let found = found
        .map(|held| held.map(|entries| view(Chart { patient: patient.clone(), entries, access_view, clinic_clock })));
    // INVARIANT: nothing leaves this function before the event is durable.
    let ticket = pending.wait()?;
    found.map_err(|e| workstation.damage(unlocked, e))?.release(ticket)
}

/// The names behind references to staff, places and medicines.
pub(crate) fn names_of(store: &Store, keys: &[ResourceKey]) -> Result<Names, SessionError> {
    Ok(Names::of(&store.reference_records(keys)?).asked(keys))
}

impl Workstation {
    /// The time that clinical entries carry: never a clock that was set back.
    pub(crate) fn trusted_now(&self) -> Result<UtcMillis, SessionError> {
        self.with_time(|time| time.now())
    }

    /// Records what an integrity check found, and makes the fault.
    pub(crate) fn damage(&self, unlocked: &Unlocked, error: StoreError) -> SessionError {
        let told = crate::integrity_watch::report(self, unlocked);
        if let StoreError::Damaged(finding) = error
            && !told.contains(&finding)
        {
            let Finding { segment, kind, .. } = finding;
            let event = EventDraft::new(EventClass::IntegrityFinding).by(unlocked.actor());
            let event = event.ended(Outcome::SeriousFailure).with("finding", kind.name());
            self.record(event.with("segment", segment));
            let noted = unlocked.store().and_then(|store| Ok(store.note_damage(segment)?));
            if noted.is_err() {
                tracing::warn!("damage could not be written down");
            }
        }
        SessionError::from(error)
    }
}
