//! A ledger that was replaced by an older copy, lost or exchanged while the program was closed.

use super::{NOON, code_of, ok, records, vitals as form};
use crate::Workstation;
use crate::cases::audit::{self, Verification};
use crate::cases::{lock, sync, unlock, vitals};
use crate::dto::audit::{AuditAskDto, Explanation, SignOffDto};
use crate::dto::lock::{SlotStateDto, UnlockDto};
use crate::testing::{PASSWORD, TestDevice, TestPerson, complete, import, ingrid_of_privacy, nurse_amara, user_of};
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
struct ReopenedWorkstation {
    folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
    clock: Arc<ManualClock>,
    keychain: Arc<FakeKeychain>,
    person: TestPerson,
    phone: Secret<String>,
}

impl ReopenedWorkstation {
    fn of(person: TestPerson) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
        let (clock, keychain) = (Arc::new(ManualClock::starting(NOON)), Arc::new(FakeKeychain::default()));
        let handle = runtime.handle().clone();
        let (clock_of, keychain_of) = (clock.clone(), keychain.clone());
        let device =
            TestDevice { profile: folder.path().to_owned(), runtime: handle, clock: clock_of, keychain: keychain_of };
        let (workstation, phone) = ok(device.enrol(person, None));
        workstation.close();
        Self { folder, runtime, clock, keychain, person, phone }
    }

    fn open(&self) -> Workstation {
        let (handle, clock, keychain) = (self.runtime.handle().clone(), self.clock.clone(), self.keychain.clone());
        ok(Workstation::open_for_test(self.folder.path(), crate::ProfileAccess::Own, handle, clock, keychain))
    }

    fn unlock(&self, workstation: &Workstation) {
        self.clock.advance(Duration::from_secs(61));
        let code = phone_code(&self.phone, self.clock.now()).expect("a code");
        // EXPOSE: a test reads the phone.
        let code = Some(code.expose().clone());
        let user = user_of(self.person).to_string();
        ok(unlock::unlock(workstation, UnlockDto { user, password: PASSWORD.to_owned(), code, phone_time: None }));
    }

    /// One day's work: unlock, lock, close.
    fn work(&self) {
        let workstation = self.open();
        self.unlock(&workstation);
        workstation.close();
    }

    fn verify(&self) -> Verification {
        let workstation = self.open();
        let found = ok(audit::verify(&workstation, None));
        workstation.close();
        found
    }

    fn ledger(&self) -> PathBuf {
        self.folder.path().join("ledger.db")
    }

    fn checkpoint(&self) -> Checkpoint {
        let bytes = self.keychain.read(CHECKPOINT).expect("keychain").expect("kept");
        // EXPOSE: a checkpoint is public.
        let note = keep_audit::SignedCheckpoint::from_text(String::from_utf8(bytes.expose().clone()).expect("text"));
        note.check(&self.device_key().signer().public()).expect("checked")
    }

    fn device_key(&self) -> DeviceKey {
        DeviceKey::load(&*self.keychain, true).expect("keychain").expect("device key")
    }
}

/// Tampering with the ledger, given an earlier copy.
type Damage = fn(&ReopenedWorkstation, &[u8]);

fn all(explanation: Explanation) -> SignOffDto {
    SignOffDto { sequences: Vec::new(), explanation }
}

