//! Opening the segments of a session: intact ones are opened, lost ones are replaced, and each finding is reported.

use crate::dto::lock::{NoticeDto, SegmentHealthDto};
use crate::error::SessionError;
use crate::finding::finding_event;
use crate::starting::SessionStart;
use crate::state::acquire;
use crate::state::unlocked::Unlocked;
use crate::view::words::some;
use crate::workstation::{Workstation, WorkstationEvent};
use keep_audit::{Actor, EventClass, EventDraft, Outcome};
use keep_domain::Segment;
use keep_keys::{DataKey, KeyName, SegmentKey};
use keep_store::{
    CheckedSegments, Mirror, Opening, Repair, RepairCause, SegmentCondition, SegmentMark, SegmentReport, Store,
};
use std::sync::Arc;

impl SessionStart<'_> {
    /// Opens the segments that the user is entitled to and has keys for; `None` without any key.
    ///
    /// A lost or damaged file is replaced by an empty one of the next generation, which the sync fills. It locks no user
    /// out, and nothing in it counts as absent.
    pub(crate) fn open_store(&mut self, made: &[Segment]) -> Result<Option<Store>, SessionError> {
        let mut keys: Vec<SegmentKey> = Vec::new();
        keys.extend(
            self.opened.ring.segments().filter(|k| self.entitled.holds(k.segment())).map(SegmentKey::duplicate),
        );
        if keys.is_empty() {
            return Ok(None);
        }
        let root = self.workstation.0.device.profile.root();
        let mirror = self.workstation.mirror()?;
        let mut checked = CheckedSegments::check(root, keys, &mirror, &*self.workstation.0.device.clock)?;
        checked.plan_missing(made);
        for report in checked.reports().iter().filter(|r| !made.contains(&r.segment)) {
            record(self.workstation, &self.actor, report);
        }
        self.make_next_generations(&mirror, &mut checked)?;
        // A newer version has changed this profile; this one could show and record nothing.
        let newer = |r: &&SegmentReport| r.segment == Segment::Directory && r.condition == SegmentCondition::Newer;
        if let Some(report) = checked.reports().iter().find(newer) {
            return Err(report.error().into());
        }
        let had_personal = self.workstation.settings().holders.has_personal(self.opened.header.user);
        let stale: Vec<Segment> = checked
            .reports()
            .iter()
            .filter(|r| matches!(r.condition, SegmentCondition::Stale { .. }))
            .map(|r| r.segment)
            .collect();
        let store = Store::open_checked(
            root,
            checked,
            Opening {
                entitled: self.entitled,
                ledger_key: self.device.device_key.ledger_key(),
                personal: Some((self.opened.header.user, self.opened.keys.personal_key())),
                had_personal,
                ledger: Arc::clone(&self.device.ledger),
                clock: Arc::clone(&self.workstation.0.device.clock),
            },
        )?;
        self.workstation.accept_older(&store, &stale);
        if !store.unhealthy().is_empty() {
            // The downloads are no longer complete.
            crate::last_sync::forget(&self.workstation.0.device.profile);
            self.workstation.0.sync.forget();
        }
        for (segment, done) in store.carried_over() {
            let event =
                EventDraft::new(EventClass::IntegrityFinding).by(self.actor.clone()).ended(Outcome::MinorFailure);
            let event = event.with("segment", segment.name()).with("finding", "unsent_carried_over");
            let event = event.with("verified", u64::from(done.verified)).with("unverified", u64::from(done.unverified));
            self.workstation.record(event.with("lost", u64::from(done.lost)).with("incomplete", done.incomplete));
        }
        if store.personal_set_aside().is_some() || store.personal_lost() || store.personal().is_err() {
            let name = if store.personal_lost() { "personal_lost" } else { "personal_set_aside" };
            self.workstation.record(finding_event(name).by(self.actor.clone()));
        }
        Ok(Some(store))
    }

    /// Makes a key of the next generation for each segment whose file is gone; colleagues are granted it at the end of this
    /// unlock.
    // INVARIANT: the key of a generation opens one file only: an old file that is put back is never mistaken for the
    // present one.
    fn make_next_generations(&mut self, mirror: &Mirror, checked: &mut CheckedSegments) -> Result<(), SessionError> {
        let gone: Vec<(Segment, u32)> = checked.to_replace().map(|r| (r.segment, r.generation)).collect();
        for (segment, held) in &gone {
            let next = mirror.get(segment).map_or(0, SegmentMark::next_generation);
            let generation = next.max(held.saturating_add(1));
            // Announced first: a skipped number does no harm, one that is used twice would lose a file.
            self.workstation.announce_generation(*segment, generation)?;
            let key = DataKey::make_random(KeyName::Segment(*segment), generation)?;
            self.opened.ring.add(key)?;
            self.opened.ring.save(&self.workstation.0.device.slots, &self.opened.keys)?;
            if let Some(key) = self.opened.ring.segment(*segment) {
                checked.plan_next_generation(key.duplicate());
            }
        }
        if !gone.is_empty() {
            self.workstation.record_granted_keys(self.opened.header.user, self.opened.ring.keys())?;
        }
        Ok(())
    }
}

