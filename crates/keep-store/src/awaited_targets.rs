//! The targets that Provenances without a chart wait for, and those that have left their chart.

use crate::id_key::IdKey;
use crate::mutex::acquire;
use crate::resource_type::code_of;
use crate::row_facts::fingerprint_of;
use keep_domain::ResourceKey;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Mutex;

/// The most targets that are waited for; the check after the next unlock finds the others.
const MOST_AWAITED: usize = 100_000;

/// A stored Provenance that may be outside of the chart of its targets.
#[derive(Clone)]
pub(crate) struct Unfiled {
    pub(crate) id: IdKey,
    /// As read on arrival, when the server's address was known.
    pub(crate) targets: Vec<ResourceKey>,
}

/// The targets that Provenances without a chart wait for, by fingerprint. A chance collision only costs a lookup.
#[derive(Default)]
pub(crate) struct AwaitedTargets(Mutex<HashMap<u64, Vec<Unfiled>>>);

impl AwaitedTargets {
    pub(crate) fn add(&self, unfiled: &Unfiled) {
        let mut awaited = acquire(&self.0);
        for target in &unfiled.targets {
            let code = code_of(&target.resource_type);
            if awaited.len() < MOST_AWAITED {
                let list = awaited.entry(fingerprint_of(&IdKey::of(&target.id), code)).or_default();
                if list.iter().all(|known| known.id != unfiled.id) {
                    list.push(unfiled.clone());
                }
            }
        }
    }

    pub(crate) fn take(&self, arrived: &[u64]) -> Vec<Unfiled> {
        let mut awaited = acquire(&self.0);
        if awaited.is_empty() {
            return Vec::new();
        }
        arrived.iter().filter_map(|fingerprint| awaited.remove(fingerprint)).flatten().collect()
    }
}

/// The records that have left the chart of a patient, by that patient, until the Provenances about them have followed.
#[derive(Default)]
pub(crate) struct MovedTargets(Mutex<HashMap<IdKey, HashSet<ResourceKey>>>);

impl MovedTargets {
    pub(crate) fn add(&self, from: IdKey, target: ResourceKey) {
        acquire(&self.0).entry(from).or_default().insert(target);
    }

    pub(crate) fn take(&self) -> HashMap<IdKey, HashSet<ResourceKey>> {
        std::mem::take(&mut acquire(&self.0))
    }
}

impl fmt::Debug for MovedTargets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MovedTargets")
    }
}

impl fmt::Debug for AwaitedTargets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AwaitedTargets")
    }
}
