//! What directory.db reveals to a reader with the clerk's keys and without the program: path by path, against the list in
//! docs/security/directory.md. Whatever is new there, and every clinical word where none is expected, fails.

use crate::clerk::clinic_with;
use chartkeep_tests::{ExtractedKeys, TestSession};
use keep_backend::{Today, write_clinic};
use keep_domain::{Segment, UtcMillis};
use keep_store::{OpenMode, open_cipher, segment_path};
use rusqlite::types::ValueRef;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The page with the list, and the columns of its lines.
const PAGE: &str = "docs/security/directory.md";
const ADMINISTRATIVE: &str = "administrative";
const MAY_BE_CLINICAL: &str = "may be clinical";
/// HL7's own examples, where they are available.
const HL7_EXAMPLES: &str = "../shared/data/hl7-r4-examples.ndjson.zst";
/// Words of the trade that no list of the demo has as such.
const CLINICAL_WORDS: [&str; 8] =
    ["anaphylaxis", "antenatal", "allergy", "diabet", "falls risk", "pregnan", "malaria", "family planning"];

/// The values at one path of one type.
type Found = BTreeMap<(String, String), BTreeSet<String>>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

#[test]
fn the_directory_of_the_demo_clinic_holds_what_is_listed() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("demo.ndjson");
    let today = Today::of(UtcMillis::from_rfc3339("2026-11-22T09:00:00Z").expect("a time"));
    write_clinic(&file, 1, &today).expect("the demo clinic");
    let records: Vec<String> = std::fs::read_to_string(&file).expect("demo").lines().map(str::to_owned).collect();
    // Half of them are values that no table would place in the directory; the routing table's own test says so.
    let records = records.into_iter().filter(|r| !r.contains(r#""resourceType":"Observation""#)).collect();
    let found = directory_of(folder.path(), records);
    check(&found);
    // The search works: appointments of the front desk have their reasons in the file.
    let reasons = &found[&(String::from("Appointment"), String::from("reasonCode.text"))];
    assert!(reasons.iter().any(|r| words().iter().any(|w| r.to_lowercase().contains(w))), "{reasons:?}");
    let flags = &found[&(String::from("Flag"), String::from("code.text"))];
    assert!(flags.iter().all(|f| f.starts_with("Interpreter needed")), "{flags:?}");
}

#[test]
fn the_directory_of_hl7s_examples_holds_what_is_listed() {
    let path = root().join(HL7_EXAMPLES);
    let Ok(packed) = std::fs::File::open(&path) else {
        println!("not run: {HL7_EXAMPLES} is missing");
        return;
    };
    let text = String::from_utf8(zstd::decode_all(packed).expect("zstd")).expect("text");
    let folder = tempfile::tempdir().expect("folder");
    let found = directory_of(folder.path(), text.lines().map(str::to_owned).collect());
    assert!(found.len() > 100, "{} paths", found.len());
    check(&found);
}

/// Everything that the clerk's keys decrypt, without the program.
fn directory_of(folder: &Path, records: Vec<String>) -> Found {
    let session = TestSession::at(&folder.join("profile"));
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let leila: ExtractedKeys = clinic_with(&session, &runtime, records);
    let segments = leila.segments();
    let [directory] = segments.as_slice() else { panic!("the clerk holds one segment key") };
    let path = segment_path(session.profile(), Segment::Directory);
    let conn = open_cipher(&path, &directory.database_key(), OpenMode::Read).expect("directory.db opens");
    let dictionary = std::fs::read(root().join("assets/zstd/fhir-r4-1.dict")).expect("dictionary");
    let mut inflate = zstd::bulk::Decompressor::with_dictionary(&dictionary).expect("dictionary");
    let mut json = |body: &[u8]| -> Value {
        let text = inflate.decompress(body, 16 << 20).expect("a body");
        serde_json::from_slice(&text).expect("json")
    };
    let mut found = Found::new();
    let tables: Vec<String> = column(&conn, "SELECT name FROM sqlite_schema WHERE type = 'table'");
    for table in tables.iter().filter(|t| !t.starts_with("patient_name_")) {
        let mut statement = conn.prepare(&format!("SELECT * FROM {table}")).expect("table");
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            let kind = match table.as_str() {
                "journal" => format!("journal {}", row.get::<_, i64>("kind").expect("kind")),
                _ => format!("table {table}"),
            };
            for (place, name) in names.iter().enumerate() {
                let value = row.get_ref(place).expect("a value");
                match (table.as_str(), name.as_str(), value) {
                    ("resource", "body", ValueRef::Blob(body)) => {
                        let resource = json(body);
                        let of = resource["resourceType"].as_str().expect("a type").to_owned();
                        walk(&of, String::new(), &resource, &mut found);
                    }
                    ("journal", "body", ValueRef::Blob(body)) => walk(&kind, String::new(), &json(body), &mut found),
                    (_, _, ValueRef::Null) => {}
                    (_, _, ValueRef::Text(text)) => {
                        note(&kind, name, String::from_utf8_lossy(text).into_owned(), &mut found);
                    }
                    (_, _, ValueRef::Blob(bytes)) => {
                        note(&kind, name, String::from_utf8_lossy(bytes).into_owned(), &mut found);
                    }
                    (_, _, ValueRef::Integer(number)) => note(&kind, name, number.to_string(), &mut found),
                    (_, _, ValueRef::Real(_)) => panic!("{table}.{name}: no column holds a fraction"),
                }
            }
        }
    }
    found
}

