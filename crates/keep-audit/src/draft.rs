//! An event before it has a place in the ledger.

use crate::bounded::{cut, cut_with_ellipsis};
use crate::{DetailValue, EventClass, Outcome};
use keep_domain::{PatientId, Phi, ResourceKey, Role, UserId, UtcMillis};
use sha2::{Digest, Sha256};

/// The most resource keys that one event lists; the count always says how many there were.
pub const TOUCHED_LIMIT: usize = 50;
/// The most bytes of a text that a person typed, in one event: of a longer one the beginning, its length and its
/// SHA-256. The ledger has a fixed size, and no input of anybody may fill it.
pub const TEXT_LIMIT: usize = 1000;
/// The most bytes of a clinician's name.
const NAME_LIMIT: usize = 200;
/// The most bytes of a resource type; FHIR R4's longest has 33.
const TYPE_LIMIT: usize = 64;

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The digest that identifies the clinician.
    pub user: UserId,
    /// The role in which it was done.
    pub role: Role,
    /// The clinician's name as the identity provider gave it.
    pub display: Option<String>,
}

impl Actor {
    /// An actor without a name.
    #[must_use]
    pub const fn new(user: UserId, role: Role) -> Self {
        Self { user, role, display: None }
    }
}

/// Why it was done (HL7 v3 ActReason, value set PurposeOfUse).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// TREAT
    Treatment,
    /// ETREAT
    EmergencyTreatment,
    /// BTG
    BreakTheGlass,
    /// HPAYMT
    Payment,
    /// PATADMIN
    PatientAdministration,
    /// HCOMPL
    Compliance,
    /// HSYSADMIN
    SystemAdministration,
}

impl Purpose {
    /// The ActReason code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Treatment => "TREAT",
            Self::EmergencyTreatment => "ETREAT",
            Self::BreakTheGlass => "BTG",
            Self::Payment => "HPAYMT",
            Self::PatientAdministration => "PATADMIN",
            Self::Compliance => "HCOMPL",
            Self::SystemAdministration => "HSYSADMIN",
        }
    }

    /// The purpose that a role's ordinary work has.
    #[must_use]
    pub const fn of_role(role: Role) -> Self {
        match role {
            Role::Physician | Role::Nurse | Role::Pharmacist | Role::Laboratory => Self::Treatment,
            Role::FrontDesk => Self::PatientAdministration,
            Role::Billing => Self::Payment,
            Role::PrivacyOfficer => Self::Compliance,
            Role::ItAdministrator => Self::SystemAdministration,
        }
    }
}

/// What happened, to whom, by whom: everything but time, place in the log and evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventDraft {
    pub(crate) class: EventClass,
    pub(crate) outcome: Outcome,
    pub(crate) actor: Option<Actor>,
    pub(crate) patient: Option<Phi<PatientId>>,
    pub(crate) query: Option<Phi<String>>,
    pub(crate) reason: Option<Phi<String>>,
    pub(crate) touched: Vec<Phi<ResourceKey>>,
    pub(crate) touched_count: u64,
    pub(crate) purpose: Option<Purpose>,
    pub(crate) cause: Option<&'static str>,
    pub(crate) happened: Option<(UtcMillis, UtcMillis)>,
    pub(crate) details: Vec<(&'static str, DetailValue)>,
}

impl EventDraft {
    /// A successful event of `class` with nothing else known yet.
    #[must_use]
    pub const fn new(class: EventClass) -> Self {
        Self {
            class,
            outcome: Outcome::Success,
            actor: None,
            patient: None,
            query: None,
            reason: None,
            touched: Vec::new(),
            touched_count: 0,
            purpose: None,
            cause: None,
            happened: None,
            details: Vec::new(),
        }
    }

