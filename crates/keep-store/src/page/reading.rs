//! Reading and compressing what a page brought, before any transaction.

use crate::id_key::IdKey;
use crate::{StoreError, codec};
use keep_domain::{Phi, ResourceKey, Segment};
use keep_fhir::{Detail, Extracted, Raw, extract_at};
use sha2::{Digest, Sha256};

/// Records from which a second thread pays.
pub(super) const PARALLEL: usize = 256;

/// A record that was read before the transaction.
pub(super) struct Prepared {
    pub(super) facts: Extracted,
    pub(super) id: IdKey,
    pub(super) patient: Option<IdKey>,
    pub(super) unreadable: bool,
    pub(super) raw: Phi<String>,
}

/// The same in its stored form. The text itself is dropped where it was compressed, which is not where rows are
/// written: wiping and freeing it costs as much as a row's tag.
pub(super) struct Compressed {
    pub(super) facts: Extracted,
    pub(super) id: IdKey,
    pub(super) patient: Option<IdKey>,
    pub(super) unreadable: bool,
    pub(super) body: Vec<u8>,
}

impl Compressed {
    /// The text, for the few that are not stored as they came.
    pub(super) fn raw(&self) -> Result<Phi<String>, StoreError> {
        codec::decompress(codec::DICTIONARY, &self.body).map(Phi::new).ok_or(StoreError::Internal("compression"))
    }
}

/// Reads on two threads; this is a third of the work of a first load. With `leave_broken`, texts that are no JSON
/// objects are left out and their places added to `broken`.
pub(super) fn prepare_all(
    records: Vec<Phi<String>>,
    base: Option<&str>,
    leave_broken: bool,
    broken: &mut Vec<usize>,
) -> Result<Vec<Prepared>, StoreError> {
    if records.len() < PARALLEL {
        return prepare_some(records, 0, base, leave_broken, broken);
    }
    let mut first = records;
    let middle = first.len() / 2;
    let second = first.split_off(middle);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let mut broken = Vec::new();
            let done = prepare_some(second, middle, base, leave_broken, &mut broken);
            done.map(|done| (done, broken))
        });
        let mut done = prepare_some(first, 0, base, leave_broken, broken)?;
        let (rest, broken_rest) = other.join().map_err(|_| StoreError::Internal("reading thread"))??;
        done.extend(rest);
        broken.extend(broken_rest);
        Ok(done)
    })
}

fn prepare_some(
    records: Vec<Phi<String>>,
    from: usize,
    base: Option<&str>,
    leave_broken: bool,
    broken: &mut Vec<usize>,
) -> Result<Vec<Prepared>, StoreError> {
    let mut done = Vec::with_capacity(records.len());
    for (at, raw) in records.into_iter().enumerate() {
        let item = prepare(raw, base)?;
        // EXPOSE: only whether it is JSON.
        if leave_broken && item.unreadable && Raw::parse(item.raw.expose().as_str()).is_err() {
            broken.push(from + at);
        } else {
            done.push(item);
        }
    }
    Ok(done)
}

pub(super) fn prepare(raw: Phi<String>, base: Option<&str>) -> Result<Prepared, StoreError> {
    // EXPOSE: read for its index.
    let text = raw.expose();
    let (facts, unreadable) = match extract_at(text, base) {
        Ok(facts) => (facts, false),
        // INVARIANT: what cannot be read is kept as it is, and flagged.
        Err(_) => (unreadable_facts(text)?, true),
    };
    let (id, patient) = (IdKey::of(&facts.key.id), facts.patient.as_ref().map(IdKey::of));
    Ok(Prepared { facts, id, patient, unreadable, raw })
}

pub(super) fn compress_one(item: Prepared) -> Result<Compressed, StoreError> {
    // EXPOSE: compressed for its row.
    let body = codec::compress(item.raw.expose().as_bytes())?;
    let Prepared { facts, id, patient, unreadable, raw: _dropped_here } = item;
    Ok(Compressed { facts, id, patient, unreadable, body })
}

/// The place of a text that is no resource: an id from its content, so that a repeat is the same row, in
/// the clinical segment, since nothing says that it is less.
fn unreadable_facts(text: &str) -> Result<Extracted, StoreError> {
    let digest: [u8; 32] = Sha256::digest(text).into();
    let bytes = digest.first_chunk::<16>().copied().unwrap_or_default();
    let id = uuid::Uuid::from_bytes(bytes).to_string().parse().map_err(|_| StoreError::Internal("id"))?;
    Ok(Extracted {
        key: ResourceKey::new(UNREADABLE, id),
        version_id: Some(String::from("unreadable")),
        last_updated: None,
        patient: None,
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

/// The type under which a text without a readable type and id is kept.
pub const UNREADABLE: &str = "Unreadable";
