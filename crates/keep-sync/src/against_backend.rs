//! The sync against the real embedded backend, over TLS, with the real store. Skipped where that program is not built.

mod habits;
mod large_loads;
mod roles;
mod server_checks;
mod servers;

use crate::{
    AuthorIdentity, Cancel, Credentials, FhirClient, LocalStore, PushForOthers, ReadResponse, Search, Server,
    ServerSettings, SignedIn, SyncError, SyncExtent, SyncReport, SyncRun, run_sync,
};
use keep_audit::Actor;
use keep_domain::{ResourceKey, Role, Secret, Segment, SystemClock};
use keep_store::{AuditOpener, Operation, Store, TestClinic};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const CLINIC: &str = include_str!("against_backend/clinic.ndjson");

/// Most bytes of an idle sync: one batch of probes and the audit upload.
const MOST_IDLE_BYTES: u64 = 20_000;

struct Backend {
    child: Child,
    ready: HashMap<String, serde_json::Value>,
    _folder: tempfile::TempDir,
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `target/debug/keep-backend`, next to the test's own folder.
fn program() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?;
    let path = own.parent()?.parent()?.join("keep-backend");
    path.exists().then_some(path)
}

impl Backend {
    async fn start(load: Option<&Path>) -> Option<Self> {
        Self::start_as(load, &[]).await
    }

    /// With further arguments, which switch its behaviour.
    async fn start_as(load: Option<&Path>, switches: &[&str]) -> Option<Self> {
        let Some(program) = program() else {
            assert!(std::env::var_os("CI").is_none(), "keep-backend is not built");
            println!("skipped: keep-backend is not built");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let (data, ready, own) =
            (folder.path().join("data"), folder.path().join("ready"), folder.path().join("clinic.ndjson"));
        std::fs::write(&own, CLINIC).unwrap();
        let child = Command::new(program)
            .args(["serve", "--demo-staff", "--test-faults"])
            .args(switches)
            .arg("--data")
            .arg(&data)
            .arg("--ready")
            .arg(&ready)
            .arg("--load")
            .arg(load.unwrap_or(&own))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let text = loop {
            match std::fs::read_to_string(&ready) {
                Ok(text) if text.ends_with('}') => break text,
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        };
        Some(Self { child, ready: serde_json::from_str(&text).unwrap(), _folder: folder })
    }

    fn value(&self, name: &str) -> String {
        self.ready[name].as_str().unwrap().to_owned()
    }

    fn settings(&self) -> ServerSettings {
        ServerSettings {
            issuer: Some(self.value("issuer")),
            extra_ca_pem: Some(std::fs::read_to_string(self.value("ca")).unwrap()),
            acr: vec![String::from("mfa")],
            ..ServerSettings::for_base(self.value("fhir").parse().unwrap())
        }
    }

    fn server(&self) -> Server {
        Server::open(self.settings(), Arc::new(SystemClock)).unwrap()
    }

    fn browser(&self) -> reqwest::Client {
        let ca = std::fs::read(self.value("ca")).unwrap();
        let builder = reqwest::Client::builder().tls_certs_merge(reqwest::Certificate::from_pem_bundle(&ca).unwrap());
        builder.no_proxy().build().unwrap()
    }

    async fn fault(&self, body: &str) {
        self.tell("fault", body).await;
    }

    /// Changes faults or behaviour.
    async fn tell(&self, what: &str, body: &str) {
        let url: url::Url = self.value("fhir").parse().unwrap();
        let sent = self
            .browser()
            .post(url.join(&format!("/_test/{what}")).unwrap())
            .header("content-type", "application/json")
            .body(body.to_owned());
        assert!(sent.send().await.unwrap().status().is_success());
    }

    /// Requests to the FHIR server, and bytes on the wire in both directions, since they were cleared.
    async fn traffic(&self) -> (u64, u64) {
        let url: url::Url = self.value("fhir").parse().unwrap();
        let stats = self.browser().get(url.join("/_test/stats").unwrap()).send().await.unwrap().text().await.unwrap();
        let stats: serde_json::Value = serde_json::from_str(&stats).unwrap();
        let requests = stats["requests"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
        (requests, stats["bytes_in"].as_u64().unwrap() + stats["bytes_out"].as_u64().unwrap())
    }

    async fn sign_in(&self, server: &Server, user: &str) -> Result<SignedIn, SyncError> {
        let people = Command::new(program().unwrap()).args(["people", "--json"]).output().unwrap();
        let people: Vec<HashMap<String, serde_json::Value>> = serde_json::from_slice(&people.stdout).unwrap();
        let person = people.into_iter().find(|p| p["user"] == user).unwrap();
        let value = |name: &str| person[name].as_str().unwrap().to_owned();
        let code = Command::new(program().unwrap()).args(["code", "--otpauth", &value("otpauth")]).output().unwrap();
        let code = String::from_utf8(code.stdout).unwrap().trim().to_owned();

        let pending = server.open_sign_in("a-nonce-of-the-member-record").await?;
        let mut form: Vec<(String, String)> = pending.address().query_pairs().into_owned().collect();
        form.extend(
            [("user", user.to_owned()), ("password", value("password")), ("code", code)]
                .map(|(n, v)| (n.to_owned(), v)),
        );
        let mut target = pending.address().clone();
        target.set_query(None);
        let page = tokio::spawn(self.browser().post(target).form(&form).send());
        let done = pending.finish().await;
        let page = page.await.unwrap().unwrap().text().await.unwrap();
        assert!(page.contains("You can close this page"), "{page}");
        done
    }

    async fn credentials(&self, user: &str) -> (Credentials, Arc<Mutex<Vec<String>>>) {
        let server = self.server();
        let signed_in = self.sign_in(&server, user).await.unwrap();
        let saved = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&saved);
        let persist = Arc::new(move |token: &Secret<String>| {
            log.lock().unwrap().push(token.expose().clone());
            true
        });
        let SignedIn { claims, tokens, .. } = signed_in;
        (Credentials::new(&server, &claims.subject, tokens.refresh.unwrap(), persist), saved)
    }

    /// Signs `user` in on a new workstation with the segments up to `top`.
    async fn workstation(&self, user: &str, top: Segment) -> (FhirClient, Arc<Store>, TestClinic) {
        let (credentials, _) = self.credentials(user).await;
        let clinic = TestClinic::new();
        let store = Arc::new(clinic.open(top));
        (FhirClient::open(credentials), store, clinic)
    }
}

async fn sync(store: &Arc<Store>, client: &FhirClient, role: Role) -> SyncReport {
    sync_as(store, client, role, Vec::new(), SyncExtent::Full).await
}

/// As for a sync that the user asks for: nothing waits any longer.
fn asked_for() -> crate::PushWaits {
    let waits = crate::PushWaits::default();
    waits.end_delays();
    waits
}

async fn sync_as(
    store: &Arc<Store>,
    client: &FhirClient,
    role: Role,
    authors: Vec<AuthorIdentity>,
    extent: SyncExtent,
) -> SyncReport {
    let actor = Actor { role, ..TestClinic::nurse_amara() };
    let opener = Arc::new(AuditOpener(TestClinic::key(Segment::Clinical).hpke_key_pair()));
    let local =
        LocalStore::new(Arc::clone(store), actor.clone(), PushForOthers::SameRank, Some(opener), Arc::new(SystemClock));
    let progress = Arc::new(|_: crate::Progress<'_>| {});
    let inputs = SyncRun {
        client: client.clone(),
        store: Arc::new(local),
        user: actor.user,
        authors,
        waits: asked_for(),
        extent,
        roles: vec![role],
        cancel: Cancel::default(),
        progress,
    };
    run_sync(&inputs).await
}

fn observation(id: &str, value: u32) -> String {
    format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"8867-4"}}]}},"subject":{{"reference":"Patient/pat-1"}},"effectiveDateTime":"2026-11-22T09:00:00Z","valueQuantity":{{"value":{value},"unit":"/min"}}}}"#
    )
}

