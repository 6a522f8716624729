//! The demo clinic: a deterministic generator over the seed lists in `assets/demo`.
//!
//! Every person in it is fictitious.
//! The same seed and the same moment produce the same bytes.

mod appointments;
mod catalogue;
mod chart;
mod childhood;
mod clinic;
mod history;
mod orders;
mod results;
mod roster;
mod seeded_rng;
mod staff;
mod today;
mod visits;
mod vitals;

pub(crate) use clinic::make_clinic;
pub use clinic::write_clinic;
pub(crate) use staff::{STAFF, StaffMember, users_file};
pub use today::Today;

#[cfg(test)]
mod tests;
