//! JSON objects as lists of raw members, so that unknown elements and decimals are stored byte for byte.

use crate::fhir_error::FhirError;
use keep_domain::UtcMillis;
use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt::{self, Write};

/// The members of a JSON object in the order received.
#[derive(Debug, Default)]
pub(crate) struct RawObject<'a> {
    pub(crate) members: Vec<(String, &'a RawValue)>,
}

impl<'a> RawObject<'a> {
    /// Parses one object.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The raw text of a member.
    pub(crate) fn member(&self, name: &str) -> Option<&'a str> {
        self.members.iter().find(|(n, _)| n == name).map(|(_, v)| v.get())
    }

    /// The value of a member that is a string.
    pub(crate) fn string(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.member(name)?).ok()
    }
}

impl<'de> Deserialize<'de> for RawObject<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = RawObject<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawObject<'de>, A::Error> {
                let mut members = Vec::with_capacity(16);
                while let Some(member) = map.next_entry::<String, &'de RawValue>()? {
                    members.push(member);
                }
                Ok(RawObject { members })
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// A resource as the client sent it.
#[derive(Debug)]
pub(crate) struct IncomingResource<'a> {
    pub(crate) resource_type: String,
    pub(crate) id: Option<String>,
    members: RawObject<'a>,
}

impl<'a> IncomingResource<'a> {
    /// Parses a resource.
    ///
    /// # Errors
    /// 400 if it is not a JSON object with a `resourceType` of FHIR R4.
    pub(crate) fn parse(text: &'a str) -> Result<Self, FhirError> {
        let members = RawObject::parse(text).ok_or_else(|| FhirError::invalid("the body is not a JSON object"))?;
        let resource_type =
            members.string("resourceType").ok_or_else(|| FhirError::invalid("resourceType is missing"))?;
        if !keep_domain::is_r4_type(&resource_type) {
            return Err(FhirError::invalid("resourceType is not a type of FHIR R4"));
        }
        let id = match members.member("id") {
            None => None,
            Some(_) => Some(members.string("id").ok_or_else(|| FhirError::invalid("id is not a string"))?),
        };
        Ok(Self { resource_type, id, members })
    }

    /// The resource as it is stored and served: as received, with `id` and the server's `meta`.
    ///
    /// Like HAPI, tags and security labels of the previous version remain unless new ones are sent.
    pub(crate) fn with_meta(&self, id: &str, version: i64, updated: UtcMillis, previous: Option<&str>) -> String {
        let size: usize = self.members.members.iter().map(|(n, v)| n.len() + v.get().len() + 4).sum();
        let mut out = String::with_capacity(size + 160);
        // Writing to a String cannot fail.
        let _ = write!(
            out,
            r#"{{"resourceType":"{}","id":"{id}","meta":{{"versionId":"{version}","lastUpdated":"{updated}""#,
            self.resource_type
        );
        let meta = self.members.member("meta").and_then(RawObject::parse).unwrap_or_default();
        for (name, value) in &meta.members {
            if name != "versionId" && name != "lastUpdated" {
                push_member(&mut out, name, value.get());
            }
        }
        if let Some(old) = previous.and_then(RawObject::parse).and_then(|r| r.member("meta")).and_then(RawObject::parse)
        {
            for name in ["tag", "security"] {
                if let (None, Some(inherited)) = (meta.member(name), old.member(name)) {
                    push_member(&mut out, name, inherited);
                }
            }
        }
        out.push('}');
        for (name, value) in &self.members.members {
            if !matches!(name.as_str(), "resourceType" | "id" | "meta") {
                push_member(&mut out, name, value.get());
            }
        }
        out.push('}');
        out
    }
}

