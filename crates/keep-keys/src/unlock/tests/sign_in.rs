//! A stored sign-in is only valid if it is the last one of this device. Role and end of lease used to be whatever the key
//! file said, which users could forge with their own master key.

use super::test_device::*;
use crate::key_ring::KeyRing;
use crate::lease::LeaseRecord;
use crate::unlock::OpenedSlot;
use crate::{DeviceKey, OldLease, Renewal, SignInRecord, StoredSignIn};
use keep_domain::{ProviderStatement, Role, UtcMillis};
use std::fs;

const DAY: i64 = 86_400_000;

/// Unlocks as Amara a minute later.
fn unlocked(device: &mut TestDevice, amara: &Person) -> OpenedSlot {
    device.later(60);
    let code = device.code(amara, 0);
    device.unlock(amara, PASSWORD, &code).unwrap()
}

/// Writes a ring with `sign_in`, as users can with their own master key.
fn write(device: &TestDevice, opened: &mut OpenedSlot, sign_in: StoredSignIn) {
    opened.ring.replace_sign_in(sign_in);
    opened.ring.save(&device.slots, &opened.keys).unwrap();
}

fn signed(opened: &OpenedSlot) -> SignInRecord {
    let Some(StoredSignIn::Signed(record)) = opened.ring.sign_in() else { panic!("a sign-in record") };
    record.clone()
}

fn is_valid(opened: &OpenedSlot) -> bool {
    assert_eq!(opened.findings.sign_in_altered, opened.ring.sign_in().is_none());
    assert_eq!(opened.ring.lease(), None, "no lease comes from a file");
    !opened.findings.sign_in_altered
}

fn old_lease() -> OldLease {
    OldLease {
        issuer: String::from("https://id.example"),
        subject: String::from("amara"),
        roles: vec![Role::Nurse],
        restricted: false,
        issued_at: MORNING,
        lease_end: MORNING.plus_millis(DAY),
        kid: String::from("k1"),
        token_hash: [9; 32],
        jwk: String::from("{}"),
    }
}

#[test]
fn a_sign_in_not_sealed_by_the_device_is_ignored() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    let mut opened = unlocked(&mut device, &amara);
    assert!(is_valid(&opened));
    let (context, own) = (opened.keys.context(), signed(&opened));
    let thief = DeviceKey::for_tests(7);
    let made = |token: &str, jwk: &str, end| {
        SignInRecord::make(
            &thief,
            context,
            ProviderStatement::of_id_token(token.to_owned()),
            jwk.to_owned(),
            UtcMillis(end),
        )
    };
    let forged = [
        made("x.y.z", own.jwk(), own.lease_end().0),
        made(&own.statement().id_token, "{\"kid\":\"mine\"}", own.lease_end().0),
        made(&own.statement().id_token, own.jwk(), own.lease_end().0 + 3650 * DAY),
    ];
    for record in forged {
        write(&device, &mut opened, StoredSignIn::Signed(record));
        assert!(!is_valid(&unlocked(&mut device, &amara)));
    }
    write(&device, &mut opened, StoredSignIn::Signed(own));
    assert!(is_valid(&unlocked(&mut device, &amara)));
}

#[test]
fn a_restored_earlier_sign_in_is_ignored() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    let mut opened = unlocked(&mut device, &amara);
    let before = fs::read(device.file(&amara, "keys")).unwrap();
    let lease = LeaseRecord { roles: vec![Role::Billing], ..LeaseRecord::for_tests(device.time.now(), 1) };
    let renewal =
        Renewal { lease, statement: ProviderStatement::of_id_token(String::from("d.e.f")), refresh_token: None };
    device.with(|unlocker, _| unlocker.renew(&opened.keys, &mut opened.ring, renewal)).unwrap();
    assert!(is_valid(&unlocked(&mut device, &amara)));
    fs::write(device.file(&amara, "keys"), before).unwrap();
    assert!(!is_valid(&unlocked(&mut device, &amara)), "she is no longer a nurse");
}

#[test]
fn an_old_lease_is_valid_unchanged_and_only_before_a_sign_in_record() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    let mut opened = unlocked(&mut device, &amara);
    write(&device, &mut opened, StoredSignIn::Old(old_lease()));
    assert!(!is_valid(&unlocked(&mut device, &amara)), "there was a sign-in record");

    // A profile of an earlier version: the keychain has no digest yet.
    crate::Keychain::delete(&device.keychain, &format!("sign-in/{}", amara.user)).unwrap();
    assert!(is_valid(&unlocked(&mut device, &amara)));
    let physician = OldLease { roles: vec![Role::Physician], ..old_lease() };
    let longer = OldLease { lease_end: MORNING.plus_millis(3650 * DAY), ..old_lease() };
    for changed in [physician, longer] {
        write(&device, &mut opened, StoredSignIn::Old(changed));
        assert!(!is_valid(&unlocked(&mut device, &amara)));
    }
    write(&device, &mut opened, StoredSignIn::Old(old_lease()));
    let mut opened = unlocked(&mut device, &amara);
    assert!(is_valid(&opened));
    let lease = LeaseRecord::for_tests(MORNING, 1);
    device
        .with(|unlocker, _| {
            unlocker.replace_statement(
                &opened.keys,
                &mut opened.ring,
                ProviderStatement::of_id_token(String::from("a.b.c")),
                &lease,
            )
        })
        .unwrap();
    assert!(is_valid(&unlocked(&mut device, &amara)));
    write(&device, &mut opened, StoredSignIn::Old(old_lease()));
    assert!(!is_valid(&unlocked(&mut device, &amara)));
}

#[test]
fn an_interrupted_replacement_leaves_one_valid_sign_in() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    let mut opened = unlocked(&mut device, &amara);
    let (context, own) = (opened.keys.context(), StoredSignIn::Signed(signed(&opened)));
    let device_key = DeviceKey::load(&device.keychain, true).unwrap().unwrap();
    let end = MORNING.plus_millis(2 * DAY);
    let next = StoredSignIn::Signed(SignInRecord::make(
        &device_key,
        context,
        ProviderStatement::of_id_token(String::from("d.e.f")),
        String::from("{}"),
        end,
    ));
    device.with(|unlocker, _| unlocker.stage_sign_in(context, &next)).unwrap();
    assert!(
        is_valid(&unlocked(&mut device, &amara)),
        "the ring was not written: the old one is valid, and from now on the only one"
    );
    write(&device, &mut opened, next.clone());
    assert!(!is_valid(&unlocked(&mut device, &amara)));
    device.with(|unlocker, _| unlocker.stage_sign_in(context, &next)).unwrap();
    assert!(is_valid(&unlocked(&mut device, &amara)), "the ring was written: the new one is valid");
    write(&device, &mut opened, own);
    assert!(!is_valid(&unlocked(&mut device, &amara)));
}

#[test]
fn a_key_file_cannot_be_downgraded_to_version_1() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    let opened = unlocked(&mut device, &amara);
    let mut file = fs::read(device.file(&amara, "keys")).unwrap();
    assert_eq!(file[4], 2);
    file[4] = 1;
    assert!(KeyRing::open(&file, &opened.keys).is_err());
}
