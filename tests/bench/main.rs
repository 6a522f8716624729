//! `make bench`: the session over real records, beside plain SQLite on the same records in the same run.
//!
//! Settings by environment: `CHARTKEEP_BENCH_DATA` (an .ndjson.zst file of FHIR resources), `CHARTKEEP_BENCH_PATIENTS`
//! (of the name search), `CHARTKEEP_BENCH_OUT` (the report), `CHARTKEEP_BENCH_BACKEND` and `CHARTKEEP_BENCH_BROWSER`
//! (programs of the first sync).
#![expect(clippy::print_stdout, reason = "the table is this program's output")]
#![expect(clippy::expect_used, reason = "a measurement that cannot take a step has failed")]

mod arrival;
mod first_sync;
mod names;
mod plain;
mod records;
mod report;
mod timing;
mod visit;

use std::path::PathBuf;

fn main() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(plain::ARGUMENT) {
        println!("{}", plain::answer(&arguments.next().expect("what to do")));
        return;
    }
    let setting = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let data = setting("CHARTKEEP_BENCH_DATA").unwrap_or_else(|| "../shared/data/synthea-r4-500.ndjson.zst".into());
    let out = setting("CHARTKEEP_BENCH_OUT").unwrap_or_else(|| "target/bench/report.json".into());
    // On the disk that holds the build, not in a temporary file system in memory: saving is measured, too.
    let folder = out.parent().map_or_else(|| PathBuf::from("."), PathBuf::from);
    std::fs::create_dir_all(&folder).expect("folder of the report");
    let scratch = tempfile::tempdir_in(&folder).expect("scratch folder");
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let mut rows = Vec::new();
    if data.exists() {
        let (loaded, store_rate) = records::measure(&data, scratch.path(), &runtime, &mut rows);
        visit::measure(&loaded, scratch.path(), &runtime, &mut rows);
        match (setting("CHARTKEEP_BENCH_BACKEND"), setting("CHARTKEEP_BENCH_BROWSER")) {
            (Some(backend), Some(browser)) if backend.exists() => {
                let programs = first_sync::Programs { backend, browser };
                first_sync::measure(&programs, &loaded, store_rate, scratch.path(), &runtime, &mut rows);
            }
            _ => println!("skipped: first_sync; no keep-backend is named"),
        }
        drop(loaded);
    } else {
        println!("skipped: everything on real records; {} is not here", data.display());
    }
    let patients = std::env::var("CHARTKEEP_BENCH_PATIENTS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    names::measure(patients, scratch.path(), &runtime, &mut rows);
    report::finish(&rows, &out).expect("report");
}
