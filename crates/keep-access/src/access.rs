//! The policies in use and their decisions.

use crate::words::{Words, decide};
use crate::{AccessError, Action, Decision, Group, Labels, Request, Situation};
use cedar_policy::{PolicyId, PolicySet, Schema, ValidationMode, Validator};
use keep_domain::{Role, Segment};
use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{PoisonError, RwLock};

const SCHEMA: &str = include_str!("../../../assets/policies/chartkeep.cedarschema");
const POLICIES: &str = include_str!("../../../assets/policies/chartkeep.cedar");

/// Label sets remembered for one question; more than this many are not a clinic's labels.
const REMEMBERED_LABEL_SETS: usize = 1024;

/// Everything that a decision depends on, labels apart.
type Question = (Role, Action, Option<(Group, Segment, bool)>, Situation);

/// The role policies, validated against their schema. Decisions are remembered: a chart of
/// thousands of records asks a few dozen different questions.
#[derive(Debug)]
pub struct Access {
    schema: Schema,
    words: Words,
    policies: PolicySet,
    remembered: RwLock<HashMap<Question, HashMap<Labels, Decision>>>,
}

impl Access {
    /// The policies that are built in.
    ///
    /// # Errors
    /// [`AccessError`] where the assets are broken, which a test excludes.
    pub fn built_in() -> Result<Self, AccessError> {
        Self::of(None)
    }

    /// The policies that are built in and a site's own. A forbid that is built in beats a site's permit.
    ///
    /// # Errors
    /// [`AccessError`] where the site's text is refused; whoever calls keeps the previous policies.
    pub fn with_site(text: &str) -> Result<Self, AccessError> {
        Self::of(Some(text))
    }

    fn of(site: Option<&str>) -> Result<Self, AccessError> {
        let (schema, _warnings) = Schema::from_cedarschema_str(SCHEMA).map_err(|_| AccessError::Schema)?;
        let mut policies = parse(POLICIES, "chartkeep", &schema)?;
        if let Some(text) = site {
            for policy in parse(text, "site", &schema)?.policies() {
                policies.add(policy.clone()).map_err(|_| AccessError::Duplicate)?;
            }
        }
        let words = Words::make().ok_or(AccessError::Schema)?;
        Ok(Self { schema, words, policies, remembered: RwLock::default() })
    }

    /// Decides. Whatever cannot be asked (a record action without a record, a question that the
    /// schema refuses) is denied.
    #[must_use]
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        let none = Labels::NONE;
        let labels = request.record.map_or(&none, |r| &r.labels);
        let record = request.record.map(|r| (r.group, r.segment, r.own));
        let question: Question = (request.role, request.action, record, request.situation);
        {
            let remembered = self.remembered.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(decision) = remembered.get(&question).and_then(|by_labels| by_labels.get(labels)) {
                return *decision;
            }
        }
        let decision = decide(&self.words, &self.schema, &self.policies, request);
        let mut remembered = self.remembered.write().unwrap_or_else(PoisonError::into_inner);
        let by_labels = remembered.entry(question).or_default();
        if by_labels.len() < REMEMBERED_LABEL_SETS {
            by_labels.insert(labels.clone(), decision);
        }
        decision
    }
}

/// Parses and strictly validates policies; each gets the id `<source>/<its @id, or its place>`.
fn parse(text: &str, source: &str, schema: &Schema) -> Result<PolicySet, AccessError> {
    let parsed = PolicySet::from_str(text)
        .map_err(|errors| AccessError::Syntax(errors.iter().map(ToString::to_string).collect()))?;
    let mut named = PolicySet::new();
    // Templates would need links, which no file can make here; they are refused rather than ignored.
    if parsed.templates().next().is_some() {
        return Err(AccessError::Invalid(vec!["templates are not supported".into()]));
    }
    for policy in parsed.policies() {
        let name = policy.annotation("id").map_or_else(|| policy.id().to_string(), str::to_owned);
        let policy = policy.new_id(PolicyId::new(format!("{source}/{name}")));
        named.add(policy).map_err(|_| AccessError::Duplicate)?;
    }
    let result = Validator::new(schema.clone()).validate(&named, ValidationMode::Strict);
    if result.validation_passed_without_warnings() {
        Ok(named)
    } else {
        let errors = result.validation_errors().map(ToString::to_string);
        let warnings = result.validation_warnings().map(ToString::to_string);
        Err(AccessError::Invalid(errors.chain(warnings).collect()))
    }
}
