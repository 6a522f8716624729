//! Patient identification.

use super::alerts::{AlertDto, DoNotDto};
use super::allergies::BannerAllergiesDto;
use super::mark::MarkDto;
use serde::Serialize;
use ts_rs::TS;

/// Patient identification (NHS CUI): shown on every patient screen and form.
#[derive(Serialize, Clone, Default, TS)]
#[serde(rename_all = "camelCase")]
pub struct BannerDto {
    /// The Patient id.
    pub patient: String,
    /// FAMILY in capitals; `None` where the record could not be read, empty where it has only given names or none.
    pub family: Option<String>,
    /// Given names.
    pub given: Option<String>,
    /// Whether no name is recorded.
    pub unnamed: bool,
    /// What the shown name is, where it is not the ordinary one.
    pub name_use: Option<NameUseDto>,
    /// Preferred name, if another.
    pub preferred: Option<String>,
    /// The other names.
    pub other_names: Vec<OtherNameDto>,
    /// Initials, as far as there are names.
    pub initials: String,
    /// Birth date as recorded: ISO, possibly partial.
    pub birth_date: Option<String>,
    /// Age as text, now or at death.
    pub age: Option<String>,
    /// Administrative gender.
    pub sex: SexDto,
    /// Type of the number, for example "Clinic no.".
    pub number_label: Option<String>,
    /// The number.
    pub number: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Preferred language, as recorded.
    pub language: Option<String>,
    /// Whether an interpreter is needed.
    pub needs_interpreter: bool,
    /// Whether the patient has died.
    pub deceased: bool,
    /// Date of death, RFC 3339 or partial.
    pub died: Option<String>,
    /// Whether the record is no longer in use.
    pub inactive: bool,
    /// The records that took the place of this one, which takes no new entries.
    pub replaced_by: Vec<LinkedDto>,
    /// The records whose place this one took.
    pub replaces: Vec<LinkedDto>,
    /// What else changes the meaning of the record.
    pub marks: Vec<MarkDto>,
    /// The flags in force that this role may read, by category.
    pub flags: Vec<AlertDto>,
    /// What must not be done.
    pub do_not: Vec<DoNotDto>,
    /// All known allergies; `None` where the role does not see them.
    pub allergies: Option<BannerAllergiesDto>,
    /// Whether there is an alert whose text this role does not see.
    pub alert: bool,
    /// Address in one line.
    pub address: Option<String>,
}

/// Administrative gender (FHIR R4).
#[derive(Debug, Serialize, Clone, Copy, Default, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum SexDto {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Other.
    Other,
    /// Unknown, or not readable.
    #[default]
    Unknown,
    /// Not recorded.
    NotRecorded,
}

/// A name besides the one that is shown.
#[derive(Serialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct OtherNameDto {
    /// What it is.
    pub name_use: NameUseDto,
    /// FAMILY, Given.
    pub name: String,
}

/// The use of a name (FHIR R4, NameUse); `official` and `usual` names are the ordinary ones.
#[derive(Debug, Serialize, Clone, Copy, PartialEq, Eq, TS)]
#[serde(rename_all = "snake_case")]
pub enum NameUseDto {
    /// What friends call the person.
    Nickname,
    /// From before a marriage.
    Maiden,
    /// No longer in use, by its use or its period.
    Old,
    /// To keep the person's identity secret.
    Anonymous,
    /// For a time.
    Temporary,
    /// Another ordinary name, or a use that FHIR does not have.
    Other,
}

/// Another Patient record of the same person.
#[derive(Serialize, Clone, TS)]
#[serde(rename_all = "camelCase")]
pub struct LinkedDto {
    /// The Patient id, where it is on this server.
    pub patient: Option<String>,
    /// FAMILY, Given, or the words of the link.
    pub name: Option<String>,
}
