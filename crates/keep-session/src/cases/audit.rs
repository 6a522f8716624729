//! The audit ledger: verifying it, and the access review.

use crate::dto::audit::{
    AuditAskDto, AuditOutcomeDto, AuditPageDto, AuditRowDto, SignOffDto, SignedOffDto, UnmaskDto, UnmaskedDto,
};
use crate::dto::failure::FailureDto;
use crate::dto::index;
use crate::error::SessionError;
use crate::records::check_reason;
use crate::state::device_context::KeptCheckpoint;
use crate::state::unlocked::Unlocked;
use crate::workstation::Workstation;
use keep_access::Action;
use keep_audit::{
    EntryBody, EntryHeader, EventClass, EventDraft, EventView, LedgerEntry, Opener, Outcome, SignOff, seal_info,
};
use keep_domain::{ErrorCode, LogId, Phi, ResourceKey, UserId};
use keep_store::{HeaderFilter, Ledger, LedgerEvidence, verify_ledger};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

/// The period of the banner's count of failed sign-ins: 24 hours.
const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
/// Most rows of one window.
const MOST_ROWS: u32 = 200;

/// The result of a verification.
#[derive(Debug)]
pub struct Verification {
    /// Number of events read.
    pub events: u64,
    /// First sequence.
    pub from: Option<u64>,
    /// Last sequence.
    pub to: Option<u64>,
    /// Missing sequences, as "17" or "17-19".
    pub gaps: Vec<String>,
    /// Findings, one sentence each, including alerts that are not signed off; none names a patient.
    pub findings: Vec<String>,
    /// Alerts that were signed off, one sentence each.
    pub signed_off: Vec<String>,
}

/// Verifies the profile's ledger, or the copy of it at `file`. Needs no unlock, only the device key.
///
/// # Errors
/// The keychain's states; `not_enrolled` where there is no ledger; `io` where the file does not exist.
pub fn verify(workstation: &Workstation, file: Option<&Path>) -> Result<Verification, FailureDto> {
    verify_file(workstation, file).map_err(SessionError::into_dto)
}

fn verify_file(workstation: &Workstation, file: Option<&Path>) -> Result<Verification, SessionError> {
    let own = workstation.0.device.profile.ledger();
    let path = file.unwrap_or(&own);
    if file.is_some_and(|f| !f.exists()) {
        return Err(ErrorCode::Io.into());
    }
    let enrolled = workstation.0.device.slots.exist()?;
    let device_key = match keep_keys::DeviceKey::load(&*workstation.0.device.keychain, enrolled) {
        Ok(Some(device_key)) => device_key,
        // With no user and no log, the state of the keychain does not matter.
        Err(_) if !enrolled && !path.exists() => return Err(ErrorCode::NotEnrolled.into()),
        Ok(None) => return Err(ErrorCode::NotEnrolled.into()),
        Err(error) => return Err(error.into()),
    };
    let kept = KeptCheckpoint::read(&*workstation.0.device.keychain, &device_key.signer().public())?;
    if !enrolled && kept.head().is_none() && !path.exists() {
        return Err(ErrorCode::NotEnrolled.into());
    }
    let mut known_keys = BTreeMap::new();
    for person in workstation.0.device.slots.list()? {
        if let Ok(member) = workstation.0.device.slots.member(person.user, &device_key) {
            known_keys.insert(*member.ed25519(), person.user);
        }
    }
    let trusted = match &kept {
        KeptCheckpoint::Signed(note, _) => vec![note.clone()],
        KeptCheckpoint::Missing | KeptCheckpoint::Unreadable => Vec::new(),
    };
    let evidence = LedgerEvidence {
        // A copy may be older than the keychain's checkpoint without having been truncated.
        trusted: if file.is_none() { &trusted } else { &[] },
        device_key: Some(device_key.signer().public()),
        known_keys: Some(&known_keys),
        ..LedgerEvidence::default()
    };
    let report = verify_ledger(path, &device_key.ledger_key(), &evidence);
    let mut findings: Vec<String> = report.findings.into_iter().map(|f| f.text).collect();
    if let (Some(finding), true, true) = (kept.finding(), enrolled, file.is_none()) {
        findings.push(format!("{finding}: nothing outside the ledger says where it ended"));
    }
    Ok(Verification {
        events: report.events,
        from: report.from,
        to: report.to,
        gaps: report
            .gaps
            .iter()
            .map(|g| if g.from == g.to { g.from.to_string() } else { format!("{}-{}", g.from, g.to) })
            .collect(),
        findings,
        signed_off: report.signed_off.into_iter().map(|f| f.text).collect(),
    })
}

