mod journal;
mod opening;

use super::*;
use crate::error::StoreError;
use keep_audit::{
    Actor, BootId, EventClass, EventDraft, EventStamper, EventView, EventWriter, FindingKind, LogState, Opener,
};
use keep_domain::{DeviceId, ManualClock, Phi, ResourceId, Role, Segment, UserId, UtcMillis};
use keep_keys::{DatabaseKey, SegmentKey, Signer, UnlockRecord, UnlockRecords};
use rusqlite::Connection;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

struct TestLedger {
    folder: tempfile::TempDir,
    event_stamper: Arc<EventStamper>,
    audit: SegmentKey,
}

impl TestLedger {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::starting(UtcMillis(1_795_338_000_000)));
        Self {
            folder: tempfile::tempdir().expect("folder"),
            event_stamper: Arc::new(EventStamper::new(DeviceId::from_bytes([9; 16]), BootId::make_random(), clock)),
            audit: SegmentKey::make_random(Segment::Clinical, 1).expect("key"),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("ledger.db")
    }

    fn key() -> DatabaseKey {
        DatabaseKey::for_tests(3)
    }

    fn nurse_amara(&self) -> EventWriter {
        let sealer = Arc::new(AuditSealer(self.audit.hpke_key_pair().public()));
        EventWriter::for_user(Arc::clone(&self.event_stamper), sealer, Arc::new(EventKey(Signer::for_tests(2))))
    }

    fn open(&self, event_writer: EventWriter) -> Ledger {
        Ledger::open_or_create(&self.path(), &Self::key(), event_writer, LEDGER_LIMIT_BYTES).expect("ledger")
    }

    fn open_for_device(&self) -> Ledger {
        self.open(self.device_writer())
    }

    fn device_writer(&self) -> EventWriter {
        EventWriter::for_device(Arc::clone(&self.event_stamper))
    }

    /// Closes the ledger; the verifier finds nothing in it.
    fn close_clean(&self, ledger: Ledger) {
        ledger.close();
        assert!(check(&self.path(), None).is_clean());
    }
}

/// A new ledger while no user is signed in.
fn device_ledger() -> (TestLedger, Ledger) {
    let fixture = TestLedger::new();
    let ledger = fixture.open_for_device();
    (fixture, ledger)
}

/// A new ledger with nurse Amara signed in.
fn amaras_ledger() -> (TestLedger, Ledger) {
    let fixture = TestLedger::new();
    let ledger = fixture.open(fixture.nurse_amara());
    (fixture, ledger)
}

fn append(ledger: &Ledger, class: EventClass) -> AuditTicket {
    ledger.append(EventDraft::new(class)).expect("written")
}

fn actor() -> Actor {
    Actor::new(UserId::of("iss", "amara"), Role::Nurse)
}

fn chart_read() -> EventDraft {
    EventDraft::new(EventClass::ChartRead)
        .by(actor())
        .about(Phi::new("canary-patient".parse::<ResourceId>().expect("id")))
}

fn device() -> EventKey {
    EventKey(Signer::for_tests(1))
}

fn check(path: &Path, opener: Option<&dyn Opener>) -> keep_audit::Report {
    let known = LedgerEvidence { device_key: Some(Signer::for_tests(1).public()), opener, ..LedgerEvidence::default() };
    verify_ledger(path, &TestLedger::key(), &known)
}

#[test]
fn a_new_ledger_starts_with_its_own_event_and_goes_on_after_a_restart() {
    let (fixture, ledger) = device_ledger();
    let ticket = append(&ledger, EventClass::UnlockFailed);
    assert_eq!(ticket.sequence(), 1);
    let before = ledger.state().expect("state");
    ledger.close();
    let ledger = fixture.open_for_device();
    assert_eq!(ledger.state().expect("state"), before);
    assert_eq!(append(&ledger, EventClass::Lock).sequence(), 2);
    let classes: Vec<_> =
        ledger.headers(&HeaderFilter::default(), 10).expect("window").headers.iter().map(|h| h.class).collect();
    assert_eq!(classes, [EventClass::Lock, EventClass::UnlockFailed, EventClass::LogStart]);
    let second = HeaderFilter { skip: 1, before: Some(2), ..HeaderFilter::default() };
    let shown = ledger.headers(&second, 10).expect("window").headers;
    assert_eq!(shown.iter().map(|h| h.class).collect::<Vec<_>>(), [EventClass::LogStart]);
    // What is counted is what fits, whatever is skipped.
    assert_eq!(ledger.count(&second), Ok(2));
    let locks = HeaderFilter { class: Some(EventClass::Lock), ..HeaderFilter::default() };
    assert_eq!(ledger.count(&locks), Ok(1));
    fixture.close_clean(ledger);
}

