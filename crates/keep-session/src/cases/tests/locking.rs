//! Locks at a bad moment, and the session time limit.

use super::{Clinic, ok};
use crate::cases::lock;
use crate::dto::lock::SingleKeysDto;
use crate::session_start::{SessionOrigin, start_session};
use crate::testing::nurse_amara;
use keep_audit::EventClass;
use keep_domain::ErrorCode;
use std::time::Duration;

#[test]
fn a_lock_that_comes_during_an_unlock_wins() {
    let clinic = Clinic::with(nurse_amara());
    clinic.lock();
    let began = clinic.workstation.0.session.lock_epoch();
    let opened = clinic.open_slot();
    lock::lock_session(&clinic.workstation, "sleep");
    let ended = start_session(&clinic.workstation, opened, SessionOrigin::Unlock, began);
    assert_eq!(ended.map(|_| ()).map_err(|f| f.code), Err(ErrorCode::Locked));
    assert!(clinic.workstation.try_session(|_| ()).is_none(), "nothing is open");
    assert_eq!(clinic.events(EventClass::UnlockFailed), 1);
    clinic.clock.advance(Duration::from_secs(61));
    ok(clinic.unlock_well());
}

#[test]
fn an_open_session_is_never_replaced() {
    let clinic = Clinic::with(nurse_amara());
    clinic.lock();
    let began = clinic.workstation.0.session.lock_epoch();
    let opened = clinic.open_slot();
    clinic.clock.advance(Duration::from_secs(61));
    ok(clinic.unlock_well());
    let ended = start_session(&clinic.workstation, opened, SessionOrigin::Unlock, began);
    assert_eq!(ended.map(|_| ()).map_err(|f| f.code), Err(ErrorCode::Refused));
    assert!(clinic.workstation.try_session(|_| ()).is_some());
}

#[test]
fn sleep_while_locked_ends_the_resume_by_password_alone() {
    let clinic = Clinic::with(nurse_amara());
    lock::lock_session(&clinic.workstation, "user");
    lock::lock_session(&clinic.workstation, "sleep");
    assert!(clinic.workstation.take_resume().is_none());
}

#[test]
fn the_session_time_limit_comes_from_the_sites_policy() {
    let clinic = Clinic::with(nurse_amara());
    let changed = clinic.workstation.change_settings(|w| w.policy.absolute_lock_hours = 4);
    assert_eq!(changed.map_err(|f| f.code), Ok(()));
    assert_eq!(clinic.workstation.absolute_limit(), Duration::from_hours(4));
}

#[test]
fn a_user_who_switched_single_keys_off_finds_them_off_after_the_next_unlock() {
    let clinic = Clinic::with(nurse_amara());
    assert!(ok(crate::cases::unlock::session(&clinic.workstation)).single_keys);
    ok(crate::cases::unlock::set_single_keys(&clinic.workstation, SingleKeysDto { on: false }));
    clinic.lock();
    clinic.clock.advance(Duration::from_secs(61));
    assert!(!ok(clinic.unlock_well()).single_keys);
}
