//! References between the entries of a bundle (R4, 2.36.4.1): an entry's `fullUrl` names its resource.

use super::Bundle;
use crate::{Node, Raw};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The texts of a bundle's resources as they are outside of it, and the number of its entries without one.
#[expect(missing_debug_implementations, reason = "it holds records, which must not reach a log")]
pub struct Unpacked<'a> {
    /// The resources in order.
    pub resources: Vec<Cow<'a, str>>,
    /// Entries without a resource, such as a deletion.
    pub without_resource: usize,
}

/// Takes the resources out of a bundle. References to a `fullUrl` of the bundle become references to type and id; a
/// resource without an id gets that of a `urn:uuid:`.
#[must_use]
pub fn unpack<'a>(bundle: &Bundle<'a>) -> Unpacked<'a> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let (mut resources, mut without_resource) = (Vec::new(), 0);
    for entry in bundle.entries() {
        let Some(resource) = entry.readable_resource() else {
            match entry.resource() {
                Some(text) => resources.push(Cow::Borrowed(text)),
                None => without_resource += 1,
            }
            continue;
        };
        let (kind, id) = (resource.member_text("resourceType").unwrap_or_default(), resource.member_text("id"));
        let url = entry.full_url().unwrap_or_default();
        let uuid = url.strip_prefix("urn:uuid:");
        if let Some(id) = id.as_deref().or(uuid) {
            names.insert(url.clone().into_owned(), format!("{kind}/{id}"));
        }
        resources.push(match (id.is_none(), uuid) {
            (true, Some(uuid)) => with_id(resource, uuid),
            _ => Cow::Borrowed(resource.raw()),
        });
    }
    names.remove("");
    let resources = resources.into_iter().map(|text| resolved(text, &names)).collect();
    Unpacked { resources, without_resource }
}

/// The same resource with an id.
fn with_id<'a>(resource: Node<'a>, id: &str) -> Cow<'a, str> {
    let text = resource.raw();
    let safe = id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    match text.split_once('{').filter(|_| safe) {
        Some((head, members)) => Cow::Owned(format!("{head}{{\"id\":\"{id}\",{members}")),
        None => Cow::Borrowed(text),
    }
}

/// The same resource with the targets of its references replaced: those that are keys of `names` become their values.
#[must_use]
pub fn with_references(raw: &Raw, names: &BTreeMap<String, String>) -> Raw {
    // What replaces a target is a literal reference, so the text is still JSON.
    Raw::from_checked(resolved(Cow::Borrowed(raw.as_str()), names).into_owned())
}

/// Replaces the values of `reference` members that are keys of `names`. Nothing else of the text changes.
fn resolved<'a>(text: Cow<'a, str>, names: &BTreeMap<String, String>) -> Cow<'a, str> {
    const KEY: &str = "\"reference\"";
    let mut out = String::new();
    let mut rest: &str = &text;
    while let Some((before, after)) = rest.split_once(KEY) {
        out.push_str(before);
        out.push_str(KEY);
        rest = after;
        // Inside a string the quotes would be escaped.
        let value = after.trim_ascii_start().strip_prefix(':').filter(|_| !before.ends_with('\\'));
        let Some((target, end)) = value.and_then(|v| v.trim_ascii_start().strip_prefix('"')?.split_once('"')) else {
            continue;
        };
        // A contained resource is named after the `fullUrl`.
        let (url, fragment) = target.split_once('#').map_or((target, ""), |(url, _)| (url, "#"));
        if let Some(name) = names.get(url).filter(|_| fragment.is_empty()) {
            out.push_str(":\"");
            out.push_str(name);
            out.push('"');
            rest = end;
        }
    }
    if out.is_empty() {
        return text;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str], without: usize) {
        let bundle = Bundle::parse(text).expect("a bundle");
        let unpacked = unpack(&bundle);
        assert_eq!(
            (unpacked.resources, unpacked.without_resource),
            (expected.iter().map(|t| Cow::Borrowed(*t)).collect(), without)
        );
    }

    #[test]
    fn references_inside_a_bundle_lead_to_its_resources() {
        check(
            r#"{"resourceType":"Bundle","type":"collection","entry":[
            {"fullUrl":"urn:uuid:11111111-1111-4111-8111-111111111111","resource":{"resourceType":"Patient","id":"p"}},
            {"fullUrl":"urn:uuid:22222222-2222-4222-8222-222222222222","resource":{"resourceType":"Condition","subject":{"reference" : "urn:uuid:11111111-1111-4111-8111-111111111111"},"note":[{"text":"\"reference\":\"urn:uuid:11111111-1111-4111-8111-111111111111\""}]}},
            {"fullUrl":"https://x.example/Flag/f","resource":{"resourceType":"Flag","id":"f","subject":{"reference":"urn:uuid:99999999-1111-4111-8111-111111111111"},"identifier":[{"value":"urn:uuid:11111111-1111-4111-8111-111111111111"}],"author":{"reference":"https://x.example/Flag/f"}}},
            {"request":{"method":"DELETE","url":"Patient/1"}}]}"#,
            &[
                r#"{"resourceType":"Patient","id":"p"}"#,
                r#"{"id":"22222222-2222-4222-8222-222222222222","resourceType":"Condition","subject":{"reference":"Patient/p"},"note":[{"text":"\"reference\":\"urn:uuid:11111111-1111-4111-8111-111111111111\""}]}"#,
                r#"{"resourceType":"Flag","id":"f","subject":{"reference":"urn:uuid:99999999-1111-4111-8111-111111111111"},"identifier":[{"value":"urn:uuid:11111111-1111-4111-8111-111111111111"}],"author":{"reference":"Flag/f"}}"#,
            ],
            1,
        );
        check(r#"{"resourceType":"Bundle","type":"batch-response","entry":[{"response":{"status":"200"}}]}"#, &[], 1);
        check(r#"{"resourceType":"Bundle","type":"collection"}"#, &[], 0);
        check(
            r#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"imp-b","name":[{"family":"Bundled"}]}}]}"#,
            &[r#"{"resourceType":"Patient","id":"imp-b","name":[{"family":"Bundled"}]}"#],
            0,
        );
    }
}
