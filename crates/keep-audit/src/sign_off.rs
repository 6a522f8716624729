//! Signing off an alert: an event that names another one, by somebody who may.

use crate::{Actor, EntryBody, EventClass, EventDraft, EventView, LedgerEntry};
use keep_domain::{EventId, Role};
use uuid::Uuid;

/// What was found out about an alert. A closed list: the event must be readable by a verifier without the audit key,
/// so it holds no text that a person typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Explanation {
    /// A backup or an earlier copy was put back on purpose.
    BackupRestored,
    /// A disk, a file system or a power supply failed.
    HardwareFault,
    /// Somebody worked on this computer as agreed.
    Maintenance,
    /// It was or is being dealt with as an incident, under the clinic's own number.
    Incident,
    /// It was looked into and could not be explained.
    Unexplained,
}

impl Explanation {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::BackupRestored, Self::HardwareFault, Self::Maintenance, Self::Incident, Self::Unexplained];

    /// The word in the ledger and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BackupRestored => "backup_restored",
            Self::HardwareFault => "hardware_fault",
            Self::Maintenance => "maintenance",
            Self::Incident => "incident",
            Self::Unexplained => "unexplained",
        }
    }

    /// The inverse of [`Explanation::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.name() == name)
    }
}

/// One alert that was signed off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignOff {
    /// The alert's place in the same log.
    pub sequence: u64,
    /// The alert.
    pub event: EventId,
    /// What was found out.
    pub explanation: Explanation,
}

impl SignOff {
    /// Who may sign off; policy says the same.
    const ROLES: [Role; 2] = [Role::PrivacyOfficer, Role::ItAdministrator];

    /// The event.
    #[must_use]
    pub fn draft(&self, actor: Actor) -> EventDraft {
        EventDraft::new(EventClass::AlertSignedOff)
            .by(actor)
            .caused_by(self.explanation.name())
            .with("alert", self.sequence)
            .with("alert_event", self.event)
    }

    /// Reads an entry; `None` where it signs nothing off, or was not signed by anybody in a role that may. Whose
    /// signature it is and whether it holds is the verifier's to say.
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
