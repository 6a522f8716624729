//! The main job at the servers that clinics run, as they come. `make test-peers` starts them and runs it.
//!
//! Each expectation is a check with a name.
//! Those that fail today are in `peers/known_failures.txt`, which must be exact: a check that begins to succeed must
//! leave the list.

mod browser;
mod checks;
mod costs;
mod pages;
mod registry;
mod relay;
mod servers_page;

use crate::clinic::Clinic;
use crate::people::vitals_form;
use browser::{Person, sign_in};
use chartkeep_tests::FileKeychain;
use checks::{Checks, compare};
use keep_domain::{ErrorCode, Role, SystemClock};
use keep_session::cases::server_check::{self, ServerCheckInput, ServerFinding, Writes};
use keep_session::cases::sync::{self, SyncReport};
use keep_session::cases::{chart, entered_in_error, notes, vitals};
use keep_session::dto::failure::FailureDto;
use keep_session::testing::{TestDevice, enrol_signed_in};
use keep_session::{SiteFile, Workstation};
use keep_sync::{Server, ServerSettings, SignedIn, SyncError};
use registry::Registry;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// What the nurse writes.
const NOTE: &str = "Walked to the toilet alone; no pain.";
/// The pulse that the nurse measures; no other record has this value.
const PULSE: &str = "71";
/// The server behind the settings of docs/it/hapi.md.
const SET_UP: &str = "hapi";
/// The same with the settings of HAPI's starter there.
const STARTER: &str = "starter";
/// The servers that are not behind the settings of docs/it/hapi.md.
const AS_THEY_COME: [&str; 2] = ["assigned", "plain"];
/// Attempts to sign in with a new code.
const NEXT_CODE_WAITS: u32 = 5;
/// Results that are at each server from the start: more than one page of any of them.
const RESULTS: u64 = 230;

/// The running servers, as `scripts/peers` describes them.
#[derive(Deserialize)]
struct Peers {
    ca: PathBuf,
    issuer: String,
    people: Vec<Person>,
    /// The site file of docs/it/keycloak.md, with the provider of this run.
    site: SiteFile,
    servers: BTreeMap<String, Addresses>,
    versions: BTreeMap<String, String>,
    /// nginx's log: port and access token of each request.
    log: PathBuf,
}

#[derive(Deserialize)]
struct Addresses {
    /// The FHIR base for clients.
    fhir: String,
    /// The same behind TLS and sign-in.
    direct: String,
}

/// One server with its provider and people.
struct Peer {
    site: SiteFile,
    ca: PathBuf,
    people: Vec<Person>,
    registry: Registry,
}

impl Peers {
    /// The servers that run; `None` where none are named.
    fn running() -> Option<Self> {
        let Ok(description) = std::env::var("CHARTKEEP_PEERS") else {
            println!("skipped: no servers are named; `make test-peers` starts them");
            return None;
        };
        let text = std::fs::read(description).expect("the description");
        Some(serde_json::from_slice(&text).expect("the description"))
    }

    fn peer(&self, addresses: &Addresses, runtime: &Arc<Runtime>) -> Peer {
        Peer {
            site: SiteFile { server: addresses.fhir.clone(), ..self.site.clone() },
            ca: self.ca.clone(),
            people: self.people.clone(),
            registry: Registry::open(runtime, addresses.direct.clone(), None),
        }
    }
}

#[test]
fn the_main_job_works_at_every_server() {
    let Some(peers) = Peers::running() else { return };
    println!("{:?}", peers.versions);
    let runtime = Arc::new(Runtime::new().expect("runtime"));
    let (mut results, mut columns) = (Vec::new(), Vec::new());
    // HAPI as clinics set it up comes first: its costs are measured when nothing has changed there for some time.
    let peer = peers.peer(&peers.servers[SET_UP], &runtime);
    results.extend(main_job(SET_UP, &peer, &runtime));
    columns.push((String::from(SET_UP), try_server(&peer, &runtime)));
    results.extend(pages::run(&peers, &peers.servers[SET_UP].fhir));
    let mut costs = vec![costs::begin(SET_UP, &peer, &peers.log, &runtime)];
    for (name, addresses) in peers.servers.iter().filter(|(name, _)| *name != SET_UP) {
        let peer = peers.peer(addresses, &runtime);
        results.extend(main_job(name, &peer, &runtime));
        columns.push((name.clone(), try_server(&peer, &runtime)));
        if name == STARTER {
            costs.push(costs::begin(name, &peer, &peers.log, &runtime));
        }
    }
    let folder = tempfile::tempdir().expect("folder");
    if let Some(clinic) = Clinic::start(folder.path()) {
        let peer = strict(&clinic, &runtime);
        results.extend(main_job("keep-backend", &peer, &runtime));
        columns.push((String::from("keep-backend"), try_server(&peer, &runtime)));
    }
    results.extend(costs.into_iter().flat_map(costs::Costs::end));
    columns.sort_by(|(name, _), (other, _)| name.cmp(other));
    compare(&results);
    servers_page::compare(&columns, &peers.versions);
}

