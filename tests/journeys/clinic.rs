//! The clinic's server as a process of its own, and its staff signing in to it.

use crate::command_line::program;
use crate::files::copy_folder;
use chartkeep_tests::Backend;
use keep_domain::{Clock, Secret, SystemClock, UtcMillis};
use keep_keys::phone_code;
use keep_session::testing::TestSite;
use keep_sync::{Credentials, FhirClient, ReadResponse, Search, Server, ServerSettings, SignedIn, WriteResponse};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Milliseconds of one step of a one-time code (RFC 6238).
const STEP_MILLIS: i64 = 30_000;
/// How long the next code is awaited at most, in waits of 100 ms: two steps.
const WAITS: u32 = 600;

/// Faults can be injected into every server of these tests.
const FAULTS: &[&str] = &["--test-faults"];

/// A running server and its staff.
pub(crate) struct Clinic {
    pub(crate) backend: Backend,
    runtime: Arc<Runtime>,
    /// The step whose code each person used last.
    used: Mutex<BTreeMap<String, i64>>,
}

impl Clinic {
    /// Starts an empty server and waits until it listens; `None` where the program is not built.
    pub(crate) fn start(folder: &Path) -> Option<Self> {
        Self::start_with(folder, &["--listen", "127.0.0.1:0"])
    }

    /// Starts a server with these further arguments.
    pub(crate) fn start_with(folder: &Path, arguments: &[&str]) -> Option<Self> {
        let arguments: Vec<&OsStr> = FAULTS.iter().chain(arguments).map(OsStr::new).collect();
        let backend = Backend::start(&program("keep-backend")?, folder, &arguments);
        Some(Self { backend, runtime: Arc::new(Runtime::new().expect("runtime")), used: Mutex::default() })
    }

    /// Starts the stopped server at the same address with the same records.
    pub(crate) fn start_again(&mut self) {
        let arguments: Vec<&OsStr> = FAULTS.iter().map(OsStr::new).collect();
        self.backend.start_again(&arguments);
    }

    /// Injects a fault into the next matching requests.
    pub(crate) fn fault(&self, fault: &Value) {
        self.control("fault", &fault.to_string());
    }

    /// Clears the faults that are left.
    pub(crate) fn calm(&self) {
        self.control("clear", "");
    }

    /// Replaces the switches of the server.
    pub(crate) fn behave(&self, switches: &Value) {
        self.control("behaviour", &switches.to_string());
    }

    /// An access token of `user`, for requests without any code of the client.
    pub(crate) fn access_token(&self, user: &str) -> String {
        let refresh = self.sign_in(user).tokens.refresh.expect("a refresh token");
        // EXPOSE: a made-up person's token, for a test's own requests.
        let token = refresh.expose().as_str();
        let form = [("grant_type", "refresh_token"), ("client_id", "chartkeep-desktop"), ("refresh_token", token)];
        self.runtime.block_on(async {
            let sent = self.browser().post(format!("{}/token", self.backend.issuer)).form(&form).send().await;
            let tokens: Value = sent.expect("tokens").json().await.expect("tokens");
            tokens["access_token"].as_str().expect("a token").to_owned()
        })
    }

    fn control(&self, what: &str, body: &str) {
        let address = format!("{}/_test/{what}", self.backend.issuer);
        let sent = self.runtime.block_on(self.browser().post(address).body(body.to_owned()).send());
        assert!(sent.expect("the server answers").status().is_success(), "{what} {body}");
    }

    fn browser(&self) -> reqwest::Client {
        let ca = std::fs::read(&self.backend.ca).expect("authority");
        let trusted = reqwest::Certificate::from_pem_bundle(&ca).expect("authority");
        reqwest::Client::builder().tls_certs_merge(trusted).no_proxy().build().expect("client")
    }

    fn server(&self) -> Server {
        let settings = ServerSettings {
            issuer: Some(self.backend.issuer.clone()),
            extra_ca_pem: Some(std::fs::read_to_string(&self.backend.ca).expect("authority")),
            ..ServerSettings::for_base(self.backend.fhir.parse().expect("address"))
        };
        Server::open(settings, Arc::new(SystemClock)).expect("server")
    }

    /// A time whose code `user` has not used: each is valid once, one step early or late.
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

    /// User name, password and otpauth address of one of the staff.
    pub(crate) fn person(&self, user: &str) -> BTreeMap<String, String> {
        self.backend.people().into_iter().find(|p| p["user"] == user).expect("someone of the staff")
    }

    /// Restarts at the same address with the records and sign-ins of `saved`, a copy of its data folder.
    pub(crate) fn start_from(&mut self, saved: &Path) {
        self.backend.stop();
        let data = self.backend.data();
        std::fs::remove_dir_all(&data).expect("data folder");
        copy_folder(saved, &data);
        self.start_again();
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

    /// The server and an unused refresh token of `user`, for a workstation.
    pub(crate) fn site(&self, user: &str) -> TestSite {
        let signed_in = self.sign_in(user);
        TestSite {
            server: self.backend.fhir.clone(),
            ca: Some(self.backend.ca.clone()),
            issuer: self.backend.issuer.clone(),
            subject: signed_in.claims.subject,
            refresh_token: signed_in.tokens.refresh.expect("a refresh token"),
        }
    }

    /// `user` at another workstation, with a FHIR client of their own.
    pub(crate) fn colleague(&self, user: &str) -> Colleague {
        let SignedIn { claims, tokens, .. } = self.sign_in(user);
        let refresh = tokens.refresh.expect("a refresh token");
        let credentials = Credentials::new(&self.server(), &claims.subject, refresh, Arc::new(|_| true));
        let client = FhirClient::open(credentials);
        Colleague { runtime: Arc::clone(&self.runtime), client }
    }
}

/// A colleague who works with the server directly.
pub(crate) struct Colleague {
    runtime: Arc<Runtime>,
    client: FhirClient,
}

impl Colleague {
    /// Saves a record over any version.
    pub(crate) fn put(&self, text: &str) {
        let record: Value = serde_json::from_str(text).expect("json");
        let key = format!("{}/{}", record["resourceType"].as_str().expect("type"), record["id"].as_str().expect("id"));
        let reply = self.runtime.block_on(self.client.update(&key.parse().expect("key"), text, None));
        self.assert_accepted(&reply.expect("the server answers"));
    }

    /// Deletes a record.
    pub(crate) fn delete(&self, key: &str) {
        let entry = json!({"request": {"method": "DELETE", "url": key}});
        let bundle = json!({"resourceType": "Bundle", "type": "transaction", "entry": [entry]});
        let reply = self.runtime.block_on(self.client.transact(&bundle.to_string()));
        self.assert_accepted(&reply.expect("the server answers"));
    }

    fn assert_accepted(&self, reply: &WriteResponse) {
        // EXPOSE: made-up records; says why a test cannot go on.
        assert!((200..300).contains(&reply.status), "{}: {}", reply.status, reply.text.expose());
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
