//! The identity provider.

use super::finding::{CheckResult, Findings, ServerCheck};
use crate::discovery::{discover, provider_document};
use crate::error::SyncError;
use crate::server::Server;
use crate::settings::ServerSettings;
use serde_json::Value;

pub(super) async fn check_provider(server: &Server, findings: &mut Findings) {
    let settings = server.settings();
    let by_server = discover(server.http(), &ServerSettings { issuer: None, ..settings.clone() }).await;
    match &by_server {
        Ok(endpoints) => findings.add(ServerCheck::SignInAddress, CheckResult::Works, endpoints.issuer.clone()),
        Err(error) => {
            let result = if settings.issuer.is_some() { CheckResult::Without } else { CheckResult::Blocks };
            findings.add(ServerCheck::SignInAddress, result, error.to_string());
        }
    }
    let issuer = settings.issuer.clone().or_else(|| by_server.ok().map(|endpoints| endpoints.issuer));
    let Some(issuer) = issuer else { return };
    let document = match provider_document(server.http(), settings, &issuer).await {
        Ok(document) => document,
        Err(error) => return findings.add(ServerCheck::Provider, CheckResult::Blocks, error.to_string()),
    };
    let own = ServerSettings { issuer: Some(issuer.clone()), ..settings.clone() };
    match discover(server.http(), &own).await {
        Ok(_) | Err(SyncError::Settings(_)) => findings.add(ServerCheck::Provider, CheckResult::Works, issuer),
        Err(error) => {
            let named = document.get("issuer").and_then(Value::as_str).unwrap_or("no issuer").to_owned();
            let named = if named == issuer { error.to_string() } else { named };
            findings.add(ServerCheck::Provider, CheckResult::Blocks, named);
        }
    }
    match listed(&document, "code_challenge_methods_supported") {
        None => findings.add(ServerCheck::Pkce, CheckResult::NotTried, "not stated"),
        Some(methods) if methods.iter().any(|m| m == "S256") => {
            findings.add(ServerCheck::Pkce, CheckResult::Works, methods.join(", "));
        }
        Some(methods) => findings.add(ServerCheck::Pkce, CheckResult::Blocks, methods.join(", ")),
    }
    match listed(&document, "scopes_supported") {
        None => findings.add(ServerCheck::OfflineAccess, CheckResult::NotTried, "not stated"),
        Some(scopes) => {
            let works = scopes.iter().any(|s| s == "offline_access");
            let found = if works { String::from("offered") } else { scopes.join(", ") };
            findings.works_or_without(ServerCheck::OfflineAccess, works, found);
        }
    }
}

fn listed(document: &Value, member: &str) -> Option<Vec<String>> {
    let list = document.get(member)?.as_array()?;
    Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}
