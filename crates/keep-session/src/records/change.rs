//! Writing records: the change, its Provenance and the event are one transaction.

use super::replaced::refuse_replaced;
use crate::ctx::Ctx;
use crate::dto::visit::SavedDto;
use crate::error::SessionError;
use keep_audit::EventDraft;
use keep_domain::{Phi, ResourceId, ResourceKey};
use keep_fhir::Raw;
use keep_fhir::write::{Activity, AuthoringContext, ProvenanceDraft, provenance};
use keep_store::{AuditGated, ChangeSetDraft, ChangeSetId, EntryDraft, Operation, Record};

/// Records that did not exist before.
pub(crate) struct NewRecords {
    pub(crate) context: AuthoringContext,
    pub(crate) resources: Vec<(ResourceKey, Raw)>,
    pub(crate) activity: Activity,
    /// Whether one of them is a visit that this save opens.
    pub(crate) visit_started: bool,
}

impl NewRecords {
    /// Saves new records with their Provenance. Appending the event also releases the gated values that the records were built from, and `T`.
    ///
    /// # Errors
    /// `record_replaced` for a patient whose record was merged into another; those of the store.
    pub(crate) fn save<T>(
        ctx: &Ctx<'_>,
        new: AuditGated<(Self, EventDraft, T)>,
    ) -> Result<(SavedDto, T), SessionError> {
        let new = new.and_then(|(new, event, value)| {
            let accepted = refuse_replaced(ctx.store, &new.context.patient)?;
            Ok::<_, SessionError>(accepted.map(|()| (new, event, value)))
        })?;
        let new = new.map(|(mut new, event, value)| {
            let targets: Vec<ResourceKey> = new.resources.iter().map(|(key, _)| key.clone()).collect();
            new.resources.push(provenance_of(ctx, &new.context, targets, new.activity, None));
            let keys: Vec<ResourceKey> = new.resources.iter().map(|(key, _)| key.clone()).collect();
            let entries = new.resources.into_iter().map(|(_, raw)| create(raw)).collect();
            let draft = ChangeSetDraft { author: ctx.session.user, entries };
            (event.with_resources(&keys), (draft, keys, new.visit_started, value))
        });
        let done = ctx.store.write(|tx| {
            let (ticket, (draft, keys, visit_started, value)) = tx.append_with(new)?;
            Ok((saved(tx.save_change_set(&ticket, draft)?, &keys, visit_started), value))
        });
        Ok(done?)
    }
}

/// A stored record with its new text.
pub(crate) struct ChangedRecord<'r> {
    pub(crate) context: AuthoringContext,
    pub(crate) record: Record,
    pub(crate) changed: Raw,
    /// Why, as the user typed it.
    pub(crate) reason: Option<&'r str>,
    /// Whether the author may undo it until it is sent.
    pub(crate) undoable: bool,
}

impl ChangedRecord<'_> {
    /// Saves the new text of a record with its Provenance. The event also releases the record.
    ///
    /// # Errors
    /// `stale` where the record has changed since it was read; `record_replaced`; those of the store.
    pub(crate) fn save(ctx: &Ctx<'_>, changed: AuditGated<(Self, EventDraft)>) -> Result<SavedDto, SessionError> {
        let changed = changed.and_then(|(changed, event)| {
            let accepted = refuse_replaced(ctx.store, &changed.context.patient)?;
            Ok::<_, SessionError>(accepted.map(|()| (changed, event)))
        })?;
        let changed = changed.map(|(Self { context, record, changed, reason, undoable }, event)| {
            let targets = vec![record.key.clone()];
            let (made_key, made) = provenance_of(ctx, &context, targets, Activity::Update, reason);
            let keys = vec![record.key.clone(), made_key];
            let update = EntryDraft {
                operation: Operation::Update,
                base_version: record.version.clone(),
                raw: Phi::new(changed.into_string()),
            };
            let draft = ChangeSetDraft { author: ctx.session.user, entries: vec![update, create(made)] };
            (event.with_resources(&keys), (record, draft, keys, undoable))
        });
        let done = ctx.store.write(|tx| {
            let (ticket, (record, draft, keys, undoable)) = tx.append_with(changed)?;
            // INVARIANT: the text that was changed is still the stored one.
            tx.check_unchanged(&record)?;
            let set = if undoable { tx.save_undoable(&ticket, draft) } else { tx.save_change_set(&ticket, draft) };
            Ok(saved(set?, &keys, false))
        });
        Ok(done?)
    }
}

fn create(raw: Raw) -> EntryDraft {
    EntryDraft { operation: Operation::Create, base_version: None, raw: Phi::new(raw.into_string()) }
}

fn saved(set: ChangeSetId, keys: &[ResourceKey], visit_started: bool) -> SavedDto {
    SavedDto { change_set: set.0, resources: keys.iter().map(ToString::to_string).collect(), visit_started }
}

/// Who wrote the targets, on which device.
fn provenance_of(
    ctx: &Ctx<'_>,
    context: &AuthoringContext,
    targets: Vec<ResourceKey>,
    activity: Activity,
    reason: Option<&str>,
) -> (ResourceKey, Raw) {
    let id = targets.first().map_or_else(ResourceId::make_random, |target| ResourceId::make_beside(&target.id));
    let facts = ProvenanceDraft {
        targets,
        author: context.author.clone(),
        device: ctx.workstation.settings().device,
        recorded: context.recorded,
        activity,
        reason: reason.map(|r| Phi::new(r.to_owned())),
    };
    let raw = provenance(&id, &facts);
    (ResourceKey::new("Provenance", id), raw)
}
