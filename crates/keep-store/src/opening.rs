//! Preparing the files of a session, in an order that is safe against a crash at any point.

use crate::awaited_targets::{AwaitedTargets, MovedTargets};
use crate::cipher::{OpenMode, open_cipher};
use crate::connector::{Connector, Purpose};
use crate::error::StoreError;
use crate::inbox;
use crate::ledger::Ledger;
use crate::mirror::Mirror;
use crate::personal::Personal;
use crate::repair::{Repair, RepairCause};
use crate::repair_log::{begin_repairs, raise_epoch};
use crate::segment_access::SegmentAccess;
use crate::segment_check::CheckedSegments;
use crate::segment_file::{personal_path, prepare_file, prepare_segment, remove_stand_in, segment_path, set_aside};
use crate::segment_report::{SegmentCondition, SegmentReport};
use crate::skipped_rows::SkippedRows;
use crate::store::Store;
use keep_domain::{Clock, Rank, Segment, UserId, UtcMillis};
use keep_keys::{DatabaseKey, SegmentKey};
use rusqlite::Connection;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex, RwLock};

/// The keys of one session; opening consumes them.
#[derive(Debug)]
pub struct StoreKeys {
    /// The session's segment keys, of one or several generations.
    pub segments: Vec<SegmentKey>,
    /// The rank that the user is entitled to, whether or not its keys are present.
    pub entitled: Rank,
    /// The key of `ledger.db`, which the device holds.
    pub ledger: DatabaseKey,
    /// The clinician and the key of their personal file.
    pub personal: Option<(UserId, DatabaseKey)>,
}

/// What opening a store needs besides its checked segments.
#[derive(Debug)]
pub struct Opening {
    /// The rank that the user is entitled to, whether or not its keys are present.
    pub entitled: Rank,
    /// The key of `ledger.db`, which the device holds.
    pub ledger_key: DatabaseKey,
    /// The clinician and the key of their personal file.
    pub personal: Option<(UserId, DatabaseKey)>,
    /// Whether that file existed before, so that its absence means that it was lost.
    pub had_personal: bool,
    /// The ledger.
    pub ledger: Arc<Ledger>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl Store {
    /// Checks the session's segments, opens those that are usable and attaches the ledger. A missing file is created
    /// only for the segments in `create`, whose keys were made just now. The caller holds the profile lock.
    ///
    /// # Errors
    /// File errors, and those of the ledger.
    pub fn open(
        profile: &Path,
        keys: StoreKeys,
        create: &[Segment],
        ledger: Arc<Ledger>,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Vec<SegmentReport>), StoreError> {
        let mut checked = CheckedSegments::check(profile, keys.segments, &Mirror::new(), clock.as_ref())?;
        checked.plan_missing(create);
        let reports = checked.reports().to_vec();
        let StoreKeys { entitled, ledger: ledger_key, personal, .. } = keys;
        let had_personal = false;
        let with = Opening { entitled, ledger_key, personal, had_personal, ledger, clock };
        let store = Self::open_checked(profile, checked, with)?;
        Ok((store, reports))
    }

    /// Opens checked segments together and attaches the ledger. A segment that is not usable is left out. One that was
    /// added with a new key is created, after a repair entry says that it has to be filled from the server.
    ///
    /// # Errors
    /// File errors, and those of the ledger.
    pub fn open_checked(profile: &Path, checked: CheckedSegments, with: Opening) -> Result<Self, StoreError> {
        let Opening { entitled, ledger_key, personal, had_personal, ledger, clock } = with;
        let (mut read_only, repairs) = (checked.read_only(), checked.repairs(profile, clock.now()));
        let (keys, has_stand_in) = make_files(profile, &checked, &repairs)?;
        if has_stand_in {
            read_only.insert(Segment::Directory);
        }
        let connector = Connector {
            profile: profile.to_owned(),
            segments: keys.iter().map(|(k, path)| (k.segment(), k.database_key(), path.clone())).collect(),
            ledger: ledger_key,
        };
        let writer = connector.connect(Purpose::Write)?;
        let (first, second) = (connector.connect(Purpose::Read)?, connector.connect(Purpose::Read)?);
        let interrupts = [&writer, &first, &second].map(Connection::get_interrupt_handle);
        let lost = personal.as_ref().is_some_and(|(user, _)| is_absent(profile, *user));
        let (personal, personal_set_aside) = match personal.as_ref() {
            Some((user, key)) => open_personal(profile, *user, key, &clock),
            None => (None, None),
        };
        let personal_lost = lost && had_personal;
        let access = |key: &SegmentKey| {
            let mut access = SegmentAccess::new(key);
            let others = checked.other_keys.iter().filter(|k| k.segment() == key.segment());
            access.other_recipient_keys = others.map(|k| (k.generation(), k.hpke_key_pair())).collect();
            access.disputed = read_only.contains(&key.segment());
            access
        };
        let store = Self {
            profile: profile.to_owned(),
            access: keys.iter().map(|(key, _)| access(key)).collect(),
            entitled,
            clock,
            ledger,
            personal,
            personal_set_aside,
            personal_lost,
            carried_over: Mutex::default(),
            gate: RwLock::new(()),
            writer: Mutex::new(writer),
            readers: [Mutex::new(first), Mutex::new(second)],
            next_reader: AtomicUsize::new(0),
            waiting_readers: AtomicUsize::new(0),
            interrupts: Mutex::new(interrupts.into()),
            connector,
            closing: AtomicBool::new(false),
            poisoned: AtomicBool::new(false),
            read_only,
            has_stand_in,
            repairs: Mutex::default(),
            confirming: Mutex::new(()),
            awaited: AwaitedTargets::default(),
            skipped: SkippedRows::default(),
            moved: MovedTargets::default(),
        };
        if !has_stand_in {
            store.load_repairs()?;
            store.mark_stale_entries_in_flight(&repairs)?;
            inbox::publish_recipient_keys(&store)?;
            store.carry_over_from(&checked)?;
            store.drain_inboxes()?;
            store.relocate_rows()?;
        }
        Ok(store)
    }
}

impl CheckedSegments {
    /// Marks those of these segments whose file is missing and whose key is here: `Store::open_checked` creates it.
    pub fn plan_missing(&mut self, create: &[Segment]) {
        for segment in create {
            let is_missing = self.condition(*segment) == Some(&SegmentCondition::Missing);
            let key = self.other_keys.iter().position(|k| k.segment() == *segment);
            if let Some(at) = key.filter(|_| is_missing) {
                let key = self.other_keys.swap_remove(at);
                self.plan_first(key);
            }
        }
    }

