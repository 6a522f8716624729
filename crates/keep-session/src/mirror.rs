//! Marks of the latest state of each segment, in the keychain, by which an older copy of a file is recognised.

use crate::error::SessionError;
use crate::finding::finding_event;
use crate::state::acquire;
use crate::workstation::Workstation;
use keep_audit::Outcome;
use keep_domain::Segment;
use keep_store::{Mirror, SegmentMark, Store};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

/// The keychain item.
const ITEM: &str = "segment-marks";
/// How long a lock waits for the keychain; otherwise the next unlock writes the marks.
const AT_LOCK: Duration = Duration::from_millis(150);
/// The interval at which the store is checked for writes.
const EVERY: Duration = Duration::from_secs(20);

impl Workstation {
    /// The marks in the keychain; unreadable ones count as none, since they are only lower bounds.
    ///
    /// # Errors
    /// The keychain's states.
    pub(crate) fn mirror(&self) -> Result<Mirror, SessionError> {
        let kept = self.0.device.keychain.read(ITEM)?;
        // EXPOSE: counts and sums; they are in the keychain only so that they are not restored along with the files.
        let marks = kept.map(|bytes| serde_json::from_slice::<Mirror>(bytes.expose()));
        Ok(marks.and_then(Result::ok).unwrap_or_default())
    }

    /// Announces that a file of a new generation is about to be created, so that it does not count as damaged.
    pub(crate) fn announce_generation(&self, segment: Segment, generation: u32) -> Result<(), SessionError> {
        self.write_marks(&Mirror::from([(segment, SegmentMark::of_new(generation))]), &[])
    }

    /// Stores the present marks of a session's segments; a failure is only recorded.
    pub(crate) fn store_marks(&self, store: &Store) {
        let kept = store.marks().map_err(SessionError::from).and_then(|marks| self.write_marks(&marks, &[]));
        if let Err(error) = kept {
            let event = finding_event("mirror_not_kept").ended(Outcome::MinorFailure);
            self.record(event.with("code", error.code));
        }
    }

    /// The same on its own thread and with a short wait, for a lock.
    pub(crate) fn store_marks_before_lock(&self, store: &Arc<Store>) {
        let (workstation, store) = (self.clone(), Arc::clone(store));
        let (done, wait) = channel();
        let spawned = std::thread::Builder::new().name("mirror".into()).spawn(move || {
            if let Ok(marks) = store.marks() {
                drop(store);
                let _kept = workstation.write_marks(&marks, &[]);
            }
            // The receiver may have stopped waiting.
            let _gone = done.send(());
        });
        if spawned.is_ok() {
            let _late = wait.recv_timeout(AT_LOCK);
        }
    }

    /// Accepts the marks of segments whose file is older than expected, after an event and a repair: the next unlock
    /// compares with these.
    pub(crate) fn accept_older(&self, store: &Store, stale: &[Segment]) {
        if stale.is_empty() {
            return;
        }
        let kept = store.marks().map_err(SessionError::from).and_then(|marks| self.write_marks(&marks, stale));
        if kept.is_err() {
            tracing::warn!("the keychain still has the marks of the newer file");
        }
    }

    /// Stores marks that are newer than the stored ones, and those of `older` segments in any case.
    fn write_marks(&self, marks: &Mirror, older: &[Segment]) -> Result<(), SessionError> {
        let mut written = acquire(&self.0.session.marks_written);
        if marks.iter().all(|(segment, mark)| written.get(segment) == Some(mark)) {
            return Ok(());
        }
        let mut kept = self.mirror()?;
        for (segment, mark) in marks {
            let known = kept.get(segment).copied();
            if older.contains(segment) || known.is_none_or(|k| mark.is_later_than(&k)) {
                let issued = known.map_or(0, |k| k.issued.max(k.generation)).max(mark.issued);
                kept.insert(*segment, SegmentMark { issued, ..*mark });
            }
        }
        let text = serde_json::to_vec(&kept).map_err(|_| SessionError::of(keep_domain::ErrorCode::Internal))?;
        self.0.device.keychain.write(ITEM, &text)?;
        written.extend(marks.iter().map(|(s, m)| (*s, *m)));
        Ok(())
    }

    /// Stores the marks at intervals for as long as this session lasts.
    pub(crate) fn mirror_while_open(&self) {
        let Some(session) = self.try_session(|u| u.memory.since) else { return };
        let workstation = self.clone();
        self.0.runtime.spawn(async move {
            loop {
                tokio::time::sleep(EVERY).await;
                let same = workstation.try_session(|u| u.store.clone().filter(|_| u.memory.since == session));
                let Some(store) = same.flatten() else { return };
                let keeper = workstation.clone();
                // A join error means the runtime is ending.
                let _ = tokio::task::spawn_blocking(move || keeper.store_marks(&store)).await;
            }
        });
    }
}
