//! The segment of a resource: a pure, total function over `assets/routing/segments.json`.
//!
//! The labels are the HL7 v3 codes of Confidentiality and of ActCode's InformationSensitivityPolicy.

use keep_domain::{ResourceKey, Segment};
use serde::Deserialize;
use std::sync::LazyLock;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // Without a readable table everything is restricted; a test reads the shipped one.
    serde_json::from_str(include_str!("../../../assets/routing/segments.json")).unwrap_or(Table {
        version: 0,
        directory: Vec::new(),
        encounters: Vec::new(),
        by_category: Vec::new(),
        by_target: Vec::new(),
        otherwise: Segment::Restricted,
        sensitive_labels: Vec::new(),
    })
});

#[derive(Debug, Deserialize)]
struct Table {
    version: u32,
    directory: Vec<String>,
    encounters: Vec<String>,
    by_category: Vec<ByCategory>,
    by_target: Vec<String>,
    otherwise: Segment,
    sensitive_labels: Vec<SensitiveLabel>,
}

#[derive(Debug, Deserialize)]
struct ByCategory {
    r#type: String,
    categories: Vec<String>,
    segment: Segment,
    /// The code systems in which a category counts; empty where any does.
    #[serde(default)]
    systems: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct SensitiveLabel {
    code: String,
}

/// The segment of a resource of `resource_type` with these category codes and security labels.
///
/// For Provenance and Binary (see [`follows_target`]) this is the segment without their targets; pass the
/// targets' segments to [`segment_with_targets`].
/// A resource is routed by category only where it has exactly one and that is in the table; otherwise the stricter
/// rule applies.
#[must_use]
pub fn segment_of<C: AsRef<str>, L: AsRef<str>>(resource_type: &str, categories: &[C], labels: &[L]) -> Segment {
    raise(segment_of_type(resource_type, categories), labels)
}

/// The version of the routing table. A store whose rows were routed by an older version moves them.
#[must_use]
pub fn routing_version() -> u32 {
    TABLE.version
}

/// The code systems in which a category of this type counts; `None` where any does.
pub(crate) fn category_systems(resource_type: &str) -> Option<&'static [String]> {
    let rule = TABLE.by_category.iter().find(|r| r.r#type == resource_type)?;
    Some(rule.systems.as_slice()).filter(|systems| !systems.is_empty())
}

/// Whether resources of this type belong to the highest segment of their targets.
#[must_use]
pub fn follows_target(resource_type: &str) -> bool {
    TABLE.by_target.iter().any(|t| t == resource_type)
}

/// The segment of a Provenance or Binary: the highest of its targets' segments, raised by its own labels.
///
/// `resolve` gives the segment of a target that is known on this device. An unknown target counts as clinical unless
/// its type always belongs to the directory.
#[must_use]
pub fn segment_with_targets<L: AsRef<str>>(
    targets: &[ResourceKey],
    labels: &[L],
    mut resolve: impl FnMut(&ResourceKey) -> Option<Segment>,
) -> Segment {
    let highest = targets
        .iter()
        .map(|target| {
            resolve(target).unwrap_or_else(|| match segment_of_type::<&str>(&target.resource_type, &[]) {
                Segment::Directory => Segment::Directory,
                other => other.max(Segment::Clinical),
            })
        })
        .max();
    raise(highest.unwrap_or(TABLE.otherwise), labels)
}

/// Whether a security label makes a record sensitive. Case and code system are ignored, because a misspelt system
/// must not give access to a record.
fn is_sensitive(label: &str) -> bool {
    TABLE.sensitive_labels.iter().any(|l| l.code.eq_ignore_ascii_case(label))
}

fn segment_of_type<C: AsRef<str>>(resource_type: &str, categories: &[C]) -> Segment {
    let is = |types: &[String]| types.iter().any(|t| t == resource_type);
    if is(&TABLE.directory) {
        return Segment::Directory;
    }
    if is(&TABLE.encounters) {
        return Segment::Encounters;
    }
    let rule = TABLE.by_category.iter().find(|r| r.r#type == resource_type);
    match rule {
        Some(r) if is_one_of(categories, &r.categories) => r.segment,
        _ => TABLE.otherwise,
    }
}

/// Whether there is exactly one category, possibly repeated, and it is in the list.
fn is_one_of<C: AsRef<str>>(categories: &[C], list: &[String]) -> bool {
    let Some(first) = categories.first().map(AsRef::as_ref) else { return false };
    categories.iter().all(|c| c.as_ref() == first) && list.iter().any(|known| known == first)
}

// INVARIANT: a label raises encounters and clinical to restricted and never moves the directory.
fn raise<L: AsRef<str>>(segment: Segment, labels: &[L]) -> Segment {
    if segment > Segment::Directory && labels.iter().any(|l| is_sensitive(l.as_ref())) {
        Segment::Restricted
    } else {
        segment
    }
}

#[cfg(test)]
mod tests;
