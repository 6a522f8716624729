//! Real records: loading them, their size, and opening charts warm and cold.

use crate::arrival;
use crate::plain::{Measured, Task, run_baseline};
use crate::report::Row;
use crate::timing::{Samples, rate, sync_disk, timed};
use chartkeep_tests::{ExtractedKeys, TestSession};
use keep_audit::{EventClass, EventDraft};
use keep_domain::{PatientId, Phi, SystemClock};
use keep_session::Workstation;
use keep_session::cases::{chart, import};
use keep_session::testing::dr_jonas;
use keep_store::{AuditTicket, Page, Store};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Charts that are measured, those with about 400 records first.
const CHARTS: usize = 30;
/// Times that each is opened warm.
const TIMES: usize = 40;
/// Charts that are opened cold, each in a session of its own.
const COLD: usize = 12;
/// Records of one page of the store's own load, as the import takes them.
const PAGE: usize = 20_000;

/// The same records in the session's profile and in the baseline's file, both loaded from one file of records.
pub(crate) struct Loaded {
    /// The session's profile.
    pub(crate) session: TestSession,
    /// The baseline's file.
    pub(crate) plain: PathBuf,
    /// The file of records.
    pub(crate) data: PathBuf,
    /// Patient ids, those with about 400 records first.
    pub(crate) charts: Vec<String>,
    /// How many records.
    pub(crate) count: u64,
    /// What the session loads a second.
    pub(crate) rate: f64,
    /// What the baseline loads a second.
    pub(crate) plain_rate: f64,
}

/// Opens the profile with the physician unlocked.
pub(crate) fn open(session: &TestSession, runtime: &Runtime) -> Workstation {
    let opened = session.open(dr_jonas(), runtime.handle().clone(), Arc::new(SystemClock));
    opened.map_err(|f| f.code).expect("unlocked")
}

/// An event that covers reads of the store by itself.
pub(crate) fn ticket(store: &Store) -> AuditTicket {
    store.ledger().append(EventDraft::new(EventClass::Sync)).expect("event")
}

/// The lines of an `.ndjson` or `.ndjson.zst` file.
pub(crate) fn texts(data: &Path) -> impl Iterator<Item = String> + use<> {
    let file = File::open(data).expect("data");
    let reader: Box<dyn BufRead> = if data.extension().is_some_and(|e| e == "zst") {
        let mut decoder = zstd::Decoder::new(file).expect("zstd");
        decoder.window_log_max(27).expect("window");
        Box::new(BufReader::with_capacity(1 << 20, decoder))
    } else {
        Box::new(BufReader::with_capacity(1 << 20, file))
    };
    reader.lines().map(|l| l.expect("line")).filter(|l| !l.is_empty())
}

pub(crate) fn measure(data: &Path, scratch: &Path, runtime: &Runtime, rows: &mut Vec<Row>) -> (Loaded, f64) {
    let arrived = scratch.join("arrival.ndjson");
    println!("putting {} in its order of arrival ...", data.display());
    arrival::write(data, &arrived);
    let loaded = load_thrice(&arrived, &scratch.join("arrived"), runtime);
    let (store_count, store_took) = load_store(&arrived, &scratch.join("store"), runtime);
    let store_rate = rate(store_count, store_took);
    assert_eq!(store_count, loaded.count, "the store has what the session has");
    bulk(&loaded, "bulk_load", ARRIVED, Some(store_rate), rows);
    sizes(&loaded, "database_size", ARRIVED, rows);
    warm(&loaded, runtime, rows);
    cold(&loaded, runtime, rows);

    let grouped = load_thrice(data, &scratch.join("grouped"), runtime);
    bulk(&grouped, "bulk_load_grouped", GROUPED, None, rows);
    sizes(&grouped, "database_size_grouped", GROUPED, rows);
    warm_grouped(&grouped, runtime, rows);
    (loaded, store_rate)
}

/// How the report describes the order in which both sides got the records.
const ARRIVED: &str = "in their order of arrival: type by type, inside a type by time";
const GROUPED: &str = "patient after patient, which puts each patient's rows together in the baseline, too";

