mod alerts;

use super::*;
use crate::fixtures::{XorCipher, device_key, metadata, nurse_amara, write_all};
use crate::{Actor, EntryHeader, EventDraft, EventSigner, FindingKind, Outcome};
use keep_domain::{Phi, ResourceId, Role, UtcMillis};
use proptest::prelude::*;

fn drafts(n: usize) -> Vec<EventDraft> {
    let amara = || Actor::new(UserId::of("iss", "amara"), Role::Nurse);
    (0..n)
        .map(|i| match i % 3 {
            0 => EventDraft::new(EventClass::Unlock).by(amara()).with("segment", keep_domain::Segment::Clinical),
            1 => EventDraft::new(EventClass::Search).by(amara()).with_query(Phi::new(format!("gonz{i}"))),
            _ => EventDraft::new(EventClass::ChartRead).by(amara()).about(Phi::new(ResourceId::make_random())),
        })
        .collect()
}

fn keys() -> BTreeMap<[u8; 32], UserId> {
    BTreeMap::from([(nurse_amara().public_key(), UserId::of("iss", "amara"))])
}

fn check(entries: &[LedgerEntry], state: Option<&LogState>, heads: &[SignedCheckpoint], open: bool) -> Report {
    let keys = keys();
    let evidence = Evidence {
        device_key: Some(device_key().public_key()),
        checkpoints: heads,
        state,
        opener: open.then_some(&XorCipher as &dyn Opener),
        known_keys: Some(&keys),
        ..Evidence::default()
    };
    verify(entries.iter().cloned().map(Ok), &evidence)
}

fn kinds(report: &Report) -> Vec<FindingKind> {
    report.findings.iter().map(|f| f.kind).collect()
}

#[test]
fn an_untouched_ledger_is_clean() {
    let (entries, states) = write_all(&drafts(20));
    let heads: Vec<_> =
        [7, 19].iter().map(|i| Checkpoint::of(&states[*i]).sign(&device_key()).expect("note")).collect();
    let report = check(&entries, states.last(), &heads, true);
    assert!(report.is_clean(), "{report:?}");
    assert_eq!((report.events, report.from, report.to), (20, Some(0), Some(19)));
    assert_eq!((report.user_signed, report.checkpoints, report.sealed_unopened), (20, 2, 0));
    assert_eq!(check(&entries, states.last(), &heads, false).sealed_unopened, 13);
}

#[test]
fn an_empty_ledger_is_clean() {
    assert!(check(&[], None, &[], false).is_clean());
}

#[test]
fn the_entry_with_a_flipped_byte_is_named() {
    let (mut entries, states) = write_all(&drafts(20));
    let EntryBody::Clear(body) = &mut entries[18].body else { panic!("clear") };
    body[40] ^= 1;
    let report = check(&entries, states.last(), &[], true);
    assert_eq!(
        report.findings.first().map(ToString::to_string).as_deref(),
        Some("sequence 18: body does not match its leaf")
    );
    assert!(report.findings.iter().all(|f| f.sequence == Some(18)), "{report:?}");
}

#[test]
fn a_truncated_log_is_found_by_a_checkpoint_stored_elsewhere() {
    let (entries, states) = write_all(&drafts(12));
    let head = Checkpoint::of(&states[11]).sign(&device_key()).expect("note");
    let report = check(&entries[..9], None, &[head], true);
    assert_eq!(kinds(&report), [FindingKind::Truncated]);
}

#[test]
fn a_rewritten_past_is_found_by_a_checkpoint() {
    let (_, states) = write_all(&drafts(12));
    let head = Checkpoint::of(&states[5]).sign(&device_key()).expect("note");
    let mut other = drafts(12);
    other[3] = EventDraft::new(EventClass::Lock);
    let (forged, _) = write_all(&other);
    assert_eq!(kinds(&check(&forged, None, &[head], true)), [FindingKind::RootMismatch]);
}

#[test]
fn missing_repeated_and_unreadable_entries_are_reported() {
    let (entries, states) = write_all(&drafts(10));
    let mut holed = entries.clone();
    holed.drain(3..5);
    let report = check(&holed, states.last(), &[], true);
    assert_eq!(
        (report.gaps.as_slice(), kinds(&report)),
        ([MissingRange { from: 3, to: 4 }].as_slice(), vec![FindingKind::Gap])
    );
    let mut twice = entries.clone();
    twice.insert(4, entries[2].clone());
    assert_eq!(kinds(&check(&twice, states.last(), &[], true)), [FindingKind::OutOfOrder]);
    let keys = keys();
    let evidence = Evidence { known_keys: Some(&keys), opener: Some(&XorCipher), ..Evidence::default() };
    let lost =
        |e: &LedgerEntry| if e.header.sequence == 6 { Err(UnreadableEntry { sequence: 6 }) } else { Ok(e.clone()) };
    let report = verify(entries.iter().map(lost), &evidence);
    assert_eq!(report.findings.first().map(ToString::to_string).as_deref(), Some("sequence 6: cannot be read"));
}

