//! A ledger that was put back, lost or exchanged while the program was closed.

use super::{NOON, code_of, ok, records, vitals as form};
use crate::App;
use crate::cases::audit::{self, Verification};
use crate::cases::{lock, sync, unlock, vitals};
use crate::dto::audit::{AuditAskDto, SignOffDto};
use crate::dto::lock::{SlotStateDto, UnlockDto};
use crate::testing::{PASSWORD, TestPerson, bring, complete, ingrid_of_privacy, nurse_amara, open_with_phone, user_of};
use keep_audit::{Checkpoint, EventClass};
use keep_domain::{Clock, ErrorCode, ManualClock, Secret};
use keep_keys::{DeviceKey, FakeKeychain, Keychain, phone_code};
use keep_store::EventKey;
use keep_sync::CHART_TYPES;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const CHECKPOINT: &str = "log-checkpoint";

/// A workstation that is closed and opened again.
struct Desk {
    folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
    clock: Arc<ManualClock>,
    keychain: Arc<FakeKeychain>,
    person: TestPerson,
    phone: Secret<String>,
}

impl Desk {
    fn of(person: TestPerson) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
        let (clock, keychain) = (Arc::new(ManualClock::starting(NOON)), Arc::new(FakeKeychain::default()));
        let handle = runtime.handle().clone();
        let opened = open_with_phone(folder.path(), person, handle, clock.clone(), keychain.clone());
        let (app, phone) = ok(opened);
        app.close();
        Self { folder, runtime, clock, keychain, person, phone }
    }

    fn open(&self) -> App {
        let (handle, clock, keychain) = (self.runtime.handle().clone(), self.clock.clone(), self.keychain.clone());
        ok(App::open_for_test(self.folder.path(), handle, clock, keychain))
    }

    fn unlock(&self, app: &App) {
        self.clock.advance(Duration::from_secs(61));
        let code = phone_code(&self.phone, self.clock.now()).expect("a code");
        // EXPOSE: a test reads the phone.
        let code = Some(code.expose().clone());
        let user = user_of(self.person).to_string();
        ok(unlock::unlock(app, UnlockDto { user, password: PASSWORD.to_owned(), code, phone_time: None }));
    }

    /// One day's work: unlock, lock, close.
    fn work(&self) {
        let app = self.open();
        self.unlock(&app);
        app.close();
    }

    fn verify(&self) -> Verification {
        let app = self.open();
        let found = ok(audit::verify(&app, None));
        app.close();
        found
    }

    fn ledger(&self) -> PathBuf {
        self.folder.path().join("ledger.db")
    }

    fn checkpoint(&self) -> Checkpoint {
        let bytes = self.keychain.read(CHECKPOINT).expect("keychain").expect("kept");
        // EXPOSE: a checkpoint is public.
        let note = keep_audit::SignedCheckpoint::from_text(String::from_utf8(bytes.expose().clone()).expect("text"));
        note.check(&self.kd().signer().public()).expect("checked")
    }

    fn kd(&self) -> DeviceKey {
        DeviceKey::load(&*self.keychain, true).expect("keychain").expect("device key")
    }
}

/// What somebody does to the ledger, with an earlier copy of it.
type Damage = fn(&Desk, &[u8]);

fn all(explanation: &str) -> SignOffDto {
    SignOffDto { sequences: Vec::new(), explanation: explanation.to_owned() }
}

