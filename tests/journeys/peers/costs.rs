//! What the client costs at HAPI FHIR behind nginx: bytes by a relay that counts them, requests by nginx's log.

use super::checks::{Checks, Results};
use super::registry::{Registry, hours_ago, result};
use super::relay::{Relay, Traffic};
use super::{Peer, SyncedWorkstation, coded, holds};
use crate::people::vitals_form;
use keep_domain::{Clock, Role, SystemClock};
use keep_session::SiteFile;
use keep_session::cases::sync::{self, SyncReport};
use keep_session::cases::vitals;
use keep_session::dto::sync::{SyncPageDto, SyncStateDto};
use keep_session::testing::sync_at_interval;
use rustix::time::{ClockId, clock_gettime};
use serde_json::json;
use std::path::Path;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Results of one patient at the start.
const ROWS: u64 = 3_000;
/// Records may become visible so late after their time; only then is a check certain of them.
const OVERLAP: Duration = Duration::from_secs(126);
/// The part of the time of a first sync that the client may take, in parts of a hundred; a build for tests is about
/// three times as slow as one for clinics.
const CPU_PERCENT: u32 = if cfg!(debug_assertions) { 30 } else { 10 };
/// Number of looks at 20 ms each while a save is sent.
const WAITS: u32 = 500;

/// What one run cost.
struct Cost {
    /// Requests to the FHIR server.
    requests: u64,
    /// Bytes of both directions, TLS included, without the access token.
    bytes: u64,
    /// The access tokens' bytes.
    tokens: u64,
    traffic: Traffic,
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { requests, bytes, tokens, traffic: Traffic { up, down, .. } } = self;
        write!(f, "{requests} requests, {bytes} bytes, and tokens of {tokens} ({up} up, {down} down)")
    }
}

/// One workstation whose traffic is counted.
struct Measured<'a> {
    at: SyncedWorkstation,
    relay: Relay,
    log: &'a Path,
    port: String,
}

impl Measured<'_> {
    /// The sizes of the headers with the access token, of each request so far.
    fn requests(&self) -> Vec<u64> {
        // nginx writes its line after the response.
        std::thread::park_timeout(Duration::from_millis(100));
        let log = std::fs::read_to_string(self.log).expect("nginx's log");
        let header = |line: &str| line.strip_prefix(&self.port)?.strip_prefix(' ').map(token_bytes);
        log.lines().filter_map(header).collect()
    }

    /// Runs a sync as at intervals, which no event records.
    fn run(&self) -> Result<SyncReport, String> {
        sync_at_interval(&self.at.app).map_err(coded)
    }

    /// Syncs until nothing is left to send or to receive, but for the event of the run itself.
    fn quiet(&self) -> Result<(), String> {
        for _ in 0..5 {
            let report = self.run()?;
            if (report.pushed, report.pulled) == (0, 0) && report.audited <= 1 {
                return Ok(());
            }
        }
        Err(String::from("every sync moves something"))
    }

    /// What `work` costs on a connection that is open already.
    fn cost_of<T>(&self, work: impl FnOnce() -> Result<T, String>) -> Result<(T, Cost), String> {
        let before = self.requests().len();
        self.relay.take();
        let done = work()?;
        let requests = self.requests().split_off(before);
        let (traffic, tokens) = (self.relay.take(), requests.iter().sum());
        let requests = u64::try_from(requests.len()).expect("a number");
        Ok((done, Cost { requests, bytes: traffic.up + traffic.down - tokens, tokens, traffic }))
    }
}

/// A workstation with little to do, after [`begin`].
pub(super) struct Costs<'a> {
    checks: Checks,
    measured: Measured<'a>,
    /// Monotonic time of the last change at the server.
    since: Duration,
    _folder: tempfile::TempDir,
}

