//! The clinic's server as a program of its own, and its people signing in to it.

use crate::command_line::program;
use keep_domain::{Clock, Secret, SystemClock, UtcMillis};
use keep_keys::phone_code;
use keep_session::testing::TestSite;
use keep_sync::{Credentials, FhirClient, ReadResponse, Search, Server, ServerSettings, SignedIn, WriteResponse};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Milliseconds of one step of a one-time code (RFC 6238).
const STEP_MILLIS: i64 = 30_000;
/// How long the next code is awaited at most, in waits of 100 ms: two steps.
const WAITS: u32 = 600;

/// A running `keep-backend`, ended when this is dropped.
pub(crate) struct Clinic {
    pub(crate) program: PathBuf,
    folder: PathBuf,
    child: Child,
    pub(crate) fhir: String,
    pub(crate) issuer: String,
    pub(crate) ca: PathBuf,
    runtime: Arc<Runtime>,
    /// The step whose code each person used last.
    used: Mutex<BTreeMap<String, i64>>,
}

impl Clinic {
    /// Starts it with an empty clinic and waits until it listens; `None` where the program is not built.
    pub(crate) fn start(folder: &Path) -> Option<Self> {
        Self::start_with(folder, "127.0.0.1:0", None)
    }

    /// As [`Clinic::start`], at an address, before another server that answers FHIR.
    pub(crate) fn start_with(folder: &Path, address: &str, upstream: Option<&str>) -> Option<Self> {
        let program = program("keep-backend")?;
        let child = run(&program, folder, address, upstream);
        let runtime = Arc::new(Runtime::new().expect("runtime"));
        let (fhir, issuer, ca) = (String::new(), String::new(), PathBuf::new());
        let mut clinic =
            Self { program, folder: folder.to_owned(), child, fhir, issuer, ca, runtime, used: Mutex::default() };
        clinic.await_ready();
        Some(clinic)
    }

    fn await_ready(&mut self) {
        for _ in 0..1500 {
            let said = std::fs::read(self.folder.join("ready.json")).ok();
            if let Some(said) = said.and_then(|b| serde_json::from_slice::<Value>(&b).ok()) {
                said["fhir"].as_str().expect("fhir").clone_into(&mut self.fhir);
                said["issuer"].as_str().expect("issuer").clone_into(&mut self.issuer);
                self.ca = PathBuf::from(said["ca"].as_str().expect("ca"));
                return;
            }
            assert!(self.child.try_wait().expect("state").is_none(), "keep-backend ended at once");
            std::thread::park_timeout(Duration::from_millis(20));
        }
        panic!("keep-backend does not listen");
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The server goes down.
    pub(crate) fn stop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }

    /// Comes back at the same address with the same records.
    pub(crate) fn start_again(&mut self) {
        std::fs::remove_file(self.folder.join("ready.json")).expect("ready file");
        let address = self.fhir.trim_start_matches("https://").trim_end_matches("/fhir").to_owned();
        self.child = run(&self.program, &self.folder, &address, None);
        self.await_ready();
    }

    /// Injects a fault into the next requests that it fits.
    pub(crate) fn fault(&self, fault: &Value) {
        self.control("fault", &fault.to_string());
    }

    /// Forgets faults that hit nothing.
    pub(crate) fn calm(&self) {
        self.control("clear", "");
    }

    fn control(&self, what: &str, body: &str) {
        let address = format!("{}/_test/{what}", self.issuer);
        let sent = self.runtime.block_on(self.browser().post(address).body(body.to_owned()).send());
        assert!(sent.expect("the server answers").status().is_success(), "{what} {body}");
    }

    fn browser(&self) -> reqwest::Client {
        let ca = std::fs::read(&self.ca).expect("authority");
        let trusted = reqwest::Certificate::from_pem_bundle(&ca).expect("authority");
        reqwest::Client::builder().tls_certs_merge(trusted).no_proxy().build().expect("client")
    }

    fn server(&self) -> Server {
        let settings = ServerSettings {
            issuer: Some(self.issuer.clone()),
            extra_ca_pem: Some(std::fs::read_to_string(&self.ca).expect("authority")),
            ..ServerSettings::for_base(self.fhir.parse().expect("address"))
        };
        Server::open(settings, Arc::new(SystemClock)).expect("server")
    }

    /// A moment whose code `user` has not used: each is good once, one step early or late.
    fn moment_of_code(&self, user: &str) -> UtcMillis {
        let mut used = self.used.lock().expect("no panic before");
        let last = used.get(user).copied().unwrap_or(0);
        for _ in 0..WAITS {
            let now = SystemClock.now().0 / STEP_MILLIS;
            let step = last.saturating_add(1).max(now);
            if step <= now + 1 {
                used.insert(user.to_owned(), step);
                return UtcMillis(step * STEP_MILLIS);
            }
            std::thread::park_timeout(Duration::from_millis(100));
        }
        panic!("no new code comes");
    }

    /// Name, password and code of somebody who works here.
    pub(crate) fn person(&self, user: &str) -> BTreeMap<String, String> {
        let people = Command::new(&self.program).args(["people", "--json"]).output().expect("people");
        let people: Vec<BTreeMap<String, String>> = serde_json::from_slice(&people.stdout).expect("people");
        people.into_iter().find(|p| p["user"] == user).expect("someone of the staff")
    }

