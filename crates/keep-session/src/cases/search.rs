//! Finding a patient.

use crate::dto::failure::FailureDto;
use crate::dto::search::{PatientPageDto, PatientRowDto, SearchDto};
use crate::error::SessionError;
use crate::own_file;
use crate::unlocked::Unlocked;
use crate::view::access_view::AccessView;
use crate::view::clinic_clock::ClinicClock;
use crate::view::completeness;
use crate::view::person::{self, Seen};
use crate::workstation::Workstation;
use keep_access::Action;
use keep_audit::{EventClass, EventDraft};
use keep_domain::{PatientId, Phi, UtcMillis};
use keep_fhir::lens;
use keep_store::{Record, SearchPage, Store};
use keep_sync::CHART_TYPES;
use std::collections::{BTreeSet, HashSet};

/// The most rows of one page.
const MOST_ROWS: u32 = 100;
/// The longest search text, characters: names, birth dates, numbers. The event holds it, and the ledger has an end.
const LONGEST_QUERY: usize = 200;

/// Finds patients; the event names what was asked.
///
/// # Errors
/// `locked`, `refused`, `invalid` for a text above 200 characters, `waiting_for_grant`, `store_damaged`.
pub fn search_patients(workstation: &Workstation, request: SearchDto) -> Result<PatientPageDto, FailureDto> {
    workstation
        .authorize(Action::SearchPatients, |unlocked| {
            if request.query.chars().count() > LONGEST_QUERY {
                return Err(SessionError::fields(vec![("query", "too_long")]));
            }
            let store = unlocked.store()?;
            let limit = request.limit.clamp(1, MOST_ROWS);
            let event =
                EventDraft::new(EventClass::Search).by(unlocked.actor()).asking(Phi::new(request.query.clone()));
            let pending = store.ledger().begin_append(event);
            let found = store.search_patients(&request.query, at(request.offset), at(limit));
            // The rows are made while the event is on its way to the disk.
            let found = found.and_then(|page| store.with_alerts(page));
            let made =
                found.map(|held| held.map(|(page, alerts)| rows_of(workstation, unlocked, store, &page, alerts)));
            // INVARIANT: nothing leaves this function before the event is durable.
            let ticket = pending.wait()?;
            made.map_err(|e| workstation.damage(unlocked, e))?.release(ticket)
        })
        .map_err(SessionError::into_dto)
}

fn rows_of(
    workstation: &Workstation,
    unlocked: &Unlocked,
    store: &Store,
    page: &SearchPage,
    alerts: BTreeSet<PatientId>,
) -> Result<PatientPageDto, SessionError> {
    let lookup = Lookup::make(workstation, unlocked, store)?;
    let last = store.all_last_seen(page.patients.iter().map(|r| &r.key.id), lookup.clinic_clock.now)?;
    let alerts = lookup.alerts(alerts);
    let mut rows = Vec::with_capacity(page.patients.len());
    for (record, last) in page.patients.iter().zip(last) {
        rows.extend(lookup.row_seen(record, alerts.contains(&record.key.id), last));
    }
    // Within a page the charts that were opened today come first; the order is the match's otherwise.
    rows.sort_by_key(|r| !r.opened_today);
    let incomplete = page.incomplete || page.damaged > 0 || !store.is_whole("Patient");
    Ok(PatientPageDto { rows, total: page.total, more: page.more, incomplete })
}

/// A count that crosses IPC as an index.
pub(crate) fn at(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

/// What rows of patients need besides their record.
pub(crate) struct Lookup<'s> {
    store: &'s Store,
    pub(crate) access_view: AccessView,
    pub(crate) clinic_clock: ClinicClock,
    opened: HashSet<PatientId>,
    ready: bool,
    complete: bool,
    knows_visits: bool,
}

impl<'s> Lookup<'s> {
    pub(crate) fn make(workstation: &Workstation, unlocked: &Unlocked, store: &'s Store) -> Result<Self, SessionError> {
        let clinic_clock = ClinicClock::at(workstation.trusted_now()?);
        let opened = own_file::opened_since(store, clinic_clock.today().0).into_iter().collect();
        let found = workstation.completeness(unlocked)?;
        let complete = completeness::has_all(&found, CHART_TYPES, |t| store.may_hold(t));
        // What a colleague's session has downloaded is here for this one as well, also without a network.
        let done = store.completed_by_anyone(&workstation.settings().server)?;
        // What is lost or damaged is said in the chart, which opens with all that is left.
        let opens = |t: &str| done.contains(t) || store.is_stale(t) || !store.is_whole(t);
        let ready = complete || CHART_TYPES.iter().filter(|t| store.may_hold(t)).all(|t| opens(t));
        // What a colleague may see says nothing of what this person would find.
        let knows_visits = store.may_hold("Encounter") && completeness::has_all(&found, &["Encounter"], |_| true);
        let access_view = AccessView::of(unlocked, super::vitals::author::kept(store)?);
        Ok(Self { store, access_view, clinic_clock, opened, ready, complete, knows_visits })
    }

    /// Whether everything that a chart cannot do without has been downloaded once, by whomever.
    pub(crate) const fn is_ready(&self) -> bool {
        self.ready
    }

    /// Whether this person's own view was downloaded completely, so that what is absent may be called absent.
    pub(crate) const fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whose alerts this role may know of.
    pub(crate) fn alerts(&self, found: BTreeSet<PatientId>) -> BTreeSet<PatientId> {
        if self.access_view.knows_of_alerts() { found } else { BTreeSet::new() }
    }

    /// One row; `None` for a patient whom the role may not see.
    pub(crate) fn row(&self, record: &Record, alert: bool) -> Result<Option<PatientRowDto>, SessionError> {
        let last = self.store.last_seen(&record.key.id, self.clinic_clock.now)?;
        Ok(self.row_seen(record, alert, last))
    }

    fn row_seen(&self, record: &Record, alert: bool, last: Option<UtcMillis>) -> Option<PatientRowDto> {
        // EXPOSE: read for the row.
        let (raw, facts) = keep_fhir::read(record.raw.expose().as_str());
        let decision = self.access_view.reads(record, facts.as_ref());
        if !decision.is_visible() {
            return None;
        }
        let id = &record.key.id;
        let opened_today = self.opened.contains(id);
        let seen = Seen { last, is_known: self.knows_visits, opened_today, ready: self.ready, alert };
        let lens = raw.and_then(|raw| lens::patient(&raw).ok());
        let Some(lens) = lens else { return Some(person::unreadable_row(id.as_str(), seen)) };
        let mut row = person::row(id.as_str(), &lens, &self.clinic_clock, seen);
        if !decision.is_allowed() {
            // A labelled record keeps its place and loses its detail.
            row.phone.clear();
            row.last_seen.clear();
            row.last_seen_known = false;
        }
        Some(row)
    }
}

impl std::fmt::Debug for Lookup<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Lookup")
    }
}