/// Once `audit verify` returned 1 and, after the next unlock, 0.
#[test]
fn an_older_or_lost_ledger_is_reported_until_it_is_signed_off() {
    let damages: [(&str, Damage); 4] = [
        ("put back", |d, old| fs::write(d.ledger(), old).expect("written")),
        ("deleted", |d, _| fs::remove_file(d.ledger()).expect("removed")),
        ("emptied", |d, _| fs::write(d.ledger(), b"").expect("written")),
        ("a folder", |d, _| {
            fs::remove_file(d.ledger()).and_then(|()| fs::create_dir(d.ledger())).expect("folder");
        }),
    ];
    for (what, damage) in damages {
        let reopened = ReopenedWorkstation::of(ingrid_of_privacy());
        let old = fs::read(reopened.ledger()).expect("ledger");
        reopened.work();
        assert!(reopened.verify().findings.is_empty(), "{what}");
        let before = reopened.checkpoint();
        damage(&reopened, &old);
        assert!(!reopened.verify().findings.is_empty(), "{what}: before anybody unlocks");
        for _ in 0..3 {
            reopened.work();
            assert_eq!(reopened.verify().findings.len(), 1, "{what}: and at every run after that");
        }
        let now = reopened.checkpoint();
        assert_ne!(now.log, before.log, "{what}");
        let workstation = reopened.open();
        reopened.unlock(&workstation);
        let ask = |open_alerts| AuditAskDto { offset: 0, limit: 50, class: None, open_alerts, before: None };
        let page = ok(audit::audit_events(&workstation, ask(true)));
        assert_eq!((page.open_alerts, page.rows.len(), page.total), (1, 1, 1), "{what}");
        assert!(
            page.rows[0].open_alert && page.rows[0].cause.as_ref().is_some_and(|c| c.starts_with("log_")),
            "{what}"
        );
        let because = r#"{"sequences":[],"explanation":"because"}"#;
        assert!(serde_json::from_str::<SignOffDto>(because).is_err(), "{what}");
        let none = SignOffDto { sequences: vec![0], ..all(Explanation::Incident) };
        assert_eq!(code_of(audit::sign_off_alerts(&workstation, none)), ErrorCode::NotAvailable);
        assert_eq!(
            ok(audit::sign_off_alerts(&workstation, all(Explanation::BackupRestored))).sequences,
            [page.rows[0].sequence]
        );
        assert!(ok(audit::sign_off_alerts(&workstation, all(Explanation::BackupRestored))).sequences.is_empty());
        assert_eq!(ok(audit::audit_events(&workstation, ask(false))).open_alerts, 0);
        workstation.close();
        let found = reopened.verify();
        assert_eq!((found.findings.len(), found.signed_off.len()), (0, 1), "{what}: {:?}", found.findings);
    }
}

#[test]
fn a_nurse_cannot_sign_off_alerts() {
    let reopened = ReopenedWorkstation::of(nurse_amara());
    let workstation = reopened.open();
    reopened.unlock(&workstation);
    assert_eq!(code_of(audit::sign_off_alerts(&workstation, all(Explanation::Incident))), ErrorCode::Refused);
    workstation.close();
}

#[test]
fn a_missing_or_invalid_checkpoint_is_a_finding_and_the_log_continues() {
    type Change = fn(&FakeKeychain);
    let changes: [(&str, Change); 2] = [
        ("checkpoint_missing", |k| k.delete(CHECKPOINT).expect("deleted")),
        ("checkpoint_unreadable", |k| k.write(CHECKPOINT, b"no note").expect("written")),
    ];
    for (what, change) in changes {
        let reopened = ReopenedWorkstation::of(ingrid_of_privacy());
        let log = reopened.checkpoint().log;
        change(&reopened.keychain);
        for _ in 0..2 {
            let findings = reopened.verify().findings;
            assert!(findings.iter().any(|f| f.contains(what)), "{what}: {findings:?}");
            reopened.work();
        }
        assert_eq!((reopened.checkpoint().log, reopened.verify().findings.len()), (log, 1), "{what}");
    }
}

#[test]
fn a_checkpoint_of_another_log_starts_a_new_one_that_names_both() {
    let reopened = ReopenedWorkstation::of(ingrid_of_privacy());
    let real = reopened.checkpoint();
    let other = Checkpoint { log: keep_domain::LogId::from_bytes([9; 16]), ..real };
    let note = other.sign(&EventKey(reopened.device_key().signer())).expect("signed");
    reopened.keychain.write(CHECKPOINT, note.as_str().as_bytes()).expect("written");
    reopened.work();
    let workstation = reopened.open();
    let device = workstation.enrolled_device().map_err(|f| f.code).expect("device");
    let body = |n| device.ledger.entry(n).expect("read").expect("there").body.bytes().to_vec();
    let said = keep_audit::EventView::read(&body(1)).expect("view");
    assert_eq!(said.detail("log"), Some(other.log.to_string().as_str()));
    assert_eq!(said.detail("found_log"), Some(real.log.to_string().as_str()));
    drop(device);
    workstation.close();
    assert_eq!(reopened.verify().findings.len(), 1);
}

