//! The use cases: one module per subject, one function per use case, a request in and a reply out.

pub mod audit;
pub mod chart;
pub mod conflict;
pub mod device;
pub mod documents;
pub mod drafts;
pub mod enrol;
pub mod entered_in_error;
pub(crate) mod grants;
pub mod import;
pub mod lock;
pub mod notes;
pub mod search;
pub mod server_check;
pub mod sign_in_again;
pub mod site;
pub mod sync;
pub mod unlock;
pub mod vitals;
pub mod worklist;

#[cfg(test)]
mod tests;
