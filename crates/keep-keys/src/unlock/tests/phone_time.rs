//! A computer whose clock is some minutes off: right factors had counted as failures until the slot was held. And a code
//! that somebody saw and nobody used had been good for ten minutes, through a typed time.

use super::workstation::*;
use crate::KeysError;
use crate::totp::{digits, start_of, step_of};
use crate::trusted_time::{ManualBoot, TrustedTime};
use keep_domain::UtcMillis;
use std::sync::Arc;

/// The real time is `seconds` behind what the computer shows (or ahead, where negative).
fn off_by(w: &TestDevice, seconds: i64) -> UtcMillis {
    let real = w.clock_now();
    w.clock.set_wall(real.plus_millis(seconds * 1000));
    real
}

fn code_at(amara: &Person, at: UtcMillis) -> String {
    digits(amara.seed.code(step_of(at)))
}

/// The computer was off for an hour: the mark is known, the time since is not.
fn restart(w: &mut TestDevice, boot: &str) {
    let mark = w.time.mark();
    w.later(3600);
    let boot = Arc::new(ManualBoot { clock: Arc::clone(&w.clock), boot: boot.to_owned() });
    w.time = TrustedTime::starting(Some(&mark), boot, w.clock.clone());
}

#[test]
fn a_clock_some_minutes_off_is_opened_by_the_phones_time() {
    for (restarted, seconds) in [(false, 400), (true, 400), (true, -400), (false, 90), (true, -90), (false, 590)] {
        let mut w = TestDevice::new();
        let amara = w.enrol("amara", 0);
        w.later(3600);
        if restarted {
            restart(&mut w, "tuesday");
        }
        let real = off_by(&w, seconds);
        let code = code_at(&amara, real);
        assert_eq!(w.unlock(&amara, PASSWORD, &code).unwrap_err(), refused(1, 0), "{seconds} s");
        let opened = w.unlock_at(&amara, PASSWORD, &code, Some(real)).unwrap();
        assert!(opened.clock_corrected, "{seconds} s");
        assert!((w.time.now().0 - real.0).abs() < 30_000, "the clock is right: {seconds} s");
        w.later(60);
        let code = code_at(&amara, w.time.now());
        assert!(!w.unlock(&amara, PASSWORD, &code).unwrap().clock_corrected, "and stays right: {seconds} s");
    }
}

#[test]
fn after_every_refusal_the_right_person_still_gets_in() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    for n in 1..=9 {
        w.later(900);
        let code = code_at(&amara, w.time.now().plus_millis(-400_000));
        assert!(matches!(w.unlock(&amara, PASSWORD, &code), Err(KeysError::UnlockRefused { .. })), "{n}");
    }
    w.later(900);
    let real = off_by(&w, 400);
    assert!(w.unlock_at(&amara, PASSWORD, &code_at(&amara, real), Some(real)).is_ok());
    let record = w.with(|unlocker, _| unlocker.load_record(amara.user)).unwrap();
    assert_eq!(record.failures, 0);
}

#[test]
fn an_attempt_at_the_phones_time_counts_like_any_other() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    w.later(3600);
    for n in 1..=5 {
        let now = w.time.now();
        let error = w.unlock_at(&amara, "wrong password", &code_at(&amara, now), Some(now)).unwrap_err();
        assert_eq!(error, refused(n, if n == 5 { 30 } else { 0 }), "a wrong password and a right code");
    }
    let now = w.time.now();
    let error = w.unlock_at(&amara, PASSWORD, &code_at(&amara, now), Some(now)).unwrap_err();
    assert!(matches!(error, KeysError::Throttled { .. }));
}

