//! Audit upload: `PUT AuditEvent/{uuid}` in batches, so that a repeat is harmless.

use crate::blocking::with_store;
use crate::error::SyncError;
use crate::fhir_client::{FhirClient, WriteResponse, transaction_responses};
use crate::report::{Progress, ProgressSink};
use crate::sync_store::{OutgoingEvent, SyncStore};
use keep_domain::{ResourceId, ResourceKey};
use keep_fhir::{Raw, Transaction};
use std::sync::Arc;

/// Events per batch.
const BATCH: u32 = 40;

/// Uploads audit events for one signed-in user.
pub(crate) struct AuditUploader {
    pub(crate) client: FhirClient,
    pub(crate) store: Arc<dyn SyncStore>,
    pub(crate) progress: ProgressSink,
}

impl AuditUploader {
    /// Sends the events that this session can read, oldest first; `confirmed` counts those that the server has.
    ///
    /// # Errors
    /// The first error that ends the run. An event leaves the queue only after the server confirmed it.
    pub(crate) async fn upload_all(&self, confirmed: &mut u64) -> Result<(), SyncError> {
        loop {
            let events = with_store(&self.store, |store| store.undelivered_events(BATCH)).await?;
            if events.is_empty() {
                return Ok(());
            }
            let delivered = self.send(&events).await?;
            let count = u64::try_from(delivered.len()).unwrap_or(u64::MAX);
            with_store(&self.store, move |store| store.mark_delivered(&delivered)).await?;
            *confirmed = confirmed.saturating_add(count);
            (self.progress)(Progress::Auditing { confirmed: *confirmed });
            if count == 0 {
                // No event of the oldest batch was accepted: an immediate retry would never end.
                return Ok(());
            }
        }
    }

    async fn send(&self, events: &[OutgoingEvent]) -> Result<Vec<u64>, SyncError> {
        let mut bundle = Transaction::default();
        for event in events {
            bundle.put(&parse(event)?, None).map_err(|_| SyncError::Internal("audit event"))?;
        }
        let response = self.client.transact(bundle.into_raw().as_str()).await?;
        match response.status {
            200..=299 => Ok(confirmed_events(&response, events)),
            // An event that the server already has in another form must not block the others.
            400 | 404 | 405 | 409 | 412 | 413 | 422 => self.send_one_by_one(events).await,
            status => Err(SyncError::Failed { status, retry_after: response.retry_after }),
        }
    }

    async fn send_one_by_one(&self, events: &[OutgoingEvent]) -> Result<Vec<u64>, SyncError> {
        let mut delivered = Vec::new();
        for event in events {
            let id: ResourceId = event.event.to_string().parse().map_err(|_| SyncError::Internal("event id"))?;
            let key = ResourceKey::new("AuditEvent", id);
            let raw = parse(event)?;
            let response = self.client.update(&key, raw.as_str(), None).await?;
            match response.status {
                // A server with immutable events answers 405 or 409 for one that it already has: no one else uses its
                // id.
                200..=299 | 405 | 409 => delivered.push(event.sequence),
                400..=499 if response.status != 429 => {}
                status => return Err(SyncError::Failed { status, retry_after: response.retry_after }),
            }
        }
        Ok(delivered)
    }
}

fn parse(event: &OutgoingEvent) -> Result<Raw, SyncError> {
    // EXPOSE: the event goes to the audit repository.
    Raw::parse(event.json.expose().as_str()).map_err(|_| SyncError::Internal("audit event"))
}

fn confirmed_events(response: &WriteResponse, events: &[OutgoingEvent]) -> Vec<u64> {
    // EXPOSE: only statuses are read.
    let Some(bundle) = transaction_responses(response.text.expose(), events.len()) else { return Vec::new() };
    let ok = |status: Option<u16>| status.is_some_and(|s| (200..300).contains(&s));
    bundle.entries().zip(events).filter(|(entry, _)| ok(entry.status())).map(|(_, e)| e.sequence).collect()
}
