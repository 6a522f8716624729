//! Events before they are written to the ledger.

use crate::bounded::{cut, cut_with_ellipsis};
use crate::{Actor, DetailValue, EventClass, Outcome, Purpose};
use keep_domain::{PatientId, Phi, ResourceKey, UtcMillis};
use sha2::{Digest, Sha256};

/// The maximum number of resource keys listed in an event; the count is always complete.
pub const TOUCHED_LIMIT: usize = 50;
/// The maximum length of a typed text in an event, bytes. A longer text is truncated, and its length and SHA-256 are
/// added: the ledger has a fixed size, and no input may fill it.
pub(crate) const TEXT_LIMIT: usize = 1000;
/// The maximum length of a clinician's name, bytes.
const NAME_LIMIT: usize = 200;
/// The maximum length of a resource type, bytes; the longest of FHIR R4 has 33.
const TYPE_LIMIT: usize = 64;

/// What happened, to whom and by whom: everything except time, position in the log and evidence.
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
    /// A successful event of `class` with no further data.
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

    /// Sets the user; an event without a purpose gets the usual one of the role.
    #[must_use]
    pub fn by(mut self, mut actor: Actor) -> Self {
        actor.display = actor.display.map(|name| cut_with_ellipsis(name, NAME_LIMIT));
        self.purpose = self.purpose.or(Some(Purpose::of_role(actor.role)));
        self.actor = Some(actor);
        self
    }

    /// Sets the outcome.
    #[must_use]
    pub const fn ended(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// Sets the patient concerned.
    #[must_use]
    pub fn about(mut self, patient: Phi<PatientId>) -> Self {
        self.patient = Some(patient);
        self
    }

    /// Sets the query, as a FHIR search or as typed; stored as base64 in `entity.query`. Truncated to 1,000 bytes.
    #[must_use]
    pub fn with_query(mut self, query: Phi<String>) -> Self {
        self.query = Some(self.bounded(query, ("query_bytes", "query_sha256")));
        self
    }

    /// Sets the reason that the user typed. Truncated to 1,000 bytes.
    #[must_use]
    pub fn with_reason(mut self, reason: Phi<String>) -> Self {
        self.reason = Some(self.bounded(reason, ("reason_bytes", "reason_sha256")));
        self
    }

    /// The text, truncated if it is too long; then the details get the full length and hash.
    fn bounded(&mut self, text: Phi<String>, (length, hash): (&'static str, &'static str)) -> Phi<String> {
        // EXPOSE: measured and truncated; the event is sealed either way.
        let whole = text.expose();
        if whole.len() <= TEXT_LIMIT {
            return text;
        }
        self.details.push((length, whole.len().into()));
        self.details.push((hash, DetailValue::digest(&Sha256::digest(whole))));
        Phi::new(cut_with_ellipsis(whole.clone(), TEXT_LIMIT))
    }

    /// Sets the purpose of use.
    #[must_use]
    pub const fn for_purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = Some(purpose);
        self
    }

    /// Sets the cause, such as what locked the screen.
    #[must_use]
    pub const fn with_cause(mut self, cause: &'static str) -> Self {
        self.cause = Some(cause);
        self
    }

    /// Sets the first and last time of an event that could only be recorded later (`AuditEvent.period`).
    #[must_use]
    pub const fn happened(mut self, first: UtcMillis, last: UtcMillis) -> Self {
        self.happened = Some((first, last));
        self
    }

    /// Adds resources that were shown or changed: all are counted, the first [`TOUCHED_LIMIT`] are listed.
    #[must_use]
    pub fn with_resources<'a>(mut self, keys: impl IntoIterator<Item = &'a ResourceKey>) -> Self {
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

    /// Adds a detail, which cannot name a patient.
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

    /// The purpose of use, if known.
    #[must_use]
    pub const fn purpose(&self) -> Option<Purpose> {
        self.purpose
    }

    /// The user, if known.
    #[must_use]
    pub const fn actor(&self) -> Option<&Actor> {
        self.actor.as_ref()
    }

    /// Whether the body identifies the patient, directly or through a record, a query or a typed reason. Such a body
    /// is sealed, and cannot be written while no user is signed in.
    pub(crate) const fn names_patient(&self) -> bool {
        self.patient.is_some() || self.query.is_some() || self.reason.is_some() || !self.touched.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{XorCipher, empty_log, metadata, nurse_amara};
    use crate::{EntryBody, EventView, Opener, seal_info};
    use keep_domain::{ResourceId, Role, UserId};

    /// The maximum size of a row, whatever its event contains.
    const ROW_LIMIT: usize = 32 * 1024;

    /// Search texts used to be stored in full: 400 searches of 20 kB took 15 MB of the ledger's gigabyte, and at 95 % no
    /// chart opens any more.
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
                .with_query(huge())
                .with_reason(huge())
                .with_resources(&keys)
                .with_cause("queue_shown")
                .happened(UtcMillis(1), UtcMillis(i64::MAX / 2))
                .with("root", DetailValue::digest(&[7; 100_000]));
            let (entry, _) =
                empty_log().append(&draft, &metadata(0), Some(&XorCipher), Some(&nurse_amara())).expect("written");
            assert!(entry.body.bytes().len() < ROW_LIMIT, "{class}: {} bytes", entry.body.bytes().len());
        }
    }

    #[test]
    fn a_long_text_is_truncated_and_its_length_and_hash_are_added() {
        let whole = format!("gonz{}", "é".repeat(800));
        let draft = EventDraft::new(EventClass::Search).with_query(Phi::new(whole.clone()));
        let (entry, _) = empty_log().append(&draft, &metadata(0), Some(&XorCipher), None).expect("written");
        let EntryBody::Sealed(sealed) = &entry.body else { panic!("clear") };
        let plain = XorCipher.open(&seal_info(empty_log().log(), 0, entry.header.event), sealed).expect("opened");
        let view = EventView::read(&plain).expect("read");
        // EXPOSE: the test compares the query.
        let query = view.query.expect("query").expose().clone();
        assert!(query.starts_with("gonzé") && query.ends_with('…') && query.len() <= TEXT_LIMIT);
        let hash = hex::encode(Sha256::digest(&whole));
        let details = [("query_bytes".to_owned(), whole.len().to_string()), ("query_sha256".to_owned(), hash)];
        assert_eq!(view.details, details);
        let short = EventDraft::new(EventClass::Search).with_query(Phi::new("gonz".into()));
        assert!(short.details.is_empty());
    }

    #[test]
    fn anything_that_identifies_a_patient_is_sealed() {
        let draft = || EventDraft::new(EventClass::Search);
        assert!(!draft().with("segment", keep_domain::Segment::Directory).counting(4).names_patient());
        assert!(draft().with_query(Phi::new("gonz".into())).names_patient());
        assert!(draft().with_reason(Phi::new("unconscious".into())).names_patient());
        assert!(draft().about(Phi::new(ResourceId::make_random())).names_patient());
        assert!(draft().with_resources(&[ResourceKey::new("Patient", ResourceId::make_random())]).names_patient());
    }

    #[test]
    fn long_lists_are_counted_and_truncated() {
        let keys: Vec<_> = (0..80).map(|_| ResourceKey::new("Observation", ResourceId::make_random())).collect();
        let draft = EventDraft::new(EventClass::ChartRead).with_resources(&keys);
        assert_eq!((draft.touched.len(), draft.touched_count), (TOUCHED_LIMIT, 80));
    }

    #[test]
    fn debug_hides_the_patient() {
        let draft = EventDraft::new(EventClass::Search).with_query(Phi::new("Zebulon Canary".into()));
        assert!(!format!("{draft:?}").contains("Canary"));
    }
}
