//! Searches, histories and bundles of nothing but reads.

use super::finding::{CheckResult, Findings, ServerCheck};
use super::request::{Given, Requests};
use super::stated::Stated;
use crate::scope::CHART_TYPES;
use keep_domain::UtcMillis;
use serde_json::{Value, json};
use url::Url;

/// A time after which nothing is.
const NEVER: &str = "2999-01-01T00:00:00Z";
/// The types that are searched, the first that has two records.
const SEARCHED: [&str; 3] = ["Observation", "Encounter", "Patient"];

/// Tries searches, history and bundles; returns the type that they were tried on.
pub(super) async fn check_reads(requests: &Requests<'_>, stated: &Stated, findings: &mut Findings) -> &'static str {
    check_types(stated, findings);
    let (kind, rows) = searched(requests).await;
    check_order(requests, kind, rows, findings).await;
    check_page(requests, kind, rows, findings).await;
    check_history(requests, kind, findings).await;
    check_bundles(requests, kind, findings).await;
    kind
}

fn check_types(stated: &Stated, findings: &mut Findings) {
    let Some(capabilities) = &stated.capabilities else { return };
    let missing: Vec<&str> = CHART_TYPES.iter().copied().filter(|kind| !capabilities.supports(kind)).collect();
    findings.works_or_without(ServerCheck::Types, missing.is_empty(), missing.join(", "));
}

/// A type, and how many records it has, as far as one page tells.
async fn searched(requests: &Requests<'_>) -> (&'static str, usize) {
    let mut best = (SEARCHED[2], 0);
    for kind in SEARCHED {
        let Ok(page) = requests.get(&format!("{kind}?_count=20")).await else { continue };
        let rows = page.resources().len();
        if rows > 1 {
            return (kind, rows);
        }
        best = if rows > best.1 { (kind, rows) } else { best };
    }
    best
}

/// A search that must be a bundle; else what came.
async fn search(requests: &Requests<'_>, path: &str) -> Result<Given, String> {
    match requests.get(path).await {
        Ok(given) if given.is_bundle("searchset") => Ok(given),
        Ok(given) => Err(given.status_text()),
        Err(error) => Err(error.to_string()),
    }
}

async fn check_order(requests: &Requests<'_>, kind: &str, rows: usize, findings: &mut Findings) {
    let up = search(requests, &format!("{kind}?_sort=_lastUpdated&_count=20")).await;
    let down = search(requests, &format!("{kind}?_sort=-_lastUpdated&_count=20")).await;
    match (up, down) {
        (Ok(up), Ok(down)) => {
            let (up, mut down) = (stamps(&up), stamps(&down));
            down.reverse();
            let tells = up.first() != up.last() || down.first() != down.last();
            let works = up.is_sorted() && down.is_sorted();
            match (tells && rows > 1, works) {
                (true, works) => {
                    let found = if works { "honoured" } else { "ignored" };
                    findings.works_or_without(ServerCheck::Sort, works, found);
                }
                (false, _) if up.is_empty() && rows > 0 => {
                    findings.add(ServerCheck::Sort, CheckResult::Without, "records without lastUpdated");
                }
                (false, _) => findings.add(ServerCheck::Sort, CheckResult::NotTried, "too few records"),
            }
        }
        (Err(came), _) | (_, Err(came)) => findings.add(ServerCheck::Sort, CheckResult::Without, came),
    }
    match search(requests, &format!("{kind}?_lastUpdated=ge{NEVER}&_count=1")).await {
        Ok(_) if rows == 0 => findings.add(ServerCheck::LastUpdated, CheckResult::NotTried, "no records"),
        Ok(page) => {
            let works = page.resources().is_empty();
            let found = if works { "honoured" } else { "ignored" };
            findings.works_or_without(ServerCheck::LastUpdated, works, found);
        }
        Err(came) => findings.add(ServerCheck::LastUpdated, CheckResult::Without, came),
    }
}

fn stamps(page: &Given) -> Vec<UtcMillis> {
    let stamp = |r: &&Value| UtcMillis::from_rfc3339(r.pointer("/meta/lastUpdated")?.as_str()?);
    page.resources().iter().filter_map(stamp).collect()
}

async fn check_page(requests: &Requests<'_>, kind: &str, rows: usize, findings: &mut Findings) {
    let page = match search(requests, &format!("{kind}?_count=1")).await {
        Ok(page) if rows > 1 => page,
        other => {
            let found = other.err().unwrap_or_else(|| String::from("too few records"));
            for check in [ServerCheck::Count, ServerCheck::PageLinks, ServerCheck::Versions] {
                findings.add(check, CheckResult::NotTried, found.clone());
            }
            return;
        }
    };
    let came = page.resources().len();
    findings.works_or_without(ServerCheck::Count, came == 1, format!("{came} for 1"));
    check_link(requests, page.next(), came, findings);
    let count = search(requests, &format!("{kind}?_summary=count")).await;
    let total = count.ok().and_then(|page| page.total()).or_else(|| page.total());
    let found = if total.is_some() { "given" } else { "not given" };
    findings.works_or_without(ServerCheck::Total, total.is_some(), found);
    if let Ok(short) = search(requests, &format!("{kind}?_count=1&_elements=id,meta")).await {
        let works = short.text.len() < page.text.len();
        let found = if works { "honoured" } else { "ignored" };
        findings.works_or_without(ServerCheck::Elements, works, found);
    }
    let Some(first) = page.resources().first().and_then(|r| r.get("id")?.as_str()) else { return };
    if let Ok(record) = requests.get(&format!("{kind}/{first}")).await {
        let version = record.text_at("/meta/versionId");
        let found = match (&record.etag, version) {
            (None, "") => String::from("none"),
            (Some(etag), "") => format!("ETag {etag}"),
            (None, _) => String::from("versionId"),
            (Some(etag), _) => format!("versionId, ETag {etag}"),
        };
        findings.works_or_without(ServerCheck::Versions, found != "none", found.clone());
    }
}

fn check_link(requests: &Requests<'_>, next: Option<&str>, rows: usize, findings: &mut Findings) {
    let base = requests.base();
    match next.map(|link| base.join(link)) {
        None if rows > 1 => findings.add(ServerCheck::PageLinks, CheckResult::NotTried, "one page"),
        None => findings.add(ServerCheck::PageLinks, CheckResult::Without, "no next link"),
        Some(Err(_)) => findings.add(ServerCheck::PageLinks, CheckResult::Without, "not an address"),
        Some(Ok(link)) => {
            let is_here = link.origin() == base.origin();
            let found = if is_here { String::from("on the server's address") } else { origin(&link) };
            findings.works_or_without(ServerCheck::PageLinks, is_here, found);
        }
    }
}

fn origin(link: &Url) -> String {
    link.origin().ascii_serialization()
}

async fn check_history(requests: &Requests<'_>, kind: &str, findings: &mut Findings) {
    let given = requests.get(&format!("{kind}/_history?_count=1&_since={NEVER}")).await;
    let (works, found) = match &given {
        Ok(given) if given.is_bundle("history") && given.value.get("entry").is_none_or(is_empty) => (true, "offered"),
        Ok(given) if given.is_bundle("history") => (false, "_since ignored"),
        Ok(given) => (false, &*given.status_text()),
        Err(error) => (false, &*error.to_string()),
    };
    findings.works_or_without(ServerCheck::TypeHistory, works, found);
}

fn is_empty(list: &Value) -> bool {
    list.as_array().is_some_and(Vec::is_empty)
}

async fn check_bundles(requests: &Requests<'_>, kind: &str, findings: &mut Findings) {
    let read = json!({"request": {"method": "GET", "url": format!("{kind}?_count=1")}});
    let bundle =
        |of: &str, entries: &[Value]| json!({"resourceType": "Bundle", "type": of, "entry": entries}).to_string();
    for (check, of, packed) in [
        (ServerCheck::Transaction, "transaction", false),
        (ServerCheck::Batch, "batch", false),
        (ServerCheck::PackedBodies, "batch", true),
    ] {
        // Some servers take no reads in a bundle, others no empty one.
        let (mut works, mut found) = (false, String::new());
        for entries in [std::slice::from_ref(&read), &[]] {
            if !works {
                (works, found) = match requests.post_bundle(&bundle(of, entries), packed).await {
                    Ok(given) => (given.is_bundle(&format!("{of}-response")), given.status_text()),
                    Err(error) => (false, error.to_string()),
                };
            }
        }
        findings.works_or_without(check, works, found);
    }
}
