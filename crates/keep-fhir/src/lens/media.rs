//! Photographs, scans and recordings: Media.

use super::parts::{Concept, Period, Reference, When};
use super::reader::{Reader, member_phi};
use crate::{FhirError, Raw};
use keep_domain::Phi;

/// A Media.
#[derive(Clone, PartialEq, Eq)]
pub struct MediaLens {
    /// `completed`, `in-progress`, `not-done`, `entered-in-error`.
    pub status: Option<String>,
    /// Why the status is what it is.
    pub status_reason: Option<Concept>,
    /// Image, video or audio.
    pub kind: Option<Concept>,
    /// How it was acquired.
    pub modality: Option<Concept>,
    /// The projection.
    pub view: Option<Concept>,
    /// When it was made.
    pub created: Option<When>,
    /// When it was made, if that took a while.
    pub period: Option<Period>,
    /// When it was published.
    pub issued: Option<When>,
    /// Who made it.
    pub operator: Option<Reference>,
    /// Why it was made.
    pub reasons: Vec<Concept>,
    /// What it shows of the body.
    pub body_site: Option<Concept>,
    /// The device that made it.
    pub device: Option<Reference>,
    /// Name of the device that made it.
    pub device_name: Option<String>,
    /// Title of its file.
    pub title: Option<Phi<String>>,
    /// Notes.
    pub notes: Vec<Phi<String>>,
    /// Elements that could not be read.
    pub faults: Vec<&'static str>,
}

/// Reads a Media.
///
/// # Errors
/// [`FhirError::WrongType`].
pub fn media(raw: &Raw) -> Result<MediaLens, FhirError> {
    let mut r = Reader::open(raw, &["Media"])?;
    Ok(MediaLens {
        status: r.text("status"),
        status_reason: r.concept("statusReason"),
        kind: r.concept("type"),
        modality: r.concept("modality"),
        view: r.concept("view"),
        created: r.when("createdDateTime"),
        period: r.period("createdPeriod"),
        issued: r.when("issued"),
        operator: r.reference("operator"),
        reasons: r.concepts("reasonCode"),
        body_site: r.concept("bodySite"),
        device: r.reference("device"),
        device_name: r.text("deviceName"),
        title: r.member("content").and_then(|content| member_phi(content, "title")),
        notes: r.notes(),
        faults: r.into_faults(),
    })
}