#[test]
fn a_patient_is_sealed_and_only_the_audit_key_reads_it() {
    let (fixture, ledger) = amaras_ledger();
    let sequence = ledger.append(chart_read()).expect("written").sequence();
    let entry = ledger.entry(sequence).expect("read").expect("there");
    let log = ledger.state().expect("state").log();
    let needle = b"canary-patient".as_slice();
    assert!(!entry.body.bytes().windows(needle.len()).any(|w| w == needle));
    let opener = AuditOpener(fixture.audit.hpke_key_pair());
    let info = keep_audit::seal_info(log, sequence, entry.header.event);
    let view = EventView::read(&opener.open(&info, entry.body.bytes()).expect("opened")).expect("read");
    // EXPOSE: the test compares the patient.
    assert_eq!(view.patient.map(|p| p.expose().to_string()).as_deref(), Some("canary-patient"));
    let other = AuditOpener(SegmentKey::make_random(Segment::Clinical, 1).expect("key").hpke_key_pair());
    assert_eq!(other.open(&info, entry.body.bytes()), None);
    ledger.close();
    let report = check(&fixture.path(), Some(&opener));
    assert!(report.is_clean() && report.user_signed == 2 && report.sealed_unopened == 0, "{report:?}");
}

#[test]
fn without_a_user_no_event_names_a_patient() {
    let (fixture, ledger) = device_ledger();
    let refused = ledger.append(chart_read());
    assert_eq!(refused, Err(StoreError::Audit(keep_audit::AuditError::NotSealable)));
    ledger.use_event_writer(fixture.nurse_amara());
    let ticket = ledger.append(chart_read()).expect("written");
    assert_eq!(AuditGated::new("chart").release(ticket), "chart");
    ledger.use_event_writer(ledger.event_writer().without_keys());
    assert!(ledger.append(chart_read()).is_err());
    assert_eq!(ledger.event_count(), Ok(2));
}

#[test]
fn concurrent_writers_produce_one_contiguous_log() {
    let (fixture, ledger) = amaras_ledger();
    let mut sequences: Vec<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let pending: Vec<_> = (0..25).map(|_| ledger.begin_append(chart_read())).collect();
                    pending.into_iter().map(|p| p.wait().expect("written").sequence()).collect::<Vec<_>>()
                })
            })
            .collect();
        threads.into_iter().flat_map(|h| h.join().expect("joined")).collect()
    });
    sequences.sort_unstable();
    assert_eq!(sequences, (1..=100).collect::<Vec<_>>());
    fixture.close_clean(ledger);
}

#[test]
fn one_refused_draft_does_not_fail_its_group() {
    let (_fixture, ledger) = device_ledger();
    let lease = ledger.write_lease();
    let pending = [
        ledger.begin_append(EventDraft::new(EventClass::UnlockFailed)),
        ledger.begin_append(chart_read()),
        ledger.begin_append(EventDraft::new(EventClass::UnlockFailed)),
    ];
    drop(lease);
    let results: Vec<_> = pending.into_iter().map(|p| p.wait().map(|t| t.sequence())).collect();
    assert_eq!(results, [Ok(1), Err(StoreError::Audit(keep_audit::AuditError::NotSealable)), Ok(2)]);
}

#[test]
fn rows_cannot_be_changed_removed_or_inserted() {
    let (_fixture, ledger) = device_ledger();
    ledger.checkpoint(&device()).expect("checkpoint");
    let conn = ledger.connection();
    for sql in [
        "UPDATE entry SET outcome = 8",
        "DELETE FROM entry",
        "UPDATE checkpoint SET note = ''",
        "DELETE FROM checkpoint",
        "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE sequence = 0",
        "INSERT INTO entry SELECT 7, event_id, class, recorded, outcome, body_kind, body, leaf, link, signature FROM entry",
    ] {
        assert!(conn.execute(sql, []).is_err(), "{sql}");
    }
}

#[test]
fn delivery_is_counted_and_never_changes_an_entry() {
    let (fixture, ledger) = amaras_ledger();
    for _ in 0..3 {
        ledger.append(chart_read()).expect("written");
    }
    assert_eq!(ledger.pending_count(), Ok(4));
    let first: Vec<u64> = ledger.undelivered(0, 2).expect("window").iter().map(|e| e.header.sequence).collect();
    assert_eq!(first, [0, 1]);
    ledger.mark_delivered(&first, UtcMillis(5)).expect("marked");
    ledger.mark_delivered(&first, UtcMillis(6)).expect("repeat");
    assert_eq!(ledger.pending_count(), Ok(2));
    assert_eq!(ledger.undelivered(0, 9).expect("window").first().map(|e| e.header.sequence), Some(2));
    assert!(ledger.mark_delivered(&[99], UtcMillis(7)).is_err());
    assert!(check(&fixture.path(), None).is_clean());
}

