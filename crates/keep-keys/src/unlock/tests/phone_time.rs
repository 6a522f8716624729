//! Computers whose clock is some minutes off. Correct factors used to count as failures until the slot was held, and an
//! observed, unused code was valid for ten minutes by entering its time.

use super::test_device::*;
use crate::KeysError;
use crate::boot_clock::ManualBootClock;
use crate::totp::{digits, start_of, step_of};
use crate::trusted_time::TrustedTime;
use keep_domain::UtcMillis;
use std::sync::Arc;

/// Sets the clock `seconds` ahead of the real time (negative: behind), which is returned.
fn off_by(device: &TestDevice, seconds: i64) -> UtcMillis {
    let real = device.clock_now();
    device.clock.set_wall(real.plus_millis(seconds * 1000));
    real
}

fn code_at(amara: &Person, at: UtcMillis) -> String {
    digits(amara.seed.code(step_of(at)))
}

/// Simulates a computer that was off for an hour: the mark is known, but not the time since.
fn restart(device: &mut TestDevice, boot: &str) {
    let mark = device.time.mark();
    device.later(3600);
    let boot = Arc::new(ManualBootClock { clock: Arc::clone(&device.clock), boot: boot.to_owned() });
    device.time = TrustedTime::starting(Some(&mark), boot, device.clock.clone());
}

#[test]
fn the_phones_time_unlocks_a_computer_whose_clock_is_minutes_off() {
    for (restarted, seconds) in [(false, 400), (true, 400), (true, -400), (false, 90), (true, -90), (false, 590)] {
        let mut device = TestDevice::new();
        let amara = device.enrol("amara", 0);
        device.later(3600);
        if restarted {
            restart(&mut device, "tuesday");
        }
        let real = off_by(&device, seconds);
        let code = code_at(&amara, real);
        assert_eq!(device.unlock(&amara, PASSWORD, &code).unwrap_err(), refused(1, 0), "{seconds} s");
        let opened = device.unlock_at(&amara, PASSWORD, &code, Some(real)).unwrap();
        assert!(opened.findings.clock_corrected, "{seconds} s");
        assert!((device.time.now().0 - real.0).abs() < 30_000, "the clock is right: {seconds} s");
        device.later(60);
        let code = code_at(&amara, device.time.now());
        assert!(
            !device.unlock(&amara, PASSWORD, &code).unwrap().findings.clock_corrected,
            "and stays right: {seconds} s"
        );
    }
}

#[test]
fn the_right_user_can_unlock_after_many_refusals() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    for n in 1..=9 {
        device.later(900);
        let code = code_at(&amara, device.time.now().plus_millis(-400_000));
        assert!(matches!(device.unlock(&amara, PASSWORD, &code), Err(KeysError::UnlockRefused { .. })), "{n}");
    }
    device.later(900);
    let real = off_by(&device, 400);
    assert!(device.unlock_at(&amara, PASSWORD, &code_at(&amara, real), Some(real)).is_ok());
    let record = device.with(|unlocker, _| unlocker.load_record(amara.user)).unwrap();
    assert_eq!(record.failures, 0);
}

#[test]
fn an_attempt_with_the_phones_time_counts_like_any_other() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(3600);
    for n in 1..=5 {
        let now = device.time.now();
        let error = device.unlock_at(&amara, "wrong password", &code_at(&amara, now), Some(now)).unwrap_err();
        assert_eq!(error, refused(n, if n == 5 { 30 } else { 0 }), "a wrong password and a right code");
    }
    let now = device.time.now();
    let error = device.unlock_at(&amara, PASSWORD, &code_at(&amara, now), Some(now)).unwrap_err();
    assert!(matches!(error, KeysError::Throttled { .. }));
}

