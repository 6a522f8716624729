//! Files and copies that were lost, swapped, cut or altered.

use super::workstation::*;
use crate::{KeychainState, KeysError};
use keep_domain::ErrorCode;
use std::fs;

#[test]
fn an_attempt_that_cannot_be_counted_is_not_made() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    w.later(60);
    let code = w.code(&amara, 0);
    for (state, error) in [
        (KeychainState::Locked, KeysError::KeychainLocked),
        (KeychainState::Absent, KeysError::KeychainAbsent),
        (KeychainState::Slow, KeysError::KeychainSlow),
    ] {
        w.keychain.set_state(state);
        assert_eq!(w.unlock(&amara, PASSWORD, &code).unwrap_err(), error);
    }
    w.keychain.set_state(KeychainState::Ready);
    w.keychain.lose_everything();
    assert_eq!(w.unlock(&amara, PASSWORD, &code).unwrap_err(), KeysError::KeychainKeyMissing);
}

#[test]
fn an_enrolment_never_takes_the_place_of_keys_whose_slot_is_gone() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    // Like an enrolment that was cut short: written once, and without a key.
    fs::remove_file(w.file(&amara, "json")).unwrap();
    let amara = w.try_enrol("amara", 0).unwrap();
    w.later(60);
    let code = w.code(&amara, 0);
    w.unlock(&amara, PASSWORD, &code).unwrap();
    let slot = fs::read(w.file(&amara, "json")).unwrap();
    let kept = ["keys", "state"].map(|kind| fs::read(w.file(&amara, kind)).unwrap());
    fs::remove_file(w.file(&amara, "json")).unwrap();
    let anew = w.try_enrol("amara", 0).unwrap();
    w.later(60);
    let code = w.code(&anew, 0);
    w.unlock(&anew, PASSWORD, &code).unwrap();
    // What had been in use lies aside, and once its slot is back everything opens.
    for (kind, bytes) in ["keys", "state"].into_iter().zip(kept) {
        let aside = aside(&w, kind);
        assert_eq!((aside.len(), fs::read(&aside[0]).unwrap()), (1, bytes), "{kind}");
        fs::rename(&aside[0], w.file(&amara, kind)).unwrap();
    }
    fs::write(w.file(&amara, "json"), slot).unwrap();
    w.later(60);
    let code = w.code(&amara, 0);
    assert!(w.unlock(&amara, PASSWORD, &code).is_ok());
}

/// The files of a kind that were set aside.
fn aside(w: &TestDevice, kind: &str) -> Vec<std::path::PathBuf> {
    let all = fs::read_dir(w.folder.path().join("slots")).unwrap().map(|e| e.unwrap().path());
    let mut found: Vec<_> = all.filter(|p| p.to_string_lossy().contains(&format!(".{kind}.damaged-"))).collect();
    found.sort();
    found
}

#[test]
fn whoever_lost_a_file_of_the_slot_is_enrolled_anew_and_the_rest_is_kept() {
    for kind in ["json", "state", "keys"] {
        for (what, harm) in [("gone", None), ("cut", Some(0..20)), ("flipped", Some(0..usize::MAX))] {
            let mut w = TestDevice::new();
            let (amara, leila) = (w.enrol("amara", 0), w.enrol("leila", 0));
            w.later(60);
            let code = w.code(&amara, 0);
            w.unlock(&amara, PASSWORD, &code).unwrap();
            assert_eq!(w.try_enrol("amara", 0).err(), Some(KeysError::AlreadyEnrolled), "a slot that opens stays");
            let path = w.file(&amara, kind);
            let mut bytes = fs::read(&path).unwrap();
            match harm {
                None => fs::remove_file(&path).unwrap(),
                Some(kept) => {
                    bytes.truncate(kept.end);
                    let last = bytes.len() - 1;
                    bytes[last] ^= 4;
                    fs::write(&path, &bytes).unwrap();
                }
            }
            w.later(60);
            let code = w.code(&amara, 0);
            assert!(w.unlock(&amara, PASSWORD, &code).is_err(), "{kind} {what}");
            assert_eq!(w.with(|unlocker, _| unlocker.is_damaged(amara.user)), Ok(true), "{kind} {what}");
            let anew = w.try_enrol("amara", 0).unwrap();
            assert_eq!(w.with(|unlocker, _| unlocker.is_damaged(amara.user)), Ok(false), "{kind} {what}");
            if what != "gone" {
                assert_eq!(fs::read(&aside(&w, kind)[0]).unwrap(), bytes, "{kind} {what}");
            }
            w.later(60);
            let code = w.code(&anew, 0);
            assert!(w.unlock(&anew, PASSWORD, &code).is_ok(), "{kind} {what}");
            let code = w.code(&leila, 0);
            assert!(w.unlock(&leila, PASSWORD, &code).is_ok(), "nobody else is concerned");
            assert_eq!(w.slots.list().unwrap().len(), 2);
        }
    }
}

