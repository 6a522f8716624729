//! Proof that an event is durable, and values that only such a proof releases.

use keep_domain::EventId;
use std::fmt;

/// One durable audit event. It cannot be made outside the ledger, cloned or used twice.
#[derive(Debug, PartialEq, Eq)]
pub struct AuditTicket {
    sequence: u64,
    event: EventId,
}

impl AuditTicket {
    pub(super) const fn new(sequence: u64, event: EventId) -> Self {
        Self { sequence, event }
    }

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

/// An event written in a transaction that has not been committed: no proof of anything yet.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "the store turns it into a ticket after the commit"]
pub struct TicketInTransaction(AuditTicket);

impl TicketInTransaction {
    pub(super) const fn new(sequence: u64, event: EventId) -> Self {
        Self(AuditTicket::new(sequence, event))
    }

    /// The event's position in the log, which is also the change set's number.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.0.sequence
    }

    /// The event.
    #[must_use]
    pub const fn event(&self) -> EventId {
        self.0.event
    }

    /// The ticket, now that the transaction is durable.
    // INVARIANT: called only after COMMIT has returned; that is why only this crate can call it.
    #[must_use]
    pub(crate) fn committed(self) -> AuditTicket {
        self.0
    }
}

/// A value that was read while its audit event was still on the way to the disk.
pub struct AuditGated<T>(T);

impl<T> AuditGated<Vec<T>> {
    /// Several reads that one query made, behind the one event that covers them all.
    #[must_use]
    pub fn join(parts: impl IntoIterator<Item = AuditGated<T>>) -> Self {
        Self(parts.into_iter().map(|part| part.0).collect())
    }
}

impl<T> AuditGated<T> {
    /// Holds back what the store has read.
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }

    /// Makes something of the value while its event is on the way; what is made stays held, and `work` must let
    /// nothing out by another way.
    #[must_use]
    pub fn map<U>(self, work: impl FnOnce(T) -> U) -> AuditGated<U> {
        AuditGated(work(self.0))
    }

    /// Lets this crate read on from what it holds; nothing of it leaves by that.
    pub(crate) const fn peek(&self) -> &T {
        &self.0
    }

    /// Holds something beside it, for the same event.
    pub(crate) fn with<U>(self, beside: U) -> AuditGated<(T, U)> {
        AuditGated((self.0, beside))
    }

    /// Gives the value against the ticket of the event that covers it.
    #[must_use]
    pub fn release(self, ticket: AuditTicket) -> T {
        // A ticket is used up by what it releases.
        let _spent = ticket;
        self.0
    }
}

impl<T> fmt::Debug for AuditGated<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_held_value_shows_nothing_and_a_ticket_releases_it() {
        let held = AuditGated::new("Zebulon Canary");
        assert!(!format!("{held:?}").contains("Canary"));
        let ticket = TicketInTransaction::new(4, EventId::make_random()).committed();
        let held = held.map(str::len);
        assert_eq!((ticket.sequence(), held.release(ticket)), (4, 14));
    }
}
