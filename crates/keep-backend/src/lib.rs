#![doc = include_str!("../README.md")]

mod arguments;
mod behaviour;
mod certificate;
mod demo;
mod error;
mod fault_injection;
mod fhir;
mod fhir_error;
mod identity;
mod listener;
mod load;
mod mutex;
mod origin;
mod private_file;
mod random_token;
mod reply;
mod run;
mod serve;
mod server;
mod storage;
mod totp;
mod upstream;

pub use demo::{Today, write_clinic};
pub use error::BackendError;
pub use run::run;
