//! Copies of a profile share the keychain. Twelve simultaneous attempts used to count as one.

use super::test_device::*;
use crate::slots::Slots;
use crate::{Attempt, FakeKeychain, FakeMemory, Keychain, KeychainState, KeysError, SlotUnlocker};
use keep_domain::{DeviceId, Secret};
use std::fs;
use std::sync::{Barrier, Mutex};
use std::thread;

const COPIES: usize = 12;

/// A keychain that yields to other threads before it returns a value, as a real one does.
#[derive(Debug)]
struct SlowKeychain<'a>(&'a FakeKeychain);

impl Keychain for SlowKeychain<'_> {
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

/// The results of `COPIES` simultaneous attempts, each on a copy of the profile with its own ledger.
fn simultaneous_attempts(
    device: &TestDevice,
    amara: &Person,
    password: &str,
    code: &str,
) -> Vec<Result<(), KeysError>> {
    let copies: Vec<_> = (0..COPIES).map(|_| copy_of(device)).collect();
    let (start, ended) = (Barrier::new(COPIES), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for copy in &copies {
            let (start, ended) = (&start, &ended);
            scope.spawn(move || {
                let (slots, memory) = (Slots::of_profile(copy.path()), FakeMemory::default());
                let keychain = SlowKeychain(&device.keychain);
                let unlocker = SlotUnlocker {
                    slots: &slots,
                    device: DeviceId::from_bytes([0xd0; 16]),
                    keychain: &keychain,
                    memory: &memory,
                    policy: &device.policy,
                };
                let (password, code) = (Secret::new(password.to_owned()), Secret::new(code.to_owned()));
                let attempt = Attempt { user: amara.user, password: &password, code: &code, entered_time: None };
                let mut time = device.time_again();
                start.wait();
                let end = unlocker.unlock(&mut time, &attempt).map(|_| ());
                ended.lock().unwrap().push(end);
            });
        }
    });
    ended.into_inner().unwrap()
}

fn copy_of(device: &TestDevice) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join("slots")).unwrap();
    for entry in fs::read_dir(device.folder.path().join("slots")).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), copy.path().join("slots").join(entry.file_name())).unwrap();
    }
    copy
}

#[test]
fn every_attempt_on_a_copy_is_counted() {
    let mut device = TestDevice::new();
    let amara = device.enrol("amara", 0);
    device.later(60);
    let ended = simultaneous_attempts(&device, &amara, "wrong password", "000000");
    let refused = ended.iter().filter(|e| matches!(e, Err(KeysError::UnlockRefused { .. }))).count();
    let throttled = ended.iter().filter(|e| matches!(e, Err(KeysError::Throttled { .. }))).count();
    assert_eq!((refused, throttled), (5, COPIES - 5), "{ended:?}");
    let record = device.with(|unlocker, _| unlocker.load_record(amara.user)).unwrap();
    assert_eq!(record.failures, 5);
}

#[test]
fn a_code_unlocks_only_one_copy() {
    let mut device = TestDevice::new();
    device.policy.throttle_from = 50;
    device.policy.throttle_hold = 50;
    let amara = device.enrol("amara", 0);
    device.later(60);
    let code = device.code(&amara, 0);
    let ended = simultaneous_attempts(&device, &amara, PASSWORD, &code);
    assert_eq!(ended.iter().filter(|e| e.is_ok()).count(), 1, "{ended:?}");
}
