//! Preferences and recently opened charts in the user's own file: conveniences, never records.
//!
//! INVARIANT: an unreadable personal file never blocks access to records; only use cases about drafts report it.

use keep_domain::{PatientId, UtcMillis};
use keep_store::{Store, StoreError};

/// The charts that this user opened since then; empty where the file cannot be read.
pub(crate) fn opened_since(store: &Store, since: UtcMillis) -> Vec<PatientId> {
    readable(store.personal().and_then(|own| own.opened_since(since))).unwrap_or_default()
}

/// A preference; `None` where it cannot be read.
pub(crate) fn preference(store: &Store, name: &str) -> Option<String> {
    readable(store.personal().and_then(|own| own.preference(name))).flatten()
}

/// Sets a preference if the file can be written.
pub(crate) fn set_preference(store: &Store, name: &str, value: &str) {
    let _ignored = readable(store.personal().and_then(|own| own.set_preference(name, value)));
}

fn readable<T>(done: Result<T, StoreError>) -> Option<T> {
    done.inspect_err(|error| {
        if *error != StoreError::NotAvailable {
            tracing::warn!(code = %error.code().name(), "the personal file cannot be used");
        }
    })
    .ok()
}
