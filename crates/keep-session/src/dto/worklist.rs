//! The role's home: queue, today, lists.

use super::chart::allergies::SafetyDto;
use super::search::PatientRowDto;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// `worklist`: which list.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WorklistAskDto {
    /// The list.
    pub list: WorklistNameDto,
    /// First row.
    pub offset: u32,
    /// Rows, at most 200.
    pub limit: u32,
}

keep_domain::named_enum! {
    /// The lists.
    #[derive(TS)]
    pub enum WorklistNameDto {
        /// Waiting now.
        Queue = "queue",
        /// Waiting and without vital signs today.
        VitalsDue = "vitals_due",
        /// The user's own patients.
        MyPatients = "my_patients",
        /// All appointments of today.
        Today = "today",
        /// Visits to be charged.
        Charges = "charges",
        /// Medicines to dispense.
        Dispensing = "dispensing",
        /// Specimens to draw.
        Specimens = "specimens",
        /// The user's drafts.
        Drafts = "drafts",
    }
}

/// One list of one day.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WorklistDto {
    /// Rows.
    pub rows: Vec<WorkRowDto>,
    /// Number of rows in the whole list.
    pub total: u32,
    /// Counts by list, for the rail; a list that may lack rows has none.
    pub counts: Vec<ListCountDto>,
    /// Whether the first download has not finished.
    pub downloading: bool,
    /// The FHIR types of which some may not be here, so that rows may be missing and the page may not say that there are none.
    pub missing: Vec<String>,
}

/// The number of rows of a list.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ListCountDto {
    /// The list.
    pub list: WorklistNameDto,
    /// Rows in it.
    pub count: u32,
}

/// One line of a worklist.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WorkRowDto {
    /// The patient.
    pub patient: PatientRowDto,
    /// The Appointment's id.
    pub appointment: Option<String>,
    /// Booked for, RFC 3339.
    pub booked: Option<String>,
    /// The appointment's status code as recorded.
    pub status: Option<String>,
    /// Minutes since arrival, when waiting.
    pub waiting_minutes: Option<u32>,
    /// Why they come, or what is to be done.
    pub reason: Option<WorkReasonDto>,
    /// The allergies; `None` where this role may not see them.
    pub safety: Option<SafetyDto>,
    /// Today's vital signs, in the lists that show them.
    pub vitals: Option<VitalsTodayDto>,
    /// NEWS2, when it was medium or high.
    pub news2: Option<u32>,
    /// Display names of the staff of the appointment.
    pub with: Vec<String>,
}

/// Why a patient is on a list.
#[derive(Serialize, Clone, PartialEq, Eq, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WorkReasonDto {
    /// As recorded with the appointment or the orders.
    Recorded {
        /// The text.
        text: String,
    },
    /// Medicines are to be dispensed.
    ToDispense {
        /// Number of medicines.
        count: u32,
    },
    /// A finished visit is to be charged.
    VisitToReview,
}

/// Vital signs of today.
#[derive(Serialize, Clone, PartialEq, Eq, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum VitalsTodayDto {
    /// None were taken, and the patient waits.
    Due,
    /// Taken.
    Taken {
        /// When, RFC 3339.
        at: String,
    },
}

/// `check_in`.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckInDto {
    /// The Appointment's id.
    pub appointment: String,
    /// True to check in, false to take it back.
    pub arrived: bool,
}
