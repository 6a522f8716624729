//! Grants: the unlock of a user who holds a key grants it to colleagues who lack it; their unlock accepts it.

use crate::dto::lock::NoticeDto;
use crate::error::SessionError;
use crate::finding::finding_event;
use crate::starting::SessionStart;
use keep_audit::{Actor, EventClass, EventDraft, Outcome};
use keep_domain::{Role, UserId};
use keep_keys::{DataKey, Grant, KeyName};
use keep_store::{OpenMode, open_cipher, segment_path};

impl SessionStart<'_> {
    /// Accepts the grants that wait for this user; a grant that does not contain what it claims is left alone.
    pub(crate) fn accept_waiting(&mut self) -> Vec<NoticeDto> {
        let mut notices = Vec::new();
        let waiting = Grant::waiting_for(&self.workstation.0.device.slots, self.opened.header.user);
        if waiting.unreadable > 0 {
            let event = finding_event("grant_files_left").by(self.actor.clone()).ended(Outcome::MinorFailure);
            self.workstation.record(event.with("count", waiting.unreadable));
        }
        for grant in waiting.grants {
            let accepted = self.accept(&grant);
            let event = EventDraft::new(EventClass::GrantReceived).by(self.actor.clone());
            let event = event.with("key", grant.key().name()).with("granter", grant.granter());
            self.workstation.record(match &accepted {
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

    fn accept(&mut self, grant: &Grant) -> Result<String, SessionError> {
        let record = self.workstation.0.device.slots.member(grant.granter(), &self.device.device_key)?;
        let granter = self.workstation.verify_member(&record, &self.opened.ring)?;
        let audit_public_key = self.workstation.audit_public_key(self.device)?;
        let root = self.workstation.0.device.profile.root();
        grant.accept(&self.workstation.0.device.slots, &self.opened.keys, &mut self.opened.ring, &granter, |key| {
            match key {
                DataKey::Segment(segment) => {
                    let path = segment_path(root, segment.segment());
                    open_cipher(&path, &segment.database_key(), OpenMode::Read).is_ok()
                }
                DataKey::Audit(audit) => audit_public_key == Some(audit.hpke_key_pair().public()),
            }
        })?;
        Ok(granter.name().to_owned())
    }

    /// Grants keys to every waiting colleague whom the provider entitles; each grant is recorded and shown once.
    pub(crate) fn grant_waiting(&mut self) -> Vec<NoticeDto> {
        let Ok(people) = self.workstation.0.device.slots.list() else { return Vec::new() };
        let mut notices = Vec::new();
        // The generations of the audit key for which a grant is on disk.
        let mut granted = Vec::new();
        for person in people.into_iter().filter(|p| p.user != self.opened.header.user && p.owner.is_some()) {
            match self.grant_to(person.user, &mut granted) {
                Ok(notice) => notices.extend(notice),
                Err(error) => {
                    let event = EventDraft::new(EventClass::Grant).by(self.granter()).ended(Outcome::SeriousFailure);
                    self.workstation.record(event.with("recipient", person.user).with("result", error.code));
                }
            }
        }
        self.remove_granted_audit_key(&granted);
        notices
    }

    /// Removes the audit key from the ring of a role that may not read the audit log. The first user who enrols makes that
    /// key whatever their role, and holds it only until a user with the right role has been granted it.
    ///
    /// INVARIANT: the key is removed only after its grant is durable, and then from the disk, too.
    fn remove_granted_audit_key(&mut self, granted: &[u32]) {
        let entitled = self
            .opened
            .ring
            .lease()
            .is_some_and(|l| l.roles.iter().any(|r| KeyName::Audit.may_be_held_by(*r, l.restricted)));
        let held = self.opened.ring.keys().len();
        if !entitled {
            granted.iter().for_each(|generation| self.opened.ring.forget(KeyName::Audit, *generation));
        }
        if self.opened.ring.keys().len() < held
            && self.opened.ring.save(&self.workstation.0.device.slots, &self.opened.keys).is_err()
        {
            // The next unlock that grants will try again; until then the file still holds it.
            tracing::warn!("an audit key that this role does not need could not be removed from the slot");
        }
    }

    fn granter(&self) -> Actor {
        let role = self.opened.ring.lease().and_then(|l| l.roles.first().copied()).unwrap_or(self.opened.header.role);
        Actor::new(self.opened.header.user, role)
    }

    fn grant_to(&self, user: UserId, granted: &mut Vec<u32>) -> Result<Option<NoticeDto>, SessionError> {
        let record = self.workstation.0.device.slots.member(user, &self.device.device_key)?;
        let holders = self.workstation.settings().holders.clone();
        // Only the present generation has a file on which the recipient can check it.
        let is_present = |k: &&DataKey| match k {
            DataKey::Segment(key) => {
                self.opened.ring.segment(key.segment()).is_some_and(|newest| newest.generation() == key.generation())
            }
            DataKey::Audit(_) => true,
        };
        let wanted: Vec<&DataKey> =
            self.opened.ring.keys().iter().filter(|k| !holders.has(user, k)).filter(is_present).collect();
        if wanted.is_empty() {
            return Ok(None);
        }
        let member = self.workstation.verify_member(&record, &self.opened.ring)?;
        let mut highest = None;
        for key in wanted.into_iter().filter(|k| member.may_hold(k.name())) {
            Grant::make(&self.opened.keys, &member, key)?.write(&self.workstation.0.device.slots)?;
            let event = EventDraft::new(EventClass::Grant).by(self.granter());
            self.workstation.record(event.with("recipient", user).with("key", key.name().name()));
            match key.name() {
                KeyName::Segment(segment) => highest = highest.max(Some(segment)),
                KeyName::Audit => granted.push(key.generation()),
            }
            self.workstation.record_granted_keys(user, [key])?;
        }
        let role = member.roles().first().copied().unwrap_or(Role::ItAdministrator);
        Ok(highest.map(|segment| NoticeDto::Granted { name: member.name().to_owned(), role, segment }))
    }
}
