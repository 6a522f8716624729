//! Known vulnerabilities of what Cargo.lock names, from a copy of the RustSec database. No network.

use crate::failures::none_of;
use crate::tree::root;
use rustsec::advisory::Informational;
use rustsec::report::{Report, Settings};
use rustsec::{Database, Lockfile};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the copy is when `CHARTKEEP_ADVISORY_DB` (an archive or an unpacked folder) names no other.
const ARCHIVE: &str = "../shared/data/advisory-db-2026-08-21.tar.zst";

#[test]
fn no_known_vulnerability() {
    let place = std::env::var_os("CHARTKEEP_ADVISORY_DB").map_or_else(|| root().join(ARCHIVE), PathBuf::from);
    if !place.exists() {
        println!("skipped: no copy of the RustSec database at {}", place.display());
        return;
    }
    let temporary = tempfile::tempdir().expect("folder");
    let folder = if place.is_dir() { place } else { unpacked(&place, temporary.path()) };
    let database = Database::open(&folder).expect("advisory database");
    assert!(database.iter().count() > 1000, "the database is incomplete");
    let lockfile = Lockfile::load(root().join("Cargo.lock")).expect("Cargo.lock");
    let informational_warnings = vec![Informational::Unsound, Informational::Unmaintained];
    let report = Report::generate(&database, &lockfile, &Settings { informational_warnings, ..Settings::default() });

    let accepted = accepted();
    let mut open = Vec::new();
    let mut seen = Vec::new();
    for found in &report.vulnerabilities.list {
        let id = found.advisory.id.to_string();
        open.push((id, format!("{} {}: {}", found.package.name, found.package.version, found.advisory.title)));
    }
    for warning in report.warnings.values().flatten() {
        if let Some(advisory) = &warning.advisory {
            open.push((
                advisory.id.to_string(),
                format!("{} {}: {}", warning.package.name, warning.package.version, advisory.title),
            ));
        }
    }
    open.retain(|(id, _)| {
        seen.push(id.clone());
        !accepted.contains_key(id)
    });
    none_of(
        "advisories: upgrade, or accept with a reason in accepted-advisories.toml after checking that we cannot be reached by it",
        open.into_iter().map(|(id, what)| format!("{id} {what}")).collect(),
    );
    let stale = accepted.keys().filter(|id| !seen.contains(id));
    none_of("accepted advisories that no longer apply: remove them", stale.cloned().collect());
}

fn unpacked(archive: &Path, into: &Path) -> PathBuf {
    let done = Command::new("tar").arg("--zstd").arg("-xf").arg(archive).arg("-C").arg(into).status().expect("tar");
    assert!(done.success(), "tar with zstd could not unpack the database");
    into.join("advisory-db")
}

/// Id to reason; every entry has both.
fn accepted() -> BTreeMap<String, String> {
    let text =
        std::fs::read_to_string(root().join("tests/tidy/accepted-advisories.toml")).expect("accepted-advisories.toml");
    let value = |block: &str, key: &str| {
        let line = block.lines().find_map(|l| l.trim().strip_prefix(key)?.trim().strip_prefix('='));
        line.map(|v| v.trim().trim_matches('"').to_owned()).filter(|v| !v.is_empty()).expect("id and reason")
    };
    text.split("[[accepted]]").skip(1).map(|block| (value(block, "id"), value(block, "reason"))).collect()
}
