//! The segments that may store a type, by the routing table.

use keep_domain::Segment;

/// The segments in which resources of a type may be stored, by the routing table.
pub(crate) fn homes_of(type_name: &str) -> &'static [Segment] {
    use Segment::{Clinical, Directory, Encounters, Restricted};
    if keep_fhir::follows_target(type_name) {
        return &Segment::ALL;
    }
    let none: [&str; 0] = [];
    match (type_name, keep_fhir::segment_of(type_name, &none, &none)) {
        ("Flag", _) => &[Directory, Clinical, Restricted],
        ("Condition", _) => &[Encounters, Clinical, Restricted],
        (_, Directory) => &[Directory],
        (_, Encounters) => &[Encounters, Restricted],
        _ => &[Clinical, Restricted],
    }
}