    pub(crate) fn read_only(&self) -> HashSet<Segment> {
        let disputed = |r: &&crate::segment_report::SegmentReport| matches!(r.condition, SegmentCondition::Disputed(_));
        self.reports.iter().filter(disputed).map(|r| r.segment).collect()
    }

    /// The repairs that begin now.
    pub(crate) fn repairs(&self, profile: &Path, now: UtcMillis) -> Vec<Repair> {
        let repair = |segment, cause, generation, old_file: Option<&PathBuf>| {
            let name = old_file.and_then(|k| k.file_name()).map(|n| n.to_string_lossy().into_owned());
            Repair {
                segment,
                cause,
                since: now,
                generation,
                set_aside: name.unwrap_or_default(),
                carried_over: cause == RepairCause::Stale,
                just_set_aside: matches!(self.condition(segment), Some(SegmentCondition::SetAside(_))),
            }
        };
        let rebuilt = self.next_generations.iter().map(|segment| {
            let generation = self.keys.iter().find(|k| k.segment() == *segment).map_or(0, SegmentKey::generation);
            let old_file = match self.condition(*segment) {
                Some(SegmentCondition::SetAside(path)) => Some(path.clone()),
                // An opening that ended before it recorded the repair may have set it aside.
                _ => newest_aside(&segment_path(profile, *segment)),
            };
            repair(*segment, RepairCause::Rebuild, generation, old_file.as_ref())
        });
        let stale = self.reports.iter().filter_map(|report| match &report.condition {
            SegmentCondition::Stale { copy, .. } => {
                Some(repair(report.segment, RepairCause::Stale, report.generation, Some(copy)))
            }
            _ => None,
        });
        rebuilt.chain(stale).collect()
    }
}

/// Creates the new files and records the repairs; returns which key opens which file, and whether an empty file
/// replaces the directory.
// INVARIANT: a repair is durable in the directory before its file is created or changed. After a crash in between, the
// next open finds the same condition.
pub(crate) fn make_files(
    profile: &Path,
    checked: &CheckedSegments,
    repairs: &[Repair],
) -> Result<(Vec<(SegmentKey, PathBuf)>, bool), StoreError> {
    let stand_in = profile.join("segments").join("stand-in.db");
    remove_stand_in(&stand_in)?;
    let mut files: Vec<(SegmentKey, PathBuf)> =
        checked.keys.iter().map(|k| (k.duplicate(), segment_path(profile, k.segment()))).collect();
    let makes =
        |segment: Segment| checked.first_files.contains(&segment) || checked.next_generations.contains(&segment);
    let directory = checked.keys.first().filter(|k| k.segment() == Segment::Directory);
    if let Some(directory) = directory {
        if makes(Segment::Directory) {
            prepare_segment(profile, directory, true)?;
        }
        if !repairs.is_empty() && !checked.read_only().contains(&Segment::Directory) {
            begin_repairs(&open_alone(profile, directory)?, directory, repairs)?;
        }
    }
    for report in &checked.reports {
        if let SegmentCondition::Stale { expected, .. } = &report.condition
            && expected.generation == report.generation
            && let Some(key) = checked.keys.iter().find(|k| k.segment() == report.segment)
        {
            raise_epoch(&open_alone(profile, key)?, key, expected.epoch)?;
        }
    }
    for key in checked.keys.iter().filter(|k| k.segment() != Segment::Directory && makes(k.segment())) {
        prepare_segment(profile, key, true)?;
    }
    if directory.is_some() {
        return Ok((files, false));
    }
    // The connection needs a main file; this one stays empty.
    let key = SegmentKey::make_random(Segment::Directory, 0)?;
    prepare_file(&stand_in, "stand-in", &key, true)?;
    files.insert(0, (key, stand_in));
    Ok((files, true))
}

fn open_alone(profile: &Path, key: &SegmentKey) -> Result<Connection, StoreError> {
    open_cipher(&segment_path(profile, key.segment()), &key.database_key(), OpenMode::Write)
}

/// The most recently set aside file of that name.
fn newest_aside(path: &Path) -> Option<PathBuf> {
    let begins = format!("{}.damaged-", path.file_name()?.to_str()?);
    let names = std::fs::read_dir(path.parent()?).ok()?.flatten().map(|e| e.path());
    let is_one = |p: &PathBuf| {
        let name = p.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        name.starts_with(&begins) && !name.ends_with("-journal") && p.is_file()
    };
    names.filter(is_one).max()
}

/// Whether the personal file is missing.
pub(crate) fn is_absent(profile: &Path, user: UserId) -> bool {
    let about = std::fs::symlink_metadata(personal_path(profile, user));
    about.is_err_and(|e| e.kind() == std::io::ErrorKind::NotFound)
}

/// Opens the user's own file. One that cannot be used is set aside and replaced by a new one with the drafts that could
/// still be read.
///
/// INVARIANT: a personal file never prevents unlocking. If even a new one cannot be created, this session has none.
pub(crate) fn open_personal(
    profile: &Path,
    user: UserId,
    key: &DatabaseKey,
    clock: &Arc<dyn Clock>,
) -> (Option<Personal>, Option<PathBuf>) {
    let path = personal_path(profile, user);
    let opened = if is_absent(profile, user) {
        Personal::open(profile, user, key, Arc::clone(clock))
    } else {
        open_whole(profile, user, key, clock)
    };
    match opened {
        Ok(personal) => (Some(personal), None),
        Err(StoreError::NotOpened(_) | StoreError::PageDamaged | StoreError::Invalid(_)) => {
            let Ok(old_file) = set_aside(&path, clock.now()) else { return (None, None) };
            match Personal::open(profile, user, key, Arc::clone(clock)) {
                Ok(personal) => {
                    let saved = personal.salvage_drafts(&old_file, key);
                    tracing::warn!(saved, "a personal file was replaced");
                    (Some(personal), Some(old_file))
                }
                Err(_) => (None, Some(old_file)),
            }
        }
        Err(_) => {
            tracing::warn!("the personal file cannot be used now");
            (None, None)
        }
    }
}

fn open_whole(profile: &Path, user: UserId, key: &DatabaseKey, clock: &Arc<dyn Clock>) -> Result<Personal, StoreError> {
    let path = personal_path(profile, user);
    let about = std::fs::symlink_metadata(&path)?;
    // An empty file was truncated: a new one has its tables.
    if !about.is_file() || about.len() == 0 {
        return Err(StoreError::Invalid("personal file"));
    }
    let personal = Personal::open(profile, user, key, Arc::clone(clock))?;
    personal.check_pages()?;
    Ok(personal)
}
