//! The waits between two starts of the program: every lock is one.

use super::{PushWaits, Wait, WaitCause, Waiting};
use crate::backoff::{Backoff, LONGEST};
use crate::blocking::with_store;
use crate::error::SyncError;
use crate::sync_store::SyncStore;
use keep_domain::{Clock, UtcMillis};
use keep_store::ChangeSetId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// The name of the preference that stores them.
const PREFERENCE: &str = "sync.waits";

#[derive(Debug, Default, Serialize, Deserialize)]
struct StoredWaits {
    sets: Vec<StoredWait>,
    events: Vec<StoredWait>,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredWait {
    /// The change set, or the sequence of the event.
    number: u64,
    cause: WaitCause,
    status: Option<u16>,
    failures: u32,
    /// By the wall clock, since a monotonic one starts again.
    until: UtcMillis,
}

impl PushWaits {
    /// Takes over the waits of the program's run before, once.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn restore(&self, store: &Arc<dyn SyncStore>, clock: &dyn Clock) -> Result<(), SyncError> {
        if self.lock().is_restored {
            return Ok(());
        }
        let text = with_store(store, |store| store.preference(PREFERENCE)).await?;
        // Unreadable ones are forgotten: then everything is sent at once.
        let stored: StoredWaits = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let waits = &mut *self.lock();
        waits.is_restored = true;
        let delays_ended = std::mem::take(&mut waits.delays_ended);
        let waiting = |stored: &StoredWait| {
            let until = if delays_ended { Duration::ZERO } else { clock.monotonic() + left(stored.until, clock.now()) };
            let wait = Some(Wait { cause: stored.cause, status: stored.status });
            Waiting { wait, backoff: Backoff::after(stored.failures), until }
        };
        for stored in &stored.sets {
            waits.sets.entry(ChangeSetId(stored.number)).or_insert_with(|| waiting(stored));
        }
        for stored in &stored.events {
            waits.events.entry(stored.number).or_insert_with(|| waiting(stored));
        }
        Ok(())
    }

    /// Stores the waits, if they have changed.
    ///
    /// # Errors
    /// Those of the store.
    pub(crate) async fn save(&self, store: &Arc<dyn SyncStore>, clock: &dyn Clock) -> Result<(), SyncError> {
        let text = {
            let waits = &mut *self.lock();
            if !std::mem::take(&mut waits.is_changed) {
                return Ok(());
            }
            let (now, elapsed) = (clock.now(), clock.monotonic());
            let stored = |number: u64, waiting: &Waiting| {
                let Wait { cause, status } = waiting.wait?;
                let left = waiting.until.saturating_sub(elapsed).as_millis();
                let until = now.plus_millis(i64::try_from(left).unwrap_or_default());
                Some(StoredWait { number, cause, status, failures: waiting.backoff.failures(), until })
            };
            let all = StoredWaits {
                sets: waits.sets.iter().filter_map(|(id, waiting)| stored(id.0, waiting)).collect(),
                events: waits.events.iter().filter_map(|(sequence, waiting)| stored(*sequence, waiting)).collect(),
            };
            serde_json::to_string(&all).map_err(|_| SyncError::Internal("waits"))?
        };
        with_store(store, move |store| store.set_preference(PREFERENCE, &text)).await
    }
}

/// The time left; never more than the longest wait, whatever happened to the clock.
fn left(until: UtcMillis, now: UtcMillis) -> Duration {
    let millis = u64::try_from(until.0.saturating_sub(now.0)).unwrap_or_default();
    Duration::from_millis(millis).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory_store::MemoryStore;
    use keep_domain::{ManualClock, Segment};

    async fn restarted(store: &Arc<dyn SyncStore>, clock: &ManualClock, is_asked: bool) -> PushWaits {
        let waits = PushWaits::default();
        if is_asked {
            waits.end_delays();
        }
        waits.restore(store, clock).await.unwrap();
        waits
    }

    #[tokio::test]
    async fn waits_survive_a_restart_with_their_cause_and_end_when_the_user_asks() {
        let store: Arc<dyn SyncStore> = Arc::new(MemoryStore::holding(Segment::Clinical));
        let clock = ManualClock::starting(UtcMillis(1_795_338_000_000));
        let (first, set) = (PushWaits::default(), ChangeSetId(5));
        first.restore(&store, &clock).await.unwrap();
        for _ in 0..30 {
            first.begin(set, Wait { cause: WaitCause::TooLarge, status: Some(413) }, clock.monotonic());
            first.begin_event(9, clock.monotonic());
        }
        // The draw of a delay may be short.
        first.lock().sets.values_mut().for_each(|w| w.until = clock.monotonic() + Duration::from_mins(10));
        first.save(&store, &clock).await.unwrap();

        let second = restarted(&store, &clock, false).await;
        assert_eq!(second.list(), first.list());
        assert!(second.is_delayed(set, clock.monotonic() + Duration::from_mins(9)));
        assert!(!second.is_delayed(set, clock.monotonic() + Duration::from_mins(11)));
        assert_eq!(second.lock().events.get(&9).map(|w| w.backoff.failures()), Some(30));
        let asked = restarted(&store, &clock, true).await;
        assert!(!asked.is_delayed(set, clock.monotonic()) && !asked.list().is_empty());
        second.end(set);
        second.save(&store, &clock).await.unwrap();
        assert!(restarted(&store, &clock, false).await.list().is_empty());
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_wait_longer_than_the_longest() {
        assert_eq!(left(UtcMillis(9_000_000_000), UtcMillis(0)), LONGEST);
        assert_eq!(left(UtcMillis(0), UtcMillis(9)), Duration::ZERO);
    }
}
