mod clock;
mod copies;
mod damage;
mod phone_time;
mod renewal;
mod sign_in;
mod slot_check;
mod test_device;

use crate::enrolment::{Enrolment, EnrolmentInput};
use crate::lease::LeaseRecord;
use crate::totp::{digits, step_of};
use crate::{DeviceKey, KdfParams, Keychain, KeysError, MemberClaims, ResumeSecret};
use keep_domain::{ErrorCode, ProviderStatement, Role, Secret, UtcMillis};
use std::time::Duration;
use test_device::*;

#[test]
fn password_and_code_open_the_same_keys_again() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(60);
    let code = device.code(&amara, 0);
    let first = device.unlock(&amara, PASSWORD, &code).unwrap();
    device.later(30);
    let code = device.code(&amara, 0);
    let second = device.unlock(&amara, PASSWORD, &code).unwrap();
    assert_eq!(first.keys.personal_key().key(), second.keys.personal_key().key());
    // EXPOSE: a test compares what came back.
    assert_eq!(second.ring.refresh_token().unwrap().expose(), "rt-1");
    assert!(!second.findings.restored_state && !second.findings.clock_corrected);
    let slots = device.slots.list().unwrap();
    assert_eq!(slots[0].owner.as_ref().unwrap().display_name, "amara");
}

#[test]
fn wrong_password_and_wrong_code_look_the_same() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(60);
    let code = device.code(&amara, 0);
    let wrong_code = digits((amara.seed.code(step_of(device.time.now())) + 1) % 1_000_000);
    assert_eq!(device.unlock(&amara, "wrong password", &code).unwrap_err(), refused(1, 0));
    assert_eq!(device.unlock(&amara, PASSWORD, &wrong_code).unwrap_err(), refused(2, 0));
    assert_eq!(device.unlock(&amara, PASSWORD, "12ab").unwrap_err(), refused(3, 0));
    assert!(device.unlock(&amara, PASSWORD, &code).is_ok());
    device.later(30);
    assert_eq!(
        device.unlock(&amara, "wrong password", "000000").unwrap_err(),
        refused(1, 0),
        "success clears failures"
    );
}

#[test]
fn a_code_works_once() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    let used = KeysError::CodeUsed { next_in: Duration::from_secs(30) };
    let code = device.code(&amara, 0);
    assert_eq!(device.unlock(&amara, PASSWORD, &code).unwrap_err(), used, "used at enrolment");
    device.later(40);
    let code = device.code(&amara, 0);
    device.unlock(&amara, PASSWORD, &code).unwrap();
    device.later(5);
    let used = KeysError::CodeUsed { next_in: Duration::from_secs(15) };
    assert_eq!(device.unlock(&amara, PASSWORD, &code).unwrap_err(), used);
    device.later(15);
    // A slow clock would allow the previous step, but its code was already used.
    assert_eq!(device.unlock(&amara, PASSWORD, &code).unwrap_err(), refused(1, 0));
}

#[test]
fn failures_wait_then_hold_and_survive_lost_copies() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(60);
    for n in 1..=5 {
        assert_eq!(device.unlock(&amara, "wrong", "000000").unwrap_err(), refused(n, if n == 5 { 30 } else { 0 }));
    }
    let throttled = KeysError::Throttled { wait: Duration::from_secs(30) };
    assert_eq!(device.unlock(&amara, PASSWORD, "000000").unwrap_err(), throttled);
    device.memory.lose_everything();
    assert_eq!(device.unlock(&amara, PASSWORD, "000000").unwrap_err(), throttled, "the copy in the keychain counts");
    for wall in [0, MORNING.0 * 2] {
        device.clock.set_wall(UtcMillis(wall));
        assert_eq!(device.unlock(&amara, PASSWORD, "000000").unwrap_err(), throttled, "the wall clock does not matter");
    }
    device.clock.set_wall(MORNING.plus_millis(60_000));
    device.later(30);
    let code = device.code(&amara, 0);
    assert!(device.unlock(&amara, PASSWORD, &code).is_ok());

    device.memory.lose_everything();
    device.keychain.delete(&format!("unlock/{}", amara.user)).unwrap();
    device.later(30);
    let code = device.code(&amara, 0);
    let held = KeysError::SlotHeld { online_only: false };
    assert_eq!(device.unlock(&amara, PASSWORD, &code).unwrap_err(), held, "both copies lost");
    device.with(|unlocker, _| unlocker.release(amara.user, true)).unwrap();
    assert!(device.unlock(&amara, PASSWORD, &code).is_ok());
}