/// `audit verify` answered 1 once, and 0 after the next unlock.
#[test]
fn a_ledger_put_back_or_lost_is_reported_until_somebody_signs_it_off() {
    let damages: [(&str, Damage); 4] = [
        ("put back", |d, old| fs::write(d.ledger(), old).expect("written")),
        ("deleted", |d, _| fs::remove_file(d.ledger()).expect("removed")),
        ("emptied", |d, _| fs::write(d.ledger(), b"").expect("written")),
        ("a folder", |d, _| {
            fs::remove_file(d.ledger()).and_then(|()| fs::create_dir(d.ledger())).expect("folder");
        }),
    ];
    for (what, damage) in damages {
        let desk = Desk::of(ingrid_of_privacy());
        let old = fs::read(desk.ledger()).expect("ledger");
        desk.work();
        assert!(desk.verify().findings.is_empty(), "{what}");
        let before = desk.checkpoint();
        damage(&desk, &old);
        assert!(!desk.verify().findings.is_empty(), "{what}: before anybody unlocks");
        for _ in 0..3 {
            desk.work();
            assert_eq!(desk.verify().findings.len(), 1, "{what}: and at every run after that");
        }
        let now = desk.checkpoint();
        assert_ne!(now.log, before.log, "{what}");
        let app = desk.open();
        desk.unlock(&app);
        let ask = |class: &str| AuditAskDto { offset: 0, limit: 50, class: class.to_owned(), before: None };
        let page = ok(audit::audit_events(&app, ask("open_alerts")));
        assert_eq!((page.open_alerts, page.rows.len(), page.total), (1, 1, 1), "{what}");
        assert!(page.rows[0].open_alert && page.rows[0].cause.starts_with("log_"), "{what}: {}", page.rows[0].cause);
        assert_eq!(code_of(audit::sign_off_alerts(&app, all("because"))), ErrorCode::Invalid);
        let none = SignOffDto { sequences: vec![0], ..all("incident") };
        assert_eq!(code_of(audit::sign_off_alerts(&app, none)), ErrorCode::NotAvailable);
        assert_eq!(ok(audit::sign_off_alerts(&app, all("backup_restored"))).sequences, [page.rows[0].sequence]);
        assert!(ok(audit::sign_off_alerts(&app, all("backup_restored"))).sequences.is_empty());
        assert_eq!(ok(audit::audit_events(&app, ask(""))).open_alerts, 0);
        app.close();
        let found = desk.verify();
        assert_eq!((found.findings.len(), found.signed_off.len()), (0, 1), "{what}: {:?}", found.findings);
    }
}

#[test]
fn a_nurse_signs_nothing_off() {
    let desk = Desk::of(nurse_amara());
    let app = desk.open();
    desk.unlock(&app);
    assert_eq!(code_of(audit::sign_off_alerts(&app, all("incident"))), ErrorCode::Refused);
    app.close();
}

#[test]
fn a_checkpoint_that_is_missing_or_no_checkpoint_is_a_finding_and_the_log_goes_on() {
    type Change = fn(&FakeKeychain);
    let changes: [(&str, Change); 2] = [
        ("checkpoint_missing", |k| k.delete(CHECKPOINT).expect("deleted")),
        ("checkpoint_unreadable", |k| k.write(CHECKPOINT, b"no note").expect("written")),
    ];
    for (what, change) in changes {
        let desk = Desk::of(ingrid_of_privacy());
        let log = desk.checkpoint().log;
        change(&desk.keychain);
        for _ in 0..2 {
            let findings = desk.verify().findings;
            assert!(findings.iter().any(|f| f.contains(what)), "{what}: {findings:?}");
            desk.work();
        }
        assert_eq!((desk.checkpoint().log, desk.verify().findings.len()), (log, 1), "{what}");
    }
}

#[test]
fn a_checkpoint_of_another_log_starts_a_new_one_that_names_both() {
    let desk = Desk::of(ingrid_of_privacy());
    let real = desk.checkpoint();
    let other = Checkpoint { log: keep_domain::LogId::from_bytes([9; 16]), ..real };
    let note = other.sign(&EventKey(desk.kd().signer())).expect("signed");
    desk.keychain.write(CHECKPOINT, note.as_str().as_bytes()).expect("written");
    desk.work();
    let app = desk.open();
    let device = app.enrolled_device().map_err(|f| f.code).expect("device");
    let body = |n| device.ledger.entry(n).expect("read").expect("there").body.bytes().to_vec();
    let said = keep_audit::EventView::read(&body(1)).expect("view");
    assert_eq!(said.detail("log"), Some(other.log.to_string().as_str()));
    assert_eq!(said.detail("found_log"), Some(real.log.to_string().as_str()));
    drop(device);
    app.close();
    assert_eq!(desk.verify().findings.len(), 1);
}