    /// Who did it; without a purpose of its own the event gets the role's ordinary one.
    #[must_use]
    pub fn by(mut self, mut actor: Actor) -> Self {
        actor.display = actor.display.map(|name| cut_with_ellipsis(name, NAME_LIMIT));
        self.purpose = self.purpose.or(Some(Purpose::of_role(actor.role)));
        self.actor = Some(actor);
        self
    }

    /// How it ended.
    #[must_use]
    pub const fn ended(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// The patient whose data it was.
    #[must_use]
    pub fn about(mut self, patient: Phi<PatientId>) -> Self {
        self.patient = Some(patient);
        self
    }

    /// What was asked, as a FHIR search or as typed; stored base64 in `entity.query`. Cut at [`TEXT_LIMIT`].
    #[must_use]
    pub fn asking(mut self, query: Phi<String>) -> Self {
        self.query = Some(self.bounded(query, ("query_bytes", "query_sha256")));
        self
    }

    /// The reason that the person typed. Cut at [`TEXT_LIMIT`].
    #[must_use]
    pub fn because(mut self, reason: Phi<String>) -> Self {
        self.reason = Some(self.bounded(reason, ("reason_bytes", "reason_sha256")));
        self
    }

    /// The text if it is short; else its beginning, with length and hash of the whole as further facts.
    fn bounded(&mut self, text: Phi<String>, (length, hash): (&'static str, &'static str)) -> Phi<String> {
        // EXPOSE: measured and cut; the event is sealed because of it either way.
        let whole = text.expose();
        if whole.len() <= TEXT_LIMIT {
            return text;
        }
        self.details.push((length, whole.len().into()));
        self.details.push((hash, DetailValue::digest(&Sha256::digest(whole))));
        Phi::new(cut_with_ellipsis(whole.clone(), TEXT_LIMIT))
    }

    /// The purpose of use.
    #[must_use]
    pub const fn for_purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = Some(purpose);
        self
    }

    /// The closed cause, such as what locked the screen.
    #[must_use]
    pub const fn caused_by(mut self, cause: &'static str) -> Self {
        self.cause = Some(cause);
        self
    }

    /// When it happened, first and last, where that was before it could be recorded (`AuditEvent.period`).
    #[must_use]
    pub const fn happened(mut self, first: UtcMillis, last: UtcMillis) -> Self {
        self.happened = Some((first, last));
        self
    }

