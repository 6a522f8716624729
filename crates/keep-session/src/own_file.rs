//! The person's own file, as far as other work leans on it: hints that make work easier, never records.
//!
//! INVARIANT: a personal file that cannot be read or written keeps nobody from the records; only what is about drafts
//! says so.

use keep_domain::{PatientId, UtcMillis};
use keep_store::{Store, StoreError};

/// The charts that this person opened since then; none where that cannot be read.
pub(crate) fn opened_since(store: &Store, since: UtcMillis) -> Vec<PatientId> {
    readable(store.personal().and_then(|own| own.opened_since(since))).unwrap_or_default()
}

/// A preference; none where it cannot be read.
pub(crate) fn preference(store: &Store, name: &str) -> Option<String> {
    readable(store.personal().and_then(|own| own.preference(name))).flatten()
}

/// Sets a preference, where it can be written.
pub(crate) fn set_preference(store: &Store, name: &str, value: &str) {
    let _told = readable(store.personal().and_then(|own| own.set_preference(name, value)));
}

fn readable<T>(done: Result<T, StoreError>) -> Option<T> {
    done.inspect_err(|error| {
        if *error != StoreError::NotAvailable {
            tracing::warn!(code = %error.code().name(), "the personal file cannot be used");
        }
    })
    .ok()
}
