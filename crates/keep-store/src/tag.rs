//! The tags of rows, charts, journals and states: HMAC-SHA256 over length-prefixed fields.

use hmac::{Hmac, KeyInit, Mac};
use keep_domain::Segment;
use keep_keys::{MacKey, SegmentKey};
use rusqlite::types::ValueRef;
use sha2::Sha256;
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The first byte of each kind of tag's input; frozen.
const STATE: u8 = 0;
const ROW: u8 = 1;
const CHART: u8 = 2;
const JOURNAL: u8 = 3;
const DERIVED: u8 = 4;

/// The fields that a row tag covers besides segment and generation.
#[derive(Debug)]
pub(crate) struct RowFields<'a> {
    pub(crate) chart_number: u32,
    pub(crate) type_name: &'a str,
    pub(crate) id: &'a [u8],
    pub(crate) revision: i64,
    pub(crate) version: &'a str,
    pub(crate) updated: i64,
    pub(crate) state: i64,
    pub(crate) labels: &'a str,
    pub(crate) dictionary: &'a [u8],
    pub(crate) body: &'a [u8],
}

/// The fields that a chart tag covers besides segment and generation.
#[derive(Debug)]
pub(crate) struct ChartFields<'a> {
    pub(crate) chart_number: u32,
    pub(crate) patient: &'a [u8],
    pub(crate) sum: &'a [u8; 32],
    pub(crate) rows: i64,
    pub(crate) revision: i64,
    pub(crate) next_sequence: i64,
}

/// The tagging keys of one segment, with key schedule, kind, segment and generation absorbed beforehand.
pub(crate) struct Tagger {
    state: Hmac<Sha256>,
    row: Hmac<Sha256>,
    chart: Hmac<Sha256>,
    journal: Hmac<Sha256>,
    derived: Hmac<Sha256>,
}

impl Tagger {
    pub(crate) fn new(key: &SegmentKey) -> Self {
        let (tags, root) = (key.row_tag_key(), key.root_key());
        let (segment, generation) = (key.segment(), key.generation());
        Self {
            state: prepare(&root, STATE, segment, generation),
            row: prepare(&tags, ROW, segment, generation),
            chart: prepare(&tags, CHART, segment, generation),
            journal: prepare(&tags, JOURNAL, segment, generation),
            derived: prepare(&tags, DERIVED, segment, generation),
        }
    }

    pub(crate) fn row(&self, f: &RowFields<'_>) -> [u8; 32] {
        let mut mac = self.row.clone();
        mac.update(&f.chart_number.to_be_bytes());
        field(&mut mac, f.type_name.as_bytes());
        field(&mut mac, f.id);
        mac.update(&f.revision.to_be_bytes());
        field(&mut mac, f.version.as_bytes());
        mac.update(&f.updated.to_be_bytes());
        mac.update(&f.state.to_be_bytes());
        field(&mut mac, f.labels.as_bytes());
        field(&mut mac, f.dictionary);
        field(&mut mac, f.body);
        mac.finalize().into_bytes().into()
    }

    pub(crate) fn chart(&self, f: &ChartFields<'_>) -> [u8; 32] {
        let mut mac = self.chart.clone();
        mac.update(&f.chart_number.to_be_bytes());
        field(&mut mac, f.patient);
        mac.update(f.sum);
        mac.update(&f.rows.to_be_bytes());
        mac.update(&f.revision.to_be_bytes());
        mac.update(&f.next_sequence.to_be_bytes());
        mac.finalize().into_bytes().into()
    }

    pub(crate) fn journal(&self, kind: u8, key: &[u8], body: &[u8]) -> [u8; 32] {
        let mut mac = self.journal.clone();
        mac.update(&[kind]);
        field(&mut mac, key);
        field(&mut mac, body);
        mac.finalize().into_bytes().into()
    }

