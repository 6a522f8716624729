//! What a key ring keeps of a sign-in counts only as this device kept it last. Role and lease end had been the person's
//! own word: whoever holds their own master key could seal others.

use super::workstation::*;
use crate::key_ring::KeyRing;
use crate::lease::LeaseRecord;
use crate::unlock::Opened;
use crate::{DeviceKey, KeptSignIn, OldLease, Renewal, SignInRecord};
use keep_domain::{Role, UtcMillis};
use std::fs;

const DAY: i64 = 86_400_000;

/// Amara, unlocked, a minute later.
fn unlocked(w: &mut TestDevice, amara: &Person) -> Opened {
    w.later(60);
    let code = w.code(amara, 0);
    w.unlock(amara, PASSWORD, &code).unwrap()
}

/// Writes a ring that keeps `sign_in`, as somebody does who holds their own master key.
fn write(w: &TestDevice, opened: &mut Opened, sign_in: KeptSignIn) {
    opened.ring.replace_sign_in(sign_in);
    opened.ring.save(&w.slots, &opened.keys).unwrap();
}

fn signed(opened: &Opened) -> SignInRecord {
    let Some(KeptSignIn::Signed(record)) = opened.ring.sign_in() else { panic!("a signed statement") };
    record.clone()
}

fn counts(opened: &Opened) -> bool {
    assert_eq!(opened.sign_in_altered, opened.ring.sign_in().is_none());
    assert_eq!(opened.ring.lease(), None, "no lease comes from a file");
    !opened.sign_in_altered
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
fn a_statement_that_the_device_did_not_seal_counts_for_nothing() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    let mut opened = unlocked(&mut w, &amara);
    assert!(counts(&opened));
    let (context, own) = (opened.keys.context(), signed(&opened));
    let thief = DeviceKey::for_tests(7);
    let made = |token: &str, jwk: &str, end| {
        SignInRecord::make(&thief, context, token.to_owned(), jwk.to_owned(), UtcMillis(end))
    };
    let forged = [
        made("x.y.z", own.jwk(), own.lease_end().0),
        made(own.id_token(), "{\"kid\":\"mine\"}", own.lease_end().0),
        made(own.id_token(), own.jwk(), own.lease_end().0 + 3650 * DAY),
    ];
    for record in forged {
        write(&w, &mut opened, KeptSignIn::Signed(record));
        assert!(!counts(&unlocked(&mut w, &amara)));
    }
    write(&w, &mut opened, KeptSignIn::Signed(own));
    assert!(counts(&unlocked(&mut w, &amara)));
}

#[test]
fn an_earlier_sign_in_put_back_counts_for_nothing() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    let mut opened = unlocked(&mut w, &amara);
    let before = fs::read(w.file(&amara, "keys")).unwrap();
    let lease = LeaseRecord { roles: vec![Role::Billing], ..LeaseRecord::for_tests(w.time.now(), 1) };
    let renewal = Renewal { lease, id_token: String::from("d.e.f"), refresh_token: None };
    w.with(|unlocker, _| unlocker.renew(&opened.keys, &mut opened.ring, renewal)).unwrap();
    assert!(counts(&unlocked(&mut w, &amara)));
    fs::write(w.file(&amara, "keys"), before).unwrap();
    assert!(!counts(&unlocked(&mut w, &amara)), "she is no nurse any more");
}

#[test]
fn an_old_lease_counts_as_it_was_first_seen_and_never_after_a_signed_statement() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    let mut opened = unlocked(&mut w, &amara);
    write(&w, &mut opened, KeptSignIn::Old(old_lease()));
    assert!(!counts(&unlocked(&mut w, &amara)), "there was a signed one");

    // A profile of an earlier version: the keychain knows of no sign-in yet.
    crate::Keychain::delete(&w.keychain, &format!("sign-in/{}", amara.user)).unwrap();
    assert!(counts(&unlocked(&mut w, &amara)));
    let physician = OldLease { roles: vec![Role::Physician], ..old_lease() };
    let longer = OldLease { lease_end: MORNING.plus_millis(3650 * DAY), ..old_lease() };
    for changed in [physician, longer] {
        write(&w, &mut opened, KeptSignIn::Old(changed));
        assert!(!counts(&unlocked(&mut w, &amara)));
    }
    write(&w, &mut opened, KeptSignIn::Old(old_lease()));
    let mut opened = unlocked(&mut w, &amara);
    assert!(counts(&opened));
    let lease = LeaseRecord::for_tests(MORNING, 1);
    w.with(|unlocker, _| unlocker.sign_old_lease(&opened.keys, &mut opened.ring, String::from("a.b.c"), &lease))
        .unwrap();
    assert!(counts(&unlocked(&mut w, &amara)));
    write(&w, &mut opened, KeptSignIn::Old(old_lease()));
    assert!(!counts(&unlocked(&mut w, &amara)));
}

#[test]
fn a_replacement_that_was_cut_short_leaves_one_that_counts() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    let mut opened = unlocked(&mut w, &amara);
    let (context, own) = (opened.keys.context(), KeptSignIn::Signed(signed(&opened)));
    let device_key = DeviceKey::load(&w.keychain, true).unwrap().unwrap();
    let end = MORNING.plus_millis(2 * DAY);
    let next =
        KeptSignIn::Signed(SignInRecord::make(&device_key, context, String::from("d.e.f"), String::from("{}"), end));
    w.with(|unlocker, _| unlocker.announce_sign_in(context, &next)).unwrap();
    assert!(counts(&unlocked(&mut w, &amara)), "the ring was not written: the old one counts, and from now on alone");
    write(&w, &mut opened, next.clone());
    assert!(!counts(&unlocked(&mut w, &amara)));
    w.with(|unlocker, _| unlocker.announce_sign_in(context, &next)).unwrap();
    assert!(counts(&unlocked(&mut w, &amara)), "the ring was written: the new one counts");
    write(&w, &mut opened, own);
    assert!(!counts(&unlocked(&mut w, &amara)));
}

#[test]
fn a_ring_of_version_1_may_not_stand_in_for_one_of_version_2() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    let opened = unlocked(&mut w, &amara);
    let mut file = fs::read(w.file(&amara, "keys")).unwrap();
    assert_eq!(file[4], 2);
    file[4] = 1;
    assert!(KeyRing::open(&file, &opened.keys).is_err());
}
