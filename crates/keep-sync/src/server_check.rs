//! What a server and its identity provider can do of that which the main job needs: tried, and not only believed.
//!
//! Everything is a read, or a request for nothing; only with [`Writes::Allowed`] a `Basic` resource is made, changed and
//! deleted.

mod finding;
mod provider;
mod reads;
mod request;
mod stated;
mod writes;

use crate::error::SyncError;
use crate::server::Server;
use crate::token::TokenSet;
use finding::Findings;
pub use finding::{CheckResult, ServerCheck, ServerFinding, Writes};
use provider::check_provider;
use reads::check_reads;
use request::{Given, Requests};
use stated::Stated;
use writes::check_writes;

/// Tries everything, with the tokens of a sign-in where there are some. One failing check does not stop the others.
pub async fn check_server(server: &Server, tokens: Option<&TokenSet>, writes: Writes) -> Vec<ServerFinding> {
    let mut findings = Findings::default();
    let requests = Requests { server, token: tokens.map(|t| &t.access) };
    let Some(statement) = check_metadata(&requests, &mut findings).await else { return findings.0 };
    check_provider(server, &mut findings).await;
    if is_readable(&requests, &mut findings).await {
        let kind = check_reads(&requests, &statement, &mut findings).await;
        check_writes(&requests, &statement, (kind, writes), &mut findings).await;
    }
    findings.0
}

/// The finding of a sign-in that failed.
#[must_use]
pub fn sign_in_finding(error: &SyncError) -> ServerFinding {
    let found = match error {
        SyncError::Token(error) => format!("{error:?}"),
        error => error.to_string(),
    };
    ServerFinding { check: ServerCheck::SignIn, result: CheckResult::Blocks, found }
}

/// The capabilities as stated; `None` where nothing answers at all.
async fn check_metadata(requests: &Requests<'_>, findings: &mut Findings) -> Option<Stated> {
    let given = match requests.get("metadata").await {
        Ok(given) => given,
        Err(error) => {
            findings.add(ServerCheck::Connection, CheckResult::Blocks, error.to_string());
            return None;
        }
    };
    findings.add(ServerCheck::Connection, CheckResult::Works, requests.base_scheme());
    let version = given.text_at("/fhirVersion");
    let stated = Stated::of(requests, &given);
    match &stated.capabilities {
        Some(c) if version.starts_with("4.0") => {
            findings.add(ServerCheck::Metadata, CheckResult::Works, format!("{}, FHIR {version}", c.software));
        }
        Some(_) => findings.add(ServerCheck::Metadata, CheckResult::Blocks, format!("FHIR {version}")),
        None => findings.add(ServerCheck::Metadata, CheckResult::Blocks, given.status_text()),
    }
    check_clock(requests, &given, findings);
    Some(stated)
}

/// Seconds by which the clocks may differ: those of tokens.
const CLOCK_SECONDS: u64 = 60;

fn check_clock(requests: &Requests<'_>, given: &Given, findings: &mut Findings) {
    let Some(theirs) = given.time else {
        return findings.add(ServerCheck::Clock, CheckResult::NotTried, "no Date");
    };
    let apart = theirs.seconds().abs_diff(requests.now().seconds());
    findings.works_or_without(ServerCheck::Clock, apart <= CLOCK_SECONDS, format!("{apart} s apart"));
}

/// Whether records can be read; everything after this needs it.
async fn is_readable(requests: &Requests<'_>, findings: &mut Findings) -> bool {
    const PATH: &str = "Patient?_count=1";
    let bare = Requests { token: None, ..*requests };
    let is_open = match bare.get(PATH).await {
        Ok(given) => {
            let is_open = given.is_success();
            findings.works_or_without(ServerCheck::Protected, !is_open, given.status_text());
            is_open
        }
        Err(error) => {
            findings.add(ServerCheck::Protected, CheckResult::NotTried, error.to_string());
            false
        }
    };
    if requests.token.is_none() {
        findings.add(ServerCheck::Token, CheckResult::NotTried, "no sign-in");
        return is_open;
    }
    let (is_taken, found) = match requests.get(PATH).await {
        Ok(given) => (given.is_success(), given.status_text()),
        Err(error) => (false, error.to_string()),
    };
    let result = if is_taken { CheckResult::Works } else { CheckResult::Blocks };
    findings.add(ServerCheck::Token, result, found);
    is_taken
}