    /// Resources shown or changed: all are counted, the first [`TOUCHED_LIMIT`] are listed.
    #[must_use]
    pub fn touching<'a>(mut self, keys: impl IntoIterator<Item = &'a ResourceKey>) -> Self {
        for key in keys {
            self.touched_count = self.touched_count.saturating_add(1);
            if self.touched.len() < TOUCHED_LIMIT {
                self.touched.push(Phi::new(ResourceKey::new(cut(&key.resource_type, TYPE_LIMIT), key.id.clone())));
            }
        }
        self
    }

    /// Counts resources without listing them.
    #[must_use]
    pub const fn counting(mut self, resources: u64) -> Self {
        self.touched_count = self.touched_count.saturating_add(resources);
        self
    }

    /// A further fact that names no patient.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<DetailValue>) -> Self {
        self.details.push((key, value.into()));
        self
    }

    /// The class.
    #[must_use]
    pub const fn class(&self) -> EventClass {
        self.class
    }

    /// The outcome.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The purpose of use, if one is known.
    #[must_use]
    pub const fn purpose(&self) -> Option<Purpose> {
        self.purpose
    }

    /// Who did it, if anyone is known.
    #[must_use]
    pub const fn actor(&self) -> Option<&Actor> {
        self.actor.as_ref()
    }

    /// Whether the body says who the patient is, directly or through a record, a query or a
    /// typed reason. Such a body is sealed; it cannot be written while nobody is signed in.
    #[must_use]
    pub const fn names_patient(&self) -> bool {
        self.patient.is_some() || self.query.is_some() || self.reason.is_some() || !self.touched.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{XorBox, empty_log, nurse_amara, stamp};
    use crate::{EntryBody, EventView, Opener, seal_info};
    use keep_domain::ResourceId;

    /// What a row may take at most, whatever is put into its event.
    const ROW_LIMIT: usize = 32 * 1024;

    /// A search text of 20 kB went into the ledger whole: 400 searches took 15 MB of its gigabyte, and at 95 % of that
    /// no chart opens any more.
    #[test]
    fn no_input_makes_a_large_row_of_any_class() {
        let keys: Vec<_> =
            (0..5000).map(|n| ResourceKey::new(&"T".repeat(5000), format!("{n:0>64}").parse().expect("id"))).collect();
        // Every character is six bytes in JSON.
        let huge = || Phi::new("\u{1}".repeat(200_000));
        for class in EventClass::ALL {
            let actor = Actor { display: Some("Ü".repeat(9000)), ..Actor::new(UserId::of("i", "s"), Role::Nurse) };
            let draft = EventDraft::new(*class)
                .by(actor)
                .about(Phi::new("p".repeat(64).parse().expect("id")))
                .asking(huge())
                .because(huge())
                .touching(&keys)
                .caused_by("queue_shown")
                .happened(UtcMillis(1), UtcMillis(i64::MAX / 2))
                .with("root", DetailValue::digest(&[7; 100_000]));
            let (entry, _) =
                empty_log().append(&draft, &stamp(0), Some(&XorBox), Some(&nurse_amara())).expect("written");
            assert!(entry.body.bytes().len() < ROW_LIMIT, "{class}: {} bytes", entry.body.bytes().len());
        }
    }

    #[test]
    fn a_long_text_keeps_its_beginning_its_length_and_its_hash() {
        let whole = format!("gonz{}", "é".repeat(800));
        let draft = EventDraft::new(EventClass::Search).asking(Phi::new(whole.clone()));
        let (entry, _) = empty_log().append(&draft, &stamp(0), Some(&XorBox), None).expect("written");
        let EntryBody::Sealed(sealed) = &entry.body else { panic!("clear") };
        let plain = XorBox.open(&seal_info(empty_log().log(), 0, entry.header.event), sealed).expect("opened");
        let view = EventView::read(&plain).expect("read");
        // EXPOSE: the test compares the query.
        let query = view.query.expect("query").expose().clone();
        assert!(query.starts_with("gonzé") && query.ends_with('…') && query.len() <= TEXT_LIMIT);
        let hash = hex::encode(Sha256::digest(&whole));
        let details = [("query_bytes".to_owned(), whole.len().to_string()), ("query_sha256".to_owned(), hash)];
        assert_eq!(view.details, details);
        let short = EventDraft::new(EventClass::Search).asking(Phi::new("gonz".into()));
        assert!(short.details.is_empty());
    }

    #[test]
    fn anything_that_leads_to_a_patient_is_sealed() {
        let draft = || EventDraft::new(EventClass::Search);
        assert!(!draft().with("segment", keep_domain::Segment::Directory).counting(4).names_patient());
        assert!(draft().asking(Phi::new("gonz".into())).names_patient());
        assert!(draft().because(Phi::new("unconscious".into())).names_patient());
        assert!(draft().about(Phi::new(ResourceId::make_random())).names_patient());
        assert!(draft().touching(&[ResourceKey::new("Patient", ResourceId::make_random())]).names_patient());
    }

    #[test]
    fn long_lists_are_counted_and_cut() {
        let keys: Vec<_> = (0..80).map(|_| ResourceKey::new("Observation", ResourceId::make_random())).collect();
        let draft = EventDraft::new(EventClass::ChartRead).touching(&keys);
        assert_eq!((draft.touched.len(), draft.touched_count), (TOUCHED_LIMIT, 80));
    }

    #[test]
    fn debug_hides_the_patient() {
        let draft = EventDraft::new(EventClass::Search).asking(Phi::new("Zebulon Canary".into()));
        assert!(!format!("{draft:?}").contains("Canary"));
    }
}
