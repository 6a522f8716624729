//! Locks that come at a bad moment, and how long one unlock may last.

use super::{Clinic, ok};
use crate::beginning::{Beginning, begin};
use crate::cases::lock;
use crate::testing::nurse_amara;
use keep_audit::EventClass;
use keep_domain::ErrorCode;
use std::time::Duration;

#[test]
fn a_lock_that_comes_during_an_unlock_wins() {
    let clinic = Clinic::with(nurse_amara());
    clinic.lock();
    let began = clinic.app.0.lock_count();
    let opened = clinic.open_slot();
    lock::lock(&clinic.app, "sleep");
    let ended = begin(&clinic.app, opened, Beginning::Unlock, began);
    assert_eq!(ended.map(|_| ()).map_err(|f| f.code), Err(ErrorCode::Locked));
    assert!(clinic.app.peek(|_| ()).is_none(), "nothing is open");
    assert_eq!(clinic.events(EventClass::UnlockFailed), 1);
    clinic.clock.advance(Duration::from_secs(61));
    ok(clinic.unlock_well());
}

#[test]
fn an_open_session_is_never_replaced() {
    let clinic = Clinic::with(nurse_amara());
    clinic.lock();
    let began = clinic.app.0.lock_count();
    let opened = clinic.open_slot();
    clinic.clock.advance(Duration::from_secs(61));
    ok(clinic.unlock_well());
    let ended = begin(&clinic.app, opened, Beginning::Unlock, began);
    assert_eq!(ended.map(|_| ()).map_err(|f| f.code), Err(ErrorCode::Refused));
    assert!(clinic.app.peek(|_| ()).is_some());
}

#[test]
fn sleep_while_locked_ends_what_the_password_alone_could_resume() {
    let clinic = Clinic::with(nurse_amara());
    lock::lock(&clinic.app, "user");
    lock::lock(&clinic.app, "sleep");
    assert!(clinic.app.take_resume().is_none());
}

#[test]
fn the_limit_of_an_unlock_is_the_sites() {
    let clinic = Clinic::with(nurse_amara());
    let changed = clinic.app.change_workstation(|w| w.policy.absolute_lock_hours = 4);
    assert_eq!(changed.map_err(|f| f.code), Ok(()));
    assert_eq!(clinic.app.absolute_limit(), Duration::from_hours(4));
}
