//! Clocks that are wrong, drift or are set back on purpose.

use super::test_device::*;
use crate::KeysError;
use crate::boot_clock::ManualBootClock;
use crate::totp::{digits, start_of, step_of};
use crate::trusted_time::TrustedTime;
use keep_domain::UtcMillis;
use std::fs;
use std::sync::Arc;

#[test]
fn the_skew_follows_a_drifting_phone() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 4);
    for ahead in [4, 5, 6, 5] {
        device.later(120);
        let code = device.code(&amara, ahead);
        device.unlock(&amara, PASSWORD, &code).unwrap();
    }
    device.later(120);
    let code = device.code(&amara, 7);
    assert_eq!(device.unlock(&amara, PASSWORD, &code).unwrap_err(), refused(1, 0));
}

#[test]
fn a_restored_old_state_accepts_no_used_step() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    let old = fs::read(device.file(&amara, "state")).unwrap();
    device.later(60);
    let observed_code = device.code(&amara, 0);
    device.unlock(&amara, PASSWORD, &observed_code).unwrap();
    fs::write(device.file(&amara, "state"), &old).unwrap();
    assert!(matches!(device.unlock(&amara, PASSWORD, &observed_code), Err(KeysError::CodeUsed { .. })));
    // Nor after the clock is set back to that step.
    device.later(3600);
    let now = device.time.now();
    device.clock.set_wall(MORNING.plus_millis(60_000));
    assert_eq!(device.unlock(&amara, PASSWORD, &observed_code).unwrap_err(), KeysError::ClockWrong);
    let entered = device.unlock_at(&amara, PASSWORD, &observed_code, Some(MORNING.plus_millis(60_000)));
    assert!(entered.is_err());
    device.clock.set_wall(now);
    let code = device.code(&amara, 0);
    assert!(device.unlock(&amara, PASSWORD, &code).unwrap().findings.restored_state, "a finding");
}

#[test]
fn a_clock_set_back_is_reported_and_corrected_by_the_phone() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(3600);
    let real = device.time.now();
    device.clock.set_wall(UtcMillis(0));
    assert_eq!(device.unlock(&amara, PASSWORD, "000000").unwrap_err(), KeysError::ClockWrong);
    // The phone shows minutes; the code is of the second half of the minute.
    device.later(30);
    let code = digits(amara.seed.code(step_of(real) + 1));
    let opened = device.unlock_at(&amara, PASSWORD, &code, Some(real)).unwrap();
    assert!(opened.findings.clock_corrected);
    assert_eq!(device.time.now(), start_of(step_of(real) + 1));
    device.later(30);
    let code = device.code(&amara, 0);
    assert!(!device.unlock(&amara, PASSWORD, &code).unwrap().findings.clock_corrected, "the correction stays");
}

#[test]
fn a_clock_a_year_ahead_is_reported_even_without_a_mark() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.clock.set_wall(MORNING.plus_millis(365 * 86_400_000));
    device.time = TrustedTime::starting(
        None,
        Arc::new(ManualBootClock { clock: Arc::clone(&device.clock), boot: String::from("tuesday") }),
        device.clock.clone(),
    );
    assert_eq!(device.unlock(&amara, PASSWORD, "000000").unwrap_err(), KeysError::ClockWrong);
    let record = device.with(|unlocker, _| unlocker.load_record(amara.user)).unwrap();
    assert_eq!(record.failures, 0, "nothing was tried");
}

#[test]
fn a_table_that_ran_out_means_sign_in_again() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(2 * 86_400 - 60);
    let code = device.code(&amara, 0);
    assert!(device.unlock(&amara, PASSWORD, &code).is_ok(), "the last minute of the table");
    device.later(180);
    let code = device.code(&amara, 0);
    assert_eq!(device.unlock(&amara, PASSWORD, &code).unwrap_err(), KeysError::LeaseEnded);
    let now = device.time.now();
    assert_eq!(device.unlock_at(&amara, PASSWORD, &code, Some(now)).unwrap_err(), KeysError::LeaseEnded);
}