fn record(workstation: &Workstation, actor: &Actor, report: &SegmentReport) {
    let event = EventDraft::new(EventClass::IntegrityFinding).by(actor.clone()).ended(Outcome::SeriousFailure);
    let event = event.with("segment", report.segment.name()).with("finding", report.condition.name());
    workstation.record(match &report.condition {
        SegmentCondition::Ready => return,
        SegmentCondition::Stale { found, expected, .. } => event
            .with("epoch", found.epoch)
            .with("root", keep_audit::DetailValue::digest(&found.root))
            .with("expected_epoch", expected.epoch)
            .with("expected_root", keep_audit::DetailValue::digest(&expected.root)),
        _ => event,
    });
}

fn name_of(path: &std::path::Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Notices about the segments, for as long as they are true.
pub(crate) fn notices(unlocked: &Unlocked) -> Vec<NoticeDto> {
    let Some(store) = unlocked.store.as_deref() else { return Vec::new() };
    let unhealthy = store.unhealthy();
    // Repaired in this session: the derived tables of an intact segment.
    let found = acquire(&unlocked.memory.damaged).clone();
    let mended = found.into_iter().filter(|s| unhealthy.iter().all(|u| u.segment != *s)).map(|s| notice(store, s));
    let mended = mended.collect::<Vec<_>>();
    let of = |s: keep_store::UnhealthySegment| notice(store, s.segment);
    let own = match (store.personal(), store.personal_set_aside()) {
        (Err(_), _) => Some(NoticeDto::PersonalUnavailable),
        (Ok(_), Some(kept)) => Some(NoticeDto::PersonalReplaced { kept: Some(name_of(kept)) }),
        (Ok(_), None) if store.personal_lost() => Some(NoticeDto::PersonalReplaced { kept: None }),
        (Ok(_), None) => None,
    };
    let unsent = store.carried_over().into_iter().map(|(segment, done)| NoticeDto::UnsentCarriedOver {
        segment,
        verified: done.verified,
        unverified: done.unverified,
        lost: done.lost,
        incomplete: done.incomplete,
    });
    unhealthy.into_iter().map(of).chain(mended).chain(unsent).chain(own).collect()
}

/// The notice about one segment.
pub(crate) fn notice(store: &Store, segment: Segment) -> NoticeDto {
    let health = match store.health(segment) {
        keep_store::SegmentHealth::Whole => SegmentHealthDto::Mended,
        keep_store::SegmentHealth::Stale => SegmentHealthDto::Stale,
        keep_store::SegmentHealth::Disputed => SegmentHealthDto::Disputed,
        keep_store::SegmentHealth::Rebuilding => SegmentHealthDto::Rebuilding,
        keep_store::SegmentHealth::Unavailable => SegmentHealthDto::Unavailable,
    };
    let repair = store.repairs().into_iter().find(|r| r.segment == segment);
    NoticeDto::Segment {
        segment,
        health,
        since: repair.as_ref().map(|r| r.since.to_rfc3339()),
        kept: repair.and_then(|r| some(r.set_aside)),
    }
}

/// Ends the repairs that a completed sync has brought up to date.
pub(crate) fn end_repairs(workstation: &Workstation) {
    let ended = workstation.with_session(|unlocked| {
        let store = unlocked.store()?;
        let (server, visibility) = workstation.cursor_names(unlocked)?;
        let ended = store.end_repairs(&server, &visibility)?;
        // Entries that an older file never held and that were not sent have not come back: that notice stays.
        let is_reported = |r: &&Repair| {
            r.cause == RepairCause::Rebuild && store.health(r.segment) == keep_store::SegmentHealth::Whole
        };
        let reported = ended.iter().filter(is_reported).map(|r| NoticeDto::Segment {
            segment: r.segment,
            health: SegmentHealthDto::Whole,
            since: Some(workstation.0.device.clock.now().to_rfc3339()),
            kept: some(r.set_aside.clone()),
        });
        Ok((reported.collect::<Vec<_>>(), ended, unlocked.actor()))
    });
    let Ok((reported, repairs, actor)) = ended else { return };
    for repair in repairs {
        let event = EventDraft::new(EventClass::Sync).by(actor.clone()).with_cause("repaired");
        workstation.record(event.with("segment", repair.segment.name()));
    }
    // Replaces the notice that the download has started.
    reported.into_iter().for_each(|notice| workstation.emit(WorkstationEvent::Notice(notice)));
}

/// After a completed sync: requests that damaged files are replaced at the next unlock, since the server can fill them.
pub(crate) fn request_fresh_starts(workstation: &Workstation) {
    let requested = workstation.with_session(|unlocked| {
        let store = unlocked.store()?;
        for segment in store.damaged() {
            store.request_fresh_start(segment)?;
        }
        Ok(())
    });
    if requested.is_err() {
        tracing::warn!("a fresh start could not be requested");
    }
}

/// Whether all segments of the open session are intact.
pub(crate) fn are_whole(workstation: &Workstation) -> bool {
    workstation.try_session(|u| u.store.as_ref().is_none_or(|store| store.unhealthy().is_empty())).unwrap_or(false)
}
