//! Audit upload: `PUT AuditEvent/{uuid}` in batches, so that a repeat is harmless.

use crate::SyncError;
use crate::fhir_client::{FhirClient, Reply, responses};
use crate::port::{OutgoingEvent, SyncPort};
use crate::pull::blocking;
use crate::report::{Progress, ProgressSink};
use keep_domain::{ResourceId, ResourceKey};
use keep_fhir::{Raw, Transaction};
use std::sync::Arc;

/// Events of one batch.
const BATCH: u32 = 40;

/// Everything that an upload works with.
pub(crate) struct Uploader {
    pub(crate) client: FhirClient,
    pub(crate) port: Arc<dyn SyncPort>,
    pub(crate) progress: ProgressSink,
}

impl Uploader {
    /// Sends the events that this session can read, oldest first; `confirmed` counts those that the server has.
    ///
    /// # Errors
    /// The first error that ends the run. An event leaves the queue only after the server confirmed it.
    pub(crate) async fn run(&self, confirmed: &mut u64) -> Result<(), SyncError> {
        loop {
            let port = Arc::clone(&self.port);
            let events = blocking(move || port.undelivered(BATCH)).await?;
            if events.is_empty() {
                return Ok(());
            }
            let delivered = self.send(&events).await?;
            let count = u64::try_from(delivered.len()).unwrap_or(u64::MAX);
            let port = Arc::clone(&self.port);
            blocking(move || port.mark_delivered(&delivered)).await?;
            *confirmed = confirmed.saturating_add(count);
            (self.progress)(Progress::Auditing { confirmed: *confirmed });
            if count == 0 {
                // Nothing of the oldest batch was taken: asking again at once would never end.
                return Ok(());
            }
        }
    }

    async fn send(&self, events: &[OutgoingEvent]) -> Result<Vec<u64>, SyncError> {
        let mut bundle = Transaction::default();
        for event in events {
            bundle.put(&read(event)?, None).map_err(|_| SyncError::Internal("audit event"))?;
        }
        let reply = self.client.transact(bundle.into_raw().as_str()).await?;
        match reply.status {
            200..=299 => Ok(confirmed_of(&reply, events)),
            // One event that the server has in its own wording must not hold up the others.
            400 | 404 | 405 | 409 | 412 | 413 | 422 => self.send_one_by_one(events).await,
            status => Err(SyncError::Failed { status, retry_after: reply.retry_after }),
        }
    }

    async fn send_one_by_one(&self, events: &[OutgoingEvent]) -> Result<Vec<u64>, SyncError> {
        let mut delivered = Vec::new();
        for event in events {
            let id: ResourceId = event.event.to_string().parse().map_err(|_| SyncError::Internal("event id"))?;
            let key = ResourceKey::new("AuditEvent", id);
            let raw = read(event)?;
            let reply = self.client.update(&key, raw.as_str(), None).await?;
            match reply.status {
                // A server that never changes an event answers 405 or 409 to one that it has: the id is ours alone.
                200..=299 | 405 | 409 => delivered.push(event.sequence),
                400..=499 if reply.status != 429 => {}
                status => return Err(SyncError::Failed { status, retry_after: reply.retry_after }),
            }
        }
        Ok(delivered)
    }
}

fn read(event: &OutgoingEvent) -> Result<Raw, SyncError> {
    // EXPOSE: the event goes to the audit repository, which is what it was written for.
    Raw::parse(event.json.expose().as_str()).map_err(|_| SyncError::Internal("audit event"))
}

fn confirmed_of(reply: &Reply, events: &[OutgoingEvent]) -> Vec<u64> {
    // EXPOSE: only statuses are read.
    let Some(bundle) = responses(reply.text.expose(), events.len()) else { return Vec::new() };
    let ok = |status: Option<u16>| status.is_some_and(|s| (200..300).contains(&s));
    bundle.entries().zip(events).filter(|(answer, _)| ok(answer.status())).map(|(_, e)| e.sequence).collect()
}
