//! What a resource can be found by, taken from its JSON.

use super::moment::Interval;
use super::terms::{Kind, terms_of};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The rows of the search tables for one resource.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// (parameter, value, system)
    pub(crate) words: Vec<(&'static str, String, String)>,
    pub(crate) moments: Vec<(&'static str, Interval)>,
    /// What `_sort=date` sorts by; 0 = no date.
    pub(crate) happened: i64,
}

impl Keys {
    /// Extracts from a stored body. A body that cannot be read has no keys but is kept and served.
    pub(crate) fn of(resource_type: &str, body: &str) -> Self {
        let Ok(resource) = serde_json::from_str::<Value>(body) else { return Self::default() };
        let mut keys = Self::default();
        for term in terms_of(resource_type) {
            for path in term.paths {
                walk(&resource, path, &mut |value| keys.add(term.name, term.kind, value));
            }
        }
        keys.words.sort_unstable();
        keys.words.dedup();
        keys
    }

    fn add(&mut self, name: &'static str, kind: Kind, value: &Value) {
        match kind {
            Kind::Token => self.add_token(name, value),
            Kind::Contact => {
                if let Some(contact) = value.get("value").and_then(Value::as_str) {
                    self.words.push((name, fold_contact(contact), String::new()));
                }
            }
            Kind::Text => self.add_text(name, value),
            Kind::Reference => {
                if let Some(target) = value.get("reference").and_then(Value::as_str) {
                    self.words.push((name, target.to_owned(), String::new()));
                }
            }
            Kind::Date => {
                if let Some(interval) = Interval::read_value(value) {
                    if self.happened == 0 {
                        self.happened = if interval.low == i64::MIN { interval.high } else { interval.low };
                    }
                    self.moments.push((name, interval));
                }
            }
        }
    }

    fn add_token(&mut self, name: &'static str, value: &Value) {
        let text = |part: &str| value.get(part).and_then(Value::as_str).unwrap_or_default().to_owned();
        match value {
            Value::String(code) => self.words.push((name, code.clone(), String::new())),
            Value::Bool(flag) => self.words.push((name, flag.to_string(), String::new())),
            Value::Object(concept) => {
                if let Some(Value::Array(codings)) = concept.get("coding") {
                    codings.iter().for_each(|coding| self.add_token(name, coding));
                } else if concept.contains_key("code") {
                    self.words.push((name, text("code"), text("system")));
                } else if concept.contains_key("value") {
                    self.words.push((name, text("value"), text("system")));
                }
            }
            _ => {}
        }
    }

    fn add_text(&mut self, name: &'static str, value: &Value) {
        match value {
            Value::String(text) => self.words.push((name, fold(text), String::new())),
            Value::Array(parts) => parts.iter().for_each(|part| self.add_text(name, part)),
            Value::Object(human) => {
                for part in ["family", "given", "text", "prefix", "suffix"] {
                    if let Some(value) = human.get(part) {
                        self.add_text(name, value);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Calls `found` for every value at `path`, going into each element of arrays on the way.
fn walk(value: &Value, path: &[&str], found: &mut impl FnMut(&Value)) {
    if let Value::Array(items) = value {
        items.iter().for_each(|item| walk(item, path, found));
    } else if let Some((first, rest)) = path.split_first() {
        if let Some(inner) = value.get(first) {
            walk(inner, rest, found);
        }
    } else {
        found(value);
    }
}

/// Text as it is compared: lower case, without diacritics (FHIR R4 3.1.1.4.8 string).
pub(crate) fn fold(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// Phone numbers by their digits, other contacts folded.
pub(crate) fn fold_contact(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if text.contains('@') || digits.is_empty() { fold(text) } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patient_is_found_by_what_people_know() {
        let body = r#"{"resourceType":"Patient","identifier":[{"system":"urn:clinic","value":"CH-004471"}],
            "name":[{"family":"González","given":["María","Fernanda"]}],"telecom":[{"system":"phone","value":"+254 700 555 014"}],
            "birthDate":"1961-02-03","meta":{"security":[{"system":"s","code":"R"}]}}"#;
        let keys = Keys::of("Patient", body);
        for (param, value, system) in [
            ("identifier", "CH-004471", "urn:clinic"),
            ("family", "gonzalez", ""),
            ("given", "maria", ""),
            ("phone", "254700555014", ""),
            ("_security", "R", "s"),
        ] {
            assert!(keys.words.contains(&(param, value.to_owned(), system.to_owned())), "{param}");
        }
        assert_eq!(keys.moments.len(), 1);
    }

    #[test]
    fn subjects_of_every_kind_count_as_patient() {
        let body = r#"{"participant":[{"actor":{"reference":"Patient/p"}},{"actor":{"reference":"Practitioner/q"}}],"start":"2026-11-22T09:00:00Z"}"#;
        let keys = Keys::of("Appointment", body);
        assert!(keys.words.iter().any(|(p, v, _)| *p == "patient" && v == "Patient/p"));
        assert!(keys.happened > 0);
    }

    #[test]
    fn unreadable_bodies_have_no_keys() {
        assert!(Keys::of("Patient", "{").words.is_empty());
    }
}
