//! The lock screen and the unlocked session.

use super::sync::SyncStatusDto;
use keep_domain::{ErrorCode, Role, Segment};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything that a locked workstation shows. Names of clinicians only; never a patient.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LockScreenDto {
    /// The workstation's name, for example "Room 3 workstation".
    pub workstation: String,
    /// The site's name, once it is known.
    pub site: Option<String>,
    /// Now, as this device believes it.
    pub now: String,
    /// Everyone enrolled on this profile.
    pub users: Vec<LockUserDto>,
    /// The user who last locked this window; gets the focus.
    pub last_user: Option<String>,
    /// The state of the operating system's keychain.
    pub keychain: KeychainStateDto,
    /// What the last session left waiting; counts only.
    pub sync: SyncStatusDto,
    /// Whether this profile shows demo data.
    pub demo: bool,
    /// Minutes of inactivity before lock.
    pub lock_minutes: u32,
    /// Whether the last session left drafts (of anyone) behind.
    pub drafts_kept: bool,
    /// Set when the profile cannot be used at all; the screen then explains it.
    pub blocked: Option<ErrorCode>,
    /// With `blocked`: the number that links the screen to the local log.
    pub incident: Option<String>,
    /// Whether the wall clock disagrees with trusted time, so that the page asks for date and time.
    pub clock_wrong: bool,
}

/// One tile.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LockUserDto {
    /// The user id, hexadecimal.
    pub user: String,
    /// The display name.
    pub name: String,
    /// Up to two letters.
    pub initials: String,
    /// The role.
    pub role: Role,
    /// Whether the password alone resumes.
    pub resume: bool,
    /// State of the slot.
    pub state: SlotStateDto,
    /// Seconds until the next attempt is taken, when throttled.
    pub wait_seconds: u32,
    /// Seconds until a code comes that was not used yet; each opens once.
    pub code_seconds: u32,
    /// Whether the page also asks for the time shown on the phone, after a failed attempt: the clocks may differ.
    pub asks_phone_time: bool,
}

/// State of a slot.
#[derive(Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SlotStateDto {
    /// Can unlock.
    Ready,
    /// Held after too many failures.
    Held,
    /// The file is damaged.
    Damaged,
}

/// The state of the keychain; a slow one counts as absent.
#[derive(Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeychainStateDto {
    /// Answers and holds the device key, or no device key is needed yet.
    Ready,
    /// Locked by the operating system.
    Locked,
    /// No service answers.
    Absent,
    /// The device key is gone although slots exist.
    KeyMissing,
}

/// `unlock`: password, and the code unless resuming.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnlockDto {
    /// The user id.
    pub user: String,
    /// The workstation password.
    pub password: String,
    /// The six-digit code; absent for resume.
    pub code: Option<String>,
    /// Date and time as the phone shows them, RFC 3339: when the clock is wrong, and after a failed attempt.
    pub phone_time: Option<String>,
}

/// The unlocked session as the page needs it.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SessionDto {
    /// The user id.
    pub user: String,
    /// Display name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The site, or the workstation's name while the site is not known.
    pub site: Option<String>,
    /// The workstation.
    pub workstation: String,
    /// Actions that policy grants this role; the page hides the rest, Rust refuses it.
    pub permissions: Vec<PermissionDto>,
    /// Inactivity before lock, seconds.
    pub lock_seconds: u32,
    /// Warning before that, seconds.
    pub warning_seconds: u32,
    /// Whether this is demo data.
    pub demo: bool,
    /// Whether the segment keys are still missing, so that nothing can be shown yet.
    pub waiting_for_grant: bool,
    /// Whether keys without Ctrl are shortcuts; off where the user has switched them off (WCAG 2.2, 2.1.4).
    pub single_keys: bool,
    /// Lines to show once after this unlock, for example a grant that was given.
    pub notices: Vec<NoticeDto>,
    /// Where the same user left off, if that was saved.
    #[serde(rename = "resume")]
    pub return_point: Option<ReturnPointDto>,
}

/// `set_single_keys`: whether keys without Ctrl are shortcuts for this user.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SingleKeysDto {
    /// Whether they are.
    pub on: bool,
}

/// What a role may do.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum PermissionDto {
    /// Search for patients.
    SearchPatients,
    /// Open a patient.
    OpenPatient,
    /// Open the clinical part of a chart.
    OpenChart,
    /// Check patients in.
    CheckIn,
    /// Start a sync.
    RunSync,
    /// Read the audit log.
    ReadAudit,
    /// Unmask patients in the audit log.
    Unmask,
    /// Sign off alerts.
    SignOffAlert,
    /// Read the health of the device.
    ReadDevice,
    /// Import records.
    Import,
    /// Read notes.
    ReadNotes,
    /// Read results.
    ReadResults,
    /// Read medicines.
    ReadMedicines,
    /// Read problems.
    ReadProblems,
    /// Read allergies.
    ReadAllergies,
    /// Read vital signs.
    ReadVitals,
    /// Read immunisations.
    ReadImmunisations,
    /// Read charges.
    ReadCharges,
    /// See the worklists.
    ViewWorklist,
    /// Record vital signs.
    RecordVitals,
    /// Write notes.
    WriteNote,
    /// Decide conflicts.
    ResolveConflict,
    /// Sign own notes.
    SignNote,
    /// Mark own records as entered in error.
    MarkEnteredInError,
}

/// A line for the user, after unlock or while the session lasts.
#[derive(Serialize, Clone, TS)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum NoticeDto {
    /// A colleague received keys from this session.
    Granted {
        /// The colleague's display name.
        name: String,
        /// The colleague's role.
        role: Role,
        /// The highest segment granted.
        segment: Segment,
    },
    /// This session received keys from a colleague.
    GrantReceived {
        /// The colleague's display name.
        name: String,
    },
    /// A part of the records is not whole.
    Segment {
        /// The segment.
        segment: Segment,
        /// Its health.
        health: SegmentHealthDto,
        /// Since when it is being brought up to date, RFC 3339.
        since: Option<String>,
        /// The name under which the file as it was found is stored.
        kept: Option<String>,
    },
    /// Unsent work was found in a file that was damaged.
    UnsentCarriedOver {
        /// The segment.
        segment: Segment,
        /// Records that go on as they were.
        verified: u32,
        /// Records that wait for a user to check them.
        unverified: u32,
        /// Records of which only the name could be read; they are in the stored file.
        lost: u32,
        /// Whether there may be more in the file.
        incomplete: bool,
    },
    /// The user's own file was damaged or missing: a new one holds what could still be read.
    PersonalReplaced {
        /// The name under which the old file is stored, if there was one.
        kept: Option<String>,
    },
    /// The user's own file cannot be used now: drafts are neither shown nor saved.
    PersonalUnavailable,
}

/// Health of a segment, as a notice reports it.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum SegmentHealthDto {
    /// It has been brought up to date.
    Whole,
    /// Damage was found and repaired.
    Mended,
    /// Older than it should be.
    Stale,
    /// Damaged in part.
    Disputed,
    /// Being downloaded again.
    Rebuilding,
    /// Not open.
    Unavailable,
}

/// Where the user was when the session locked.
#[derive(Serialize, Deserialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReturnPointDto {
    /// The route of the page.
    pub route: String,
    /// The draft whose form was open.
    pub draft: Option<String>,
    /// The field that had the focus.
    pub field: Option<String>,
    /// The caret in that field, UTF-16 units.
    pub caret: u32,
}
