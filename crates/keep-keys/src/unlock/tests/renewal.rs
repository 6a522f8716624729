//! A new clinic sign-in for an existing slot.

use super::test_device::*;
use crate::lease::LeaseRecord;
use crate::{KeysError, Renewal};
use keep_domain::{ProviderStatement, Secret};

const DAY: u64 = 86_400;

/// A sign-in of `subject` now, with a lease of `days`.
fn renewal(device: &TestDevice, subject: &str, days: i64) -> Renewal {
    let mut lease = LeaseRecord::for_tests(device.time.now(), days);
    lease.subject = subject.to_owned();
    Renewal {
        lease,
        statement: ProviderStatement::of_id_token(String::from("d.e.f")),
        refresh_token: Some(Secret::new(String::from("rt-2"))),
    }
}

#[test]
fn a_new_lease_extends_the_codes_at_once() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(DAY + 3600);
    let code = device.code(&amara, 0);
    let mut opened = device.unlock(&amara, PASSWORD, &code).unwrap();
    let fresh = renewal(&device, "amara", 10);
    device.with(|unlocker, _| unlocker.renew(&opened.keys, &mut opened.ring, fresh)).unwrap();
    // After the end of the first table, two days after enrolment.
    device.later(5 * DAY);
    let code = device.code(&amara, 0);
    let opened = device.unlock(&amara, PASSWORD, &code).unwrap();
    assert!(!opened.findings.restored_state, "the state's counter and the record agree");
    // EXPOSE: a test compares what came back.
    assert_eq!(opened.ring.refresh_token().unwrap().expose(), "rt-2");
}

#[test]
fn a_used_code_stays_used() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(60);
    let code = device.code(&amara, 0);
    let mut opened = device.unlock(&amara, PASSWORD, &code).unwrap();
    let fresh = renewal(&device, "amara", 10);
    device.with(|unlocker, _| unlocker.renew(&opened.keys, &mut opened.ring, fresh)).unwrap();
    assert!(matches!(device.unlock(&amara, PASSWORD, &code), Err(KeysError::CodeUsed { .. })));
}

#[test]
fn a_sign_in_without_a_refresh_token_keeps_the_old_one() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(60);
    let code = device.code(&amara, 0);
    let mut opened = device.unlock(&amara, PASSWORD, &code).unwrap();
    let fresh = Renewal { refresh_token: None, ..renewal(&device, "amara", 10) };
    device.with(|unlocker, _| unlocker.renew(&opened.keys, &mut opened.ring, fresh)).unwrap();
    // EXPOSE: a test compares what stayed.
    assert_eq!(opened.ring.refresh_token().unwrap().expose(), "rt-1");
}

#[test]
fn the_sign_in_of_another_user_is_refused() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(60);
    let code = device.code(&amara, 0);
    let mut opened = device.unlock(&amara, PASSWORD, &code).unwrap();
    let other_issuer = {
        let mut fresh = renewal(&device, "amara", 10);
        fresh.lease.issuer = String::from("https://elsewhere.example");
        fresh
    };
    for fresh in [renewal(&device, "mallory", 10), other_issuer] {
        let refused = device.with(|unlocker, _| unlocker.renew(&opened.keys, &mut opened.ring, fresh)).unwrap_err();
        assert_eq!(refused, KeysError::Refused("the sign-in is another person's"));
    }
    assert_eq!(opened.ring.lease(), None, "nothing was changed");
}
