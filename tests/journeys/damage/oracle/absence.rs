//! Screen by screen: each line that is shown is one that the whole profile shows, and where one is missing the screen
//! says that something is.

use serde_json::Value;

/// Which member names an item, for the sentence that says what is wrong.
const NAMES: [&str; 9] = ["reference", "id", "patient", "key", "substance", "text", "name", "list", "user"];

fn name_of(item: &Value) -> String {
    let named = NAMES.iter().find_map(|n| item.get(*n));
    match named {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(inner)) => name_of(&Value::Object(inner.clone())),
        _ => item.to_string().chars().take(60).collect(),
    }
}

fn list_of<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Two lists: what is shown is there, and as often; what is not shown is said to be missing.
pub(super) fn items(what: &str, whole: &Value, shown: &Value, says_less: bool, wrong: &mut Vec<String>) {
    let (whole, shown) =
        (whole.as_array().map_or(&[][..], Vec::as_slice), shown.as_array().map_or(&[][..], Vec::as_slice));
    lists(what, whole, shown, says_less, wrong);
}

fn lists(what: &str, whole: &[Value], shown: &[Value], says_less: bool, wrong: &mut Vec<String>) {
    let mut left: Vec<&Value> = whole.iter().collect();
    // Where a visit that was under way is not known, what is recorded now opens one of its own.
    for item in shown.iter().filter(|i| !is_of_this_case(i) || whole.contains(i)) {
        match left.iter().position(|w| *w == item || is_without_name(item, w)) {
            Some(at) => {
                left.swap_remove(at);
            }
            None => wrong.push(format!("{what}: another value, {}{}", name_of(item), difference(item, &left))),
        }
    }
    if !says_less {
        // One sentence each: of several that are missing, one may be old and another lost.
        wrong.extend(left.iter().map(|item| format!("{what}: missing without a word: {}", name_of(item))));
    }
}

/// Whether a line is about a visit that the case itself has opened.
fn is_of_this_case(item: &Value) -> bool {
    item["reference"] == "Encounter/<id>" && item["at"] == "<time>"
}

/// Whether a draft is the same except for the patient's name, which is missing.
fn is_without_name(item: &Value, whole: &Value) -> bool {
    item.get("patientName").is_some_and(Value::is_null) && {
        let mut named = item.clone();
        named["patientName"] = whole["patientName"].clone();
        named == *whole
    }
}

/// The members in which an item differs from the one of the same name.
fn difference(item: &Value, whole: &[&Value]) -> String {
    let Some(twin) = whole.iter().find(|w| name_of(w) == name_of(item)) else { return String::new() };
    let (Some(a), Some(b)) = (item.as_object(), twin.as_object()) else { return String::new() };
    let members = a.iter().filter(|(name, value)| b.get(*name) != Some(value));
    members.map(|(name, value)| format!(", {name} {value} for {}", b.get(name).unwrap_or(&Value::Null))).collect()
}

/// Each member of an object is the same, or is one of those that `may_lack` and is empty.
fn members(what: &str, whole: &Value, shown: &Value, may_lack: &[&str], wrong: &mut Vec<String>) {
    for (name, value) in shown.as_object().into_iter().flatten() {
        let same = whole.get(name) == Some(value);
        let lacks = may_lack.contains(&name.as_str()) && is_blank(value);
        if !same && !lacks {
            wrong.push(format!("{what}: {name} {value} for {}", whole.get(name).unwrap_or(&Value::Null)));
        }
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(yes) => !yes,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Number(n) => n.as_u64() == Some(0),
        Value::Object(_) => false,
    }
}

/// Who is signed in, and with what permissions.
pub(super) fn session(whole: &Value, shown: &Value, wrong: &mut Vec<String>) {
    let fixed = ["user", "name", "role", "permissions", "lockSeconds", "warningSeconds", "demo"];
    for name in fixed {
        if whole.get(name) != shown.get(name) {
            wrong.push(format!("session: {name} differs"));
        }
    }
}

/// No person is shown as another. A missing tile is judged by the person's unlock.
pub(super) fn lock_screen(whole: &Value, shown: &Value, wrong: &mut Vec<String>) {
    for tile in list_of(shown, "users") {
        let twin = list_of(whole, "users").iter().find(|t| t["user"] == tile["user"]);
        let same = twin.is_some_and(|t| t["name"] == tile["name"] && t["role"] == tile["role"]);
        if !same && tile["state"] != "damaged" {
            wrong.push(format!("lock screen: {} shown as {} {}", tile["user"], tile["role"], tile["name"]));
        }
    }
}

