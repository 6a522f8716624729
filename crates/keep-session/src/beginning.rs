//! From an opened slot to an unlocked session: keys, grants, store, ledger.

use crate::app::{App, guard};
use crate::audit_key::AuditKeyRecord;
use crate::cases::grants;
use crate::device_side::DeviceSide;
use crate::door::LockCount;
use crate::dto::lock::NoticeDto;
use crate::fault::Fault;
use crate::lease::name_statement;
use crate::segments::open_store;
use crate::unlocked::Unlocked;
use keep_access::Access;
use keep_audit::{EventClass, EventDraft, Outcome, Scribe};
use keep_domain::{ErrorCode, Rank, Segment};
use keep_keys::{HeldKey, KeyName, LeaseState, Opened};
use keep_store::{AuditOpener, AuditSealer, EventKey, Store, segment_path};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, OnceLock};

/// Where the opened slot comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// An unlock: keys that are missing come from colleagues only.
    Unlock,
    /// An enrolment that was online a moment ago: the first entitled member makes what does not exist yet.
    Enrolment,
}

/// Installs the session and says what the person should know.
///
/// `began` was taken before the first secret was used: a lock since then wins, and this answers `locked`.
/// Where it fails nobody is signed in: the ledger goes on without the person's signing key, and the failure is an
/// event like any other failed unlock.
pub(crate) fn begin(
    app: &App,
    opened: Opened,
    beginning: Beginning,
    began: LockCount,
) -> Result<Vec<NoticeDto>, Fault> {
    let _one_at_a_time = guard(&app.0.beginning);
    // Before anything is touched that an open session uses.
    if app.is_open() {
        return Err(Fault::of(ErrorCode::Refused));
    }
    let device = app.enrolled_device()?;
    let (user, role) = (opened.header.user, opened.header.role);
    install(app, &device, opened, beginning, began).inspect_err(|fault| {
        device.ledger.use_scribe(device.ledger.scribe().without_keys());
        let event = EventDraft::new(EventClass::UnlockFailed).by(keep_audit::Actor::new(user, role));
        app.record(event.ended(Outcome::SeriousFailure).with("code", fault.code));
    })
}

