//! Health of this device, for IT: no patient data.

use crate::cases::lock::keychain_state;
use crate::dto::device::{DeviceCheckDto, DeviceDto, DeviceFindingDto, NameValueDto, SegmentDto, SegmentStateDto};
use crate::dto::failure::FailureDto;
use crate::error::SessionError;
use crate::view::words::some;
use crate::workstation::Workstation;
use keep_access::Action;
use keep_domain::Segment;
use keep_keys::{SlotCheck, SlotSummary};
use keep_store::{LedgerCapacity, library_versions};
use std::path::Path;

/// The device page of an unlocked session.
///
/// # Errors
/// `locked`, `refused`.
pub fn device(workstation: &Workstation) -> Result<DeviceDto, FailureDto> {
    workstation.authorize(Action::ReadDevice, |_| health(workstation))
}

/// The same without a session: anyone who may run programs on this computer could read it.
///
/// # Errors
/// `io` where the profile cannot be read.
pub fn look(workstation: &Workstation) -> Result<DeviceDto, FailureDto> {
    health(workstation).map_err(SessionError::into_dto)
}

/// Number of slots whose key file has no stored digest yet; its next change stores one.
#[must_use]
pub fn slots_not_yet_checked(workstation: &Workstation) -> usize {
    let Ok((Some(device), people)) = workstation.device().and_then(|d| Ok((d, workstation.0.device.slots.list()?)))
    else {
        return 0;
    };
    let unchecked = |p: &&SlotSummary| {
        workstation.0.device.slots.check(p.user, &device.device_key) == Ok(SlotCheck::KeysNotYetChecked)
    };
    people.iter().filter(unchecked).count()
}

/// Replaces the certificate authority file named in the settings with `file`.
///
/// # Errors
/// `locked`, `refused`, `invalid` where the file cannot be read or holds no certificate, and the errors of saving.
pub fn trust_authorities(workstation: &Workstation, file: &Path) -> Result<(), FailureDto> {
    workstation.authorize(Action::ChangeDevice, |unlocked| workstation.replace_authority_file(unlocked.actor(), file))
}

fn health(workstation: &Workstation) -> Result<DeviceDto, SessionError> {
    let people = workstation.0.device.slots.list()?;
    let device = workstation.device();
    let blocked = device.as_ref().err().map(|f| f.code);
    let (mut events, mut pending) = (0, 0);
    let mut findings = Vec::new();
    // A gap that encryption at rest cannot close.
    if cfg!(target_os = "linux") && unencrypted_swap() {
        findings.push(DeviceFindingDto::Check(DeviceCheckDto::SwapUnencrypted));
    }
    match &device {
        Ok(Some(device)) => {
            events = device.ledger.event_count()?;
            pending = device.ledger.pending_count()?;
            if device.ledger.capacity()? != LedgerCapacity::Ample {
                findings.push(DeviceFindingDto::Check(DeviceCheckDto::LedgerNearlyFull));
            }
        }
        Ok(None) => {}
        Err(error) => findings.push(DeviceFindingDto::Blocked(error.code)),
    }
    let damaged = |p: &SlotSummary| match &device {
        Ok(Some(device)) => workstation.0.device.slots.check(p.user, &device.device_key).is_err(),
        _ => p.owner.is_none(),
    };
    // While the copy is in use: the next program that may write restores the first file from it.
    let in_use = workstation.settings().clone();
    let are_read = crate::WorkstationSettings::load(&workstation.0.device.profile).is_ok_and(|first| first == in_use);
    if people.iter().any(damaged) || (!people.is_empty() && !are_read) {
        findings.push(DeviceFindingDto::Check(DeviceCheckDto::SlotDamaged));
    }
    if !workstation.0.device.profile.odd_files().is_empty() {
        findings.push(DeviceFindingDto::Check(DeviceCheckDto::SpecialFile));
    }
    findings.extend(workstation.authority_file_finding().map(DeviceFindingDto::Check));
    let settings = workstation.settings();
    let policy = &settings.policy;
    Ok(DeviceDto {
        versions: versions(),
        keychain: keychain_state(workstation, blocked),
        slots: u32::try_from(people.len()).unwrap_or(u32::MAX),
        segments: Segment::ALL.into_iter().map(|s| segment(workstation, s)).collect(),
        ledger_events: events,
        ledger_pending: pending,
        findings,
        site: some(&settings.site),
        name: some(&settings.name),
        server: crate::cases::sync::host_of(&settings.server),
        policy: [
            ("lock_minutes", policy.lock_minutes),
            ("resume_minutes", policy.resume_minutes),
            ("absolute_lock_hours", policy.absolute_lock_hours),
            ("lease_days", policy.lease_days),
            ("throttle_hold", policy.throttle_hold),
            ("password_min_chars", policy.password_min_chars),
        ]
        .map(|(name, value)| pair(name, &value.to_string()))
        .into(),
    })
}

fn versions() -> Vec<NameValueDto> {
    let mut versions = vec![pair("chartkeep", env!("CARGO_PKG_VERSION"))];
    if let Ok(libraries) = library_versions() {
        versions.extend(libraries.iter().map(|(name, version)| pair(name, version)));
    }
    versions
}

fn segment(workstation: &Workstation, segment: Segment) -> SegmentDto {
    let file = workstation.0.device.profile.segments().join(format!("{}.db", segment.name()));
    let bytes = std::fs::metadata(&file).map_or(0, |m| m.len());
    let aside = aside(workstation, segment);
    let state = if aside > 0 {
        SegmentStateDto::Aside
    } else if bytes == 0 {
        SegmentStateDto::Absent
    } else if workstation.try_session(|u| u.rank.holds(segment)).unwrap_or(false) {
        SegmentStateDto::Ok
    } else {
        SegmentStateDto::Locked
    };
    let generation = u32::from(bytes > 0);
    SegmentDto { name: segment, bytes, generation, state }
}

/// Number of damaged files of a segment that were set aside.
fn aside(workstation: &Workstation, segment: Segment) -> usize {
    let prefix = format!("{}.db.damaged-", segment.name());
    let entries = std::fs::read_dir(workstation.0.device.profile.segments()).into_iter().flatten().flatten();
    entries.filter(|e| e.file_name().to_string_lossy().starts_with(&prefix)).count()
}

/// Whether memory may be written to a disk partition or file that is not a mapped (dm-crypt) or compressed-RAM device.
fn unencrypted_swap() -> bool {
    let Ok(swaps) = std::fs::read_to_string("/proc/swaps") else { return false };
    swaps
        .lines()
        .skip(1)
        .filter_map(|l| l.split_whitespace().next())
        .any(|d| !d.starts_with("/dev/dm-") && !d.starts_with("/dev/zram"))
}

fn pair(name: &str, value: &str) -> NameValueDto {
    NameValueDto { name: name.to_owned(), value: value.to_owned() }
}
