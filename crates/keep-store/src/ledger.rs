//! `ledger.db`: the audit ledger's rows, and the tickets that only a written event yields.
//!
//! The file is encrypted with the device's key, so it works while the workstation is locked. While it is unlocked, the
//! store attaches the file as well and writes a save's event inside the save's own transaction.

mod alerts;
mod append;
mod capacity;
mod check;
mod condition;
mod file;
mod group;
mod keys;
mod new_log;
mod opening;
mod rows;
mod ticket;
mod unlock_memory;
mod window;

pub(crate) use append::append_in;
pub use capacity::{LEDGER_LIMIT_BYTES, LedgerCapacity};
pub use check::{LedgerEvidence, verify_ledger};
pub use condition::LogFault;
pub use file::{Ledger, WriteLease};
pub use group::PendingTicket;
pub use keys::{AuditOpener, AuditSealer, EventKey};
pub use opening::LedgerOpening;
pub(crate) use rows::ATTACHED_LEDGER;
pub use ticket::{AuditGated, AuditTicket, PhiFree, TicketInTransaction};
pub use window::{HeaderFilter, LedgerWindow};

#[cfg(test)]
mod tests;
