//! From an opened key slot to an unlocked session: lease, grants, keys, store, event.

use crate::dto::lock::NoticeDto;
use crate::error::SessionError;
use crate::finding::finding_event;
use crate::lease::name_statement;
use crate::settings::audit_key::AuditPublicKeyRecord;
use crate::starting::SessionStart;
use crate::state::acquire;
use crate::state::device_context::DeviceContext;
use crate::state::session::LockEpoch;
use crate::state::unlocked::{SessionKeys, SessionMemory, Unlocked};
use crate::workstation::Workstation;
use keep_access::Access;
use keep_audit::{Actor, EventClass, EventDraft, EventWriter, Outcome};
use keep_domain::{ErrorCode, Rank, Segment};
use keep_keys::{DataKey, KeyName, LeaseState, OpenedSlot};
use keep_store::{AuditOpener, AuditSealer, EventKey, Store, segment_path};
use std::sync::{Arc, Mutex};

/// Where the opened slot comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionOrigin {
    /// An unlock: missing keys come from colleagues only.
    Unlock,
    /// An enrolment, which is online: the first entitled user makes keys that do not exist yet.
    Enrolment,
}

/// Starts the session and returns its notices.
///
/// `began` was read before the first secret was used: after a lock since then this returns `locked`.
/// If it fails no user is signed in, the ledger continues without the user's signing key, and the failure is an event.
pub(crate) fn start_session(
    workstation: &Workstation,
    opened: OpenedSlot,
    session_origin: SessionOrigin,
    began: LockEpoch,
) -> Result<Vec<NoticeDto>, SessionError> {
    let _one_at_a_time = acquire(&workstation.0.session.starting);
    // Checked before anything that an open session uses is touched.
    if workstation.is_open() {
        return Err(ErrorCode::Refused.into());
    }
    let device = workstation.enrolled_device()?;
    let (user, role) = (opened.header.user, opened.header.role);
    assemble_session(workstation, &device, opened, session_origin, began).inspect_err(|error| {
        device.ledger.use_event_writer(device.ledger.event_writer().without_keys());
        let event = EventDraft::new(EventClass::UnlockFailed).by(Actor::new(user, role));
        workstation.record(event.ended(Outcome::SeriousFailure).with("code", error.code));
    })
}

