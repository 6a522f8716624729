//! The commands of the interface, at most ten lines each: parse the request, call one use case, map the result.

pub(crate) mod audit;
pub(crate) mod chart;
pub(crate) mod conflict;
pub(crate) mod device;
pub(crate) mod document;
pub(crate) mod draft;
pub(crate) mod enrol;
pub(crate) mod lock;
pub(crate) mod search;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod sync;
pub(crate) mod text_size;
pub(crate) mod visit;
pub(crate) mod worklist;
