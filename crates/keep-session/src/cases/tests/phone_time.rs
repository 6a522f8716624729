//! A computer whose clock is some minutes off. Once correct factors were refused until the slot was held.

use super::{Clinic, code_of, ok};
use crate::cases::{lock, unlock};
use crate::dto::failure::FailureDto;
use crate::dto::lock::{SessionDto, UnlockDto};
use crate::testing::{PASSWORD, nurse_amara, user_of};
use keep_audit::EventClass;
use keep_domain::{Clock, ErrorCode, UtcMillis};
use keep_keys::phone_code;

/// Unlocks with the phone's code at `real`, and its time where that is requested.
fn unlock_at(clinic: &Clinic, real: UtcMillis, phone_time: Option<String>) -> Result<SessionDto, FailureDto> {
    let code = phone_code(&clinic.phone, real).expect("a code");
    // EXPOSE: a test reads the phone.
    let code = Some(code.expose().clone());
    let user = user_of(clinic.person).to_string();
    unlock::unlock(&clinic.workstation, UnlockDto { user, password: PASSWORD.to_owned(), code, phone_time })
}

#[test]
fn after_a_failed_attempt_the_phones_time_unlocks_and_the_correction_is_recorded() {
    let clinic = Clinic::with(nurse_amara());
    clinic.lock();
    ok(clinic.unlock_well());
    clinic.lock();
    let real = clinic.clock.now();
    clinic.clock.set_wall(real.plus_millis(400_000));
    let asked = || ok(lock::lock_screen(&clinic.workstation)).users[0].asks_phone_time;
    assert!(!asked());
    assert_eq!(code_of(unlock_at(&clinic, real, None)), ErrorCode::UnlockRefused);
    assert!(asked(), "and not what was wrong");
    let garbled = unlock_at(&clinic, real, Some(String::from("14:07")));
    assert_eq!(code_of(garbled), ErrorCode::Invalid);
    ok(unlock_at(&clinic, real, Some(real.to_rfc3339())));
    assert_eq!(clinic.events(EventClass::ClockCorrection), 1);
    clinic.lock();
    assert!(!asked());
    let now = clinic.workstation.trusted_now().map_err(|f| f.code).expect("time");
    ok(unlock_at(&clinic, now, None));
}
