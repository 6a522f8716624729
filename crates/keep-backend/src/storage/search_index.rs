//! The search index entries of a resource, extracted from its JSON.

use super::interval::Interval;
use super::search_params::{ParamType, params_for};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The rows of one resource in the search tables.
#[derive(Debug, Default)]
pub(crate) struct IndexEntries {
    /// (parameter, value, system)
    pub(crate) values: Vec<(&'static str, String, String)>,
    /// (parameter, date)
    pub(crate) dates: Vec<(&'static str, Interval)>,
    /// Sort value of `_sort=date`, ms; 0 = no date.
    pub(crate) happened: i64,
}

impl IndexEntries {
    /// Extracts the entries of a stored body. A body that cannot be parsed has none.
    pub(crate) fn extract(resource_type: &str, body: &str) -> Self {
        let Ok(resource) = serde_json::from_str::<Value>(body) else { return Self::default() };
        let mut entries = Self::default();
        for param in params_for(resource_type) {
            for path in param.paths {
                visit_values(&resource, path, &mut |value| entries.add(param.name, param.param_type, value));
            }
        }
        entries.values.sort_unstable();
        entries.values.dedup();
        entries
    }

    fn add(&mut self, name: &'static str, param_type: ParamType, value: &Value) {
        match param_type {
            ParamType::Token => self.add_token(name, value),
            ParamType::Contact => {
                if let Some(contact) = value.get("value").and_then(Value::as_str) {
                    self.values.push((name, fold_contact(contact), String::new()));
                }
            }
            ParamType::Text => self.add_text(name, value),
            ParamType::Reference => {
                if let Some(target) = value.get("reference").and_then(Value::as_str) {
                    self.values.push((name, target.to_owned(), String::new()));
                }
            }
            ParamType::Date => {
                if let Some(interval) = Interval::parse_value(value) {
                    if self.happened == 0 {
                        self.happened = if interval.low == i64::MIN { interval.high } else { interval.low };
                    }
                    self.dates.push((name, interval));
                }
            }
        }
    }

    fn add_token(&mut self, name: &'static str, value: &Value) {
        let text = |part: &str| value.get(part).and_then(Value::as_str).unwrap_or_default().to_owned();
        match value {
            Value::String(code) => self.values.push((name, code.clone(), String::new())),
            Value::Bool(flag) => self.values.push((name, flag.to_string(), String::new())),
            Value::Object(concept) => {
                if let Some(Value::Array(codings)) = concept.get("coding") {
                    codings.iter().for_each(|coding| self.add_token(name, coding));
                } else if concept.contains_key("code") {
                    self.values.push((name, text("code"), text("system")));
                } else if concept.contains_key("value") {
                    self.values.push((name, text("value"), text("system")));
                }
            }
            _ => {}
        }
    }

    fn add_text(&mut self, name: &'static str, value: &Value) {
        match value {
            Value::String(text) => self.values.push((name, fold(text), String::new())),
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

/// Calls `visit` for every value at `path`, including each element of arrays on the way.
fn visit_values(value: &Value, path: &[&str], visit: &mut impl FnMut(&Value)) {
    if let Value::Array(items) = value {
        items.iter().for_each(|item| visit_values(item, path, visit));
    } else if let Some((first, rest)) = path.split_first() {
        if let Some(inner) = value.get(first) {
            visit_values(inner, rest, visit);
        }
    } else {
        visit(value);
    }
}

/// Text normalised for comparison: lower case, without diacritics (FHIR R4 3.1.1.4.8 string).
pub(crate) fn fold(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// A contact normalised for comparison: the digits of a phone number, otherwise folded text.
pub(crate) fn fold_contact(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if text.contains('@') || digits.is_empty() { fold(text) } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patients_are_indexed_by_name_number_phone_and_label() {
        let body = r#"{"resourceType":"Patient","identifier":[{"system":"urn:clinic","value":"CH-004471"}],
            "name":[{"family":"González","given":["María","Fernanda"]}],"telecom":[{"system":"phone","value":"+254 700 555 014"}],
            "birthDate":"1961-02-03","meta":{"security":[{"system":"s","code":"R"}]}}"#;
        let entries = IndexEntries::extract("Patient", body);
        for (param, value, system) in [
            ("identifier", "CH-004471", "urn:clinic"),
            ("family", "gonzalez", ""),
            ("given", "maria", ""),
            ("phone", "254700555014", ""),
            ("_security", "R", "s"),
        ] {
            assert!(entries.values.contains(&(param, value.to_owned(), system.to_owned())), "{param}");
        }
        assert_eq!(entries.dates.len(), 1);
    }

    #[test]
    fn every_kind_of_subject_is_indexed_as_patient() {
        let body = r#"{"participant":[{"actor":{"reference":"Patient/p"}},{"actor":{"reference":"Practitioner/q"}}],"start":"2026-11-22T09:00:00Z"}"#;
        let entries = IndexEntries::extract("Appointment", body);
        assert!(entries.values.iter().any(|(p, v, _)| *p == "patient" && v == "Patient/p"));
        assert!(entries.happened > 0);
    }

    #[test]
    fn invalid_bodies_have_no_entries() {
        assert!(IndexEntries::extract("Patient", "{").values.is_empty());
    }
}
