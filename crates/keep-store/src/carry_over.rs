//! Unsent work in a segment file that was set aside: verified entries continue in the replacement file, others wait
//! there for the user's decision. The old file is never deleted.

use crate::change_set::{ChangeSetRow, EntryRef, EntryRow, EntryState, Operation, entry_key, set_key};
use crate::cipher::{OpenMode, open_cipher};
use crate::error::StoreError;
use crate::id_key::IdKey;
use crate::journal::Journal;
use crate::mutex::acquire;
use crate::record::{RecordState, StateBits};
use crate::repair::{CarriedOver, Repair, UNVERIFIED};
use crate::repair_log::put as put_repair;
use crate::resource_type::code_of;
use crate::row_facts::fingerprint_of;
use crate::segment_access::{RowView, SegmentAccess, chart_number_of, row_ids_of};
use crate::segment_check::{CheckedSegments, opens};
use crate::store::Store;
use crate::sum::Sum;
use crate::tagged::verify_charts;
use crate::write_tx::{NewText, WriteTx};
use keep_domain::{Phi, Segment};
use keep_keys::SegmentKey;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::path::Path;

/// One unsent record of the old file.
struct UnsentEntry {
    entry: EntryRow,
    raw: Phi<String>,
    is_verified: bool,
}

impl Store {
    /// What happened to the unsent work of files that were set aside when this store was opened.
    #[must_use]
    pub fn carried_over(&self) -> Vec<(Segment, CarriedOver)> {
        acquire(&self.carried_over).clone()
    }

    /// Copies the unsent work of files that were set aside into their replacements, once. A file whose key this session
    /// does not hold waits for a session that does.
    pub(crate) fn carry_over_from(&self, checked: &CheckedSegments) -> Result<(), StoreError> {
        let waiting = |r: &Repair| !r.carried_over && !r.set_aside.is_empty() && self.is_open(r.segment);
        for repair in self.repairs().into_iter().filter(waiting) {
            let old_file = self.profile.join("segments").join(&repair.set_aside);
            let fits = |k: &&SegmentKey| k.segment() == repair.segment && opens(&old_file, k);
            let has_its_key = |k: &SegmentKey| k.segment() == repair.segment && k.generation() + 1 >= repair.generation;
            if !checked.other_keys.iter().any(|k| fits(&k)) && checked.other_keys.iter().any(has_its_key) {
                // Its first page is damaged, so no key will ever open it.
                let done = CarriedOver { incomplete: true, ..CarriedOver::default() };
                self.write_bulk(|tx| {
                    put_repair(tx.writer(Segment::Directory)?, &Repair { carried_over: true, ..repair.clone() })
                })?;
                acquire(&self.carried_over).push((repair.segment, done));
            } else if let Some(key) = checked.other_keys.iter().find(fits) {
                let done = self.carry_over(&old_file, key, &repair)?;
                acquire(&self.carried_over).push((repair.segment, done));
            }
        }
        Ok(())
    }

    /// Copies the unsent work of the file `old_file`, whose key is `key`.
    ///
    /// An entry is sent without review only if the whole file still verifies: any other may have been sent before, and
    /// is stored as rejected.
    ///
    /// # Errors
    /// What the present files refuse; nothing is copied then.
    pub(crate) fn carry_over(
        &self,
        old_file: &Path,
        key: &SegmentKey,
        repair: &Repair,
    ) -> Result<CarriedOver, StoreError> {
        let mut done = CarriedOver::default();
        let access = SegmentAccess::alone(key);
        let open = || open_cipher(old_file, &key.database_key(), OpenMode::Write);
        let Ok(conn) = open() else {
            // Its salt matches the key but it does not open: it can never be read.
            self.write_bulk(|tx| {
                put_repair(tx.writer(Segment::Directory)?, &Repair { carried_over: true, ..repair.clone() })
            })?;
            self.load_repairs()?;
            return Ok(CarriedOver { incomplete: true, ..done });
        };
        let is_whole = verify_charts(&conn, &access).is_ok();
        // A connection is not reliable after damage.
        let conn = if is_whole { conn } else { open()? };
        let (entries, all_entries) = readable::<EntryRow>(&conn, &access);
        let (sets, all_sets) = readable::<ChangeSetRow>(&open()?, &access);
        done.incomplete = !(all_entries && all_sets);
        let mut found = Vec::new();
        for entry in entries.into_values() {
            let read = open().and_then(|conn| read_entry(&conn, &access, &entry));
            match read {
                Ok((raw, fits)) => {
                    found.push(UnsentEntry { entry, raw, is_verified: is_whole && fits && repair.just_set_aside })
                }
                Err(_) => done.lost = done.lost.saturating_add(1),
            }
        }
        done.verified = count(&found, true);
        done.unverified = count(&found, false);
        let sets = sets.into_iter().filter_map(|(k, row)| Some((crate::change_set::sequence_of(&k)?, row))).collect();
        self.write_bulk(|tx| {
            found.iter().try_for_each(|one| tx.carry_entry(key.segment(), one))?;
            tx.carry_sets(key.segment(), &sets)?;
            put_repair(tx.writer(Segment::Directory)?, &Repair { carried_over: true, ..repair.clone() })
        })?;
        self.load_repairs()?;
        // A Provenance that was copied with its targets waits for their chart, which exists from now on.
        let key_of = |one: &UnsentEntry| (IdKey::of(&one.entry.key.id), code_of(&one.entry.key.resource_type));
        let arrived: Vec<u64> = found.iter().map(key_of).map(|(id, code)| fingerprint_of(&id, code)).collect();
        self.file_awaiting(&arrived)?;
        Ok(done)
    }
}

