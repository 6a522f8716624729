#![doc = include_str!("../README.md")]

mod access;
mod action;
mod error;
mod group;
mod record;
mod words;

pub use access::Access;
pub use action::{Action, AppliesTo};
pub use error::AccessError;
pub use group::Group;
pub use record::{Decision, Labels, PolicyResource, Request, Situation};

#[cfg(test)]
mod matrix;
#[cfg(test)]
mod roles;
