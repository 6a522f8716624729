//! Reading and compressing what a page brought, before any transaction.

use crate::id_key::IdKey;
use crate::{StoreError, codec};
use keep_domain::{Phi, ResourceKey, Segment};
use keep_fhir::{Detail, Extracted, extract_at};
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

/// The same with its stored form.
pub(super) type Compressed = (Prepared, Vec<u8>);

/// Reads on two threads; this is a third of the work of a first load.
pub(super) fn prepare_all(records: Vec<Phi<String>>, base: Option<&str>) -> Result<Vec<Prepared>, StoreError> {
    if records.len() < PARALLEL {
        return records.into_iter().map(|r| prepare(r, base)).collect();
    }
    let mut first = records;
    let second = first.split_off(first.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| second.into_iter().map(|r| prepare(r, base)).collect::<Result<Vec<_>, _>>());
        let mut done = first.into_iter().map(|r| prepare(r, base)).collect::<Result<Vec<_>, _>>()?;
        done.extend(other.join().map_err(|_| StoreError::Internal("reading thread"))??);
        Ok(done)
    })
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
    Ok((item, body))
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
