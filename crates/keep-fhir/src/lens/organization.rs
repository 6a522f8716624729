//! Organizations and locations.

use super::reader::Reader;
use crate::{FhirError, Raw};

/// An Organization or Location.
#[derive(Clone, PartialEq, Eq)]
pub struct OrganizationLens {
    /// The name.
    pub name: Option<String>,
    /// Whether it is part of another.
    pub is_part: bool,
    /// `false` only where the record says so.
    pub active: bool,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads an Organization or Location.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn organization(raw: &Raw) -> Result<OrganizationLens, FhirError> {
    let mut r = Reader::open(raw, &["Organization", "Location"])?;
    Ok(OrganizationLens {
        name: r.text("name"),
        is_part: r.member("partOf").is_some(),
        active: r.boolean("active") != Some(false),
        faults: r.into_faults(),
    })
}
