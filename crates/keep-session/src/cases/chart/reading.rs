//! Reading a chart: the event and the store go side by side, and the ticket releases what was read.

use crate::app::App;
use crate::fault::Fault;
use crate::unlocked::Unlocked;
use crate::view::entry::Entry;
use crate::view::glance::Glance;
use crate::view::names::Names;
use crate::view::sight::Sight;
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_domain::{PatientId, Phi, ResourceKey, UtcMillis};
use keep_store::{Finding, Store, StoreError};

/// What the role sees of one person's records.
pub(crate) struct Chart {
    pub(crate) patient: PatientId,
    pub(crate) entries: Vec<Entry>,
    pub(crate) sight: Sight,
    pub(crate) glance: Glance,
}

impl std::fmt::Debug for Chart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Chart")
    }
}

/// Reads a chart, or some types of it; recorded as one event.
pub(crate) fn read_chart(
    app: &App,
    unlocked: &Unlocked,
    store: &Store,
    patient: &PatientId,
    types: &[&'static str],
) -> Result<Chart, Fault> {
    let mut event = EventDraft::new(EventClass::ChartRead).by(unlocked.actor()).about(Phi::new(patient.clone()));
    if let Some(first) = types.first() {
        event = event.with("part", *first);
    }
    let pending = store.ledger().begin_append(event);
    let found = store.open_chart(patient, types);
    // INVARIANT: nothing is looked at before the event is durable.
    let ticket = pending.wait()?;
    let rows = found.map_err(|e| app.damage(unlocked, e))?.release(ticket);
    let sight = Sight::of(unlocked, crate::cases::vitals::author::kept(store)?);
    let entries = rows.records.into_iter().filter_map(|r| Entry::of(r, &sight)).collect();
    Ok(Chart { patient: patient.clone(), entries, sight, glance: Glance::at(app.trusted_now()?) })
}

/// Types that are about nobody's health: their names may be looked up beside any recorded read.
const SHARED: [&str; 5] = ["Practitioner", "PractitionerRole", "Organization", "Location", "Medication"];

/// The names behind references to staff, places and medicines.
pub(crate) fn names_of(store: &Store, keys: &[ResourceKey]) -> Result<Names, Fault> {
    let mut wanted: Vec<&ResourceKey> = keys.iter().filter(|k| SHARED.contains(&k.resource_type.as_str())).collect();
    wanted.sort();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(Names::default());
    }
    let records = store.write(|tx| {
        let mut found = Vec::new();
        for key in wanted {
            found.extend(tx.record(key)?);
        }
        Ok(found)
    })?;
    Ok(Names::of(&records))
}

impl App {
    /// The time that clinical entries carry: never a clock that was set back.
    pub(crate) fn trusted_now(&self) -> Result<UtcMillis, Fault> {
        self.with_time(|time| time.now())
    }

    /// Records what an integrity check found, and makes the fault.
    pub(crate) fn damage(&self, unlocked: &Unlocked, error: StoreError) -> Fault {
        if let StoreError::Damaged(Finding { segment, kind, .. }) = error {
            let event = EventDraft::new(EventClass::IntegrityFinding).by(unlocked.actor());
            let event = event.ended(Outcome::SeriousFailure).with("finding", kind.name());
            self.record(event.with("segment", segment));
        }
        Fault::from(error)
    }
}
