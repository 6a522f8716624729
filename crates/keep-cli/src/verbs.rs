//! One file a verb: read what was asked, call the session once, put the reply in words.

pub(crate) mod audit;
pub(crate) mod doctor;
pub(crate) mod enrol;
pub(crate) mod grant;
pub(crate) mod import;
pub(crate) mod sync;
pub(crate) mod trust;
mod unlocked;
