//! One file per verb, and one for those that only unlock and make one call: read the secrets, call the session, report the result.

pub(crate) mod audit;
pub(crate) mod doctor;
pub(crate) mod enrol;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod server_check;
pub(crate) mod site;
pub(crate) mod sync;
pub(crate) mod unlocked;
