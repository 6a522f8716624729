//! A ledger that is not the one that was left: a new log starts, and nothing of the old one is lost.

use super::*;
use keep_audit::{Checkpoint, ClosedLog, DetailValue, FindingKind, LogOrigin, Outcome};
use std::fs;

const NOW: UtcMillis = UtcMillis(1_795_338_100_000);

/// A fixture whose ledger had `EVENTS` events when its checkpoint was stored, and a copy of it with four events fewer.
struct Left {
    fixture: TestLedger,
    checkpoint: Checkpoint,
    earlier: Vec<u8>,
}

const EVENTS: u64 = 24;

impl Left {
    fn new() -> Self {
        let fixture = TestLedger::new();
        let (ledger, fault) = open(&fixture, None, false).expect("made");
        assert_eq!(fault, None);
        ledger.use_event_writer(fixture.nurse_amara());
        let append = |n: u64| (0..n).map(|_| ledger.append(chart_read()).expect("written").sequence()).max();
        ledger.write(amara(), &UnlockRecord { failures: 3, ..UnlockRecord::fresh(59_000_000, 4) }).expect("record");
        append(EVENTS - 5);
        ledger.checkpoint(&device()).expect("checkpoint");
        let earlier = fs::read(fixture.path()).expect("copy");
        append(4);
        let checkpoint = checkpoint_of(&ledger);
        assert_eq!(checkpoint.size, EVENTS);
        ledger.close();
        Self { fixture, checkpoint, earlier }
    }

    fn path(&self) -> PathBuf {
        self.fixture.path()
    }

    fn open(&self) -> (Ledger, Option<LogFault>) {
        open(&self.fixture, Some(&self.checkpoint), true).expect("opened")
    }

    /// Files that were set aside.
    fn aside(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.fixture.folder.path()).expect("folder");
        let names = entries.map(|e| e.expect("entry").path());
        names.filter(|p| is_aside(&p.to_string_lossy())).collect()
    }
}

fn is_aside(name: &str) -> bool {
    name.contains("ledger.db.damaged-") && !name.ends_with("-journal")
}

fn amara() -> UserId {
    UserId::of("iss", "amara")
}

fn device_key() -> [u8; 32] {
    Signer::for_tests(1).public()
}

fn checkpoint_of(ledger: &Ledger) -> Checkpoint {
    ledger.checkpoint(&device()).expect("checkpoint").check(&device_key()).expect("checked")
}

fn open(
    fixture: &TestLedger,
    checkpoint: Option<&Checkpoint>,
    expected: bool,
) -> Result<(Ledger, Option<LogFault>), StoreError> {
    Ledger::open_or_start(LedgerOpening {
        path: &fixture.path(),
        key: &TestLedger::key(),
        event_writer: fixture.device_writer(),
        limit_bytes: LEDGER_LIMIT_BYTES,
        device_key: device_key(),
        checkpoint,
        expected,
        now: NOW,
    })
}

fn view(ledger: &Ledger, sequence: u64) -> EventView {
    EventView::read(ledger.entry(sequence).expect("read").expect("there").body.bytes()).expect("view")
}

