//! The keychain of the platform: Secret Service, macOS Keychain, Windows Credential Manager.

use super::{Keychain, KeychainState};
use crate::KeysError;
use keep_domain::Secret;
use keyring::{Entry, Error};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;
use zeroize::Zeroizing;

/// The service name under which every item is kept.
const SERVICE: &str = "org.chartkeep.desktop";

/// How long one call may take before the keychain counts as slow.
const LIMIT: Duration = Duration::from_secs(5);

/// Calls that may hang at the same time before further ones are refused at once.
const MOST_HANGING: u32 = 3;

/// The operating system's keychain. Items of two profiles never collide: the account is
/// `<profile tag>/<item>`.
#[derive(Debug)]
pub struct OsKeychain {
    profile_tag: String,
    hanging: Arc<AtomicU32>,
}

impl OsKeychain {
    /// A keychain for the profile that `profile_tag` names; the device id is a good tag.
    #[must_use]
    pub fn for_profile(profile_tag: &str) -> Self {
        Self { profile_tag: profile_tag.to_owned(), hanging: Arc::default() }
    }

    fn account(&self, item: &str) -> String {
        format!("{}/{item}", self.profile_tag)
    }

    /// Runs `work` on a thread of its own: a keychain call blocks on D-Bus or on a prompt, and its
    /// library may panic inside an async worker.
    fn bounded<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, KeysError> + Send + 'static,
    ) -> Result<T, KeysError> {
        let hanging = Arc::clone(&self.hanging);
        if hanging.fetch_add(1, Ordering::SeqCst) >= MOST_HANGING {
            hanging.fetch_sub(1, Ordering::SeqCst);
            return Err(KeysError::KeychainSlow);
        }
        let counted = Counted(hanging);
        let (tell, told) = mpsc::sync_channel(1);
        thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            let _counted = counted;
            let done = work();
            // The caller may have stopped waiting; then there is nobody to tell.
            let _ = tell.send(done);
        })?;
        match told.recv_timeout(LIMIT) {
            Ok(done) => done,
            Err(mpsc::RecvTimeoutError::Timeout) => Err(KeysError::KeychainSlow),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(KeysError::KeychainAbsent),
        }
    }
}

/// Counts a thread for as long as it lives, panics included.
struct Counted(Arc<AtomicU32>);

impl Drop for Counted {
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
            Err(error) => Err(closed(&error)),
        })
    }

    fn write(&self, item: &str, value: &[u8]) -> Result<(), KeysError> {
        let (account, value) = (self.account(item), Zeroizing::new(value.to_vec()));
        self.bounded(move || open_entry(&account)?.set_secret(&value).map_err(|e| closed(&e)))
    }

    fn delete(&self, item: &str) -> Result<(), KeysError> {
        let account = self.account(item);
        self.bounded(move || match open_entry(&account)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(closed(&error)),
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

/// Opens an entry only when that cannot raise a prompt. The probe also comes first because the
/// library connects once per process: a first call without a service would be its last.
fn open_entry(account: &str) -> Result<Entry, KeysError> {
    if let Some(error) = probe()?.error() {
        return Err(error);
    }
    Entry::new(SERVICE, account).map_err(|e| closed(&e))
}

#[cfg(target_os = "linux")]
fn probe() -> Result<KeychainState, KeysError> {
    Ok(super::secret_service::probe())
}

#[cfg(not(target_os = "linux"))]
fn probe() -> Result<KeychainState, KeysError> {
    // The other platforms have no cheap question; a locked keychain shows in the call itself.
    Ok(KeychainState::Ready)
}

/// The library's errors as ours; their texts are dropped, for they may name items.
const fn closed(error: &Error) -> KeysError {
    match error {
        Error::BadEncoding(_) | Error::BadDataFormat(..) | Error::BadStoreFormat(_) | Error::Ambiguous(_) => {
            KeysError::KeychainGarbled
        }
        // On Linux a locked collection was ruled out by the probe, so no access means a collection
        // that is missing or was locked within the last milliseconds.
        #[cfg(not(target_os = "linux"))]
        Error::NoStorageAccess(_) => KeysError::KeychainLocked,
        _ => KeysError::KeychainAbsent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panicking_call_is_absent_and_frees_its_place() {
        let keychain = OsKeychain::for_profile("test");
        for _ in 0..10 {
            let answer: Result<(), _> = keychain.bounded(|| panic!("the library gave up"));
            assert_eq!(answer, Err(KeysError::KeychainAbsent));
        }
        // The last thread drops its count after its channel; wait for it by asking again.
        while keychain.hanging.load(Ordering::SeqCst) != 0 {
            thread::yield_now();
        }
        assert_eq!(keychain.bounded(|| Ok(7)), Ok(7));
    }

    #[test]
    fn hanging_calls_do_not_pile_up() {
        let keychain = OsKeychain::for_profile("test");
        keychain.hanging.store(MOST_HANGING, Ordering::SeqCst);
        assert_eq!(keychain.bounded(|| Ok(7)), Err(KeysError::KeychainSlow));
        assert_eq!(keychain.hanging.load(Ordering::SeqCst), MOST_HANGING);
    }

    #[test]
    fn two_profiles_have_two_accounts() {
        let (a, b) = (OsKeychain::for_profile("a"), OsKeychain::for_profile("b"));
        assert_ne!(a.account("device-key"), b.account("device-key"));
    }
}
