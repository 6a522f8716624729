//! Questions in Cedar's words.

use crate::action::AppliesTo;
use crate::{Action, Decision, Group, PolicyResource, Request, Situation};
use cedar_policy::{
    Authorizer, Context, Decision as CedarDecision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet,
    Request as CedarRequest, RestrictedExpression, Schema,
};
use keep_domain::{Role, Segment};
use std::collections::{HashMap, HashSet};
use std::str::FromStr;

/// The entity types of the schema, parsed once.
#[derive(Debug)]
pub(crate) struct Words {
    role: EntityTypeName,
    group: EntityTypeName,
    segment: EntityTypeName,
    record: EntityTypeName,
    system_action: EntityTypeName,
    action: EntityTypeName,
}

impl Words {
    pub(crate) fn make() -> Option<Self> {
        let name = |text| EntityTypeName::from_str(text).ok();
        Some(Self {
            role: name("Role")?,
            group: name("Group")?,
            segment: name("Segment")?,
            record: name("Record")?,
            system_action: name("Desk")?,
            action: name("Action")?,
        })
    }

    fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
    }

    fn role(&self, role: Role) -> EntityUid {
        Self::uid(&self.role, role.name())
    }

    fn action(&self, name: &str) -> EntityUid {
        Self::uid(&self.action, name)
    }

    fn record(&self, record: &PolicyResource) -> Option<Entity> {
        let reference = |kind: &EntityTypeName, id: &str| RestrictedExpression::new_entity_uid(Self::uid(kind, id));
        let group = |g: Group| reference(&self.group, g.name());
        let segment = |s: Segment| reference(&self.segment, s.name());
        let labels = record.labels.codes().iter().map(|c| RestrictedExpression::new_string(c.clone()));
        let attributes = HashMap::from([
            ("group".to_owned(), group(record.group)),
            ("segment".to_owned(), segment(record.segment)),
            ("labels".to_owned(), RestrictedExpression::new_set(labels)),
            ("sensitive".to_owned(), RestrictedExpression::new_bool(record.labels.is_sensitive())),
            ("own".to_owned(), RestrictedExpression::new_bool(record.own)),
        ]);
        Entity::new(Self::uid(&self.record, "asked"), attributes, HashSet::new()).ok()
    }
}

/// Asks Cedar. A read that is not allowed in full may be allowed masked.
pub(crate) fn decide(words: &Words, schema: &Schema, policies: &PolicySet, request: &Request<'_>) -> Decision {
    let ask = |action: &str| asked(words, schema, policies, request, action).unwrap_or(false);
    if ask(request.action.name()) {
        Decision::Allow
    } else if request.action == Action::Read && ask("read_masked") {
        Decision::Masked
    } else {
        Decision::Deny
    }
}

fn asked(words: &Words, schema: &Schema, policies: &PolicySet, request: &Request<'_>, action: &str) -> Option<bool> {
    let (resource, entities) = match (request.action.applies_to(), request.record) {
        (AppliesTo::Desk, _) => (Words::uid(&words.system_action, "this"), Entities::empty()),
        (AppliesTo::PolicyResource, Some(record)) => {
            let entity = words.record(record)?;
            (entity.uid(), Entities::from_entities([entity], Some(schema)).ok()?)
        }
        (AppliesTo::PolicyResource, None) => return None,
    };
    let context = context(request.situation)?;
    let request =
        CedarRequest::new(words.role(request.role), words.action(action), resource, context, Some(schema)).ok()?;
    let response = Authorizer::new().is_authorized(&request, policies, &entities);
    // INVARIANT: a policy that fails to evaluate is not skipped in silence; a skipped forbid would open.
    let evaluated = response.diagnostics().errors().next().is_none();
    Some(evaluated && response.decision() == CedarDecision::Allow)
}

fn context(situation: Situation) -> Option<Context> {
    Context::from_pairs([
        ("assigned_restricted".to_owned(), RestrictedExpression::new_bool(situation.assigned_restricted)),
        ("break_glass".to_owned(), RestrictedExpression::new_bool(situation.break_glass)),
    ])
    .ok()
}
