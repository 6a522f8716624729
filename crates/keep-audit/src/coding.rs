//! The code systems that audit events use, and the codings behind each event class.

/// A constant FHIR `Coding`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Coding {
    /// The canonical URL of the code system.
    pub(crate) system: &'static str,
    /// The code.
    pub(crate) code: &'static str,
    /// The display text.
    pub(crate) display: &'static str,
}

const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const AUDIT_EVENT_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
const RESTFUL: &str = "http://hl7.org/fhir/restful-interaction";
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
/// `AuditEvent.entity.type` (FHIR R4, audit-entity-type).
pub(crate) const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
/// `AuditEvent.entity.role` (FHIR R4, object-role).
pub(crate) const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
/// `AuditEvent.source.type` (FHIR R4, security-source-type).
pub(crate) const SOURCE_TYPE: &str = "http://terminology.hl7.org/CodeSystem/security-source-type";
/// `AuditEvent.purposeOfEvent` (HL7 v3 ActReason, PurposeOfUse).
pub(crate) const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
/// Chartkeep's event classes, the second subtype of each event.
pub(crate) const CLASS_SYSTEM: &str = "urn:chartkeep:event-class";
/// Chartkeep's role names.
pub(crate) const ROLE_SYSTEM: &str = "urn:chartkeep:role";

const fn dcm(code: &'static str, display: &'static str) -> Coding {
    Coding { system: DCM, code, display }
}

const fn restful(code: &'static str) -> Coding {
    Coding { system: RESTFUL, code, display: code }
}

pub(crate) const REST: Coding = Coding { system: AUDIT_EVENT_TYPE, code: "rest", display: "RESTful Operation" };
pub(crate) const APPLICATION_ACTIVITY: Coding = dcm("110100", "Application Activity");
pub(crate) const AUDIT_LOG_USED: Coding = dcm("110101", "Audit Log Used");
pub(crate) const EXPORT: Coding = dcm("110106", "Export");
pub(crate) const IMPORT: Coding = dcm("110107", "Import");
pub(crate) const NETWORK_ENTRY: Coding = dcm("110108", "Network Entry");
pub(crate) const SECURITY_ALERT: Coding = dcm("110113", "Security Alert");
pub(crate) const USER_AUTHENTICATION: Coding = dcm("110114", "User Authentication");

pub(crate) const LOGIN: Coding = dcm("110122", "Login");
pub(crate) const LOGOUT: Coding = dcm("110123", "Logout");
pub(crate) const NODE_AUTHENTICATION: Coding = dcm("110126", "Node Authentication");
pub(crate) const SECURITY_CONFIGURATION: Coding = dcm("110129", "Security Configuration");
pub(crate) const SOFTWARE_CONFIGURATION: Coding = dcm("110131", "Software Configuration");
pub(crate) const RESTRICTED_FUNCTION: Coding = dcm("110132", "Use of Restricted Function");
pub(crate) const RECORDING_STOPPED: Coding = dcm("110133", "Audit Recording Stopped");
pub(crate) const RECORDING_STARTED: Coding = dcm("110134", "Audit Recording Started");
pub(crate) const OBJECT_SECURITY_CHANGED: Coding = dcm("110135", "Object Security Attributes Changed");
pub(crate) const ROLES_CHANGED: Coding = dcm("110136", "Security Roles Changed");
pub(crate) const USER_SECURITY_CHANGED: Coding = dcm("110137", "User security Attributes Changed");

pub(crate) const READ: Coding = restful("read");
pub(crate) const SEARCH: Coding = restful("search-type");
pub(crate) const CREATE: Coding = restful("create");
pub(crate) const UPDATE: Coding = restful("update");
pub(crate) const DELETE: Coding = restful("delete");
pub(crate) const TRANSACTION: Coding = restful("transaction");

/// The machine that received the data (`AuditEvent.agent.type`, BALP client of a read).
pub(crate) const DESTINATION: Coding = dcm("110152", "Destination Role ID");
/// The machine that supplied the data (BALP client of a create, update, delete or query).
pub(crate) const SOURCE: Coding = dcm("110153", "Source Role ID");
/// The program itself, when no data was transferred.
pub(crate) const APPLICATION: Coding = dcm("110150", "Application");
/// The user who received information.
pub(crate) const RECIPIENT: Coding = Coding { system: PARTICIPATION, code: "IRCP", display: "information recipient" };
/// The user who wrote or did something.
pub(crate) const AUTHOR: Coding = Coding { system: PARTICIPATION, code: "AUT", display: "author (originator)" };
