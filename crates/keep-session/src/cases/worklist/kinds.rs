//! The lists: their names, who has them, what they are made of.

use keep_access::Group;
use keep_domain::Role;
use keep_store::Store;

/// The lists by name, and the group that a role must see to have the list.
pub(super) const LISTS: [(&str, Group); 8] = [
    ("queue", Group::Schedule),
    ("vitals_due", Group::Vitals),
    ("my_patients", Group::Demographics),
    ("today", Group::Schedule),
    ("charges", Group::Charge),
    ("dispensing", Group::MedicineOrder),
    ("specimens", Group::Order),
    ("drafts", Group::Note),
];

/// The types of records that make a list.
pub(super) fn sources(list: &str) -> &'static [&'static str] {
    match list {
        "queue" | "today" => &["Patient", "Appointment"],
        "vitals_due" => &["Patient", "Appointment", "Observation"],
        "my_patients" => &["Patient", "Appointment", "Encounter"],
        "charges" => &["Patient", "Encounter"],
        "dispensing" => &["Patient", "Appointment", "MedicationRequest", "MedicationDispense"],
        "specimens" => &["Patient", "Appointment", "ServiceRequest"],
        _ => &[],
    }
}

/// Types of a list of which records may be missing on this device.
pub(super) fn missing(store: &Store, list: &str) -> Vec<String> {
    let lacks = |t: &&&str| store.may_hold(t) && !store.is_whole(t);
    sources(list).iter().filter(lacks).map(|t| (*t).to_owned()).collect()
}

/// The lists whose counts a role sees.
pub(super) const fn counted(role: Role) -> &'static [&'static str] {
    match role {
        Role::Physician => &["my_patients", "drafts", "queue"],
        Role::Nurse => &["queue", "vitals_due", "my_patients", "drafts"],
        Role::FrontDesk => &["today"],
        Role::Pharmacist => &["dispensing"],
        Role::Laboratory => &["specimens"],
        Role::Billing => &["charges"],
        Role::PrivacyOfficer | Role::ItAdministrator => &[],
    }
}

/// The list's name as a fact of an event.
pub(super) fn event_name(list: &str) -> &'static str {
    LISTS.iter().find(|(name, _)| *name == list).map_or("other", |(name, _)| name)
}
