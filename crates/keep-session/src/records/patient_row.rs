//! A patient as one row of a list.

use super::author;
use crate::ctx::Ctx;
use crate::dto::search::PatientRowDto;
use crate::error::SessionError;
use crate::own_file;
use crate::view::access_view::AccessView;
use crate::view::clinic_clock::ClinicClock;
use crate::view::completeness;
use crate::view::person::{self, Seen};
use keep_domain::{PatientId, UtcMillis};
use keep_fhir::lens;
use keep_store::Record;
use keep_sync::CHART_TYPES;
use std::collections::{BTreeSet, HashSet};

/// Makes rows of patients: what they need besides the patient's record is looked up once.
pub(crate) struct Lookup<'s> {
    ctx: Ctx<'s>,
    pub(crate) view: AccessView,
    pub(crate) clinic_clock: ClinicClock,
    opened: HashSet<PatientId>,
    /// Whether all types that a chart needs have been downloaded once, by any user.
    pub(crate) ready: bool,
    /// Whether this user's own view is complete, so that missing records may be called absent.
    pub(crate) complete: bool,
    knows_visits: bool,
}

impl<'s> Lookup<'s> {
    pub(crate) fn new(ctx: &Ctx<'s>) -> Result<Self, SessionError> {
        let clinic_clock = ctx.clinic_clock()?;
        let opened = own_file::opened_since(ctx.store, clinic_clock.today().0).into_iter().collect();
        let found = ctx.workstation.completeness(ctx.session)?;
        let complete = completeness::may_say_absent(&found, CHART_TYPES, |t| ctx.store.may_hold(t));
        // What a colleague's session has downloaded is available to this one, also offline.
        let done = ctx.store.completed_by_anyone(&ctx.workstation.settings().server)?;
        // Lost and damaged records are reported in the chart, which opens with what is left.
        let opens = |t: &str| {
            let was_received = done.contains(t) || ctx.store.is_stale(t) || !ctx.store.is_whole(t);
            was_received || completeness::opens_without(&found, t)
        };
        let ready = complete || CHART_TYPES.iter().filter(|t| ctx.store.may_hold(t)).all(|t| opens(t));
        // A colleague's downloads say nothing about what this user may see.
        let knows_visits = ctx.store.may_hold("Encounter") && completeness::has_all(&found, &["Encounter"], |_| true);
        let view = AccessView::of(ctx.session, author::stored(ctx.store));
        Ok(Self { ctx: *ctx, view, clinic_clock, opened, ready, complete, knows_visits })
    }

    /// The patients whose alerts this role may know of.
    pub(crate) fn alerts(&self, found: BTreeSet<PatientId>) -> BTreeSet<PatientId> {
        if self.view.knows_of_alerts() { found } else { BTreeSet::new() }
    }

    /// One row; `None` for a patient whom the role may not see.
    pub(crate) fn row(&self, record: &Record, alert: bool) -> Result<Option<PatientRowDto>, SessionError> {
        let last = self.ctx.store.last_seen(&record.key.id, self.clinic_clock.now)?;
        Ok(self.row_seen(record, alert, last))
    }

    pub(crate) fn row_seen(&self, record: &Record, alert: bool, last: Option<UtcMillis>) -> Option<PatientRowDto> {
        // EXPOSE: read for the row.
        let (raw, facts) = keep_fhir::parse_and_extract(record.raw.expose().as_str());
        let decision = self.view.reads(record, facts.as_ref());
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
            // A masked patient stays in the list without details.
            (row.phone, row.last_seen) = (None, None);
            row.last_seen_known = false;
        }
        Some(row)
    }
}
