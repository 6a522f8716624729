#![doc = include_str!("../README.md")]

mod authority_file;
mod authorization;
pub mod cases;
mod ctx;
mod device_opening;
pub mod dto;
mod error;
mod fault_reports;
mod finding;
mod granted_keys;
mod integrity_watch;
mod last_sync;
mod lease;
mod mirror;
mod own_file;
mod permissions;
mod profile;
mod records;
mod role_changes;
mod search_maintenance;
mod segments;
mod server;
mod session_start;
mod settings;
mod sign_in_outcome;
mod site;
mod site_trust;
mod starting;
mod state;
#[cfg(any(test, feature = "test-support"))]
pub mod testing;
mod text_size;
mod trusted_clock;
mod view;
mod workstation;

pub use fault_reports::note_second_instance;
pub use keep_store::ProfileLock;
pub use keep_sync::{RoleName, RolesClaim, RolesFrom};
pub use profile::Profile;
pub use settings::WorkstationSettings;
pub use settings::audit_key::AuditPublicKeyRecord;
pub use settings::key_holders::KeyHolders;
pub use settings::sign_in::SignInSettings;
pub use settings::site_file::{SignedSiteFile, SiteFile};
pub use text_size::{chosen_text_size, nearest_text_size, save_text_size, text_size_dto};
pub use workstation::{Listener, ProfileAccess, Workstation, WorkstationEvent};