#[test]
fn keys_that_were_put_right_are_no_damage_any_more() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    w.later(60);
    let own = fs::read(w.file(&amara, "keys")).unwrap();
    let mut flipped = own.clone();
    *flipped.last_mut().unwrap() ^= 1;
    fs::write(w.file(&amara, "keys"), flipped).unwrap();
    let code = w.code(&amara, 0);
    assert_eq!(w.unlock(&amara, PASSWORD, &code).unwrap_err(), KeysError::SlotDamaged("keys"));
    assert_eq!(w.with(|unlocker, _| unlocker.is_damaged(amara.user)), Ok(true));
    fs::write(w.file(&amara, "keys"), own).unwrap();
    w.unlock(&amara, PASSWORD, &code).unwrap();
    assert_eq!(w.with(|unlocker, _| unlocker.is_damaged(amara.user)), Ok(false));
}

#[test]
fn swapped_cut_and_flipped_files_are_damage_and_never_a_panic() {
    let mut w = TestDevice::new();
    let (amara, leila) = (w.enrol("amara", 0), w.enrol("leila", 0));
    w.later(60);
    for kind in ["json", "state", "keys"] {
        let own = fs::read(w.file(&amara, kind)).unwrap();
        let code = w.code(&amara, 0);
        let mut bad = vec![fs::read(w.file(&leila, kind)).unwrap(), Vec::new(), own[..own.len() / 2].to_vec()];
        for at in (5..own.len()).step_by(own.len() / 9) {
            let mut flipped = own.clone();
            flipped[at] ^= 4;
            bad.push(flipped);
        }
        for bytes in bad {
            // Damage found behind the key derivation counts as a try; keep the slot from being held.
            w.with(|unlocker, _| unlocker.release(amara.user, true)).unwrap();
            fs::write(w.file(&amara, kind), bytes).unwrap();
            let error = w.unlock(&amara, PASSWORD, &code).unwrap_err();
            assert_eq!(error.code(), ErrorCode::SlotDamaged, "{kind}: {error}");
        }
        fs::write(w.file(&amara, kind), &own).unwrap();
        w.with(|unlocker, _| unlocker.release(amara.user, true)).unwrap();
        fs::remove_file(w.file(&amara, kind)).unwrap();
        let gone = w.unlock(&amara, PASSWORD, &code).unwrap_err();
        let expected = if kind == "json" { ErrorCode::NotEnrolled } else { ErrorCode::SlotDamaged };
        assert_eq!(gone.code(), expected, "{kind} gone");
        fs::write(w.file(&amara, kind), own).unwrap();
    }
    w.with(|unlocker, _| unlocker.release(amara.user, true)).unwrap();
    let code = w.code(&amara, 0);
    assert!(w.unlock(&amara, PASSWORD, &code).is_ok());
}

#[test]
fn a_colleague_s_secrets_open_nothing_of_mine() {
    let mut w = TestDevice::new();
    let (amara, leila) = (w.enrol("amara", 0), w.enrol("leila", 0));
    w.later(60);
    let leilas_code = w.code(&leila, 0);
    assert!(matches!(w.unlock(&amara, PASSWORD, &leilas_code), Err(KeysError::UnlockRefused { .. })));
    let opened = w.unlock(&leila, PASSWORD, &leilas_code).unwrap();
    let amaras = fs::read(w.file(&amara, "keys")).unwrap();
    assert!(crate::KeyRing::open(&amaras, &opened.keys).is_err());
}

#[test]
fn no_secret_of_a_person_lies_in_clear_in_the_profile() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    let seed = amara.seed.bytes().to_vec();
    for entry in fs::read_dir(w.folder.path().join("slots")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        for needle in [&seed[..], PASSWORD.as_bytes(), b"rt-1"] {
            assert!(!bytes.windows(needle.len()).any(|w| w == needle));
        }
    }
}