    /// The hash of one entry of a derived table or of an index of it.
    pub(crate) fn derived(&self, table: &str, entry: &[ValueRef<'_>]) -> [u8; 32] {
        let mut mac = self.derived.clone();
        field(&mut mac, table.as_bytes());
        for value in entry {
            match value {
                ValueRef::Null => mac.update(&[0]),
                ValueRef::Integer(n) => {
                    mac.update(&[1]);
                    mac.update(&n.to_be_bytes());
                }
                ValueRef::Text(text) => {
                    mac.update(&[2]);
                    field(&mut mac, text);
                }
                ValueRef::Blob(blob) => {
                    mac.update(&[3]);
                    field(&mut mac, blob);
                }
                // No derived table has such a column; a file with one never matches.
                ValueRef::Real(_) => mac.update(&[4]),
            }
        }
        mac.finalize().into_bytes().into()
    }

    pub(crate) fn state(&self, epoch: i64, root: &[u8; 32], rows: i64) -> [u8; 32] {
        let mut mac = self.state.clone();
        mac.update(&epoch.to_be_bytes());
        mac.update(root);
        mac.update(&rows.to_be_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Tagger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tagger(***)")
    }
}

/// Whether a stored tag is the expected one, in constant time.
pub(crate) fn same(expected: &[u8; 32], stored: &[u8]) -> bool {
    expected.as_slice().ct_eq(stored).into()
}

fn field(mac: &mut Hmac<Sha256>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    mac.update(&length.to_be_bytes());
    mac.update(bytes);
}

fn prepare(key: &MacKey, kind: u8, segment: Segment, generation: u32) -> Hmac<Sha256> {
    // A key shorter than the block is padded with zeros (FIPS 198-1, 4, step 3).
    let mut block = Zeroizing::new([0; 64]);
    block.iter_mut().zip(key.bytes()).for_each(|(o, b)| *o = *b);
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(&[kind]);
    field(&mut mac, segment.name().as_bytes());
    mac.update(&generation.to_be_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tagger() -> Tagger {
        Tagger::new(&SegmentKey::for_tests(Segment::Clinical, 1, 7))
    }

    fn fields() -> RowFields<'static> {
        RowFields {
            chart_number: 256,
            type_name: "Observation",
            id: &[7; 16],
            revision: 1,
            version: "1",
            updated: 1_795_338_000_123,
            state: 0,
            labels: "",
            dictionary: &[9; 32],
            body: b"body",
        }
    }

    /// Frozen: a change of these values is a change of the file format.
    #[test]
    fn tags_are_frozen() {
        let t = tagger();
        let chart =
            ChartFields { chart_number: 256, patient: &[1; 16], sum: &[2; 32], rows: 3, revision: 4, next_sequence: 5 };
        let lines = [
            hex::encode(t.row(&fields())),
            hex::encode(t.chart(&chart)),
            hex::encode(t.journal(1, b"key", b"body")),
            hex::encode(t.state(1, &[3; 32], 2)),
        ];
        assert_eq!(lines.join("\n"), include_str!("tag/vectors.txt").trim());
    }

    /// Frozen like the other tags.
    #[test]
    fn hashes_of_derived_entries_are_frozen() {
        let entry = [ValueRef::Blob(&[1; 16]), ValueRef::Integer(103), ValueRef::Text(b"gonzalez"), ValueRef::Null];
        let lines = [
            hex::encode(tagger().derived("patient_key", &entry)),
            hex::encode(tagger().derived("patient_link", &entry)),
        ];
        assert_eq!(lines.join("\n"), include_str!("tag/derived.txt").trim());
    }

    #[test]
    fn every_field_changes_the_tag() {
        let t = tagger();
        let base = t.row(&fields());
        let changed = [
            RowFields { chart_number: 257, ..fields() },
            RowFields { type_name: "Condition", ..fields() },
            RowFields { id: &[8; 16], ..fields() },
            RowFields { revision: 2, ..fields() },
            RowFields { version: "2", ..fields() },
            RowFields { updated: 0, ..fields() },
            RowFields { state: 1, ..fields() },
            RowFields { labels: "R", ..fields() },
            RowFields { dictionary: &[8; 32], ..fields() },
            RowFields { body: b"bodz", ..fields() },
            RowFields { version: "1x", labels: "", ..fields() },
        ];
        for c in &changed {
            assert!(!same(&base, &t.row(c)), "{c:?}");
        }
        let other = Tagger::new(&SegmentKey::for_tests(Segment::Clinical, 2, 7));
        assert_ne!(base, other.row(&fields()));
    }
}
