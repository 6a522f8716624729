//! A large load: pages are read and compressed on the caller's thread while earlier ones are written here.

use super::reading::{Compressed, compress_one, prepare};
use super::{LONG_MS, PageReport, SHORT_MS, STRIDE};
use crate::id_key::IdKey;
use crate::{AuditTicket, Store, StoreError};
use keep_domain::{Phi, Segment};
use keep_fhir::Raw;
use rusqlite::Connection;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;

/// In the order of a load, charts that do not exist yet come behind all that do.
const NEW_CHARTS: u32 = 1 << 31;

/// Records in their stored form, not stored yet.
#[derive(Default)]
pub struct ReadyPage(Vec<Compressed>);

impl ReadyPage {
    /// Adds a record; `false` where it is no JSON object, which is left out.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a text that is too long.
    pub fn add(&mut self, raw: Phi<String>) -> Result<bool, StoreError> {
        let item = prepare(raw, None)?;
        // EXPOSE: only whether it is JSON.
        if item.unreadable && Raw::parse(item.raw.expose().as_str()).is_err() {
            return Ok(false);
        }
        self.0.push(compress_one(item)?);
        Ok(true)
    }

    /// How many records.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for ReadyPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReadyPage({} records)", self.0.len())
    }
}

impl Store {
    /// Takes over pages until their sender is gone. Pages that are ready share a transaction, as far as its time
    /// allows; `report` grows with each one that is durable. `run` is the event of the import.
    ///
    /// # Errors
    /// What SQLite refuses; what was committed before stays.
    pub fn load(
        &self,
        run: &AuditTicket,
        pages: &Receiver<ReadyPage>,
        report: &mut PageReport,
    ) -> Result<(), StoreError> {
        let _covered_by = run;
        let mut queue = Vec::new().into_iter();
        let mut next = None;
        while queue.len() > 0 || next.is_some() || {
            next = pages.recv().ok();
            next.is_some()
        } {
            let (mut done, mut above) = (PageReport::default(), Vec::new());
            self.write_bulk(|tx| {
                let began = self.clock.monotonic();
                loop {
                    if queue.len() == 0 {
                        let Some(ReadyPage(mut items)) = next.take().or_else(|| pages.try_recv().ok()) else { break };
                        self.sort_by_chart(tx.conn, &mut items, |i| (i.facts.segment, i.patient.as_ref(), &i.id))?;
                        queue = items.into_iter();
                    }
                    for item in queue.by_ref().take(STRIDE) {
                        tx.take_over(item, &mut done, &mut above)?;
                    }
                    if self.is_over(began) {
                        break;
                    }
                }
                Ok(())
            })?;
            let elsewhere = self.send_up(above, &mut done)?;
            if !elsewhere.is_empty() {
                self.write_bulk(|tx| tx.note_elsewhere(&elsewhere))?;
            }
            report.add(done);
        }
        Ok(())
    }

    /// Whether a transaction that began then shall end: early while somebody waits to read.
    pub(super) fn is_over(&self, began: std::time::Duration) -> bool {
        let limit = if self.waiting_readers.load(Ordering::SeqCst) > 0 { SHORT_MS } else { LONG_MS };
        (self.clock.monotonic() - began).as_millis() >= limit
    }

    /// Records of one chart next to each other, so that the clustered table grows in order; `place` says the segment
    /// that an item is of, its patient and its own id.
    pub(super) fn sort_by_chart<T>(
        &self,
        conn: &Connection,
        items: &mut [T],
        place: impl Fn(&T) -> (Segment, Option<&IdKey>, &IdKey),
    ) -> Result<(), StoreError> {
        if items.len() < 2 {
            return Ok(());
        }
        let mut ordinals: HashMap<(Segment, IdKey), u32> = HashMap::new();
        let mut fresh = NEW_CHARTS;
        for item in items.iter() {
            let (segment, Some(patient), _) = place(item) else { continue };
            let Ok(access) = self.access(segment) else { continue };
            if let Entry::Vacant(slot) = ordinals.entry((segment, patient.clone())) {
                fresh = fresh.saturating_add(1);
                slot.insert(access.patient_ordinal(conn, patient)?.unwrap_or(fresh));
            }
        }
        items.sort_by_cached_key(|item| {
            let (segment, patient, own) = place(item);
            let ordinal = match patient {
                Some(patient) => ordinals.get(&(segment, patient.clone())).copied().unwrap_or(u32::MAX),
                None => own.pseudo_chart(),
            };
            (segment, ordinal)
        });
        Ok(())
    }
}

impl PageReport {
    /// Adds what became of more records; places in a page are not kept.
    fn add(&mut self, more: Self) {
        self.stored += more.stored;
        self.unchanged += more.unchanged;
        self.deleted += more.deleted;
        self.sealed += more.sealed;
        self.elsewhere += more.elsewhere;
        self.unreadable += more.unreadable;
        self.malformed += more.malformed;
        self.contested.extend(more.contested);
    }
}
