//! Parsing and compressing the records of a page, before any transaction.

use crate::codec;
use crate::error::StoreError;
use crate::id_key::IdKey;
use crate::record::StateBits;
use crate::row_facts::RowFacts;
use keep_domain::{PatientId, Phi, ResourceKey, Segment};
use keep_fhir::{Detail, Extracted, Raw, extract_row, mentioned_patient};
use sha2::{Digest, Sha256};
use std::fmt;

/// The length from which a text counts in full, bytes.
const LONG: usize = 32 * 1024;
/// The number of records from which a second thread is worth its cost.
const PARALLEL: usize = 256;

/// Parsed and compressed records, ready to be stored. Can be made on any thread, without a store.
#[derive(Default)]
pub struct Incoming {
    rows: Vec<IncomingRow>,
    broken: Vec<usize>,
    texts: usize,
    bytes: usize,
    /// The server's address.
    base: Option<Box<str>>,
}

/// One record in its stored form; small, since thousands are sorted.
pub(super) struct IncomingRow {
    pub(super) facts: Box<RowFacts>,
    pub(super) segment: Segment,
    /// The number of an R4 type, else 0.
    pub(super) code: u16,
    /// A hash of type and id; `patient` is one of the patient's id.
    pub(super) fingerprint: u64,
    pub(super) patient: Option<u64>,
    pub(super) unreadable: bool,
    /// Whether it replaces a stored record that is newer.
    pub(super) replaces_newer: bool,
    /// Its chart's rank in storage order, once that was determined.
    pub(super) chart: u32,
    pub(super) body: Box<[u8]>,
}

impl IncomingRow {
    /// The state that it is stored with.
    pub(super) const fn state(&self) -> StateBits {
        if self.unreadable { StateBits::SYNCED.unreadable() } else { StateBits::SYNCED }
    }

    /// The text, for the few records that are not stored as received.
    pub(super) fn raw(&self) -> Result<Phi<String>, StoreError> {
        codec::decompress(codec::DICTIONARY, &self.body).map(Phi::new).ok_or(StoreError::Internal("compression"))
    }
}

impl Incoming {
    /// Parses one more text; `base` is the server's address, for absolute references. With `leave_broken` a text that
    /// is not a JSON object is left out and its position recorded.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a text that is too long to be stored.
    pub fn add(&mut self, text: &str, base: Option<&str>, leave_broken: bool) -> Result<(), StoreError> {
        let (facts, unreadable) = read(text, base)?;
        if self.base.is_none() {
            self.base = base.map(Into::into);
        }
        if leave_broken && unreadable && Raw::parse(text).is_err() {
            self.broken.push(self.texts);
        } else {
            let body = codec::compress(text.as_bytes())?;
            let facts = Box::new(RowFacts::of(facts));
            // Its index is no longer than its text, and worth counting if that is long.
            self.bytes += body.len() + if text.len() > LONG { text.len() } else { 0 };
            self.rows.push(IncomingRow {
                segment: facts.segment,
                code: facts.code.unwrap_or_default(),
                fingerprint: facts.fingerprint(),
                patient: facts.patient.as_ref().map(IdKey::fingerprint),
                facts,
                unreadable,
                replaces_newer: false,
                chart: 0,
                body,
            });
        }
        self.texts += 1;
        Ok(())
    }

    /// Type and id of the text added last, and its patient; no type and id if they cannot be read.
    #[must_use]
    pub fn last(&self) -> (Option<ResourceKey>, Option<PatientId>) {
        let is_left_out = self.broken.last().is_some_and(|place| place + 1 == self.texts);
        let Some(row) = self.rows.last().filter(|_| !is_left_out) else { return (None, None) };
        let key = row.facts.key().ok().filter(|_| !row.unreadable);
        (key, row.facts.patient.as_ref().and_then(IdKey::id))
    }

    /// Appends the records of `other`.
    pub fn append(&mut self, other: Self) {
        self.broken.extend(other.broken.iter().map(|place| place + self.texts));
        self.rows.extend(other.rows);
        self.texts += other.texts;
        self.bytes += other.bytes;
        self.base = self.base.take().or(other.base);
    }

    /// The number of texts added, including those left out.
    #[must_use]
    pub const fn texts(&self) -> usize {
        self.texts
    }

    /// The approximate memory of their contents, bytes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The positions of those left out, in order.
    #[must_use]
    pub fn broken(&self) -> &[usize] {
        &self.broken
    }

    /// The server's address, for the absolute references of stored records.
    pub(super) fn base(&self) -> Option<Box<str>> {
        self.base.clone()
    }

    /// Its records replace stored ones that are newer.
    pub(super) fn replace_newer(&mut self) {
        self.rows.iter_mut().for_each(|row| row.replaces_newer = true);
    }

    pub(super) fn into_rows(self) -> Vec<IncomingRow> {
        self.rows
    }

    /// Parses texts, many of them on two threads.
    pub(super) fn of(records: &[Phi<String>], base: Option<&str>) -> Result<Self, StoreError> {
        let some = |records: &[Phi<String>]| {
            let mut done = Self::default();
            // EXPOSE: read for its index and compressed for its row.
            records.iter().try_for_each(|raw| done.add(raw.expose(), base, false))?;
            Ok(done)
        };
        if records.len() < PARALLEL {
            return some(records);
        }
        let (first, second) = records.split_at(records.len() / 2);
        std::thread::scope(|scope| {
            let other = scope.spawn(|| some(second));
            let mut done = some(first)?;
            done.append(other.join().map_err(|_| StoreError::Internal("reading thread"))??);
            Ok(done)
        })
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming").field("texts", &self.texts).finish_non_exhaustive()
    }
}

fn read(text: &str, base: Option<&str>) -> Result<(Extracted, bool), StoreError> {
    match extract_row(text, base) {
        Ok(facts) => Ok((facts, false)),
        // INVARIANT: what cannot be read is stored as received, and flagged.
        Err(_) => Ok((unreadable_facts(text, base)?, true)),
    }
}

/// The index of a text that is not a resource: its id is a hash of its content, so that a repeat is the same row. It is
/// stored in the clinical segment, since it may be clinical, and in the chart of the patient whom it names.
fn unreadable_facts(text: &str, base: Option<&str>) -> Result<Extracted, StoreError> {
    let digest: [u8; 32] = Sha256::digest(text).into();
    let bytes = digest.first_chunk::<16>().copied().unwrap_or_default();
    let id = uuid::Uuid::from_bytes(bytes).to_string().parse().map_err(|_| StoreError::Internal("id"))?;
    Ok(Extracted {
        key: ResourceKey::new(UNREADABLE, id),
        version_id: Some(String::from("unreadable")),
        last_updated: None,
        patient: mentioned_patient(text, base),
        labels: Vec::new(),
        segment: Segment::Clinical,
        segment_targets: Vec::new(),
        clinical_time: None,
        clinical_time_text: None,
        code: None,
        categories: Vec::new(),
        status: None,
        entered_in_error: false,
        encounter: None,
        detail: Detail::Other,
        faults: Vec::new(),
    })
}

/// The type of a text without a readable type and id.
pub const UNREADABLE: &str = "Unreadable";
