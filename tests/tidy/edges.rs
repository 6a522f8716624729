//! Dependencies between our crates: each may only use crates of a lower layer (docs/ARCHITECTURE.md).

use crate::dependencies::{members, needs};
use crate::failures::none_of;
use std::collections::BTreeSet;

/// What each crate may use of ours. Tests may use everything.
const EDGES: &[(&str, &[&str])] = &[
    ("keep-domain", &[]),
    ("keep-hardening", &[]),
    ("keep-fhir", &["keep-domain"]),
    ("keep-clinical", &["keep-domain"]),
    ("keep-document", &[]),
    ("keep-access", &["keep-domain"]),
    ("keep-audit", &["keep-domain"]),
    ("keep-keys", &["keep-domain", "keep-hardening"]),
    ("keep-store", &["keep-domain", "keep-hardening", "keep-fhir", "keep-audit", "keep-keys"]),
    ("keep-sync", &["keep-domain", "keep-fhir", "keep-audit", "keep-keys", "keep-store"]),
    (
        "keep-session",
        &[
            "keep-domain",
            "keep-hardening",
            "keep-fhir",
            "keep-clinical",
            "keep-document",
            "keep-access",
            "keep-audit",
            "keep-keys",
            "keep-store",
            "keep-sync",
        ],
    ),
    ("chartkeep-desktop", &["keep-domain", "keep-hardening", "keep-session"]),
    ("keep-cli", &["keep-domain", "keep-hardening", "keep-session"]),
    ("keep-backend", &["keep-domain", "keep-hardening", "keep-fhir"]),
];

/// What a crate may use of ours; nothing for one that the table does not have.
pub(crate) fn may_use(name: &str) -> Option<&'static [&'static str]> {
    EDGES.iter().find(|(n, _)| *n == name).map(|(_, allowed)| *allowed)
}

#[test]
fn crates_depend_only_on_lower_layers() {
    let ours: BTreeSet<&str> = members().iter().map(|p| p.name.as_str()).collect();
    let mut findings = Vec::new();
    for package in members().into_iter().filter(|p| p.name.as_str() != "chartkeep-tests") {
        let Some(allowed) = may_use(&package.name) else {
            findings.push(format!("{} has no row in edges.rs", package.name));
            continue;
        };
        let used = needs(package).into_iter().filter(|name| ours.contains(name));
        findings.extend(used.filter(|u| !allowed.contains(u)).map(|u| format!("{} must not use {u}", package.name)));
    }
    none_of("edges that are not in the table", findings);
}

#[test]
fn the_backend_is_never_linked_into_the_product() {
    // keep-backend's merge and answers are independent of ours, so that a test against it means something.
    let users =
        members().into_iter().filter(|p| needs(p).contains("keep-backend") && p.name.as_str() != "chartkeep-tests");
    none_of("users of keep-backend", users.map(|p| p.name.to_string()).collect());
}

#[test]
fn fakes_are_not_linked_into_the_product() {
    let mut findings = Vec::new();
    for package in members().into_iter().filter(|p| p.name.as_str() != "chartkeep-tests") {
        let product = package.dependencies.iter().filter(|d| d.kind != cargo_metadata::DependencyKind::Development);
        let fakes = product.filter(|d| d.features.iter().any(|f| f == "test-support"));
        findings.extend(fakes.map(|d| format!("{} turns on test-support of {}", package.name, d.name)));
    }
    none_of("the feature test-support outside dev-dependencies", findings);
}
