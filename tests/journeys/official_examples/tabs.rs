//! The rows of a chart's tabs, as the page gets them: one reply for each tab, and no other one.

use chartkeep_tests::ok;
use keep_domain::UtcMillis;
use keep_session::Workstation;
use keep_session::cases::chart;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The tabs that are plain lists of records.
const LISTS: [&str; 8] =
    ["visits", "reports", "orders", "procedures", "care_plans", "devices", "family_history", "other"];
/// Rows of one window.
const LIMIT: u32 = 200;
/// Elements that name a record, the first one that it has counts.
const NAMES: [&str; 15] = [
    "code",
    "vaccineCode",
    "medicationCodeableConcept",
    "title",
    "description",
    "type",
    "serviceType",
    "appointmentType",
    "vaccinationProtocol",
    "payload",
    "reasonCode",
    "kind",
    "scope",
    "category",
    "summary",
];
/// Elements with the time that a clinician looks for, the first one that a record has counts.
const TIMES: [&str; 18] = [
    "effectiveDateTime",
    "effectiveInstant",
    "performedDateTime",
    "occurrenceDateTime",
    "occurredDateTime",
    "onsetDateTime",
    "whenHandedOver",
    "authoredOn",
    "started",
    "start",
    "startDate",
    "dateTime",
    "date",
    "dateAsserted",
    "recordedDate",
    "recorded",
    "issued",
    "created",
];
/// Elements with a period whose start is that time.
const PERIODS: [&str; 6] =
    ["effectivePeriod", "performedPeriod", "occurrencePeriod", "occurredPeriod", "onsetPeriod", "period"];

/// A record's row in one tab.
pub(super) struct Row {
    pub(super) tab: &'static str,
    pub(super) shown: Value,
}

/// The rows of all tabs of one chart, by record.
pub(super) fn rows_of(app: &Workstation, patient: &str) -> BTreeMap<String, Vec<Row>> {
    let mut found: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    let mut add = |tab, reference: String, shown: &Value| {
        found.entry(reference).or_default().push(Row { tab, shown: shown.clone() });
    };
    let opened = serde_json::to_value(ok(chart::open_chart(app, patient))).expect("json");
    for medicine in list(&opened["medicines"]) {
        add("medicines", text(&medicine["reference"]), medicine);
        // One line has the order and what followed from it; each of those has its name only where it is another one.
        for event in list(&medicine["history"]) {
            let mut event = event.clone();
            event["named"] = medicine["name"].clone();
            event["product"] = medicine["product"].clone();
            add("medicines", text(&event["reference"]), &event);
        }
    }
    for (tab, kind) in [("problems", "Condition"), ("immunisations", "Immunization")] {
        list(&opened[tab]).iter().for_each(|row| add(tab, format!("{kind}/{}", text(&row["id"])), row));
    }
    for group in ["current", "statements", "past", "void"] {
        let rows = list(&opened["allergies"][group]);
        rows.iter().for_each(|row| add("allergies", format!("AllergyIntolerance/{}", text(&row["id"])), row));
    }
    for series in list(&opened["vitals"]) {
        let points = list(&series["points"]).iter().chain(list(&series["enteredInError"]).iter().map(|e| &e["point"]));
        for point in points {
            let shown = json!({"series": [series["key"], series["name"]], "point": point});
            // One row of a measurement that several records have.
            let same = list(&point["same"]).iter().chain([&point["id"]]);
            same.for_each(|id| add("vitals", format!("Observation/{}", text(id)), &shown));
            list(&point["values"])
                .iter()
                .for_each(|v| add("vitals", format!("Observation/{}", text(&v["id"])), &shown));
        }
    }
    let window = |offset: u32| json!({"patient": patient, "offset": offset, "limit": LIMIT});
    let read = |value: Value| serde_json::from_value(value).expect("a request");
    for row in all(|offset| serde_json::to_value(ok(chart::chart_results(app, read(window(offset))))).expect("json")) {
        let kind = if row["isReport"] == true { "DiagnosticReport" } else { "Observation" };
        add("results", format!("{kind}/{}", text(&row["id"])), &row);
        list(&row["same"]).iter().for_each(|id| add("results", format!("Observation/{}", text(id)), &row));
    }
    for row in all(|offset| serde_json::to_value(ok(chart::chart_notes(app, read(window(offset))))).expect("json")) {
        add("notes", text(&row["reference"]), &row);
    }
    for tab in LISTS {
        let request = |offset| {
            let mut request = window(offset);
            request["tab"] = json!(tab);
            serde_json::from_value(request).expect("a request")
        };
        for row in all(|offset| serde_json::to_value(ok(chart::chart_timeline(app, request(offset)))).expect("json")) {
            add(tab, text(&row["reference"]), &row);
        }
    }
    found
}