#[test]
fn the_window_filters() {
    let (_fixture, ledger) = device_ledger();
    ledger.append(EventDraft::new(EventClass::UnlockFailed).ended(keep_audit::Outcome::MinorFailure)).expect("written");
    append(&ledger, EventClass::Unlock);
    let count = |filter: HeaderFilter| ledger.headers(&filter, 10).expect("window").headers.len();
    assert_eq!(count(HeaderFilter { failures_only: true, ..HeaderFilter::default() }), 1);
    assert_eq!(count(HeaderFilter { class: Some(EventClass::Unlock), ..HeaderFilter::default() }), 1);
    assert_eq!(count(HeaderFilter { before: Some(1), ..HeaderFilter::default() }), 1);
    assert_eq!(count(HeaderFilter { since: Some(UtcMillis(i64::MAX)), ..HeaderFilter::default() }), 0);
}

#[test]
fn a_cut_tail_is_found_by_the_keychains_checkpoint() {
    let (fixture, ledger) = device_ledger();
    append(&ledger, EventClass::Unlock);
    ledger.close();
    let short = fixture.folder.path().join("short.db");
    std::fs::copy(fixture.path(), &short).expect("copied");
    let ledger = fixture.open_for_device();
    append(&ledger, EventClass::UnlockFailed);
    let note = ledger.checkpoint(&device()).expect("note");
    assert_eq!(super::rows::last_checkpoint(&ledger.connection(), "main"), Ok(Some(note.clone())));
    let known = LedgerEvidence {
        device_key: Some(Signer::for_tests(1).public()),
        trusted: std::slice::from_ref(&note),
        ..LedgerEvidence::default()
    };
    let kinds = |path: &Path| -> Vec<_> {
        verify_ledger(path, &TestLedger::key(), &known).findings.iter().map(|f| f.kind).collect()
    };
    assert_eq!(kinds(&fixture.path()), []);
    assert_eq!(kinds(&short), [FindingKind::Truncated]);
}

/// Flips one bit of every page in turn, and at fifty drawn places: each time the verifier finds something.
#[test]
fn a_flipped_bit_anywhere_in_the_file_is_found() {
    let (fixture, ledger) = amaras_ledger();
    for _ in 0..12 {
        ledger.append(chart_read()).expect("written");
    }
    ledger.checkpoint(&device()).expect("checkpoint");
    let pages: u32 = ledger.connection().query_row("PRAGMA page_count", [], |r| r.get(0)).expect("number");
    let pages = u64::from(pages);
    ledger.close();
    assert!(pages > 10, "{pages}");
    assert!(check(&fixture.path(), None).is_clean());
    let (size, page) = (pages * u64::from(crate::cipher::PAGE_SIZE), u64::from(crate::cipher::PAGE_SIZE));
    assert_eq!(std::fs::metadata(fixture.path()).expect("file").len(), size);
    // A multiplicative generator (Lehmer, modulus 2^31 - 1): the same fifty places in every run.
    let drawn = std::iter::successors(Some(20_261_122_u64), |n| Some(n * 48_271 % 2_147_483_647)).map(|n| n % size);
    let middles = (0..pages).map(|p| p * page + page / 2);
    let edges = [0, 15, 16, size - 1];
    for at in edges.into_iter().chain(middles).chain(drawn.take(50)) {
        let damaged = fixture.folder.path().join("damaged.db");
        std::fs::copy(fixture.path(), &damaged).expect("copied");
        flip(&damaged, at);
        assert!(!check(&damaged, None).is_clean(), "byte {at}");
    }
}

fn flip(path: &Path, at: u64) {
    let mut file = std::fs::OpenOptions::new().read(true).write(true).open(path).expect("file");
    let mut byte = [0];
    file.seek(SeekFrom::Start(at)).expect("seek");
    file.read_exact(&mut byte).expect("read");
    file.seek(SeekFrom::Start(at)).expect("seek");
    file.write_all(&[byte[0] ^ 1]).expect("written");
}