fn install(
    app: &App,
    device: &DeviceSide,
    mut opened: Opened,
    beginning: Beginning,
    began: LockCount,
) -> Result<Vec<NoticeDto>, Fault> {
    if let Some(renewal) = app.take_renewal(opened.header.user) {
        app.with_slot_door(|door, _| door.renew(&opened.keys, &mut opened.ring, renewal))?;
    }
    if opened.sign_in_altered {
        let event = EventDraft::new(EventClass::IntegrityFinding).ended(Outcome::SeriousFailure);
        app.record(event.with("slot", opened.header.user).with("finding", "sign_in_altered"));
    }
    app.derive_lease(&mut opened)?;
    let lease = opened.ring.lease().ok_or_else(|| Fault::of(ErrorCode::SignInNeeded))?.clone();
    let role = *lease.roles.first().ok_or_else(|| Fault::of(ErrorCode::SignInNeeded))?;
    let state = app.with_time(|time| lease.state(time.now()))?;
    if !matches!(state, LeaseState::Valid { .. }) {
        return Err(Fault::of(ErrorCode::LeaseEnded));
    }
    let actor = {
        let mut actor = keep_audit::Actor::new(opened.header.user, role);
        actor.display = Some(lease.name.clone());
        actor
    };
    let entitled = app.workstation().policy.rank_of(role, lease.restricted);
    let mut notices = grants::accept_waiting(app, device, &mut opened, &actor);
    if app.grants_are_missing(opened.header.user, &opened.ring) {
        let event = EventDraft::new(EventClass::IntegrityFinding).by(actor.clone()).ended(Outcome::MinorFailure);
        app.record(event.with("finding", "grant_files_missing"));
    }
    let made = make_missing_keys(app, device, &mut opened, entitled, beginning)?;
    if opened.clock_corrected {
        let offset = app.with_time(|time| time.offset_millis())?;
        app.0.stamper.correct_clock(offset);
        app.record(EventDraft::new(EventClass::ClockCorrection).by(actor.clone()).with("offset_ms", offset));
    }
    if opened.restored_state {
        let event = EventDraft::new(EventClass::IntegrityFinding).by(actor.clone()).ended(Outcome::SeriousFailure);
        app.record(event.with("finding", "state_file_restored"));
    }
    let scribe = scribe_for(app, device, &opened)?;
    device.ledger.use_scribe(scribe);
    let store = open_store(app, device, &mut opened, &actor, entitled, &made)?;
    let has_personal = store.as_ref().is_some_and(|s| s.personal().is_ok());
    app.note_held(opened.header.user, opened.ring.keys(), has_personal)?;
    let rank = store.as_ref().map_or(Rank::NONE, Store::rank);
    // INVARIANT: no session without its durable event.
    device.ledger.append(name_statement(EventDraft::new(EventClass::Unlock), &lease).by(actor))?;
    device.keep_checkpoint(&*app.0.keychain)?;
    store.iter().for_each(|store| app.keep_mirror(store));
    notices.extend(grants::grant_waiting(app, device, &mut opened));
    let audit_opener = opened.ring.audit().map(|key| Arc::new(AuditOpener(key.drop_box())));
    let header = opened.header;
    let unlocked = Unlocked {
        user: header.user,
        role,
        name: lease.name,
        rank,
        keys: opened.keys,
        ring: Arc::new(Mutex::new(opened.ring)),
        store: store.map(Arc::new),
        audit_opener,
        access: Arc::new(Access::built_in().map_err(|_| Fault::of(ErrorCode::Internal))?),
        since: app.0.clock.monotonic(),
        resume: Some(opened.resume),
        opened: Mutex::new(HashSet::new()),
        damaged: Mutex::default(),
        drafts: Mutex::default(),
        me: OnceLock::new(),
    };
    app.0.install(unlocked, began)?;
    if app.0.syncs_by_itself {
        app.mirror_while_open();
        crate::integrity_watch::begin(app);
    }
    if app.0.syncs_by_itself && beginning == Beginning::Unlock {
        crate::cases::sync::keep_going(app);
    }
    Ok(notices)
}

/// The first entitled member of the device makes what nobody made before: a key exists where its file does.
///
/// The segments whose key was made now: the files of these may be made, too, and no others.
fn make_missing_keys(
    app: &App,
    device: &DeviceSide,
    opened: &mut Opened,
    entitled: Rank,
    beginning: Beginning,
) -> Result<Vec<Segment>, Fault> {
    let mut made = Vec::new();
    for segment in entitled.segments() {
        if opened.ring.segment(segment).is_some() {
            continue;
        }
        // INVARIANT: a segment that exists is never given a second key; its holders grant the first.
        if segment_path(app.0.profile.root(), segment).exists() || app.workstation().holders.anyone_has(segment) {
            break;
        }
        opened.ring.add(HeldKey::make_random(KeyName::Segment(segment), 1)?)?;
        made.push(segment);
    }
    let first_audit_key = beginning == Beginning::Enrolment && app.workstation().audit_key.is_none();
    if first_audit_key {
        let key = HeldKey::make_random(KeyName::Audit, 1)?;
        opened.ring.add(key)?;
        if let Some(audit) = opened.ring.audit() {
            let record = AuditKeyRecord::make(device, audit.generation(), audit.drop_box().public());
            opened.ring.save(&app.0.slots, &opened.keys)?;
            app.change_workstation(|w| w.audit_key = Some(record))?;
        }
    }
    if !made.is_empty() || first_audit_key {
        opened.ring.save(&app.0.slots, &opened.keys)?;
        app.note_given(opened.header.user, opened.ring.keys())?;
    }
    Ok(made)
}

fn scribe_for(app: &App, device: &DeviceSide, opened: &Opened) -> Result<Scribe, Fault> {
    let stamper = Arc::clone(&app.0.stamper);
    let signer = Arc::new(EventKey(opened.keys.signer()));
    Ok(match app.audit_public(device)? {
        Some(public) => Scribe::unlocked(stamper, Arc::new(AuditSealer(public)), signer),
        None => Scribe::locked(stamper),
    })
}
