//! All cases, played by two workers, each with a profile and a server of its own, under a watchdog.

use super::case::{Before, Played, opened, play};
use super::file::{Place, ProfileFile, files_of, item_of};
use super::harm::{Harm, obey_modes};
use super::judge::{Case, Judged, Whole, judge, may_be_old};
use super::visit::{AMARA, GRACE, JONAS, LEILA, Person, failed};
use super::worn_profile::WornProfile;
use keep_domain::{Clock, SystemClock};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Workers, as many as a small machine has cores.
const WORKERS: usize = 2;
/// After this a case hangs. A case takes about a second.
const PATIENCE: Duration = Duration::from_secs(30);
/// After this the other end of a FIFO is taken to be waiting.
const MOMENT: Duration = Duration::from_secs(5);
/// Bits flipped in each file when all cells are taken.
const FLIPS: u64 = 100;
/// Bits flipped in a sample: of a segment, and of any other file.
const SAMPLED: (u64, u64) = (6, 2);
/// What the offsets are drawn with.
const SEED: u64 = 8;

/// How the test is run.
#[derive(Debug, Clone)]
pub(super) struct Extent {
    /// Every cell.
    pub(super) full: bool,
    /// Only cases whose name contains this, for working on one.
    pub(super) only: Option<String>,
}

impl Extent {
    pub(super) fn asked() -> Self {
        let full = std::env::var("CHARTKEEP_DAMAGE").is_ok_and(|v| v == "full");
        Self { full, only: std::env::var("CHARTKEEP_DAMAGE_ONLY").ok() }
    }
}

/// What a worker says.
enum Word {
    /// The profile is ready; the files that it has.
    Files(Result<Vec<ProfileFile>, Vec<String>>),
    Begin {
        worker: usize,
        case: Case,
        profile: PathBuf,
    },
    End {
        worker: usize,
        case: Case,
        judged: Option<Judged>,
    },
    /// Nothing is left, or the server's program is missing.
    Over {
        worker: usize,
        skipped: bool,
    },
    /// The worker failed outside of a case.
    Broken,
}

/// Plays all cases; `None` where the server's program is not built.
pub(super) fn run(extent: &Extent) -> Option<Vec<(Case, Judged)>> {
    let (say, hear) = channel();
    let queue: Arc<Mutex<Option<VecDeque<Case>>>> = Arc::default();
    for worker in 0..WORKERS {
        start(worker, &queue, say.clone());
    }
    supervise(extent, &queue, &say, &hear)
}

struct Running {
    case: Case,
    profile: PathBuf,
    since: Duration,
    hung: u32,
}

