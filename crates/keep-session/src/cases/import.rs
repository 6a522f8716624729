//! Taking over records from a file.

use crate::app::App;
use crate::dto::failure::FailureDto;
use crate::fault::Fault;
use crate::settling;
use crate::unlocked::Unlocked;
use crate::workstation::io_code;
use keep_access::Action;
use keep_audit::{EventClass, EventDraft, Outcome};
use keep_domain::{ErrorCode, Phi};
use keep_fhir::Lines;
use keep_store::{AuditTicket, Page, PageReport, Store};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};

/// Records of one page; they are sorted by chart, so a larger page loads faster. As a rule its bytes end it.
const PAGE: usize = 100_000;
/// Bytes of one page at which it is stored even when it has fewer records.
const PAGE_BYTES: usize = 64 * 1024 * 1024;
/// The largest window of a zstd frame, as a power of two: `zstd --long=27` and all ordinary levels.
const WINDOW_LOG: u32 = 27;

/// What became of a file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ImportReport {
    /// Lines with a JSON object.
    pub read: u64,
    /// New or changed records.
    pub imported: u64,
    /// Versions that were here already, or older ones.
    pub unchanged: u64,
    /// Objects that are no readable resource, kept as they are and flagged.
    pub kept_unreadable: u64,
    /// Lines that are not JSON, from 1; everything else was taken.
    pub broken_lines: Vec<u64>,
}

/// Takes over a file of one resource a line, `.ndjson` or `.ndjson.zst`. Repeating it is harmless.
///
/// # Errors
/// `locked`, `refused`, `io` for a file that cannot be read, `invalid` for another ending, and those of the store;
/// what was stored before stays.
pub fn import_file(app: &App, file: &Path) -> Result<ImportReport, FailureDto> {
    app.enter(Action::Import, |unlocked| import(app, unlocked, unlocked.store()?, file)).map_err(Fault::tell)
}

fn import(app: &App, unlocked: &Unlocked, store: &Store, file: &Path) -> Result<ImportReport, Fault> {
    let lines = Lines::new(open(file)?);
    let begin = EventDraft::new(EventClass::Import).by(unlocked.actor()).caused_by("begin");
    let run = store.ledger().append(begin)?;
    let mut report = ImportReport::default();
    let ended = take(store, &run, lines, &mut report);
    settling::search(store, report.imported);
    let outcome = if ended.is_ok() { Outcome::Success } else { Outcome::SeriousFailure };
    let end = EventDraft::new(EventClass::Import).by(unlocked.actor()).caused_by("end").ended(outcome);
    app.record(
        end.counting(report.imported)
            .with("read", report.read)
            .with("unreadable", report.kept_unreadable)
            .with("broken_lines", u64::try_from(report.broken_lines.len()).unwrap_or(u64::MAX)),
    );
    ended.map(|()| report)
}

fn open(file: &Path) -> Result<Box<dyn BufRead + Send>, Fault> {
    let name = file.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    let opened = File::open(file).map_err(|e| Fault::of(io_code(&e)))?;
    if name.ends_with(".ndjson") {
        return Ok(Box::new(BufReader::with_capacity(1 << 20, opened)));
    }
    if !name.ends_with(".ndjson.zst") {
        return Err(Fault::fields(vec![("file", "unknown_ending")]));
    }
    let mut decoder = zstd::Decoder::new(opened).map_err(|e| Fault::of(io_code(&e)))?;
    decoder.window_log_max(WINDOW_LOG).map_err(|e| Fault::of(io_code(&e)))?;
    Ok(Box::new(BufReader::with_capacity(1 << 20, decoder)))
}

/// Texts of one page, each with its line.
#[derive(Default)]
struct Batch {
    records: Vec<Phi<String>>,
    lines: Vec<u64>,
    bytes: usize,
    broken: Vec<u64>,
}

/// Reads the next page while the last one is stored.
fn take(
    store: &Store,
    run: &AuditTicket,
    lines: Lines<Box<dyn BufRead + Send>>,
    report: &mut ImportReport,
) -> Result<(), Fault> {
    std::thread::scope(|scope| {
        // Nothing is queued: one page is read ahead, no more.
        let (sender, receiver) = sync_channel(0);
        scope.spawn(move || read_pages(lines, &sender));
        for batch in receiver {
            store_page(store, run, batch?, report)?;
        }
        Ok(())
    })
}

fn read_pages(mut lines: Lines<Box<dyn BufRead + Send>>, sender: &SyncSender<Result<Batch, Fault>>) {
    let mut batch = Batch::default();
    while let Some(line) = lines.next_text() {
        match line {
            Err(e) => {
                // The receiver goes away where storing fails, which it then reports.
                let _gone = sender.send(Err(Fault::of(broken_file(&e))));
                return;
            }
            Ok(Err(broken)) => batch.broken.push(broken.line),
            Ok(Ok(text)) => {
                batch.bytes = batch.bytes.saturating_add(text.len());
                batch.lines.push(lines.line());
                batch.records.push(Phi::new(text));
            }
        }
        let full = batch.records.len() >= PAGE || batch.bytes >= PAGE_BYTES;
        if full && sender.send(Ok(std::mem::take(&mut batch))).is_err() {
            return;
        }
    }
    let _gone = sender.send(Ok(batch));
}

/// A compressed file that ends or turns bad in the middle.
fn broken_file(error: &std::io::Error) -> ErrorCode {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::InvalidData | std::io::ErrorKind::Other => {
            ErrorCode::ImportBroken
        }
        _ => io_code(error),
    }
}

fn store_page(store: &Store, run: &AuditTicket, batch: Batch, report: &mut ImportReport) -> Result<(), Fault> {
    let count = batch.records.len();
    let PageReport { stored, unchanged, sealed, elsewhere, unreadable, broken, .. } = if count == 0 {
        PageReport::default()
    } else {
        store.apply_page(run, Page { records: batch.records, leave_broken: true, ..Page::default() })?
    };
    let add = |sum: &mut u64, n: usize| *sum = sum.saturating_add(u64::try_from(n).unwrap_or(u64::MAX));
    add(&mut report.read, count.saturating_sub(broken.len()));
    add(&mut report.imported, stored.saturating_sub(unreadable));
    // What lies above this rank has reached its segment's inbox, where the next holder takes it over.
    add(&mut report.imported, sealed.saturating_add(elsewhere));
    add(&mut report.unchanged, unchanged);
    add(&mut report.kept_unreadable, unreadable);
    let no_json = broken.iter().filter_map(|at| batch.lines.get(*at).copied());
    let mut broken: Vec<u64> = batch.broken.iter().copied().chain(no_json).collect();
    broken.sort_unstable();
    report.broken_lines.append(&mut broken);
    Ok(())
}
