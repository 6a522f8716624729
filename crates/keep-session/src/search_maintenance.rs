//! Maintenance of the name index after a large load.

use crate::workstation::Workstation;
use keep_store::Store;

/// A load of this many records leaves the name index in parts that slow down searches.
const MANY: u64 = 1_000;

/// Optimizes the name index after a large load. If that fails, searches are only slower.
pub(crate) fn search(store: &Store, records: u64) {
    let done = if records >= MANY { store.optimize_search() } else { store.seal_search() };
    if done.is_err() {
        tracing::warn!("the name index could not be optimized");
    }
}

/// The same in the background, after a sync.
pub(crate) fn behind(workstation: &Workstation, pulled: u64) {
    let background = workstation.clone();
    workstation.0.runtime.spawn_blocking(move || {
        let store = background.try_session(|u| u.store.clone()).flatten();
        store.inspect(|s| search(s, pulled));
    });
}
