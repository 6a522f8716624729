//! A member of staff whom the server does not know yet.

use crate::compose::{Composer, quoted};
use crate::{FhirError, Kind, Raw, Step, set};
use keep_domain::ResourceKey;

/// A Practitioner with one identifier and a name as text.
#[must_use]
pub fn practitioner(id: &str, (system, value): (&str, &str), name: &str) -> Raw {
    Composer::resource("Practitioner", id)
        .list("identifier", [Composer::default().text("system", system).text("value", value)])
        .list("name", [Composer::default().text("text", name)])
        .into_raw()
}

/// The same resource with `person`, a Practitioner, contained in it, and every reference to `key` leading there and
/// showing `name`.
///
/// # Errors
/// [`FhirError`] where the text cannot be patched, which is not expected of a checked text.
pub fn with_contained_author(raw: &Raw, key: &ResourceKey, person: &Raw, name: &str) -> Result<Raw, FhirError> {
    let id = person.node().member_text("id").unwrap_or_default();
    // The whole value of the member: a text that merely mentions the key is not one.
    let link = format!("{}:{}", quoted("reference"), quoted(&key.to_string()));
    let local = format!("{}:{},{}:{}", quoted("reference"), quoted(&format!("#{id}")), quoted("display"), quoted(name));
    let linked = Raw::parse(replace_members(raw.as_str(), &link, &local))?;
    let contained = linked.node().member("contained").filter(|c| c.kind() == Kind::Array);
    match contained.map(|c| c.items().count()) {
        None => set(&linked, &[Step::Member("contained")], &format!("[{}]", person.as_str())),
        Some(count) => set(&linked, &[Step::Member("contained"), Step::Item(count)], person.as_str()),
    }
}

/// Replaces a member, which is never preceded by an escape as it would be inside a string.
fn replace_members(text: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(from) {
        out.push_str(before);
        out.push_str(if before.ends_with('\\') { from } else { to });
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_contained_once_and_every_reference_leads_there() {
        let raw = Raw::parse(
            r#"{"resourceType":"Encounter","id":"v1","participant":[{"individual":{"reference":"Practitioner/u1"}}],"note":"\"reference\":\"Practitioner/u1\"","x":{"reference":"Practitioner/u12"}}"#,
        )
        .expect("a resource");
        let person = practitioner("author-u1", ("https://id.example", "s\"1"), "Amara \"A\" Okafor");
        let key = "Practitioner/u1".parse().expect("key");
        let done = with_contained_author(&raw, &key, &person, "Amara").expect("contained");
        assert_eq!(
            done.as_str(),
            r##"{"resourceType":"Encounter","id":"v1","participant":[{"individual":{"reference":"#author-u1","display":"Amara"}}],"note":"\"reference\":\"Practitioner/u1\"","x":{"reference":"Practitioner/u12"},"contained":[{"resourceType":"Practitioner","id":"author-u1","identifier":[{"system":"https://id.example","value":"s\"1"}],"name":[{"text":"Amara \"A\" Okafor"}]}]}"##
        );
        let other = practitioner("author-u12", ("urn:chartkeep:user", "u12"), "Bo");
        let key = "Practitioner/u12".parse().expect("key");
        let both = with_contained_author(&done, &key, &other, "Bo").expect("contained");
        assert!(both.as_str().contains(r##""x":{"reference":"#author-u12","display":"Bo"}"##));
        assert_eq!(both.node().member("contained").map(|c| c.items().count()), Some(2));
    }
}