/// The costs of a first sync, of a visit and of changes.
pub(super) fn begin<'a>(name: &str, peer: &Peer, log: &'a Path, runtime: &Runtime) -> Costs<'a> {
    let mut checks = Checks::of(name);
    let (host, path) = peer.site.server.trim_start_matches("https://").split_once('/').expect("an address");
    let (relay, port) = (Relay::to(host), host.split(':').nth(1).expect("a port").to_owned());
    let relayed = Peer {
        site: SiteFile { server: format!("https://{}/{path}", relay.address), ..peer.site.clone() },
        ca: peer.ca.clone(),
        people: peer.people.clone(),
        registry: peer.registry.clone(),
    };
    let folder = tempfile::tempdir().expect("folder");
    let registry = &peer.registry;
    let (patient, rows) = registry.seed_at_once(ROWS);
    let at = SyncedWorkstation::enrol(&relayed, Role::Nurse, folder.path(), runtime).expect("a nurse");
    let measured = Measured { at, relay, log, port };

    checks.check("the client takes little of the time of a first sync", || {
        let ((report, cpu, wall), cost) = measured.cost_of(|| {
            let (cpu, wall) = (cpu_time(), SystemClock.monotonic());
            let report = measured.at.sync()?;
            let (cpu_now, now) = (cpu_time(), SystemClock.monotonic());
            Ok((report, cpu_now.saturating_sub(cpu), now.saturating_sub(wall)))
        })?;
        println!("      {} records in {wall:?}, of which {cpu:?} of this process", report.pulled);
        println!("      {cost}");
        cost.traffic.agrees_with(report.bytes_up, report.bytes_down)?;
        holds(report.pulled > ROWS && cpu * 100 <= wall * CPU_PERCENT, format!("{cpu:?} of {wall:?}"))
    });
    checks.check("a first visit is sent", || save_visit(&measured.at, &patient));
    checks.check("the client comes to rest", || measured.quiet());
    checks.check("a visit of 12 records: at most 3 kB and 2 round trips", || {
        let before = written(registry, &patient);
        let (page, cost) = measured.cost_of(|| save_visit(&measured.at, &patient))?;
        let written = written(registry, &patient) - before;
        println!("      {written} records: {cost}");
        cost.traffic.agrees_with(page.bytes_up, page.bytes_down)?;
        holds(written >= 12, format!("only {written} records"))?;
        holds(cost.traffic.connections == 0, "the connection was not open")?;
        holds(cost.bytes <= 3_000 && cost.requests <= 2, format!("{cost}"))
    });
    checks.check("the client comes to rest again", || measured.quiet());
    checks.check("3 changed results: at most 5 requests and 30 kB", || {
        for row in rows.iter().take(3) {
            let mut changed = result(&patient, "5.5", &hours_ago(2));
            changed["id"] = json!(row);
            registry.put(&changed);
        }
        let (report, cost) = measured.cost_of(|| measured.run())?;
        println!("      {cost}");
        cost.traffic.agrees_with(report.bytes_up, report.bytes_down)?;
        holds(report.pulled == 3, format!("{} pulled", report.pulled))?;
        holds(cost.bytes <= 30_000 && cost.requests <= 5, format!("{cost}"))
    });
    checks.check("a check with nothing new soon after changes: at most 5 requests", || {
        measured.quiet()?;
        let (report, cost) = measured.cost_of(|| measured.run())?;
        println!("      {cost}");
        cost.traffic.agrees_with(report.bytes_up, report.bytes_down)?;
        holds(cost.requests <= 5, cost)
    });
    Costs { checks, measured, since: SystemClock.monotonic(), _folder: folder }
}

impl Costs<'_> {
    /// The costs of a check long after the last change.
    pub(super) fn end(mut self) -> Results {
        let measured = &self.measured;
        self.checks.check("a check with nothing new: at most 3 requests and 3 kB", || {
            let waited = SystemClock.monotonic().saturating_sub(self.since);
            std::thread::park_timeout(OVERLAP.saturating_sub(waited));
            // The first one is certain of the records, and the next of what was deleted before them.
            for _ in 0..2 {
                measured.quiet()?;
            }
            let (report, cost) = measured.cost_of(|| measured.run())?;
            println!("      {cost}");
            cost.traffic.agrees_with(report.bytes_up, report.bytes_down)?;
            holds((report.pushed, report.pulled, report.audited) == (0, 0, 0), "it moves something")?;
            holds(cost.bytes <= 3_000 && cost.requests <= 3, cost)
        });
        self.checks.done()
    }
}

/// The bytes of a header field with an access token in HTTP/2: never indexed, Huffman-coded (RFC 7541, 6.2.3 and
/// appendix B).
fn token_bytes(value: &str) -> u64 {
    let bits = |c: char| match c {
        '0'..='2' | 'a' | 'c' | 'e' | 'i' | 'o' | 's' | 't' => 5,
        '3'..='9' | 'A' | 'b' | 'd' | 'f'..='h' | 'l'..='n' | 'p' | 'r' | 'u' | '-' | '.' | '_' | ' ' => 6,
        'X' | 'Z' => 8,
        _ => 7_u64,
    };
    // Two bytes for the name and three for the length.
    value.chars().map(bits).sum::<u64>().div_ceil(8) + 5
}

/// Saves a full set of vital signs, and waits until it was sent.
fn save_visit(at: &SyncedWorkstation, patient: &str) -> Result<SyncPageDto, String> {
    let mut form = vitals_form(patient, "73");
    for (field, value) in
        [("temperature", "37.1"), ("respiration", "16"), ("spo2", "97"), ("weight", "71.5"), ("height", "176")]
    {
        form[field] = json!(value);
    }
    form["consciousness"] = json!("alert");
    let form = serde_json::from_value(form).map_err(|e| e.to_string())?;
    vitals::save_vitals(&at.app, form).map_err(coded)?;
    for _ in 0..WAITS {
        let page = sync::sync_page(&at.app).map_err(coded)?;
        if page.status.state != SyncStateDto::Running && page.items.is_empty() {
            return Ok(page);
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    Err(String::from("the visit is not sent"))
}

/// Records that a save of vital signs writes.
fn written(registry: &Registry, patient: &str) -> usize {
    let of_patient =
        registry.of_patient("Observation", patient).len() + registry.of_patient("Encounter", patient).len();
    of_patient + registry.all("Provenance").len()
}

fn cpu_time() -> Duration {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(spent.tv_sec).unwrap_or(0), u32::try_from(spent.tv_nsec).unwrap_or(0))
}