/// keep-backend as it comes: as strict as HAPI FHIR.
fn strict(clinic: &Clinic, runtime: &Arc<Runtime>) -> Peer {
    clinic.behave(&json!({}));
    let ca = std::fs::read(&clinic.backend.ca).expect("authority");
    let access = (clinic.access_token("grace"), ca);
    let people = clinic.backend.people();
    Peer {
        site: SiteFile::for_server(&clinic.backend.fhir, Some(clinic.backend.issuer.clone())),
        ca: clinic.backend.ca.clone(),
        people: people.into_iter().map(Person::from).collect(),
        registry: Registry::open(runtime, clinic.backend.fhir.clone(), Some(access)),
    }
}

/// A workstation with one person unlocked at it.
struct SyncedWorkstation {
    app: Workstation,
    /// The roles that the sign-in named.
    roles: Vec<Role>,
}

impl SyncedWorkstation {
    /// Enrols the person of this role at a new workstation: a sign-in at the provider, as staff do it.
    fn enrol(peer: &Peer, role: Role, folder: &Path, runtime: &Runtime) -> Result<Self, String> {
        let device = TestDevice {
            profile: folder.join(role.name()),
            runtime: runtime.handle().clone(),
            clock: Arc::new(SystemClock),
            keychain: Arc::new(FileKeychain::at(&folder.join(format!("{}.keychain", role.name())))),
        };
        let app = device.open().map_err(coded)?;
        let mut roles = Vec::new();
        let enrolled = enrol_signed_in(&app, &peer.site, &peer.ca, |nonce| {
            let signed_in = sign_person_in(peer, role, nonce, runtime).unwrap_or_else(|why| panic!("{why}"));
            roles.clone_from(&signed_in.claims.roles);
            signed_in
        });
        enrolled.map(|_| Self { app, roles }).map_err(coded)
    }

    fn sync(&self) -> Result<SyncReport, String> {
        // A busy machine may take longer to answer than the client waits; the program tries again by itself.
        let is_late = |failure: &FailureDto| failure.code == ErrorCode::ServerUnreachable;
        let mut ended = sync::run_to_end(&self.app);
        for _ in 0..2 {
            if ended.as_ref().is_err_and(is_late) {
                ended = sync::run_to_end(&self.app);
            }
        }
        let report = ended.map_err(|failure| {
            let page = sync::sync_page(&self.app).map(|page| serde_json::to_value(page).expect("json"));
            let page = page.unwrap_or_default();
            format!("{:?}: {} {}", failure.code, page["stopped"], page["items"])
        })?;
        let failed: Vec<_> = report.types.iter().filter(|t| t.outcome.is_failure()).collect();
        println!(
            "      pushed {} pulled {} audited {} pending {} rejected {} conflicts {} complete {:?} {failed:?}",
            report.pushed,
            report.pulled,
            report.audited,
            report.pending,
            report.rejected,
            report.conflicts,
            report.complete_as_of
        );
        Ok(report)
    }

    fn chart(&self, patient: &str) -> Result<String, String> {
        let chart = chart::open_chart(&self.app, patient).map_err(coded)?;
        Ok(serde_json::to_string(&chart).expect("json"))
    }

    fn shows(&self, patient: &str, expected: &[&str]) -> Result<(), String> {
        let chart = self.chart(patient)?;
        match expected.iter().find(|text| !chart.contains(**text)) {
            None => Ok(()),
            Some(missing) => Err(format!("the chart does not show {missing}")),
        }
    }
}

fn coded(failure: FailureDto) -> String {
    format!("{:?}", failure.code)
}

fn holds(expected: bool, otherwise: impl std::fmt::Display) -> Result<(), String> {
    if expected { Ok(()) } else { Err(otherwise.to_string()) }
}

