//! Change sets that are pending, rejected or in conflict, as the sync page lists them.

use crate::ctx::Ctx;
use crate::dto::sync::{SyncItemDto, SyncItemStateDto};
use crate::error::SessionError;
use crate::view::access_view::AccessView;
use keep_access::Group;
use keep_audit::{EventClass, EventDraft};
use keep_store::{AuthorBacklog, OutgoingSet, SetState, Store};

/// The most rows that the page shows.
const MOST_ITEMS: usize = 100;

pub(super) fn waiting(ctx: &Ctx<'_>) -> Result<Vec<SyncItemDto>, SessionError> {
    if backlog(ctx.store)? == (0, 0, 0) {
        return Ok(Vec::new());
    }
    // The queue shows who wrote what kind of record, so reading it is an event.
    let event = EventDraft::new(EventClass::Sync).by(ctx.session.actor()).with_cause("queue_shown");
    let ticket = ctx.workstation.enrolled_device()?.ledger.append(event)?;
    let names = ctx.workstation.names();
    let knows_why = AccessView::of(ctx.session, None).sees_any(&[Group::AppointmentReason, Group::SafetyFlag]);
    let item = |set: OutgoingSet| SyncItemDto {
        change_set: set.id.0,
        state: match set.state {
            SetState::Ready | SetState::WaitsForSet => SyncItemStateDto::Pending,
            SetState::WaitsForRank => SyncItemStateDto::WaitsForRank,
            SetState::Rejected => SyncItemStateDto::Rejected,
            SetState::Conflict => SyncItemStateDto::Conflict,
            SetState::Damaged => SyncItemStateDto::Damaged,
        },
        author: names.get(&set.author).cloned(),
        saved: set.saved.to_rfc3339(),
        kinds: kinds(&set),
        reason: if set.author == ctx.session.user || knows_why {
            // EXPOSE: the server's reason may quote the record: it is shown to its author and to clinicians.
            set.entries.iter().find_map(|e| e.outcome.as_ref()).map(|o| o.expose().clone())
        } else {
            None
        },
        conflict: set.entries.iter().find_map(|e| e.conflict).map(|c| c.0.to_string()),
    };
    Ok(ctx.store.next_change_sets(&ticket, MOST_ITEMS)?.into_iter().map(item).collect())
}

/// The types of record in a set, each once, in the order of the save; Provenance is left out.
fn kinds(set: &OutgoingSet) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    for key in set.entries.iter().map(|e| &e.key).chain(&set.damaged) {
        let kind = key.resource_type.as_str();
        if kind != "Provenance" && !kinds.iter().any(|known| known == kind) {
            kinds.push(kind.to_owned());
        }
    }
    kinds
}

/// Change sets of all authors: not confirmed yet, of these rejected, and in conflict.
pub(super) fn backlog(store: &Store) -> Result<(u32, u32, u32), SessionError> {
    let authors = store.backlog()?;
    let sum = |of: fn(&AuthorBacklog) -> u32| authors.iter().map(of).fold(0, u32::saturating_add);
    Ok((sum(|a| a.pending), sum(|a| a.rejected), sum(|a| a.conflicts)))
}
