//! Requests translated to Cedar, and Cedar's answers.

use crate::action::AppliesTo;
use crate::{AccessError, Action, Decision, PolicyResource, Request, Situation};
use cedar_policy::{
    Authorizer, Context, Decision as CedarDecision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicyId,
    PolicySet, Request as CedarRequest, RestrictedExpression, Schema, ValidationMode, Validator,
};
use std::collections::{HashMap, HashSet};
use std::str::FromStr;

const SCHEMA: &str = include_str!("../../../assets/policies/chartkeep.cedarschema");
const POLICIES: &str = include_str!("../../../assets/policies/chartkeep.cedar");

/// Validated policies with their schema.
#[derive(Debug)]
pub(crate) struct PolicyEngine {
    schema: Schema,
    types: EntityTypes,
    policies: PolicySet,
}

/// The entity types of the schema, parsed once.
#[derive(Debug)]
struct EntityTypes {
    role: EntityTypeName,
    group: EntityTypeName,
    segment: EntityTypeName,
    record: EntityTypeName,
    system: EntityTypeName,
    action: EntityTypeName,
}

impl PolicyEngine {
    /// The built-in policies, and those of a site where it has a file.
    pub(crate) fn load(site: Option<&str>) -> Result<Self, AccessError> {
        let (schema, _warnings) = Schema::from_cedarschema_str(SCHEMA).map_err(|_| AccessError::Schema)?;
        let mut policies = parse(POLICIES, "chartkeep", &schema)?;
        if let Some(text) = site {
            for policy in parse(text, "site", &schema)?.policies() {
                policies.add(policy.clone()).map_err(|_| AccessError::Duplicate)?;
            }
        }
        let types = EntityTypes::parse().ok_or(AccessError::Schema)?;
        Ok(Self { schema, types, policies })
    }

    /// Evaluates a request. A read that is not allowed in full may be allowed masked.
    pub(crate) fn decide(&self, request: &Request<'_>) -> Decision {
        let permitted = |action: &str| self.is_permitted(request, action).unwrap_or(false);
        if permitted(request.action.name()) {
            Decision::Allow
        } else if request.action == Action::Read && permitted("read_masked") {
            Decision::Masked
        } else {
            Decision::Deny
        }
    }

    fn is_permitted(&self, request: &Request<'_>, action: &str) -> Option<bool> {
        let (types, schema) = (&self.types, Some(&self.schema));
        let (resource, entities) = match (request.action.applies_to(), request.record) {
            (AppliesTo::System, _) => (uid(&types.system, "this"), Entities::empty()),
            (AppliesTo::Record, Some(record)) => {
                let entity = types.record(record)?;
                (entity.uid(), Entities::from_entities([entity], schema).ok()?)
            }
            (AppliesTo::Record, None) => return None,
        };
        let (principal, action) = (uid(&types.role, request.role.name()), uid(&types.action, action));
        let request = CedarRequest::new(principal, action, resource, context(request.situation)?, schema).ok()?;
        let response = Authorizer::new().is_authorized(&request, &self.policies, &entities);
        // INVARIANT: an evaluation error denies; Cedar would skip the policy, and a skipped forbid would grant access.
        let evaluated = response.diagnostics().errors().next().is_none();
        Some(evaluated && response.decision() == CedarDecision::Allow)
    }
}

impl EntityTypes {
    fn parse() -> Option<Self> {
        let name = |text| EntityTypeName::from_str(text).ok();
        Some(Self {
            role: name("Role")?,
            group: name("Group")?,
            segment: name("Segment")?,
            record: name("Record")?,
            system: name("Desk")?,
            action: name("Action")?,
        })
    }

    fn record(&self, record: &PolicyResource) -> Option<Entity> {
        let reference = |kind: &EntityTypeName, id: &str| RestrictedExpression::new_entity_uid(uid(kind, id));
        let labels = record.labels.codes().iter().map(|c| RestrictedExpression::new_string(c.clone()));
        let attributes = HashMap::from([
            ("group".to_owned(), reference(&self.group, record.group.name())),
            ("segment".to_owned(), reference(&self.segment, record.segment.name())),
            ("labels".to_owned(), RestrictedExpression::new_set(labels)),
            ("sensitive".to_owned(), RestrictedExpression::new_bool(record.labels.is_sensitive())),
            ("own".to_owned(), RestrictedExpression::new_bool(record.own)),
        ]);
        Entity::new(uid(&self.record, "asked"), attributes, HashSet::new()).ok()
    }
}

fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
}

fn context(situation: Situation) -> Option<Context> {
    Context::from_pairs([
        ("assigned_restricted".to_owned(), RestrictedExpression::new_bool(situation.assigned_restricted)),
        ("break_glass".to_owned(), RestrictedExpression::new_bool(situation.break_glass)),
    ])
    .ok()
}

/// Parses and strictly validates policies; each gets the id `<source>/<its @id or position>`.
fn parse(text: &str, source: &str, schema: &Schema) -> Result<PolicySet, AccessError> {
    let parsed = PolicySet::from_str(text)
        .map_err(|errors| AccessError::Syntax(errors.iter().map(ToString::to_string).collect()))?;
    let mut named = PolicySet::new();
    // Templates need links, which a policy file cannot make; they are rejected rather than ignored.
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
