//! Files and copies that are lost, swapped, truncated or altered.

use super::test_device::*;
use crate::{KeychainState, KeysError};
use keep_domain::ErrorCode;
use std::fs;

#[test]
fn an_attempt_that_cannot_be_counted_is_not_made() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(60);
    let code = device.code(&amara, 0);
    for (state, error) in [
        (KeychainState::Locked, KeysError::KeychainLocked),
        (KeychainState::Absent, KeysError::KeychainAbsent),
        (KeychainState::Slow, KeysError::KeychainSlow),
    ] {
        device.keychain.set_state(state);
        assert_eq!(device.unlock(&amara, PASSWORD, &code).unwrap_err(), error);
    }
    device.keychain.set_state(KeychainState::Ready);
    device.keychain.lose_everything();
    assert_eq!(device.unlock(&amara, PASSWORD, &code).unwrap_err(), KeysError::KeychainKeyMissing);
}

#[test]
fn an_enrolment_keeps_the_keys_of_a_lost_slot() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    // Like an interrupted enrolment: written once, and without a key.
    fs::remove_file(device.file(&amara, "json")).unwrap();
    let amara = device.try_enrol("amara", 0).unwrap();
    device.later(60);
    let code = device.code(&amara, 0);
    device.unlock(&amara, PASSWORD, &code).unwrap();
    let slot = fs::read(device.file(&amara, "json")).unwrap();
    let stored = ["keys", "state"].map(|kind| fs::read(device.file(&amara, kind)).unwrap());
    fs::remove_file(device.file(&amara, "json")).unwrap();
    let again = device.try_enrol("amara", 0).unwrap();
    device.later(60);
    let code = device.code(&again, 0);
    device.unlock(&again, PASSWORD, &code).unwrap();
    // The files that were in use are set aside and open again once their slot is restored.
    for (kind, bytes) in ["keys", "state"].into_iter().zip(stored) {
        let aside = aside(&device, kind);
        assert_eq!((aside.len(), fs::read(&aside[0]).unwrap()), (1, bytes), "{kind}");
        fs::rename(&aside[0], device.file(&amara, kind)).unwrap();
    }
    fs::write(device.file(&amara, "json"), slot).unwrap();
    device.later(60);
    let code = device.code(&amara, 0);
    assert!(device.unlock(&amara, PASSWORD, &code).is_ok());
}

/// The files of a kind that were set aside.
fn aside(device: &TestDevice, kind: &str) -> Vec<std::path::PathBuf> {
    let all = fs::read_dir(device.folder.path().join("slots")).unwrap().map(|e| e.unwrap().path());
    let mut found: Vec<_> = all.filter(|p| p.to_string_lossy().contains(&format!(".{kind}.damaged-"))).collect();
    found.sort();
    found
}

#[test]
fn a_user_with_a_lost_file_can_enrol_again_and_the_other_files_are_kept() {
    for kind in ["json", "state", "keys"] {
        for (what, harm) in [("gone", None), ("cut", Some(0..20)), ("flipped", Some(0..usize::MAX))] {
            let mut device = TestDevice::new();
            let (amara, leila) = (device.enrol("amara", 0), device.enrol("leila", 0));
            device.later(60);
            let code = device.code(&amara, 0);
            device.unlock(&amara, PASSWORD, &code).unwrap();
            assert_eq!(device.try_enrol("amara", 0).err(), Some(KeysError::AlreadyEnrolled), "a slot that opens stays");
            let path = device.file(&amara, kind);
            let mut bytes = fs::read(&path).unwrap();
            match harm {
                None => fs::remove_file(&path).unwrap(),
                Some(range) => {
                    bytes.truncate(range.end);
                    let last = bytes.len() - 1;
                    bytes[last] ^= 4;
                    fs::write(&path, &bytes).unwrap();
                }
            }
            device.later(60);
            let code = device.code(&amara, 0);
            assert!(device.unlock(&amara, PASSWORD, &code).is_err(), "{kind} {what}");
            assert_eq!(device.with(|unlocker, _| unlocker.is_damaged(amara.user)), Ok(true), "{kind} {what}");
            let again = device.try_enrol("amara", 0).unwrap();
            assert_eq!(device.with(|unlocker, _| unlocker.is_damaged(amara.user)), Ok(false), "{kind} {what}");
            if what != "gone" {
                assert_eq!(fs::read(&aside(&device, kind)[0]).unwrap(), bytes, "{kind} {what}");
            }
            device.later(60);
            let code = device.code(&again, 0);
            assert!(device.unlock(&again, PASSWORD, &code).is_ok(), "{kind} {what}");
            let code = device.code(&leila, 0);
            assert!(device.unlock(&leila, PASSWORD, &code).is_ok(), "other users are not affected");
            assert_eq!(device.slots.list().unwrap().len(), 2);
        }
    }
}