/// A worklist and its counts.
pub(super) fn list(whole: &Value, shown: &Value, says_less: bool, wrong: &mut Vec<String>) {
    rows(whole, shown, says_less, wrong);
    total(whole, shown, says_less, wrong);
    for count in list_of(shown, "counts") {
        let twin = list_of(whole, "counts").iter().find(|c| c["list"] == count["list"]);
        // The charts opened in this case are in the person's own file; a chart that could not be opened is not.
        let own = count["list"] == "my_patients";
        if twin != Some(count) && !own && !(says_less || says_less_of(count)) {
            let had = twin.map_or(&Value::Null, |t| &t["count"]);
            wrong.push(format!("count of {}: {} for {had}", count["list"], count["count"]));
        }
    }
}

fn says_less_of(item: &Value) -> bool {
    super::says_less_itself(item) || item["count"].is_null()
}

/// Found patients.
pub(super) fn search(whole: &Value, shown: &Value, says_less: bool, wrong: &mut Vec<String>) {
    rows(whole, shown, says_less, wrong);
    total(whole, shown, says_less, wrong);
}

fn total(whole: &Value, shown: &Value, says_less: bool, wrong: &mut Vec<String>) {
    if whole.get("total") != shown.get("total") && !says_less {
        wrong.push(format!("{} in all for {}", shown["total"], whole["total"]));
    }
}

fn rows(whole: &Value, shown: &Value, says_less: bool, wrong: &mut Vec<String>) {
    let key = |row: &Value| (row["patient"].clone(), row["appointment"].clone());
    let id = |row: &Value| {
        if row["patient"].is_object() { row["patient"]["patient"].clone() } else { row["patient"].clone() }
    };
    let all = list_of(whole, "rows");
    for row in list_of(shown, "rows") {
        let twin = all
            .iter()
            .find(|w| key(w) == key(row))
            .or_else(|| all.iter().find(|w| id(w) == id(row) && w["appointment"] == row["appointment"]));
        match twin {
            // It is unknown whether the patient belongs in this list, and the row does not say so.
            None if says_less && row["vitals"]["state"] != "due" && all_of(whole, row) => {}
            None => wrong.push(format!("a row of another patient: {}", id(row))),
            Some(twin) => one_row(twin, row, says_less, wrong),
        }
    }
    for row in all.iter().filter(|w| !list_of(shown, "rows").iter().any(|r| id(r) == id(w))) {
        if !says_less {
            wrong.push(format!("no row of {}, and nothing says that any is missing", id(row)));
        }
    }
}

/// Whether the list is one of work that is due, which may contain any waiting patient.
fn all_of(whole: &Value, row: &Value) -> bool {
    whole.get("counts").is_some() && row.get("vitals").is_some()
}

fn one_row(whole: &Value, shown: &Value, says_less: bool, wrong: &mut Vec<String>) {
    let ready = |row: &Value| row["ready"] == true || row["patient"]["ready"] == true;
    let says_less = says_less || (ready(whole) && !ready(shown)) || super::says_less_itself(shown);
    for (name, value) in shown.as_object().into_iter().flatten() {
        let was = whole.get(name).unwrap_or(&Value::Null);
        if was == value {
            continue;
        }
        let fits = match name.as_str() {
            "patient" if value.is_object() => {
                one_row(was, value, says_less, wrong);
                true
            }
            "ready" => value == false,
            // Whether this person opened the chart today is in their own file.
            "openedToday" => value == false,
            "alert" => value == false && says_less,
            "lastSeen" => is_blank(value) && shown["lastSeenKnown"] == false,
            "lastSeenKnown" => value == false,
            "reason" | "with" | "news2" => is_blank(value) && says_less,
            "safety" => value["state"] == "unavailable" || (value["incomplete"] == true && starts(value, was)),
            "vitals" => value.is_null(),
            "unavailable" | "incomplete" => true,
            _ => false,
        };
        if !fits {
            wrong.push(format!("row {}: {name} {value} for {was}", name_of(shown)));
        }
    }
}