#[test]
fn failures_are_counted_on_without_the_ledger_and_held_without_both_copies() {
    let desk = Desk::of(nurse_amara());
    let app = desk.open();
    desk.clock.advance(Duration::from_secs(61));
    let user = user_of(nurse_amara()).to_string();
    let code = Some(String::from("000000"));
    let wrong = UnlockDto { user: user.clone(), password: String::from("wrong"), code, phone_time: None };
    let Err(failure) = unlock::unlock(&app, wrong) else { panic!("unlocked") };
    assert_eq!((failure.code, failure.attempts_left), (ErrorCode::UnlockRefused, Some(9)));
    app.close();
    fs::remove_file(desk.ledger()).expect("removed");
    let app = desk.open();
    let code = Some(String::from("000000"));
    let wrong = UnlockDto { user: user.clone(), password: String::from("wrong"), code, phone_time: None };
    let Err(failure) = unlock::unlock(&app, wrong) else { panic!("unlocked") };
    assert_eq!(failure.attempts_left, Some(8), "the keychain's copy counts");
    app.close();
    // Whose slot is whole is let in without the ledger's copy.
    fs::remove_file(desk.ledger()).expect("removed");
    desk.work();
    fs::remove_file(desk.ledger()).expect("removed");
    desk.keychain.delete(&format!("unlock/{user}")).expect("deleted");
    let app = desk.open();
    let tile = ok(lock::lock_screen(&app)).users.remove(0);
    assert!(matches!(tile.state, SlotStateDto::Held), "both copies are gone");
    app.close();
}

/// The numbers of change sets began again with the new log, so that the next save replaced one that was still waiting.
#[test]
fn unsent_work_of_the_closed_log_still_waits() {
    let desk = Desk::of(nurse_amara());
    let app = desk.open();
    desk.unlock(&app);
    ok(bring(&app, records().into_iter().map(str::to_owned).collect()));
    ok(complete(&app, CHART_TYPES));
    // As many saves as make the new log's sequences meet those of the old one.
    let mut saved: Vec<u64> = (0..6).map(|_| ok(vitals::save_vitals(&app, form())).change_set).collect();
    assert_eq!(ok(sync::sync_chip(&app)).pending, 6);
    app.close();
    fs::remove_file(desk.ledger()).expect("removed");
    let app = desk.open();
    desk.unlock(&app);
    for n in 7..=24 {
        saved.push(ok(vitals::save_vitals(&app, form())).change_set);
        assert_eq!(ok(sync::sync_chip(&app)).pending, n);
    }
    assert!(saved.is_sorted_by(|a, b| a < b), "{saved:?}");
    app.close();
}

#[test]
fn where_no_event_can_be_made_durable_nobody_unlocks_and_is_told_why() {
    let desk = Desk::of(nurse_amara());
    fs::remove_file(desk.ledger()).expect("removed");
    let in_the_way = desk.folder.path().join("ledger.db.new");
    fs::create_dir(&in_the_way).and_then(|()| fs::write(in_the_way.join("inside"), b"x")).expect("in the way");
    let app = desk.open();
    assert_eq!(ok(lock::lock_screen(&app)).blocked, Some(ErrorCode::LedgerDamaged));
    let user = user_of(nurse_amara()).to_string();
    let code = Some(String::from("000000"));
    let right = UnlockDto { user, password: PASSWORD.to_owned(), code, phone_time: None };
    assert_eq!(code_of(unlock::unlock(&app, right)), ErrorCode::LedgerDamaged);
    app.close();
    assert!(!desk.ledger().exists());
    fs::remove_dir_all(in_the_way).expect("out of the way");
    desk.work();
    assert_eq!(desk.verify().findings.len(), 1);
}

#[test]
fn a_process_that_ended_without_a_word_keeps_the_checkpoint_at_the_next_start() {
    let desk = Desk::of(nurse_amara());
    let before = desk.checkpoint();
    let app = desk.open();
    desk.unlock(&app);
    lock::lock(&app, "user");
    app.record(keep_audit::EventDraft::new(EventClass::ClockSuspect));
    // As after the exec that follows a lock: nothing is closed.
    let behind = desk.checkpoint();
    *crate::app::guard(&app.0.device) = None;
    ok(lock::lock_screen(&app));
    let now = desk.checkpoint();
    assert_eq!((now.log, before.log), (before.log, behind.log));
    assert!(now.size > behind.size && behind.size > before.size, "{before:?} {behind:?} {now:?}");
    app.close();
}
