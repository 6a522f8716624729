//! A first load: rows of types that no open segment has yet, stored without a look at what is there, on two connections
//! that write to different segments.

use super::PageReport;
use super::reading::Arrived;
use crate::resource_type::name_of;
use crate::segment_access::SegmentAccess;
use crate::tagged::TaggedWriter;
use crate::write_tx::{Stored, homes_of, put_in};
use crate::{Store, StoreError};
use keep_domain::Segment;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Rows by segment and type.
type Counts = BTreeMap<(Segment, u16), i64>;

/// What one connection stores, in order.
type Share = VecDeque<Arrived>;

impl Store {
    /// Stores those that are certainly new and touch one segment only; answers the others, in order.
    pub(super) fn load_first(&self, rows: Vec<Arrived>, report: &mut PageReport) -> Result<Vec<Arrived>, StoreError> {
        let mut expected = self.blank(&rows)?;
        let (mut mine, mut theirs, mut others) = (Share::new(), Share::new(), Vec::new());
        let fullest = fullest(&rows);
        for row in rows {
            if row.repeats || !expected.contains_key(&(row.segment, row.code)) {
                others.push(row);
            } else if Some(row.segment) == fullest {
                mine.push_back(row);
            } else {
                theirs.push_back(row);
            }
        }
        if !mine.is_empty() {
            let mut second = self.second_writer()?;
            while self.load_some(&mut second, (&mut mine, &mut theirs), &mut expected, report)? {}
        }
        others.extend(mine.into_iter().chain(theirs));
        Ok(others)
    }

    /// One transaction on each connection; `false` where nothing is left or somebody else has stored rows.
    fn load_some(
        &self,
        second: &mut Connection,
        (mine, theirs): (&mut Share, &mut Share),
        expected: &mut Counts,
        report: &mut PageReport,
    ) -> Result<bool, StoreError> {
        if mine.is_empty() && theirs.is_empty() {
            return Ok(false);
        }
        let loaded = self.write_bulk(|tx| {
            // Nobody else writes now. Looked at outside both transactions, which must not lock what the other writes.
            if self.counts(second, expected.keys())? != *expected {
                return Ok(None);
            }
            std::thread::scope(|scope| {
                let other = scope.spawn(move || {
                    // Rolled back where it is dropped: the connection does not outlive an error.
                    let transaction = second.transaction()?;
                    let loaded = self.load(&transaction, theirs)?;
                    transaction.commit()?;
                    Ok::<_, StoreError>(loaded)
                });
                let mut loaded = self.load(tx.conn, mine)?;
                let theirs = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
                loaded.rows.extend(theirs.rows);
                loaded.malformed += theirs.malformed;
                Ok(Some(loaded))
            })
        })?;
        let Some(loaded) = loaded else { return Ok(false) };
        for (place, rows) in loaded.rows {
            *expected.entry(place).or_default() += rows;
            report.stored += usize::try_from(rows).unwrap_or_default();
        }
        report.malformed += loaded.malformed;
        Ok(true)
    }

    /// Stores rows until the turn is over.
    fn load(&self, conn: &Connection, share: &mut Share) -> Result<Loaded, StoreError> {
        let (turn, mut loaded, mut done) = (self.turn(), Loaded::default(), 0);
        let mut over = false;
        while let Some(segment) = share.front().map(|row| row.segment).filter(|_| !over) {
            let mut writer = TaggedWriter::begin(conn, self.access(segment)?)?;
            while let Some(row) = share.pop_front_if(|row| row.segment == segment && !over) {
                let (facts, state) = (&row.facts, row.state());
                let stored =
                    Stored { body: &row.body, version: &facts.version, updated: facts.updated, state, fresh: true };
                put_in(&mut writer, facts, &stored)?;
                if crate::hidden::is_noted(&facts.type_name) {
                    crate::hidden::forget(&mut writer, &facts.key()?)?;
                }
                loaded.malformed += usize::from(facts.malformed);
                over = turn.is_over(done);
                done += 1;
            }
            loaded.rows.extend(writer.counts().map(|(code, rows)| ((segment, code), rows)));
            writer.finish()?;
        }
        Ok(loaded)
    }

    /// The types of these rows of which there are none, with all their homes: no rows in each. Without those whose rows
    /// concern other segments or other rows.
    fn blank(&self, rows: &[Arrived]) -> Result<Counts, StoreError> {
        let codes: BTreeSet<u16> = rows.iter().map(|row| row.code).collect();
        let named = codes.iter().filter_map(|code| Some((*code, name_of(*code)?)));
        self.read(|conn| {
            let mut blank = Counts::new();
            for (code, name) in named.filter(|(_, name)| !keep_fhir::follows_target(name)) {
                let homes: Vec<_> = homes_of(name).iter().map(|home| (*home, code)).collect();
                let counts = self.counts(conn, homes.iter())?;
                if counts.values().all(|count| *count == 0) {
                    let above = |s: Segment| crate::hidden::is_noted(name) && s > Segment::Clinical;
                    blank.extend(counts.into_iter().filter(|((s, _), _)| !self.is_read_only(*s) && !above(*s)));
                }
            }
            Ok(blank)
        })
    }

    /// How many rows of each type there are in each segment that is open.
    // The counts are derived. Were they wrong, the unique index on type and id would refuse a second row.
    fn counts<'k>(
        &self,
        conn: &Connection,
        keys: impl Iterator<Item = &'k (Segment, u16)>,
    ) -> Result<Counts, StoreError> {
        let mut counts = Counts::new();
        for (segment, code) in keys {
            let Ok(SegmentAccess { schema, .. }) = self.access(*segment) else { continue };
            let sql = format!("SELECT coalesce(sum(count), 0) FROM {schema}.type_count WHERE type = ?1");
            let count = conn.prepare_cached(&sql)?.query_row([code], |r| r.get(0))?;
            counts.insert((*segment, *code), count);
        }
        Ok(counts)
    }
}

/// What was stored.
#[derive(Default)]
struct Loaded {
    rows: Counts,
    malformed: usize,
}

/// The segment with the most rows.
fn fullest(rows: &[Arrived]) -> Option<Segment> {
    let mut counts: BTreeMap<Segment, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.segment).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, rows)| *rows).map(|(segment, _)| segment)
}
