#![doc = include_str!("../README.md")]

mod arguments;
mod backend;
mod certificate;
mod code;
mod demo;
mod error;
mod faults;
mod fhir;
mod identity;
mod listener;
mod load;
mod random;
mod serve;
mod storage;
mod upstream;

pub use arguments::run;
pub use code::{CurrentCode, code_at};
pub use demo::{Today, write_clinic};
pub use error::BackendError;
