//! The lists: who has them, and what they are made of.

use crate::dto::worklist::WorklistNameDto;
use keep_access::Group;
use keep_domain::Role;
use keep_store::Store;

/// The group that a role must see to have the list.
pub(super) const fn group_of(list: WorklistNameDto) -> Group {
    match list {
        WorklistNameDto::Queue | WorklistNameDto::Today => Group::Schedule,
        WorklistNameDto::VitalsDue => Group::Vitals,
        WorklistNameDto::MyPatients => Group::Demographics,
        WorklistNameDto::Charges => Group::Charge,
        WorklistNameDto::Dispensing => Group::MedicineOrder,
        WorklistNameDto::Specimens => Group::Order,
        WorklistNameDto::Drafts => Group::Note,
    }
}

/// The types of records that make a list.
pub(super) const fn sources(list: WorklistNameDto) -> &'static [&'static str] {
    match list {
        WorklistNameDto::Queue | WorklistNameDto::Today => &["Patient", "Appointment"],
        WorklistNameDto::VitalsDue => &["Patient", "Appointment", "Observation"],
        WorklistNameDto::MyPatients => &["Patient", "Appointment", "Encounter"],
        WorklistNameDto::Charges => &["Patient", "Encounter"],
        WorklistNameDto::Dispensing => &["Patient", "Appointment", "MedicationRequest", "MedicationDispense"],
        WorklistNameDto::Specimens => &["Patient", "Appointment", "ServiceRequest"],
        WorklistNameDto::Drafts => &[],
    }
}

/// Types of a list of which records may be missing on this device.
pub(super) fn missing(store: &Store, list: WorklistNameDto) -> Vec<String> {
    let lacks = |t: &&&str| store.may_hold(t) && !store.is_whole(t);
    sources(list).iter().filter(lacks).map(|t| (*t).to_owned()).collect()
}

/// The lists whose counts a role sees.
pub(super) const fn counted(role: Role) -> &'static [WorklistNameDto] {
    match role {
        Role::Physician => &[WorklistNameDto::MyPatients, WorklistNameDto::Drafts, WorklistNameDto::Queue],
        Role::Nurse => {
            &[WorklistNameDto::Queue, WorklistNameDto::VitalsDue, WorklistNameDto::MyPatients, WorklistNameDto::Drafts]
        }
        Role::FrontDesk => &[WorklistNameDto::Today],
        Role::Pharmacist => &[WorklistNameDto::Dispensing],
        Role::Laboratory => &[WorklistNameDto::Specimens],
        Role::Billing => &[WorklistNameDto::Charges],
        Role::PrivacyOfficer | Role::ItAdministrator => &[],
    }
}
