//! Tries a server and its identity provider for IT, before any workstation is set up. Opens no profile.

pub use keep_sync::{CheckResult, ServerCheck, ServerFinding, Writes};

use crate::settings::site_file::SiteFile;
use keep_domain::{ErrorCode, SystemClock};
use keep_sync::{Server, ServerSettings, SignedIn, SyncError, VerifiedClaims, check_server, sign_in_finding};
use std::sync::Arc;
use tokio::runtime::Handle;

/// What to try.
#[derive(Debug)]
pub struct ServerCheckInput {
    /// The server, and how to sign in.
    pub site: SiteFile,
    /// Certificate authorities to trust in addition to the system's, PEM.
    pub ca_pem: Option<String>,
    /// Whether the user signs in, in the browser: without it a server that protects its records shows little.
    pub sign_in: bool,
    /// Whether a test record may be made.
    pub writes: Writes,
}

/// Tries everything that the main job needs.
///
/// # Errors
/// An address or certificate file that is not acceptable.
pub fn run(input: ServerCheckInput, runtime: &Handle) -> Result<Vec<ServerFinding>, ErrorCode> {
    runtime.block_on(async {
        let sign_in = input.sign_in;
        run_with(input, async |server| if sign_in { Some(sign_in_here(server).await) } else { None }).await
    })
}

/// As [`run`], with a sign-in that the caller makes.
///
/// # Errors
/// As [`run`].
pub async fn run_with(
    input: ServerCheckInput,
    sign_in: impl AsyncFnOnce(&Server) -> Option<Result<SignedIn, SyncError>>,
) -> Result<Vec<ServerFinding>, ErrorCode> {
    let base = input.site.server.parse().map_err(|_| ErrorCode::Invalid)?;
    let mut settings = ServerSettings { extra_ca_pem: input.ca_pem, ..ServerSettings::for_base(base) };
    if let Some(client_id) = &input.site.client_id {
        settings.client_id.clone_from(client_id);
    }
    input.site.sign_in.apply(&mut settings);
    let server = Server::open(settings, Arc::new(SystemClock)).map_err(|error| error.code())?;
    let signed_in = sign_in(&server).await;
    let tokens = signed_in.as_ref().and_then(|s| s.as_ref().ok()).map(|s| &s.tokens);
    let mut findings = check_server(&server, tokens, input.writes).await;
    match &signed_in {
        Some(Ok(signed_in)) => findings.extend(findings_of(&signed_in.claims, &input.site)),
        Some(Err(error)) => findings.push(sign_in_finding(error)),
        None => findings.push(ServerFinding {
            check: ServerCheck::SignIn,
            result: CheckResult::NotTried,
            found: String::from("not asked for"),
        }),
    }
    findings.sort_by_key(|finding| finding.check);
    Ok(findings)
}

/// What the token says: that it was accepted, and its roles.
fn findings_of(claims: &VerifiedClaims, site: &SiteFile) -> [ServerFinding; 2] {
    let context = claims.acr.as_deref().unwrap_or("none");
    let factor = if site.sign_in.without_second_factor { CheckResult::Without } else { CheckResult::Works };
    let named = claims.named_roles.as_ref().map(|names| names.join(", "));
    let known: Vec<&str> = claims.roles.iter().map(|role| role.name()).collect();
    let roles = if claims.roles.is_empty() { CheckResult::Blocks } else { CheckResult::Works };
    let claim = &site.sign_in.roles.claim;
    let found = match named {
        None => format!("no claim {claim}"),
        Some(named) if known.is_empty() => format!("{claim}: {named}"),
        Some(_) => known.join(", "),
    };
    [
        ServerFinding { check: ServerCheck::SignIn, result: factor, found: format!("acr {context}") },
        ServerFinding { check: ServerCheck::Roles, result: roles, found },
    ]
}

/// Signs the user in, in the browser that `$BROWSER` names or the desktop opens.
async fn sign_in_here(server: &Server) -> Result<SignedIn, SyncError> {
    let pending = server.open_sign_in(&keep_sync::make_nonce()).await?;
    pending.open_browser()?;
    pending.finish().await
}
