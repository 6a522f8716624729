//! Writing records: the change, its Provenance and the event are one transaction.

use crate::ctx::Ctx;
use crate::dto::visit::SavedDto;
use crate::error::SessionError;
use keep_audit::EventDraft;
use keep_domain::{Phi, ResourceId, ResourceKey};
use keep_fhir::Raw;
use keep_fhir::write::{Activity, EntryContext, ProvenanceDraft, provenance};
use keep_store::{ChangeSetDraft, ChangeSetId, EntryDraft, Operation, Record, StoreError};

/// Records that did not exist before.
pub(crate) struct NewRecords {
    pub(crate) context: EntryContext,
    pub(crate) resources: Vec<(ResourceKey, Raw)>,
    pub(crate) activity: Activity,
    /// Whether one of them is a visit that this save opens.
    pub(crate) visit_started: bool,
}

impl NewRecords {
    /// Saves them with their Provenance.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) fn save(mut self, ctx: &Ctx<'_>, event: EventDraft) -> Result<SavedDto, SessionError> {
        let targets: Vec<ResourceKey> = self.resources.iter().map(|(key, _)| key.clone()).collect();
        self.resources.push(provenance_of(ctx, &self.context, targets, self.activity, None));
        let keys: Vec<ResourceKey> = self.resources.iter().map(|(key, _)| key.clone()).collect();
        let entries = self.resources.into_iter().map(|(_, raw)| create(raw)).collect();
        let event = event.touching(&keys);
        let set = ctx.store.write(|tx| {
            let ticket = tx.append(&event)?;
            tx.save_change_set(&ticket, ChangeSetDraft { author: ctx.session.user, entries })
        })?;
        Ok(saved(set, &keys, self.visit_started))
    }
}

/// A stored record with its new text.
pub(crate) struct ChangedRecord<'r> {
    pub(crate) context: EntryContext,
    pub(crate) record: &'r Record,
    pub(crate) changed: Raw,
    /// Why, as the user typed it.
    pub(crate) reason: Option<&'r str>,
}

impl ChangedRecord<'_> {
    /// Saves the new text with its Provenance.
    ///
    /// # Errors
    /// `stale` where the record has changed since it was read; those of the store.
    pub(crate) fn save(self, ctx: &Ctx<'_>, event: EventDraft) -> Result<SavedDto, SessionError> {
        let record = self.record;
        let targets = vec![record.key.clone()];
        let (made_key, made) = provenance_of(ctx, &self.context, targets, Activity::Update, self.reason);
        let keys = vec![record.key.clone(), made_key];
        let event = event.touching(&keys);
        let update = EntryDraft {
            operation: Operation::Update,
            base_version: record.version.clone(),
            raw: Phi::new(self.changed.into_string()),
        };
        let draft = ChangeSetDraft { author: ctx.session.user, entries: vec![update, create(made)] };
        let set = ctx.store.write(|tx| {
            // INVARIANT: the text that was changed is still the stored one.
            if tx.record(&record.key)?.is_none_or(|r| r.revision != record.revision || r.version != record.version) {
                return Err(StoreError::Stale);
            }
            let ticket = tx.append(&event)?;
            tx.save_change_set(&ticket, draft)
        })?;
        Ok(saved(set, &keys, false))
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
    context: &EntryContext,
    targets: Vec<ResourceKey>,
    activity: Activity,
    reason: Option<&str>,
) -> (ResourceKey, Raw) {
    let id = ResourceId::make_random();
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
