//! What `doctor` finds without a password.

use super::workstation::*;
use crate::slot::SlotFile;
use crate::{DeviceKey, KeysError, SlotCheck};
use std::fs;

#[test]
fn a_check_without_a_password_finds_every_flipped_bit_that_matters() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    let device_key = DeviceKey::load(&w.keychain, true).unwrap().unwrap();
    let check = |w: &TestDevice| w.slots.check(amara.user, &device_key);
    assert_eq!(check(&w), Ok(SlotCheck::Whole));
    for kind in ["json", "state", "keys", "sums"] {
        let path = w.file(&amara, kind);
        let own = fs::read(&path).unwrap();
        // The state file is long, and every byte of it is under one seal.
        let step = if kind == "state" { own.len() / 40 } else { 1 };
        let mut harmless = 0;
        for at in (0..own.len()).step_by(step) {
            let mut flipped = own.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(&path, &flipped).unwrap();
            if check(&w).is_ok() {
                // White space, or the digest of the key file before: then nothing has changed its meaning.
                harmless += 1;
                let meaning = |bytes: &[u8]| SlotFile::parse(bytes).and_then(|f| f.to_bytes()).ok();
                assert!(kind == "sums" || (kind == "json" && meaning(&flipped) == meaning(&own)), "{kind} at {at}");
            }
        }
        assert!(harmless < own.len() / 2, "{kind}: {harmless} of {}", own.len());
        fs::write(&path, &own).unwrap();
    }
    assert_eq!(check(&w), Ok(SlotCheck::Whole));
}

#[test]
fn another_name_role_or_device_is_found_and_an_old_profile_is_said_to_be_unchecked() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    let device_key = DeviceKey::load(&w.keychain, true).unwrap().unwrap();
    let path = w.file(&amara, "json");
    let own = fs::read_to_string(&path).unwrap();
    for (from, to) in [("\"amara\"", "\"amira\""), ("\"nurse\"", "\"physician\"")] {
        assert!(own.contains(from), "{from}: {own}");
        fs::write(&path, own.replace(from, to)).unwrap();
        assert!(w.slots.list().unwrap()[0].shown.is_some(), "the lock screen cannot see it");
        assert_eq!(w.slots.check(amara.user, &device_key), Err(KeysError::SlotDamaged("slot")));
    }
    fs::write(&path, &own).unwrap();
    fs::remove_file(w.file(&amara, "sums")).unwrap();
    assert_eq!(w.slots.check(amara.user, &device_key), Ok(SlotCheck::KeysNotYetChecked));
    w.later(60);
    let code = w.code(&amara, 0);
    let mut opened = w.unlock(&amara, PASSWORD, &code).unwrap();
    opened.ring.save(&w.slots, &opened.keys).unwrap();
    assert_eq!(w.slots.check(amara.user, &device_key), Ok(SlotCheck::Whole));
}