/// A holder of the device key can bypass the triggers: the chain still shows the change.
#[test]
fn a_row_changed_by_a_holder_of_the_key_is_reported() {
    let (fixture, ledger) = amaras_ledger();
    for _ in 0..20 {
        ledger.append(chart_read()).expect("written");
    }
    ledger.close();
    let conn = crate::open_cipher(&fixture.path(), &TestLedger::key(), crate::cipher::OpenMode::Write).expect("opened");
    conn.execute_batch(
        "DROP TRIGGER entry_no_update; UPDATE entry SET body = zeroblob(length(body)) WHERE sequence = 17",
    )
    .expect("forged");
    drop(conn);
    let report = check(&fixture.path(), None);
    assert_eq!(report.findings.iter().map(|f| f.sequence).collect::<Vec<_>>(), [Some(17)]);
    let opener = AuditOpener(fixture.audit.hpke_key_pair());
    assert_eq!(
        check(&fixture.path(), Some(&opener)).findings[0].text,
        "sequence 17: sealed body does not open at its position"
    );
}

#[test]
fn a_wrong_key_a_newer_format_and_an_existing_log_are_distinguished() {
    let fixture = TestLedger::new();
    let event_writer = fixture.device_writer();
    fixture.open_for_device().close();
    let wrong = Ledger::open(&fixture.path(), &DatabaseKey::for_tests(4), event_writer.clone(), LEDGER_LIMIT_BYTES);
    assert!(matches!(wrong, Err(StoreError::NotOpened(_))), "{wrong:?}");
    assert!(!check(&fixture.folder.path().join("absent.db"), None).is_clean());
    let again = Ledger::create(&fixture.path(), &TestLedger::key(), event_writer.clone(), None, LEDGER_LIMIT_BYTES);
    assert_eq!(again.err(), Some(StoreError::Invalid("a ledger exists already")));
    let conn = crate::open_cipher(&fixture.path(), &TestLedger::key(), crate::cipher::OpenMode::Write).expect("opened");
    conn.pragma_update(None, "user_version", 2).expect("newer");
    drop(conn);
    let newer = Ledger::open(&fixture.path(), &TestLedger::key(), event_writer, LEDGER_LIMIT_BYTES);
    assert_eq!(newer.err(), Some(StoreError::Newer("ledger")));
}

#[test]
fn a_file_that_a_crash_left_blank_becomes_a_ledger() {
    let fixture = TestLedger::new();
    std::fs::write(fixture.path(), b"").expect("blank");
    let ledger = fixture.open_for_device();
    assert_eq!(ledger.event_count(), Ok(1));
    fixture.close_clean(ledger);
}

#[test]
fn a_new_log_names_the_old_one() {
    let fixture = TestLedger::new();
    let old = keep_audit::Checkpoint::of(&LogState::start(keep_domain::LogId::make_random()));
    let event_writer = fixture.device_writer();
    let ledger = Ledger::create(&fixture.path(), &TestLedger::key(), event_writer, Some(&old), LEDGER_LIMIT_BYTES)
        .expect("ledger");
    let entry = ledger.entry(0).expect("read").expect("there");
    let view = EventView::read(entry.body.bytes()).expect("view");
    assert!(view.details.contains(&("previous_log".into(), old.log.to_string())));
}

#[test]
fn a_nearly_full_ledger_reserves_space_for_security_events() {
    let fixture = TestLedger::new();
    let ledger =
        Ledger::open_or_create(&fixture.path(), &TestLedger::key(), fixture.nurse_amara(), 4096).expect("ledger");
    assert_eq!(ledger.capacity(), Ok(LedgerCapacity::ReserveOnly));
    assert_eq!(ledger.append(chart_read()), Err(StoreError::LedgerFull));
    let emergency = chart_read().for_purpose(keep_audit::Purpose::BreakTheGlass);
    assert!(ledger.append(emergency).is_ok() && ledger.append(EventDraft::new(EventClass::UnlockFailed)).is_ok());
}

#[test]
fn unlock_records_and_trusted_time_survive_a_restart() {
    let fixture = TestLedger::new();
    let amara = UserId::of("iss", "amara");
    let mut record = UnlockRecord::fresh(59_000_000, 4);
    record.failures = 6;
    let ledger = fixture.open_for_device();
    assert_eq!(ledger.read(amara), Ok(None));
    ledger.write(amara, &UnlockRecord::fresh(1, 1)).expect("written");
    ledger.write(amara, &record).expect("written");
    ledger.advance_trusted_time(UtcMillis(90)).expect("advanced");
    ledger.advance_trusted_time(UtcMillis(50)).expect("ignored");
    ledger.close();
    let ledger = fixture.open_for_device();
    assert_eq!(ledger.read(amara), Ok(Some(record)));
    assert_eq!(ledger.trusted_time(), Ok(Some(UtcMillis(90))));
}
