//! What the page may offer: a list of names, each decided by policy. Rust refuses everything else in any case.

use crate::state::unlocked::Unlocked;
use keep_access::{Action, Group, PolicyResource};

/// Actions that concern no record.
const DESK: [(&str, Action); 10] = [
    ("search_patients", Action::SearchPatients),
    ("open_patient", Action::OpenPatient),
    ("open_chart", Action::OpenChart),
    ("check_in", Action::CheckIn),
    ("run_sync", Action::RunSync),
    ("read_audit", Action::ReadAudit),
    ("unmask", Action::Unmask),
    ("sign_off_alert", Action::SignOffAlert),
    ("read_device", Action::ReadDevice),
    ("import", Action::Import),
];

/// Actions on a kind of record.
const RECORDS: [(&str, Action, Group); 12] = [
    ("read_notes", Action::Read, Group::Note),
    ("read_results", Action::Read, Group::Laboratory),
    ("read_medicines", Action::Read, Group::MedicineOrder),
    ("read_problems", Action::Read, Group::Problem),
    ("read_allergies", Action::Read, Group::Allergy),
    ("read_vitals", Action::Read, Group::Vitals),
    ("read_immunisations", Action::Read, Group::Immunization),
    ("read_charges", Action::Read, Group::Charge),
    ("view_worklist", Action::Read, Group::Schedule),
    ("record_vitals", Action::Create, Group::Vitals),
    ("write_note", Action::Create, Group::Note),
    ("resolve_conflict", Action::ResolveConflict, Group::Vitals),
];

/// Actions on records that the user wrote; whether a record is theirs is decided for each one.
const OWN: [(&str, Action, Group); 2] =
    [("sign_note", Action::Sign, Group::Note), ("mark_entered_in_error", Action::MarkEnteredInError, Group::Vitals)];

/// The names of all actions that the session's role may do.
pub(crate) fn permissions(unlocked: &Unlocked) -> Vec<String> {
    let system_action = DESK.iter().filter(|(_, action)| unlocked.may(*action)).map(|(name, _)| *name);
    let records = RECORDS.iter().filter(|(_, action, group)| {
        let decision = unlocked.decide(*action, &PolicyResource::of(*group));
        if *action == Action::Read { decision.is_visible() } else { decision.is_allowed() }
    });
    let own = OWN
        .iter()
        .filter(|(_, action, group)| unlocked.decide(*action, &PolicyResource::of(*group).own()).is_allowed());
    system_action.chain(records.chain(own).map(|(name, ..)| *name)).map(str::to_owned).collect()
}
