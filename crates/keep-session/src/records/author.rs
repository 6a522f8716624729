//! The signed-in user as records name them: their Practitioner.

use crate::ctx::Ctx;
use crate::error::SessionError;
use crate::own_file;
use crate::state::acquire;
use crate::view::names::staff_name;
use keep_access::{Action, Group, PolicyResource};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{ErrorCode, ResourceKey};
use keep_fhir::{Raw, lens};
use keep_store::{Record, Store};

/// The preference that stores it.
const NAME: &str = "practitioner";
/// The most Practitioners that are searched.
const MOST_STAFF: usize = 2_000;

/// The Practitioner, if this user wrote something before.
pub(crate) fn stored(store: &Store) -> Option<ResourceKey> {
    own_file::preference(store, NAME).and_then(|text| text.parse().ok())
}

/// The Practitioner where the role may mark only its own records as entered in error, otherwise the stored one.
///
/// Searched for once a session while this user has written nothing on this device.
pub(crate) fn known(ctx: &Ctx<'_>) -> Result<Option<ResourceKey>, SessionError> {
    let may_mark = |resource: PolicyResource| ctx.session.decide(Action::MarkEnteredInError, &resource).is_allowed();
    if may_mark(PolicyResource::of(Group::Vitals)) || !may_mark(PolicyResource::of(Group::Vitals).own()) {
        return Ok(stored(ctx.store));
    }
    if let Some(found) = ctx.session.memory.practitioner.get() {
        return Ok(Some(found.clone()));
    }
    let found = author(ctx)?;
    Ok(Some(ctx.session.memory.practitioner.get_or_init(|| found).clone()))
}

/// The Practitioner of this user: found by the subject of the sign-in, otherwise by a name that only one has.
///
/// Where the server has none, records name the user by their user id, which is the same on every device.
pub(crate) fn author(ctx: &Ctx<'_>) -> Result<ResourceKey, SessionError> {
    if let Some(known) = stored(ctx.store) {
        return Ok(known);
    }
    let event = EventDraft::new(EventClass::Search).by(ctx.actor()).with("list", "staff");
    let staff = ctx.read_audited(event, |store| store.shared_records("Practitioner", MOST_STAFF))?;
    let subject = acquire(&ctx.session.keys.ring).lease().map(|l| l.subject.clone()).unwrap_or_default();
    match find(&staff, &subject, &ctx.session.name) {
        Some(found) => {
            own_file::set_preference(ctx.store, NAME, &found.to_string());
            Ok(found)
        }
        None => {
            let id = ctx.session.user.to_string().parse().map_err(|_| ErrorCode::Internal)?;
            Ok(ResourceKey::new("Practitioner", id))
        }
    }
}

fn find(staff: &[Record], subject: &str, name: &str) -> Option<ResourceKey> {
    let read = |r: &Record| {
        // EXPOSE: a colleague's record, read for its identifiers and name.
        Raw::parse(r.raw.expose().as_str()).ok()
    };
    let by_subject = staff.iter().find(|r| {
        let has_identifier = || read(r).is_some_and(|raw| lens::has_identifier(&raw, subject));
        !subject.is_empty() && (r.key.id.as_str() == subject || has_identifier())
    });
    if let Some(found) = by_subject {
        return Some(found.key.clone());
    }
    let is_named = |r: &&Record| {
        let raw = read(r);
        let own = raw.as_ref().and_then(|raw| lens::person_name(raw).ok().flatten());
        own.is_some_and(|n| staff_name(&n) == name)
    };
    let mut named = staff.iter().filter(is_named);
    match (named.next(), named.next()) {
        (Some(only), None) => Some(only.key.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::view::fixtures::record;

    #[test]
    fn a_name_shared_by_two_practitioners_identifies_neither() {
        let amara = |id: &str| {
            record(&format!(
                r#"{{"resourceType":"Practitioner","id":"{id}","identifier":[{{"value":"s-{id}"}}],"name":[{{"text":"Amara Okafor"}}]}}"#
            ))
        };
        let found =
            |staff: &[keep_store::Record], subject: &str| find(staff, subject, "Amara Okafor").map(|k| k.to_string());
        assert_eq!(found(&[amara("a")], "x").as_deref(), Some("Practitioner/a"));
        assert_eq!(found(&[amara("a"), amara("b")], "x"), None);
        assert_eq!(found(&[amara("a"), amara("b")], "s-b").as_deref(), Some("Practitioner/b"));
        assert_eq!(found(&[amara("a"), amara("b")], "a").as_deref(), Some("Practitioner/a"));
    }
}
