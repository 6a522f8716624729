//! Who the signed-in person is in the records: their Practitioner.

use crate::error::SessionError;
use crate::own_file;
use crate::unlocked::Unlocked;
use crate::view::names::staff_name;
use crate::workstation::lock;
use keep_access::{Action, Group, PolicyResource};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{ErrorCode, ResourceKey};
use keep_fhir::{Node, Raw, lens};
use keep_store::{Record, Store};

/// The preference that remembers it.
const NAME: &str = "practitioner";
/// The most colleagues that are looked through.
const MOST_STAFF: usize = 2_000;

/// The Practitioner, if this person wrote something before.
pub(crate) fn kept(store: &Store) -> Result<Option<ResourceKey>, SessionError> {
    Ok(own_file::preference(store, NAME).and_then(|text| text.parse().ok()))
}

/// The Practitioner, as far as what this person may do depends on it: a role that may strike only its own records.
///
/// Looked for once a session where this person has written nothing here yet.
pub(crate) fn known(unlocked: &Unlocked, store: &Store) -> Result<Option<ResourceKey>, SessionError> {
    let strikes = |asked: PolicyResource| unlocked.decide(Action::Strike, &asked).is_allowed();
    if strikes(PolicyResource::of(Group::Vitals)) || !strikes(PolicyResource::of(Group::Vitals).own()) {
        return kept(store);
    }
    if let Some(found) = unlocked.me.get() {
        return Ok(Some(found.clone()));
    }
    let found = author(unlocked, store)?;
    Ok(Some(unlocked.me.get_or_init(|| found).clone()))
}

/// The Practitioner who is this person: by the sign-in's subject, else by a name that only one has.
///
/// Where the server has none, records name the person by their user id, which is the same on every device.
pub(crate) fn author(unlocked: &Unlocked, store: &Store) -> Result<ResourceKey, SessionError> {
    if let Some(known) = kept(store)? {
        return Ok(known);
    }
    let event = EventDraft::new(EventClass::Search).by(unlocked.actor()).with("list", "staff");
    let pending = store.ledger().begin_append(event);
    let held = store.shared_records("Practitioner", MOST_STAFF)?;
    let staff = held.release(pending.wait()?);
    let subject = lock(&unlocked.ring).lease().map(|l| l.subject.clone()).unwrap_or_default();
    match find(&staff, &subject, &unlocked.name) {
        Some(found) => {
            own_file::set_preference(store, NAME, &found.to_string());
            Ok(found)
        }
        None => {
            let id = unlocked.user.to_string().parse().map_err(|_| SessionError::of(ErrorCode::Internal))?;
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
        let raw = read(r);
        let identifiers = raw.as_ref().and_then(|raw| raw.node().member("identifier"));
        let mut values = identifiers.into_iter().flat_map(Node::items).filter_map(|i| i.member_text("value"));
        !subject.is_empty() && (r.key.id.as_str() == subject || values.any(|v| v == subject))
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
    fn a_name_that_two_have_is_nobodys() {
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
