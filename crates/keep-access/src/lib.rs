#![doc = include_str!("../README.md")]

mod access;
mod action;
mod decision;
mod error;
mod group;
mod labels;
mod policy_engine;
mod policy_resource;
mod request;

pub use access::Access;
pub use action::Action;
pub use decision::Decision;
pub use error::AccessError;
pub use group::Group;
pub use labels::Labels;
pub use policy_resource::PolicyResource;
pub use request::{Request, Situation};

#[cfg(test)]
mod matrix;
#[cfg(test)]
mod roles;
