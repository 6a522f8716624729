//! Audit upload: `PUT AuditEvent/{uuid}` in batches, so that a repeat is harmless; where the server makes the ids, one by
//! one with our id as a tag, which is searched for before.

use crate::blocking::with_store;
use crate::error::SyncError;
use crate::fhir_client::{
    FhirClient, MatchIds, ReadResponse, Search, WriteResponse, parse_search, transaction_responses,
};
use crate::http::form_pair;
use crate::push::{IdMaker, PushWaits, id_maker, learn_id_maker};
use crate::report::{Progress, ProgressSink};
use crate::sync_store::{OutgoingEvent, SyncStore};
use keep_domain::{ResourceId, ResourceKey};
use keep_fhir::write::server_made;
use keep_fhir::{Raw, Transaction};
use std::sync::Arc;

/// Events per batch.
const BATCH: usize = 40;

/// Uploads audit events for one signed-in user.
pub(crate) struct AuditUploader {
    pub(crate) client: FhirClient,
    pub(crate) store: Arc<dyn SyncStore>,
    pub(crate) waits: PushWaits,
    pub(crate) progress: ProgressSink,
}

/// What the server answered about one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EventResponse {
    /// The server has it.
    Delivered,
    /// An event of that id cannot be written: the server may have it already, and never changes events.
    Immutable,
    /// The server does not take it now; it waits alone.
    Refused,
    /// The server has no time.
    Busy,
}

impl EventResponse {
    const fn of(status: Option<u16>) -> Self {
        match status {
            Some(200..=299) => Self::Delivered,
            Some(405 | 409) => Self::Immutable,
            Some(408 | 425 | 429 | 500..) => Self::Busy,
            _ => Self::Refused,
        }
    }
}

impl AuditUploader {
    /// Sends the events that this session can read, each once, oldest first; `confirmed` counts those that the server
    /// has. An event that the server refuses waits alone and delays no other.
    ///
    /// # Errors
    /// The first error that ends the run. An event leaves the queue only after the server confirmed it.
    pub(crate) async fn upload_all(&self, confirmed: &mut u64) -> Result<(), SyncError> {
        let (mut from, mut size) = (0, BATCH);
        loop {
            let limit = u32::try_from(size).unwrap_or(u32::MAX);
            let listed = with_store(&self.store, move |store| store.undelivered_events(from, limit)).await?;
            let Some(last) = listed.last().map(|event| event.sequence) else { return Ok(()) };
            let now = self.client.monotonic();
            let events: Vec<_> = listed.into_iter().filter(|e| !self.waits.is_event_delayed(e.sequence, now)).collect();
            if !events.is_empty() {
                let Some(answers) = self.send(&events).await? else {
                    // More than the server takes at once.
                    size = (events.len() / 2).max(1);
                    continue;
                };
                self.record(&events, &answers, confirmed).await?;
            }
            from = last.saturating_add(1);
        }
    }

    async fn record(
        &self,
        events: &[OutgoingEvent],
        answers: &[EventResponse],
        confirmed: &mut u64,
    ) -> Result<(), SyncError> {
        let (mut delivered, mut is_busy) = (Vec::new(), false);
        for (event, answer) in events.iter().zip(answers) {
            let has_it = match answer {
                EventResponse::Delivered => true,
                EventResponse::Immutable => self.is_there(event).await?,
                EventResponse::Refused => false,
                EventResponse::Busy => {
                    is_busy = true;
                    continue;
                }
            };
            if has_it {
                delivered.push(event.sequence);
            } else {
                self.waits.begin_event(event.sequence, self.client.monotonic());
            }
        }
        let count = u64::try_from(delivered.len()).unwrap_or(u64::MAX);
        self.waits.end_events(&delivered);
        with_store(&self.store, move |store| store.mark_delivered(&delivered)).await?;
        *confirmed = confirmed.saturating_add(count);
        (self.progress)(Progress::Auditing { confirmed: *confirmed });
        if is_busy { Err(SyncError::Failed { status: 503, retry_after: None }) } else { Ok(()) }
    }

    /// `None` where it is more than the server takes at once.
    async fn send(&self, events: &[OutgoingEvent]) -> Result<Option<Vec<EventResponse>>, SyncError> {
        let ids = id_maker(&self.store, self.client.base()).await?;
        if ids == Some(IdMaker::Server) {
            return Ok(Some(self.create_all(events).await?));
        }
        let answers = self.put_all(events).await?;
        let all_refused = answers.as_ref().is_some_and(|all| all.iter().all(|a| *a == EventResponse::Refused));
        // It may be only the ids that the server does not take.
        if ids.is_none()
            && all_refused
            && let Some((first, others)) = events.split_first()
            && self.create_there(first).await? == EventResponse::Delivered
        {
            learn_id_maker(&self.store, self.client.base(), IdMaker::Server).await?;
            let mut answers = vec![EventResponse::Delivered];
            answers.extend(self.create_all(others).await?);
            return Ok(Some(answers));
        }
        Ok(answers)
    }

