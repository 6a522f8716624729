//! Who was given which key on this device: a hint for granting, never a permission.
//!
//! A wrong entry only costs a grant that is refused or given twice; what someone holds is what their key ring opens.

use keep_domain::{Segment, UserId};
use keep_keys::{HeldKey, KeyName};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// In `workstation.json`: per person the keys, as `name/generation`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyHolders(BTreeMap<UserId, BTreeSet<String>>);

impl KeyHolders {
    /// Whether that person was given that key.
    pub(crate) fn has(&self, user: UserId, key: &HeldKey) -> bool {
        self.0.get(&user).is_some_and(|keys| keys.contains(&entry(key.name(), key.generation())))
    }

    /// Whether anybody of the device has a key of that segment.
    pub(crate) fn anyone_has(&self, segment: Segment) -> bool {
        let prefix = format!("{}/", KeyName::Segment(segment).name());
        self.0.values().flatten().any(|key| key.starts_with(&prefix))
    }

    /// What that person holds, as their own key ring has it: a grant that was lost on the way is given again.
    pub(crate) fn hold(&mut self, user: UserId, keys: BTreeSet<String>) {
        self.0.insert(user, keys);
    }

    /// Forgets what that person was given, who has lost it: colleagues give it again.
    pub(crate) fn forget(&mut self, user: UserId) {
        self.0.remove(&user);
    }

    /// The entries of that person.
    pub(crate) fn of(&self, user: UserId) -> Option<&BTreeSet<String>> {
        self.0.get(&user)
    }

    /// Whether that person had a personal file on this device.
    pub(crate) fn has_personal(&self, user: UserId) -> bool {
        self.0.get(&user).is_some_and(|keys| keys.contains(PERSONAL))
    }

    pub(crate) fn note(&mut self, user: UserId, key: &HeldKey) {
        self.0.entry(user).or_default().insert(entry(key.name(), key.generation()));
    }
}

/// Stands beside the keys of everybody who was unlocked here once: their personal file exists since then.
pub(crate) const PERSONAL: &str = "personal";

pub(crate) fn entry(name: KeyName, generation: u32) -> String {
    format!("{}/{generation}", name.name())
}