fn assemble_session(
    workstation: &Workstation,
    device: &DeviceContext,
    mut opened: OpenedSlot,
    session_origin: SessionOrigin,
    began: LockEpoch,
) -> Result<Vec<NoticeDto>, SessionError> {
    if let Some(renewal) = workstation.take_renewal(opened.header.user) {
        workstation.with_slot_unlocker(|unlocker, _| unlocker.renew(&opened.keys, &mut opened.ring, renewal))?;
    }
    if opened.findings.sign_in_altered {
        let event = EventDraft::new(EventClass::IntegrityFinding).ended(Outcome::SeriousFailure);
        workstation.record(event.with("slot", opened.header.user).with("finding", "sign_in_altered"));
    }
    workstation.derive_lease(&mut opened)?;
    let lease = opened.ring.lease().ok_or(ErrorCode::SignInNeeded)?.clone();
    let role = *lease.roles.first().ok_or(ErrorCode::SignInNeeded)?;
    let state = workstation.with_time(|time| lease.state(time.now()))?;
    if !matches!(state, LeaseState::Valid { .. }) {
        return Err(ErrorCode::LeaseEnded.into());
    }
    let actor = {
        let mut actor = Actor::new(opened.header.user, role);
        actor.display = Some(lease.name.clone());
        actor
    };
    let entitled = workstation.settings().policy.rank_of(role, lease.restricted);
    let mut start = SessionStart { workstation, device, opened, actor, entitled };
    let mut notices = start.accept_waiting();
    if workstation.grants_are_missing(start.opened.header.user, &start.opened.ring) {
        workstation.record(finding_event("grant_files_missing").by(start.actor.clone()).ended(Outcome::MinorFailure));
    }
    let made = start.make_missing_keys(session_origin)?;
    if start.opened.findings.clock_corrected {
        let offset = workstation.with_time(|time| time.offset_millis())?;
        workstation.0.device.event_stamper.correct_clock(offset);
        let event = EventDraft::new(EventClass::ClockCorrection).by(start.actor.clone());
        workstation.record(event.with("offset_ms", offset));
    }
    if start.opened.findings.restored_state {
        workstation.record(finding_event("state_file_restored").by(start.actor.clone()));
    }
    device.ledger.use_event_writer(start.event_writer()?);
    let store = start.open_store(&made)?;
    let has_personal = store.as_ref().is_some_and(|s| s.personal().is_ok());
    workstation.record_held_keys(start.opened.header.user, start.opened.ring.keys(), has_personal)?;
    let rank = store.as_ref().map_or(Rank::NONE, Store::rank);
    // INVARIANT: no session without a durable event.
    device.ledger.append(name_statement(EventDraft::new(EventClass::Unlock), &lease).by(start.actor.clone()))?;
    device.keep_checkpoint(&*workstation.0.device.keychain)?;
    store.iter().for_each(|store| workstation.store_marks(store));
    notices.extend(start.grant_waiting());
    let opened = start.opened;
    let audit_opener = opened.ring.audit_private_key().map(|key| Arc::new(AuditOpener(key.hpke_key_pair())));
    let header = opened.header;
    let unlocked = Unlocked {
        user: header.user,
        role,
        name: lease.name,
        rank,
        keys: SessionKeys {
            user: opened.keys,
            ring: Arc::new(Mutex::new(opened.ring)),
            audit_opener,
            resume: Some(opened.resume),
        },
        store: store.map(Arc::new),
        access: Arc::new(Access::built_in().map_err(|_| ErrorCode::Internal)?),
        memory: SessionMemory { since: workstation.0.device.clock.monotonic(), ..SessionMemory::default() },
    };
    workstation.0.session.publish_session(unlocked, began)?;
    if workstation.0.sync.automatic {
        workstation.mirror_while_open();
        crate::integrity_watch::start(workstation);
    }
    if workstation.0.sync.automatic && session_origin == SessionOrigin::Unlock {
        crate::cases::sync::sync_loop(workstation);
    }
    Ok(notices)
}

impl SessionStart<'_> {
    /// Makes the keys of segments that do not exist yet, for the first entitled user of the device.
    ///
    /// Returns the segments whose key was made now; only their files may be created.
    fn make_missing_keys(&mut self, session_origin: SessionOrigin) -> Result<Vec<Segment>, SessionError> {
        let mut made = Vec::new();
        for segment in self.entitled.segments() {
            if self.opened.ring.segment(segment).is_some() {
                continue;
            }
            // INVARIANT: a segment that exists never gets a second key; users who hold the first one grant it.
            if segment_path(self.workstation.0.device.profile.root(), segment).exists()
                || self.workstation.settings().holders.anyone_has(segment)
            {
                break;
            }
            self.opened.ring.add(DataKey::make_random(KeyName::Segment(segment), 1)?)?;
            made.push(segment);
        }
        let first_key =
            session_origin == SessionOrigin::Enrolment && self.workstation.settings().audit_public_key.is_none();
        if first_key {
            let key = DataKey::make_random(KeyName::Audit, 1)?;
            self.opened.ring.add(key)?;
            if let Some(audit) = self.opened.ring.audit_private_key() {
                let record =
                    AuditPublicKeyRecord::make(self.device, audit.generation(), audit.hpke_key_pair().public());
                self.opened.ring.save(&self.workstation.0.device.slots, &self.opened.keys)?;
                self.workstation.change_settings(|w| w.audit_public_key = Some(record))?;
            }
        }
        if !made.is_empty() || first_key {
            self.opened.ring.save(&self.workstation.0.device.slots, &self.opened.keys)?;
            self.workstation.record_granted_keys(self.opened.header.user, self.opened.ring.keys())?;
        }
        Ok(made)
    }

    fn event_writer(&self) -> Result<EventWriter, SessionError> {
        let event_stamper = Arc::clone(&self.workstation.0.device.event_stamper);
        let signer = Arc::new(EventKey(self.opened.keys.signer()));
        Ok(match self.workstation.audit_public_key(self.device)? {
            Some(public) => EventWriter::for_user(event_stamper, Arc::new(AuditSealer(public)), signer),
            None => EventWriter::for_device(event_stamper),
        })
    }
}