    async fn create_all(&self, events: &[OutgoingEvent]) -> Result<Vec<EventResponse>, SyncError> {
        let mut answers = Vec::with_capacity(events.len());
        for event in events {
            answers.push(self.create_there(event).await?);
        }
        Ok(answers)
    }

    /// Creates an event under an id of the server's, once: a server may ignore the condition, so that it is asked before.
    async fn create_there(&self, event: &OutgoingEvent) -> Result<EventResponse, SyncError> {
        let made = server_made(&parse(event)?, &key_of(event)?).map_err(|_| SyncError::Internal("audit event"))?;
        let search = Search::of_type("AuditEvent").with(made.parameter, made.value.clone()).with("_count", "1");
        let id = event.event.to_string();
        match self.client.search_whole(&search).await {
            Ok(page) => {
                // EXPOSE: searched for the event's own id; a server may ignore the parameter.
                let found = parse_search(page.text.expose(), "AuditEvent", MatchIds::Required)?;
                if found.iter().any(|entry| entry.is_match && entry.text.contains(&id)) {
                    return Ok(EventResponse::Delivered);
                }
            }
            // Not to be read by this user: the condition remains.
            Err(SyncError::Failed { status: 400..500, .. }) => {}
            Err(error) => return Err(error),
        }
        let condition = form_pair(made.parameter, &made.value);
        let response = self.client.create("AuditEvent", made.raw.as_str(), &condition).await?;
        match EventResponse::of(Some(response.status)) {
            // More than one is there.
            EventResponse::Refused if response.status == 412 => Ok(EventResponse::Delivered),
            EventResponse::Immutable => Ok(EventResponse::Refused),
            EventResponse::Busy => {
                Err(SyncError::Failed { status: response.status, retry_after: response.retry_after })
            }
            answer => Ok(answer),
        }
    }

    async fn put_all(&self, events: &[OutgoingEvent]) -> Result<Option<Vec<EventResponse>>, SyncError> {
        if let [only] = events {
            return Ok(Some(vec![self.send_one(only).await?]));
        }
        let mut bundle = Transaction::default();
        for event in events {
            bundle.put(&parse(event)?, None).map_err(|_| SyncError::Internal("audit event"))?;
        }
        // A batch: the server judges each event for itself.
        let response = self.client.transact(bundle.into_batch().as_str()).await?;
        match response.status {
            200..=299 => Ok(Some(answers_of(&response, events.len()))),
            413 => Ok(None),
            // No batches here.
            400 | 403..=405 | 409 | 412 | 422 | 501 => {
                let mut answers = Vec::with_capacity(events.len());
                for event in events {
                    answers.push(self.send_one(event).await?);
                }
                Ok(Some(answers))
            }
            status => Err(SyncError::Failed { status, retry_after: response.retry_after }),
        }
    }

    async fn send_one(&self, event: &OutgoingEvent) -> Result<EventResponse, SyncError> {
        let response = self.client.update(&key_of(event)?, parse(event)?.as_str(), None).await?;
        match EventResponse::of(Some(response.status)) {
            EventResponse::Busy => {
                Err(SyncError::Failed { status: response.status, retry_after: response.retry_after })
            }
            answer => Ok(answer),
        }
    }

    /// INVARIANT: an event that a server refuses to write counts as delivered only where that server has it.
    async fn is_there(&self, event: &OutgoingEvent) -> Result<bool, SyncError> {
        Ok(matches!(self.client.read(&key_of(event)?, None).await?, ReadResponse::Resource { .. }))
    }
}

fn key_of(event: &OutgoingEvent) -> Result<ResourceKey, SyncError> {
    let id: ResourceId = event.event.to_string().parse().map_err(|_| SyncError::Internal("event id"))?;
    Ok(ResourceKey::new("AuditEvent", id))
}

fn parse(event: &OutgoingEvent) -> Result<Raw, SyncError> {
    // EXPOSE: the event goes to the audit repository.
    Raw::parse(event.json.expose().as_str()).map_err(|_| SyncError::Internal("audit event"))
}

/// One answer for each event; all refused where the response does not match what was sent.
fn answers_of(response: &WriteResponse, sent: usize) -> Vec<EventResponse> {
    // EXPOSE: only statuses are read.
    let bundle = transaction_responses(response.text.expose(), sent);
    bundle.map_or_else(
        || vec![EventResponse::Refused; sent],
        |b| b.entries().map(|e| EventResponse::of(e.status())).collect(),
    )
}

#[cfg(test)]
mod tests;
