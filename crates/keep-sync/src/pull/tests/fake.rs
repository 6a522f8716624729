//! A server of patients with switches for what servers do differently.

use super::*;
use std::fmt::Write;

/// What its `next` links look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    Own,
    /// With an inner address that the device does not know.
    Inner,
    /// The same, and their query means nothing at the configured address.
    InnerAndUseless,
    Missing,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Habits {
    /// Largest page.
    pub(super) page: usize,
    pub(super) links: Links,
    pub(super) sorts: bool,
    pub(super) totals: bool,
    pub(super) batches: bool,
    /// Whether it honours `_offset`.
    pub(super) offsets: bool,
    /// Whether its `self` link repeats what was honoured.
    pub(super) says: bool,
}

impl Default for Habits {
    fn default() -> Self {
        Self { page: 1_000, links: Links::Own, sorts: true, totals: true, batches: true, offsets: false, says: false }
    }
}

/// Answers every request over `rows` of Patient; every other type is empty.
pub(super) fn fake(rows: &Rows, habits: Habits) -> impl Fn(&Request) -> Vec<u8> + Send + Sync + use<> {
    let rows = Arc::clone(rows);
    let history = patients(&rows, 10_000);
    move |request| {
        if request.method == "POST" {
            return batch(&rows, habits, request);
        }
        if request.target.starts_with("/fhir/Patient/_history") {
            return history(request);
        }
        if let Some(id) = request.target.strip_prefix("/fhir/Patient/") {
            let all = rows.lock().unwrap();
            return match all.iter().find(|r| r.0 == id && r.2.is_ok()) {
                Some(row) => json(200, &resource(row)),
                None => json(410, ""),
            };
        }
        match search(&rows, habits, request) {
            Some(bundle) => json(200, &bundle),
            None => json(410, ""),
        }
    }
}

type Row = (String, u32, Result<UtcMillis, UtcMillis>);

fn resource((id, version, at): &Row) -> String {
    format!(
        r#"{{"resourceType":"Patient","id":"{id}","meta":{{"versionId":"{version}","lastUpdated":"{}"}}}}"#,
        at.unwrap()
    )
}

fn search(rows: &Rows, habits: Habits, request: &Request) -> Option<String> {
    let of_link = parameter(request, "q").filter(|_| habits.links != Links::InnerAndUseless);
    if request.target.starts_with("/fhir?") && of_link.is_none() {
        return None;
    }
    let query = of_link.clone().unwrap_or_else(|| request.target.clone());
    let asked = Request { target: query.clone(), ..request.clone() };
    let value = |name: &str| parameter(&asked, name);
    let mut found: Vec<Row> = rows.lock().unwrap().clone();
    found.retain(|row| row.2.is_ok() && query.starts_with("/fhir/Patient"));
    let url: url::Url = format!("http://x{query}").parse().unwrap();
    for (_, asked) in url.query_pairs().filter(|(name, _)| name == "_lastUpdated") {
        let (prefix, time) = asked.split_at(2);
        let bound = UtcMillis::from_rfc3339(time).unwrap();
        found.retain(|row| match prefix {
            "lt" => row.2.unwrap() < bound,
            "gt" => row.2.unwrap() > bound,
            _ => row.2.unwrap() >= bound,
        });
    }
    if let Some(ids) = value("_id") {
        found.retain(|row| ids.split(',').any(|id| id == row.0));
    }
    if habits.sorts && value("_sort").is_some() {
        found.sort_by_key(|row| row.2.ok());
    }
    if value("_sort").is_some_and(|by| by.starts_with('-')) {
        found.sort_by_key(|row| std::cmp::Reverse(row.2.ok()));
    }
    let total = found.len();
    let asked_size = value("_count").and_then(|c| c.parse().ok()).unwrap_or(50);
    let from = parameter(request, "from").or_else(|| value("_offset").filter(|_| habits.offsets));
    let from: usize = from.and_then(|f| f.parse().ok()).unwrap_or(0);
    let size = if value("_summary").is_some() { 0 } else { habits.page.min(asked_size) };
    let mut links = if habits.says {
        let sort = if habits.sorts { "_sort=_lastUpdated&" } else { "" };
        format!(r#"{{"relation":"self","url":"/fhir/Patient?{sort}_count={size}"}}"#)
    } else {
        String::from(r#"{"relation":"self","url":"/fhir/Patient"}"#)
    };
    if size > 0 && from + size < total && habits.links != Links::Missing {
        let base = if habits.links == Links::Own { "/fhir" } else { "http://10.0.0.7:8080/hapi/fhir" };
        let q: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        let _ = write!(links, r#",{{"relation":"next","url":"{base}?_getpages=1&q={q}&from={}"}}"#, from + size);
    }
    let entry = |row: &Row| format!(r#"{{"resource":{}}}"#, resource(row));
    let entries: Vec<String> = found.iter().skip(from).take(size).map(entry).collect();
    let counted = habits.totals || value("_summary").is_some() || value("_total").is_some();
    let total = if counted { format!(r#""total":{total},"#) } else { String::new() };
    Some(format!(
        r#"{{"resourceType":"Bundle","type":"searchset","meta":{{"lastUpdated":"{NOW}"}},{total}"link":[{links}],"entry":[{}]}}"#,
        entries.join(",")
    ))
}

fn batch(rows: &Rows, habits: Habits, request: &Request) -> Vec<u8> {
    if !habits.batches {
        return json(400, r#"{"resourceType":"OperationOutcome"}"#);
    }
    let asked: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    let one = |entry: &serde_json::Value| {
        let target = format!("/fhir/{}", entry["request"]["url"].as_str().unwrap());
        let reply = fake(rows, habits)(&Request { method: String::from("GET"), target, ..request.clone() });
        let reply = String::from_utf8(reply).unwrap();
        format!(r#"{{"resource":{},"response":{{"status":"200 OK"}}}}"#, reply.split_once("\r\n\r\n").unwrap().1)
    };
    let entries: Vec<String> = asked["entry"].as_array().unwrap().iter().map(one).collect();
    json(200, &format!(r#"{{"resourceType":"Bundle","type":"batch-response","entry":[{}]}}"#, entries.join(",")))
}

/// `count` patients, each a second newer than the one before.
pub(super) fn many(count: i64, oldest: i64) -> Rows {
    let row = |n: i64| (format!("p{n}"), 1, Ok(NOW.plus_millis(oldest + n * 1_000)));
    Arc::new(Mutex::new((0..count).map(row).collect()))
}

/// Pulls with the cursors of the last pull, also of other types.
pub(super) async fn pull_again(
    store: &Arc<MemoryStore>,
    types: &[&str],
    history: bool,
    answer: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
) -> (Result<(u64, Pulled), SyncError>, TestServer) {
    store.contents().carry_all();
    pull_types(store, types, history, answer).await
}
