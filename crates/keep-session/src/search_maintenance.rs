//! What is put in order after a large load, when nobody waits for it.

use crate::workstation::Workstation;
use keep_store::Store;

/// A load of this many records leaves the name index in parts that slow a search down.
const MANY: u64 = 1_000;

/// Puts the name index in order after a large load. Where that fails searches are slower and nothing else.
pub(crate) fn search(store: &Store, records: u64) {
    let done = if records >= MANY { store.optimize_search() } else { store.seal_search() };
    if done.is_err() {
        tracing::warn!("the name index could not be put in order");
    }
}

/// Puts the name index in order behind a run that brought much; nobody waits for it.
pub(crate) fn behind(workstation: &Workstation, pulled: u64) {
    let workstation = workstation.clone();
    let runtime = workstation.0.runtime.clone();
    runtime.spawn_blocking(move || {
        let store = workstation.try_session(|u| u.store.clone()).flatten();
        store.inspect(|s| search(s, pulled));
    });
}
