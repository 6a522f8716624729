//! Colleagues carry keys: a holder's unlock grants to those who wait, a newcomer's unlock picks up.

use crate::app::App;
use crate::device_side::DeviceSide;
use crate::dto::lock::NoticeDto;
use crate::fault::Fault;
use keep_audit::{Actor, EventClass, EventDraft, Outcome};
use keep_domain::Segment;
use keep_keys::{Grant, HeldKey, KeyName, Opened, VerifiedMember};
use keep_store::{OpenMode, open_cipher, segment_path};

/// Takes over the grants that wait for this person; a grant that does not hold what it claims stays where it is.
pub(crate) fn accept_waiting(
    app: &App,
    device: &DeviceSide,
    opened: &mut Opened,
    actor: &Actor,
) -> Result<Vec<NoticeDto>, Fault> {
    let mut notices = Vec::new();
    for grant in Grant::waiting_for(&app.0.slots, opened.header.user)? {
        let accepted = accept(app, device, opened, &grant);

        let event = EventDraft::new(EventClass::GrantReceived).by(actor.clone());
        let event = event.with("key", grant.key().name()).with("granter", grant.granter());
        app.record(match &accepted {
            Ok(_) => event,
            Err(fault) => event.ended(Outcome::SeriousFailure).with("result", fault.code),
        });
        if let Ok(name) = accepted
            && !notices.iter().any(|n| matches!(n, NoticeDto::GrantReceived { name: known } if *known == name))
        {
            notices.push(NoticeDto::GrantReceived { name });
        }
    }
    Ok(notices)
}

fn accept(app: &App, device: &DeviceSide, opened: &mut Opened, grant: &Grant) -> Result<String, Fault> {
    let record = app.0.slots.member(grant.granter(), &device.kd)?;
    let granter = app.verify_member(&record, &opened.ring)?;
    let audit_public = app.audit_public(device)?;
    let root = app.0.profile.root();
    grant.accept(&app.0.slots, &opened.keys, &mut opened.ring, &granter, |key| match key {
        HeldKey::Segment(segment) => {
            let path = segment_path(root, segment.segment());
            open_cipher(&path, &segment.database_key(), OpenMode::Read).is_ok()
        }
        HeldKey::Audit(audit) => audit_public == Some(audit.drop_box().public()),
    })?;
    Ok(granter.name().to_owned())
}

/// Grants to every colleague who waits and whom the provider entitles; each grant is recorded and shown once.
pub(crate) fn grant_waiting(app: &App, device: &DeviceSide, opened: &Opened) -> Vec<NoticeDto> {
    let Ok(people) = app.0.slots.list() else { return Vec::new() };
    let mut notices = Vec::new();
    for person in people.into_iter().filter(|p| p.user != opened.header.user && p.shown.is_some()) {
        match grant_to(app, device, opened, person.user) {
            Ok(Some(notice)) => notices.push(notice),
            Ok(None) => {}
            Err(fault) => {
                let event = EventDraft::new(EventClass::Grant).by(granter(opened)).ended(Outcome::SeriousFailure);
                app.record(event.with("recipient", person.user).with("result", fault.code));
            }
        }
    }
    notices
}

fn granter(opened: &Opened) -> Actor {
    Actor::new(opened.header.user, opened.header.role)
}

fn grant_to(
    app: &App,
    device: &DeviceSide,
    opened: &Opened,
    user: keep_domain::UserId,
) -> Result<Option<NoticeDto>, Fault> {
    let record = app.0.slots.member(user, &device.kd)?;
    let holders = app.workstation().holders.clone();
    let wanted: Vec<&HeldKey> = opened.ring.keys().iter().filter(|k| !holders.has(user, k)).collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    let member = app.verify_member(&record, &opened.ring)?;
    let mut highest = None;
    for key in wanted.into_iter().filter(|k| member.may_hold(k.name())) {
        Grant::make(&opened.keys, &member, key)?.write(&app.0.slots)?;
        let event = EventDraft::new(EventClass::Grant).by(granter(opened));
        app.record(event.with("recipient", user).with("key", key.name().name()));
        app.note_given(user, [key])?;
        if let KeyName::Segment(segment) = key.name() {
            highest = highest.max(Some(segment));
        }
    }
    Ok(highest.map(|segment| notice(&member, segment)))
}

fn notice(member: &VerifiedMember, segment: Segment) -> NoticeDto {
    NoticeDto::Granted {
        name: member.name().to_owned(),
        role: member.roles().first().copied().unwrap_or(keep_domain::Role::ItAdministrator),
        segment: segment.name().to_owned(),
    }
}
