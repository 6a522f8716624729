//! Finding a patient.

use crate::ctx::Ctx;
use crate::dto::failure::{FailureDto, FieldReasonDto};
use crate::dto::index;
use crate::dto::search::{PatientPageDto, SearchDto};
use crate::error::SessionError;
use crate::records::patient_row::Lookup;
use crate::workstation::Workstation;
use keep_access::Action;
use keep_audit::{EventClass, EventDraft};
use keep_domain::{PatientId, Phi};
use keep_store::{AlertPeriod, SearchPage};
use std::collections::BTreeSet;

/// The most rows of one page.
const MOST_ROWS: u32 = 100;
/// The longest search text, characters. The event contains it, and the ledger's size is limited.
const LONGEST_QUERY: usize = 200;

/// Finds patients; the event contains the search text.
///
/// # Errors
/// `locked`, `refused`, `invalid` for a text above 200 characters, `waiting_for_grant`, `store_damaged`.
pub fn search_patients(workstation: &Workstation, request: SearchDto) -> Result<PatientPageDto, FailureDto> {
    workstation.authorize(Action::SearchPatients, |unlocked| {
        if request.query.chars().count() > LONGEST_QUERY {
            return Err(SessionError::field("query", FieldReasonDto::TooLong));
        }
        let ctx = &Ctx::new(workstation, unlocked)?;
        let clinic_clock = ctx.clinic_clock()?;
        let in_force = |period: &AlertPeriod| clinic_clock.is_in_force(period);
        let limit = request.limit.clamp(1, MOST_ROWS);
        let event =
            EventDraft::new(EventClass::Search).by(unlocked.actor()).with_query(Phi::new(request.query.clone()));
        // The rows are made while the event is on its way to the disk.
        ctx.read_audited(event, |store| {
            let found = store.search_patients(&request.query, index(request.offset), index(limit))?;
            Ok(store
                .with_alerts(found, &in_force)?
                .map(|(page, alerts)| rows_of(ctx, &page, index(request.offset), alerts)))
        })?
    })
}

fn rows_of(
    ctx: &Ctx<'_>,
    page: &SearchPage,
    offset: usize,
    alerts: BTreeSet<PatientId>,
) -> Result<PatientPageDto, SessionError> {
    let lookup = Lookup::new(ctx)?;
    let last = ctx.store.all_last_seen(page.patients.iter().map(|r| &r.key.id), lookup.clinic_clock.now)?;
    let alerts = lookup.alerts(alerts);
    let mut rows = Vec::with_capacity(page.patients.len());
    for (record, last) in page.patients.iter().zip(last) {
        rows.extend(lookup.row_seen(record, alerts.contains(&record.key.id), last));
    }
    // Charts opened today come first among the exact matches of a page; otherwise the best match does.
    let exact = index(page.exact).saturating_sub(offset).min(rows.len());
    if let Some(exact) = rows.get_mut(..exact) {
        exact.sort_by_key(|r| !r.opened_today);
    }
    let incomplete = page.incomplete || page.damaged > 0 || !ctx.store.is_whole("Patient");
    let &SearchPage { total, more, exact, unusable, .. } = page;
    Ok(PatientPageDto { rows, total, more, incomplete, exact, unusable })
}
