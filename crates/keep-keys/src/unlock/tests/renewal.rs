//! A new clinic sign-in for a slot that exists.

use super::workstation::*;
use crate::lease::LeaseRecord;
use crate::{KeysError, Renewal};
use keep_domain::Secret;

const DAY: u64 = 86_400;

/// A sign-in of `subject` now, for `days`.
fn renewal(w: &TestDevice, subject: &str, days: i64) -> Renewal {
    let mut lease = LeaseRecord::for_tests(w.time.now(), days);
    lease.subject = subject.to_owned();
    Renewal { lease, id_token: String::from("d.e.f"), refresh_token: Some(Secret::new(String::from("rt-2"))) }
}

#[test]
fn a_new_lease_extends_the_codes_at_once() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    w.later(DAY + 3600);
    let code = w.code(&amara, 0);
    let mut opened = w.unlock(&amara, PASSWORD, &code).unwrap();
    let fresh = renewal(&w, "amara", 10);
    w.with(|unlocker, _| unlocker.renew(&opened.keys, &mut opened.ring, fresh)).unwrap();
    // Beyond the first table, which ended two days after enrolment.
    w.later(5 * DAY);
    let code = w.code(&amara, 0);
    let opened = w.unlock(&amara, PASSWORD, &code).unwrap();
    assert!(!opened.restored_state, "the state's counter and the record agree");
    // EXPOSE: a test compares what came back.
    assert_eq!(opened.ring.refresh_token().unwrap().expose(), "rt-2");
}

#[test]
fn the_code_that_was_used_stays_used() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    w.later(60);
    let code = w.code(&amara, 0);
    let mut opened = w.unlock(&amara, PASSWORD, &code).unwrap();
    let fresh = renewal(&w, "amara", 10);
    w.with(|unlocker, _| unlocker.renew(&opened.keys, &mut opened.ring, fresh)).unwrap();
    assert!(matches!(w.unlock(&amara, PASSWORD, &code), Err(KeysError::CodeUsed { .. })));
}

#[test]
fn a_sign_in_without_a_refresh_token_keeps_the_old_one() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    w.later(60);
    let code = w.code(&amara, 0);
    let mut opened = w.unlock(&amara, PASSWORD, &code).unwrap();
    let fresh = Renewal { refresh_token: None, ..renewal(&w, "amara", 10) };
    w.with(|unlocker, _| unlocker.renew(&opened.keys, &mut opened.ring, fresh)).unwrap();
    // EXPOSE: a test compares what stayed.
    assert_eq!(opened.ring.refresh_token().unwrap().expose(), "rt-1");
}

#[test]
fn nobody_elses_sign_in_is_taken() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    w.later(60);
    let code = w.code(&amara, 0);
    let mut opened = w.unlock(&amara, PASSWORD, &code).unwrap();
    let other_issuer = {
        let mut fresh = renewal(&w, "amara", 10);
        fresh.lease.issuer = String::from("https://elsewhere.example");
        fresh
    };
    for fresh in [renewal(&w, "mallory", 10), other_issuer] {
        let refused = w.with(|unlocker, _| unlocker.renew(&opened.keys, &mut opened.ring, fresh)).unwrap_err();
        assert_eq!(refused, KeysError::Refused("the sign-in is another person's"));
    }
    assert_eq!(opened.ring.lease(), None, "nothing was taken");
}
