//! `make bench`: the session over real records, compared with plain SQLite on the same records in the same run.
//!
//! Settings by environment: `CHARTKEEP_BENCH_DATA` (an .ndjson.zst file of FHIR resources), `CHARTKEEP_BENCH_PATIENTS`
//! (of the name search), `CHARTKEEP_BENCH_OUT` (the report), `CHARTKEEP_BENCH_BACKEND` and `CHARTKEEP_BENCH_BROWSER`
//! (programs of the first sync). With `--only WORK` it runs only the part that measures the work of that name and leaves
//! the report as it is; with `--cpu` it prints processor times as one JSON object; and with `--against PROGRAM` it runs
//! another build of itself and itself alternately with `--cpu` and prints the ratios.
#![expect(clippy::print_stdout, reason = "the table is this program's output")]
#![expect(clippy::expect_used, reason = "a measurement that cannot take a step has failed")]

mod arrival;
mod cpu;
mod first_sync;
mod names;
mod plain;
mod records;
mod report;
mod timing;
mod visit;

use std::path::PathBuf;

/// The works of each part, by the beginnings of their names; a visit and the first sync need the records.
const RECORDS: &[&str] = &["bulk_load", "database_size", "chart_open"];
const VISIT: &[&str] = &["save", "unlock_without_kdf", "lock"];
const FIRST_SYNC: &[&str] = &["first_sync"];
const NAMES: &[&str] = &["name_search"];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (first, second) = (arguments.next(), arguments.next());
    let mut is_alone = false;
    let only = match first.as_deref() {
        Some(cpu::AGAINST) => return cpu::against(&PathBuf::from(second.expect("--against PROGRAM"))),
        Some(cpu::ALONE) => {
            is_alone = true;
            String::new()
        }
        Some(plain::ARGUMENT) => {
            println!("{}", plain::answer(&second.expect("what to do")));
            return;
        }
        Some(argument) => {
            assert_eq!(argument, "--only", "the one argument that there is");
            second.expect("--only WORK")
        }
        None => String::new(),
    };
    let wanted = |works: &[&str]| works.iter().any(|w| w.starts_with(&only) || only.starts_with(w));
    let of_records = wanted(RECORDS) || wanted(VISIT) || wanted(FIRST_SYNC);
    assert!(of_records || wanted(NAMES), "no work is named {only}");
    let setting = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let data = setting("CHARTKEEP_BENCH_DATA").unwrap_or_else(|| "../shared/data/synthea-r4-500.ndjson.zst".into());
    let out = setting("CHARTKEEP_BENCH_OUT").unwrap_or_else(|| "target/bench/report.json".into());
    // On the disk that holds the build, not in a temporary file system in memory: saving is measured, too.
    let folder = out.parent().map_or_else(|| PathBuf::from("."), PathBuf::from);
    std::fs::create_dir_all(&folder).expect("folder of the report");
    let scratch = tempfile::tempdir_in(&folder).expect("scratch folder");
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let mut rows = Vec::new();
    match data.exists() {
        present if is_alone => {
            assert!(present, "{} is not here", data.display());
            return cpu::print(&data, scratch.path(), &runtime);
        }
        _ if !of_records => {}
        false => println!("skipped: everything on real records; {} is not here", data.display()),
        true => {
            let (loaded, store_rate) = records::measure(&data, scratch.path(), &runtime, &mut rows);
            if wanted(VISIT) {
                visit::measure(&loaded, scratch.path(), &runtime, &mut rows);
            }
            match (setting("CHARTKEEP_BENCH_BACKEND"), setting("CHARTKEEP_BENCH_BROWSER")) {
                _ if !wanted(FIRST_SYNC) => {}
                (Some(backend), Some(browser)) if backend.exists() => {
                    let programs = first_sync::Programs { backend, browser };
                    first_sync::measure(&programs, &loaded, store_rate, scratch.path(), &runtime, &mut rows);
                }
                _ => println!("skipped: first_sync; no keep-backend is named"),
            }
        }
    }
    if wanted(NAMES) {
        let patients = std::env::var("CHARTKEEP_BENCH_PATIENTS").ok().and_then(|n| n.parse().ok());
        names::measure(patients.unwrap_or(1_000_000), scratch.path(), &runtime, &mut rows);
    }
    report::finish(&rows, only.is_empty().then_some(out.as_path())).expect("report");
}
