//! Finding a name among very many patients.

use crate::plain::{Task, run_baseline};
use crate::records::{open, ticket};
use crate::report::Row;
use crate::timing::{Samples, sync_disk, timed};
use chartkeep_tests::{ExtractedKeys, TestSession};
use keep_session::cases::search;
use keep_session::dto::search::SearchDto;
use keep_session::testing::{dr_jonas, import, optimize_search};
use std::path::Path;
use tokio::runtime::Runtime;

/// Patients stored at once.
const PAGE: u64 = 20_000;
/// Searches that are measured.
const SEARCHES: u64 = 400;

const STARTS: [&str; 24] = [
    "Gonz", "Okaf", "Mbek", "Schm", "Nguy", "Kowa", "Fern", "Haru", "Ibra", "Lind", "Patel", "Rossi", "Silva", "Tana",
    "Wang", "Yıld", "Zaha", "Abde", "Bern", "Chuk", "Dela", "Erik", "O'Br", "Müll",
];
const ENDS: [&str; 40] = [
    "ález", "or", "i", "idt", "en", "lski", "andez", "uki", "him", "qvist", "a", "etti", "ano", "ka", "eng", "ız",
    "ra", "lah", "ard", "wu", "cruz", "sson", "ien", "er", "es", "ova", "ic", "ou", "ez", "ini", "man", "sen", "ley",
    "ton", "worth", "field", "mann", "dottir", "poulos", "yan",
];
const GIVEN: [&str; 30] = [
    "María", "Amara", "Jonas", "Linh", "Piotr", "Yuki", "Fatima", "Erik", "Giulia", "João", "Wei", "Ayşe", "Chidi",
    "Ingrid", "Leila", "Mateo", "Nia", "Omar", "Priya", "Quentin", "Rosa", "Samuel", "Tomás", "Uma", "Víctor",
    "Wanjiru", "Xenia", "Youssef", "Zoë", "Ana",
];

/// Spreads a number over a list: the same patients in every run, no name more than its share.
fn pick<'a>(list: &[&'a str], n: u64, salt: u64) -> &'a str {
    let mixed = (n.wrapping_add(salt)).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 17;
    let at = usize::try_from(mixed).unwrap_or(0) % list.len().max(1);
    list.get(at).copied().unwrap_or("A")
}

fn name(n: u64) -> (String, &'static str) {
    (format!("{}{}", pick(&STARTS, n, 1), pick(&ENDS, n, 7)), pick(&GIVEN, n, 13))
}

/// One of many patients.
pub(crate) fn patient(n: u64) -> String {
    let (family, given) = name(n);
    let (year, month, day) = (1930 + n % 90, 1 + n % 12, 1 + n % 28);
    format!(
        r#"{{"resourceType":"Patient","id":"m{n}","meta":{{"versionId":"1","lastUpdated":"2026-11-21T06:00:00Z"}},"identifier":[{{"system":"urn:clinic","value":"CH-{n:07}"}}],"name":[{{"family":"{family}","given":["{given}"]}}],"gender":"female","birthDate":"{year}-{month:02}-{day:02}","telecom":[{{"system":"phone","value":"+254 7{n:08}"}}]}}"#
    )
}

/// What is typed: the beginning of a family name, of both names, or a whole one.
pub(crate) fn typed(n: u64) -> (String, String) {
    let (family, given) = name(n.wrapping_mul(7919));
    let cut = |text: &str, count: usize| text.chars().take(count).collect::<String>();
    match n % 4 {
        0 => (cut(&family, 4), String::new()),
        1 => (cut(&family, 3), cut(given, 2)),
        2 => (cut(&family, 2), String::new()),
        _ => (family, given.to_owned()),
    }
}

pub(crate) fn measure(patients: u64, scratch: &Path, runtime: &Runtime, rows: &mut Vec<Row>) {
    println!("storing {patients} patients ...");
    let session = TestSession::at(&scratch.join("names"));
    let app = open(&session, runtime);
    let (_, took) = timed(|| {
        let mut first = 0;
        while first < patients {
            let page = (first..patients.min(first + PAGE)).map(patient).collect();
            import(&app, page).map_err(|f| f.code).expect("stored");
            first += PAGE;
        }
        optimize_search(&app).map_err(|f| f.code).expect("in order");
    });
    println!("stored in {:.0} s", took.as_secs_f64());
    sync_disk();
    let mut ours = Samples::default();
    let mut shown = 0;
    for n in 0..SEARCHES {
        let (family, given) = typed(n);
        let ask = SearchDto { query: format!("{family} {given}"), offset: 0, limit: 20 };
        let page = ours.take(|| search::search_patients(&app, ask)).map_err(|f| f.code).expect("found");
        shown += page.rows.len();
    }
    assert!(shown > 0, "the searches find somebody");
    app.close();
    drop(app);

    let store = ExtractedKeys::take(&session, dr_jonas()).expect("keys").open_store().expect("store");
    let _covers_all_reads = ticket(&store);
    let mut alone = Samples::default();
    for n in 0..SEARCHES {
        let (family, given) = typed(n);
        alone.take(|| store.search_patients(&format!("{family} {given}"), 0, 20).map(|_| ()).expect("found"));
    }
    drop(store);

    let base = run_baseline(&Task::Names { db: scratch.join("names.db"), patients, searches: SEARCHES }).took;
    rows.push(Row {
        baseline_is: "plain SQLite: family and given name by a NOCASE b-tree, accents not folded, first 20 rows",
        over: format!(
            "{SEARCHES} searches among {patients}; p50 ours {:.2}, store only {:.2}, baseline {:.2}",
            ours.percentile(50),
            alone.percentile(50),
            base.percentile(50)
        ),
        target: "<= 10 ms",
        met: (patients >= 1_000_000).then(|| ours.percentile(99) <= 10.0),
        ..Row::of_times("name_search_1m_p99", 99, &ours, Some(&alone), &base)
    });
}