#[test]
fn an_observed_code_is_refused_whatever_time_is_entered() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(3600);
    let seen = device.time.now();
    let code = code_at(&amara, seen);
    for minutes in [2, 5, 9] {
        device.later(60 * minutes);
        for typed in [seen, seen.plus_millis(60_000), device.time.now(), device.time.now().plus_millis(-60_000)] {
            assert!(device.unlock_at(&amara, PASSWORD, &code, Some(typed)).is_err(), "{minutes} minutes");
            device.with(|unlocker, _| unlocker.release(amara.user, true)).unwrap();
        }
        // Nor after the clock was set back to the time of the code.
        let now = device.clock_now();
        device.clock.set_wall(seen);
        assert!(device.unlock_at(&amara, PASSWORD, &code, Some(seen)).is_err());
        device.clock.set_wall(now);
        device.with(|unlocker, _| unlocker.release(amara.user, true)).unwrap();
    }
    assert_eq!(device.time.offset_millis(), 0, "and the clock was not moved");
}

#[test]
fn a_phone_with_a_wrong_clock_changes_neither_the_clock_nor_trusted_time() {
    for ahead in [8, -1] {
        let mut device = TestDevice::new();
        let amara = device.enrol("amara", 0);
        device.later(3600);
        let now = device.time.now();
        let phone = start_of(step_of(now).saturating_add_signed(ahead));
        let code = code_at(&amara, phone);
        if ahead > 1 {
            assert_eq!(device.unlock(&amara, PASSWORD, &code).unwrap_err(), refused(1, 0));
        }
        let opened = device.unlock_at(&amara, PASSWORD, &code, Some(phone)).unwrap();
        assert!(!opened.findings.clock_corrected);
        assert_eq!((device.time.offset_millis(), device.time.now()), (0, now));
        device.later(60);
        let code = device.code(&amara, ahead);
        assert!(device.unlock(&amara, PASSWORD, &code).is_ok(), "the skew of the phone is learned");
    }
}

#[test]
fn a_time_far_ahead_of_trusted_time_is_not_tried() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(3600);
    let ahead = device.time.now().plus_millis(3_600_000);
    let error = device.unlock_at(&amara, PASSWORD, &code_at(&amara, ahead), Some(ahead)).unwrap_err();
    assert_eq!(error, KeysError::ClockWrong);
    let record = device.with(|unlocker, _| unlocker.load_record(amara.user)).unwrap();
    assert_eq!(record.failures, 0, "nothing was tried");
}

#[test]
fn a_code_typed_just_before_the_time_was_read_is_accepted() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(3600);
    let real = off_by(&device, 400);
    let code = code_at(&amara, real.plus_millis(-30_000));
    assert!(device.unlock_at(&amara, PASSWORD, &code, Some(real)).is_ok());
}

#[test]
fn a_wait_ends_although_the_clock_was_ahead_and_then_corrected() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(3600);
    restart(&mut device, "tuesday");
    let real = off_by(&device, 20 * 3600);
    for _ in 0..5 {
        assert!(matches!(device.unlock(&amara, "wrong", "000000"), Err(KeysError::UnlockRefused { .. })));
    }
    device.clock.set_wall(real);
    restart(&mut device, "wednesday");
    // The time since boot is longer than the wait, whatever the clock showed before.
    let code = code_at(&amara, real);
    assert!(!matches!(device.unlock(&amara, PASSWORD, &code), Err(KeysError::Throttled { .. })));
}

#[test]
fn an_enrolment_with_a_clock_hours_off_uses_the_phones_time() {
    let mut device = TestDevice::new();
    // Two hours behind the phone, without trusted time.
    let amara = device.enrol("amara", 240);
    assert_eq!(device.time.offset_millis(), 240 * 30_000);
    device.later(60);
    let code = device.code(&amara, 0);
    assert!(!device.unlock(&amara, PASSWORD, &code).unwrap().findings.clock_corrected);
    // With trusted time a different time on a phone is the phone's error.
    assert_eq!(device.try_enrol("leila", 240).err(), Some(KeysError::ClockWrong));
    assert_eq!(device.try_enrol("leila", -240).err(), Some(KeysError::ClockWrong));
    assert!(device.try_enrol("leila", 10).is_ok());
}