fn main_job(name: &str, peer: &Peer, runtime: &Arc<Runtime>) -> checks::Results {
    println!("\n{name}: {}", peer.site.server);
    let mut checks = Checks::of(name);
    let folder = tempfile::tempdir().expect("folder");
    let registry = &peer.registry;
    let patient = registry.seed(RESULTS);

    checks.check("the FHIR base says where to sign in, or the client that it does not", || {
        let server = Server::open(settings(peer, None), Arc::new(SystemClock)).map_err(|e| format!("{e:?}"))?;
        match runtime.block_on(server.open_sign_in("a-nonce")) {
            Ok(_) => holds(!AS_THEY_COME.contains(&name), "it says so"),
            Err(SyncError::NoSignInAddress) => holds(AS_THEY_COME.contains(&name), "it does not say so"),
            Err(error) => Err(format!("{error:?}")),
        }
    });
    let is_set_up = !peer.site.sign_in.acr.is_empty();
    checks.check("a sign-in without the site file is refused", || {
        if !is_set_up {
            return Ok(());
        }
        let without = settings(peer, peer.site.sign_in.issuer.clone());
        match sign_in_with(without, peer, (Role::Nurse, "a-nonce"), runtime) {
            Ok(_) => Err(String::from("it is accepted")),
            Err(why) => holds(why == "Token(SecondFactor)", why),
        }
    });
    let enrol = |role| SyncedWorkstation::enrol(peer, role, folder.path(), runtime);
    let nurse = checks.check("a nurse signs in with password and code", || enrol(Role::Nurse));
    let physician = checks.check("a physician signs in", || enrol(Role::Physician));
    let (Some(nurse), Some(physician)) = (nurse, physician) else { return checks.done() };
    checks.check("the sign-in names the role", || {
        let named = (&nurse.roles[..], &physician.roles[..]);
        holds(named == (&[Role::Nurse], &[Role::Physician]), format!("{named:?}"))
    });
    checks.check("the first sync brings everything and says so", || {
        let report = nurse.sync()?;
        holds(report.pulled > RESULTS && report.complete_as_of.is_some(), format!("{report:?}"))
    });
    checks.check("the chart opens and shows a result", || nurse.shows(&patient, &["\"4.25\"", "mg/dL"]));
    let form = serde_json::from_value(vitals_form(&patient, PULSE)).expect("form");
    let saved = vitals::save_vitals(&nurse.app, form).map_err(coded);
    let note = json!({"patient": patient, "kind": "nursing", "text": NOTE, "draft": null});
    let signed = notes::sign_note(&nurse.app, serde_json::from_value(note).expect("form")).map_err(coded);
    checks.check("a visit is saved", || saved.map(|_| ()).and(signed.map(|_| ())));
    checks.check("the visit is sent", || {
        let report = nurse.sync()?;
        holds(report.pending == 0 && report.rejected == 0, format!("{report:?}"))
    });
    checks.check("each record of the visit is at the server once", || {
        let pulses = registry.with_value(&patient, 71.0);
        let notes = registry.of_patient("DocumentReference", &patient).len();
        holds(pulses.len() == 1 && notes == 1, format!("{} pulses, {notes} notes", pulses.len()))
    });
    checks.check("audit events are at the server", || {
        holds(registry.forbids("AuditEvent") || !registry.all("AuditEvent").is_empty(), "none")
    });

    checks.check("a second workstation shows the visit", || {
        physician.sync()?;
        physician.shows(&patient, &["\"128\"", "\"82\"", "\"71\"", NOTE, "\"4.25\""])
    });
    checks.check("a record is marked as entered in error", || {
        mark(&nurse, &patient, "pulse")?;
        nurse.sync()?;
        let pulses = registry.with_value(&patient, 71.0);
        let status = pulses.first().map(|p| p["status"].clone()).unwrap_or_default();
        holds(pulses.len() == 1 && status == "entered-in-error", format!("{} pulses, {status}", pulses.len()))
    });
    checks.check("what the server changed is not overwritten", || {
        let mut changed =
            registry.of_patient("Observation", &patient).into_iter().find(is_pressure).ok_or("no pressure there")?;
        changed["note"] = json!([{"text": "Cuff was large."}]);
        registry.put(&changed);
        mark(&nurse, &patient, "blood_pressure")?;
        let report = nurse.sync()?;
        let there = registry.of_patient("Observation", &patient).into_iter().find(is_pressure).unwrap_or_default();
        holds(there["note"][0]["text"] == "Cuff was large.", "overwritten")?;
        holds(report.conflicts == 1 || there["status"] == "entered-in-error", "neither merged nor a conflict")
    });
    checks.check("a new record comes and a deleted one goes", || {
        let late = registry.post(&registry::result(&patient, "9.99", &registry::hours_ago(1)));
        physician.sync()?;
        physician.shows(&patient, &["\"9.99\""])?;
        registry.delete(&format!("Observation/{late}"));
        physician.sync()?;
        holds(!physician.chart(&patient)?.contains("\"9.99\""), "it is still shown")
    });
    checks.check("a sync with nothing new moves nothing", || {
        nurse.sync()?;
        let report = nurse.sync()?;
        // That the nurse asked for the sync before is an event.
        let moved = (report.pushed, report.pulled, report.audited.saturating_sub(1));
        holds(moved == (0, 0, 0), format!("{moved:?}"))
    });
    nurse.app.close();
    physician.app.close();
    checks.done()
}

