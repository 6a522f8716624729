//! Group commit: events that arrive while the disk is busy share the next fsync.

use super::append::append_in;
use super::rows::OWN_LEDGER;
use super::ticket::{AuditTicket, TicketInTransaction};
use crate::error::StoreError;
use crate::mutex::acquire;
use keep_audit::{EventDraft, EventWriter};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

/// The most events of one transaction, which keeps it far shorter than a bulk transaction.
const GROUP_LIMIT: usize = 64;

pub(super) struct Request {
    draft: EventDraft,
    event_writer: EventWriter,
    reply: Sender<Result<AuditTicket, StoreError>>,
}

impl Request {
    pub(super) fn new(draft: EventDraft, event_writer: EventWriter) -> (Self, PendingTicket) {
        let (reply, answer) = channel();
        (Self { draft, event_writer, reply }, PendingTicket { answer })
    }
}

/// An event that is being written.
#[derive(Debug)]
#[must_use = "only waiting yields the ticket"]
pub struct PendingTicket {
    answer: Receiver<Result<AuditTicket, StoreError>>,
}

impl PendingTicket {
    /// Waits until the event is durable.
    ///
    /// # Errors
    /// Why it was not written; [`StoreError::Interrupted`] if the ledger was closed meanwhile.
    pub fn wait(self) -> Result<AuditTicket, StoreError> {
        self.answer.recv().unwrap_or(Err(StoreError::Interrupted))
    }
}

/// Writes requests until the last sender is dropped. The requests that arrived during the previous commit form a group.
pub(super) fn write_groups(requests: &Receiver<Request>, conn: &Arc<Mutex<Connection>>, limit_bytes: u64) {
    while let Ok(first) = requests.recv() {
        let mut group = vec![first];
        // The connection is locked before the queue is emptied: while a store's transaction holds it, more events can
        // join.
        let conn = acquire(conn);
        group.extend(requests.try_iter().take(GROUP_LIMIT - 1));
        let written = write_group(&conn, &group, limit_bytes);
        drop(conn);
        match written {
            Ok(results) => {
                for (request, result) in group.into_iter().zip(results) {
                    // The requester may be gone; the event stays written.
                    let _gone = request.reply.send(result);
                }
            }
            Err(error) => {
                for request in group {
                    let _gone = request.reply.send(Err(error.clone()));
                }
            }
        }
    }
}

/// One transaction. A draft that cannot be written fails alone; a database error fails the group.
fn write_group(
    conn: &Connection,
    group: &[Request],
    limit_bytes: u64,
) -> Result<Vec<Result<AuditTicket, StoreError>>, StoreError> {
    let transaction = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
    let mut written = Vec::with_capacity(group.len());
    for request in group {
        match append_in(conn, OWN_LEDGER, &request.event_writer, &request.draft, limit_bytes) {
            Ok(ticket) => written.push(Ok(ticket)),
            Err(error @ (StoreError::Audit(_) | StoreError::LedgerFull)) => written.push(Err(error)),
            Err(error) => return Err(error),
        }
    }
    transaction.commit()?;
    Ok(written.into_iter().map(|r| r.map(TicketInTransaction::committed)).collect())
}
