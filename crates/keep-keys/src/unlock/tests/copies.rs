//! Copies of one profile share the keychain: twelve attempts at once had counted as one.

use super::workstation::*;
use crate::slots::Slots;
use crate::throttle::FakeMemory;
use crate::unlock::{Attempt, SlotUnlocker};
use crate::{FakeKeychain, Keychain, KeychainState, KeysError};
use keep_domain::{DeviceId, Secret};
use std::fs;
use std::sync::{Barrier, Mutex};
use std::thread;

const COPIES: usize = 12;

/// A keychain that lets everybody else go on before it hands over what it has read, as a real one does.
#[derive(Debug)]
struct Unhurried<'a>(&'a FakeKeychain);

impl Keychain for Unhurried<'_> {
    fn read(&self, item: &str) -> Result<Option<Secret<Vec<u8>>>, KeysError> {
        let read = self.0.read(item);
        (0..5).for_each(|_| thread::yield_now());
        read
    }

    fn write(&self, item: &str, value: &[u8]) -> Result<(), KeysError> {
        self.0.write(item, value)
    }

    fn delete(&self, item: &str) -> Result<(), KeysError> {
        self.0.delete(item)
    }

    fn state(&self) -> KeychainState {
        self.0.state()
    }
}

/// What `COPIES` attempts at the same moment end with, each on a copy of the profile with a ledger of its own.
fn attempts_at_once(w: &TestDevice, amara: &Person, password: &str, code: &str) -> Vec<Result<(), KeysError>> {
    let copies: Vec<_> = (0..COPIES).map(|_| copy_of(w)).collect();
    let (start, ended) = (Barrier::new(COPIES), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for copy in &copies {
            let (start, ended) = (&start, &ended);
            scope.spawn(move || {
                let (slots, memory) = (Slots::of_profile(copy.path()), FakeMemory::default());
                let device = DeviceId::from_bytes([0xd0; 16]);
                let keychain = Unhurried(&w.keychain);
                let unlocker =
                    SlotUnlocker { slots: &slots, device, keychain: &keychain, memory: &memory, policy: &w.policy };
                let (password, code) = (Secret::new(password.to_owned()), Secret::new(code.to_owned()));
                let attempt = Attempt { user: amara.user, password: &password, code: &code, entered_time: None };
                let mut time = w.time_again();
                start.wait();
                let end = unlocker.unlock(&mut time, &attempt).map(|_| ());
                ended.lock().unwrap().push(end);
            });
        }
    });
    ended.into_inner().unwrap()
}

fn copy_of(w: &TestDevice) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join("slots")).unwrap();
    for entry in fs::read_dir(w.folder.path().join("slots")).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), copy.path().join("slots").join(entry.file_name())).unwrap();
    }
    copy
}

#[test]
fn every_attempt_on_a_copy_is_counted() {
    let mut w = TestDevice::new();
    let amara = w.enrol("amara", 0);
    w.later(60);
    let ended = attempts_at_once(&w, &amara, "wrong password", "000000");
    let refused = ended.iter().filter(|e| matches!(e, Err(KeysError::UnlockRefused { .. }))).count();
    let throttled = ended.iter().filter(|e| matches!(e, Err(KeysError::Throttled { .. }))).count();
    assert_eq!((refused, throttled), (5, COPIES - 5), "{ended:?}");
    let record = w.with(|unlocker, _| unlocker.load_record(amara.user)).unwrap();
    assert_eq!(record.failures, 5);
}

#[test]
fn a_code_opens_one_copy() {
    let mut w = TestDevice::new();
    w.policy.throttle_from = 50;
    w.policy.throttle_hold = 50;
    let amara = w.enrol("amara", 0);
    w.later(60);
    let code = w.code(&amara, 0);
    let ended = attempts_at_once(&w, &amara, PASSWORD, &code);
    assert_eq!(ended.iter().filter(|e| e.is_ok()).count(), 1, "{ended:?}");
}