fn supervise(
    extent: &Extent,
    queue: &Arc<Mutex<Option<VecDeque<Case>>>>,
    say: &Sender<Word>,
    hear: &Receiver<Word>,
) -> Option<Vec<(Case, Judged)>> {
    let (mut running, mut over, mut all) = (BTreeMap::new(), 0, Vec::new());
    while over < WORKERS {
        match hear.recv_timeout(Duration::from_millis(500)) {
            Ok(Word::Files(found)) => {
                let files = found.unwrap_or_else(|unknown| panic!("files that the matrix does not know: {unknown:?}"));
                queue.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| plan(&files, extent));
            }
            Ok(Word::Begin { worker, case, profile }) => {
                running.insert(worker, Running { case, profile, since: SystemClock.monotonic(), hung: 0 });
            }
            Ok(Word::End { worker, case, judged }) => {
                let hung = running.remove(&worker).is_some_and(|r| r.hung > 0);
                if let Some(mut judged) = judged {
                    judged.wrong.extend(hung.then(|| String::from("hangs")));
                    all.push((case, judged));
                    if all.len() % 20 == 0 {
                        println!("{} cases", all.len());
                    }
                }
            }
            Ok(Word::Over { skipped: true, .. }) => return None,
            Ok(Word::Broken) => panic!("a worker failed, as said above"),
            Ok(Word::Over { worker, .. }) => {
                running.remove(&worker);
                over += 1;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        for worker in 0..WORKERS {
            let Some(case) = running.get_mut(&worker) else { continue };
            let took = SystemClock.monotonic().saturating_sub(case.since);
            if case.case.harm == Harm::Fifo && took > MOMENT && release(&case.profile) {
                println!("waits for a FIFO: {}", case.case);
                case.hung += 1;
            }
            if took < PATIENCE {
                continue;
            }
            println!("hangs: {}", case.case);
            case.since = SystemClock.monotonic();
            case.hung += 1;
            if case.hung > 100 || case.case.harm != Harm::Fifo {
                let case = running.remove(&worker).expect("there").case;
                let wrong = vec![String::from("hangs")];
                all.push((case, Judged { cells: vec![String::from("hangs")], wrong, ..Judged::default() }));
                start(worker, queue, say.clone());
            }
        }
    }
    Some(all)
}

/// Releases a process that waits for the other end of a FIFO; whether there was one.
fn release(folder: &Path) -> bool {
    use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    let mut anybody = false;
    for path in entries.flatten().map(|e| e.path()) {
        let Ok(kind) = std::fs::symlink_metadata(&path).map(|m| m.file_type()) else { continue };
        if kind.is_dir() {
            anybody |= release(&path);
        } else if kind.is_fifo() {
            let nonblocking = rustix::fs::OFlags::NONBLOCK.bits().try_into().expect("a flag");
            // A writer that does not wait is let in only where a reader is there.
            anybody |= std::fs::OpenOptions::new().write(true).custom_flags(nonblocking).open(&path).is_ok();
        }
    }
    anybody
}

/// The cases, in an order that gives slow ones to both workers.
fn plan(files: &[ProfileFile], extent: &Extent) -> VecDeque<Case> {
    let mut cases = Vec::new();
    for (at, file) in files.iter().enumerate() {
        for (nth, harm) in harms(file, extent).into_iter().enumerate() {
            for person in people(file, harm, at + nth, extent) {
                let colleague = if person == GRACE || file.owner == Some(GRACE) { AMARA } else { GRACE };
                let colleague = if file.owner == Some(colleague) { JONAS } else { colleague };
                cases.push(Case { file: file.clone(), harm, person, colleague });
            }
        }
    }
    if let Some(only) = &extent.only {
        cases.retain(|c| only.split(',').any(|o| c.to_string().contains(o)));
    }
    cases.into()
}

fn harms(file: &ProfileFile, extent: &Extent) -> Vec<Harm> {
    let mut harms = Harm::KINDS.to_vec();
    if let Place::File(_) = file.place {
        let segment = file.name.starts_with("segments/") && file.name.ends_with(".db");
        let flips = match (extent.full, segment) {
            (true, _) => FLIPS,
            (false, true) => SAMPLED.0,
            (false, false) => SAMPLED.1,
        };
        let mut seed = file.name.bytes().fold(SEED, |s, b| s.wrapping_mul(31).wrapping_add(u64::from(b)));
        for _ in 0..flips {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            harms.push(Harm::BitFlipped((seed >> 33) % 1_000_000));
        }
    }
    harms
}

/// Who meets it: all people when all cells are taken, else the owner, or one of three in turn. Flips are many, so they
/// are met in turn always.
fn people(file: &ProfileFile, harm: Harm, turn: usize, extent: &Extent) -> Vec<Person> {
    let usual = [AMARA, LEILA, GRACE];
    let is_flip = matches!(harm, Harm::BitFlipped(_));
    let mut people: Vec<Person> = file.owner.into_iter().collect();
    if extent.full && !is_flip {
        people.extend(usual.into_iter().filter(|p| file.owner != Some(*p)));
    } else if people.is_empty() {
        people.push(usual[turn % usual.len()]);
    }
    people
}

fn start(worker: usize, queue: &Arc<Mutex<Option<VecDeque<Case>>>>, say: Sender<Word>) {
    let queue = Arc::clone(queue);
    std::thread::spawn(move || {
        let worked = catch_unwind(AssertUnwindSafe(|| work(worker, &queue, &say)));
        if worked.is_err() {
            // A listener would wait for ever.
            drop(say.send(Word::Broken));
        }
    });
}

fn work(worker: usize, queue: &Mutex<Option<VecDeque<Case>>>, say: &Sender<Word>) {
    obey_modes();
    // The one who listens may have failed already.
    let tell = |word: Word| drop(say.send(word));
    let Some(mut worn) = WornProfile::make() else {
        return tell(Word::Over { worker, skipped: true });
    };
    let mut found = files_of(&worn.copy("now"), &["save", "day"].map(|c| worn.copy(c)), &worn.people);
    if let Ok(files) = &mut found {
        let items = worn.keychains["now"].keys();
        files.extend(items.map(|i| item_of(i, &worn.people)));
    }
    let own = found.clone().unwrap_or_default();
    tell(Word::Files(found));
    let mut wholes = Wholes::default();
    loop {
        let next = {
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.as_mut().map(VecDeque::pop_front)
        };
        let case = match next {
            None => {
                std::thread::park_timeout(Duration::from_millis(10));
                continue;
            }
            Some(None) => break,
            Some(Some(case)) => case,
        };
        // The same file in this worker's profile.
        let file = own.iter().find(|f| f.name == case.file.name).expect("the same files in each profile").clone();
        let case = Case { file, ..case };
        let profile = worn.profile();
        tell(Word::Begin { worker, case: case.clone(), profile });
        let played = catch_unwind(AssertUnwindSafe(|| one(&mut worn, &mut wholes, &case)));
        let judged = played.unwrap_or_else(|_| {
            Some(Judged {
                cells: vec![String::from("panics")],
                wrong: vec![String::from("panics")],
                ..Judged::default()
            })
        });
        tell(Word::End { worker, case, judged });
    }
    tell(Word::Over { worker, skipped: false });
}

fn one(worn: &mut WornProfile, wholes: &mut Wholes, case: &Case) -> Option<Judged> {
    let people = (case.person, case.colleague);
    let played = play(worn, &Before::Damaged(&case.file, case.harm), people, true)?;
    wholes.make(worn, ("now", people, true));
    let of = |p: &Played| p.first.get("save").and_then(failed).map(str::to_owned);
    // A save that ended as a whole profile's; else the profile is compared as it is without the save.
    let saves = opened(&played.first) && of(&played) == of(&wholes.0[&("now", people, true)]);
    let mut keys = vec![("now", people, saves), ("now", people, true)];
    if may_be_old(&played) {
        keys.extend(["save", "sent", "day"].map(|copy| (copy, people, saves)));
    }
    keys.iter().for_each(|key| wholes.make(worn, *key));
    let mut whole = keys.iter().map(|key| &wholes.0[key]);
    let (now, saved) = (whole.next().expect("a key"), whole.next().expect("a key"));
    Some(judge(case, &played, &Whole { now, saved, older: whole.collect() }))
}

/// What whole profiles answer, played once each.
#[derive(Default)]
struct Wholes(BTreeMap<(&'static str, (Person, Person), bool), Played>);

impl Wholes {
    fn make(&mut self, worn: &mut WornProfile, key: (&'static str, (Person, Person), bool)) {
        let Entry::Vacant(place) = self.0.entry(key) else { return };
        let (copy, people, saves) = key;
        let played = play(worn, &Before::Whole(copy), people, saves).expect("played");
        for (round, answers) in [("first", &played.first), ("colleague", &played.colleague), ("again", &played.again)] {
            assert!(opened(answers), "a whole profile opens: {copy} {people:?} {round} {:?}", answers.get("unlock"));
        }
        place.insert(played);
    }
}
