//! Proof that an event is written, and values that only such a proof releases.

use crate::error::StoreError;
use keep_domain::EventId;
use std::fmt;
use std::marker::PhantomData;

/// One durable audit event. It cannot be made outside the ledger, nor cloned.
#[derive(Debug, PartialEq, Eq)]
pub struct AuditTicket {
    sequence: u64,
    event: EventId,
}

impl AuditTicket {
    /// The event's position in the log.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The event.
    #[must_use]
    pub const fn event(&self) -> EventId {
        self.event
    }
}

/// An event written in a transaction that has not been committed. It cannot leave that transaction.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "the store turns it into a ticket after the commit"]
pub struct TicketInTransaction<'t> {
    ticket: AuditTicket,
    transaction: PhantomData<&'t ()>,
}

impl TicketInTransaction<'_> {
    pub(super) const fn new(sequence: u64, event: EventId) -> Self {
        Self { ticket: AuditTicket { sequence, event }, transaction: PhantomData }
    }

    /// The event's position in the log, which is also the change set's number.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.ticket.sequence
    }

    /// The event.
    #[must_use]
    pub const fn event(&self) -> EventId {
        self.ticket.event
    }

    /// The ticket, now that the transaction is durable.
    // INVARIANT: called only after COMMIT has returned; that is why only this crate can call it.
    #[must_use]
    pub(crate) fn committed(self) -> AuditTicket {
        self.ticket
    }
}

/// A type whose values say nothing about a patient: what may leave an [`AuditGated`] without an event.
pub trait PhiFree {}

impl PhiFree for StoreError {}

/// A value that was read from the store and that no one sees before its audit event is written.
///
/// Only the event's ticket releases it:
///
/// ```
/// # use keep_store::{AuditGated, AuditTicket, Record};
/// fn version_of(record: AuditGated<Record>, ticket: AuditTicket) -> Option<String> {
///     record.release(ticket).version
/// }
/// ```
///
/// Without the ticket the same function does not build:
///
/// ```compile_fail,E0609
/// # use keep_store::{AuditGated, AuditTicket, Record};
/// fn version_of(record: AuditGated<Record>, ticket: AuditTicket) -> Option<String> {
///     record.version
/// }
/// ```
///
/// ```compile_fail,E0616
/// # use keep_store::{AuditGated, AuditTicket, Record};
/// fn version_of(record: AuditGated<Record>, ticket: AuditTicket) -> Option<String> {
///     record.0.version
/// }
/// ```
///
/// A read that leads to a change stays gated while the change is prepared. The change's own event releases it, inside
/// the transaction that writes both:
///
/// ```
/// # use keep_audit::EventDraft;
/// # use keep_store::{AuditGated, Record, StoreError, WriteTx};
/// fn version_of(tx: &mut WriteTx<'_>, record: AuditGated<Record>, event: EventDraft) -> Result<Option<String>, StoreError> {
///     let (_ticket, record) = tx.append_with(record.map(|record| (event, record)))?;
///     Ok(record.version)
/// }
/// ```
///
/// ```compile_fail,E0308
/// # use keep_audit::EventDraft;
/// # use keep_store::{AuditGated, Record, StoreError, WriteTx};
/// fn version_of(tx: &mut WriteTx<'_>, record: AuditGated<Record>, event: EventDraft) -> Result<Option<String>, StoreError> {
///     let (_ticket, record) = tx.append_with(record)?;
///     Ok(record.version)
/// }
/// ```
///
/// A refusal may leave without an event, because its type says nothing about a patient; a record may not pose as one:
///
/// ```
/// # use keep_store::{AuditGated, Record, StoreError};
/// fn refuse(record: AuditGated<Record>) -> Result<AuditGated<()>, StoreError> {
///     record.try_map(|record| Err(StoreError::Stale))
/// }
/// ```
///
/// ```compile_fail,E0277
/// # use keep_store::{AuditGated, Record, StoreError};
/// fn refuse(record: AuditGated<Record>) -> Result<AuditGated<()>, Record> {
///     record.try_map(|record| Err(record))
/// }
/// ```
pub struct AuditGated<T>(T);

impl<T> AuditGated<Vec<T>> {
    /// Several reads that one event covers.
    #[must_use]
    pub fn join(parts: impl IntoIterator<Item = AuditGated<T>>) -> Self {
        Self(parts.into_iter().map(|part| part.0).collect())
    }
}

impl<T> AuditGated<T> {
    /// Gates a value, so that it can be joined with one that was read.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Converts the value while its event is on the way. `work` must let nothing out in another way.
    #[must_use]
    pub fn map<U>(self, work: impl FnOnce(T) -> U) -> AuditGated<U> {
        AuditGated(work(self.0))
    }

    /// As [`AuditGated::map`], for a conversion that may refuse.
    ///
    /// # Errors
    /// What `work` returns. It needs no event, because its type says nothing about a patient.
    pub fn try_map<U, E: PhiFree>(self, work: impl FnOnce(T) -> Result<U, E>) -> Result<AuditGated<U>, E> {
        work(self.0).map(AuditGated)
    }

    /// A further read that depends on this one; one event covers both. `work` must let nothing out in another way.
    ///
    /// # Errors
    /// What `work` returns.
    pub fn and_then<U, E: PhiFree>(self, work: impl FnOnce(T) -> Result<AuditGated<U>, E>) -> Result<AuditGated<U>, E> {
        work(self.0)
    }

    /// Two reads that one event covers.
    #[must_use]
    pub fn zip<U>(self, other: AuditGated<U>) -> AuditGated<(T, U)> {
        AuditGated((self.0, other.0))
    }

    /// The value, for further reads by this crate.
    pub(crate) const fn inner(&self) -> &T {
        &self.0
    }

    /// Releases the value against the event that covers it; the ticket is used up.
    #[must_use]
    pub fn release(self, ticket: AuditTicket) -> T {
        let _used = ticket;
        self.0
    }

    /// Releases the value against an event that covers more than one read, such as the opening of a chart.
    #[must_use]
    pub fn release_under(self, ticket: &AuditTicket) -> T {
        let _covers = ticket;
        self.0
    }

    /// Releases the value against an event of the open transaction.
    pub(crate) fn release_in(self, ticket: &TicketInTransaction<'_>) -> T {
        let _covers = ticket;
        self.0
    }
}

impl<T> fmt::Debug for AuditGated<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditGated(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gated_value_is_hidden_until_a_ticket_releases_it() {
        let gated = AuditGated::new("Zebulon Canary");
        assert!(!format!("{gated:?}").contains("Canary"));
        let ticket = TicketInTransaction::new(4, EventId::make_random()).committed();
        let gated = gated.map(str::len);
        assert_eq!((ticket.sequence(), gated.release(ticket)), (4, 14));
    }
}