/// What `chartkeep doctor --server --sign-in --write-test` finds.
fn try_server(peer: &Peer, runtime: &Runtime) -> Vec<ServerFinding> {
    let input = ServerCheckInput {
        site: peer.site.clone(),
        ca_pem: Some(std::fs::read_to_string(&peer.ca).expect("authority")),
        sign_in: true,
        writes: Writes::Allowed,
    };
    let person = peer.people.iter().find(|p| p.role == Role::Nurse.name()).expect("a nurse");
    let found = server_check::run_with(input, async |server| {
        let mut signed_in = sign_in(server, person, "a-nonce", &peer.ca).await;
        for _ in 0..NEXT_CODE_WAITS {
            if signed_in.is_ok() {
                break;
            }
            // A code counts once: the next one is half a minute away.
            tokio::time::sleep(Duration::from_secs(8)).await;
            signed_in = sign_in(server, person, "a-nonce", &peer.ca).await;
        }
        Some(Ok(signed_in.unwrap_or_else(|why| panic!("{why}"))))
    });
    runtime.block_on(found).expect("a server")
}

/// Nothing but the address of the server, its authority and perhaps the issuer.
fn settings(peer: &Peer, issuer: Option<String>) -> ServerSettings {
    ServerSettings {
        issuer,
        extra_ca_pem: Some(std::fs::read_to_string(&peer.ca).expect("authority")),
        ..ServerSettings::for_base(peer.site.server.parse().expect("address"))
    }
}

/// Signs the person of this role in at the provider, as the site file says.
fn sign_person_in(peer: &Peer, role: Role, nonce: &str, runtime: &Runtime) -> Result<SignedIn, String> {
    let mut settings = settings(peer, None);
    peer.site.sign_in.apply(&mut settings);
    sign_in_with(settings, peer, (role, nonce), runtime)
}

fn sign_in_with(
    settings: ServerSettings,
    peer: &Peer,
    (role, nonce): (Role, &str),
    runtime: &Runtime,
) -> Result<SignedIn, String> {
    let person = peer.people.iter().find(|p| p.role == role.name()).ok_or("nobody has the role")?;
    let server = Server::open(settings, Arc::new(SystemClock)).map_err(|e| format!("{e:?}"))?;
    runtime.block_on(sign_in(&server, person, nonce, &peer.ca))
}

/// Marks the latest measurement of a vital sign as entered in error.
fn mark(at: &SyncedWorkstation, patient: &str, sign: &str) -> Result<(), String> {
    let chart = serde_json::to_value(chart::open_chart(&at.app, patient).map_err(coded)?).expect("json");
    let vitals = chart["vitals"].as_array().ok_or("no vital signs")?;
    let series = vitals.iter().find(|s| s["key"] == sign).ok_or("the sign is not in the chart")?;
    let id = series["latest"]["id"].as_str().ok_or("no latest measurement")?;
    let form = json!({"reference": format!("Observation/{id}"), "patient": patient, "reason": "the wrong arm"});
    let form = serde_json::from_value(form).map_err(|e| e.to_string())?;
    entered_in_error::mark_entered_in_error(&at.app, form).map(|_| ()).map_err(coded)
}

fn is_pressure(record: &Value) -> bool {
    record["code"]["coding"][0]["code"] == "85354-9"
}