/// A window of events, newest first, patients masked.
///
/// # Errors
/// `locked`, `refused`, `ledger_damaged`.
pub fn audit_events(workstation: &Workstation, request: AuditAskDto) -> Result<AuditPageDto, FailureDto> {
    workstation.authorize(Action::ReadAudit, |unlocked| {
        let device = workstation.enrolled_device()?;
        device.ledger.append(EventDraft::new(EventClass::AuditRead).by(unlocked.actor()))?;
        page(workstation, unlocked, &device.ledger, &request)
    })
}

fn page(
    workstation: &Workstation,
    unlocked: &Unlocked,
    ledger: &Ledger,
    request: &AuditAskDto,
) -> Result<AuditPageDto, SessionError> {
    let open = ledger.open_alerts()?;
    let alerts_only = request.open_alerts;
    let limit = request.limit.clamp(1, MOST_ROWS);
    let state = ledger.state()?;
    let before = request.before.unwrap_or_else(|| state.next_sequence());
    let filter = HeaderFilter {
        before: Some(before),
        class: request.class,
        skip: u64::from(request.offset),
        ..HeaderFilter::default()
    };
    let (total, shown) = if alerts_only {
        let (skip, take) = (index(request.offset), index(limit));
        let found: Vec<_> = open.iter().copied().filter(|h| h.sequence < before).collect();
        (u64::try_from(found.len()).unwrap_or(u64::MAX), found.into_iter().skip(skip).take(take).collect())
    } else {
        (ledger.count(&filter)?, ledger.headers(&filter, limit)?.headers)
    };
    let (names, log) = (workstation.names(), state.log());
    let mut rows = Vec::new();
    for header in &shown {
        let entry = ledger.entry(header.sequence)?;
        let mut row = row(unlocked, log, &names, header.sequence, entry.as_ref());
        row.open_alert = open.iter().any(|h| h.sequence == header.sequence);
        rows.push(row);
    }
    let day_ago = workstation.0.device.clock.now().plus_millis(-DAY_MILLIS);
    let failed =
        HeaderFilter { class: Some(EventClass::UnlockFailed), since: Some(day_ago), ..HeaderFilter::default() };
    let failed = ledger.count(&failed)?;
    Ok(AuditPageDto {
        rows,
        total,
        before,
        failed_unlocks: u32::try_from(failed).unwrap_or(u32::MAX),
        open_alerts: u32::try_from(open.len()).unwrap_or(u32::MAX),
    })
}

fn row(
    unlocked: &Unlocked,
    log: LogId,
    names: &BTreeMap<UserId, String>,
    sequence: u64,
    entry: Option<&LedgerEntry>,
) -> AuditRowDto {
    let view = entry.and_then(|e| read(unlocked, log, e));
    let header = entry.map(|e| &e.header);
    let patients = view.as_ref().map_or(0, |v| patients_of(v).len());
    AuditRowDto {
        sequence,
        recorded: header.map(|h| h.recorded.to_rfc3339()),
        happened: view.as_ref().and_then(|v| v.happened).map(|(first, _)| first.to_rfc3339()),
        class: header.map(|h| h.class),
        outcome: match header.map(|h| h.outcome) {
            Some(Outcome::Success) => AuditOutcomeDto::Success,
            Some(Outcome::MinorFailure) => AuditOutcomeDto::Minor,
            _ => AuditOutcomeDto::Serious,
        },
        actor: view.as_ref().and_then(|v| v.user).map(|u| names.get(&u).cloned().unwrap_or_else(|| u.to_string())),
        role: view.as_ref().and_then(|v| v.role),
        patients: u32::try_from(patients).unwrap_or(u32::MAX),
        // A finding is shown where other events have their cause.
        cause: view.as_ref().and_then(|v| v.cause.clone().or_else(|| v.detail("finding").map(str::to_owned))),
        // EXPOSE: the access review shows the reason for an access; policy grants it to this role.
        reason: view.as_ref().and_then(|v| v.reason.as_ref()).map(|r| r.expose().clone()),
        open_alert: false,
    }
}