type Damage = (&'static str, fn(&Left), LogFault);

/// Everything that may be at the ledger's path instead of the ledger that was left.
fn damages() -> Vec<Damage> {
    vec![
        ("put back by four events", |l| fs::write(l.path(), &l.earlier).expect("written"), LogFault::RolledBack),
        ("deleted", |l| fs::remove_file(l.path()).expect("removed"), LogFault::Missing),
        ("emptied", |l| fs::write(l.path(), b"").expect("written"), LogFault::Empty),
        ("cut by half", |l| cut(l, |length| length / 2), LogFault::Unreadable),
        ("last page cut", |l| cut(l, |length| length - u64::from(crate::cipher::PAGE_SIZE)), LogFault::Unreadable),
        ("text", |l| fs::write(l.path(), b"Dear auditor".repeat(999)).expect("written"), LogFault::Unreadable),
        ("another profile's", another_key, LogFault::Unreadable),
        ("another log of this device", another_log, LogFault::Exchanged),
        ("a fork", fork, LogFault::Disagrees),
        ("a folder", folder, LogFault::NotAFile),
        #[cfg(unix)]
        ("a pipe", pipe, LogFault::NotAFile),
        #[cfg(unix)]
        ("a link to nowhere", link, LogFault::NotAFile),
    ]
}

fn cut(left: &Left, length: fn(u64) -> u64) {
    let file = fs::OpenOptions::new().write(true).open(left.path()).expect("file");
    let now = file.metadata().expect("length").len();
    file.set_len(length(now)).expect("cut");
}

fn another_key(left: &Left) {
    let (other, key) = (TestLedger::new(), DatabaseKey::for_tests(77));
    let event_writer = other.device_writer();
    Ledger::create(&other.path(), &key, event_writer, None, LEDGER_LIMIT_BYTES).expect("made").close();
    fs::copy(other.path(), left.path()).expect("swapped");
}

fn another_log(left: &Left) {
    let other = TestLedger::new();
    other.open_for_device().close();
    fs::copy(other.path(), left.path()).expect("swapped");
}

/// The earlier copy, on which an older program went on writing.
fn fork(left: &Left) {
    fs::write(left.path(), &left.earlier).expect("written");
    let ledger = left.fixture.open_for_device();
    for _ in 0..9 {
        let _ticket = append(&ledger, EventClass::Lock);
    }
    ledger.close();
}

fn folder(left: &Left) {
    fs::remove_file(left.path()).expect("removed");
    fs::create_dir(left.path()).expect("folder");
    fs::write(left.path().join("inside"), b"x").expect("not empty");
}

#[cfg(unix)]
fn pipe(left: &Left) {
    fs::remove_file(left.path()).expect("removed");
    rustix::fs::mkfifoat(rustix::fs::CWD, left.path(), rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR).expect("pipe");
}

#[cfg(unix)]
fn link(left: &Left) {
    fs::remove_file(left.path()).expect("removed");
    std::os::unix::fs::symlink("nowhere", left.path()).expect("link");
}

/// A ledger of four events ago went on under the same log id: sequences named other events than before, and the only
/// checkpoint that showed it was overwritten.
#[test]
fn any_unusable_ledger_is_replaced_by_a_log_that_names_it() {
    for (what, damage, expected) in damages() {
        let left = Left::new();
        damage(&left);
        let bytes =
            (expected != LogFault::NotAFile).then(|| fs::read(left.path()).ok()).flatten().filter(|b| !b.is_empty());
        let there = fs::symlink_metadata(left.path()).is_ok();
        let (ledger, fault) = left.open();
        assert_eq!(fault, Some(expected), "{what}");
        assert_ne!(ledger.state().expect("state").log(), left.checkpoint.log, "{what}: never the same log again");
        let first = ledger.entry(0).expect("read").expect("there");
        let origin = LogOrigin::read(&first.body).expect("origin");
        assert_eq!(origin.previous, Some(ClosedLog::from(&left.checkpoint)), "{what}");
        let finding = view(&ledger, 1);
        assert_eq!(
            (finding.facts.class, finding.facts.outcome),
            (EventClass::IntegrityFinding, Outcome::SeriousFailure)
        );
        let root = DetailValue::digest(&left.checkpoint.root);
        let said = |name| finding.detail(name).map(str::to_owned);
        assert_eq!((said("finding").as_deref(), said("root").as_deref()), (Some(expected.name()), Some(root.as_str())));
        assert_eq!(
            (said("log"), said("size")),
            (Some(left.checkpoint.log.to_string()), Some(EVENTS.to_string())),
            "{what}"
        );
        assert_eq!((left.aside().len(), said("set_aside_at").is_some()), (usize::from(there), there), "{what}");
        if let Some(bytes) = bytes {
            assert!(fs::read(&left.aside()[0]).expect("kept") == bytes, "{what}: every byte is kept as evidence");
        }
        assert_eq!(append(&ledger, EventClass::Lock).sequence(), 2, "{what}");
        let log = ledger.state().expect("state").log();
        let checkpoint = checkpoint_of(&ledger);
        ledger.close();
        // And at every later run, until it is signed off.
        for _ in 0..2 {
            let (ledger, fault) = open(&left.fixture, Some(&checkpoint), true).expect("opened");
            assert_eq!((fault, ledger.state().expect("state").log()), (None, log), "{what}: it goes on");
            ledger.close();
            let kinds: Vec<_> = check(&left.path(), None).findings.iter().map(|f| f.kind).collect();
            assert_eq!(kinds, [FindingKind::Alert], "{what}");
        }
    }
}

#[test]
fn one_missing_event_is_a_fault_and_an_extra_one_is_not() {
    let left = Left::new();
    let (ledger, fault) = left.open();
    assert_eq!(fault, None);
    let whole = fs::read(left.path()).expect("copy");
    let _ticket = append(&ledger, EventClass::Lock);
    let checkpoint = checkpoint_of(&ledger);
    ledger.close();
    // The keychain's copy may be older than the file: a power cut may come before it is stored.
    assert_eq!(left.open().1, None);
    fs::write(left.path(), whole).expect("put back");
    assert_eq!(open(&left.fixture, Some(&checkpoint), true).expect("opened").1, Some(LogFault::RolledBack));
}

#[test]
fn the_lock_screens_state_continues_in_the_new_log() {
    let left = Left::new();
    fs::write(left.path(), &left.earlier).expect("put back");
    let (ledger, _) = left.open();
    assert_eq!(ledger.read(amara()).expect("read").map(|r| (r.failures, r.last_step)), Some((3, 59_000_000)));
    assert_eq!(view(&ledger, 1).detail("undelivered"), Some("20"), "events that no server has are named");
}

#[test]
fn a_crash_between_any_two_steps_leaves_the_old_log_or_the_new_one() {
    // Behind the new file's making: the old one is still in its place.
    let left = Left::new();
    fs::write(left.path(), &left.earlier).expect("put back");
    let leftover = left.fixture.folder.path().join("ledger.db.new");
    fs::write(&leftover, b"half").expect("leftover");
    let (ledger, fault) = left.open();
    let log = ledger.state().expect("state").log();
    assert_eq!((fault, leftover.exists()), (Some(LogFault::RolledBack), false));
    ledger.close();
    // Before its first checkpoint was stored: the new log names the one that the keychain still has.
    let (ledger, fault) = left.open();
    assert_eq!((fault, ledger.state().expect("state").log()), (None, log));
    ledger.close();
    // Behind the old file's renaming, its journal still there: the new one is taken up, not started again.
    fs::rename(left.path(), &leftover).expect("not yet in place");
    let journal = left.fixture.folder.path().join("ledger.db-journal");
    fs::write(&journal, b"of the old file").expect("journal");
    let (ledger, fault) = left.open();
    assert_eq!((fault, ledger.state().expect("state").log()), (None, log));
    ledger.close();
    assert_eq!(left.aside().len(), 1);
    // A new log of another story is never taken up.
    fs::rename(left.path(), &leftover).expect("moved");
    let other = Checkpoint { size: EVENTS + 1, ..left.checkpoint };
    let (ledger, fault) = open(&left.fixture, Some(&other), true).expect("opened");
    assert_eq!(fault, Some(LogFault::Missing));
    assert_ne!(ledger.state().expect("state").log(), log);
}

#[test]
fn a_profile_without_users_starts_without_a_finding() {
    let fixture = TestLedger::new();
    fs::write(fixture.path(), b"").expect("what a crash leaves");
    let (ledger, fault) = open(&fixture, None, false).expect("made");
    assert_eq!((fault, ledger.event_count()), (None, Ok(1)));
    let save = |ledger: &Ledger| ledger.change_set_number(ledger.event_count().expect("count"));
    assert_eq!(save(&ledger), 1);
    ledger.close();
    let (ledger, fault) = open(&fixture, None, true).expect("opened");
    assert_eq!((fault, ledger.event_count()), (None, Ok(1)));
}

/// Change sets of the closed log may still wait to be sent: a number that came again would replace one of them.
#[test]
fn change_set_numbers_continue_above_those_of_the_closed_log() {
    let left = Left::new();
    fs::remove_file(left.path()).expect("removed");
    let (ledger, _) = left.open();
    let first = ledger.change_set_number(2);
    assert!(first > EVENTS && first < (1 << 53), "{first}");
    let checkpoint = checkpoint_of(&ledger);
    ledger.close();
    let (ledger, _) = open(&left.fixture, Some(&checkpoint), true).expect("opened");
    assert_eq!(ledger.change_set_number(2), first, "after a restart, too");
}

/// SQLCipher refuses everything on a connection that met a damaged page: reading an old event must not end the writing
/// of new ones.
#[test]
fn a_damaged_old_event_does_not_stop_new_ones() {
    let left = Left::new();
    let page = u64::from(crate::cipher::PAGE_SIZE);
    let pages = fs::metadata(left.path()).expect("file").len() / page;
    let whole = fs::read(left.path()).expect("file");
    let mut unread = 0;
    for at in 0..pages {
        fs::write(left.path(), &whole).expect("whole");
        flip(&left.path(), at * page + page / 2);
        let (ledger, fault) = left.open();
        if fault.is_none() {
            unread += usize::from((0..EVENTS).any(|n| ledger.entry(n).is_err()));
        }
        assert!(ledger.append(EventDraft::new(EventClass::Lock)).is_ok(), "page {at}");
        ledger.close();
    }
    assert!(unread > 0, "some page held old events only");
}

/// 300 places: the ledger opens each time and takes events, and what was found is either in the new log or found by
/// the verifier in the old one.
#[test]
fn a_flipped_bit_locks_no_one_out_and_stays_on_record() {
    let left = Left::new();
    let whole = fs::read(left.path()).expect("file");
    let length = u64::try_from(whole.len()).expect("small");
    // A multiplicative generator (Lehmer, modulus 2^31 - 1): the same places in every run.
    let drawn = std::iter::successors(Some(20_261_130_u64), |n| Some(n * 48_271 % 2_147_483_647)).map(|n| n % length);
    let mut started = 0;
    for at in drawn.take(300) {
        for aside in left.aside() {
            fs::remove_file(aside).expect("removed");
        }
        fs::write(left.path(), &whole).expect("whole");
        flip(&left.path(), at);
        let (ledger, fault) = left.open();
        started += u32::from(fault.is_some());
        let written = ledger.append(EventDraft::new(EventClass::Lock)).map(|t| t.sequence());
        assert!(written.is_ok(), "byte {at} of {length}: {fault:?} {written:?}");
        ledger.close();
        assert!(!check(&left.path(), None).is_clean(), "byte {at}: {fault:?}");
        assert_eq!(left.aside().len(), usize::from(fault.is_some()), "byte {at}");
    }
    assert!(started > 20, "{started} of 300 hit a page that the next event depends on");
}
