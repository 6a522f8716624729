//! Recording which keys the users of this device were given.

use crate::error::SessionError;
use crate::settings::key_holders::{PERSONAL, entry};
use crate::workstation::Workstation;
use keep_domain::UserId;
use keep_keys::{DataKey, KeyRing};
use std::collections::BTreeSet;

impl Workstation {
    /// Whether this user was granted keys that are neither in their ring nor in a waiting grant.
    pub(crate) fn grants_are_missing(&self, user: UserId, ring: &KeyRing) -> bool {
        let held: BTreeSet<String> = ring.keys().iter().map(|key| entry(key.name(), key.generation())).collect();
        let given = self.settings().holders.of(user).cloned().unwrap_or_default();
        given.iter().any(|key| key != PERSONAL && !held.contains(key))
    }

    /// Records that `user` has been given `keys`.
    pub(crate) fn record_granted_keys<'k>(
        &self,
        user: UserId,
        keys: impl IntoIterator<Item = &'k DataKey>,
    ) -> Result<(), SessionError> {
        self.change_settings(|w| keys.into_iter().for_each(|key| w.holders.note(user, key)))
    }

    /// Records that `user` holds exactly `keys`, and perhaps a personal file, as seen at their unlock.
    pub(crate) fn record_held_keys<'k>(
        &self,
        user: UserId,
        keys: impl IntoIterator<Item = &'k DataKey>,
        has_personal: bool,
    ) -> Result<(), SessionError> {
        let own = has_personal.then(|| PERSONAL.to_owned());
        let held: BTreeSet<String> =
            keys.into_iter().map(|key| entry(key.name(), key.generation())).chain(own).collect();
        if self.settings().holders.of(user).is_some_and(|known| *known == held) {
            return Ok(());
        }
        self.change_settings(|w| w.holders.hold(user, held))
    }
}
