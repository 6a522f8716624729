//! The loaded policies and their cached decisions.

use crate::policy_engine::PolicyEngine;
use crate::{AccessError, Action, Decision, Group, Labels, Request, Situation};
use keep_domain::{Role, Segment};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// Label sets cached per key; a clinic uses far fewer.
const MAX_CACHED_LABEL_SETS: usize = 1024;

/// Everything that a decision depends on, except the labels.
type CacheKey = (Role, Action, Option<(Group, Segment, bool)>, Situation);

/// The role policies, validated against their schema. Decisions are cached: a chart of thousands of records
/// needs a few dozen different ones.
#[derive(Debug)]
pub struct Access {
    engine: PolicyEngine,
    cache: RwLock<HashMap<CacheKey, HashMap<Labels, Decision>>>,
}

impl Access {
    /// The built-in policies.
    ///
    /// # Errors
    /// [`AccessError`] when the assets are invalid, which a test rules out.
    pub fn built_in() -> Result<Self, AccessError> {
        Ok(Self { engine: PolicyEngine::load(None)?, cache: RwLock::default() })
    }

    /// The built-in policies and those of a site. A built-in `forbid` overrides a site's `permit`.
    ///
    /// # Errors
    /// [`AccessError`] when the site's policies are rejected; the caller keeps using the previous ones.
    pub fn with_site(text: &str) -> Result<Self, AccessError> {
        Ok(Self { engine: PolicyEngine::load(Some(text))?, cache: RwLock::default() })
    }

    /// Decides a request. One that the schema does not permit, such as a record action without a record, is denied.
    #[must_use]
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        let none = Labels::NONE;
        let labels = request.record.map_or(&none, |r| &r.labels);
        let record = request.record.map(|r| (r.group, r.segment, r.own));
        let key: CacheKey = (request.role, request.action, record, request.situation);
        {
            let cache = self.cache.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(decision) = cache.get(&key).and_then(|by_labels| by_labels.get(labels)) {
                return *decision;
            }
        }
        let decision = self.engine.decide(request);
        let mut cache = self.cache.write().unwrap_or_else(PoisonError::into_inner);
        let by_labels = cache.entry(key).or_default();
        if by_labels.len() < MAX_CACHED_LABEL_SETS {
            by_labels.insert(labels.clone(), decision);
        }
        decision
    }
}