#[test]
fn failures_are_counted_without_the_ledger_and_the_slot_is_held_without_both_copies() {
    let reopened = ReopenedWorkstation::of(nurse_amara());
    let workstation = reopened.open();
    reopened.clock.advance(Duration::from_secs(61));
    let user = user_of(nurse_amara()).to_string();
    let code = Some(String::from("000000"));
    let wrong = UnlockDto { user: user.clone(), password: String::from("wrong"), code, phone_time: None };
    let Err(failure) = unlock::unlock(&workstation, wrong) else { panic!("unlocked") };
    assert_eq!((failure.code, failure.attempts_left), (ErrorCode::UnlockRefused, Some(9)));
    workstation.close();
    fs::remove_file(reopened.ledger()).expect("removed");
    let workstation = reopened.open();
    let code = Some(String::from("000000"));
    let wrong = UnlockDto { user: user.clone(), password: String::from("wrong"), code, phone_time: None };
    let Err(failure) = unlock::unlock(&workstation, wrong) else { panic!("unlocked") };
    assert_eq!(failure.attempts_left, Some(8), "the keychain's copy counts");
    workstation.close();
    // An intact slot is enough without the ledger's copy.
    fs::remove_file(reopened.ledger()).expect("removed");
    reopened.work();
    fs::remove_file(reopened.ledger()).expect("removed");
    reopened.keychain.delete(&format!("unlock/{user}")).expect("deleted");
    let workstation = reopened.open();
    let tile = ok(lock::lock_screen(&workstation)).users.remove(0);
    assert!(matches!(tile.state, SlotStateDto::Held), "both copies are gone");
    workstation.close();
}

/// Once the numbers of change sets started again with a new log, so that the next save replaced a pending one.
#[test]
fn unsent_work_of_the_closed_log_still_waits() {
    let reopened = ReopenedWorkstation::of(nurse_amara());
    let workstation = reopened.open();
    reopened.unlock(&workstation);
    ok(import(&workstation, records().into_iter().map(str::to_owned).collect()));
    ok(complete(&workstation, CHART_TYPES));
    // Enough saves for the new log's sequences to reach those of the old one.
    let mut saved: Vec<u64> = (0..6).map(|_| ok(vitals::save_vitals(&workstation, form())).change_set).collect();
    assert_eq!(ok(sync::sync_status(&workstation)).pending, 6);
    workstation.close();
    fs::remove_file(reopened.ledger()).expect("removed");
    let workstation = reopened.open();
    reopened.unlock(&workstation);
    for n in 7..=24 {
        saved.push(ok(vitals::save_vitals(&workstation, form())).change_set);
        assert_eq!(ok(sync::sync_status(&workstation)).pending, n);
    }
    assert!(saved.is_sorted_by(|a, b| a < b), "{saved:?}");
    workstation.close();
}

#[test]
fn without_a_working_ledger_no_user_unlocks_and_the_error_says_why() {
    let reopened = ReopenedWorkstation::of(nurse_amara());
    fs::remove_file(reopened.ledger()).expect("removed");
    let in_the_way = reopened.folder.path().join("ledger.db.new");
    fs::create_dir(&in_the_way).and_then(|()| fs::write(in_the_way.join("inside"), b"x")).expect("in the way");
    let workstation = reopened.open();
    assert_eq!(ok(lock::lock_screen(&workstation)).blocked, Some(ErrorCode::LedgerDamaged));
    let user = user_of(nurse_amara()).to_string();
    let code = Some(String::from("000000"));
    let right = UnlockDto { user, password: PASSWORD.to_owned(), code, phone_time: None };
    assert_eq!(code_of(unlock::unlock(&workstation, right)), ErrorCode::LedgerDamaged);
    workstation.close();
    assert!(!reopened.ledger().exists());
    fs::remove_dir_all(in_the_way).expect("out of the way");
    reopened.work();
    assert_eq!(reopened.verify().findings.len(), 1);
}

#[test]
fn after_a_crash_the_next_start_stores_the_checkpoint() {
    let reopened = ReopenedWorkstation::of(nurse_amara());
    let before = reopened.checkpoint();
    let workstation = reopened.open();
    reopened.unlock(&workstation);
    lock::lock_session(&workstation, "user");
    workstation.record(keep_audit::EventDraft::new(EventClass::ConfigChange));
    // As after the exec that follows a lock: nothing was closed.
    let behind = reopened.checkpoint();
    *crate::state::acquire(&workstation.0.device.context) = None;
    ok(lock::lock_screen(&workstation));
    let now = reopened.checkpoint();
    assert_eq!((now.log, before.log), (before.log, behind.log));
    assert!(now.size > behind.size && behind.size > before.size, "{before:?} {behind:?} {now:?}");
    workstation.close();
}