fn column(conn: &rusqlite::Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(sql).expect("statement");
    let rows = statement.query_map([], |r| r.get(0)).expect("rows");
    rows.collect::<Result<_, _>>().expect("texts")
}

fn note(kind: &str, path: &str, value: String, found: &mut Found) {
    found.entry((kind.to_owned(), path.to_owned())).or_default().insert(value);
}

/// Every value of a resource by its path. What is contained, extended or written as prose is one path each: it may be
/// anything.
fn walk(kind: &str, path: String, value: &Value, found: &mut Found) {
    let end = path.rsplit('.').next().unwrap_or_default();
    if ["contained", "extension", "modifierExtension", "div"].contains(&end) || end.starts_with('_') {
        return note(kind, &path, value.to_string(), found);
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(kind, below, member, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(kind, path.clone(), item, found)),
        Value::String(text) => note(kind, &path, text.clone(), found),
        other => note(kind, &path, other.to_string(), found),
    }
}

/// The list: type and path, and whether what stands there may be clinical.
fn listed() -> BTreeMap<(String, String), bool> {
    let page = std::fs::read_to_string(root().join(PAGE)).expect("the page with the list");
    let mut listed = BTreeMap::new();
    for line in page.lines() {
        let fields: Vec<&str> = line.split('|').map(str::trim).collect();
        let ["", kind, class @ (ADMINISTRATIVE | MAY_BE_CLINICAL), paths, ""] = fields.as_slice() else { continue };
        for path in paths.split_whitespace() {
            let key = (kind.trim_matches('`').to_owned(), path.trim_matches('`').to_owned());
            assert!(listed.insert(key, *class == MAY_BE_CLINICAL).is_none(), "{kind} {path} stands there twice");
        }
    }
    listed
}

/// What the demo's lists call problems, medicines, allergens, reactions, tests, vaccines and reasons.
fn words() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("assets/demo/catalogue.json")).expect("catalogue");
    let catalogue: Value = serde_json::from_str(&text).expect("json");
    let mut words: Vec<String> = CLINICAL_WORDS.map(str::to_owned).to_vec();
    for list in ["problems", "medicines", "allergens", "tests", "vaccines", "reasons"] {
        let items: Vec<&Value> = match &catalogue[list] {
            Value::Object(members) => members.values().collect(),
            Value::Array(items) => items.iter().collect(),
            _ => panic!("{list} is no list"),
        };
        let texts = items.iter().flat_map(|i| ["text", "reaction", "diagnosis"].map(|name| i[name].as_str()));
        words.extend(texts.flatten().map(str::to_lowercase).filter(|w| w.len() > 4));
    }
    assert!(words.len() > 60, "{} words", words.len());
    words
}

fn check(found: &Found) {
    let (listed, words) = (listed(), words());
    let mut findings = Vec::new();
    let mut new: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for ((kind, path), values) in found {
        let everywhere = || listed.get(&(String::from("any"), path.clone()));
        match listed.get(&(kind.clone(), path.clone())).or_else(everywhere) {
            None => new.entry(kind).or_default().push(path),
            Some(true) => {}
            Some(false) => {
                let said = |value: &&String| words.iter().any(|w| value.to_lowercase().contains(w.as_str()));
                findings.extend(values.iter().find(said).map(|v| format!("{kind} {path} says {v:?}")));
            }
        }
    }
    findings.extend(new.into_iter().map(|(kind, paths)| format!("not listed: | {kind} | ? | {} |", paths.join(" "))));
    assert!(listed.len() > 100, "the list is where it is looked for");
    assert!(findings.is_empty(), "directory.db, against {PAGE}:\n{}", findings.join("\n"));
}
