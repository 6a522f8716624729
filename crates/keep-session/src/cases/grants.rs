//! Grants: the unlock of a user who holds a key grants it to colleagues who lack it; their unlock accepts it.

use crate::dto::lock::NoticeDto;
use crate::error::SessionError;
use crate::integrity_watch::finding;
use crate::state::device_context::DeviceContext;
use crate::workstation::Workstation;
use keep_audit::{Actor, EventClass, EventDraft, Outcome};
use keep_domain::Segment;
use keep_keys::{DataKey, Grant, KeyName, OpenedSlot, VerifiedMember};
use keep_store::{OpenMode, open_cipher, segment_path};

/// Accepts the grants that wait for this user; a grant that does not contain what it claims is left alone.
pub(crate) fn accept_waiting(
    workstation: &Workstation,
    device: &DeviceContext,
    opened: &mut OpenedSlot,
    actor: &Actor,
) -> Vec<NoticeDto> {
    let mut notices = Vec::new();
    let waiting = Grant::waiting_for(&workstation.0.device.slots, opened.header.user);
    if waiting.unreadable > 0 {
        let event = finding("grant_files_left").by(actor.clone()).ended(Outcome::MinorFailure);
        workstation.record(event.with("count", waiting.unreadable));
    }
    for grant in waiting.grants {
        let accepted = accept(workstation, device, opened, &grant);
        let event = EventDraft::new(EventClass::GrantReceived).by(actor.clone());
        let event = event.with("key", grant.key().name()).with("granter", grant.granter());
        workstation.record(match &accepted {
            Ok(_) => event,
            Err(error) => event.ended(Outcome::SeriousFailure).with("result", error.code),
        });
        if let Ok(name) = accepted
            && !notices.iter().any(|n| matches!(n, NoticeDto::GrantReceived { name: known } if *known == name))
        {
            notices.push(NoticeDto::GrantReceived { name });
        }
    }
    notices
}

fn accept(
    workstation: &Workstation,
    device: &DeviceContext,
    opened: &mut OpenedSlot,
    grant: &Grant,
) -> Result<String, SessionError> {
    let record = workstation.0.device.slots.member(grant.granter(), &device.device_key)?;
    let granter = workstation.verify_member(&record, &opened.ring)?;
    let audit_public_key = workstation.audit_public_key(device)?;
    let root = workstation.0.device.profile.root();
    grant.accept(&workstation.0.device.slots, &opened.keys, &mut opened.ring, &granter, |key| match key {
        DataKey::Segment(segment) => {
            let path = segment_path(root, segment.segment());
            open_cipher(&path, &segment.database_key(), OpenMode::Read).is_ok()
        }
        DataKey::Audit(audit) => audit_public_key == Some(audit.hpke_key_pair().public()),
    })?;
    Ok(granter.name().to_owned())
}

/// Grants keys to every waiting colleague whom the provider entitles; each grant is recorded and shown once.
pub(crate) fn grant_waiting(
    workstation: &Workstation,
    device: &DeviceContext,
    opened: &mut OpenedSlot,
) -> Vec<NoticeDto> {
    let Ok(people) = workstation.0.device.slots.list() else { return Vec::new() };
    let mut notices = Vec::new();
    // The generations of the audit key for which a grant is on disk.
    let mut granted = Vec::new();
    for person in people.into_iter().filter(|p| p.user != opened.header.user && p.owner.is_some()) {
        match grant_to(workstation, device, opened, person.user, &mut granted) {
            Ok(notice) => notices.extend(notice),
            Err(error) => {
                let event = EventDraft::new(EventClass::Grant).by(granter(opened)).ended(Outcome::SeriousFailure);
                workstation.record(event.with("recipient", person.user).with("result", error.code));
            }
        }
    }
    remove_granted_audit_key(workstation, opened, &granted);
    notices
}

/// Removes the audit key from the ring of a role that may not read the audit log. The first user who enrols makes that
/// key whatever their role, and holds it only until a user with the right role has been granted it.
///
/// INVARIANT: the key is removed only after its grant is durable, and then from the disk, too.
fn remove_granted_audit_key(workstation: &Workstation, opened: &mut OpenedSlot, granted: &[u32]) {
    let entitled =
        opened.ring.lease().is_some_and(|l| l.roles.iter().any(|r| KeyName::Audit.may_be_held_by(*r, l.restricted)));
    let held = opened.ring.keys().len();
    if !entitled {
        granted.iter().for_each(|generation| opened.ring.forget(KeyName::Audit, *generation));
    }
    if opened.ring.keys().len() < held && opened.ring.save(&workstation.0.device.slots, &opened.keys).is_err() {
        // The next unlock that grants will try again; until then the file still holds it.
        tracing::warn!("an audit key that this role does not need could not be removed from the slot");
    }
}

fn granter(opened: &OpenedSlot) -> Actor {
    let role = opened.ring.lease().and_then(|l| l.roles.first().copied()).unwrap_or(opened.header.role);
    Actor::new(opened.header.user, role)
}

fn grant_to(
    workstation: &Workstation,
    device: &DeviceContext,
    opened: &OpenedSlot,
    user: keep_domain::UserId,
    granted: &mut Vec<u32>,
) -> Result<Option<NoticeDto>, SessionError> {
    let record = workstation.0.device.slots.member(user, &device.device_key)?;
    let holders = workstation.settings().holders.clone();
    // Only the present generation has a file on which the recipient can check it.
    let is_present = |k: &&DataKey| match k {
        DataKey::Segment(key) => {
            opened.ring.segment(key.segment()).is_some_and(|newest| newest.generation() == key.generation())
        }
        DataKey::Audit(_) => true,
    };
    let wanted: Vec<&DataKey> =
        opened.ring.keys().iter().filter(|k| !holders.has(user, k)).filter(is_present).collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    let member = workstation.verify_member(&record, &opened.ring)?;
    let mut highest = None;
    for key in wanted.into_iter().filter(|k| member.may_hold(k.name())) {
        Grant::make(&opened.keys, &member, key)?.write(&workstation.0.device.slots)?;
        let event = EventDraft::new(EventClass::Grant).by(granter(opened));
        workstation.record(event.with("recipient", user).with("key", key.name().name()));
        match key.name() {
            KeyName::Segment(segment) => highest = highest.max(Some(segment)),
            KeyName::Audit => granted.push(key.generation()),
        }
        workstation.record_granted_keys(user, [key])?;
    }
    Ok(highest.map(|segment| notice(&member, segment)))
}

fn notice(member: &VerifiedMember, segment: Segment) -> NoticeDto {
    NoticeDto::Granted {
        name: member.name().to_owned(),
        role: member.roles().first().copied().unwrap_or(keep_domain::Role::ItAdministrator),
        segment,
    }
}
