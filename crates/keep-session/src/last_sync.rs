//! The time at which the records were last complete, stored in clear for the lock screen.

use crate::profile::Profile;
use keep_domain::UtcMillis;
use keep_hardening::private_file;
use serde::{Deserialize, Serialize};

/// `last-sync.json`, version 1: a time, for display only.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LastSync {
    version: u32,
    complete_as_of: UtcMillis,
}

/// The most bytes that are read.
const MOST_BYTES: u64 = 4096;

/// Stores the time; a failure only affects the lock screen.
pub(crate) fn keep(profile: &Profile, complete_as_of: UtcMillis) {
    let written = serde_json::to_vec(&LastSync { version: 1, complete_as_of })
        .map_err(std::io::Error::other)
        .and_then(|text| private_file::replace(&profile.last_sync(), &text));
    if written.is_err() {
        tracing::debug!("the time of the last sync could not be stored");
    }
}

/// Removes the time: the records are no longer complete.
pub(crate) fn forget(profile: &Profile) {
    match std::fs::remove_file(profile.last_sync()) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!("the time of the last sync could not be removed")
        }
        _ => {}
    }
}

/// The stored time; `None` before the first complete sync, and where the file cannot be read.
pub(crate) fn kept(profile: &Profile) -> Option<UtcMillis> {
    let text = private_file::read(&profile.last_sync(), MOST_BYTES).ok()??;
    let last: LastSync = serde_json::from_slice(&text).ok()?;
    (last.version == 1).then_some(last.complete_as_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_read_back_and_an_unreadable_file_counts_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let profile = Profile::at(folder.path());
        assert_eq!(kept(&profile), None);
        keep(&profile, UtcMillis(1_790_000_000_000));
        assert_eq!(kept(&profile), Some(UtcMillis(1_790_000_000_000)));
        std::fs::write(profile.last_sync(), b"{\"version\":2}").unwrap();
        assert_eq!(kept(&profile), None);
    }
}
