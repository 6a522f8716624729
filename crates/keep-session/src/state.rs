//! The state of a running workstation: plain data that its operations, in the modules above, lock and change.

pub(crate) mod device_context;
pub(crate) mod device_fault;
pub(crate) mod documents;
pub(crate) mod pending_faults;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod sync;
pub(crate) mod unlocked;

use crate::profile::Profile;
use crate::settings::WorkstationSettings;
use device_context::DeviceContext;
use device_fault::{DeviceFault, Reported};
use keep_audit::EventStamper;
use keep_domain::Clock;
use keep_keys::{Keychain, Slots, TrustedTime};
use keep_store::ProfileLock;
use pending_faults::PendingFaults;
use sign_in::{Enrolling, Renewing};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// The device: profile, settings, and the services of the operating system.
pub(crate) struct Device {
    pub(crate) profile: Profile,
    pub(crate) settings: RwLock<WorkstationSettings>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) keychain: Arc<dyn Keychain>,
    pub(crate) slots: Slots,
    pub(crate) event_stamper: Arc<EventStamper>,
    /// Open from the first use of the device key.
    pub(crate) context: Mutex<Option<Arc<DeviceContext>>>,
    pub(crate) time: Mutex<Option<TrustedTime>>,
}

/// Sign-ins that wait for the browser or for their next step.
#[derive(Default)]
pub(crate) struct SignInFlows {
    pub(crate) enrolling: Mutex<Enrolling>,
    pub(crate) renewing: Mutex<Renewing>,
}

/// How the profile was opened.
pub(crate) struct ProfileHold {
    /// Whether anything may be created or changed.
    pub(crate) writes: bool,
    /// `None` where the caller holds it or nothing is written.
    pub(crate) lock: Mutex<Option<ProfileLock>>,
}

/// Faults of the workstation.
pub(crate) struct DeviceFaults {
    /// Faults that the ledger could not record when they happened.
    pub(crate) pending: PendingFaults,
    /// Faults that last and were reported since the last lock or unlock.
    pub(crate) reported: Mutex<BTreeMap<DeviceFault, Reported>>,
    /// Names that were set aside at the start, until they are recorded as an event.
    pub(crate) set_aside: Mutex<Vec<&'static str>>,
}

/// Locks a mutex even after a panic of its last holder: every value here is replaced whole and stays usable.
pub(crate) fn acquire<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
