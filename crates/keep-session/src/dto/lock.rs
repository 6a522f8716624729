//! The lock screen and the unlocked session.

use crate::dto::sync::SyncChipDto;
use keep_domain::{ErrorCode, Role};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// All that a locked workstation shows. Names of clinicians only; never a patient.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LockScreenDto {
    /// The workstation's name, for example "Room 3 workstation".
    pub workstation: String,
    /// The site's name; empty before the first enrolment.
    pub site: String,
    /// Now, as this device believes it.
    pub now: String,
    /// Everyone enrolled on this profile.
    pub users: Vec<LockUserDto>,
    /// The person who was unlocked last in this window and locked it; gets the focus.
    pub last_user: Option<String>,
    /// The state of the operating system's keychain.
    pub keychain: KeychainStateDto,
    /// What the last session left waiting; counts only.
    pub sync: SyncChipDto,
    /// Whether this profile shows demo data.
    pub demo: bool,
    /// Minutes of inactivity before lock.
    pub lock_minutes: u32,
    /// Whether the last session left drafts (of anyone) behind.
    pub drafts_kept: bool,
    /// Set when the profile cannot be used at all; the screen then explains it.
    pub blocked: Option<ErrorCode>,
    /// With `blocked`: the number that links the screen to the local log; empty otherwise.
    pub incident: String,
    /// Whether the wall clock disagrees with trusted time, so that date and time are asked for.
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
    #[ts(type = "Role")]
    pub role: Role,
    /// Whether the password alone resumes.
    pub resume: bool,
    /// Where the slot stands.
    pub state: SlotStateDto,
    /// Seconds until the next attempt is taken, when throttled.
    pub wait_seconds: u32,
    /// Seconds until a code comes that was not used yet; each opens once.
    pub code_seconds: u32,
    /// Whether the time that the phone shows is asked for as well, after a failed attempt: the clocks may differ.
    pub asks_phone_time: bool,
}

/// Where a slot stands.
#[derive(Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SlotStateDto {
    /// Can unlock.
    Ready,
    /// Waits for a colleague's grant; unlocking shows only that.
    WaitingForGrant,
    /// Held after too many failures.
    Held,
    /// The offline lease has ended.
    LeaseEnded,
    /// The file is damaged.
    Damaged,
}

/// The four states of the keychain, and slow.
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

/// The unlocked session as the interface needs it.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SessionDto {
    /// The user id.
    pub user: String,
    /// Display name.
    pub name: String,
    /// The role.
    #[ts(type = "Role")]
    pub role: Role,
    /// The site.
    pub site: String,
    /// The workstation.
    pub workstation: String,
    /// Actions that policy grants this role, by name; the interface hides the rest, Rust refuses it.
    pub permissions: Vec<String>,
    /// Inactivity before lock, seconds.
    pub lock_seconds: u32,
    /// Warning before that, seconds.
    pub warning_seconds: u32,
    /// Whether this is demo data.
    pub demo: bool,
    /// Whether the segment keys are still missing, so that nothing can be shown yet.
    pub waiting_for_grant: bool,
    /// Lines to show once after this unlock, for example a grant that was given.
    pub notices: Vec<NoticeDto>,
    /// Where the same user left off, if a draft or caret was kept.
    pub resume: Option<ResumePointDto>,
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
        #[ts(type = "Role")]
        role: Role,
        /// The highest segment granted.
        segment: String,
    },
    /// This session received keys from a colleague.
    GrantReceived {
        /// The colleague's display name.
        name: String,
    },
    /// There were failed attempts on this slot since the last unlock.
    FailedAttempts {
        /// How many.
        count: u32,
        /// The last one.
        last: String,
    },
    /// A part of the records is not whole.
    Segment {
        /// The segment's name.
        segment: String,
        /// `stale`, `disputed`, `rebuilding` or `unavailable`; `mended` for what was found and put right, `whole` when it
        /// has been brought up to date.
        health: String,
        /// Since when it is being brought up to date, RFC 3339; empty where it is not.
        since: String,
        /// The name under which the file as it was found is kept, or empty.
        kept: String,
    },
    /// Unsent work was found in a file that was damaged.
    UnsentCarriedOver {
        /// The segment's name.
        segment: String,
        /// Records that go on as they were.
        verified: u32,
        /// Records that wait for a person to look at them.
        unverified: u32,
        /// Records of which only the name could be read; they are in the file that is kept.
        lost: u32,
        /// Whether there may be more in the file.
        incomplete: bool,
    },
    /// The person's own file was damaged: a new one holds what could still be read of it.
    PersonalReplaced {
        /// The name under which the old file is kept.
        kept: String,
    },
    /// The person's own file cannot be used now: drafts are neither shown nor kept.
    PersonalUnavailable,
}

/// Where the user was when the session locked.
#[derive(Serialize, Deserialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResumePointDto {
    /// The route of the interface.
    pub route: String,
    /// The draft whose form was open.
    pub draft: Option<String>,
    /// The field that had the focus.
    pub field: Option<String>,
    /// The caret in that field, UTF-16 units.
    pub caret: u32,
}
