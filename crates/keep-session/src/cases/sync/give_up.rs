//! Giving up a change set that the server rejects.

use super::{queue, sync_page};
use crate::ctx::Ctx;
use crate::dto::failure::FailureDto;
use crate::dto::sync::{GiveUpDto, SyncPageDto};
use crate::error::SessionError;
use crate::records::author;
use crate::records::check_reason;
use crate::view::access_view::{AccessView, group_of};
use crate::workstation::Workstation;
use keep_access::{Action, Labels, PolicyResource};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{ErrorCode, Phi};
use keep_store::{ChangeSetId, OutgoingSet};

/// Gives up a rejected change set, with the reason: what it created is removed here, and what it changed is again as the
/// server has it. Its texts stay stored.
///
/// # Errors
/// `invalid` without a reason; `refused` for a colleague's set whose records this user may not mark as entered in error;
/// `stale` where it is not rejected, or another change set depends on it; `not_available`.
pub fn sync_give_up(workstation: &Workstation, request: GiveUpDto) -> Result<SyncPageDto, FailureDto> {
    workstation.authorize(Action::RunSync, |unlocked| give_up(&Ctx::new(workstation, unlocked)?, &request))?;
    sync_page(workstation)
}

fn give_up(ctx: &Ctx<'_>, request: &GiveUpDto) -> Result<(), SessionError> {
    check_reason(&request.reason)?;
    let id = ChangeSetId(request.change_set);
    let (sets, _) = queue::read(ctx)?;
    let set = sets.into_iter().find(|set| set.id == id).ok_or(ErrorCode::NotAvailable)?;
    if set.author != ctx.session.user {
        check_others(ctx, &set)?;
    }
    let keys: Vec<_> = set.entries.iter().map(|entry| entry.key.clone()).collect();
    let mut event = EventDraft::new(EventClass::Sync)
        .by(ctx.actor())
        .with_cause("given_up")
        .with_reason(Phi::new(request.reason.trim().to_owned()))
        .with_resources(&keys);
    if let Some(patient) = queue::patient_of(&set) {
        event = event.about(Phi::new(patient));
    }
    Ok(ctx.store.write(|tx| {
        let ticket = tx.append(&event)?;
        tx.give_up(&ticket, id)
    })?)
}

/// A colleague's work is given up, or exported, only by those who may mark it as entered in error.
pub(super) fn check_others(ctx: &Ctx<'_>, set: &OutgoingSet) -> Result<(), SessionError> {
    let view = AccessView::of(ctx.session, author::stored(ctx.store));
    for entry in set.entries.iter().filter(|entry| entry.key.resource_type != "Provenance") {
        // EXPOSE: read for the decision.
        let facts = keep_fhir::extract(entry.raw.expose()).map_err(|_| ErrorCode::NotAvailable)?;
        let resource = PolicyResource::of(group_of(&facts)).labelled(Labels::of(&facts.labels));
        ctx.permit(&view, Action::MarkEnteredInError, &resource)?;
    }
    Ok(())
}