#[test]
fn ten_failures_hold_until_released() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    for _ in 0..10 {
        device.later(900);
        assert!(matches!(device.unlock(&amara, "wrong", "000000"), Err(KeysError::UnlockRefused { .. })));
    }
    device.later(900);
    let code = device.code(&amara, 0);
    let held = device.unlock(&amara, PASSWORD, &code).unwrap_err();
    assert_eq!((held.clone(), held.code()), (KeysError::SlotHeld { online_only: false }, ErrorCode::SlotHeld));
    device.with(|unlocker, _| unlocker.release(amara.user, false)).unwrap();
    assert!(device.unlock(&amara, PASSWORD, &code).is_ok());
}

#[test]
fn the_password_alone_resumes_for_an_hour_unless_a_wrong_one_is_tried() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(60);
    let code = device.code(&amara, 0);
    let opened = device.unlock(&amara, PASSWORD, &code).unwrap();
    let serialized = opened.resume.to_bytes().unwrap();
    // EXPOSE: a test simulates the process that takes over.
    let secret = || ResumeSecret::from_bytes(serialized.expose()).unwrap();
    let password = Secret::new(PASSWORD.to_owned());

    device.later(59 * 60);
    let resumed = device.with(|unlocker, time| unlocker.resume(time, amara.user, &password, secret())).unwrap();
    assert_eq!(resumed.keys.personal_key().key(), opened.keys.personal_key().key());
    let wrong = Secret::new(String::from("wrong password"));
    let error = device.with(|unlocker, time| unlocker.resume(time, amara.user, &wrong, secret())).unwrap_err();
    assert_eq!(error, refused(1, 0));

    let other = device.enrol("leila", 0);
    let error = device.with(|unlocker, time| unlocker.resume(time, other.user, &password, secret())).unwrap_err();
    assert_eq!(error, KeysError::CodeNeeded);
    device.later(60);
    let error = device.with(|unlocker, time| unlocker.resume(time, amara.user, &password, secret())).unwrap_err();
    assert_eq!(error, KeysError::CodeNeeded, "after an hour");
    device.clock.set_wall(MORNING);
    let error = device.with(|unlocker, time| unlocker.resume(time, amara.user, &password, secret())).unwrap_err();
    assert_eq!(error, KeysError::CodeNeeded, "even if the clock is set back");
}

#[test]
fn enrolment_refuses_short_passwords_other_tokens_and_a_second_slot() {
    let mut device = TestDevice::new();
    let device_key = DeviceKey::load_or_make(&device.keychain, false).unwrap();
    let policy = device.policy.clone();
    let short = Secret::new(String::from("Mu\u{308}ller"));
    assert!(crate::check_password(&short, &policy).is_err());
    device.enrol("amara", 0);
    let again = device.with(|unlocker, time| {
        let enrolment = Enrolment::begin(unlocker.device, KdfParams::WEAK_FOR_TESTS).unwrap();
        assert!(enrolment.confirm_code(&Secret::new(String::from("no")), time).is_err());
        let code = crate::phone_code(&enrolment.otpauth_uri("a", "b").unwrap(), time.now()).unwrap();
        let confirmed = enrolment.confirm_code(&code, time).unwrap();
        let claims = MemberClaims {
            issuer: String::from("https://id.example"),
            subject: String::from("amara"),
            name: String::from("Amara"),
            roles: vec![Role::Nurse],
            restricted: false,
            nonce: enrolment.nonce(),
            issued_at: time.now(),
        };
        let password = Secret::new(PASSWORD.to_owned());
        let lease = LeaseRecord::for_tests(time.now(), 1);
        let input = EnrolmentInput {
            claims: &claims,
            statement: ProviderStatement::of_id_token(String::new()),
            lease,
            refresh_token: None,
            password: &password,
            confirmed,
        };
        enrolment.finish(unlocker, &device_key, time, input)
    });
    assert_eq!(again.unwrap_err(), KeysError::AlreadyEnrolled);
}
