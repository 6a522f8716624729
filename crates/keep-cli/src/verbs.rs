//! One file per verb: read the secrets, call the session, report the result.

pub(crate) mod audit;
pub(crate) mod doctor;
pub(crate) mod enrol;
pub(crate) mod grant;
pub(crate) mod import;
pub(crate) mod sync;
pub(crate) mod trust;
mod unlocked;
