//! Signing off an alert: an event by an entitled user that names the alert.

use crate::{Actor, EntryBody, EventClass, EventDraft, EventView, LedgerEntry};
use keep_domain::{EventId, Role};
use uuid::Uuid;

keep_domain::named_enum! {
    /// The explanation of an alert. A closed list: a verifier without the audit key must be able to read the event, so
    /// it contains no text that a user typed.
    pub enum Explanation {
        /// A backup or an earlier copy was restored on purpose.
        BackupRestored = "backup_restored",
        /// A disk, file system or power supply failed.
        HardwareFault = "hardware_fault",
        /// Planned work on this computer.
        Maintenance = "maintenance",
        /// Handled as a security incident, under the clinic's own number.
        Incident = "incident",
        /// Investigated without finding an explanation.
        Unexplained = "unexplained",
    }
}

/// An alert that was signed off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignOff {
    /// The alert's position in the same log.
    pub sequence: u64,
    /// The event id of the alert.
    pub event: EventId,
    /// The explanation.
    pub explanation: Explanation,
}

impl SignOff {
    /// The roles that may sign off, as in the policies.
    const ROLES: [Role; 2] = [Role::PrivacyOfficer, Role::ItAdministrator];

    /// The event that signs the alert off.
    #[must_use]
    pub fn draft(&self, actor: Actor) -> EventDraft {
        EventDraft::new(EventClass::AlertSignedOff)
            .by(actor)
            .with_cause(self.explanation.name())
            .with("alert", self.sequence)
            .with("alert_event", self.event)
    }

    /// Reads an entry; `None` unless it signs off an alert, with a signature and an entitled role. The signature
    /// itself is checked by the verifier.
    #[must_use]
    pub fn read(entry: &LedgerEntry) -> Option<Self> {
        let (EventClass::AlertSignedOff, Some(_), EntryBody::Clear(json)) =
            (entry.header.class, entry.signature, &entry.body)
        else {
            return None;
        };
        let view = EventView::read(json)?;
        view.role.filter(|role| Self::ROLES.contains(role))?;
        Some(Self {
            sequence: view.detail("alert")?.parse().ok()?,
            event: EventId::from_uuid(Uuid::parse_str(view.detail("alert_event")?).ok()?),
            explanation: view.cause.as_deref().and_then(Explanation::from_name)?,
        })
    }
}
