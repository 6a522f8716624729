//! Real records: loading them, their size, and opening charts warm and cold.

use crate::plain::Plain;
use crate::report::Row;
use crate::timing::{Samples, rate, timed};
use chartkeep_tests::{KeysAtHand, TestSession};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{PatientId, Phi, SystemClock};
use keep_session::App;
use keep_session::cases::{chart, import};
use keep_session::testing::dr_jonas;
use keep_store::{AuditTicket, Page, Store};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::runtime::Runtime;

/// Charts that are measured, those with about 400 records first.
const CHARTS: usize = 30;
/// Times that each is opened warm.
const TIMES: usize = 10;
/// Charts that are opened cold, each in a session of its own.
const COLD: usize = 12;
/// Records of one page of the store's own load, as the import takes them.
const PAGE: usize = 20_000;

/// What the other works go on with.
pub(crate) struct Loaded {
    /// The session's profile with all records.
    pub(crate) session: TestSession,
    /// The baseline's file with the same.
    pub(crate) plain: PathBuf,
    /// Patient ids, those with about 400 records first.
    pub(crate) charts: Vec<String>,
    /// How many records.
    pub(crate) count: u64,
    /// What the baseline loads a second.
    pub(crate) plain_rate: f64,
    /// What the store by itself loads a second.
    pub(crate) store_rate: f64,
}

/// Opens the profile with the physician unlocked.
pub(crate) fn open(session: &TestSession, runtime: &Runtime) -> App {
    let opened = session.open(dr_jonas(), runtime.handle().clone(), Arc::new(SystemClock));
    opened.map_err(|f| f.code).expect("unlocked")
}

/// An event that covers reads of the store by itself.
pub(crate) fn ticket(store: &Store) -> AuditTicket {
    store.ledger().append(EventDraft::new(EventClass::Sync)).expect("event")
}

fn texts(data: &Path) -> impl Iterator<Item = String> {
    let mut decoder = zstd::Decoder::new(File::open(data).expect("data")).expect("zstd");
    decoder.window_log_max(27).expect("window");
    BufReader::with_capacity(1 << 20, decoder).lines().map(|l| l.expect("line")).filter(|l| !l.is_empty())
}

pub(crate) fn measure(data: &Path, scratch: &Path, runtime: &Runtime, rows: &mut Vec<Row>) -> Loaded {
    println!("loading {} ...", data.display());
    let session = TestSession::at(&scratch.join("profile"));
    let app = open(&session, runtime);
    let (report, ours) = timed(|| import::import_file(&app, data).map_err(|f| f.code).expect("imported"));
    app.close();
    drop(app);

    let path = scratch.join("plain.db");
    let mut plain = Plain::open(&path).expect("plain");
    let (plain_count, plain_took) = timed(|| plain.load(&mut texts(data)).expect("loaded"));

    let (store_count, store_took) = load_store(data, &scratch.join("store"), runtime);
    println!("session {}, plain {plain_count}, store {store_count} records", report.imported);
    let (plain_rate, store_rate) = (rate(plain_count, plain_took), rate(store_count, store_took));
    let ours_rate = rate(report.imported, ours);
    rows.push(Row {
        work: "bulk_load",
        unit: "records/s",
        better: "higher",
        ours: ours_rate,
        store_only: Some(store_rate),
        baseline: Some(plain_rate),
        baseline_is: "plain SQLite, raw JSON rows with three secondary indexes, one transaction",
        over: format!("{} records from {}", report.imported, data.display()),
        target: ">= 1x baseline",
        met: Some(ours_rate >= plain_rate),
    });

    let segments = size(&session.profile().join("segments"));
    let (ours, base) = (size(session.profile()), size(&path));
    rows.push(Row {
        work: "database_size",
        unit: "MB",
        better: "lower",
        ours,
        store_only: Some(segments),
        baseline: Some(base),
        baseline_is: "the baseline's one file",
        over: String::from("the whole profile, ledger and slots included; store only: the segments"),
        target: ">= 5x smaller",
        met: Some(base / ours >= 5.0),
    });

    let mut sized = plain.patients().expect("patients");
    sized.sort_by_key(|(_, count)| count.abs_diff(400));
    let charts: Vec<String> = sized.into_iter().map(|(patient, _)| patient).take(CHARTS).collect();
    let loaded = Loaded { session, plain: path, charts, count: report.imported, plain_rate, store_rate };
    warm(&loaded, &plain, runtime, rows);
    drop(plain);
    cold(&loaded, runtime, rows);
    loaded
}