/// All rows of a list that comes in windows.
fn all(window: impl Fn(u32) -> Value) -> Vec<Value> {
    let mut rows = Vec::new();
    loop {
        let reply = window(u32::try_from(rows.len()).expect("few"));
        let more = list(&reply["rows"]).to_vec();
        let is_last = more.is_empty();
        rows.extend(more);
        if is_last
            || reply["total"].as_u64().is_none_or(|total| u64::try_from(rows.len()).is_ok_and(|len| len >= total))
        {
            return rows;
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

impl Row {
    /// The marks of the record.
    pub(super) fn marks(&self) -> Vec<Value> {
        let own = if self.tab == "vitals" { &self.shown["point"]["marks"] } else { &self.shown["marks"] };
        list(own).to_vec()
    }

    /// Whether a column of the row has this status.
    pub(super) fn says_status(&self, status: &str) -> bool {
        self.shown["status"] == status
    }

    /// What the row itself does not say of its record: its name, its time, its status, its value.
    pub(super) fn lacks(&self, record: &Value) -> Vec<String> {
        let mut strings = Vec::new();
        collect(&self.shown, &mut strings);
        let says =
            |wanted: &str| strings.iter().any(|s| s.contains(wanted) || (wanted.contains(s.as_str()) && s.len() > 2));
        let mut lost = Vec::new();
        let names = names_of(record);
        let is_statement = self.shown["absence"].is_object() || self.shown["title"]["kind"] == "no_allergy";
        // Tall Man letters and the parts of a product are other letters of the same name.
        let folded: Vec<String> = strings.iter().map(|s| fold(s)).collect();
        let is_part = |n: &String, s: &String| !s.is_empty() && (fold(n).contains(s) || s.contains(&fold(n)));
        let is_named = names.iter().any(|n| says(n) || folded.iter().any(|s| is_part(n, s)));
        // A step in the history of a medicine has a name where it differs from the line's.
        let is_same_medicine = self.shown["named"].is_string() && self.shown["name"].is_null();
        let is_sign = self.tab == "vitals" && self.shown["series"][0] != "other";
        if !names.is_empty() && !is_named && !is_statement && !is_sign && !is_same_medicine {
            lost.push(format!("name {names:?}"));
        }
        if let Some(at) = time_of(record) {
            let instant = UtcMillis::from_rfc3339(&at);
            let same = |s: &String| *s == at || instant.is_some() && UtcMillis::from_rfc3339(s) == instant;
            if !strings.iter().any(same) {
                lost.push(format!("date {at}"));
            }
        }
        for value in values_of(record) {
            // A value that does not count is not shown as one; the mark says why.
            let counts = !matches!(record["status"].as_str(), Some("cancelled" | "entered-in-error" | "registered"));
            if counts && !says(&value) {
                lost.push(format!("value {value}"));
            }
        }
        lost
    }
}

/// Letters and digits only, small.
fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn collect(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        Value::Object(members) => {
            let own = members.iter().filter(|(name, _)| !matches!(name.as_str(), "reference" | "id" | "kind"));
            own.for_each(|(_, member)| collect(member, into));
        }
        _ => {}
    }
}

/// The ways in which a record names itself: the words, or else the codes, of the first naming element that it has.
fn names_of(record: &Value) -> Vec<String> {
    let words = |value: &Value| -> Vec<String> {
        let concepts = if value.is_array() { list(value) } else { std::slice::from_ref(value) };
        let of = |concept: &Value| {
            let codings = || list(&concept["coding"]).iter();
            let mut found: Vec<String> = concept.as_str().map(str::to_owned).into_iter().collect();
            found.extend(concept["text"].as_str().map(str::to_owned));
            found.extend(codings().filter_map(|c| c["display"].as_str().map(str::to_owned)));
            if found.is_empty() {
                found.extend(codings().chain([concept]).filter_map(|c| c["code"].as_str().map(str::to_owned)));
            }
            found
        };
        concepts.iter().flat_map(of).filter(|t| !t.trim().is_empty()).collect()
    };
    if record["resourceType"].as_str().is_some_and(|kind| kind.starts_with("Medication")) {
        // Named by the medicine alone, which may be inside of the record.
        let inside = list(&record["contained"]).iter().find(|c| c["resourceType"] == "Medication");
        let referenced = || record["medicationReference"]["display"].as_str().map(|d| vec![d.to_owned()]);
        let own = words(&record["medicationCodeableConcept"]);
        let own = if own.is_empty() { inside.map(|c| words(&c["code"])).unwrap_or_default() } else { own };
        return if own.is_empty() { referenced().unwrap_or_default() } else { own };
    }
    NAMES.iter().map(|name| words(&record[*name])).find(|found| !found.is_empty()).unwrap_or_default()
}

fn time_of(record: &Value) -> Option<String> {
    if matches!(record["resourceType"].as_str(), Some("Patient" | "RelatedPerson" | "Coverage" | "Account")) {
        return None;
    }
    // A period of what happened before the time at which it was written down.
    let (happened, written) = TIMES.split_at(11);
    let single = |names: &[&str]| names.iter().find_map(|name| record[*name].as_str());
    let start = || PERIODS.iter().find_map(|name| record[*name]["start"].as_str());
    single(happened).or_else(start).or_else(|| single(written)).map(str::to_owned)
}

/// The value of an Observation: digits, or words.
fn values_of(record: &Value) -> Vec<String> {
    if record["resourceType"] != "Observation" {
        return Vec::new();
    }
    let concept = &record["valueCodeableConcept"];
    let words = concept["text"].as_str().or_else(|| list(&concept["coding"]).first()?["display"].as_str());
    let quantity = record["valueQuantity"]["value"].as_f64().map(|v| v.to_string());
    let text = record["valueString"].as_str().map(|t| t.chars().take(100).collect());
    words.map(str::to_owned).into_iter().chain(quantity).chain(text).collect()
}