/// Loads three times, alternating with the baseline; returns the last load with the median rate of each side.
fn load_thrice(data: &Path, folder: &Path, runtime: &Runtime) -> Loaded {
    println!("loading {} three times ...", data.display());
    let mut loads: Vec<Loaded> = (0..3).map(|n| load(data, &folder.join(n.to_string()), runtime)).collect();
    let middle = |rate: fn(&Loaded) -> f64| {
        let mut rates: Vec<f64> = loads.iter().map(rate).collect();
        rates.sort_by(f64::total_cmp);
        rates.get(rates.len() / 2).copied().expect("three")
    };
    let (rate, plain_rate) = (middle(|l| l.rate), middle(|l| l.plain_rate));
    Loaded { rate, plain_rate, ..loads.pop().expect("three") }
}

/// Loads both sides once; the baseline in a process of its own.
pub(crate) fn load(data: &Path, folder: &Path, runtime: &Runtime) -> Loaded {
    std::fs::create_dir_all(folder).expect("folder");
    sync_disk();
    let session = TestSession::at(&folder.join("profile"));
    let app = open(&session, runtime);
    let (report, took) = timed(|| import::import_file(&app, data, false).map_err(|f| f.code).expect("imported"));
    app.close();
    drop(app);
    let plain = folder.join("plain.db");
    let Measured { count, took: plain_took, .. } =
        run_baseline(&Task::Load { db: plain.clone(), data: data.to_owned() });
    assert_eq!(count, report.imported, "the baseline has what the session has");
    let mut sized = run_baseline(&Task::Patients { db: plain.clone() }).patients;
    sized.sort_by_key(|(_, count)| count.abs_diff(400));
    let charts = sized.into_iter().map(|(patient, _)| patient).take(CHARTS).collect();
    let plain_rate = rate(count, plain_took.sum());
    Loaded { session, plain, data: data.to_owned(), charts, count, rate: rate(count, took), plain_rate }
}

fn bulk(loaded: &Loaded, work: &'static str, order: &str, store_only: Option<f64>, rows: &mut Vec<Row>) {
    rows.push(Row {
        baseline_is: "plain SQLite: each text parsed for its columns, raw JSON rows in a heap with three secondary \
                      indexes, one transaction",
        over: format!(
            "{} records {order}; wall clock, durable at the end; the middle one of three loads",
            loaded.count
        ),
        target: ">= 1x baseline",
        met: Some(loaded.rate >= loaded.plain_rate),
        ..Row::of_rates(work, loaded.rate, store_only, loaded.plain_rate)
    });
}

fn sizes(loaded: &Loaded, work: &'static str, order: &str, rows: &mut Vec<Row>) {
    let segments = size(&loaded.session.profile().join("segments"));
    let (ours, base) = (size(loaded.session.profile()), size(&loaded.plain));
    rows.push(Row {
        baseline_is: "the baseline's one file",
        over: format!("the whole profile, ledger and slots included; store only: the segments; loaded {order}"),
        target: ">= 5x smaller",
        met: Some(base / ours >= 5.0),
        unit: "MB",
        store_only: Some(segments),
        ..Row::new(work, "lower", ours, base)
    });
}

