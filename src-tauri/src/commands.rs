//! The commands of the interface: parse, one call, map. At most ten lines each.

pub(crate) mod lock;
pub(crate) mod lock_screen;
pub(crate) mod session;