#[test]
fn a_restored_key_file_is_no_longer_damaged() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(60);
    let own = fs::read(device.file(&amara, "keys")).unwrap();
    let mut flipped = own.clone();
    *flipped.last_mut().unwrap() ^= 1;
    fs::write(device.file(&amara, "keys"), flipped).unwrap();
    let code = device.code(&amara, 0);
    assert_eq!(device.unlock(&amara, PASSWORD, &code).unwrap_err(), KeysError::SlotDamaged("keys"));
    assert_eq!(device.with(|unlocker, _| unlocker.is_damaged(amara.user)), Ok(true));
    fs::write(device.file(&amara, "keys"), own).unwrap();
    device.unlock(&amara, PASSWORD, &code).unwrap();
    assert_eq!(device.with(|unlocker, _| unlocker.is_damaged(amara.user)), Ok(false));
}

#[test]
fn swapped_truncated_and_flipped_files_are_damage_and_never_a_panic() {
    let mut device = TestDevice::new();
    let (amara, leila) = (device.enrol("amara", 0), device.enrol("leila", 0));
    device.later(60);
    for kind in ["json", "state", "keys"] {
        let own = fs::read(device.file(&amara, kind)).unwrap();
        let code = device.code(&amara, 0);
        let mut bad = vec![fs::read(device.file(&leila, kind)).unwrap(), Vec::new(), own[..own.len() / 2].to_vec()];
        for at in (5..own.len()).step_by(own.len() / 9) {
            let mut flipped = own.clone();
            flipped[at] ^= 4;
            bad.push(flipped);
        }
        for bytes in bad {
            // Damage found after the key derivation counts as an attempt; release the slot so that it is not held.
            device.with(|unlocker, _| unlocker.release(amara.user, true)).unwrap();
            fs::write(device.file(&amara, kind), bytes).unwrap();
            let error = device.unlock(&amara, PASSWORD, &code).unwrap_err();
            assert_eq!(error.code(), ErrorCode::SlotDamaged, "{kind}: {error}");
        }
        fs::write(device.file(&amara, kind), &own).unwrap();
        device.with(|unlocker, _| unlocker.release(amara.user, true)).unwrap();
        fs::remove_file(device.file(&amara, kind)).unwrap();
        let gone = device.unlock(&amara, PASSWORD, &code).unwrap_err();
        let expected = if kind == "json" { ErrorCode::NotEnrolled } else { ErrorCode::SlotDamaged };
        assert_eq!(gone.code(), expected, "{kind} gone");
        fs::write(device.file(&amara, kind), own).unwrap();
    }
    device.with(|unlocker, _| unlocker.release(amara.user, true)).unwrap();
    let code = device.code(&amara, 0);
    assert!(device.unlock(&amara, PASSWORD, &code).is_ok());
}

#[test]
fn the_secrets_of_a_colleague_do_not_open_a_slot() {
    let mut device = TestDevice::new();
    let (amara, leila) = (device.enrol("amara", 0), device.enrol("leila", 0));
    device.later(60);
    let leilas_code = device.code(&leila, 0);
    assert!(matches!(device.unlock(&amara, PASSWORD, &leilas_code), Err(KeysError::UnlockRefused { .. })));
    let opened = device.unlock(&leila, PASSWORD, &leilas_code).unwrap();
    let amaras = fs::read(device.file(&amara, "keys")).unwrap();
    assert!(crate::KeyRing::open(&amaras, &opened.keys).is_err());
}

#[test]
fn no_secret_of_a_user_is_in_the_profile_in_cleartext() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    let seed = amara.seed.bytes().to_vec();
    for entry in fs::read_dir(device.folder.path().join("slots")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        for needle in [&seed[..], PASSWORD.as_bytes(), b"rt-1"] {
            assert!(!bytes.windows(needle.len()).any(|w| w == needle));
        }
    }
}
