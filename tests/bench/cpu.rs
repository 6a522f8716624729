//! Processor time of the main operations: of this build, or of another build and this one alternately.
//!
//! Wall-clock times of two builds vary with the load of the machine; processor time over many turns varies less.

use crate::records::{Loaded, load, open};
use crate::visit::{UNLOCKS, vitals_of, with_unlocks};
use keep_session::Workstation;
use keep_session::cases::{chart, lock, search, unlock, vitals};
use keep_session::dto::search::SearchDto;
use keep_session::testing::optimize_search;
use rustix::time::{ClockId, clock_gettime};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Prints one JSON object of the times of this build.
pub(crate) const ALONE: &str = "--cpu";
/// Runs another build of this program and this one alternately.
pub(crate) const AGAINST: &str = "--against";
/// Turns of each build.
const TURNS: usize = 10;
/// Times that each chart is opened.
const OPENS: usize = 20;
/// Saves, and searches.
const REPEATS: usize = 60;

/// Milliseconds of processor time of each work, by its name.
type Times = BTreeMap<String, f64>;

/// Processor time of this process, all threads together.
fn spent() -> Duration {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    let nanos = u32::try_from(spent.tv_nsec).expect("below a second");
    Duration::new(u64::try_from(spent.tv_sec).expect("since the start"), nanos)
}

/// Milliseconds that one of `count` pieces of `work` takes of the processor.
#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn each<T>(count: usize, work: impl FnOnce() -> T) -> (T, f64) {
    let began = spent();
    let value = work();
    (value, spent().saturating_sub(began).as_secs_f64() * 1000.0 / count as f64)
}

/// Measures this build over the records of `data` and prints the times.
pub(crate) fn print(data: &Path, scratch: &Path, runtime: &Runtime) {
    let (loaded, took) = each(1, || load(data, scratch, runtime));
    let mut times = Times::from([(String::from("load"), took)]);
    let mut add = |work: &str, took| times.extend([(work.to_owned(), took)]);
    let app = open(&loaded.session, runtime);
    optimize_search(&app).map_err(|f| f.code).expect("in order");
    let charts = |app: &Workstation| {
        for patient in &loaded.charts {
            chart::open_chart(app, patient).map(|_| ()).map_err(|f| f.code).expect("chart");
        }
    };
    charts(&app);
    add("chart_open_warm", each(OPENS * loaded.charts.len(), || (0..OPENS).for_each(|_| charts(&app))).1);
    let searched = each(REPEATS, || {
        for typed in ["ab", "mar", "ke", "sch", "lu", "gar"].iter().cycle().take(REPEATS) {
            let asked = SearchDto { query: (*typed).to_owned(), offset: 0, limit: 20 };
            search::search_patients(&app, asked).map(|_| ()).map_err(|f| f.code).expect("searched");
        }
    });
    add("name_search", searched.1);
    let patient = loaded.charts.first().expect("a patient");
    let saved = each(REPEATS, || {
        for n in 0..REPEATS {
            vitals::save_vitals(&app, vitals_of(patient, n)).map(|_| ()).map_err(|f| f.code).expect("saved");
        }
    });
    add("save", saved.1);
    app.close();
    drop(app);
    add("unlock_chart_lock", unlocks(&loaded, patient, runtime));
    println!("{}", serde_json::to_string(&times).expect("json"));
}

/// An unlock without the cost of a real key derivation, one chart, and the lock.
fn unlocks(loaded: &Loaded, patient: &str, runtime: &Runtime) -> f64 {
    let mut took = 0.0;
    with_unlocks(loaded, runtime, |app, ask| {
        let work = || {
            unlock::unlock(app, ask).map(|_| ()).map_err(|f| f.code).expect("unlocked");
            chart::open_chart(app, patient).map(|_| ()).map_err(|f| f.code).expect("chart");
            lock::lock_session(app, "user");
        };
        took += each(UNLOCKS, work).1;
    });
    took
}

/// Runs `other` and this build alternately, each on its own records, and prints the median of the ratios.
pub(crate) fn against(other: &Path) {
    let own = std::env::current_exe().expect("this program");
    let mut turns: Vec<(Times, Times)> = Vec::new();
    for turn in 0..TURNS {
        // Neither is always the first.
        let (first, second) = if turn % 2 == 0 { (other, own.as_path()) } else { (own.as_path(), other) };
        let (first, second) = (run(first), run(second));
        turns.push(if turn % 2 == 0 { (first, second) } else { (second, first) });
        println!("turn {} of {TURNS}", turn + 1);
    }
    println!("\n{:<20} {:>12} {:>12} {:>10}   lowest to highest ratio", "work, ms of CPU", "other", "this", "ratio");
    let works: Vec<String> = turns.first().map(|(_, own)| own.keys().cloned().collect()).unwrap_or_default();
    for work in works {
        let of = |pick: fn(&(Times, Times)) -> &Times| turns.iter().map(|t| pick(t)[&work]).collect::<Vec<f64>>();
        let (old, new) = (of(|t| &t.0), of(|t| &t.1));
        let mut ratios: Vec<f64> = old.iter().zip(&new).map(|(old, new)| new / old).collect();
        ratios.sort_by(f64::total_cmp);
        let (low, high) = ratios.first().zip(ratios.last()).expect("turns");
        println!(
            "{work:<20} {:>12.3} {:>12.3} {:>9.2}x   {low:.2} to {high:.2}",
            middle(&old),
            middle(&new),
            middle(&ratios)
        );
    }
}

fn run(program: &Path) -> Times {
    let ended = Command::new(program).arg(ALONE).output().expect("the program starts");
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert!(ended.status.success(), "{}: {said}{}", program.display(), String::from_utf8_lossy(&ended.stderr));
    serde_json::from_str(said.lines().last().unwrap_or_default()).expect("one object at the end")
}

/// The middle of some numbers, between the two in the middle where there are two.
fn middle(numbers: &[f64]) -> f64 {
    let mut numbers = numbers.to_vec();
    numbers.sort_by(f64::total_cmp);
    let is_odd = numbers.len() % 2 == 1;
    let mut from = numbers.iter().skip(numbers.len().saturating_sub(1) / 2);
    let low = *from.next().expect("a number");
    if is_odd { low } else { f64::midpoint(low, *from.next().expect("two numbers")) }
}