pub(super) fn read(unlocked: &Unlocked, log: LogId, entry: &LedgerEntry) -> Option<EventView> {
    let plain = match &entry.body {
        EntryBody::Clear(bytes) => Cow::Borrowed(bytes.as_slice()),
        EntryBody::Sealed(bytes) => {
            let info = seal_info(log, entry.header.sequence, entry.header.event);
            Cow::Owned(unlocked.keys.audit_opener.as_ref()?.open(&info, bytes)?)
        }
    };
    EventView::read(&plain)
}

/// The patients named in an event: whose chart it was, or the rows of a list or search.
fn patients_of(view: &EventView) -> Vec<ResourceKey> {
    // EXPOSE: counted in the table; shown by unmasking only.
    let about = view.patient.iter().map(|p| ResourceKey::new("Patient", p.expose().clone()));
    // EXPOSE: as above.
    let touched = view.touched.iter().map(|k| k.expose().clone()).filter(|k| k.resource_type.as_str() == "Patient");
    let mut patients: Vec<ResourceKey> = Vec::new();
    for key in about.chain(touched) {
        if !patients.contains(&key) {
            patients.push(key);
        }
    }
    patients
}

/// Shows the patients named in an event; recorded before anything is shown.
///
/// # Errors
/// `locked`, `refused`, `invalid` without a reason, `not_available`.
pub fn unmask(workstation: &Workstation, request: UnmaskDto) -> Result<UnmaskedDto, FailureDto> {
    workstation.authorize(Action::Unmask, |unlocked| {
        check_reason(&request.reason)?;
        let device = workstation.enrolled_device()?;
        let log = device.ledger.state()?.log();
        let entry = device.ledger.entry(request.sequence)?.ok_or(ErrorCode::NotAvailable)?;
        let patients = read(unlocked, log, &entry).map(|v| patients_of(&v)).unwrap_or_default();
        let first = patients.first().ok_or(ErrorCode::NotAvailable)?;
        let mut event = EventDraft::new(EventClass::Unmask)
            .by(unlocked.actor())
            .with_reason(Phi::new(request.reason.clone()))
            .with("unmasked", request.sequence);
        // A single patient is the event's subject; several are listed in it.
        event =
            if patients.len() == 1 { event.about(Phi::new(first.id.clone())) } else { event.with_resources(&patients) };
        let ticket = device.ledger.append(event)?;
        let shown = crate::view::patient_lines(unlocked.store()?, &patients, ticket)?;
        let unknown = u32::try_from(patients.len().saturating_sub(shown.len())).unwrap_or(u32::MAX);
        Ok(UnmaskedDto { patients: shown, unknown })
    })
}

/// Signs off alerts after an entitled user has looked into them. They stay in the log and are listed as signed off.
///
/// # Errors
/// `locked`, `refused`, `not_available` for a sequence that is not an open alert.
pub fn sign_off_alerts(workstation: &Workstation, request: SignOffDto) -> Result<SignedOffDto, FailureDto> {
    workstation.authorize(Action::SignOffAlert, |unlocked| {
        let explanation = request.explanation;
        let device = workstation.enrolled_device()?;
        let open = device.ledger.open_alerts()?;
        let is_open = |sequence: &u64| open.iter().any(|h| h.sequence == *sequence);
        if !request.sequences.iter().all(is_open) {
            return Err(ErrorCode::NotAvailable.into());
        }
        let asked = |h: &&EntryHeader| request.sequences.is_empty() || request.sequences.contains(&h.sequence);
        let mut sequences = Vec::new();
        for header in open.iter().rev().filter(asked) {
            let done = SignOff { sequence: header.sequence, event: header.event, explanation };
            device.ledger.append(done.draft(unlocked.actor()))?;
            sequences.push(header.sequence);
        }
        Ok(SignedOffDto { sequences })
    })
}

impl Workstation {
    /// Display names of all enrolled users.
    pub(crate) fn names(&self) -> BTreeMap<UserId, String> {
        let people = self.0.device.slots.list().unwrap_or_default();
        people.into_iter().filter_map(|p| Some((p.user, p.owner?.display_name))).collect()
    }
}
