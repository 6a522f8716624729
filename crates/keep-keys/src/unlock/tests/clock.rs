//! Clocks that are wrong, drift, or are turned back on purpose.

use super::workstation::*;
use crate::KeysError;
use crate::totp::{digits, start_of, step_of};
use crate::trusted_time::{ManualBoot, TrustedTime};
use keep_domain::UtcMillis;
use std::fs;
use std::sync::Arc;

#[test]
fn a_phone_that_drifts_is_followed() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 4);
    for ahead in [4, 5, 6, 5] {
        w.later(120);
        let code = w.code(&amara, ahead);
        w.unlock(&amara, PASSWORD, &code).unwrap();
    }
    w.later(120);
    let code = w.code(&amara, 7);
    assert_eq!(w.unlock(&amara, PASSWORD, &code).unwrap_err(), refused(1, 0));
}

#[test]
fn an_old_state_put_back_serves_no_step_that_was_used() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    let old = fs::read(w.file(&amara, "state")).unwrap();
    w.later(60);
    let seen_by_a_thief = w.code(&amara, 0);
    w.unlock(&amara, PASSWORD, &seen_by_a_thief).unwrap();
    fs::write(w.file(&amara, "state"), &old).unwrap();
    assert!(matches!(w.unlock(&amara, PASSWORD, &seen_by_a_thief), Err(KeysError::CodeUsed { .. })));
    // Nor does a clock set back bring the step within reach.
    w.later(3600);
    let now = w.time.now();
    w.clock.set_wall(MORNING.plus_millis(60_000));
    assert_eq!(w.unlock(&amara, PASSWORD, &seen_by_a_thief).unwrap_err(), KeysError::ClockWrong);
    let entered = w.unlock_at(&amara, PASSWORD, &seen_by_a_thief, Some(MORNING.plus_millis(60_000)));
    assert!(entered.is_err());
    w.clock.set_wall(now);
    let code = w.code(&amara, 0);
    assert!(w.unlock(&amara, PASSWORD, &code).unwrap().restored_state, "a finding");
}

#[test]
fn a_clock_set_back_is_said_and_corrected_by_the_phone() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    w.later(3600);
    let real = w.time.now();
    w.clock.set_wall(UtcMillis(0));
    assert_eq!(w.unlock(&amara, PASSWORD, "000000").unwrap_err(), KeysError::ClockWrong);
    // The phone shows minutes; the code is of the second half of the minute.
    w.later(30);
    let code = digits(amara.seed.code(step_of(real) + 1));
    let opened = w.unlock_at(&amara, PASSWORD, &code, Some(real)).unwrap();
    assert!(opened.clock_corrected);
    assert_eq!(w.time.now(), start_of(step_of(real) + 1));
    w.later(30);
    let code = w.code(&amara, 0);
    assert!(!w.unlock(&amara, PASSWORD, &code).unwrap().clock_corrected, "the correction holds");
}

#[test]
fn a_clock_a_year_ahead_is_said_even_without_a_mark() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    w.clock.set_wall(MORNING.plus_millis(365 * 86_400_000));
    w.time = TrustedTime::starting(
        None,
        Arc::new(ManualBoot { clock: Arc::clone(&w.clock), boot: String::from("tuesday") }),
        w.clock.clone(),
    );
    assert_eq!(w.unlock(&amara, PASSWORD, "000000").unwrap_err(), KeysError::ClockWrong);
    let record = w.with(|unlocker, _| unlocker.load_record(amara.user)).unwrap();
    assert_eq!(record.failures, 0, "nothing was tried");
}

#[test]
fn a_table_that_ran_out_means_sign_in_again() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    w.later(2 * 86_400 - 60);
    let code = w.code(&amara, 0);
    assert!(w.unlock(&amara, PASSWORD, &code).is_ok(), "the last minute of the table");
    w.later(180);
    let code = w.code(&amara, 0);
    assert_eq!(w.unlock(&amara, PASSWORD, &code).unwrap_err(), KeysError::LeaseEnded);
    let now = w.time.now();
    assert_eq!(w.unlock_at(&amara, PASSWORD, &code, Some(now)).unwrap_err(), KeysError::LeaseEnded);
}