fn load_store(data: &Path, folder: &Path, runtime: &Runtime) -> (u64, std::time::Duration) {
    let session = TestSession::at(folder);
    open(&session, runtime).close();
    let store = KeysAtHand::take(&session, dr_jonas()).expect("keys").open_store().expect("store");
    let run = ticket(&store);
    let (count, took) = timed(|| {
        let (mut count, mut page) = (0, Vec::with_capacity(PAGE));
        let mut apply = |records: Vec<Phi<String>>| {
            count += store.apply_page(&run, Page { records, ..Page::default() }).expect("page").stored;
        };
        for text in texts(data) {
            page.push(Phi::new(text));
            if page.len() == PAGE {
                apply(std::mem::take(&mut page));
            }
        }
        apply(page);
        count
    });
    (u64::try_from(count).unwrap_or(0), took)
}

fn warm(loaded: &Loaded, plain: &Plain, runtime: &Runtime, rows: &mut Vec<Row>) {
    let app = open(&loaded.session, runtime);
    let mut ours = Samples::default();
    for time in 0..=TIMES {
        for patient in &loaded.charts {
            let read = || chart::open_chart(&app, patient).map(|_| ()).map_err(|f| f.code).expect("chart");
            if time == 0 { read() } else { ours.take(read) }
        }
    }
    app.close();
    drop(app);
    let store = KeysAtHand::take(&loaded.session, dr_jonas()).expect("keys").open_store().expect("store");
    let run = ticket(&store);
    let _covers_all_reads = &run;
    let (mut alone, mut base) = (Samples::default(), Samples::default());
    for time in 0..=TIMES {
        for patient in &loaded.charts {
            let id: PatientId = patient.parse().expect("id");
            let read = || store.open_chart(&id, &[]).map(|_| ()).expect("chart");
            if time == 0 {
                read()
            } else {
                alone.take(read)
            }
            let read = || assert!(plain.chart(patient).expect("rows") > 0);
            if time == 0 { read() } else { base.take(read) }
        }
    }
    let factor = base.percentile(50) / ours.percentile(50);
    rows.push(Row {
        work: "chart_open_warm",
        unit: "ms p50",
        better: "lower",
        ours: ours.percentile(50),
        store_only: Some(alone.percentile(50)),
        baseline: Some(base.percentile(50)),
        baseline_is: "plain SQLite: all rows of the patient by the secondary index, nothing parsed or shown",
        over: format!(
            "{} opens of {CHARTS} charts of about 400 records; p99 ours {:.2}, store only {:.2}, baseline {:.2}",
            ours.len(),
            ours.percentile(99),
            alone.percentile(99),
            base.percentile(99)
        ),
        target: ">= 2x faster",
        met: Some(factor >= 2.0),
    });
}

fn cold(loaded: &Loaded, runtime: &Runtime, rows: &mut Vec<Row>) {
    let (mut ours, mut alone, mut base) = (Samples::default(), Samples::default(), Samples::default());
    for patient in loaded.charts.iter().take(COLD) {
        let app = open(&loaded.session, runtime);
        forget_files(loaded.session.profile());
        ours.take(|| chart::open_chart(&app, patient).map(|_| ()).map_err(|f| f.code).expect("chart"));
        app.close();
        drop(app);
        let store = KeysAtHand::take(&loaded.session, dr_jonas()).expect("keys").open_store().expect("store");
        let id: PatientId = patient.parse().expect("id");
        forget_files(loaded.session.profile());
        alone.take(|| store.open_chart(&id, &[]).map(|_| ()).expect("chart"));
        drop(store);
        let plain = Plain::open(&loaded.plain).expect("plain");
        forget(&loaded.plain);
        base.take(|| plain.chart(patient).expect("rows"));
    }
    rows.push(Row {
        work: "chart_open_cold",
        unit: "ms p50",
        better: "lower",
        ours: ours.percentile(50),
        store_only: Some(alone.percentile(50)),
        baseline: Some(base.percentile(50)),
        baseline_is: "plain SQLite as for warm, file cache dropped",
        over: format!("{} first opens in a fresh session, file cache dropped", ours.len()),
        target: "none",
        met: None,
    });
}

/// Megabytes of a file, or of all files in a folder.
fn size(path: &Path) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 bytes")]
    let bytes = bytes(path) as f64;
    bytes / 1_000_000.0
}

fn bytes(path: &Path) -> u64 {
    if path.is_dir() {
        std::fs::read_dir(path).expect("folder").map(|e| bytes(&e.expect("entry").path())).sum()
    } else {
        std::fs::metadata(path).map_or(0, |m| m.len())
    }
}

fn forget_files(folder: &Path) {
    for entry in std::fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() { forget_files(&path) } else { forget(&path) }
    }
}

/// Drops the file's pages from the operating system's cache.
fn forget(path: &Path) {
    let file = File::open(path).expect("file");
    file.sync_all().expect("synced");
    rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).expect("advice");
}