/// Whether two lines name the same allergy first.
fn starts(line: &Value, whole: &Value) -> bool {
    ["state", "substance", "reaction"].iter().all(|name| whole[*name] == line[*name])
}

/// Banner and summary.
pub(super) fn chart(whole: &Value, shown: &Value, says_less: bool, wrong: &mut Vec<String>) {
    let unread = says_less && shown["banner"]["family"].is_null();
    if !unread {
        let lacks: &[&str] = if says_less { &["flags", "doNot"] } else { &[] };
        let mut banner = shown["banner"].clone();
        // What the alert is cannot be shown, and that there is one is.
        if says_less && banner["alert"] == true {
            banner["alert"] = whole["banner"]["alert"].clone();
        }
        allergies(&whole["banner"]["allergies"], &banner["allergies"], &["list", "none"], wrong);
        banner["allergies"] = whole["banner"]["allergies"].clone();
        members("banner", &whole["banner"], &banner, lacks, wrong);
    }
    // If the patient's record cannot be read, the age is unknown, and so are ranges and the name on a draft.
    let (whole, shown) = if unread { (&without_the_person(whole), &without_the_person(shown)) } else { (whole, shown) };
    allergies(&whole["allergies"], &shown["allergies"], &["current", "statements", "past", "void"], wrong);
    for counted in list_of(shown, "counts") {
        let tab = counted["tab"].as_str().unwrap_or_default();
        let twin = list_of(whole, "counts").iter().find(|c| c["tab"] == tab);
        if twin != Some(counted) && !says_less {
            let had = twin.map_or(&Value::Null, |c| &c["count"]);
            wrong.push(format!("tab {tab}: {} records for {had}", counted["count"]));
        }
    }
    for list in ["problems", "medicines", "vitals", "results", "immunisations", "drafts", "tabs"] {
        // A draft is in the person's own file, and says nothing of the patient.
        let says_less = says_less || list == "drafts";
        lists(list, list_of(whole, list), list_of(shown, list), says_less, wrong);
    }
    let (note, had) = (&shown["lastNote"], &whole["lastNote"]);
    if note != had && !(note.is_null() && says_less) {
        wrong.push(format!("last note: {note} for {had}"));
    }
    if !whole["completeness"]["asOf"].is_null() && shown["completeness"]["asOf"].is_null() && !says_less {
        wrong.push(String::from("completeness without a time and without a word"));
    }
}

/// A chart without what depends on the patient's record.
fn without_the_person(chart: &Value) -> Value {
    let mut chart = chart.clone();
    for draft in items_of(&mut chart, "drafts") {
        draft["patientName"] = Value::Null;
    }
    for series in items_of(&mut chart, "vitals") {
        series["ranges"] = Value::Null;
        for value in items_of(series, "points").flat_map(|point| items_of(point, "values")) {
            value["flag"] = Value::Null;
        }
    }
    chart
}

fn items_of<'v>(value: &'v mut Value, name: &str) -> impl Iterator<Item = &'v mut Value> {
    value.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
}

fn allergies(whole: &Value, shown: &Value, names: &[&str], wrong: &mut Vec<String>) {
    if whole == shown || shown["state"] == "unavailable" {
        return;
    }
    if shown["state"] == "known" && whole["state"] == "known" {
        for name in names {
            lists("allergies", list_of(whole, name), list_of(shown, name), shown["incomplete"] == true, wrong);
        }
        return;
    }
    wrong.push(format!("allergies {} for {}", shown["state"], whole["state"]));
}

/// One tab's rows.
pub(super) fn window(whole: &Value, shown: &Value, says_less: bool, wrong: &mut Vec<String>) {
    lists("rows", list_of(whole, "rows"), list_of(shown, "rows"), says_less, wrong);
    total(whole, shown, says_less, wrong);
}

/// The chip's counts are of this device's unsent work, which is compared with the server.
pub(super) fn chip(whole: &Value, shown: &Value, wrong: &mut Vec<String>) {
    let waits = |chip: &Value| chip["pending"].as_u64().unwrap_or(0) + chip["failed"].as_u64().unwrap_or(0);
    if waits(shown) < waits(whole) && shown["state"] == "idle" && !super::says_less_itself(shown) {
        wrong.push(format!("the chip counts {} unsent for {}", waits(shown), waits(whole)));
    }
}
