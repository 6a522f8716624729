//! Resource types: their numbers, as they are stored, and the segments that may store them.

use keep_domain::{R4_TYPES, Segment};

/// The first number of a type outside FHIR R4; such types are numbered per file from here on.
pub(crate) const FIRST_FOREIGN: u16 = 1000;

/// The number of an R4 type: its position in the list, from 1.
// INVARIANT: part of the file format.
pub(crate) fn code_of(name: &str) -> Option<u16> {
    // The list is sorted.
    R4_TYPES.binary_search(&name).ok().and_then(|i| u16::try_from(i + 1).ok())
}

/// The R4 type of a number.
pub(crate) fn name_of(code: u16) -> Option<&'static str> {
    R4_TYPES.get(usize::from(code).checked_sub(1)?).copied()
}

/// The segments in which resources of a type may be stored, by the routing table.
pub(crate) fn segments_of(type_name: &str) -> &'static [Segment] {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_frozen_and_reversible() {
        assert!(R4_TYPES.is_sorted());
        for name in R4_TYPES {
            assert_eq!(code_of(name).and_then(name_of), Some(name));
        }
        assert_eq!(
            (code_of("Account"), code_of("Patient"), code_of("VisionPrescription")),
            (Some(1), Some(103), Some(146))
        );
        assert_eq!((code_of("Gadget"), name_of(0), name_of(FIRST_FOREIGN)), (None, None, None));
    }
}
