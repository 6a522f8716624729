//! The baseline runs in a process of its own, started by the same run: the product's process wipes every block of
//! SQLite's memory that is given back, and the baseline shall not pay for that.

mod file;
mod summary;

use crate::names::{patient, typed};
use crate::records::{forget, texts};
use crate::timing::{Samples, sync_disk, timed};
use file::{FivePlain, Plain};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::Command;
use summary::Summary;

/// The first argument of the program when it is the baseline.
pub(crate) const ARGUMENT: &str = "baseline";
/// Rows that a search shows.
const SHOWN: u32 = 20;

/// One piece of work of the baseline.
#[derive(Serialize, Deserialize)]
pub(crate) enum Task {
    /// Load the records of a file.
    Load { db: PathBuf, data: PathBuf },
    /// Which patients there are, with how many rows each.
    Patients { db: PathBuf },
    /// Open charts, `times` times each after one time that does not count.
    Charts { db: PathBuf, patients: Vec<String>, times: usize },
    /// Open charts, each on a fresh connection with the file's pages dropped from the operating system's cache.
    Cold { db: PathBuf, patients: Vec<String> },
    /// Save texts, each into five files in one transaction.
    Save { folder: PathBuf, texts: Vec<String> },
    /// Open the file and read a chart, and close it again.
    OpenAndClose { db: PathBuf, patient: String, times: usize },
    /// Load made-up patients and find names.
    Names { db: PathBuf, patients: u64, searches: u64 },
}

/// What it took.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// Rows loaded.
    pub(crate) count: u64,
    /// Patients with how many rows each.
    pub(crate) patients: Vec<(String, u32)>,
    /// The work itself; for charts: rows read, nothing done with them.
    pub(crate) took: Samples,
    /// Charts: rows read and made into a summary.
    pub(crate) summed: Samples,
    /// Charts: the same behind a row in an access log that is durable first.
    pub(crate) logged: Samples,
    /// Closing.
    pub(crate) closing: Samples,
}

/// Runs a task in the baseline process.
pub(crate) fn run_baseline(task: &Task) -> Measured {
    sync_disk();
    let program = std::env::current_exe().expect("this program");
    let text = serde_json::to_string(task).expect("a task");
    let done = Command::new(program).args([ARGUMENT, &text]).output().expect("the baseline");
    assert!(done.status.success(), "the baseline failed: {}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).expect("an answer")
}

/// The program as baseline: one task, its measurements on standard output.
pub(crate) fn answer(text: &str) -> String {
    let task: Task = serde_json::from_str(text).expect("a task");
    serde_json::to_string(&done(task).expect("done")).expect("an answer")
}

fn done(task: Task) -> rusqlite::Result<Measured> {
    let mut measured = Measured::default();
    match task {
        Task::Load { db, data } => {
            let mut plain = Plain::open(&db)?;
            measured.count = measured.took.take(|| plain.load(&mut texts(&data)))?;
        }
        Task::Patients { db } => measured.patients = Plain::open(&db)?.patients()?,
        Task::Charts { db, patients, times } => charts(&mut measured, &db, &patients, times)?,
        Task::Cold { db, patients } => {
            for patient in &patients {
                for (samples, parse) in [(&mut measured.took, false), (&mut measured.summed, true)] {
                    let plain = Plain::open(&db)?;
                    forget(&db);
                    samples.take(|| {
                        plain.chart(patient).map(|rows| if parse { Summary::of(&rows).shown() } else { rows.len() })
                    })?;
                }
            }
        }
        Task::Save { folder, texts } => {
            let five = FivePlain::open(&folder)?;
            for text in &texts {
                measured.took.take(|| five.save(text))?;
            }
        }
        Task::OpenAndClose { db, patient, times } => {
            for _ in 0..times {
                let plain =
                    measured.took.take(|| Plain::open(&db).and_then(|plain| plain.chart(&patient).map(|_| plain)))?;
                measured.closing.take(|| drop(plain));
            }
        }
        Task::Names { db, patients, searches } => {
            let mut plain = Plain::open(&db)?;
            measured.count = plain.load(&mut (0..patients).map(patient))?;
            for n in 0..searches {
                let (family, given) = typed(n);
                measured.took.take(|| plain.search(&family, &given, SHOWN))?;
            }
        }
    }
    Ok(measured)
}

fn charts(measured: &mut Measured, db: &Path, patients: &[String], times: usize) -> rusqlite::Result<()> {
    let plain = Plain::open(db)?;
    for time in 0..=times {
        for patient in patients {
            let (rows, read) = timed(|| plain.chart(patient));
            assert!(!rows?.is_empty(), "a chart has rows");
            let (shown, summed) = timed(|| plain.chart(patient).map(|rows| Summary::of(&rows).shown()));
            assert!(shown? > 0, "a summary shows something");
            let (shown, logged) = timed(|| {
                plain.log(patient)?;
                plain.chart(patient).map(|rows| Summary::of(&rows).shown())
            });
            assert!(shown? > 0, "a summary shows something");
            if time > 0 {
                measured.took.add(read);
                measured.summed.add(summed);
                measured.logged.add(logged);
            }
        }
    }
    Ok(())
}