/// A stored resource reduced to `resourceType`, `id`, `meta` and the named elements, tagged as a subset
/// (FHIR R4 3.1.1.5.9 `_elements`).
pub(crate) fn reduce_to_elements(body: &str, elements: &[String]) -> String {
    const SUBSETTED: &str = r#"{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED","display":"Resource encoded in summary mode"}"#;
    let Some(object) = RawObject::parse(body) else { return body.to_owned() };
    let mut out = String::with_capacity(256);
    for (name, value) in &object.members {
        if name == "meta" {
            let meta = RawObject::parse(value.get()).unwrap_or_default();
            let mut text = String::from("{");
            let mut tagged = false;
            for (part, raw) in &meta.members {
                let raw = raw.get();
                match (part.as_str(), raw.trim_end().strip_suffix(']')) {
                    ("tag", Some(open)) => {
                        let comma = if open.trim_end().ends_with('[') { "" } else { "," };
                        push_member(&mut text, part, &format!("{open}{comma}{SUBSETTED}]"));
                        tagged = true;
                    }
                    _ => push_member(&mut text, part, raw),
                }
            }
            if !tagged {
                push_member(&mut text, "tag", &format!("[{SUBSETTED}]"));
            }
            text.push('}');
            push_member(&mut out, name, &text);
        } else if name == "resourceType" || name == "id" || elements.iter().any(|e| e == name) {
            push_member(&mut out, name, value.get());
        }
    }
    format!("{{{out}}}")
}

/// A stored resource with another value, JSON, of a member of `meta`; without that member if the value is empty.
pub(crate) fn replace_meta(body: &str, name: &str, value: &str) -> String {
    let Some(object) = RawObject::parse(body) else { return body.to_owned() };
    let mut out = String::with_capacity(body.len());
    for (member, raw) in &object.members {
        if member != "meta" {
            push_member(&mut out, member, raw.get());
            continue;
        }
        let mut meta = String::new();
        for (part, raw) in &RawObject::parse(raw.get()).unwrap_or_default().members {
            let text = if part == name { value } else { raw.get() };
            if !text.is_empty() {
                push_member(&mut meta, part, text);
            }
        }
        push_member(&mut out, member, &format!("{{{meta}}}"));
    }
    format!("{{{out}}}")
}

fn push_member(out: &mut String, name: &str, raw: &str) {
    if !out.is_empty() && !out.ends_with('{') {
        out.push(',');
    }
    out.push_str(&serde_json::Value::from(name).to_string());
    out.push(':');
    out.push_str(raw);
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEIGHT: &str = r#"{"resourceType":"Observation","id":"x","meta":{"versionId":"9","profile":["p"]},"valueQuantity":{"value":81.40},"odd":[1.10, 2e3]}"#;

    #[test]
    fn only_id_and_meta_change() {
        let stored = IncomingResource::parse(WEIGHT).expect("a resource").with_meta("x", 2, UtcMillis(0), None);
        assert_eq!(
            stored,
            r#"{"resourceType":"Observation","id":"x","meta":{"versionId":"2","lastUpdated":"1970-01-01T00:00:00.000Z","profile":["p"]},"valueQuantity":{"value":81.40},"odd":[1.10, 2e3]}"#
        );
    }

    #[test]
    fn labels_remain_unless_new_ones_are_sent() {
        let old = r#"{"meta":{"security":[{"code":"R"}]}}"#;
        let inherited = IncomingResource::parse(WEIGHT).expect("a resource").with_meta("x", 2, UtcMillis(0), Some(old));
        assert!(inherited.contains(r#""security":[{"code":"R"}]"#));
        let sent = r#"{"resourceType":"Observation","meta":{"security":[]}}"#;
        let cleared = IncomingResource::parse(sent).expect("a resource").with_meta("x", 2, UtcMillis(0), Some(old));
        assert!(!cleared.contains(r#""code":"R""#));
    }

    #[test]
    fn subsets_are_tagged() {
        let body = r#"{"resourceType":"Patient","id":"p","meta":{"versionId":"1","tag":[{"code":"a"}]},"gender":"male","name":[]}"#;
        let subset = reduce_to_elements(body, &[String::from("gender")]);
        assert!(subset.contains(r#"{"code":"a"},{"system""#) && subset.contains("SUBSETTED"));
        assert!(subset.contains("gender") && !subset.contains("name"));
        assert!(serde_json::from_str::<serde_json::Value>(&subset).is_ok());
    }

    #[test]
    fn invalid_resources_are_rejected() {
        for bad in [
            "",
            "[]",
            "{}",
            r#"{"resourceType":"Nonsense"}"#,
            r#"{"resourceType":"Patient","id":7}"#,
            r#"{"resourceType":"Patient""#,
        ] {
            assert!(IncomingResource::parse(bad).is_err(), "{bad}");
        }
    }
}
