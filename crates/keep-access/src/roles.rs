//! The role table, including what each role may neither see nor do.

use crate::action::AppliesTo;
use crate::{Access, AccessError, Action, Decision, Group, Labels, PolicyResource, Request, Situation};
use keep_domain::{Role, Segment};

fn access() -> Access {
    Access::built_in().expect("policies")
}

fn read(role: Role, group: Group) -> Decision {
    access().decide(&Request::about(role, Action::Read, &PolicyResource::of(group)))
}

/// The groups of which the role may see anything.
fn visible(role: Role) -> Vec<Group> {
    let access = access();
    let sees = |record: &PolicyResource| access.decide(&Request::about(role, Action::Read, record)).is_visible();
    Group::ALL.into_iter().filter(|g| sees(&PolicyResource::of(*g))).collect()
}

/// The groups in which the role may do anything but read, in any situation.
fn writable(role: Role) -> Vec<Group> {
    let access = access();
    let mut out: Vec<Group> = Vec::new();
    for action in Action::ALL.into_iter().filter(|a| a.applies_to() == AppliesTo::Record && *a != Action::Read) {
        for group in Group::ALL {
            for (own, break_glass, assigned_restricted) in
                [(false, false, false), (true, false, false), (true, true, false), (true, true, true)]
            {
                let record = PolicyResource { own, ..PolicyResource::of(group) };
                let situation = Situation { assigned_restricted, break_glass };
                if access.decide(&Request::about(role, action, &record).when(situation)) != Decision::Deny {
                    out.push(group);
                }
            }
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn permitted_system_actions(role: Role) -> Vec<Action> {
    let access = access();
    Action::ALL
        .into_iter()
        .filter(|a| a.applies_to() == AppliesTo::System)
        .filter(|a| access.decide(&Request::system_action(role, *a)).is_allowed())
        .collect()
}

use Group as G;

#[test]
fn the_front_desk_sees_people_and_times_and_no_clinical_record() {
    assert_eq!(
        visible(Role::FrontDesk),
        [G::Demographics, G::Schedule, G::Staff, G::Coverage, G::Consent, G::AdministrativeFlag, G::AlertMarker]
    );
    assert_eq!(
        writable(Role::FrontDesk),
        [G::Demographics, G::Schedule, G::Staff, G::Coverage, G::Consent, G::AdministrativeFlag]
    );
    for clinical in [
        G::Note,
        G::Laboratory,
        G::MedicineOrder,
        G::EncounterDiagnosis,
        G::Problem,
        G::Encounter,
        G::Vitals,
        G::SafetyFlag,
        G::AppointmentReason,
    ] {
        assert_eq!(read(Role::FrontDesk, clinical), Decision::Deny, "{clinical:?}");
    }
    let may = permitted_system_actions(Role::FrontDesk);
    assert_eq!(
        may,
        [
            Action::SearchPatients,
            Action::OpenPatient,
            Action::CheckIn,
            Action::Register,
            Action::Grant,
            Action::RunSync
        ]
    );
}

#[test]
fn the_privacy_officer_sees_masked_patients_and_no_clinical_content() {
    assert_eq!(visible(Role::PrivacyOfficer), [G::Demographics, G::Staff, G::Consent, G::AuditEvent]);
    for masked in [G::Demographics, G::Consent, G::AuditEvent] {
        assert_eq!(read(Role::PrivacyOfficer, masked), Decision::Masked, "{masked:?}");
    }
    assert_eq!(writable(Role::PrivacyOfficer), []);
    assert_eq!(
        permitted_system_actions(Role::PrivacyOfficer),
        [Action::Grant, Action::RunSync, Action::ReadAudit, Action::Unmask, Action::SignOffAlert, Action::ExportAudit]
    );
}

#[test]
fn the_it_administrator_sees_no_patient_data() {
    assert_eq!(visible(Role::ItAdministrator), []);
    assert_eq!(writable(Role::ItAdministrator), []);
    assert_eq!(
        permitted_system_actions(Role::ItAdministrator),
        [Action::RunSync, Action::SignOffAlert, Action::ReadDevice, Action::ChangeDevice, Action::ChangePolicy]
    );
}

#[test]
fn billing_sees_codes_without_narrative_and_no_results() {
    let groups = [G::Demographics, G::Staff, G::Coverage, G::Encounter, G::Procedure, G::EncounterDiagnosis, G::Charge];
    assert_eq!(visible(Role::Billing), groups);
    for coded in [G::Encounter, G::Procedure, G::EncounterDiagnosis] {
        assert_eq!(read(Role::Billing, coded), Decision::Masked, "{coded:?}");
    }
    assert_eq!(writable(Role::Billing), [G::Demographics, G::Staff, G::Coverage, G::Charge]);
    assert!(!permitted_system_actions(Role::Billing).contains(&Action::OpenChart));
}

#[test]
fn the_pharmacist_sees_no_notes_and_the_laboratory_no_medicines() {
    for hidden in [G::Note, G::Document, G::Laboratory, G::Vitals, G::Encounter] {
        assert_eq!(read(Role::Pharmacist, hidden), Decision::Deny, "{hidden:?}");
    }
    for shown in [G::MedicineOrder, G::Allergy, G::Weight, G::Renal, G::Problem] {
        assert_eq!(read(Role::Pharmacist, shown), Decision::Allow, "{shown:?}");
    }
    for hidden in [G::Note, G::MedicineOrder, G::MedicineStatement, G::Problem, G::Allergy] {
        assert_eq!(read(Role::Laboratory, hidden), Decision::Deny, "{hidden:?}");
    }
    for shown in [G::Order, G::Laboratory, G::Renal, G::Demographics] {
        assert_eq!(read(Role::Laboratory, shown), Decision::Allow, "{shown:?}");
    }
}

#[test]
fn the_nurse_neither_prescribes_nor_signs_for_others() {
    let access = access();
    let may =
        |action, record: PolicyResource| access.decide(&Request::about(Role::Nurse, action, &record)).is_allowed();
    for action in [Action::Create, Action::Update, Action::Prescribe, Action::MarkEnteredInError] {
        assert!(!may(action, PolicyResource::of(G::MedicineOrder).own()), "{action:?}");
    }
    assert!(
        may(Action::Create, PolicyResource::of(G::Vitals).own())
            && may(Action::MarkEnteredInError, PolicyResource::of(G::Vitals).own())
    );
    assert!(!may(Action::MarkEnteredInError, PolicyResource::of(G::Vitals)));
    assert!(may(Action::Sign, PolicyResource::of(G::Note).own()) && !may(Action::Sign, PolicyResource::of(G::Note)));
}

#[test]
fn a_physician_reads_own_events_and_no_device_settings() {
    let access = access();
    let event = |own| PolicyResource { own, ..PolicyResource::of(G::AuditEvent) };
    let read = |own| access.decide(&Request::about(Role::Physician, Action::Read, &event(own)));
    assert_eq!([read(true), read(false)], [Decision::Allow, Decision::Deny]);
    assert!(!permitted_system_actions(Role::Physician).iter().any(|a| {
        matches!(
            a,
            Action::ReadAudit | Action::ReadDevice | Action::ChangeDevice | Action::ChangePolicy | Action::Unmask
        )
    }));
}

#[test]
fn sensitive_records_need_assignment_or_break_glass_and_a_rank() {
    let access = access();
    let note = PolicyResource::of(G::Note).labelled(Labels::of(["SUD"]));
    let read = |role, assigned_restricted, break_glass| {
        access.decide(&Request::about(role, Action::Read, &note).when(Situation { assigned_restricted, break_glass }))
    };
    assert_eq!(read(Role::Physician, false, false), Decision::Deny);
    assert_eq!(read(Role::Physician, true, false), Decision::Allow);
    assert_eq!(read(Role::Physician, false, true), Decision::Allow);
    for role in [Role::FrontDesk, Role::Billing, Role::PrivacyOfficer, Role::ItAdministrator] {
        assert_eq!(read(role, true, true), Decision::Deny, "{role:?}");
    }
    let glass = Situation { assigned_restricted: false, break_glass: true };
    assert_eq!(access.decide(&Request::about(Role::Physician, Action::Update, &note).when(glass)), Decision::Deny);
}

#[test]
fn a_label_masks_a_directory_record_and_never_moves_it() {
    let access = access();
    let patient = PolicyResource::of(G::Demographics).labelled(Labels::of(["V"]));
    assert_eq!(patient.segment, Segment::Directory);
    let read = |role| access.decide(&Request::about(role, Action::Read, &patient));
    assert_eq!([read(Role::FrontDesk), read(Role::Billing)], [Decision::Masked; 2]);
    assert_eq!([read(Role::Nurse), read(Role::Physician)], [Decision::Allow; 2]);
}

#[test]
fn a_record_action_without_a_record_is_denied() {
    let access = access();
    for action in Action::ALL.into_iter().filter(|a| a.applies_to() == AppliesTo::Record) {
        assert_eq!(access.decide(&Request::system_action(Role::Physician, action)), Decision::Deny);
    }
}

#[test]
fn a_site_policy_may_permit_more_but_never_what_is_forbidden() {
    let site = r#"
        @id("nurses-order-tests")
        permit (principal == Role::"nurse", action == Action::"create", resource is Record)
        when { resource.group == Group::"order" };
        permit (principal == Role::"front-desk", action, resource);
    "#;
    let access = Access::with_site(site).expect("site policies");
    let may = |role, action, group| access.decide(&Request::about(role, action, &PolicyResource::of(group)));
    assert_eq!(may(Role::Nurse, Action::Create, G::Order), Decision::Allow);
    assert_eq!(may(Role::FrontDesk, Action::Read, G::Note), Decision::Deny);
    assert_eq!(may(Role::FrontDesk, Action::Read, G::Encounter), Decision::Deny);
}

#[test]
fn an_invalid_site_policy_is_rejected() {
    assert!(matches!(Access::with_site("permit (principal"), Err(AccessError::Syntax(_))));
    for bad in [
        r#"permit (principal == Role::"nurze", action, resource);"#,
        r#"permit (principal, action == Action::"fly", resource);"#,
        r#"permit (principal, action, resource is Record) when { resource.colour == "red" };"#,
        r#"permit (principal, action, resource is Record) when { resource.group == Group::"nte" };"#,
        "permit (principal == ?principal, action, resource);",
    ] {
        assert!(matches!(Access::with_site(bad), Err(AccessError::Invalid(_))), "{bad}");
    }
    let twice = r#"@id("a") permit (principal, action, resource); @id("a") permit (principal, action, resource);"#;
    assert_eq!(Access::with_site(twice).err(), Some(AccessError::Duplicate));
}

#[test]
fn cached_decisions_stay_the_same() {
    let access = access();
    let records = Group::ALL.map(|g| PolicyResource::of(g).labelled(Labels::of(["N"])));
    let decide_all =
        || records.iter().map(|r| access.decide(&Request::about(Role::Nurse, Action::Read, r))).collect::<Vec<_>>();
    assert_eq!(decide_all(), decide_all());
}