fn count(found: &[UnsentEntry], verified: bool) -> u32 {
    u32::try_from(found.iter().filter(|f| f.is_verified == verified).count()).unwrap_or(u32::MAX)
}

/// The journal rows of a kind that can be read and match their tags, and whether those are all.
fn readable<J: Journal>(conn: &Connection, access: &SegmentAccess) -> (BTreeMap<Vec<u8>, J>, bool) {
    let (mut rows, mut all) = (BTreeMap::new(), true);
    let mut keys: Vec<Vec<u8>> = Vec::new();
    let listed = conn.prepare("SELECT key FROM main.journal WHERE kind = ?1 ORDER BY key").and_then(|mut statement| {
        let mut found = statement.query(params![J::KIND as u8])?;
        while let Some(row) = found.next()? {
            keys.push(row.get(0)?);
        }
        Ok(())
    });
    all &= listed.is_ok();
    for key in keys {
        match access.journal::<J>(conn, &key) {
            Ok(Some(row)) => {
                rows.insert(key, row);
            }
            _ => all = false,
        }
    }
    (rows, all)
}

/// The text that an entry would send, and whether its chart matches its sum.
fn read_entry(conn: &Connection, access: &SegmentAccess, entry: &EntryRow) -> Result<(Phi<String>, bool), StoreError> {
    let code = access.type_code(conn, &entry.key.resource_type)?.ok_or(StoreError::NotAvailable)?;
    let row = access.find(conn, code, &IdKey::of(&entry.key.id))?.ok_or(StoreError::NotAvailable)?;
    let record = access.open_row(conn, &row)?;
    let fits = chart_fits(conn, access, chart_number_of(row.row_id)).unwrap_or(false);
    Ok((entry.sent.clone().map_or(record.raw, Phi::new), fits))
}

fn chart_fits(conn: &Connection, access: &SegmentAccess, chart_number: u32) -> Result<bool, StoreError> {
    let chart = access.chart(conn, chart_number)?;
    let (mut sum, mut rows) = (Sum::default(), 0i64);
    let mut statement = conn.prepare_cached(&access.sql.window)?;
    let mut found = statement.query(row_ids_of(chart_number))?;
    while let Some(row) = found.next()? {
        sum.add(&RowView::of(row)?.stored_tag());
        rows += 1;
    }
    Ok(chart.is_some_and(|c| c.sum == sum && c.rows == rows))
}

impl WriteTx<'_> {
    fn carry_entry(&mut self, segment: Segment, found: &UnsentEntry) -> Result<(), StoreError> {
        let UnsentEntry { entry, raw, is_verified } = found;
        // EXPOSE: stored in the segment that it came from.
        let facts = crate::outbox::extract_resource(raw.expose())?;
        let mut bits = StateBits::of(if *is_verified { RecordState::Pending } else { RecordState::Rejected });
        if entry.operation == Operation::Delete {
            bits = bits.deleted();
        }
        let version = entry.base_version.as_deref().unwrap_or_default();
        // EXPOSE: as above.
        let text = NewText { raw: raw.expose(), version, updated: 0, state: bits };
        self.put_resource(&facts, segment, &text)?;
        let state = match entry.state {
            _ if !is_verified => EntryState::Rejected,
            EntryState::InFlight => EntryState::InFlight,
            // Sending it finds the conflict again.
            EntryState::Waiting | EntryState::Conflict => EntryState::Waiting,
            EntryState::Rejected => EntryState::Rejected,
        };
        let row = EntryRow {
            key: entry.key.clone(),
            sequence: entry.sequence,
            author: entry.author,
            operation: entry.operation,
            base_version: entry.base_version.clone(),
            base: entry.base.clone(),
            sent: entry.sent.clone(),
            state,
            idempotency: entry.idempotency.clone(),
            outcome: if *is_verified { entry.outcome.clone() } else { Some(UNVERIFIED.to_owned()) },
            fields: entry.fields.clone(),
            conflict: None,
            before: None,
        };
        self.writer(segment)?.put_journal(&entry_key(&row.key, row.sequence), &row)
    }

    /// Gives every open entry a change set again: its own, or a new one if that was lost.
    fn carry_sets(&mut self, segment: Segment, sets: &BTreeMap<u64, ChangeSetRow>) -> Result<(), StoreError> {
        let mut by_sequence: BTreeMap<u64, Vec<(EntryRef, keep_domain::UserId)>> = BTreeMap::new();
        for access in self.accesses() {
            let rows: Vec<(Vec<u8>, EntryRow)> = access.journals(self.conn, &[])?;
            for (_, row) in rows {
                let one = (EntryRef { segment: access.segment, key: row.key }, row.author);
                by_sequence.entry(row.sequence).or_default().push(one);
            }
        }
        for (sequence, entries) in by_sequence {
            let has_set = self
                .accesses()
                .any(|a| matches!(a.journal::<ChangeSetRow>(self.conn, &set_key(sequence)), Ok(Some(_))));
            let Some((_, author)) = entries.first().filter(|_| !has_set) else { continue };
            let known = sets.get(&sequence);
            let row = ChangeSetRow {
                author: known.map_or(*author, |k| k.author),
                saved: known.map_or_else(|| self.now().0, |k| k.saved),
                depends_on: known.map(|k| k.depends_on.clone()).unwrap_or_default(),
                entries: entries.iter().map(|(entry, _)| entry.clone()).collect(),
            };
            let top = entries.iter().map(|(entry, _)| entry.segment).max().unwrap_or(segment);
            self.writer(top)?.put_journal(&set_key(sequence), &row)?;
        }
        Ok(())
    }
}
