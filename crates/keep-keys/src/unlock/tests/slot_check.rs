//! Checks of slot files without a password.

use super::test_device::*;
use crate::slot::SlotFile;
use crate::{DeviceKey, KeysError, SlotCheck};
use std::fs;

#[test]
fn a_check_without_a_password_finds_every_flipped_bit_that_matters() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    let device_key = DeviceKey::load(&device.keychain, true).unwrap().unwrap();
    let check = |device: &TestDevice| device.slots.check(amara.user, &device_key);
    assert_eq!(check(&device), Ok(SlotCheck::Intact));
    for kind in ["json", "state", "keys", "sums"] {
        let path = device.file(&amara, kind);
        let own = fs::read(&path).unwrap();
        // The state file is long and encrypted as a whole.
        let step = if kind == "state" { own.len() / 40 } else { 1 };
        let mut harmless = 0;
        for at in (0..own.len()).step_by(step) {
            let mut flipped = own.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(&path, &flipped).unwrap();
            if check(&device).is_ok() {
                // Only white space or the digest of the previous key file may change unnoticed.
                harmless += 1;
                let meaning = |bytes: &[u8]| SlotFile::parse(bytes).and_then(|f| f.to_bytes()).ok();
                assert!(kind == "sums" || (kind == "json" && meaning(&flipped) == meaning(&own)), "{kind} at {at}");
            }
        }
        assert!(harmless < own.len() / 2, "{kind}: {harmless} of {}", own.len());
        fs::write(&path, &own).unwrap();
    }
    assert_eq!(check(&device), Ok(SlotCheck::Intact));
}

#[test]
fn a_changed_name_or_role_is_found_and_an_old_profile_is_reported_as_unchecked() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    let device_key = DeviceKey::load(&device.keychain, true).unwrap().unwrap();
    let path = device.file(&amara, "json");
    let own = fs::read_to_string(&path).unwrap();
    for (from, to) in [("\"amara\"", "\"amira\""), ("\"nurse\"", "\"physician\"")] {
        assert!(own.contains(from), "{from}: {own}");
        fs::write(&path, own.replace(from, to)).unwrap();
        assert!(device.slots.list().unwrap()[0].owner.is_some(), "the lock screen cannot see it");
        assert_eq!(device.slots.check(amara.user, &device_key), Err(KeysError::SlotDamaged("slot")));
    }
    fs::write(&path, &own).unwrap();
    fs::remove_file(device.file(&amara, "sums")).unwrap();
    assert_eq!(device.slots.check(amara.user, &device_key), Ok(SlotCheck::KeysNotYetChecked));
    device.later(60);
    let code = device.code(&amara, 0);
    let mut opened = device.unlock(&amara, PASSWORD, &code).unwrap();
    opened.ring.save(&device.slots, &opened.keys).unwrap();
    assert_eq!(device.slots.check(amara.user, &device_key), Ok(SlotCheck::Intact));
}
