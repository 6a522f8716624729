//! Files and copies that were lost, swapped, cut or altered.

use super::workstation::*;
use crate::{KeychainState, KeysError};
use keep_domain::ErrorCode;
use std::fs;

#[test]
fn an_attempt_that_cannot_be_counted_is_not_made() {
    let mut w = Workstation::new();
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
    let mut w = Workstation::new();
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
    assert_eq!(w.try_enrol("amara", 0).err(), Some(KeysError::SlotDamaged("slot")));
    assert_eq!(["keys", "state"].map(|kind| fs::read(w.file(&amara, kind)).unwrap()), kept);
    fs::write(w.file(&amara, "json"), slot).unwrap();
    w.later(60);
    let code = w.code(&amara, 0);
    assert!(w.unlock(&amara, PASSWORD, &code).is_ok(), "and once it is back everything opens");
}

#[test]
fn swapped_cut_and_flipped_files_are_damage_and_never_a_panic() {
    let mut w = Workstation::new();
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
            w.with(|door, _| door.release(amara.user, true)).unwrap();
            fs::write(w.file(&amara, kind), bytes).unwrap();
            let error = w.unlock(&amara, PASSWORD, &code).unwrap_err();
            assert_eq!(error.code(), ErrorCode::SlotDamaged, "{kind}: {error}");
        }
        fs::write(w.file(&amara, kind), &own).unwrap();
        w.with(|door, _| door.release(amara.user, true)).unwrap();
        fs::remove_file(w.file(&amara, kind)).unwrap();
        let gone = w.unlock(&amara, PASSWORD, &code).unwrap_err();
        let expected = if kind == "json" { ErrorCode::NotEnrolled } else { ErrorCode::SlotDamaged };
        assert_eq!(gone.code(), expected, "{kind} gone");
        fs::write(w.file(&amara, kind), own).unwrap();
    }
    w.with(|door, _| door.release(amara.user, true)).unwrap();
    let code = w.code(&amara, 0);
    assert!(w.unlock(&amara, PASSWORD, &code).is_ok());
}

#[test]
fn a_colleague_s_secrets_open_nothing_of_mine() {
    let mut w = Workstation::new();
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
    let mut w = Workstation::new();
    let amara = w.enrol("amara", 0);
    let seed = amara.seed.bytes().to_vec();
    for entry in fs::read_dir(w.folder.path().join("slots")).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        for needle in [&seed[..], PASSWORD.as_bytes(), b"rt-1"] {
            assert!(!bytes.windows(needle.len()).any(|w| w == needle));
        }
    }
}