    /// Comes back at the same address with the records and sign-ins of `saved`, a copy of its data folder.
    pub(crate) fn start_from(&mut self, saved: &Path) {
        self.stop();
        let data = self.data();
        std::fs::remove_dir_all(&data).expect("data folder");
        crate::damage::copy_folder(saved, &data);
        self.start_again();
    }

    /// The folder of its records, certificate and sign-ins.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("server")
    }

    /// Signs `user` in as their browser would.
    fn sign_in(&self, user: &str) -> SignedIn {
        self.sign_in_for(user, "a-nonce-of-the-member-record")
    }

    /// As [`Clinic::sign_in`], with the nonce of a member record.
    pub(crate) fn sign_in_for(&self, user: &str, nonce: &str) -> SignedIn {
        let person = self.person(user);
        let code = phone_code(&Secret::new(person["otpauth"].clone()), self.moment_of_code(user)).expect("a code");
        self.runtime.block_on(async {
            let server = self.server();
            let pending = server.open_sign_in(nonce).await.expect("sign-in page");
            let mut form: Vec<(String, String)> = pending.address().query_pairs().into_owned().collect();
            // EXPOSE: the made-up person types it in.
            let typed =
                [("user", user.to_owned()), ("password", person["password"].clone()), ("code", code.expose().clone())];
            form.extend(typed.map(|(name, value)| (name.to_owned(), value)));
            let mut page = pending.address().clone();
            page.set_query(None);
            let finishing = tokio::spawn(pending.finish());
            let shown = self.browser().post(page).form(&form).send().await.expect("page");
            assert!(shown.status().is_success(), "{user} signs in: {}", shown.status());
            finishing.await.expect("task").expect("signed in")
        })
    }

    /// What `user` brings to a workstation: the server, and a refresh token that nobody has used.
    pub(crate) fn site(&self, user: &str) -> TestSite {
        let signed_in = self.sign_in(user);
        TestSite {
            server: self.fhir.clone(),
            ca: Some(self.ca.clone()),
            issuer: self.issuer.clone(),
            subject: signed_in.claims.subject,
            refresh_token: signed_in.tokens.refresh.expect("a refresh token"),
        }
    }

    /// `user` at another workstation, with a program of their own.
    pub(crate) fn colleague(&self, user: &str) -> Colleague {
        let SignedIn { claims, tokens } = self.sign_in(user);
        let refresh = tokens.refresh.expect("a refresh token");
        let credentials = Credentials::new(&self.server(), &claims.subject, refresh, Arc::new(|_| true));
        let client = FhirClient::open(credentials);
        Colleague { runtime: Arc::clone(&self.runtime), client }
    }
}

impl Drop for Clinic {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run(program: &Path, folder: &Path, address: &str, upstream: Option<&str>) -> Child {
    let before = upstream.map(|u| ["--upstream", u]);
    Command::new(program)
        .arg("serve")
        .args(before.iter().flatten())
        .args(["--demo-staff", "--test-faults", "--listen", address, "--data"])
        .arg(folder.join("server"))
        .arg("--ready")
        .arg(folder.join("ready.json"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("keep-backend starts")
}

/// Somebody who works with the server directly.
pub(crate) struct Colleague {
    runtime: Arc<Runtime>,
    client: FhirClient,
}

impl Colleague {
    /// Saves a record, whatever its version.
    pub(crate) fn put(&self, text: &str) {
        let record: Value = serde_json::from_str(text).expect("json");
        let key = format!("{}/{}", record["resourceType"].as_str().expect("type"), record["id"].as_str().expect("id"));
        let reply = self.runtime.block_on(self.client.update(&key.parse().expect("key"), text, None));
        self.taken(&reply.expect("the server answers"));
    }

    /// Deletes a record.
    pub(crate) fn delete(&self, key: &str) {
        let entry = json!({"request": {"method": "DELETE", "url": key}});
        let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": [entry]});
        let reply = self.runtime.block_on(self.client.transact(&bundle.to_string()));
        self.taken(&reply.expect("the server answers"));
    }

    fn taken(&self, reply: &WriteResponse) {
        // EXPOSE: made-up records; says why a test cannot go on.
        assert!((200..300).contains(&reply.status), "{}: {}", reply.status, reply.text.expose());
    }

    /// How the server names itself.
    pub(crate) fn software(&self) -> String {
        self.runtime.block_on(self.client.capabilities(None)).expect("a statement").software.clone()
    }

    /// One record with its version.
    pub(crate) fn read(&self, key: &str) -> Option<Value> {
        let found = self.runtime.block_on(self.client.read(&key.parse().expect("key"), None));
        match found.expect("the server answers") {
            // EXPOSE: made-up records, compared.
            ReadResponse::Resource { text, .. } => Some(serde_json::from_str(text.expose()).expect("json")),
            _ => None,
        }
    }

    /// All records of a type by `Type/id`, each as the server's text.
    pub(crate) fn all(&self, resource_type: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        self.runtime.block_on(async {
            let search = Search::of_type(resource_type).with("_sort", "_lastUpdated").with("_count", "500");
            let mut page = Some(self.client.search(&search).await.expect("a page"));
            while let Some(this) = page {
                // EXPOSE: made-up records, compared.
                let bundle = keep_fhir::Bundle::parse(this.text.expose()).expect("bundle");
                for text in bundle.entries().filter_map(|e| e.resource()) {
                    let record: Value = serde_json::from_str(text).expect("json");
                    let key = format!("{resource_type}/{}", record["id"].as_str().expect("id"));
                    found.insert(key, text.to_owned());
                }
                page = self.client.next(&this).await.expect("a page");
            }
        });
        found
    }
}
