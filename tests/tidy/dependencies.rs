//! What the dependencies may be: licences, where they come from, which never.

use crate::edges::may_use;
use crate::failures::none_of;
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The graph as Cargo resolves it for the platform that is built here, without asking the network.
pub(crate) static GRAPH: LazyLock<Metadata> = LazyLock::new(|| {
    let options = ["--locked", "--offline", "--filter-platform", "x86_64-unknown-linux-gnu"];
    MetadataCommand::new()
        .manifest_path(crate::tree::root().join("Cargo.toml"))
        .other_options(options.map(str::to_owned).to_vec())
        .exec()
        .expect("cargo metadata; has everything been fetched?")
});

/// Licences that may be shipped with an Apache-2.0 program.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    // libtomcrypt, in SQLCipher; and SQLite itself.
    "WTFPL",
    "blessing",
    "Zlib",
];

/// Crates that must not be in the lock file at all, and why.
const BANNED: &[(&str, &str)] = &[
    ("openssl", "TLS is rustls everywhere"),
    ("native-tls", "TLS is rustls everywhere"),
    ("rsa", "RUSTSEC-2023-0071 has no patch"),
    ("tauri-plugin-shell", "the page starts no programs"),
    ("tauri-plugin-http", "only keep-sync opens sockets"),
    ("tauri-plugin-fs", "the page reads no files"),
];

/// Libraries that only these crates may name in `[dependencies]` or `[build-dependencies]`.
const OWNERS: &[(&str, &[&str])] = &[
    ("reqwest", &["keep-sync", "keep-backend"]),
    ("oauth2", &["keep-sync"]),
    ("rusqlite", &["keep-store", "keep-backend", "chartkeep-tests"]),
    ("argon2", &["keep-keys", "keep-backend"]),
    ("keyring", &["keep-keys"]),
    ("totp-rs", &["keep-keys", "keep-backend"]),
    ("hpke", &["keep-keys", "keep-audit"]),
    ("cedar-policy", &["keep-access"]),
    ("tauri", &["chartkeep-desktop"]),
];

pub(crate) fn members() -> Vec<&'static Package> {
    GRAPH.workspace_packages()
}

/// Names of what a package needs to be built, tests left out.
pub(crate) fn needs(package: &Package) -> BTreeSet<&str> {
    let direct = package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development);
    direct.map(|d| d.name.as_str()).collect()
}

#[test]
fn licences_are_on_the_list() {
    let outside = GRAPH.packages.iter().filter(|p| p.source.is_some());
    let bad = outside.filter(|p| !p.license.as_deref().is_some_and(allowed));
    none_of(
        "licences that are not on the list in dependencies.rs",
        bad.map(|p| format!("{} {}: {:?}", p.name, p.version, p.license)).collect(),
    );
}

#[test]
fn dependencies_come_from_the_public_registry() {
    let bad = GRAPH.packages.iter().filter(|p| p.source.as_ref().is_some_and(|s| !s.is_crates_io()));
    none_of("only crates.io", bad.map(|p| format!("{} {}", p.name, p.version)).collect());
    let ours: BTreeSet<&str> = members().iter().map(|p| p.name.as_str()).collect();
    let foreign = GRAPH.packages.iter().filter(|p| p.source.is_none() && !ours.contains(p.name.as_str()));
    none_of("a path dependency outside the workspace", foreign.map(|p| p.name.to_string()).collect());
}

#[test]
fn banned_crates_are_absent() {
    let lock = std::fs::read_to_string(crate::tree::root().join("Cargo.lock")).expect("Cargo.lock");
    let present = BANNED.iter().filter(|(name, _)| lock.contains(&format!("name = \"{name}\"\n")));
    none_of("banned crates", present.map(|(name, why)| format!("{name}: {why}")).collect());
}

#[test]
fn libraries_stay_in_their_crates() {
    let mut findings = Vec::new();
    for (library, owners) in OWNERS {
        let users = members().into_iter().filter(|p| needs(p).contains(library));
        findings
            .extend(users.filter(|p| !owners.contains(&p.name.as_str())).map(|p| format!("{} uses {library}", p.name)));
    }
    // Crates below keep-sync block and do not know the runtime.
    let lower = may_use("keep-session").expect("a row");
    let is_below_sync = |name: &str| name != "keep-sync" && lower.contains(&name);
    let asynchronous = members().into_iter().filter(|p| is_below_sync(&p.name) && needs(p).contains("tokio"));
    findings.extend(asynchronous.map(|p| format!("{} names tokio", p.name)));
    none_of("libraries outside their crate", findings);
}

#[test]
fn decimals_keep_their_digits_without_changing_other_crates() {
    // `arbitrary_precision` turns numbers into maps for every crate in the program (serde_json, README).
    let resolve = GRAPH.resolve.as_ref().expect("resolve");
    let on = resolve.nodes.iter().filter(|n| n.id.repr.contains("serde_json@"));
    let on = on.flat_map(|n| &n.features).filter(|f| f.as_str() == "arbitrary_precision");
    none_of("serde_json with arbitrary_precision", on.map(ToString::to_string).collect());
}

/// SPDX expressions as crates use them: any side of an OR, every side of an AND.
fn allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    let plain = expression.replace(['(', ')'], "");
    // Parentheses in the wild group ORs inside an AND.
    let sides: Vec<&str> = if expression.contains('(') { plain.split(" AND ").collect() } else { vec![plain.as_str()] };
    sides
        .iter()
        .all(|side| side.split(" OR ").any(|choice| choice.split(" AND ").all(|one| LICENCES.contains(&one.trim()))))
}

#[test]
fn licence_expressions_are_read() {
    for good in
        ["MIT", "MIT OR GPL-3.0", "MIT/Apache-2.0", "(MIT OR Apache-2.0) AND Unicode-3.0", "GPL-3.0 OR ISC AND MIT"]
    {
        assert!(allowed(good), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND AGPL-3.0", ""] {
        assert!(!allowed(bad), "{bad}");
    }
}
