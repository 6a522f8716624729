//! What the page may offer: a list of names, each decided by policy. Rust refuses everything else in any case.

use crate::dto::lock::PermissionDto;
use crate::state::unlocked::Unlocked;
use keep_access::{Action, Group, PolicyResource};

/// Actions that concern no record.
const SYSTEM: [(PermissionDto, Action); 10] = [
    (PermissionDto::SearchPatients, Action::SearchPatients),
    (PermissionDto::OpenPatient, Action::OpenPatient),
    (PermissionDto::OpenChart, Action::OpenChart),
    (PermissionDto::CheckIn, Action::CheckIn),
    (PermissionDto::RunSync, Action::RunSync),
    (PermissionDto::ReadAudit, Action::ReadAudit),
    (PermissionDto::Unmask, Action::Unmask),
    (PermissionDto::SignOffAlert, Action::SignOffAlert),
    (PermissionDto::ReadDevice, Action::ReadDevice),
    (PermissionDto::Import, Action::Import),
];

/// Actions on a kind of record.
const RECORDS: [(PermissionDto, Action, Group); 12] = [
    (PermissionDto::ReadNotes, Action::Read, Group::Note),
    (PermissionDto::ReadResults, Action::Read, Group::Laboratory),
    (PermissionDto::ReadMedicines, Action::Read, Group::MedicineOrder),
    (PermissionDto::ReadProblems, Action::Read, Group::Problem),
    (PermissionDto::ReadAllergies, Action::Read, Group::Allergy),
    (PermissionDto::ReadVitals, Action::Read, Group::Vitals),
    (PermissionDto::ReadImmunisations, Action::Read, Group::Immunization),
    (PermissionDto::ReadCharges, Action::Read, Group::Charge),
    (PermissionDto::ViewWorklist, Action::Read, Group::Schedule),
    (PermissionDto::RecordVitals, Action::Create, Group::Vitals),
    (PermissionDto::WriteNote, Action::Create, Group::Note),
    (PermissionDto::ResolveConflict, Action::ResolveConflict, Group::Vitals),
];

/// Actions on records that the user wrote; whether a record is theirs is decided for each one.
const OWN: [(PermissionDto, Action, Group); 2] = [
    (PermissionDto::SignNote, Action::Sign, Group::Note),
    (PermissionDto::MarkEnteredInError, Action::MarkEnteredInError, Group::Vitals),
];

/// Everything that the session's role may do.
pub(crate) fn permissions(unlocked: &Unlocked) -> Vec<PermissionDto> {
    let system = SYSTEM.iter().filter(|(_, action)| unlocked.may(*action)).map(|(name, _)| *name);
    let records = RECORDS.iter().filter(|(_, action, group)| {
        let decision = unlocked.decide(*action, &PolicyResource::of(*group));
        if *action == Action::Read { decision.is_visible() } else { decision.is_allowed() }
    });
    let own = OWN
        .iter()
        .filter(|(_, action, group)| unlocked.decide(*action, &PolicyResource::of(*group).own()).is_allowed());
    system.chain(records.chain(own).map(|(name, ..)| *name)).collect()
}
