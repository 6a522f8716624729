//! Patient identification.

use serde::Serialize;
use ts_rs::TS;

/// Patient identification (NHS CUI): shown on every patient screen and form.
#[derive(Serialize, Clone, Default, TS)]
#[serde(rename_all = "camelCase")]
pub struct BannerDto {
    /// The Patient id.
    pub patient: String,
    /// FAMILY in capitals; `None` where the record could not be read.
    pub family: Option<String>,
    /// Given names.
    pub given: Option<String>,
    /// Preferred name, if another.
    pub preferred: Option<String>,
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
    /// Texts of the flags in force that this role may read.
    pub flags: Vec<String>,
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
    /// Unknown, not recorded or not readable.
    #[default]
    Unknown,
}
