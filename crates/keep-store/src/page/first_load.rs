//! A first load: rows of types that no open segment has yet are stored without looking for existing ones, on two
//! connections that write to different segments.

use super::PageReport;
use super::reading::IncomingRow;
use crate::error::StoreError;
use crate::resource_type::name_of;
use crate::resource_type::segments_of;
use crate::segment_access::SegmentAccess;
use crate::store::Store;
use crate::tagged::TaggedWriter;
use crate::write_tx::{Stored, put_in};
use keep_domain::Segment;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

/// The epoch of each open segment.
type Epochs = BTreeMap<Segment, i64>;

/// The rows that one connection stores, in order.
type RowQueue = VecDeque<IncomingRow>;

impl Store {
    /// Stores the rows that are certainly new and touch one segment only; returns the others, in order.
    pub(super) fn load_first(
        &self,
        rows: Vec<IncomingRow>,
        report: &mut PageReport,
    ) -> Result<Vec<IncomingRow>, StoreError> {
        let (empty_types, mut expected) = self.empty_types(&rows)?;
        let repeated = repeated(&rows);
        let is_new =
            |row: &IncomingRow| empty_types.contains(&(row.segment, row.code)) && !repeated.contains(&row.fingerprint);
        let (new, mut others): (Vec<_>, Vec<_>) = rows.into_iter().partition(is_new);
        let fullest = fullest(&new);
        let (mut first_queue, mut second_queue): (RowQueue, RowQueue) =
            new.into_iter().partition(|row| Some(row.segment) == fullest);
        if !first_queue.is_empty() {
            let mut second = self.second_writer()?;
            while self.load_some(&mut second, (&mut first_queue, &mut second_queue), &mut expected, report)? {}
        }
        others.extend(first_queue.into_iter().chain(second_queue));
        Ok(others)
    }

    /// One transaction on each connection; `false` if nothing is left or another writer has stored rows.
    fn load_some(
        &self,
        second: &mut Connection,
        (first_queue, second_queue): (&mut RowQueue, &mut RowQueue),
        expected: &mut Epochs,
        report: &mut PageReport,
    ) -> Result<bool, StoreError> {
        if first_queue.is_empty() && second_queue.is_empty() {
            return Ok(false);
        }
        let loaded = self.write_bulk(|tx| {
            // No one else writes now. Read outside both transactions, which must not lock what the other writes.
            if self.epochs(second)? != *expected {
                return Ok(None);
            }
            std::thread::scope(|scope| {
                let other = scope.spawn(move || {
                    // Rolled back when dropped: the connection does not outlive an error.
                    let transaction = second.transaction()?;
                    let loaded = self.load(&transaction, second_queue)?;
                    transaction.commit()?;
                    Ok::<_, StoreError>(loaded)
                });
                let mut loaded = self.load(tx.conn, first_queue)?;
                let second_loaded = other.join().map_err(|_| StoreError::Internal("loading thread"))??;
                loaded.segments.extend(second_loaded.segments);
                loaded.rows += second_loaded.rows;
                loaded.malformed += second_loaded.malformed;
                Ok(Some(loaded))
            })
        })?;
        let Some(loaded) = loaded else { return Ok(false) };
        for segment in loaded.segments {
            *expected.entry(segment).or_default() += 1;
        }
        report.stored += loaded.rows;
        report.malformed += loaded.malformed;
        Ok(true)
    }

    /// Stores rows until the time slice is over.
    fn load(&self, conn: &Connection, queue: &mut RowQueue) -> Result<Loaded, StoreError> {
        let (slice, mut loaded, mut over) = (self.time_slice(), Loaded::default(), false);
        while let Some(segment) = queue.front().map(|row| row.segment).filter(|_| !over) {
            let mut writer = TaggedWriter::begin(conn, self.access(segment)?)?;
            while let Some(row) = queue.pop_front_if(|row| row.segment == segment && !over) {
                let (facts, state) = (&row.facts, row.state());
                let stored =
                    Stored { body: &row.body, version: &facts.version, updated: facts.updated, state, fresh: true };
                put_in(&mut writer, facts, facts.patient.as_ref(), &stored)?;
                if crate::restricted_allergy::has_marker(&facts.type_name) {
                    crate::restricted_allergy::remove_marker(&mut writer, &facts.key()?)?;
                }
                loaded.malformed += usize::from(facts.malformed);
                over = slice.is_over(loaded.rows);
                loaded.rows += 1;
            }
            writer.finish()?;
            loaded.segments.push(segment);
        }
        Ok(loaded)
    }

    /// The types of these rows that no open segment has, with the segments where they may be stored without lookups,
    /// and the epochs for which this is true.
    fn empty_types(&self, rows: &[IncomingRow]) -> Result<(BTreeSet<(Segment, u16)>, Epochs), StoreError> {
        let codes: BTreeSet<u16> = rows.iter().map(|row| row.code).collect();
        let named = codes.iter().filter_map(|code| Some((*code, name_of(*code)?)));
        self.read_confirmed(|conn| {
            let mut empty_types = BTreeSet::new();
            // The segment of some depends on other records, and markers are written below some segments.
            for (code, name) in named.clone().filter(|(_, name)| !keep_fhir::follows_target(name)) {
                let segments = || segments_of(name).iter().filter_map(|s| self.access(*s).ok());
                let mut is_new_type = true;
                for access in segments() {
                    is_new_type &= !access.has_any(conn, code)?;
                }
                let has_marker = |s: Segment| {
                    crate::restricted_allergy::has_marker(name) && s > Segment::Clinical
                        || crate::alerts::has_marker(name) && s > Segment::Directory
                };
                let plain = |s: Segment| !self.is_read_only(s) && !has_marker(s);
                empty_types.extend(segments().filter(|a| is_new_type && plain(a.segment)).map(|a| (a.segment, code)));
            }
            Ok((empty_types, self.epochs(conn)?))
        })
    }

    fn epochs(&self, conn: &Connection) -> Result<Epochs, StoreError> {
        let epoch = |SegmentAccess { segment, schema, .. }: &SegmentAccess| {
            let sql = format!("SELECT epoch FROM {schema}.segment_state WHERE one = 1");
            Ok((*segment, conn.prepare_cached(&sql)?.query_row([], |r| r.get(0))?))
        };
        self.access.iter().map(epoch).collect()
    }
}

/// The outcome of one transaction.
#[derive(Default)]
struct Loaded {
    segments: Vec<Segment>,
    rows: usize,
    malformed: usize,
}

/// The fingerprints that several rows share. A chance collision only costs a lookup.
fn repeated(rows: &[IncomingRow]) -> HashSet<u64> {
    let mut fingerprints: Vec<u64> = rows.iter().map(|row| row.fingerprint).collect();
    fingerprints.sort_unstable();
    fingerprints.windows(2).filter(|w| w.first() == w.last()).flatten().copied().collect()
}

/// The segment with the most rows.
fn fullest(rows: &[IncomingRow]) -> Option<Segment> {
    let mut counts: BTreeMap<Segment, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.segment).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, rows)| *rows).map(|(segment, _)| segment)
}
