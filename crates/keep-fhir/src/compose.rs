//! Composes new JSON text, so that digits are written exactly as they were entered.

use crate::{Decimal, Raw};
use std::fmt::Write as _;

/// A string as JSON text, with quotes and escapes (RFC 8259, section 7).
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// An object under construction; members are written in the order of the calls.
#[derive(Default)]
pub(crate) struct Composer {
    body: String,
}

impl Composer {
    /// A resource of that type and id.
    pub(crate) fn resource(resource_type: &str, id: &str) -> Self {
        Self::default().text("resourceType", resource_type).text("id", id)
    }

    /// INVARIANT: `value` is valid JSON text.
    fn member(mut self, name: &str, value: &str) -> Self {
        if !self.body.is_empty() {
            self.body.push(',');
        }
        self.body.push_str(&quoted(name));
        self.body.push(':');
        self.body.push_str(value);
        self
    }

    pub(crate) fn text(self, name: &str, value: &str) -> Self {
        self.member(name, &quoted(value))
    }

    pub(crate) fn text_if(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(v) => self.text(name, v),
            None => self,
        }
    }

    pub(crate) fn decimal(self, name: &str, value: &Decimal) -> Self {
        self.member(name, value.as_str())
    }

    pub(crate) fn integer(self, name: &str, value: i64) -> Self {
        self.member(name, &value.to_string())
    }

    pub(crate) fn boolean(self, name: &str, value: bool) -> Self {
        self.member(name, if value { "true" } else { "false" })
    }

    pub(crate) fn object(self, name: &str, value: Self) -> Self {
        self.member(name, &value.finish())
    }

    pub(crate) fn object_if(self, name: &str, value: Option<Self>) -> Self {
        match value {
            Some(v) => self.object(name, v),
            None => self,
        }
    }

    /// An array of objects, left out where it is empty: FHIR has no empty arrays.
    pub(crate) fn list(self, name: &str, items: impl IntoIterator<Item = Self>) -> Self {
        let items: Vec<_> = items.into_iter().map(Self::finish).collect();
        if items.is_empty() { self } else { self.member(name, &format!("[{}]", items.join(","))) }
    }

    /// An array of strings, left out where it is empty.
    pub(crate) fn texts(self, name: &str, items: &[String]) -> Self {
        let items: Vec<_> = items.iter().map(|item| quoted(item)).collect();
        if items.is_empty() { self } else { self.member(name, &format!("[{}]", items.join(","))) }
    }

    /// A whole resource as a member.
    pub(crate) fn raw(self, name: &str, value: &Raw) -> Self {
        self.member(name, value.as_str())
    }

    fn finish(self) -> String {
        format!("{{{}}}", self.body)
    }

    /// The finished resource.
    pub(crate) fn into_raw(self) -> Raw {
        Raw::from_checked(self.finish())
    }
}

impl std::fmt::Debug for Composer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Composer({} bytes)", self.body.len())
    }
}

/// A CodeableConcept with one coding.
pub(crate) fn concept(system: &str, code: &str, display: &str) -> Composer {
    let coding = Composer::default().text("system", system).text("code", code).text("display", display);
    Composer::default().list("coding", [coding]).text("text", display)
}

/// A reference to a resource.
pub(crate) fn reference(key: &keep_domain::ResourceKey) -> Composer {
    Composer::default().text("reference", &key.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quoted_text_reads_back(text in any::<String>()) {
            prop_assert_eq!(serde_json::from_str::<String>(&quoted(&text)).expect("json"), text);
        }
    }

    #[test]
    fn order_and_digits_are_preserved() {
        let raw = Composer::default()
            .text("z", "a")
            .decimal("v", &Decimal::parse("6.0").expect("decimal"))
            .list("none", [])
            .list("l", [Composer::default().text_if("x", None)])
            .into_raw();
        assert_eq!(raw.as_str(), r#"{"z":"a","v":6.0,"l":[{}]}"#);
    }
}
