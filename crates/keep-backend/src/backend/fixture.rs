//! A whole backend in memory of one test: driven through its one handler, without sockets.

use super::{Backend, answer};
use crate::demo::{self, STAFF};
use crate::faults::Faults;
use crate::fhir::Pages;
use crate::identity::{Identity, People};
use crate::storage::Storage;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use keep_domain::{Clock, ManualClock, UtcMillis};
use serde_json::Value;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tempfile::TempDir;

/// A backend with the demo's staff and no records.
pub(crate) struct Fixture {
    pub(crate) backend: Arc<Backend>,
    pub(crate) clock: Arc<ManualClock>,
    folder: TempDir,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().expect("text"))
    }
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let clock = Arc::new(ManualClock::starting(UtcMillis(1_795_338_000_000)));
        std::fs::write(folder.path().join("users.json"), hashed_users()).expect("users");
        let people = People::open(folder.path(), None).expect("people");
        Self { backend: Self::open(&folder, &clock, people), clock, folder }
    }

    /// Lets milliseconds pass.
    pub(crate) fn pass(&self, millis: u64) {
        self.clock.advance(Duration::from_millis(millis));
    }

    /// The same data folder, as after a restart.
    pub(crate) fn restarted(self) -> Self {
        let people = People::open(self.folder.path(), None).expect("people");
        let backend = Self::open(&self.folder, &self.clock, people);
        Self { backend, ..self }
    }

    fn open(folder: &TempDir, clock: &Arc<ManualClock>, people: People) -> Arc<Backend> {
        Arc::new(Backend {
            storage: Storage::open(&folder.path().join("fhir.db")).expect("database"),
            pages: Pages::default(),
            upstream: None,
            identity: Identity::open(folder.path(), people).expect("provider"),
            faults: Some(Faults::watching(Arc::default())),
            clock: Arc::clone(clock) as Arc<dyn Clock>,
            origin: String::from("https://127.0.0.1:1"),
        })
    }

    /// One request; `path` may be an absolute address of the backend.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let path = path.strip_prefix(&self.backend.origin).unwrap_or(path);
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).expect("request");
        let (parts, body) = answer(State(Arc::clone(&self.backend)), request).await.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("body").to_vec();
        Answer { status: parts.status.as_u16(), headers: parts.headers, bytes }
    }

    /// Posts a form.
    pub(crate) async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", path, &[("content-type", "application/x-www-form-urlencoded")], body).await
    }

    /// The current sign-in code of a member of the staff.
    pub(crate) fn code_of(&self, user: &str) -> String {
        let person = STAFF.iter().find(|p| p.user == user).expect("staff");
        crate::code_at(&person.otpauth(), self.clock.now()).expect("code").code
    }

    /// Signs in and gives the token answer.
    pub(crate) async fn sign_in(&self, user: &str) -> Value {
        let person = STAFF.iter().find(|p| p.user == user).expect("staff");
        let verifier = "a-verifier-of-at-least-forty-three-characters-0123456789";
        let mut fields = authorization(verifier);
        let code = self.code_of(user);
        fields.extend([("user", user), ("password", person.password), ("code", &code)].map(|(n, v)| (n, v.to_owned())));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let redirect = self.post_form("/authorize", &fields).await;
        assert_eq!(redirect.status, 303, "{user}");
        let back = url::Url::parse(redirect.header("location")).expect("address");
        let code = back.query_pairs().find(|(n, _)| n == "code").expect("code").1.into_owned();
        let exchange = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("client_id", "chartkeep-desktop"),
            ("redirect_uri", "http://127.0.0.1:5000/callback"),
            ("code_verifier", verifier),
        ];
        let answer = self.post_form("/token", &exchange).await;
        assert_eq!(answer.status, 200, "{user}");
        answer.json()
    }

    /// A FHIR client with the access token of a member of the staff.
    pub(crate) async fn client(&self, user: &str) -> Client<'_> {
        let token = self.sign_in(user).await;
        Client { fixture: self, bearer: format!("Bearer {}", token["access_token"].as_str().expect("token")) }
    }
}

/// The demo's users file with its passwords hashed, once for all tests.
fn hashed_users() -> &'static str {
    static HASHED: OnceLock<String> = OnceLock::new();
    HASHED.get_or_init(|| {
        let folder = tempfile::tempdir().expect("folder");
        People::open(folder.path(), Some((Path::new("demo"), &demo::users_file()))).expect("people");
        std::fs::read_to_string(folder.path().join("users.json")).expect("users")
    })
}

/// The request fields of a sign-in.
pub(crate) fn authorization(verifier: &str) -> Vec<(&'static str, String)> {
    use sha2::Digest;
    let challenge = data_encoding::BASE64URL_NOPAD.encode(&sha2::Sha256::digest(verifier.as_bytes()));
    [
        ("response_type", "code"),
        ("client_id", "chartkeep-desktop"),
        ("redirect_uri", "http://127.0.0.1:5000/callback"),
        ("state", "a state"),
        ("nonce", "a nonce"),
        ("scope", "openid offline_access"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]
    .map(|(n, v)| (n, v.to_owned()))
    .to_vec()
}

/// Someone signed in.
pub(crate) struct Client<'a> {
    fixture: &'a Fixture,
    bearer: String,
}

impl Client<'_> {
    /// A FHIR request; `path` is below the base or absolute.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut all = vec![("authorization", self.bearer.as_str())];
        all.extend_from_slice(headers);
        let path = if path.starts_with("https:") { path.to_owned() } else { format!("/fhir{path}") };
        self.fixture.send(method, &path, &all, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Body::empty()).await
    }

    pub(crate) async fn put(&self, path: &str, body: &str) -> Answer {
        self.send("PUT", path, &[], body.to_owned()).await
    }
}
