//! A server for one test: requests go to its handler without a socket.

use super::{Server, answer};
use crate::behaviour::{Behaviour, References};
use crate::demo::{STAFF, StaffMember, users_file};
use crate::fault_injection::FaultInjector;
use crate::fhir::FhirApi;
use crate::identity::{IdentityProvider, Users};
use crate::origin::Origin;
use crate::storage::Storage;
use crate::totp::code_at;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use keep_domain::{Clock, ManualClock, UtcMillis};
use serde_json::Value;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tempfile::TempDir;

const ORIGIN: &str = "https://127.0.0.1:1";
pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1:5000/callback";
/// PKCE code verifier of all sign-ins.
pub(crate) const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-0123456789";

/// A server with the demo staff and no records.
pub(crate) struct TestServer {
    server: Arc<Server>,
    pub(crate) storage: Arc<Storage>,
    pub(crate) clock: Arc<ManualClock>,
    folder: TempDir,
}

#[derive(Debug)]
pub(crate) struct TestResponse {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl TestResponse {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().expect("text"))
    }
}

impl TestServer {
    /// References are not checked, so that a test needs only the resources that it is about.
    pub(crate) fn new() -> Self {
        Self::behaving(Behaviour { references: References::Unchecked, ..Behaviour::default() })
    }

    /// A server with these switches.
    pub(crate) fn behaving(behaviour: Behaviour) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let clock = Arc::new(ManualClock::starting(UtcMillis(1_795_338_000_000)));
        std::fs::write(folder.path().join("users.json"), hashed_users()).expect("users");
        Self::open(folder, clock, behaviour)
    }

    /// Advances the clock.
    pub(crate) fn advance(&self, millis: u64) {
        self.clock.advance(Duration::from_millis(millis));
    }

    /// A new server on the same data folder.
    pub(crate) fn restarted(self) -> Self {
        let behaviour = (*self.server.fhir.behaviour()).clone();
        Self::open(self.folder, self.clock, behaviour)
    }

    fn open(folder: TempDir, clock: Arc<ManualClock>, behaviour: Behaviour) -> Self {
        let origin = Origin(String::from(ORIGIN));
        let storage = Arc::new(Storage::open(&folder.path().join("fhir.db")).expect("database"));
        let users = Users::open(folder.path(), None).expect("users");
        let server = Arc::new(Server {
            fhir: FhirApi::new(Arc::clone(&storage), origin.fhir_base(), behaviour),
            identity: IdentityProvider::open(folder.path(), users, Arc::clone(&storage), origin).expect("identity"),
            upstream: None,
            faults: Some(FaultInjector::new(Arc::default())),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
        });
        Self { server, storage, clock, folder }
    }

    /// Sends a request; `path` may be an absolute URL of the server.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> TestResponse {
        let path = path.strip_prefix(ORIGIN).unwrap_or(path);
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).expect("request");
        let (parts, body) = answer(State(Arc::clone(&self.server)), request).await.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("body").to_vec();
        TestResponse { status: parts.status.as_u16(), headers: parts.headers, bytes }
    }

    /// Posts a form.
    pub(crate) async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> TestResponse {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", path, &[("content-type", "application/x-www-form-urlencoded")], body).await
    }

    /// The current one-time code of a staff member.
    pub(crate) fn code_of(&self, user: &str) -> String {
        code_at(&staff_member(user).otpauth(), self.clock.now()).expect("code").code
    }

    /// Posts the sign-in page.
    pub(crate) async fn post_credentials(&self, user: &str, password: &str, one_time_code: &str) -> TestResponse {
        let request = authorization_request();
        let mut fields: Vec<(&str, &str)> = request.iter().map(|(n, v)| (*n, v.as_str())).collect();
        fields.extend([("user", user), ("password", password), ("code", one_time_code)]);
        self.post_form("/authorize", &fields).await
    }

    /// Signs in with correct credentials and returns the authorization code.
    pub(crate) async fn authorize(&self, user: &str) -> String {
        let response = self.post_credentials(user, staff_member(user).password, &self.code_of(user)).await;
        assert_eq!(response.status, 303, "{user}");
        let back = url::Url::parse(response.header("location")).expect("URL");
        back.query_pairs().find(|(n, _)| n == "code").expect("code").1.into_owned()
    }

    /// Exchanges an authorization code for tokens.
    pub(crate) async fn exchange(&self, code: &str, verifier: &str, redirect_uri: &str) -> TestResponse {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("client_id", "chartkeep-desktop"),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        self.post_form("/token", &fields).await
    }

    /// Signs in and returns the token response.
    pub(crate) async fn sign_in(&self, user: &str) -> Value {
        let code = self.authorize(user).await;
        let response = self.exchange(&code, VERIFIER, REDIRECT_URI).await;
        assert_eq!(response.status, 200, "{user}");
        response.json()
    }

    /// A FHIR client with the access token of a staff member.
    pub(crate) async fn client(&self, user: &str) -> TestClient<'_> {
        let token = self.sign_in(user).await;
        TestClient { server: self, bearer: format!("Bearer {}", token["access_token"].as_str().expect("token")) }
    }
}

fn staff_member(user: &str) -> &'static StaffMember {
    STAFF.iter().find(|p| p.user == user).expect("staff")
}

/// The demo's users file with its passwords hashed, once for all tests.
fn hashed_users() -> &'static str {
    static HASHED: OnceLock<String> = OnceLock::new();
    HASHED.get_or_init(|| {
        let folder = tempfile::tempdir().expect("folder");
        Users::open(folder.path(), Some((Path::new("demo"), &users_file()))).expect("users");
        std::fs::read_to_string(folder.path().join("users.json")).expect("users")
    })
}

/// The fields of an authorization request whose PKCE verifier is [`VERIFIER`].
pub(crate) fn authorization_request() -> Vec<(&'static str, String)> {
    use sha2::Digest;
    let challenge = data_encoding::BASE64URL_NOPAD.encode(&sha2::Sha256::digest(VERIFIER.as_bytes()));
    [
        ("response_type", "code"),
        ("client_id", "chartkeep-desktop"),
        ("redirect_uri", REDIRECT_URI),
        ("state", "a state"),
        ("nonce", "a nonce"),
        ("scope", "openid offline_access"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]
    .map(|(n, v)| (n, v.to_owned()))
    .to_vec()
}

/// A client with an access token.
pub(crate) struct TestClient<'a> {
    server: &'a TestServer,
    bearer: String,
}

impl TestClient<'_> {
    /// Sends a FHIR request; `path` is below the FHIR base or absolute.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> TestResponse {
        let mut all = vec![("authorization", self.bearer.as_str())];
        all.extend_from_slice(headers);
        let path = if path.starts_with("https:") { path.to_owned() } else { format!("/fhir{path}") };
        self.server.send(method, &path, &all, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> TestResponse {
        self.send("GET", path, &[], Body::empty()).await
    }

    pub(crate) async fn put(&self, path: &str, body: &str) -> TestResponse {
        self.send("PUT", path, &[], body.to_owned()).await
    }
}
