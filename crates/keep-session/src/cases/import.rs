//! Importing records from a file.

mod feed;
mod source;
mod tally;

pub use tally::{ListedRecord, NoChart, Place};

use crate::ctx::Ctx;
use crate::dto::failure::FailureDto;
use crate::error::SessionError;
use crate::search_maintenance;
use crate::workstation::Workstation;
use feed::{Feed, Run};
use keep_access::Action;
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_store::{AuditTicket, PageReport, Store};
use std::path::Path;
use tally::Tally;

/// The result of an import.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// Records read: JSON objects on lines of their own, and the entries of Bundles.
    pub read: u64,
    /// New or changed records.
    pub imported: u64,
    /// Versions that were already stored, or older ones.
    pub unchanged: u64,
    /// Objects that are not readable resources; stored as received and flagged.
    pub kept_unreadable: u64,
    /// Numbers of the lines that are not JSON, from 1; all others were imported.
    pub broken_lines: Vec<u64>,
    /// Bundles whose entries were imported.
    pub bundles: u64,
    /// Where the records went.
    pub places: ImportPlaces,
}

/// Where the records of an import went.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ImportPlaces {
    /// Of the records read, those in the chart of a patient who is on this workstation.
    pub in_charts: u64,
    /// Those that belong to no chart, by type and reason.
    pub no_chart: Vec<(String, NoChart, u64)>,
    /// What was not stored, by reason.
    pub refused: Vec<(&'static str, u64)>,
    /// Every record with the place where it went; empty unless requested.
    pub records: Vec<ListedRecord>,
}

/// Imports a file of one resource a line, or of one JSON document: `.ndjson` or `.json`, also with `.zst`. Repeating it
/// is harmless. With `list` the report names every record.
///
/// # Errors
/// `locked`, `refused`, `io` for a file that cannot be read, `invalid` for another file extension, and the errors of the
/// store; what was stored before stays.
pub fn import_file(workstation: &Workstation, file: &Path, list: bool) -> Result<ImportReport, FailureDto> {
    workstation.authorize(Action::Import, |unlocked| import(&Ctx::new(workstation, unlocked)?, file, list))
}

fn import(ctx: &Ctx<'_>, file: &Path, list: bool) -> Result<ImportReport, SessionError> {
    let lines = source::open(file)?;
    let begin = EventDraft::new(EventClass::Import).by(ctx.session.actor()).with_cause("begin");
    let run = ctx.store.ledger().append(begin)?;
    let (mut report, mut tally) = (ImportReport::default(), Tally::default());
    tally.listed = list.then(Vec::new);
    let ended = Feed::new(lines).run(|read| store_run(ctx.store, &run, read, (&mut report, &mut tally)));
    search_maintenance::search(ctx.store, report.imported);
    tally.finish();
    report.places.in_charts = tally.in_charts;
    report.places.no_chart = tally.no_chart.into_iter().map(|((kind, why), count)| (kind, why, count)).collect();
    report.places.refused = tally.refused.into_iter().collect();
    report.places.records = tally.listed.unwrap_or_default();
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

fn store_run(
    store: &Store,
    run: &AuditTicket,
    read: Run,
    (report, tally): (&mut ImportReport, &mut Tally),
) -> Result<(), SessionError> {
    let Run { incoming, mut broken, records, bundles } = read;
    let objects = incoming.texts().saturating_sub(incoming.broken().len());
    let PageReport { stored, unchanged, sealed, no_segment, unreadable, damaged, .. } =
        store.apply_incoming(run, incoming)?;
    let add = |sum: &mut u64, n: usize| *sum = sum.saturating_add(u64::try_from(n).unwrap_or(u64::MAX));
    add(&mut report.read, objects);
    add(&mut report.imported, stored.saturating_sub(unreadable));
    // Records above this rank are in their segment's inbox, from which the next user with the key stores them.
    add(&mut report.imported, sealed.saturating_add(no_segment));
    add(&mut report.unchanged, unchanged);
    add(&mut report.kept_unreadable, unreadable);
    report.broken_lines.append(&mut broken);
    report.bundles = report.bundles.saturating_add(bundles);
    // Their own chart is damaged: they are in none until it is rebuilt.
    if damaged > 0 {
        add(tally.refused.entry("damaged_chart").or_default(), damaged);
    }
    Ok(tally.add(store, records)?)
}