#[test]
fn a_code_seen_earlier_does_not_count_whatever_time_is_typed() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    w.later(3600);
    let seen = w.time.now();
    let code = code_at(&amara, seen);
    for minutes in [2, 5, 9] {
        w.later(60 * minutes);
        for typed in [seen, seen.plus_millis(60_000), w.time.now(), w.time.now().plus_millis(-60_000)] {
            assert!(w.unlock_at(&amara, PASSWORD, &code, Some(typed)).is_err(), "{minutes} minutes");
            w.with(|unlocker, _| unlocker.release(amara.user, true)).unwrap();
        }
        // Nor after the computer's clock was set back to when it was seen.
        let now = w.clock_now();
        w.clock.set_wall(seen);
        assert!(w.unlock_at(&amara, PASSWORD, &code, Some(seen)).is_err());
        w.clock.set_wall(now);
        w.with(|unlocker, _| unlocker.release(amara.user, true)).unwrap();
    }
    assert_eq!(w.time.offset_millis(), 0, "and the clock was not moved");
}

#[test]
fn a_phone_that_is_off_moves_neither_the_clock_nor_the_trusted_time() {
    for ahead in [8, -1] {
        let mut w = TestDevice::new();
        let amara = w.enrol("amara", 0);
        w.later(3600);
        let now = w.time.now();
        let phone = start_of(step_of(now).saturating_add_signed(ahead));
        let code = code_at(&amara, phone);
        if ahead > 1 {
            assert_eq!(w.unlock(&amara, PASSWORD, &code).unwrap_err(), refused(1, 0));
        }
        let opened = w.unlock_at(&amara, PASSWORD, &code, Some(phone)).unwrap();
        assert!(!opened.clock_corrected);
        assert_eq!((w.time.offset_millis(), w.time.now()), (0, now));
        w.later(60);
        let code = w.code(&amara, ahead);
        assert!(w.unlock(&amara, PASSWORD, &code).is_ok(), "the phone is followed from here on");
    }
}

#[test]
fn a_time_far_ahead_of_a_known_one_is_not_tried() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    w.later(3600);
    let ahead = w.time.now().plus_millis(3_600_000);
    let error = w.unlock_at(&amara, PASSWORD, &code_at(&amara, ahead), Some(ahead)).unwrap_err();
    assert_eq!(error, KeysError::ClockWrong);
    let record = w.with(|unlocker, _| unlocker.load_record(amara.user)).unwrap();
    assert_eq!(record.failures, 0, "nothing was tried");
}

#[test]
fn whoever_types_the_code_first_and_looks_at_the_time_then_gets_in() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    w.later(3600);
    let real = off_by(&w, 400);
    let code = code_at(&amara, real.plus_millis(-30_000));
    assert!(w.unlock_at(&amara, PASSWORD, &code, Some(real)).is_ok());
}

#[test]
fn a_wait_ends_after_a_clock_that_was_ahead_was_set_right() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    w.later(3600);
    restart(&mut w, "tuesday");
    let real = off_by(&w, 20 * 3600);
    for _ in 0..5 {
        assert!(matches!(w.unlock(&amara, "wrong", "000000"), Err(KeysError::UnlockRefused { .. })));
    }
    w.clock.set_wall(real);
    restart(&mut w, "wednesday");
    // This boot has lasted for longer than the wait, whatever the clock showed before.
    let code = code_at(&amara, real);
    assert!(!matches!(w.unlock(&amara, PASSWORD, &code), Err(KeysError::Throttled { .. })));
}

#[test]
fn an_enrolment_on_a_computer_whose_clock_is_hours_off_takes_the_phones_time() {
    let mut w = TestDevice::new();
    // Two hours behind the phone, and nothing is known yet.
    let amara = w.enrol("amara", 240);
    assert_eq!(w.time.offset_millis(), 240 * 30_000);
    w.later(60);
    let code = w.code(&amara, 0);
    assert!(!w.unlock(&amara, PASSWORD, &code).unwrap().clock_corrected);
    // By now the time is known: a phone that shows another is off itself.
    assert_eq!(w.try_enrol("leila", 240).err(), Some(KeysError::ClockWrong));
    assert_eq!(w.try_enrol("leila", -240).err(), Some(KeysError::ClockWrong));
    assert!(w.try_enrol("leila", 10).is_ok());
}
