//! One case: a fresh copy of the profile, one damage, one person's visit, a colleague's, and the person's again.

use super::file::ProfileFile;
use super::harm::Harm;
use super::visit::{self, Answers, Person, failed};
use super::worn_profile::{Station, WornProfile};
use keep_audit::{BootId, EventClass, EventStamper, EventWriter, Outcome};
use keep_domain::{Clock, DeviceId, UtcMillis};
use keep_keys::DeviceKey;
use keep_session::Workstation;
use keep_store::{HeaderFilter, LEDGER_LIMIT_BYTES, Ledger, ledger_path};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// What is done to the profile before anybody comes.
pub(super) enum Before<'c> {
    /// Nothing; the copy of this name is used.
    Whole(&'static str),
    Damaged(&'c ProfileFile, Harm),
}

/// What a person does besides reading.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    Reads,
    Syncs,
    SavesAndSyncs,
}

/// What became of it.
pub(super) struct Played {
    /// When it began: later times are of the case itself.
    pub(super) since: UtcMillis,
    /// The person's visit: everything.
    pub(super) first: Answers,
    /// A colleague unlocks in the same program and reads.
    pub(super) colleague: Answers,
    /// The program was started again, and the person reads.
    pub(super) again: Answers,
    /// Failures in the log, by class; `None` where the log cannot be read afterwards.
    pub(super) events: Option<Vec<(EventClass, Outcome)>>,
    /// What the server has in the end.
    pub(super) server: BTreeMap<String, Value>,
}

/// Plays it; `None` where such a file cannot be damaged so.
pub(super) fn play(
    worn: &mut WornProfile,
    before: &Before<'_>,
    (person, colleague): (Person, Person),
    saves: bool,
) -> Option<Played> {
    let work = if saves { Work::SavesAndSyncs } else { Work::Syncs };
    let station = match before {
        Before::Whole(copy) => worn.station(copy),
        Before::Damaged(file, harm) => {
            let station = worn.restored();
            harm.apply(worn, &station, file).then_some(station)?
        }
    };
    let mut played = Played {
        since: station.clock.now(),
        first: Answers::new(),
        colleague: Answers::new(),
        again: Answers::new(),
        events: None,
        server: BTreeMap::new(),
    };
    with_app(&station, &mut played.first, &mut played.colleague, |app, first, second| {
        round(worn, &station, app, person, first, work);
        round(worn, &station, app, colleague, second, Work::Reads);
    });
    let mut unused = Answers::new();
    with_app(&station, &mut played.again, &mut unused, |app, again, _| {
        round(worn, &station, app, person, again, Work::Reads);
    });
    played.events = failures(&station);
    worn.clinic.backend.stop();
    played.server = records_of(&worn.clinic.backend.data().join("fhir.db"));
    Some(played)
}

fn with_app(
    station: &Station,
    first: &mut Answers,
    second: &mut Answers,
    work: impl FnOnce(&Workstation, &mut Answers, &mut Answers),
) {
    match station.open() {
        Ok(app) => {
            work(&app, first, second);
            app.close();
        }
        Err(failure) => {
            for answers in [first, second] {
                answers.insert(String::from("unlock"), json!({"failed": failure.code.name()}));
            }
        }
    }
}

fn round(worn: &WornProfile, station: &Station, app: &Workstation, person: Person, answers: &mut Answers, work: Work) {
    if !visit::unlock(station, app, &worn.people[person.user], answers) {
        // There is no session to lock: the next person must find a locked program.
        answers.insert(String::from("behind the lock"), visit::behind_the_lock(app));
        return;
    }
    visit::read(app, person, answers);
    if work == Work::SavesAndSyncs {
        visit::save(app, person, answers);
    }
    if work != Work::Reads {
        visit::synchronize(app, answers);
    }
    visit::lock(app, answers);
}

/// Whether the unlock succeeded.
pub(super) fn opened(answers: &Answers) -> bool {
    answers.get("unlock").is_some_and(|u| failed(u).is_none())
}

/// Every event that did not end well, but for a lock that another journey's program held a copy of.
fn failures(station: &Station) -> Option<Vec<(EventClass, Outcome)>> {
    let device_key = DeviceKey::load(&*station.keychain, true).ok()??;
    let clock: Arc<dyn Clock> = Arc::<keep_domain::ManualClock>::clone(&station.clock);
    let event_writer =
        EventWriter::for_device(Arc::new(EventStamper::new(DeviceId::make_random(), BootId::make_random(), clock)));
    let path = ledger_path(&station.profile);
    if !path.is_file() {
        return None;
    }
    let ledger = Ledger::open(&path, &device_key.ledger_key(), event_writer, LEDGER_LIMIT_BYTES).ok()?;
    let is_failure =
        |(class, outcome): &(EventClass, Outcome)| *outcome != Outcome::Success && *class != EventClass::SecondInstance;
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let window = ledger.headers(&HeaderFilter { before, ..HeaderFilter::default() }, 500).ok()?;
        let Some(last) = window.headers.last() else { break };
        before = Some(last.sequence);
        all.extend(window.headers.iter().map(|h| (h.class, h.outcome)).filter(is_failure));
    }
    ledger.close();
    Some(all)
}

/// The newest version of every record of the server that has stopped, by `Type/id`.
fn records_of(database: &Path) -> BTreeMap<String, Value> {
    let connection = rusqlite::Connection::open(database).expect("the server's records");
    let newest = "SELECT v.type || '/' || v.id, v.body FROM resource r JOIN version v ON v.vid = r.vid
                  WHERE r.deleted = 0 AND r.type <> 'AuditEvent'";
    let mut statement = connection.prepare(newest).expect("a query");
    let rows = statement.query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?))).expect("rows");
    let read = |row: rusqlite::Result<(String, String)>| {
        let (key, body) = row.expect("a row");
        (key, serde_json::from_str(&body).expect("json"))
    };
    rows.map(read).collect()
}
