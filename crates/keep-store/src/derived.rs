//! Tables that are derived from the rows: search keys, links, the day's lists, the index that finds rows by id.
//!
//! They carry no tags, so an old page of one would add or hide entries. Each has a digest instead: the sum of the
//! keyed hashes of its entries (as [`crate::sum`]), kept in a tagged journal row that the same transaction changes.

use crate::journal::{Journal, JournalKind};
use crate::sum::Sum;
use crate::tag::Tagger;
use keep_domain::Segment;
use rusqlite::types::ValueRef;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// One table, or one index, with a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Derived {
    /// The index `resource_id`, and `type_count`, which is counted from it.
    Ids,
    /// `day_key`.
    Days,
    /// `patient_key`.
    Keys,
    /// `patient_number`.
    Numbers,
    /// `patient_phone`.
    Phones,
    /// `patient_link`.
    Links,
    /// The full-text index `patient_name`, by a hash over its stored blocks.
    Names,
}

impl Derived {
    pub(crate) const ALL: [Self; 7] =
        [Self::Links, Self::Ids, Self::Days, Self::Keys, Self::Numbers, Self::Phones, Self::Names];
    /// The tables that a search reads.
    pub(crate) const SEARCH: [Self; 4] = [Self::Keys, Self::Numbers, Self::Phones, Self::Names];

    /// Its name in the journal and in every hash; part of the file format. The number counts the rules by which search
    /// keys are made from the rows: a file with keys of older rules has no digest of this name, and they are rebuilt.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ids => "resource_id",
            Self::Days => "day_key",
            Self::Keys => "patient_key/2",
            Self::Numbers => "patient_number/2",
            Self::Phones => "patient_phone/2",
            Self::Links => "patient_link/2",
            Self::Names => "patient_name/2",
        }
    }

    /// The digests of search keys that earlier versions made.
    pub(crate) const OUTDATED: [&str; 5] =
        ["patient_key", "patient_number", "patient_phone", "patient_link", "patient_name"];

    /// Its table.
    pub(crate) fn table(self) -> &'static str {
        self.name().split('/').next().unwrap_or_default()
    }

    /// Whether a segment has it: the search tables are in the directory only.
    pub(crate) const fn is_in(self, segment: Segment) -> bool {
        matches!(self, Self::Ids | Self::Days) || matches!(segment, Segment::Directory)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The digest of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DigestRow {
    /// The sum of its entries' hashes; of the full-text index the hash of its blocks.
    pub(crate) digest: [u8; 32],
    /// The number of entries.
    pub(crate) rows: i64,
    /// Whether all charts were whole when it was built from them: only then does a missing entry prove absence.
    pub(crate) whole: bool,
}

impl DigestRow {
    pub(crate) const EMPTY: Self = Self { digest: [0; 32], rows: 0, whole: true };
}

impl Journal for DigestRow {
    const KIND: JournalKind = JournalKind::Digest;
}

/// The changes of one transaction to the derived tables of one segment.
#[derive(Debug, Default)]
pub(crate) struct DerivedChanges {
    sums: [(Sum, i64); 7],
    changed: u8,
}

impl DerivedChanges {
    pub(crate) fn add(&mut self, tagger: &Tagger, table: Derived, entry: &[ValueRef<'_>]) {
        let hash = tagger.derived(table.name(), entry);
        self.changed |= table.bit();
        if let Some((sum, rows)) = self.sums.get_mut(table as usize) {
            sum.add(&hash);
            *rows += 1;
        }
    }

    pub(crate) fn remove(&mut self, tagger: &Tagger, table: Derived, entry: &[ValueRef<'_>]) {
        let hash = tagger.derived(table.name(), entry);
        self.changed |= table.bit();
        if let Some((sum, rows)) = self.sums.get_mut(table as usize) {
            sum.remove(&hash);
            *rows -= 1;
        }
    }

    /// The full-text index has changed; its hash is made at the end.
    pub(crate) const fn touch_names(&mut self) {
        self.changed |= Derived::Names.bit();
    }

    pub(crate) const fn has(&self, table: Derived) -> bool {
        self.changed & table.bit() != 0
    }

    /// A digest after these changes.
    pub(crate) fn applied(&self, table: Derived, before: DigestRow) -> DigestRow {
        let Some((sum, rows)) = self.sums.get(table as usize) else { return before };
        let mut after = Sum::from_bytes(before.digest);
        after.add(sum.bytes());
        DigestRow { digest: *after.bytes(), rows: before.rows + rows, ..before }
    }
}

/// Which tables of a segment matched their digests in this session.
#[derive(Debug, Default)]
pub(crate) struct Confirmed {
    tables: AtomicU8,
    incomplete: AtomicBool,
    broken: AtomicBool,
    damaged_pages: AtomicBool,
    suspected: AtomicBool,
}

impl Confirmed {
    pub(crate) fn has(&self, table: Derived) -> bool {
        self.tables.load(Ordering::SeqCst) & table.bit() != 0
    }

    pub(crate) fn set(&self, table: Derived) {
        self.tables.fetch_or(table.bit(), Ordering::SeqCst);
    }

    pub(crate) fn clear(&self) {
        self.tables.store(0, Ordering::SeqCst);
    }

    /// Allows another rebuild of the tables.
    #[cfg(test)]
    pub(crate) fn try_again(&self) {
        self.clear();
        self.broken.store(false, Ordering::SeqCst);
    }

    /// Whether the tables were built while charts were damaged: a missing entry then proves nothing.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.incomplete.load(Ordering::SeqCst)
    }

    pub(crate) fn set_incomplete(&self, incomplete: bool) {
        self.incomplete.store(incomplete, Ordering::SeqCst);
    }

    /// Whether rebuilding the tables has failed in this session; it is not retried.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::SeqCst)
    }

    pub(crate) fn set_broken(&self) {
        self.broken.store(true, Ordering::SeqCst);
    }

    /// Whether damaged pages were found in this session.
    pub(crate) fn has_damaged_pages(&self) -> bool {
        self.damaged_pages.load(Ordering::SeqCst)
    }

    pub(crate) fn set_damaged_pages(&self) {
        self.damaged_pages.store(true, Ordering::SeqCst);
    }

    /// Whether an unreadable page of unknown location may be in this segment.
    pub(crate) fn is_suspected(&self) -> bool {
        self.suspected.load(Ordering::SeqCst)
    }

    pub(crate) fn set_suspected(&self) {
        self.suspected.store(true, Ordering::SeqCst);
    }
}