#[test]
fn a_forged_checkpoint_is_refused() {
    let (entries, states) = write_all(&drafts(4));
    let forged = Checkpoint::of(&states[3]).sign(&nurse_amara()).expect("note");
    assert_eq!(kinds(&check(&entries, None, &[forged], true)), [FindingKind::CheckpointRefused]);
}

#[test]
fn an_unknown_signer_is_reported() {
    let state = crate::fixtures::empty_log();
    let (entry, _) = state.append(&drafts(1)[0], &metadata(0), None, Some(&device_key())).expect("written");
    assert_eq!(kinds(&check(&[entry], None, &[], true)), [FindingKind::SignatureWrong]);
}

#[test]
fn a_clock_step_is_reported_unless_an_event_explains_it() {
    let write = |class: EventClass| {
        let (first, state) = crate::fixtures::empty_log()
            .append(&EventDraft::new(EventClass::Unlock), &metadata(0), None, None)
            .expect("first");
        let mut late = metadata(1);
        late.recorded = UtcMillis(late.recorded.0 - 3_600_000);
        let (second, _) = state.append(&EventDraft::new(class), &late, None, None).expect("second");
        [first, second]
    };
    let report = check(&write(EventClass::Lock), None, &[], true);
    assert_eq!(report.findings[0].text, "sequence 1: wall clock stepped by -3600 s since sequence 0");
    // A correction is an alert itself, but not a clock step.
    assert_eq!(kinds(&check(&write(EventClass::ClockCorrection), None, &[], true)), [FindingKind::Alert]);
}

#[test]
fn a_changed_header_of_a_sealed_event_is_found_without_the_audit_key() {
    let (mut entries, states) = write_all(&drafts(5));
    let was = entries[1].header;
    entries[1].header = EntryHeader { outcome: Outcome::SeriousFailure, ..was };
    assert_eq!(kinds(&check(&entries, states.last(), &[], false)), [FindingKind::ChainBroken]);
}

/// Flips one bit of a field of an entry; `None` if the field is empty.
fn flip(entry: &LedgerEntry, field: u8, at: usize, bit: u8) -> Option<LedgerEntry> {
    let mut e = entry.clone();
    let flip = |bytes: &mut [u8]| -> bool {
        let len = bytes.len().max(1);
        bytes.get_mut(at % len).map(|b| *b ^= 1 << bit).is_some()
    };
    let done = match field {
        0 => {
            let mut bytes = e.body.bytes().to_vec();
            let done = flip(&mut bytes);
            e.body = EntryBody::from_parts(e.body.kind(), bytes).expect("kind");
            done
        }
        1 => flip(&mut e.leaf),
        2 => flip(&mut e.link),
        3 => {
            let mut bytes = e.signature?.to_bytes();
            let done = flip(&mut bytes);
            e.signature = Some(crate::UserSignature::from_bytes(&bytes).expect("96"));
            done
        }
        4 => {
            let mut bytes = e.header.recorded.0.to_be_bytes();
            let done = flip(&mut bytes);
            e.header.recorded = UtcMillis(i64::from_be_bytes(bytes));
            done
        }
        _ => {
            let mut bytes = *e.header.event.uuid().as_bytes();
            let done = flip(&mut bytes);
            e.header.event = keep_domain::EventId::from_uuid(uuid::Uuid::from_bytes(bytes));
            done
        }
    };
    done.then_some(e)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// With or without the audit key, any flipped bit of any entry is found, and its entry is the first one named.
    #[test]
    fn any_flipped_bit_is_found(n in 1..12usize, which in 0..12usize, field in 0..6u8, at: usize, bit in 0..8u8, open: bool) {
        let (mut entries, states) = write_all(&drafts(n));
        let which = which % n;
        let flipped = flip(&entries[which], field, at, bit).expect("flipped");
        entries[which] = flipped;
        let report = check(&entries, states.last(), &[], open);
        prop_assert!(!report.is_clean());
        let named = report.findings.iter().find_map(|f| f.sequence);
        prop_assert_eq!(named, u64::try_from(which).ok());
    }
}