fn load_store(data: &Path, folder: &Path, runtime: &Runtime) -> (u64, Duration) {
    let session = TestSession::at(folder);
    open(&session, runtime).close();
    let store = ExtractedKeys::take(&session, dr_jonas()).expect("keys").open_store().expect("store");
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

/// Opens of the charts through the session; the first round does not count.
fn session_opens(loaded: &Loaded, runtime: &Runtime) -> Samples {
    let app = open(&loaded.session, runtime);
    sync_disk();
    let mut ours = Samples::default();
    for time in 0..=TIMES {
        for patient in &loaded.charts {
            let (chart, took) = timed(|| chart::open_chart(&app, patient).map_err(|f| f.code));
            assert!(chart.expect("chart").banner.family.is_some(), "a chart has a name");
            if time > 0 {
                ours.add(took);
            }
        }
    }
    app.close();
    ours
}

fn warm(loaded: &Loaded, runtime: &Runtime, rows: &mut Vec<Row>) {
    let ours = session_opens(loaded, runtime);
    let store = ExtractedKeys::take(&loaded.session, dr_jonas()).expect("keys").open_store().expect("store");
    let run = ticket(&store);
    let _covers_all_reads = &run;
    let mut alone = Samples::default();
    for time in 0..=TIMES {
        for patient in &loaded.charts {
            let id: PatientId = patient.parse().expect("id");
            let ((), took) = timed(|| store.open_chart(&id, &[]).map(|_| ()).expect("chart"));
            if time > 0 {
                alone.add(took);
            }
        }
    }
    drop(store);
    let patients = loaded.charts.clone();
    let base = run_baseline(&Task::Charts { db: loaded.plain.clone(), patients, times: TIMES });
    let both = |work, baseline: &Samples, baseline_is, met| Row {
        baseline_is,
        over: format!(
            "{} opens of {CHARTS} charts of about 400 records that arrived by type and time; p99 ours {:.2}, store \
             only {:.2}, baseline {:.2}",
            ours.len(),
            ours.percentile(99),
            alone.percentile(99),
            baseline.percentile(99)
        ),
        target: if met { ">= 2x faster" } else { "none" },
        met: met.then(|| baseline.percentile(50) / ours.percentile(50) >= 2.0),
        ..Row::of_times(work, 50, &ours, Some(&alone), baseline)
    };
    rows.push(both("chart_open_warm", &base.logged, LOGGED, true));
    rows.push(both("chart_open_warm_unlogged", &base.summed, SUMMED, false));
    rows.push(both("chart_open_warm_rows", &base.took, READ, false));
}

// What ours does for a chart, as far as a plain program can do it; and then less and less of it.
const LOGGED: &str = "plain SQLite: a row in an access log, durable first; then all rows of the patient by the secondary \
                      index, each parsed with serde_json and made into the same summary; nothing is decrypted, checked \
                      or decided by policy";
const SUMMED: &str = "as chart_open_warm without the access log, which ours still writes";
const READ: &str = "plain SQLite: all rows of the patient by the secondary index, nothing parsed or shown";

/// The same where every patient's rows lie together on both sides.
fn warm_grouped(loaded: &Loaded, runtime: &Runtime, rows: &mut Vec<Row>) {
    let ours = session_opens(loaded, runtime);
    let patients = loaded.charts.clone();
    let base = run_baseline(&Task::Charts { db: loaded.plain.clone(), patients, times: TIMES });
    rows.push(Row {
        baseline_is: "as chart_open_warm",
        over: format!(
            "as chart_open_warm, {GROUPED}; unlogged {:.2}, rows only {:.2}",
            base.summed.percentile(50),
            base.took.percentile(50)
        ),
        ..Row::of_times("chart_open_warm_grouped", 50, &ours, None, &base.logged)
    });
}

fn cold(loaded: &Loaded, runtime: &Runtime, rows: &mut Vec<Row>) {
    let (mut ours, mut alone) = (Samples::default(), Samples::default());
    let patients: Vec<String> = loaded.charts.iter().take(COLD).cloned().collect();
    for patient in &patients {
        let app = open(&loaded.session, runtime);
        forget_files(loaded.session.profile());
        ours.take(|| chart::open_chart(&app, patient).map(|_| ()).map_err(|f| f.code).expect("chart"));
        app.close();
        drop(app);
        let store = ExtractedKeys::take(&loaded.session, dr_jonas()).expect("keys").open_store().expect("store");
        let id: PatientId = patient.parse().expect("id");
        forget_files(loaded.session.profile());
        alone.take(|| store.open_chart(&id, &[]).map(|_| ()).expect("chart"));
    }
    let base = run_baseline(&Task::Cold { db: loaded.plain.clone(), patients });
    rows.push(Row {
        baseline_is: "plain SQLite as for chart_open_warm_unlogged, on a fresh connection, file cache dropped",
        over: format!(
            "{} first opens in a fresh session, file cache dropped; baseline without parsing {:.2}",
            ours.len(),
            base.took.percentile(50)
        ),
        ..Row::of_times("chart_open_cold", 50, &ours, Some(&alone), &base.summed)
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
pub(crate) fn forget(path: &Path) {
    let file = File::open(path).expect("file");
    file.sync_all().expect("synced");
    rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).expect("advice");
}