async fn on_server(client: &FhirClient, key: &str) -> Option<(String, Option<String>)> {
    match client.read(&key.parse::<ResourceKey>().unwrap(), None).await.unwrap() {
        ReadResponse::Resource { text, version_id } => Some((text.into_exposed(), version_id)),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nurse_signs_in_and_her_tokens_are_rotated() {
    let Some(backend) = Backend::start(None).await else { return };
    let server = backend.server();
    let signed_in = backend.sign_in(&server, "amara").await.unwrap();
    assert_eq!(
        (signed_in.claims.roles.as_slice(), signed_in.claims.name.as_str()),
        (&[Role::Nurse][..], "Amara Okafor")
    );
    assert_eq!(signed_in.claims.issuer, backend.value("issuer"));
    assert!(signed_in.tokens.refresh.is_some());

    let strangers = ServerSettings { extra_ca_pem: None, ..backend.settings() };
    let stranger = Server::open(strangers, Arc::new(SystemClock)).unwrap();
    assert_eq!(stranger.endpoints().await.unwrap_err(), SyncError::Untrusted);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_sync_pulls_everything_and_an_idle_one_almost_nothing() {
    let Some(backend) = Backend::start(None).await else { return };
    let (credentials, saved) = backend.credentials("amara").await;
    let client = FhirClient::open(credentials);
    let clinic = TestClinic::new();
    let store = Arc::new(clinic.open(Segment::Clinical));
    let first = sync(&store, &client, Role::Nurse).await;
    assert_eq!(first.stopped_by, None);
    assert_eq!(first.pulled, 5, "{first:?}");
    assert!(first.audited >= 1 && first.complete_as_of.is_some());
    // A `Date` has whole seconds.
    assert!(first.server_time.map(|t| t.plus_millis(999)) >= first.complete_as_of);
    let idle = sync(&store, &client, Role::Nurse).await;
    assert_eq!((idle.stopped_by.clone(), idle.pulled, idle.pushed), (None, 0, 0));
    assert!(idle.compared_as_of().is_some_and(|at| Some(at) <= idle.complete_as_of), "{idle:?}");
    assert!(idle.bytes_up + idle.bytes_down < MOST_IDLE_BYTES, "{idle:?}");
    println!("first {first:?}\nidle {idle:?}");
    assert!(!saved.lock().unwrap().is_empty(), "the refresh token was saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_saved_offline_arrives_once_whatever_fails() {
    let Some(backend) = Backend::start(None).await else { return };
    let (client, store, _clinic) = backend.workstation("amara", Segment::Clinical).await;
    assert_eq!(sync(&store, &client, Role::Nurse).await.stopped_by, None);
    for (n, kind) in ["cut", "lost_answer", "garbage", "html", "503", "500", "409"].into_iter().enumerate() {
        let id = format!("obs-{kind}").replace(char::from(95), "-");
        TestClinic::save(&store, &[(Operation::Create, None, &observation(&id, 60))]).unwrap();
        backend.fault(&format!(r#"{{"kind":"{kind}","method":"POST","retry_after":1}}"#)).await;
        let disturbed = sync(&store, &client, Role::Nurse).await;
        println!("{kind}: {disturbed:?}");
        let calm = sync(&store, &client, Role::Nurse).await;
        println!("calm {kind}: {calm:?}");
        assert_eq!((calm.stopped_by, calm.pending, calm.rejected, calm.conflicts), (None, 0, 0, 0), "{kind} {n}");
        let (_, version) = on_server(&client, &format!("Observation/{id}")).await.unwrap();
        assert_eq!(version.as_deref(), Some("1"), "{kind}: once");
    }
    let listed = client.search(&Search::of_type("Observation").with("_summary", "count")).await.unwrap();
    assert_eq!(listed.total, Some(7 + 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_on_both_sides_is_merged_or_a_conflict() {
    let Some(backend) = Backend::start(None).await else { return };
    let (client, store, _clinic) = backend.workstation("amara", Segment::Clinical).await;
    sync(&store, &client, Role::Nurse).await;
    let ours = r#"{"resourceType":"Observation","id":"obs-1","status":"final","code":{"text":"pulse"},"subject":{"reference":"Patient/pat-1"},"valueQuantity":{"value":72,"unit":"/min"}}"#;
    TestClinic::save(&store, &[(Operation::Update, Some("1"), ours)]).unwrap();
    let theirs = ours.replace("72", "99");
    let response = client.update(&"Observation/obs-1".parse().unwrap(), &theirs, Some("1")).await.unwrap();
    assert_eq!(response.status, 200);
    let report = sync(&store, &client, Role::Nurse).await;
    assert_eq!((report.stopped_by, report.conflicts), (None, 1), "the same field");
    let (text, _) = on_server(&client, "Observation/obs-1").await.unwrap();
    assert!(text.contains("99"), "the server's version is not overwritten");
    let conflicts = store.open_conflicts().unwrap().release(TestClinic::ticket(&store));
    assert_eq!(conflicts.len(), 1);
    assert!(conflicts[0].ours.expose().contains("72") && conflicts[0].theirs.as_ref().unwrap().expose().contains("99"));
    let again = sync(&store, &client, Role::Nurse).await;
    assert_eq!((again.stopped_by, again.conflicts), (None, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn deletions_arrive_and_a_clerk_pulls_the_directory_only() {
    let Some(backend) = Backend::start(None).await else { return };
    let (client, store, _clinic) = backend.workstation("amara", Segment::Clinical).await;
    sync(&store, &client, Role::Nurse).await;
    let gone: ResourceKey = "Observation/obs-1".parse().unwrap();
    let bundle = r#"{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Observation/obs-1"}}]}"#;
    assert_eq!(client.transact(bundle).await.unwrap().status, 200);
    let report = sync(&store, &client, Role::Nurse).await;
    assert_eq!((report.stopped_by, report.pulled), (None, 1));
    assert_eq!(store.versions(&[gone]).unwrap(), [None]);

    let (client, store, _front_desk) = backend.workstation("leila", Segment::Directory).await;
    let report = sync(&store, &client, Role::FrontDesk).await;
    assert_eq!((report.stopped_by, report.pulled), (None, 2), "a patient and an appointment");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_data_set() {
    // Only with a large file: CHARTKEEP_SYNC_NDJSON=/path/to/file.
    let Some(file) = std::env::var_os("CHARTKEEP_SYNC_NDJSON") else { return };
    let Some(backend) = Backend::start(Some(Path::new(&file))).await else { return };
    let (client, store, _clinic) = backend.workstation("amara", Segment::Clinical).await;
    let began = keep_domain::Clock::monotonic(&SystemClock);
    let report = sync(&store, &client, Role::Nurse).await;
    let took = keep_domain::Clock::monotonic(&SystemClock).saturating_sub(began);
    println!(
        "{} resources in {took:?}: {:.0}/s {report:?}",
        report.pulled,
        f64::from(u32::try_from(report.pulled).unwrap()) / took.as_secs_f64()
    );
    assert_eq!(report.stopped_by, None);
    let idle = sync(&store, &client, Role::Nurse).await;
    println!("idle {idle:?}");
    assert_eq!((idle.stopped_by, idle.pulled), (None, 0));
    assert!(idle.bytes_up + idle.bytes_down < MOST_IDLE_BYTES);
}
