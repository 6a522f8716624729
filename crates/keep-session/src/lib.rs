#![doc = include_str!("../README.md")]

mod app;
mod audit_key;
mod authority_file;
mod beginning;
pub mod cases;
mod device_side;
mod door;
pub mod dto;
mod enrolling;
mod fault;
mod holders;
mod integrity_watch;
mod last_sync;
mod lease;
mod member;
mod mirror;
mod own_file;
mod permissions;
mod profile;
mod segments;
mod server;
mod settling;
mod signing_in;
mod site;
mod syncing;
#[cfg(any(test, feature = "test-support"))]
pub mod testing;
mod trouble;
mod trusted_clock;
mod unlocked;
mod view;
mod workstation;

pub use app::{App, AppEvent, Listener, Opening};
pub use audit_key::AuditKeyRecord;
pub use holders::Holders;
pub use keep_store::ProfileLock;
pub use profile::Profile;
pub use trouble::note_second_instance;
pub use workstation::Workstation;
