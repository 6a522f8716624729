//! What a role sees and may do with each record.

use crate::state::unlocked::Unlocked;
use keep_access::{Access, Action, Decision, Group, Labels, PolicyResource, Request, Situation};
use keep_domain::{ResourceKey, Role, Segment};
use keep_fhir::{Extracted, Raw, lens};
use keep_store::Record;
use std::sync::Arc;

/// One user's view of records.
#[derive(Debug, Clone)]
pub(crate) struct AccessView {
    access: Arc<Access>,
    role: Role,
    situation: Situation,
    /// The user as records name them, where that is known.
    me: Option<ResourceKey>,
}

impl AccessView {
    /// The session's user. `me` is their Practitioner, where one is known.
    pub(crate) fn of(unlocked: &Unlocked, me: Option<ResourceKey>) -> Self {
        let situation = Situation { assigned_restricted: unlocked.rank.holds(Segment::Restricted), break_glass: false };
        Self { access: Arc::clone(&unlocked.access), role: unlocked.role, situation, me }
    }

    #[cfg(test)]
    pub(crate) fn for_tests(role: Role) -> Self {
        let access = Arc::new(Access::built_in().expect("policies"));
        Self { access, role, situation: Situation::default(), me: "Practitioner/amara".parse().ok() }
    }

    /// Whether `action` may be done to a record like this one.
    pub(crate) fn may(&self, action: Action, resource: &PolicyResource) -> Decision {
        self.access.decide(&Request::about(self.role, action, resource).when(self.situation))
    }

    /// What the role sees of ordinary records of a group.
    pub(crate) fn sees(&self, group: Group) -> Decision {
        self.may(Action::Read, &PolicyResource::of(group))
    }

    /// Whether the role sees any of these groups in full.
    pub(crate) fn sees_any(&self, groups: &[Group]) -> bool {
        groups.iter().any(|g| self.sees(*g).is_allowed())
    }

    /// What the role sees of this record; `facts` is `None` where it could not be read.
    pub(crate) fn reads(&self, record: &Record, facts: Option<&Extracted>) -> Decision {
        let mut resource = unowned(record, facts);
        // The author matters only for psychotherapy notes; thousands of other records are not searched for theirs.
        resource.own = record.labels.iter().any(|l| l == "PSYTHPN") && self.is_own(record);
        self.may(Action::Read, &resource)
    }

    /// Whether the role may know why an appointment was made.
    pub(crate) fn knows_why(&self, appointment: &Record) -> bool {
        let mut resource = unowned(appointment, None);
        resource.group = Group::AppointmentReason;
        self.may(Action::Read, &resource).is_allowed()
    }

    /// Whether the role may know that a patient has an alert.
    pub(crate) fn knows_of_alerts(&self) -> bool {
        self.sees(Group::AlertMarker).is_visible()
    }

    /// The record as policies see it.
    pub(crate) fn resource(&self, record: &Record, facts: Option<&Extracted>) -> PolicyResource {
        let mut resource = unowned(record, facts);
        resource.own = self.is_own(record);
        resource
    }

    /// Whether the user wrote it.
    fn is_own(&self, record: &Record) -> bool {
        // EXPOSE: looks only for the author's reference.
        let text = record.raw.expose().as_str();
        debug_assert!(!text.is_empty(), "the text of an entry is in its `raw`");
        Raw::parse(text).is_ok_and(|raw| self.wrote(&raw))
    }

    /// Whether it names the user as an author.
    pub(crate) fn wrote(&self, raw: &Raw) -> bool {
        self.me.as_ref().is_some_and(|me| lens::is_authored_by(raw, me))
    }
}

pub(crate) fn unowned(record: &Record, facts: Option<&Extracted>) -> PolicyResource {
    let group = facts.map_or_else(|| group_of_type(&record.key.resource_type), group_of);
    let mut resource = PolicyResource::of(group);
    resource.segment = record.segment;
    resource.labels = Labels::of(&record.labels);
    resource
}

/// The group of a resource.
pub(crate) fn group_of(facts: &Extracted) -> Group {
    let kind = &facts.key.resource_type;
    let code = facts.code.as_ref().map(|c| c.code.as_str());
    // Usually there is one; this runs for hundreds of records of a chart.
    if let [category] = facts.categories.as_slice() {
        return Group::of(kind, &[category.code.as_str()], code.as_slice());
    }
    let categories: Vec<&str> = facts.categories.iter().map(|c| c.code.as_str()).collect();
    Group::of(kind, &categories, code.as_slice())
}

fn group_of_type(resource_type: &str) -> Group {
    let none: [&str; 0] = [];
    Group::of(resource_type, &none, &none)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixtures::record;

    #[test]
    fn a_pharmacist_reads_weight_and_no_pulse() {
        let access_view = AccessView::for_tests(Role::Pharmacist);
        let reads = |text: &str| {
            let facts = keep_fhir::extract(text).expect("readable");
            access_view.reads(&record(text), Some(&facts))
        };
        let vital = |code: &str| {
            format!(
                r#"{{"resourceType":"Observation","id":"o","category":[{{"coding":[{{"code":"vital-signs"}}]}}],"code":{{"coding":[{{"code":"{code}"}}]}},"subject":{{"reference":"Patient/maria"}}}}"#
            )
        };
        assert_eq!(reads(&vital("29463-7")), Decision::Allow);
        assert_eq!(reads(&vital("8867-4")), Decision::Deny);
    }

    #[test]
    fn a_nurse_may_mark_only_what_she_wrote() {
        let access_view = AccessView::for_tests(Role::Nurse);
        let may = |author: &str| {
            let text = format!(
                r#"{{"resourceType":"Observation","id":"o","category":[{{"coding":[{{"code":"vital-signs"}}]}}],"code":{{"coding":[{{"code":"8867-4"}}]}},"performer":[{{"reference":"{author}"}}],"subject":{{"reference":"Patient/maria"}}}}"#
            );
            let facts = keep_fhir::extract(&text).expect("readable");
            access_view.may(Action::MarkEnteredInError, &access_view.resource(&record(&text), Some(&facts)))
        };
        assert_eq!(may("Practitioner/amara"), Decision::Allow);
        assert_eq!(may("Practitioner/jonas"), Decision::Deny);
    }

    #[test]
    fn a_psychotherapy_note_is_its_authors() {
        let mut access_view = AccessView::for_tests(Role::Physician);
        access_view.situation.assigned_restricted = true;
        let reads = |author: &str| {
            let text = format!(
                r#"{{"resourceType":"DocumentReference","id":"n","meta":{{"security":[{{"code":"PSYTHPN"}}]}},"category":[{{"coding":[{{"code":"clinical-note"}}]}}],"author":[{{"reference":"{author}"}}],"subject":{{"reference":"Patient/maria"}}}}"#
            );
            let facts = keep_fhir::extract(&text).expect("readable");
            access_view.reads(&record(&text), Some(&facts))
        };
        assert_eq!(reads("Practitioner/amara"), Decision::Allow);
        assert_eq!(reads("Practitioner/jonas"), Decision::Deny);
    }

    #[test]
    fn a_note_stored_as_a_document_is_a_note() {
        let text = r#"{"resourceType":"DocumentReference","id":"n","category":[{"coding":[{"code":"clinical-note"}]}],"subject":{"reference":"Patient/maria"}}"#;
        assert_eq!(group_of(&keep_fhir::extract(text).expect("readable")), Group::Note);
    }
}
