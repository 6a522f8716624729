//! The keychain of the platform: Secret Service, macOS Keychain, Windows Credential Manager.

#[cfg(target_os = "linux")]
mod secret_service;

use crate::{Keychain, KeychainState, KeysError};
use keep_domain::Secret;
use keyring::{Entry, Error};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;
use zeroize::Zeroizing;

/// The service name of all items.
const SERVICE: &str = "org.chartkeep.desktop";

/// Time after which a call fails as slow.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Maximum number of hanging calls; more are refused at once.
const MAX_HANGING: u32 = 3;

/// The operating system's keychain. The account of an item is `<profile tag>/<item>`, so that profiles never collide.
#[derive(Debug)]
pub struct OsKeychain {
    profile_tag: String,
    hanging: Arc<AtomicU32>,
}

impl OsKeychain {
    /// The keychain of the profile identified by `profile_tag`, for example its device id.
    #[must_use]
    pub fn for_profile(profile_tag: &str) -> Self {
        Self { profile_tag: profile_tag.to_owned(), hanging: Arc::default() }
    }

    fn account(&self, item: &str) -> String {
        format!("{}/{item}", self.profile_tag)
    }

    /// Runs `work` on its own thread: a keychain call may block on D-Bus or a prompt, and the library may panic inside
    /// an async worker.
    fn bounded<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, KeysError> + Send + 'static,
    ) -> Result<T, KeysError> {
        let hanging = Arc::clone(&self.hanging);
        if hanging.fetch_add(1, Ordering::SeqCst) >= MAX_HANGING {
            hanging.fetch_sub(1, Ordering::SeqCst);
            return Err(KeysError::KeychainSlow);
        }
        let counter = CallCounter(hanging);
        let (sender, receiver) = mpsc::sync_channel(1);
        thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            let _counter = counter;
            // Sending fails if the caller has stopped waiting.
            let _ = sender.send(work());
        })?;
        match receiver.recv_timeout(TIMEOUT) {
            Ok(result) => result,
            Err(mpsc::RecvTimeoutError::Timeout) => Err(KeysError::KeychainSlow),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(KeysError::KeychainAbsent),
        }
    }
}

/// Counts a call until it ends, even by a panic.
struct CallCounter(Arc<AtomicU32>);

impl Drop for CallCounter {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Keychain for OsKeychain {
    fn read(&self, item: &str) -> Result<Option<Secret<Vec<u8>>>, KeysError> {
        let account = self.account(item);
        self.bounded(move || match open_entry(&account)?.get_secret() {
            Ok(value) => Ok(Some(Secret::new(value))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(to_keys_error(&error)),
        })
    }

    fn write(&self, item: &str, value: &[u8]) -> Result<(), KeysError> {
        let (account, value) = (self.account(item), Zeroizing::new(value.to_vec()));
        self.bounded(move || open_entry(&account)?.set_secret(&value).map_err(|e| to_keys_error(&e)))
    }

    fn delete(&self, item: &str) -> Result<(), KeysError> {
        let account = self.account(item);
        self.bounded(move || match open_entry(&account)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(to_keys_error(&error)),
        })
    }

    fn state(&self) -> KeychainState {
        match self.bounded(probe) {
            Ok(state) => state,
            Err(KeysError::KeychainSlow) => KeychainState::Slow,
            Err(_) => KeychainState::Absent,
        }
    }
}

/// Opens an entry only if that cannot open a prompt. The probe also comes first because the library connects once per
/// process: after a first call without a service, all later calls would fail.
fn open_entry(account: &str) -> Result<Entry, KeysError> {
    if let Some(error) = probe()?.error() {
        return Err(error);
    }
    Entry::new(SERVICE, account).map_err(|e| to_keys_error(&e))
}

#[cfg(target_os = "linux")]
fn probe() -> Result<KeychainState, KeysError> {
    Ok(secret_service::probe())
}

#[cfg(not(target_os = "linux"))]
fn probe() -> Result<KeychainState, KeysError> {
    // Other platforms have no cheap query; a locked keychain shows in the call itself.
    Ok(KeychainState::Ready)
}

/// Converts the library's errors, without their texts, which may contain item names.
const fn to_keys_error(error: &Error) -> KeysError {
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) | Error::Ambiguous(_) => {
            KeysError::KeychainGarbled
        }
        // On Linux the probe has ruled out a locked collection, so no access means that the collection is missing or was
        // locked within the last milliseconds.
        #[cfg(not(target_os = "linux"))]
        Error::NoStorageAccess(_) => KeysError::KeychainLocked,
        _ => KeysError::KeychainAbsent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panicking_call_fails_as_absent_and_is_no_longer_counted() {
        let keychain = OsKeychain::for_profile("test");
        for _ in 0..10 {
            let answer: Result<(), _> = keychain.bounded(|| panic!("the library failed"));
            assert_eq!(answer, Err(KeysError::KeychainAbsent));
        }
        // The last thread drops its counter after its channel.
        while keychain.hanging.load(Ordering::SeqCst) != 0 {
            thread::yield_now();
        }
        assert_eq!(keychain.bounded(|| Ok(7)), Ok(7));
    }

    #[test]
    fn the_number_of_hanging_calls_is_limited() {
        let keychain = OsKeychain::for_profile("test");
        keychain.hanging.store(MAX_HANGING, Ordering::SeqCst);
        assert_eq!(keychain.bounded(|| Ok(7)), Err(KeysError::KeychainSlow));
        assert_eq!(keychain.hanging.load(Ordering::SeqCst), MAX_HANGING);
    }

    #[test]
    fn profiles_have_separate_accounts() {
        let (a, b) = (OsKeychain::for_profile("a"), OsKeychain::for_profile("b"));
        assert_ne!(a.account("device-key"), b.account("device-key"));
    }
}
