//! Importing records from a file.

mod feed;

use crate::ctx::Ctx;
use crate::dto::failure::{FailureDto, FieldReasonDto};
use crate::error::SessionError;
use crate::search_maintenance;
use crate::settings::io_code;
use crate::workstation::Workstation;
use feed::{Feed, Run, Source};
use keep_access::Action;
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_fhir::Lines;
use keep_store::{AuditTicket, PageReport, Store};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// The largest window of a zstd frame, as a power of two: `zstd --long=27` and all ordinary levels.
const WINDOW_LOG: u32 = 27;

/// The result of an import.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// Lines with a JSON object.
    pub read: u64,
    /// New or changed records.
    pub imported: u64,
    /// Versions that were already stored, or older ones.
    pub unchanged: u64,
    /// Objects that are not readable resources; stored as received and flagged.
    pub kept_unreadable: u64,
    /// Numbers of the lines that are not JSON, from 1; all others were imported.
    pub broken_lines: Vec<u64>,
}

/// Imports a file of one resource a line, `.ndjson` or `.ndjson.zst`. Repeating it is harmless.
///
/// # Errors
/// `locked`, `refused`, `io` for a file that cannot be read, `invalid` for another file extension, and the errors of the
/// store; what was stored before stays.
pub fn import_file(workstation: &Workstation, file: &Path) -> Result<ImportReport, FailureDto> {
    workstation.authorize(Action::Import, |unlocked| import(&Ctx::new(workstation, unlocked)?, file))
}

fn import(ctx: &Ctx<'_>, file: &Path) -> Result<ImportReport, SessionError> {
    let lines = open(file)?;
    let begin = EventDraft::new(EventClass::Import).by(ctx.session.actor()).with_cause("begin");
    let run = ctx.store.ledger().append(begin)?;
    let mut report = ImportReport::default();
    let ended = Feed::new(lines).run(|read| store_run(ctx.store, &run, read, &mut report));
    search_maintenance::search(ctx.store, report.imported);
    let outcome = if ended.is_ok() { Outcome::Success } else { Outcome::SeriousFailure };
    let end = EventDraft::new(EventClass::Import).by(ctx.session.actor()).with_cause("end").ended(outcome);
    ctx.workstation.record(
        end.counting(report.imported)
            .with("read", report.read)
            .with("unreadable", report.kept_unreadable)
            .with("broken_lines", u64::try_from(report.broken_lines.len()).unwrap_or(u64::MAX)),
    );
    ended.map(|()| report)
}

fn open(file: &Path) -> Result<Source, SessionError> {
    let name = file.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    let opened = File::open(file).map_err(|e| SessionError::of(io_code(&e)))?;
    if name.ends_with(".ndjson") {
        return Ok(Lines::new(Box::new(BufReader::with_capacity(1 << 20, opened))));
    }
    if !name.ends_with(".ndjson.zst") {
        return Err(SessionError::field("file", FieldReasonDto::UnknownEnding));
    }
    let mut decoder = zstd::Decoder::new(opened).map_err(|e| SessionError::of(io_code(&e)))?;
    decoder.window_log_max(WINDOW_LOG).map_err(|e| SessionError::of(io_code(&e)))?;
    Ok(Lines::new(Box::new(BufReader::with_capacity(1 << 20, decoder))))
}

fn store_run(store: &Store, run: &AuditTicket, read: Run, report: &mut ImportReport) -> Result<(), SessionError> {
    let Run { incoming, mut broken } = read;
    let objects = incoming.texts().saturating_sub(incoming.broken().len());
    let PageReport { stored, unchanged, sealed, no_segment, unreadable, .. } = store.apply_incoming(run, incoming)?;
    let add = |sum: &mut u64, n: usize| *sum = sum.saturating_add(u64::try_from(n).unwrap_or(u64::MAX));
    add(&mut report.read, objects);
    add(&mut report.imported, stored.saturating_sub(unreadable));
    // Records above this rank are in their segment's inbox, from which the next user with the key stores them.
    add(&mut report.imported, sealed.saturating_add(no_segment));
    add(&mut report.unchanged, unchanged);
    add(&mut report.kept_unreadable, unreadable);
    report.broken_lines.append(&mut broken);
    Ok(())
}
